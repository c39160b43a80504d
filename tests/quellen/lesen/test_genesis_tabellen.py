"""GENESIS forms: flat CSV and table CSV, in both languages."""

import pytest

from quellen.fehler import QuellenFehler
from quellen.lesen import erkenne_art, lesen
from quellen.lesen.ffcsv import achsen, achsenspalten
from quellen.modell import Format

TITEL = "{tabelle}: 1-2\nBevölkerung;;;;\n(21) - Stichtag;;;;\n"
DATEN = "2024-12-31;05112;      Duisburg;14;-\n2024-12-31;05113;Essen;3;4\n"
FUSS = '__________\n"zu ""x"":\nmehr; Text."\n"© Ämter, 2025. \nLizenz."\n{stand} 2025-12-16 / 16:30:59\n'


def tabelle(kopf=";;;Total;Total\n;;;männlich;weiblich\n", titel=TITEL, daten=DATEN, fuss=FUSS, sprache="en"):
    wort, stand = ("Tabelle", "created:") if sprache == "en" else ("GENESIS-Tabelle", "Stand:")
    return (titel.format(tabelle=wort) + kopf + daten + fuss.format(stand=stand)).encode()


def lies(daten, art="datencsv", **weiteres):
    return lesen(daten, Format(art=art, orte={}, **weiteres), datei="d.csv", quelle="q", teil="t")


@pytest.mark.parametrize(("sprache", "art"), [("de", "genesis-csv"), ("de", "datencsv"), ("en", "datencsv")])
@pytest.mark.parametrize(
    ("kopf", "spalten"),
    [
        (";;;Total;Total\n;;;männlich;weiblich\n", ("1", "2", "3", "Total|männlich", "Total|weiblich")),
        (";;;männlich;weiblich\n", ("1", "2", "3", "männlich", "weiblich")),
        (";;;A;A\n;;;B;B\n;;;c;d\n", ("1", "2", "3", "A|B|c", "A|B|d")),
        (";;;A;Insgesamt\n;;;c;\n", ("1", "2", "3", "A|c", "Insgesamt")),
    ],
)
def test_kopf_jeder_hoehe(kopf, spalten, sprache, art):
    gelesen = lies(tabelle(kopf, sprache=sprache), art)
    assert gelesen.spalten == spalten
    erste = 4 + kopf.count("\n")
    assert gelesen.daten["zeile"].tolist() == [erste, erste + 1]
    assert gelesen.kopfzeile == erste - 1
    assert gelesen.daten.iloc[0, 1:].tolist() == ["2024-12-31", "05112", "      Duisburg", "14", "-"]


def test_nur_kopf_ist_leere_tabelle():
    gelesen = lies(tabelle(daten=""))
    assert gelesen.daten.empty
    assert gelesen.spalten[-1] == "Total|weiblich"


@pytest.mark.parametrize(
    ("teile", "wort", "zeile"),
    [
        ({"fuss": ""}, "abgeschnitten", 7),
        ({"kopf": ""}, "Kopfzeilen", 4),
        ({"daten": DATEN + "2024-12-31;05114;Krefeld;1\n"}, "wenige", 8),
        ({"kopf": ";;;Total;Total\n"}, "nicht eindeutig", 4),
        ({"titel": "Tabelle: 1-2\n\x85\n", "kopf": "", "daten": ""}, "weder Kopf", 1),
    ],
)
def test_unvollstaendige_tabelle(teile, wort, zeile):
    with pytest.raises(QuellenFehler, match=wort) as fehler:
        lies(tabelle(**teile))
    assert fehler.value.befunde[0].zeile == zeile


def test_ffcsv_behaelt_fuehrende_nullen_und_namen():
    kopf = "statistics_code;1_variable_code;1_variable_label;1_variable_attribute_code;1_variable_attribute_label;value"
    gelesen = lies(
        f"\ufeff{kopf}\n12411;KREISE;Kreise;05112;Duisburg;502270\n".encode(), "ffcsv", kodierung="utf-8-sig"
    )
    assert gelesen.daten["1_variable_attribute_code"].tolist() == ["05112"]
    assert achsen(gelesen.spalten) == (1,)
    assert set(achsenspalten(1)) <= set(gelesen.spalten)
    assert achsen(("10_variable_code", "2_variable_label", "x_variable_code", "variable_code")) == (2, 10)


def test_ffcsv_erkennt_andere_form():
    with pytest.raises(QuellenFehler, match="ffcsv"):
        lies(b"Stichtag;Wert\n1;2\n", "ffcsv")


@pytest.mark.parametrize(
    ("daten", "art"),
    [
        (b"\xef\xbb\xbfstatistics_code;x\n", "ffcsv"),
        (b"Tabelle: 1\n", "datencsv"),
        (b'"Tabelle: 1"\n', "datencsv"),
        (b"GENESIS-Tabelle: 1\n", "genesis-csv"),
        (b'<?xml version="1.0"?>', "xml"),
        (b' {"type":1}', "json"),
        (b'[{"a":1}]', "json"),
        (b' {"features":[],"type":"FeatureCollection"}', "geojson"),
        (b"sep=;\nA;B\n", "csv"),
        (b"", "csv"),
    ],
)
def test_art_wird_am_anfang_erkannt(daten, art):
    assert erkenne_art(daten) == art


def test_downloader_der_landesdatenbank():
    """latin1, lines before the data, a header whose first cells are filled, footer with several lines."""
    text = (
        "GENESIS-Tabelle: 22811-01i\nPersonen in Bedarfsgemeinschaften;;;\nSGB II nach Gemeinden;;;\n"
        "Stichtag;Gemeinden;Personen;Personen\n;;insgesamt;männlich\n"
        "31.12.2023;05112000;91234;-\n31.12.2023;05113000;84211;42000\n"
        "__________\nQuelle: Statistik der Bundesagentur für Arbeit\n© IT.NRW, Düsseldorf, 2025\n"
        "Stand: 01.02.2025 / 10:11:12\n"
    )
    form = {"kodierung": "iso-8859-1", "kopf_mit": ["Stichtag", "Gemeinden"], "kopfzeilen": 2}
    gelesen = lies(text.encode("iso-8859-1"), "genesis-csv", **form)
    assert gelesen.spalten == ("Stichtag", "Gemeinden", "Personen|insgesamt", "Personen|männlich")
    assert gelesen.daten.to_numpy().tolist() == [
        [6, "31.12.2023", "05112000", "91234", "-"],
        [7, "31.12.2023", "05113000", "84211", "42000"],
    ]
    assert gelesen.kopfzeile == 5
    with pytest.raises(QuellenFehler, match="abgeschnitten"):
        lies(text.encode("iso-8859-1")[:200], "genesis-csv", **form)
    with pytest.raises(QuellenFehler, match="keine mit allen Namen"):
        lies(text.encode("iso-8859-1"), "genesis-csv", **{**form, "kopf_mit": ["Monat"]})


def test_klassische_datei_wird_ganz_gelesen(echtdaten):
    daten = (echtdaten / "genesis" / "klassisch_csv" / "12411-0017_klassisch.csv").read_bytes()
    assert erkenne_art(daten) == "genesis-csv"
    gelesen = lies(daten, "genesis-csv", kodierung="iso-8859-1")
    assert len(gelesen.daten) == 476
    assert gelesen.spalten[3] == "Altersgruppen|unter 3 Jahre"
    assert gelesen.daten.iloc[0].tolist()[:4] == [7, "31.12.2019", "01001", "Flensburg, kreisfreie Stadt"]
