"""DKAN catalogues with the weaknesses that real ones have."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.zugang import hole_teil
from quellen.zugang.verteilung import HOECHSTENS_GENANNT, Verteilung

KATALOG = "/www.amt.example/data.json"
DATEIEN = "https://www.amt.example/sites/default/files/"
TITEL = "Einwohner nach Ortsteilen und Alter"


def datei(name, titel="", **mehr):
    return {"@type": "dcat:Distribution", "title": titel, "format": "csv", "downloadURL": DATEIEN + name, **mehr}


@pytest.fixture
def hole(baue_quelle, skriptportal, skriptabrufer, sendung, heute):
    """Fetches from a catalogue of (title, distribution) pairs; every file contains its own name."""

    def _hole(*saetze, inhalt=None, stand=None):
        quelle = baue_quelle(
            "dkan",
            eins={
                "zugang": {"titel": "(?i)einwohner.*ortsteil.*alter.*", "verteilung": r"(?i).*\.csv"},
                "stand": stand or {"aus": "abruf"},
            },
        )
        katalog = {"@type": "dcat:Catalog", "dataset": [{"title": t, "distribution": d} for t, d in saetze]}
        roh = json.dumps(katalog).encode() if inhalt is None else inhalt
        skriptportal.auf(KATALOG, sendung(200, roh))

        class Dateien(dict):
            def get(self, pfad, ersatz=None):
                return super().get(pfad) or [sendung(200, pfad.encode())]

        skriptportal.antworten = Dateien(skriptportal.antworten)
        return hole_teil(quelle, "eins", skriptabrufer, None, heute)

    return _hole


def test_findet_datei_ueber_titel_und_name(hole, skriptportal):
    holung = hole(("Spielplätze", [datei("x.csv")]), (TITEL, [datei("Einwohner%20Alter.csv"), datei("a.pdf")]))
    assert holung.objekte[0].url == DATEIEN + "Einwohner%20Alter.csv"
    assert holung.objekte[0].datei == "Einwohner Alter.csv"
    assert holung.objekte[0].daten == b"/www.amt.example/sites/default/files/Einwohner%20Alter.csv"
    assert len(skriptportal.gesehen) == 2


def test_leerzeichen_in_der_adresse(hole):
    assert hole((TITEL, [datei("Einwohner Alter 2024.csv")])).objekte[0].url == DATEIEN + "Einwohner%20Alter%202024.csv"


@pytest.mark.parametrize(
    ("namen", "neueste"),
    [
        (["E 31.12.2023.csv", "E 30.06.2024.csv", "E 31.12.2022_7.csv"], "E 30.06.2024.csv"),
        (["E_2024-12-31.csv", "E_31.12.2023.csv"], "E_2024-12-31.csv"),
        (["E 31.12.2023_1.csv", "E 31.12.2023.csv", "E 31.12.2023_0.csv"], "E 31.12.2023_1.csv"),
        (["E_9.csv", "E_10.csv", "E.csv"], "E_10.csv"),
        (["E 2023_0.csv", "E 2024.csv"], "E 2024.csv"),
        (["E.csv", "E.csv"], "E.csv"),
    ],
)
def test_nimmt_die_neueste_verteilung(hole, namen, neueste):
    for reihenfolge in (namen, namen[::-1]):
        assert hole((TITEL, [datei(n) for n in reihenfolge])).objekte[0].datei == neueste


def test_datum_im_titel_der_verteilung(hole):
    saetze = [datei("a.csv", "Stand 31.12.2023"), datei("b.csv", "Stand 31.12.2024"), datei("c.csv", "Stand 2022")]
    assert hole((TITEL, saetze)).objekte[0].datei == "b.csv"


def test_nicht_unterscheidbare_verteilungen(hole):
    with pytest.raises(QuellenFehler, match=r"Mehrere Dateien.*a\.csv; b\.csv.*zugang\.verteilung"):
        hole((TITEL, [datei("a.csv"), datei("b.csv")]))


@pytest.mark.parametrize(
    "verteilung",
    [
        datei("e.csv"),
        [datei("e.csv", format="text/html", mediaType="text/html")],
        [{"title": "E", "accessURL": "http://Marketing Summaries"}, datei("e.csv")],
        [{"title": "e.csv", "accessURL": DATEIEN + "e.csv"}],
        [{"title": "E.csv", "downloadURL": "http://Marketing Summaries", "accessURL": DATEIEN + "e.csv"}],
        [None, "kaputt", {"title": None, "downloadURL": 7}, datei("e.csv")],
        [{"title": "E", "downloadURL": "http://www.amt.example/sites/default/files/e.csv"}],
        [{"title": "E", "downloadURL": "/sites/default/files/e.csv"}],
        [{"title": "E", "downloadURL": "https://[kaputt/e.csv"}, datei("e.csv")],
    ],
)
def test_uebersteht_schwaechen_des_katalogs(hole, verteilung):
    assert hole((TITEL, verteilung)).objekte[0].url == DATEIEN + "e.csv"


@pytest.mark.parametrize("leer", [[], None, {}, "", [{"title": "Tabelle", "accessURL": "http://Marketing Summaries"}]])
def test_ohne_brauchbare_verteilung(hole, leer):
    with pytest.raises(QuellenFehler, match="Keine Datei des Datensatzes passt") as fehler:
        hole((TITEL, leer))
    wort = "Tabelle / ohne Adresse" if isinstance(leer, list) and leer else "keine Verteilung"
    assert wort in str(fehler.value)


def test_unpassende_verteilungen_werden_genannt(hole):
    with pytest.raises(QuellenFehler, match=r"Excel-Fassung / e\.xlsx.*\(\?i\)\.\*\\\.csv"):
        hole((TITEL, [datei("e.xlsx", "Excel-Fassung")]))


def test_kein_titel_passt_nennt_die_aehnlichsten_zuerst(hole):
    saetze = [(f"Altpapier {i:03d} " + "lang " * 40, []) for i in range(60)]
    with pytest.raises(QuellenFehler) as fehler:
        hole(*saetze, ("Bewohnerinnen je Ortsteil", []))
    text = str(fehler.value)
    assert "61 Datensätze, die ähnlichsten zuerst: Bewohnerinnen je Ortsteil; Altpapier 000" in text
    assert text.count("Altpapier") == HOECHSTENS_GENANNT - 1
    assert "…" in text
    assert "teile.eins.zugang.titel" in text


def test_muster_muss_den_ganzen_titel_treffen(hole):
    with pytest.raises(QuellenFehler, match="Kein Datensatz"):
        hole(("Alt: " + TITEL, [datei("e.csv")]))


def test_mehrere_datensaetze(hole):
    with pytest.raises(QuellenFehler, match=rf"Mehrere Datensätze passen.*{TITEL}; {TITEL} 2020"):
        hole((TITEL, [datei("e.csv")]), (f"{TITEL} 2020", [datei("f.csv")]))


@pytest.mark.parametrize(
    ("inhalt", "wort"),
    [
        (b"<!doctype html><title>Wartung</title>", "HTML statt Daten.*Wartung"),
        (b"{}", "andere Gestalt"),
        (b'{"dataset": {"a": 1}}', "mit dataset"),
        (b"{", "kein JSON"),
        (b'{"dataset": [1, null, {"title": null}]}', "Kein Datensatz"),
    ],
)
def test_katalog_in_anderer_gestalt(hole, inhalt, wort):
    with pytest.raises(QuellenFehler, match=wort):
        hole(inhalt=inhalt)


def test_verweis_auf_fremden_host_wird_nicht_verfolgt(hole, skriptportal):
    with pytest.raises(QuellenFehler, match=r"darf nicht abgerufen werden.*fremd\.example"):
        hole((TITEL, [{"title": "E", "downloadURL": "http://fremd.example/e.csv"}]))
    assert skriptportal.pfade == [KATALOG]


def test_stand_aus_dem_aufgeloesten_namen(hole):
    stand = {"aus": "dateiname", "muster": r"(?P<tag>\d\d)\.(?P<monat>\d\d)\.(?P<jahr>\d{4})"}
    assert hole((TITEL, [datei("E%2030.06.2024_0.csv")]), stand=stand).stand == date(2024, 6, 30)


@given(st.text(max_size=40), st.text(alphabet="abc_.-0123456789%", max_size=40))
def test_alter_ist_immer_vergleichbar(titel, name):
    verteilung = Verteilung(titel, f"https://www.amt.example/{name}")
    assert verteilung.alter >= (date(1, 12, 31), -1) or verteilung.alter[0].year == 1
    assert len(str(verteilung)) <= 90
