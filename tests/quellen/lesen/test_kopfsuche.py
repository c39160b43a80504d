"""Notes above, headers of several lines, footers, and a header that moved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.lesen import lesen
from quellen.lesen.kopfsuche import SUCHE, erwartete
from quellen.modell import Format

ORTE = {"nr": {"spalte": ["Nr", "Nummer"]}, "name": {"spalte": "Name"}, "egal": {"spalte": "Neu", "pflicht": False}}


def lies(text, **weiteres):
    form = Format(art=weiteres.pop("art", "csv"), orte=weiteres.pop("orte", {}), **weiteres)
    return lesen(text.encode(), form, datei="d.csv", quelle="q", teil="t")


def inhalt(tabelle):
    return tabelle.daten.to_numpy().tolist()


ARBEITSAGENTUR = (
    "Eckwerte des Arbeitsmarktes;\n\nRegion: Duisburg;;;\n"
    "Ausgewählte Merkmale;Februar 2026;Januar 2026\nArbeitslose;31.880;32.001\n"
    "im Rechtskreis SGB II;24.500;-\nim Rechtskreis SGB II;9,5;9,6\n"
    '"© Statistik der ""BA"""\nAus Gründen; der "Geheimhaltung\n'
)


def test_anmerkungen_oben_und_fuss_unten():
    tabelle = lies(ARBEITSAGENTUR, kopf_mit=["Ausgewählte Merkmale"], fuss="©|Aus Gründen")
    assert tabelle.spalten == ("Ausgewählte Merkmale", "Februar 2026", "Januar 2026")
    assert inhalt(tabelle) == [
        [5, "Arbeitslose", "31.880", "32.001"],
        [6, "im Rechtskreis SGB II", "24.500", "-"],
        [7, "im Rechtskreis SGB II", "9,5", "9,6"],
    ]
    assert (tabelle.kopfzeile, tabelle.abweichungen) == (4, ())


@pytest.mark.parametrize("rest", ["Quelle;x\n9;9\n", " Quelle;\n", ";Quelle\n", "Quelle\n"])
def test_fuss_gilt_fuer_die_erste_gefuellte_zelle(rest):
    tabelle = lies("a;b\n1;Quelle\n" + rest, fuss="Quelle")
    assert inhalt(tabelle) == [[2, "1", "Quelle"]]
    assert tabelle.abweichungen == ()


def test_fehlender_fuss_wird_gemeldet():
    tabelle = lies("a;b\n1;2\n", fuss="Quelle")
    assert inhalt(tabelle) == [[2, "1", "2"]]
    assert [a.regel for a in tabelle.abweichungen] == ["Der deklarierte Fuß der Tabelle fehlt"]


def test_mehrere_kopfzeilen_werden_verbunden():
    tabelle = lies("Notiz\nKreis;Total;Total\n;männlich;weiblich\n05112;1;2\n", kopf_mit=["Kreis"], kopfzeilen=2)
    assert tabelle.spalten == ("Kreis", "Total|männlich", "Total|weiblich")
    assert inhalt(tabelle) == [[4, "05112", "1", "2"]]
    assert tabelle.kopfzeile == 3
    with pytest.raises(QuellenFehler, match="wenige"):
        lies("Kreis;Total;Total\n;männlich\n", kopfzeilen=2)


@pytest.mark.parametrize("davor", ["Stand 2026\n", "Stand;2026\n\n", '"Mehr\nzeilig";x;y;z\nNoch eine\n'])
def test_neue_zeilen_ueber_dem_kopf_werden_gemeldet(davor):
    kopf = davor.count("\n") + 1
    tabelle = lies(davor + "Nummer;Name\n1;x\n", orte=ORTE)
    assert tabelle.spalten == ("Nummer", "Name")
    assert inhalt(tabelle) == [[kopf + 1, "1", "x"]]
    assert tabelle.kopfzeile == kopf
    (hinweis,) = tabelle.abweichungen
    assert (hinweis.regel, hinweis.zeile) == ("Über der Kopfzeile stehen neue Zeilen", 1)
    assert f"Zeile {kopf}" in hinweis.gefunden


def test_neue_zeile_ueber_ffcsv():
    tabelle = lies("Regionaldatenbank\nstatistics_code;time;value\n1;2;3\n", art="ffcsv")
    assert inhalt(tabelle) == [[3, "1", "2", "3"]]
    assert len(tabelle.abweichungen) == 1


def test_reihenfolge_und_weitere_spalten_sind_keine_abweichung():
    assert lies("x;Name;Nr\n1;2;3\n", orte=ORTE).abweichungen == ()


def test_umbenannte_spalte_bleibt_dem_vertrag():
    tabelle = lies("Nr;Bezeichnung\n1;Name\n", orte=ORTE)
    assert tabelle.spalten == ("Nr", "Bezeichnung")
    assert tabelle.abweichungen == ()


@pytest.mark.parametrize(
    ("text", "form", "wort"),
    [
        ("Titel\nNr;Name\n1;x\nNr;Name\n", {"orte": ORTE}, "nicht eindeutig"),
        ("a;b\n", {"kopf_mit": ["c"]}, "eine Zeile mit »c«"),
        ("\n" * 3 + "x;y\n" * (SUCHE + 1) + "c;d\n", {"kopf_mit": ["c"]}, f"ersten {SUCHE} Zeilen"),
        ('sep=;\n"', {}, "CSV"),
        ("sep=;\n", {}, "Kopfzeile fehlt"),
    ],
)
def test_unklarer_kopf_ist_ein_fehler(text, form, wort):
    with pytest.raises(QuellenFehler, match=wort):
        lies(text, **form)


def test_kopf_mit_nach_sep_zeile():
    assert inhalt(lies("sep=;\nNotiz\na;b\n1;2\n", kopf_mit=["b"])) == [[4, "1", "2"]]


def test_erwartet_wird_nur_pflicht():
    form = Format(art="ffcsv", orte={**ORTE, "v": {"verbunden": ["p", "q"]}}, nur={"einheit": ("Anzahl",)})
    assert erwartete(form) == [("statistics_code",), ("Nr", "Nummer"), ("Name",), ("p",), ("q",), ("einheit",)]


@given(st.lists(st.text("xyz;,", max_size=6), max_size=5), st.integers(0, 4))
def test_kopf_wird_unter_beliebigen_zeilen_gefunden(davor, zahl):
    text = "".join(z + "\n" for z in davor) + "Nr;Name\n" + "1;2\n" * zahl
    tabelle = lies(text, kopf_mit=["Nr", "Name"])
    assert tabelle.daten["zeile"].tolist() == list(range(len(davor) + 2, len(davor) + 2 + zahl))
