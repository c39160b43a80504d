"""Addresses with changing parts: queries, one request per value, years, Drupal's suffixes, names of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.archiv import Abruf, Objekt
from quellen.fehler import NochNichtDa, QuellenFehler
from quellen.modell import KATALOG, lade_quelle
from quellen.zugang.direkt import dateiname_fuer, hole, kombinationen
from quellen.zugang.gemeinsam import Auftrag

HOST = "/www.amt.example"
XLSX = b"PK\x03\x04" + bytes(range(256))


@pytest.fixture
def auftrag(baue_quelle, skriptabrufer, heute):
    def _auftrag(jahr=None, bisher=None, stand=None, formate=None, **zugang):
        teil = {"zugang": zugang, "stand": stand or {"aus": "abruf"}, "jahrgaenge": {"ab": 2020} if jahr else None}
        if formate:
            teil["formate"] = formate
        return Auftrag(baue_quelle("direkt", eins=teil), "eins", skriptabrufer, bisher, heute, jahr)

    return _auftrag


def test_abfrage_wird_kodiert(auftrag, skriptportal, sendung):
    skriptportal.auf(f"{HOST}/export", sendung(200, b"x;y\n"))
    abfrage = {"charset": "UTF-8", "raw": True, "region": "Mülheim & Ruhr", "max": 5}
    [geholt] = hole(auftrag(pfad="/export", abfrage=abfrage)).objekte
    assert skriptportal.gesehen[0].abfrage == {
        "charset": "UTF-8",
        "raw": "true",
        "region": "Mülheim & Ruhr",
        "max": "5",
    }
    assert geholt.url == (
        "https://www.amt.example/export?charset=UTF-8&raw=true&region=M%C3%BClheim%20%26%20Ruhr&max=5"
    )


def test_abfrage_neben_einer_im_pfad(auftrag, skriptportal, sendung):
    skriptportal.auf(f"{HOST}/a.xlsx", sendung(200, XLSX))
    [geholt] = hole(auftrag(pfad="/a.xlsx?__blob=publicationFile", abfrage={"v": 2})).objekte
    assert skriptportal.gesehen[0].abfrage == {"__blob": "publicationFile", "v": "2"}
    assert (geholt.datei, geholt.daten) == ("a.xlsx", XLSX)


def test_je_wert_eine_anfrage(auftrag, skriptportal, sendung):
    pfad = "/ct/v1/tableFetch/csv/EckwerteZeitreiheGrusi"
    skriptportal.auf(HOST + pfad, lambda g: sendung(200, g.abfrage["Kreis"].encode()))
    holung = hole(auftrag(pfad=pfad, je={"Kreis": ["Duisburg", "Krefeld, Stadt"]}, datei=".csv", abfrage={"f": "x"}))
    assert [(g.datei, g.daten.decode()) for g in holung.objekte] == [
        ("EckwerteZeitreiheGrusi-Duisburg.csv", "Duisburg"),
        ("EckwerteZeitreiheGrusi-Krefeld, Stadt.csv", "Krefeld, Stadt"),
    ]
    assert [g.abfrage for g in skriptportal.gesehen] == [
        {"f": "x", "Kreis": "Duisburg"},
        {"f": "x", "Kreis": "Krefeld, Stadt"},
    ]
    assert holung.stand == date(2026, 11, 22)


def test_fehlt_ein_wert_kommt_nichts(auftrag, skriptportal, sendung):
    skriptportal.auf(f"{HOST}/t", lambda g: sendung(200 if g.abfrage["Kreis"] == "Essen" else 404, b"x"))
    with pytest.raises(QuellenFehler, match=r"gibt es nicht.*t\?Kreis=Duisburg"):
        hole(auftrag(pfad="/t", je={"Kreis": ["Essen", "Duisburg"]}))


def test_juengster_stand_aller_dateien(auftrag, skriptportal, sendung):
    def antwort(gesehen):
        tag = {"a": "30 Sep", "b": "31 Oct"}[gesehen.abfrage["k"]]
        return sendung(200, b"x", {"Last-Modified": f"Sat, {tag} 2026 10:00:00 GMT"})

    skriptportal.auf(f"{HOST}/t", antwort)
    assert hole(auftrag(pfad="/t", je={"k": ["b", "a"]})).stand == date(2026, 10, 31)
    assert hole(auftrag(pfad="/t", je={"k": ["b", "a"]}, stand={"aus": "inhalt"})).stand is None


def test_mehrere_parameter_in_allen_verbindungen(baue_quelle):
    teil = baue_quelle("direkt", eins={"zugang": {"pfad": "/t", "je": {"a": [1, 2], "b": "x"}}}).teile["eins"]
    assert kombinationen(teil) == [{"a": "1", "b": "x"}, {"a": "2", "b": "x"}]
    assert dateiname_fuer(teil, "https://x.example/t.csv", {"a": "1", "b": "../x"}, None) == "t-1-.._x.csv"


def test_jahr_in_adresse_und_namen(auftrag, skriptportal, sendung):
    skriptportal.auf(f"{HOST}/2023/tabelle.csv", sendung(200, b"x"))
    skriptportal.auf(f"{HOST}/tabelle", sendung(200, b"y"))
    assert hole(auftrag(jahr=2023, pfad="/{jahr}/tabelle.csv")).objekte[0].datei == "tabelle-2023.csv"
    holung = hole(auftrag(jahr=2023, pfad="/tabelle", abfrage={"zeit": "{jahr}"}, datei="t_{jahr}.csv"))
    assert holung.objekte[0].datei == "t_2023.csv"
    assert skriptportal.gesehen[-1].abfrage == {"zeit": "2023"}


def test_fehlendes_jahr_ist_noch_nicht_da(auftrag):
    with pytest.raises(NochNichtDa, match=r"gibt es nicht.*HTTP 404.*/2026/t\.csv"):
        hole(auftrag(jahr=2026, pfad="/{jahr}/t.csv"))


def test_jahr_ohne_jahrgaenge_ist_ein_befund(auftrag, skriptportal):
    with pytest.raises(QuellenFehler, match=r"verlangt ein Jahr.*teile\.eins\.jahrgaenge"):
        hole(auftrag(pfad="/{jahr}/t.csv"))
    assert skriptportal.gesehen == []


@pytest.mark.parametrize("vorhanden", ["", "_0", "_2"])
def test_anhaenge_von_drupal(auftrag, skriptportal, sendung, vorhanden):
    skriptportal.auf(f"{HOST}/files/Stand_01102022{vorhanden}.csv", sendung(200, b"x"))
    [geholt] = hole(auftrag(pfad="/files/Stand_01102022{drupal}.csv")).objekte
    assert geholt.datei == f"Stand_01102022{vorhanden}.csv"
    versucht = ["", "_0", "_1", "_2"]
    assert len(skriptportal.gesehen) == versucht.index(vorhanden) + 1


def test_schuljahr_und_anhang_zusammen(auftrag, skriptportal):
    with pytest.raises(QuellenFehler) as fehler:
        hole(auftrag(pfad="/opendata{sj4}{drupal}.csv", schuljahre_zurueck=1))
    namen = [p.rpartition("/")[2] for p in skriptportal.pfade]
    anhaenge = ["", "_0", "_1", "_2"]
    assert namen == [f"opendata{sj}{a}.csv" for sj in ("2026-27", "2025-26") for a in anhaenge]
    assert all(name in str(fehler.value) for name in namen)


def test_name_fuer_adressen_ohne_endung(auftrag, skriptportal, sendung):
    skriptportal.auf(f"{HOST}/download/12411-01-01-4/ffcsv", sendung(200, XLSX))
    [geholt] = hole(auftrag(pfad="/download/12411-01-01-4/ffcsv", datei="12411-01-01-4.zip")).objekte
    assert (geholt.datei, geholt.daten) == ("12411-01-01-4.zip", XLSX)


def test_abweisung_ist_voruebergehend_und_sagt_was_zu_tun_ist(auftrag, skriptportal, sendung):
    skriptportal.auf(f"{HOST}/gitter.zip", sendung(403, b"<html>WAF</html>"))
    with pytest.raises(QuellenFehler, match=r"verweigert den Zugriff.*HTTP 403.*Schutz.*sozialraum ablegen") as fehler:
        hole(auftrag(pfad="/gitter.zip"))
    assert fehler.value.voruebergehend
    assert len(skriptportal.gesehen) == 1  # asking a wall again does not open it


def test_unveraendert_behaelt_den_namen(auftrag, skriptportal, sendung):
    skriptportal.auf(f"{HOST}/t", sendung(304))
    objekt = Objekt(sha256="0" * 64, bytes=1, datei="x.csv", url="https://www.amt.example/t", kopf={"etag": '"a"'})
    bisher = Abruf(
        quelle="probe",
        teil="eins",
        abgerufen_am=datetime(2026, 11, 1, tzinfo=UTC),
        datenart="amtlich",
        weg="direkt",
        lizenz="x",
        inhalt="1",
        objekte=(objekt,),
    )
    holung = hole(auftrag(pfad="/t", datei="x.csv", bisher=bisher))
    assert (holung.unveraendert, holung.objekte[0].datei) == (True, "x.csv")


JSON = [{"art": "json", "pfad": "a", "orte": {"nummer": {"spalte": "Nummer"}}}]


@pytest.mark.parametrize("daten", [b'\xef\xbb\xbf {"a": []}', b'[{"Nummer": 1}]'])
def test_json_nur_wo_es_deklariert_ist(auftrag, skriptportal, sendung, daten):
    skriptportal.auf(f"{HOST}/t", sendung(200, daten))
    with pytest.raises(QuellenFehler, match=r"JSON statt Daten.*eine Datei als csv"):
        hole(auftrag(pfad="/t"))
    assert hole(auftrag(pfad="/t", formate=JSON)).objekte[0].daten == daten


@given(st.text(max_size=20), st.text(max_size=20))
def test_dateiname_ist_nie_ein_pfad(wert, name):
    teil = lade_quelle(KATALOG / "schulen.yaml").teile["verzeichnis"]
    datei = dateiname_fuer(teil, f"https://x.example/{name}", {"k": wert}, 2023)
    assert "/" not in datei
    assert "\\" not in datei
    assert "2023" in datei
