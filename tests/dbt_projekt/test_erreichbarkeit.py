"""Reach by floating catchments against a plain recomputation, and what must hold whatever the city looks like."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from gebaut import Gebaut
from rohbau import gebiete
from versorgungswelten import (
    HERKUNFT,
    LUECKENHAFT,
    NUR_SUMMEN,
    OHNE_ORT,
    OHNE_PUNKTE,
    PUNKTE,
    WAHRHEIT,
    ZUFALL_AB,
    ZUFALL_ANZAHL,
    Stadt,
    Versorgungswelt,
)

BASIS = "melderegister"
STADT = "05112"
JAHRE = [ZUFALL_AB + 2 * nr for nr in range(ZUFALL_ANZAHL)]
Lage = tuple[float, float]
Angebot = list[tuple[Lage, float]]


def _wert(welt: Gebaut, indikator: str, ort: str, jahr: int) -> Any:
    return welt.zeile(indikator, ort, date(jahr, 7, 31), BASIS)


def _weg(a: Lage, b: Lage) -> float:
    return 1.3 * math.dist(a, b)


def _zahl(text: str | None) -> float:
    return 0.0 if text in (None, "-") else float(text or 0)


def _kinder(stadt: Stadt, von: int, bis: int) -> Iterator[tuple[str, Lage, float]]:
    for ortsteil in stadt.kinder:
        for ort, anteil in PUNKTE.get(ortsteil, []):
            yield ortsteil, ort, anteil * stadt.zahl(ortsteil, von, bis)


def _erhalten(stadt: Stadt, angebot: Angebot, alter: tuple[int, int], grenze: float) -> dict[str, float]:
    """Places that the children of each Ortsteil get, one facility after the other."""
    beta = grenze**2 / math.log(100)
    summe = dict.fromkeys(stadt.kinder, 0.0)
    for lage, plaetze in angebot:
        anteile = [
            (ortsteil, n * math.exp(-(_weg(lage, ort) ** 2) / beta))
            for ortsteil, ort, n in _kinder(stadt, *alter)
            if _weg(lage, ort) <= grenze
        ]
        alle = sum(n for _, n in anteile)
        for ortsteil, n in anteile:
            summe[ortsteil] += plaetze * n / alle if alle else 0.0
    return summe


def _angebote(stadt: Stadt) -> dict[str, tuple[Angebot, tuple[int, int], float]]:
    kitas = [k for k in stadt.kitas if k.lage is not None]
    schulen = [(s.lage, _zahl(s.schueler)) for s in stadt.schulen if s.lage is not None]
    return {
        "erreichbare_plaetze_u3": ([(k.lage, _zahl(k.u3)) for k in kitas if k.lage], (0, 2), 1000),
        "erreichbare_plaetze_ue3": ([(k.lage, _zahl(k.ue3)) for k in kitas if k.lage], (3, 5), 1000),
        "erreichbare_plaetze_grundschule": (schulen, (6, 9), 2000),
    }


def _gruppen(stadt: Stadt) -> dict[str, list[str]]:
    return {o: [o] for o in stadt.kinder} | {"200": ["202", "203"], STADT: list(stadt.kinder)}


@pytest.mark.parametrize("jahr", JAHRE)
def test_plaetze_in_reichweite_von_hand_gerechnet(versorgungswelt: Versorgungswelt, jahr: int) -> None:
    stadt = versorgungswelt.staedte[jahr]
    for indikator, (angebot, alter, grenze) in _angebote(stadt).items():
        if not angebot:
            assert _wert(versorgungswelt, indikator, STADT, jahr) is None
            continue
        erhalten = _erhalten(stadt, angebot, alter, grenze)
        for ort, teile in _gruppen(stadt).items():
            z, n = _wert(versorgungswelt, indikator, ort, jahr), sum(stadt.zahl(o, *alter) for o in teile)
            if n == 0:
                assert (z["status"], math.isnan(z["wert"])) == ("M", True)
                continue
            assert z["zaehler"] == pytest.approx(sum(erhalten[o] for o in teile), rel=1e-9, abs=1e-9)
            assert z["wert"] == pytest.approx(100 * z["zaehler"] / n)
            assert z["status"] == ("U" if set(teile) & set(HERKUNFT) else "E")


@pytest.mark.parametrize("jahr", JAHRE)
def test_wege_von_hand_gemessen(versorgungswelt: Versorgungswelt, jahr: int) -> None:
    stadt = versorgungswelt.staedte[jahr]
    kitas = [k.lage for k in stadt.kitas if k.lage and k.art == "Kindertageseinrichtung"]
    schulen = [s.lage for s in stadt.schulen if s.lage]
    for ziele, alter, anteile, mittel in (
        (kitas, (0, 5), {500: "anteil_0_5_kita_500m", 1000: "anteil_0_5_kita_1000m"}, "kitaweg_mittel"),
        (
            schulen,
            (6, 9),
            {1000: "anteil_6_9_grundschule_1000m", 2000: "anteil_6_9_grundschule_2000m"},
            "grundschulweg_mittel",
        ),
    ):
        if not ziele:
            assert _wert(versorgungswelt, mittel, STADT, jahr) is None
            continue
        for ort, teile in _gruppen(stadt).items():
            wege = [(n, min(_weg(z, p) for z in ziele)) for o, p, n in _kinder(stadt, *alter) if o in teile and n]
            kinder = sum(n for n, _ in wege)
            if not kinder:
                assert _wert(versorgungswelt, mittel, ort, jahr)["status"] == "M"
                continue
            gemessen = _wert(versorgungswelt, mittel, ort, jahr)["wert"]
            assert gemessen == pytest.approx(sum(n * w for n, w in wege) / kinder)
            for grenze, indikator in anteile.items():
                soll = 100 * sum(n for n, w in wege if w <= grenze) / kinder
                assert _wert(versorgungswelt, indikator, ort, jahr)["wert"] == pytest.approx(soll)


@pytest.mark.parametrize("jahr", JAHRE)
def test_alle_plaetze_mit_kindern_in_reichweite_sind_verteilt(versorgungswelt: Versorgungswelt, jahr: int) -> None:
    """Σ Aᵢ·Nᵢ = Σ Pⱼ, from released values alone."""
    stadt = versorgungswelt.staedte[jahr]
    for indikator, (angebot, alter, grenze) in _angebote(stadt).items():
        erreicht = sum(
            plaetze
            for lage, plaetze in angebot
            if any(n and _weg(lage, ort) <= grenze for _, ort, n in _kinder(stadt, *alter))
        )
        zeilen = [_wert(versorgungswelt, indikator, o, jahr) for o in stadt.kinder if angebot]
        summe = sum(z["wert"] * z["nenner"] / 100 for z in zeilen if z["status"] in ("E", "U"))
        assert summe == pytest.approx(erreicht, abs=1e-9)


def test_einrichtungen_ergeben_den_zaehler(versorgungswelt: Versorgungswelt) -> None:
    abweichend = versorgungswelt.frage(
        """
        select i.indikator, i.gebiet, i.stichtag, i.zaehler, sum(a.wert * a.gewicht) as summe
        from freigabe.indikatoren as i
        inner join freigabe.indikator_katalog as k on k.indikator = i.indikator and k.thema = 'erreichbarkeit'
        left join freigabe.ableitungen as a
            on a.indikator = i.indikator and a.gebiet = i.gebiet and a.stichtag = i.stichtag and a.basis = i.basis
            and a.rolle = 'einrichtung'
        where i.wert is not null
        group by all
        having abs(coalesce(sum(a.wert * a.gewicht), 0) - i.zaehler) > 1e-6
        """
    )
    assert abweichend.empty
    genannt = versorgungswelt.frage(
        "select count(*) as n from freigabe.ableitungen where quelle = 'kitas' and zeile > 0"
    )
    assert genannt["n"].item() > 500


def test_ohne_angabe_der_plaetze_gibt_es_keine_und_der_weg_bleibt(versorgungswelt: Versorgungswelt) -> None:
    for ort in ("202", "508", STADT):
        assert _wert(versorgungswelt, "erreichbare_plaetze_u3", ort, NUR_SUMMEN)["status"] == "O"
        assert _wert(versorgungswelt, "kitaweg_mittel", ort, NUR_SUMMEN)["wert"] >= 0


def test_zu_wenige_verortet_gibt_keinen_wert(versorgungswelt: Versorgungswelt) -> None:
    for indikator in ("erreichbare_plaetze_u3", "kitaweg_mittel", "anteil_0_5_kita_500m"):
        z = _wert(versorgungswelt, indikator, "202", OHNE_ORT)
        assert (z["status"], math.isnan(z["wert"])) == ("O", True)


def test_ungenannte_plaetze_in_reichweite_schraenken_die_aussage_ein(versorgungswelt: Versorgungswelt) -> None:
    assert _wert(versorgungswelt, "erreichbare_plaetze_u3", "101", LUECKENHAFT)["status"] == "U"
    assert _wert(versorgungswelt, "erreichbare_plaetze_u3", "202", LUECKENHAFT)["status"] == "E"
    assert _wert(versorgungswelt, "kitaweg_mittel", "101", LUECKENHAFT)["status"] == "E"


def test_kinder_ohne_punkt_lassen_ortsteil_bezirk_und_stadt_offen(versorgungswelt: Versorgungswelt) -> None:
    for ort in (OHNE_PUNKTE, "700", STADT):
        assert _wert(versorgungswelt, "kitaweg_mittel", ort, LUECKENHAFT)["status"] == "O"
    assert _wert(versorgungswelt, "kitaweg_mittel", "508", LUECKENHAFT)["status"] == "E"


def test_keine_einrichtung_in_reichweite_ist_null_plaetze(versorgungswelt: Versorgungswelt) -> None:
    z = _wert(versorgungswelt, "erreichbare_plaetze_u3", "508", LUECKENHAFT)
    assert z["zaehler"] == pytest.approx(7)
    fern = _wert(versorgungswelt, "erreichbare_plaetze_grundschule", "508", WAHRHEIT)
    assert fern is not None
    assert (fern["status"], math.isnan(fern["wert"])) == ("M", True)
    weit = _wert(versorgungswelt, "erreichbare_plaetze_ue3", "203", LUECKENHAFT)
    assert (weit["wert"], weit["status"]) == (0, "U")


def test_zahlen_und_kennungen_der_regeln_passen_zusammen(beispiel: Gebaut) -> None:
    regeln = beispiel.frage("select * from stammdaten.reichweiten")
    for r in regeln.to_dict("records"):
        for spalte, meter in (("indikator_nah", "nah_m"), ("indikator_grenze", "grenze_m")):
            if isinstance(r[spalte], str):
                assert r[spalte].endswith(f"_{r[meter]:.0f}m")
    alle = {i for s in regeln.columns if s.startswith("indikator_") for i in regeln[s].dropna()}
    katalog = beispiel.frage("select indikator from indikatoren.indikator_definitionen where thema = 'erreichbarkeit'")
    assert alle == set(katalog["indikator"])


def test_beispiel_erreicht_alle_ortsteile_und_verteilt_die_plaetze(beispiel: Gebaut) -> None:
    t = beispiel.indikatoren.loc[beispiel.indikatoren.indikator == "erreichbare_plaetze_u3"]
    orte = {gebiet for gebiet, ebene in gebiete().values() if ebene == "ortsteil"}
    assert set(t.loc[t.wert.notna(), "gebiet"]) >= orte
    verortet = beispiel.frage("select sum(plaetze_u3) as n from freigabe.einrichtungen where x is not null")
    (stadt,) = t.loc[t.gebiet == "05112000", "zaehler"]
    assert stadt == pytest.approx(verortet["n"].item())
    assert set(t.datenart) == {"beispiel"}
