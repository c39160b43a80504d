"""Changes of tables: what exactly each kind changes in CSV, ffcsv, JSON, GeoJSON and worksheets."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from portal_archiv import ALTER, FFCSV, SCHULEN, TABELLE, geojson

from quellen.modell import KATALOG, Teil, lade_quelle
from quellen.portal.eingriffe import EINGRIFFE
from quellen.portal.gitter import aus_csv, aus_json, aus_mappe
from quellen.portal.verfaelschen import entpackt, verfaelsche

EINWOHNER = lade_quelle(KATALOG / "einwohner_ortsteil.yaml").teile["alter"]
KREIS = lade_quelle(KATALOG / "bevoelkerung_kreis.yaml").teile["tabelle"]
SCHULE = lade_quelle(KATALOG / "schulen.yaml").teile["verzeichnis"]
ORTSTEILE = lade_quelle(KATALOG / "gebiete.yaml").teile["ortsteile"]


def quoten(**formatangaben: Any) -> Teil:
    """A Teil with rates, years and a total; in every format that has a header line."""
    orte = {n: {"spalte": s} for n, s in (("jahr", "Jahr"), ("ortsteil", "Ortsteil"), ("geschlecht", "Geschlecht"))}
    gleich = {"orte": orte, "wertspalten": [{"muster": "Anzahl|Quote", "merkmal": "m"}], **formatangaben}
    return Teil.model_validate(
        {
            "beschreibung": "Probe",
            "form": "werte",
            "dateimuster": ".*",
            "zugang": {},
            "felder": {
                "jahr": {"typ": "jahr"},
                "ortsteil": {"typ": "schluessel", "verzeichnis": "ortsteil"},
                "geschlecht": {"typ": "auspraegung", "werte": {"m": "maennlich", "w": "weiblich", "": "insgesamt"}},
            },
            "summe": {"felder": ["geschlecht"]},
            "formate": [
                {"art": "csv", **gleich},
                {"art": "json", "pfad": "result.records", **gleich},
                {"art": "xlsx", **{"kopf_mit": ["Jahr", "Ortsteil"], **gleich}},
            ],
        }
    )


PROBE = quoten()
KOPF = ["Jahr", "Ortsteil", "Geschlecht", "Anzahl", "Quote"]
SAETZE = [
    ["2023", "202", "m", "1200", "9,5"],
    ["2023", "202", "w", "0", "10,25"],
    ["2023", "202", "", "21200", "9,9"],
    ["2024", "508", "m", "17", "-"],
    ["2024", "508", "w", "1234567", "1200,5"],
    ["2024", "202", "m", "3", "2,0"],
]


def csv(saetze=SAETZE, kopf=KOPF) -> bytes:
    return "".join(";".join(z) + "\n" for z in [kopf, *saetze]).encode()


def records(saetze=SAETZE, kopf=KOPF) -> bytes:
    seite = [{"_id": n, **dict(zip(kopf, s, strict=True))} for n, s in enumerate(saetze, 1)]
    return json.dumps({"success": True, "result": {"records": seite, "total": 6}}).encode()


def mappe(saetze=SAETZE, kopf=KOPF) -> bytes:
    buch = openpyxl.Workbook()
    blatt = buch.active
    blatt.append(["Einwohner nach Ortsteilen"])
    for zeile in [kopf, *saetze]:
        blatt.append(zeile)
    blatt.append(["© Stadt Duisburg"])
    puffer = io.BytesIO()
    buch.save(puffer)
    return puffer.getvalue()


def lies(daten: bytes) -> list[list[str]]:
    """Header and records of any of the three."""
    if daten.startswith(b"PK"):
        reihen = list(openpyxl.load_workbook(io.BytesIO(daten)).active.iter_rows(values_only=True))
        assert reihen[0][0] == "Einwohner nach Ortsteilen"
        assert reihen[-1][0] == "© Stadt Duisburg"
        return [["" if z is None else z for z in reihe] for reihe in reihen[1:-1]]
    if daten.startswith(b"{"):
        saetze = json.loads(daten)["result"]["records"]
        kopf = [n for n in saetze[0] if n != "_id"]
        return [kopf, *([s[n] for n in kopf] for s in saetze)]
    return [zeile.split(";") for zeile in daten.decode().splitlines()]


def ohne(*nummern: int) -> list[list[str]]:
    return [KOPF, *(s for n, s in enumerate(SAETZE) if n not in nummern)]


def mit(nummer: int, spalte: str, wert: str) -> list[list[str]]:
    saetze = [list(s) for s in SAETZE]
    saetze[nummer][KOPF.index(spalte)] = wert
    return [KOPF, *saetze]


ERWARTET = {
    "gebiet-unbekannt": mit(0, "Ortsteil", "999"),
    "gebiet-fehlt": ohne(0, 1, 2, 5),
    "zeichen-unbekannt": mit(0, "Anzahl", "§"),
    "zahl-negativ": mit(0, "Anzahl", "-1200"),
    "zeilen-doppelt": [KOPF, SAETZE[0], *SAETZE],
    "zeilen-weniger": ohne(4),
    "jahr-fehlt": ohne(0, 1, 2),
    "summenzeile-fehlt": ohne(2),
    "dezimal-vertauscht": [KOPF, *([*s[:4], s[4].replace(",", ".")] for s in SAETZE)],
    "tausender-vertauscht": [
        KOPF,
        [*SAETZE[0][:3], "1.200", "9,5"],
        SAETZE[1],
        [*SAETZE[2][:3], "21.200", "9,9"],
        SAETZE[3],
        [*SAETZE[4][:3], "1.234.567", "1.200,5"],
        SAETZE[5],
    ],
    "spalte-umbenannt": [["Jahr_neu", *KOPF[1:]], *SAETZE],
}


@pytest.mark.parametrize("bauen", [csv, records, mappe])
@pytest.mark.parametrize("art", ERWARTET)
def test_jede_art_aendert_genau_was_sie_sagt(art, bauen):
    assert lies(verfaelsche(art, bauen(), PROBE)) == ERWARTET[art]


@pytest.mark.parametrize("bauen", [csv, mappe])
def test_spalten(bauen):
    neu = lies(verfaelsche("spalte-neu", bauen(), PROBE))
    assert neu[:2] == [["Jahr", "Bemerkung", *KOPF[1:]], ["2023", "neu", *SAETZE[0][1:]]]
    doppelt = lies(verfaelsche("spalte-doppelt", bauen(), PROBE))
    assert doppelt == [[*z, z[0]] for z in [KOPF, *SAETZE]]
    vertauscht = lies(verfaelsche("spalten-vertauscht", bauen(), PROBE))
    assert vertauscht == [[*z[1:], z[0]] for z in [KOPF, *SAETZE]]


def test_spalten_im_datastore():
    def namen(art):
        return list(json.loads(verfaelsche(art, records(), PROBE))["result"]["records"][0])

    assert namen("spalte-neu") == ["_id", "Bemerkung", *KOPF]
    assert namen("spalten-vertauscht") == [*KOPF, "_id"]
    assert verfaelsche("spalte-doppelt", records(), PROBE) == records()


def test_die_angekuendigte_zahl_bleibt():
    neu = json.loads(verfaelsche("zeilen-weniger", records(), PROBE))
    assert (neu["result"]["total"], len(neu["result"]["records"])) == (6, 5)


def test_deklarierte_zeichen_bestimmen_das_falsche():
    punkt = quoten(dezimal=".", tausender=",")
    saetze = [["2024", "508", "m", "1,234", "9.5"]]
    assert lies(verfaelsche("dezimal-vertauscht", csv(saetze), punkt))[1][4] == "9,5"
    assert lies(verfaelsche("tausender-vertauscht", csv(saetze), punkt))[1][3] == "1.234"
    deutsch = quoten(tausender=".")
    saetze = [["2024", "508", "m", "1.234", "9,5"]]
    assert lies(verfaelsche("tausender-vertauscht", csv(saetze), deutsch))[1][3] == "1,234"


def test_echte_zahlen_bleiben_zahlen():
    saetze = [["2023", "202", "m", 1200, 9.5], ["2024", "508", "w", 3, 1.5]]
    for daten in (mappe(saetze), records(saetze)):
        neu = verfaelsche("zahl-negativ", daten, PROBE)
        assert lies(neu)[1][3] == -1200
        assert verfaelsche("dezimal-vertauscht", daten, PROBE) == daten
        assert verfaelsche("tausender-vertauscht", daten, PROBE) == daten


def test_fuss_kopf_und_anfuehrung_bleiben():
    mit_fuss = quoten(kopf_mit=["Jahr", "Ortsteil"], fuss="©")
    oben, unten = "Titel;;;;\r\n", "© Stadt;;;;\r\n"
    daten = (oben + '"Jahr";"Ortsteil";"Geschlecht";"Anzahl";"Quote"\r\n"2023";"202";"m";"5";"1"\r\n' + unten).encode()
    assert verfaelsche("zahl-negativ", daten, mit_fuss) == daten.replace(b'"5"', b'"-5"')
    doppelt = verfaelsche("spalte-doppelt", daten, mit_fuss).decode()
    assert doppelt.startswith(oben + '"Jahr";"Ortsteil";"Geschlecht";"Anzahl";"Quote";"Jahr"\r\n')
    assert doppelt.endswith('"m";"5";"1";"2023"\r\n' + unten)


def test_kopf_mit_trenner_am_ende_behaelt_ihn():
    neu = verfaelsche("spalten-vertauscht", SCHULEN, SCHULE).decode().split("\n")
    assert neu[0] == "\ufeffsep=;"
    assert neu[1] == "Schulform;Kurzbezeichnung;Ort;Gemeindeschluessel;Schulnummer;"
    assert neu[2] == '"02";"Duisburg, KG ""Henrietten;str.""";"Köln";"05112000";"101254"'
    doppelt = verfaelsche("spalte-doppelt", SCHULEN, SCHULE).decode().split("\n")
    assert doppelt[1] == "Schulnummer;Schulform;Kurzbezeichnung;Ort;Gemeindeschluessel;Schulnummer;"
    assert doppelt[2].endswith('"05112000";"101254"')


