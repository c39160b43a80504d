"""Every published figure is found in the committed bytes, added up independently."""

import pytest

from quellen.beispiel.anker import ANKER, STADT, Anker
from quellen.beispiel.ortsteile import JE_SCHLUESSEL, STADTBEZIRKE


def gehoert(ortsteil: str, gebiet: str) -> bool:
    return gebiet in (STADT, ortsteil) or (gebiet.endswith("00") and ortsteil[0] == gebiet[0])


def personen(bestand, a: Anker, staaten=("deutsch", "nichtdeutsch")) -> int:
    return sum(n for (o, jahr, s), n in bestand.items() if jahr == a.jahr and s in staaten and gehoert(o, a.gebiet))


@pytest.mark.parametrize("a", [a for a in ANKER if a.merkmal == "einwohner"], ids=lambda a: f"{a.gebiet}-{a.jahr}")
def test_einwohner(a: Anker, bestand) -> None:
    assert personen(bestand, a) == a.wert


@pytest.mark.parametrize("a", [a for a in ANKER if a.merkmal == "nichtdeutsch"], ids=lambda a: f"{a.gebiet}-{a.jahr}")
def test_nichtdeutsch(a: Anker, bestand) -> None:
    assert personen(bestand, a, ("nichtdeutsch",)) == a.wert


@pytest.mark.parametrize(
    "a", [a for a in ANKER if a.merkmal == "anteil_nichtdeutsch"], ids=lambda a: f"{a.gebiet}-{a.jahr}"
)
def test_anteil(a: Anker, bestand) -> None:
    assert round(100 * personen(bestand, a, ("nichtdeutsch",)) / personen(bestand, a), 1) == a.wert


def test_bulgarien_und_rumaenien(staaten) -> None:
    (a,) = [a for a in ANKER if a.merkmal == "bulgarien_rumaenien"]
    spalten = ("davon Bulgarien", "davon Rumänien")
    zeilen = [z for z in staaten if z["Stichtag"] == f"31.12.{a.jahr}"]
    assert sum(int(z[s].replace(".", "")) for z in zeilen for s in spalten) == a.wert


def test_jede_zahl_nur_einmal_und_mit_quelle() -> None:
    orte = [(a.gebiet, a.jahr, a.merkmal) for a in ANKER]
    assert len(orte) == len(set(orte))
    assert all(a.quelle for a in ANKER)
    assert {a.gebiet for a in ANKER} <= {STADT, *STADTBEZIRKE, *JE_SCHLUESSEL}
    assert {a.jahr for a in ANKER} <= set(range(2016, 2026))


@pytest.mark.parametrize(
    ("gebiet", "jahr", "merkmal", "wert"),
    [
        (STADT, 2020, "einwohner", 499854),
        (STADT, 2021, "einwohner", 499439),
        (STADT, 2022, "einwohner", 507093),
        (STADT, 2023, "einwohner", 508652),
        ("202", 2022, "nichtdeutsch", 13821),
        ("202", 2023, "nichtdeutsch", 13952),
        ("508", 2020, "nichtdeutsch", 11014),
        ("508", 2021, "nichtdeutsch", 11082),
        ("301", 2016, "einwohner", 5745),
        ("203", 2020, "nichtdeutsch", 4659),
        ("104", 2023, "nichtdeutsch", 2191),
        ("710", 2016, "einwohner", 5885),
        ("100", 2019, "einwohner", 50489),
    ],
)
def test_tabelle_enthaelt_die_wahrheiten(gebiet: str, jahr: int, merkmal: str, wert: int) -> None:
    assert [a.wert for a in ANKER if (a.gebiet, a.jahr, a.merkmal) == (gebiet, jahr, merkmal)] == [wert]


def test_walsum_ist_die_summe_seiner_ortsteile() -> None:
    teile = [a.wert for a in ANKER if a.jahr == 2019 and a.gebiet in ("101", "102", "103", "104", "105", "106")]
    assert teile == [12038, 5049, 4259, 14135, 7412, 7596]
    assert sum(teile) == 50489


def test_sued_2016_stimmt_nach_der_entscheidung_ueber_buchholz() -> None:
    teile = [a.wert for a in ANKER if a.jahr == 2016 and a.gebiet[0] == "7" and a.gebiet != "700"]
    assert (len(teile), sum(teile)) == (10, 73041)
