"""Modelled addresses and day care: published sums, places inside the outlines, and addresses that can be found."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from pyproj import Transformer
from shapely.geometry import Point

from quellen.beispiel.betreuung import OHNE_KITA
from quellen.beispiel.gebiete import ortsteile
from quellen.beispiel.ortsteile import ORTSTEILE, STADTBEZIRKE


@pytest.fixture(scope="module")
def adressen(leser) -> list[dict[str, str]]:
    return leser.zeilen("adressen", "hausnummern", "iso-8859-1")


@pytest.fixture(scope="module")
def kitas(leser) -> list[dict[str, str]]:
    return leser.zeilen("kitas", "liste", "utf-8-sig")


def test_adressliste_hat_die_form_der_stadt(leser, adressen) -> None:
    (daten,) = leser.bytes("adressen", "hausnummern")
    assert daten.startswith("STRSCHL;STRAßENNAME;HAUSNUMMER;ZUSATZ;STATUSTXT;".encode("iso-8859-1"))
    assert daten.count(b"\r\n") == daten.count(b"\n") == len(adressen) + 1
    assert Counter(z["STATUSTXT"] for z in adressen)["historisch"] == 46
    assert {z["STADTBEZIRKTXT"] for z in adressen} == set(STADTBEZIRKE.values())


def test_jeder_ortsteil_hat_genug_adressen_und_sie_liegen_in_ihm(adressen) -> None:
    grad = Transformer.from_crs("EPSG:25832", "EPSG:4326", always_xy=True)
    je = Counter()
    for z in adressen:
        o = ORTSTEILE[(int(z["STRSCHL"]) - 1) // 4]
        punkt = Point(*grad.transform(int(z["RECHTSWERT"]), int(z["HOCHWERT"])))
        assert ortsteile()[o.schluessel].distance(punkt) < 1e-5
        assert STADTBEZIRKE[o.bezirk] == z["STADTBEZIRKTXT"]
        je[o.schluessel] += z["STATUSTXT"] == "aktuell"
    assert len(je) == 46
    assert min(je.values()) >= 24


def test_plaetze_ergeben_die_veroeffentlichten_summen(kitas) -> None:
    hier = [z for z in kitas if z["Ort"] == "Duisburg"]
    summe = Counter()
    for z in hier:
        for spalte in ("Plätze", "Plätze U3", "Plätze Ü3"):
            summe[z["Art der Einrichtung"], spalte] += int(z[spalte].replace("-", "0"))
    assert summe["Kindertageseinrichtung", "Plätze U3"] == 2643
    assert summe["Großtagespflege", "Plätze U3"] == 1691
    assert summe["Kindertageseinrichtung", "Plätze Ü3"] == 14450
    assert sum(n for (_, s), n in summe.items() if s == "Plätze") == 2643 + 1691 + 14450
    assert len(kitas) - len(hier) == 6
    assert len({z["Einrichtungsnummer"] for z in kitas}) == len(kitas)


def test_anschriften_stehen_im_verzeichnis_bis_auf_wenige(kitas, adressen) -> None:
    bekannt = {f"{z['STRAßENNAME']} {z['HAUSNUMMER']}{z['ZUSATZ']}" for z in adressen if z["STATUSTXT"] == "aktuell"}
    offen = []
    for z in (z for z in kitas if z["Ort"] == "Duisburg"):
        text = re.sub(r"(\d) ([A-Z])$", lambda m: m[1] + m[2].lower(), z["Straße"].replace("str.", "straße"))
        if text not in bekannt:
            offen.append(z["Straße"])
    assert 10 <= len(offen) <= 30
    assert any(t.startswith("Neue ") for t in offen)
    assert any(re.search(r"\d-\d", t) for t in offen)
    assert any(not re.search(r"\d", t) for t in offen)
    assert any("str." in z["Straße"] for z in kitas)


def test_ein_ortsteil_ohne_kita(kitas) -> None:
    (name,) = [o.name for o in ORTSTEILE if o.schluessel == OHNE_KITA]
    assert not [z for z in kitas if name in z["Name"]]
    assert len({re.sub(r"\d+$", "", z["Name"].removeprefix("Kita ")) for z in kitas if z["Name"][:4] == "Kita"}) > 45