@pytest.mark.parametrize(
    ("art", "fehlt"),
    [
        ("gebiet-fehlt", ["KREISE", "KREISE"]),
        ("jahr-fehlt", ["2023-12-31"]),
        ("summenzeile-fehlt", ["Insgesamt"]),
    ],
)
def test_ffcsv_im_zip_verliert_zeilen(art, fehlt):
    name, neu = entpackt(verfaelsche(art, TABELLE, KREIS))
    assert name == entpackt(TABELLE)[0]
    zeilen = FFCSV.decode().split("\n")
    weg = [z for z in zeilen if z not in neu.decode().split("\n")]
    assert len(weg) == len(fehlt)
    assert all(f in z for z, f in zip(weg, fehlt, strict=True))
    assert neu.decode().split("\n") == [z for z in zeilen if z not in weg]


def test_ffcsv_zahlen():
    _, neu = entpackt(verfaelsche("tausender-vertauscht", TABELLE, KREIS))
    assert neu == FFCSV.replace(b"5202270", b"5.202.270").replace(b"250000", b"250.000").replace(b"252270", b"252.270")
    _, neu = entpackt(verfaelsche("zahl-negativ", TABELLE, KREIS))
    assert neu == FFCSV.replace(b";5202270;", b";-5202270;")


def test_geojson_verliert_und_verdoppelt_objekte():
    seite = geojson([{"OTNR": "202", "OTNAME": "Marxloh"}, {"OTNR": "508", "OTNAME": "Hochfeld"}], 1, mehr=False)

    def objekte(art):
        return [
            (f["properties"]["OTNR"], f["geometry"]["type"])
            for f in json.loads(verfaelsche(art, seite, ORTSTEILE))["features"]
        ]

    assert objekte("gebiet-fehlt") == [("508", "Polygon")]
    assert objekte("zeilen-doppelt") == [("202", "Polygon"), ("202", "Polygon"), ("508", "Polygon")]


