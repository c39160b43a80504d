"""Places against children: published figures, the example against its own files, and what sparse lists give."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import date
from typing import Any

import beispielquellen
import pytest
from gebaut import Gebaut
from pyproj import Transformer
from shapely.geometry import Point, shape
from versorgungswelten import (
    EINSCHULUNG,
    LUECKENHAFT,
    NUR_SUMMEN,
    OHNE_ORT,
    WAHRHEIT,
    ZUFALL_AB,
    ZUFALL_ANZAHL,
    Versorgungswelt,
)

STADT = "05112"
TAG = date(2026, 7, 31)
OHNE_EINZELNE = {"u3_platzquote_0_2", "u3_platzquote_1_2", "zielerfuellung_u3"}
"""Estimates: places of single childminders are in no list."""


def _wert(welt: Gebaut, indikator: str, ort: str, jahr: int, basis: str = "melderegister") -> Any:
    return welt.zeile(indikator, ort, date(jahr, 7, 31), basis)


def test_w45_bis_w47_wie_veroeffentlicht(versorgungswelt: Versorgungswelt) -> None:
    quote = _wert(versorgungswelt, "u3_platzquote_0_2", STADT, WAHRHEIT)
    assert (quote["zaehler"], quote["nenner"], round(quote["wert"], 1)) == (4334, 14259, 30.4)
    assert _wert(versorgungswelt, "u3_luecke", STADT, WAHRHEIT)["wert"] == 229
    assert _wert(versorgungswelt, "ue3_luecke", STADT, WAHRHEIT)["wert"] + 274 == 140
    assert _wert(versorgungswelt, "tagespflegeanteil_u3", STADT, WAHRHEIT, "")["zaehler"] == 1691


def test_w55_einschulungsquote(versorgungswelt: Versorgungswelt) -> None:
    quote = _wert(versorgungswelt, "einschulungsquote", STADT, EINSCHULUNG)
    assert (quote["zaehler"], quote["nenner"], round(quote["wert"], 3)) == (4466, 4634, 96.375)
    assert quote["status"] == "E"
    assert _wert(versorgungswelt, "einschulungsquote", "202", EINSCHULUNG) is None
    assert _wert(versorgungswelt, "erstklaessler", STADT, EINSCHULUNG, "")["wert"] == 4466


def test_luecke_als_spanne_zwischen_register_und_eingeschulten(versorgungswelt: Versorgungswelt) -> None:
    """2013 has a rate of 2010, 2023 has none young enough, and 1901 none at all."""
    z = _wert(versorgungswelt, "u3_luecke_eingeschulte", STADT, OHNE_ORT)
    kinder = 4 * (10 + 20) * 4466 / 4634
    assert z["nenner"] == pytest.approx(kinder)
    assert z["wert"] == math.ceil(0.32 * kinder) - 20
    assert (z["unsicher_von"], z["unsicher_bis"]) == (z["wert"], math.ceil(0.32 * 120) - 20)
    assert z["status"] == "E"
    assert _wert(versorgungswelt, "u3_luecke_eingeschulte", STADT, LUECKENHAFT)["status"] == "O"
    for jahr in (WAHRHEIT, ZUFALL_AB):
        offen = _wert(versorgungswelt, "u3_luecke_eingeschulte", STADT, jahr)
        assert offen["status"] == "O"
        assert all(math.isnan(offen[s]) for s in ("wert", "nenner", "unsicher_von", "unsicher_bis"))


@pytest.mark.parametrize("nr", range(ZUFALL_ANZAHL))
def test_zufaellige_staedte_von_hand_gerechnet(versorgungswelt: Versorgungswelt, nr: int) -> None:
    jahr = ZUFALL_AB + 2 * nr
    stadt = versorgungswelt.staedte[jahr]
    gruppen = {o: [o] for o in stadt.kinder} | {"200": ["202", "203"], STADT: list(stadt.kinder)}
    for ort, teile in gruppen.items():
        hier = [k for k in stadt.kitas if k.ort in teile]
        u3 = sum(int(k.u3 or 0) for k in hier)
        ue3 = sum(0 if k.ue3 == "-" else int(k.ue3 or 0) for k in hier)
        kitas = sum(k.art == "Kindertageseinrichtung" for k in hier)
        schulen = sum(s.ort in teile for s in stadt.schulen)
        n = {a: sum(stadt.zahl(o, *a) for o in teile) for a in ((0, 2), (1, 2), (3, 5), (0, 5), (6, 9))}
        soll = {
            "u3_platzquote_0_2": (100 * u3, n[0, 2]),
            "u3_platzquote_1_2": (100 * u3, n[1, 2]),
            "ue3_platzquote_3_5": (100 * ue3, n[3, 5]),
            "zielerfuellung_u3": (100 * u3, 0.32 * n[0, 2]),
            "zielerfuellung_ue3": (100 * ue3, 0.95 * n[3, 5]),
            "kitas_je_1000_u6": (1000 * kitas, n[0, 5]),
        }
        if stadt.schulen:
            soll["grundschulen_je_1000_6_9"] = (1000 * schulen, n[6, 9])
        for indikator, (oben, unten) in soll.items():
            z = _wert(versorgungswelt, indikator, ort, jahr)
            assert z["status"] == (("E" if indikator in OHNE_EINZELNE else "A") if unten else "M"), indikator
            assert z["wert"] == pytest.approx(oben / unten) if unten else math.isnan(z["wert"])
        luecken = {"u3_luecke": -(-32 * n[0, 2] // 100) - u3, "ue3_luecke": -(-95 * n[3, 5] // 100) - ue3}
        assert {i: _wert(versorgungswelt, i, ort, jahr)["wert"] for i in luecken} == luecken
        assert [_wert(versorgungswelt, i, ort, jahr)["status"] for i in luecken] == ["E", "A"]


def test_ortsteil_mit_umriss_und_ohne_kita_hat_null_plaetze(versorgungswelt: Versorgungswelt) -> None:
    z = _wert(versorgungswelt, "plaetze_u3", "509", WAHRHEIT, "")
    assert (z["wert"], z["status"]) == (0, "A")
    assert _wert(versorgungswelt, "plaetze_u3", "710", WAHRHEIT, "")["status"] == "O"


def test_liste_ohne_altersangabe_gibt_keine_plaetze_nach_alter(versorgungswelt: Versorgungswelt) -> None:
    for indikator in ("plaetze_u3", "plaetze_ue3"):
        assert _wert(versorgungswelt, indikator, STADT, NUR_SUMMEN, "") is None
    assert _wert(versorgungswelt, "u3_platzquote_0_2", STADT, NUR_SUMMEN) is None
    assert _wert(versorgungswelt, "tageseinrichtungen", "202", NUR_SUMMEN, "")["wert"] == 1
    merkmale = versorgungswelt.frage(
        "select distinct merkmal from beobachtungen.beobachtungen "
        f"where quelle = 'kitas' and year(stichtag) = {NUR_SUMMEN}"
    )
    assert merkmale["merkmal"].tolist() == ["kita_plaetze_liste"]


def test_kaum_verortet_heisst_unterhalb_der_stadt_unbekannt(versorgungswelt: Versorgungswelt) -> None:
    stadt = _wert(versorgungswelt, "plaetze_u3", STADT, OHNE_ORT, "")
    assert (stadt["wert"], stadt["status"]) == (20, "A")
    for ort in ("202", "509", "200", "500"):
        assert _wert(versorgungswelt, "plaetze_u3", ort, OHNE_ORT, "")["status"] == "O"


def test_ungenannte_plaetze_lassen_ortsteil_und_stadt_offen(versorgungswelt: Versorgungswelt) -> None:
    for ort, status in (("101", "O"), ("100", "O"), (STADT, "O"), ("202", "A")):
        assert _wert(versorgungswelt, "plaetze_u3", ort, LUECKENHAFT, "")["status"] == status
    assert _wert(versorgungswelt, "plaetze_ue3", "101", LUECKENHAFT, "")["wert"] == 0


def test_fremde_orte_sind_abgewiesen_und_zaehlen_nicht(versorgungswelt: Versorgungswelt) -> None:
    weg = versorgungswelt.frage(
        "select grund, count(*) as n from beobachtungen.abgewiesen where quelle = 'kitas' group by 1"
    )
    assert weg["grund"].tolist() == ["Ort Moers liegt nicht in der Stadt"]
    assert weg["n"].tolist() == [ZUFALL_ANZAHL]


def test_beispiel_zaehlt_wie_seine_dateien(beispiel: Gebaut) -> None:
    """Addresses looked up with a dictionary, points in outlines with shapely: nothing of the pipeline is used."""
    orte = _orte_der_adressen()
    je: dict[str, list[dict[str, str]]] = {}
    ohne = 0
    for z in _csv("kitas", "liste", "utf-8-sig"):
        if z["Ort"] != "Duisburg":
            continue
        schluessel = z["Straße"].replace("str.", "straße").upper().replace(" ", "")
        ohne += schluessel not in orte
        je.setdefault(STADT, []).append(z)
        for gebiet in orte.get(schluessel, []):
            je.setdefault(gebiet, []).append(z)
    assert ohne > 10
    assert len(je) > 46
    for gebiet, kitas in je.items():
        if gebiet in ("105", "205", "404"):
            continue
        for indikator, spalte in (("plaetze_u3", "Plätze U3"), ("plaetze_ue3", "Plätze Ü3")):
            soll = sum(int(z[spalte].replace("-", "0")) for z in kitas)
            assert beispiel.zeile(indikator, gebiet, TAG, "")["wert"] == soll, (indikator, gebiet)
    assert beispiel.zeile("plaetze_u3", STADT, TAG, "")["wert"] == 4334
    assert beispiel.zeile("plaetze_ue3", STADT, TAG, "")["wert"] == 14450
    assert beispiel.zeile("plaetze_u3", "709", TAG, "")["wert"] == 0
    assert {beispiel.zeile("plaetze_u3", o, TAG, "")["status"] for o in ("105", "205", "404")} == {"O"}


def _csv(quelle: str, teil: str, kodierung: str) -> list[dict[str, str]]:
    text = beispielquellen._bytes(quelle, teil).decode(kodierung)
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def _orte_der_adressen() -> dict[str, list[str]]:
    """Address as one word → numbers of the Stadtbezirk and the Ortsteil it lies in."""
    flaechen = []
    for teil in ("ortsteile", "stadtbezirke"):
        for m in beispielquellen._geojson(teil):
            e = m["properties"]
            kurz = e["OTNR"] if teil == "ortsteile" else f"{e['STBNR'][-1]}00"
            flaechen.append((kurz, shape(json.loads(json.dumps(m["geometry"])))))
    grad = Transformer.from_crs(25832, 4326, always_xy=True)
    orte = {}
    for z in _csv("adressen", "hausnummern", "iso-8859-1"):
        punkt = Point(*grad.transform(float(z["RECHTSWERT"]), float(z["HOCHWERT"])))
        schluessel = f"{z['STRAßENNAME']}{z['HAUSNUMMER']}{z['ZUSATZ']}".upper().replace(" ", "")
        orte[schluessel] = [kurz for kurz, flaeche in flaechen if flaeche.covers(punkt)]
    return orte