def test_ortsteil_fehlt_in_allen_seinen_zeilen():
    daten = ALTER + b"31.12.2024;500;Mitte;508;Hochfeld;deutsch;7;8\n"
    neu = verfaelsche("gebiet-fehlt", daten, EINWOHNER).decode().splitlines()
    assert [z.split(";")[3] for z in neu] == ["Ortsteil_ID", "508"]


@pytest.mark.parametrize("art", ["dezimal-vertauscht", "jahr-fehlt", "summenzeile-fehlt", "zeilen-weniger"])
def test_was_nicht_da_ist_kann_nicht_fehlen(art):
    assert verfaelsche(art, ALTER, EINWOHNER) == ALTER


@pytest.mark.parametrize("art", EINGRIFFE)
@pytest.mark.parametrize("daten", [csv(), records(), mappe(), TABELLE, ALTER, SCHULEN])
def test_gleiches_ergebnis_bei_gleicher_eingabe(art, daten):
    teil = {TABELLE: KREIS, ALTER: EINWOHNER, SCHULEN: SCHULE}.get(daten, PROBE)
    assert verfaelsche(art, daten, teil) == verfaelsche(art, daten, teil)


@pytest.mark.parametrize("daten", [b"PKkaputt xl/workbook.xml", b"PK\x05\x06" + b"\0" * 18, TABELLE[:200]])
@pytest.mark.parametrize("art", EINGRIFFE)
def test_kaputtes_zip_bleibt_wie_es_ist(art, daten):
    assert verfaelsche(art, daten, PROBE) == daten


def test_mappe_ohne_das_blatt_oder_den_kopf_ist_kein_gitter():
    assert aus_mappe(mappe(), quoten(blatt="Anderes")) is None
    assert aus_mappe(mappe(), quoten(kopf_mit=["Schulnummer"])) is None
    assert aus_mappe(mappe(), quoten(kopfzeilen=2)) is None


@pytest.mark.parametrize(
    "inhalt", ["{", "[]", "{}", '{"result": 1}', '{"result": {"records": [1]}}', '{"features": [{"properties": 1}]}']
)
def test_anderes_json_ist_kein_gitter(inhalt):
    assert aus_json(inhalt, PROBE) is None
    assert aus_json(inhalt, ORTSTEILE) is None


ZELLE = st.text(st.sampled_from('aä1;"\r '), max_size=5).map(lambda t: '"' + t.replace('"', '""') + '"')


@given(st.lists(st.lists(ZELLE, min_size=1, max_size=4), max_size=5), st.sampled_from(["\n", "\r\n"]))
def test_gitter_gibt_die_csv_unveraendert_zurueck(zeilen, ende):
    text = ende.join(["Jahr;Ortsteil;Geschlecht;Anzahl", *(";".join(z) for z in zeilen), ""])
    gitter = aus_csv(text, PROBE)
    assert gitter is not None
    assert gitter.schreibe(gitter) == text
