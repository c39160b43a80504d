"""Workbooks: notes, merged headers, numbers in the declared notation; anything unsafe or unclear is refused."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.lesen import erkenne_art, lesen
from quellen.lesen.huelle import entpacken
from quellen.lesen.mappe import spaltenname, spaltenzahl
from quellen.modell import Format


def mappe(zeilen, verbunden=(), blatt="Tabelle", weitere=(), formate=None):
    """Bytes of a workbook; ``formate``: cell address → number format."""
    buch = openpyxl.Workbook()
    tabelle = buch.active
    tabelle.title = blatt
    for zeile in zeilen:
        tabelle.append(zeile)
    for bereich in verbunden:
        tabelle.merge_cells(bereich)
    for adresse, form in (formate or {}).items():
        tabelle[adresse].number_format = form
    for name in weitere:
        buch.create_sheet(name)["A1"] = "x"
    puffer = io.BytesIO()
    buch.save(puffer)
    return puffer.getvalue()


def aendere(daten, teil, alt, neu):
    """The workbook with a text replaced in one of its parts."""
    puffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(daten)) as quelle, zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as ziel:
        for name in quelle.namelist():
            inhalt = quelle.read(name)
            if name == teil:
                assert re.search(alt, inhalt)
                inhalt = re.sub(alt, neu, inhalt, count=1)
            ziel.writestr(name, inhalt)
    return puffer.getvalue()


def lies(daten, **weiteres):
    return lesen(daten, Format(art="xlsx", orte={}, **weiteres), datei="d.xlsx", quelle="q", teil="t")


def inhalt(tabelle):
    return tabelle.daten.to_numpy().tolist()


BLATT = "xl/worksheets/sheet1.xml"

SCHULVERZEICHNIS = [
    ["Schul- und Adressverzeichnis 2024/25 (gerundet)"],
    [],
    ["Anmerkung: Anzahlen sind auf 5 gerundet."],
    [],
    ["Schul-\nnummer", "Bezeichnung\nder Schule1)", "AGS", "Anzahl\nSchülerinnen und\nSchüler2)", None],
    ["101254", "KG Henriettenstr.", "05112000", 275, None],
    ["101266", "GG Böhmer Str.", "05112000", 190.0, None],
    [],
    ["1) Kurzbezeichnung"],
    ["© IT.NRW, Düsseldorf, 2025"],
]


def test_schulverzeichnis_mit_anmerkungen_und_fussnoten():
    daten = mappe(SCHULVERZEICHNIS, blatt="AS_BS_Schulverzeichnis 2024_25", weitere=["Hinweise"])
    tabelle = lies(daten, blatt="AS_BS_Schulverzeichnis.*", kopf_mit=["Schulnummer", "AGS"], fuss=r"\d\) |©")
    assert tabelle.spalten == ("Schulnummer", "Bezeichnung der Schule", "AGS", "Anzahl Schülerinnen und Schüler")
    assert inhalt(tabelle) == [
        [6, "101254", "KG Henriettenstr.", "05112000", "275"],
        [7, "101266", "GG Böhmer Str.", "05112000", "190"],
    ]
    assert tabelle.kopfzeile == 5
    assert tabelle.abweichungen == ()
    assert erkenne_art(daten) == "xlsx"
    assert entpacken(daten, "d.xlsx", 10_000_000) == (daten, "d.xlsx")


def test_ohne_kopf_mit_findet_die_erwartung_den_kopf_und_meldet_es():
    form = {"orte": {"nr": {"spalte": "Schulnummer"}, "ags": {"spalte": "AGS"}}, "fuss": r"1\)"}
    tabelle = lesen(mappe(SCHULVERZEICHNIS), Format(art="xlsx", **form), datei="d.xlsx")
    assert len(tabelle.daten) == 2
    assert [(a.regel, a.zeile) for a in tabelle.abweichungen] == [("Über der Kopfzeile stehen neue Zeilen", 1)]


def test_fehlender_fuss_wird_gemeldet():
    tabelle = lies(mappe([["a"], ["1"]]), fuss="Quelle:")
    assert inhalt(tabelle) == [[2, "1"]]
    assert "Fuß" in tabelle.abweichungen[0].regel


def test_verbundene_koepfe_gelten_fuer_alle_spalten_und_zeilen():
    daten = mappe(
        [
            ["Titel"],
            ["Satz-\nart", "Schlüssel (ARS)", None, "Bevölkerung2)", None, None],
            [None, "Land", "Kreis", "insgesamt", "männlich", None],
            [None, "Gebietsstand", None, "am 31.12.", None, "Bezeichnung"],
            [],
            ["60", "05", "12", 502211, 247892, "dicht"],
        ],
        ["A2:A4", "B2:C2", "D2:E2", "B4:C4", "D4:E4", "F2:F3"],
    )
    tabelle = lies(daten, kopf_mit=["Satzart"], kopfzeilen=3)
    assert tabelle.spalten == (
        "Satzart", "Schlüssel (ARS)|Land|Gebietsstand", "Schlüssel (ARS)|Kreis|Gebietsstand",
        "Bevölkerung|insgesamt|am 31.12.", "Bevölkerung|männlich|am 31.12.", "Bezeichnung",
    )  # fmt: skip
    assert inhalt(tabelle) == [[6, "60", "05", "12", "502211", "247892", "dicht"]]
    zwei = lies(daten, kopf_mit=["Satzart"], kopfzeilen=2)
    assert zwei.spalten[1] == "Schlüssel (ARS)|Land"
    assert zwei.spalten[5] == "6"
    assert zwei.daten["zeile"].tolist() == [6], "row 4 belongs to the header: a merged cell reaches into it"


def test_werte_ohne_rauschen_in_deklarierter_schreibweise():
    zeile = [
        0.1 + 0.2, 6.765477, 232.84, 5.0, 1e20, -1.5e-7, True, dt.date(2024, 6, 30), dt.datetime(2024, 6, 30, 12, 5),
        "6,765477", "007", " x ", 1067, dt.time(8, 30), "=1+1",
    ]  # fmt: skip
    daten = mappe([[f"s{i}" for i in range(len(zeile))], zeile], formate={"M2": "00000"})
    daten = aendere(daten, BLATT, rb"<f>1\+1</f><v ?/?>(</v>)?", b"<f>1+1</f><v>2</v>")
    assert inhalt(lies(daten))[0][1:] == [
        "0,3", "6,765477", "232,84", "5", "100000000000000000000", "-0,00000015", "true", "2024-06-30",
        "2024-06-30T12:05:00", "6,765477", "007", " x ", "01067", "08:30:00", "2",
    ]  # fmt: skip
    assert inhalt(lies(daten, dezimal="."))[0][1:4] == ["0.3", "6.765477", "232.84"]


def test_luecken_behalten_zeile_und_spalte_des_blatts():
    buch = openpyxl.Workbook()
    for adresse, wert in {"B3": "a", "D3": "b", "B5": "1", "D9": "2", "F9": "am Rand"}.items():
        buch.active[adresse] = wert
    puffer = io.BytesIO()
    buch.save(puffer)
    tabelle = lies(puffer.getvalue())
    assert tabelle.spalten == ("1", "a", "3", "b", "5", "6")
    assert inhalt(tabelle) == [[5, "", "1", "", "", "", ""], [9, "", "", "", "2", "", "am Rand"]]
    assert tabelle.spaltennummer("b") == 4


@pytest.mark.parametrize(
    ("daten", "form", "wort"),
    [
        (b"PK\x03\x04 kaputt", {}, "nicht lesbar"),
        (b"\xd0\xcf\x11\xe0 alt", {}, "verschlüsselte"),
        (mappe([["a"], ["1"]])[:-40], {}, "nicht lesbar"),
        (mappe([["a"]], weitere=["b"]), {}, "nicht eindeutig"),
        (mappe([["a"]], weitere=["b"]), {"blatt": "c"}, "»Tabelle«, »b«"),
        (mappe([]), {}, "Kopfzeile fehlt"),
        (mappe([["a", "a"]]), {}, "nicht eindeutig"),
        (mappe([["a"]]), {"kopf_mit": ["b"]}, "eine Zeile mit »b«"),
        (aendere(mappe([["a"], [1]]), BLATT, b'r="A2"', b'r="AAAA2"'), {}, "keine Adresse"),
        (aendere(mappe([["a"], [1]]), BLATT, b'<row r="2"', b'<row r="99999999"'), {}, "außerhalb"),
        (aendere(mappe([["a"], [1]]), BLATT, b"<v>1</v>", b"<v>1e999</v>"), {}, "endliche Zahl"),
        (aendere(mappe([["a"], [1]]), BLATT, b'<c r="A2" t="n"><v>1', b'<c r="A2" t="s"><v>77'), {}, "IndexError"),
        (
            aendere(mappe([["a"]]), BLATT, b"<worksheet", b'<!DOCTYPE x [<!ENTITY e "x">]><worksheet'),
            {},
            "nicht lesbar",
        ),
        (aendere(mappe([["a"]]), "xl/workbook.xml", b"<workbook.*", b"<x"), {}, "nicht lesbar"),
    ],
)
def test_unlesbares_nennt_den_grund(daten, form, wort):
    with pytest.raises(QuellenFehler, match=wort) as fehler:
        lies(daten, **form)
    assert fehler.value.befunde[0].tun


def test_formel_ohne_ergebnis_nennt_die_zelle():
    with pytest.raises(QuellenFehler, match="Zelle B2 auf Blatt »Tabelle«") as fehler:
        lies(mappe([["a", "b"], ["1", "=A2*2"]]))
    assert (fehler.value.befunde[0].zeile, fehler.value.befunde[0].spalte) == (2, 2)


def test_grenzen_gegen_bomben(monkeypatch):
    daten = mappe([["a"], *([i] for i in range(50))])
    monkeypatch.setattr("quellen.lesen.mappe.HOECHSTZELLEN", 20)
    with pytest.raises(QuellenFehler, match="mehr als 20 gefüllte Zellen"):
        lies(daten)
    monkeypatch.setattr("quellen.lesen.mappe.HOECHSTBYTES", 1000)
    with pytest.raises(QuellenFehler, match="zu groß"):
        lies(daten)


def test_weite_leere_tabelle_kostet_nichts():
    daten = mappe([["a"], ["1"]])
    daten = aendere(daten, BLATT, b'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"')
    daten = aendere(daten, BLATT, b"</sheetData>", b'<row r="1048576"/></sheetData>')
    assert inhalt(lies(daten)) == [[2, "1"]]
    daten = aendere(daten, BLATT, b"</sheetData>", b'<row r="1048577"/></sheetData>')
    with pytest.raises(QuellenFehler, match="außerhalb"):
        lies(daten)


def test_gemeindeverzeichnis(echtdaten):
    daten = (echtdaten / "gemeindeverzeichnis" / "AuszugGV2QAktuell.xlsx").read_bytes()
    form = {"blatt": "Onlineprodukt_Gemeinden.*", "kopf_mit": ["Satzart", "Gemeindename"], "fuss": "Quelle:"}
    tabelle = lies(daten, kopfzeilen=3, **form)
    assert tabelle.daten["zeile"].tolist() == list(range(7, 16019))
    assert tabelle.spalten[0] == "Satzart"
    assert tabelle.spalten[13] == "Postleitzahl"
    assert tabelle.spalten[9] == "Bevölkerung|insgesamt|am 31.12.2022 (Jahr)"
    duisburg = tabelle.daten[tabelle.daten[tabelle.spalten[7]] == "Duisburg, Stadt"]
    assert duisburg["Satzart"].tolist() == ["40", "50", "60"]
    assert duisburg.iloc[2].tolist()[9:17] == [
        "232,84", "502211", "247892", "254319", "2157", "47051", "6,765477", "51,433259",
    ]  # fmt: skip


text = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=6).filter(
    lambda t: not t.startswith("=") and "_x" not in t
)
wert = text | st.integers(-(10**14), 10**14) | st.decimals(-1000, 1000, places=3).map(float)


@settings(max_examples=40)
@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(wert, min_size=n, max_size=n), min_size=1, max_size=6)))
def test_rundweg_erhaelt_text_zeile_und_spalte(zeilen):
    breite = len(zeilen[0])
    tabelle = lies(mappe([[f"s{i}" for i in range(breite)], *zeilen]))

    def soll(zelle):
        return zelle if isinstance(zelle, str) else f"{zelle:.3f}".rstrip("0").rstrip(".").replace(".", ",")

    erwartet = [
        [nr, *(soll(z) if isinstance(z, str | float) else str(z) for z in zeile)] for nr, zeile in enumerate(zeilen, 2)
    ]
    erwartet = [[nr, *("0" if z == "-0" else z for z in zellen)] for nr, *zellen in erwartet]
    assert inhalt(tabelle) == [satz for satz in erwartet if any(z.strip() for z in satz[1:])]


@settings(max_examples=60)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=3))
def test_beschaedigte_mappe_wirft_nur_quellenfehler(stelle, bytes_):
    daten = bytearray(mappe([["a", "b"], ["x", 1.5]], ["A1:B1"]))
    stelle %= len(daten)
    daten[stelle : stelle + len(bytes_)] = bytes_
    try:
        assert lies(bytes(daten)).spalten
    except QuellenFehler as fehler:
        assert fehler.befunde[0].tun


def test_spaltennamen_hin_und_zurueck():
    assert [spaltenname(n) for n in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(spaltenzahl(spaltenname(n)) == n for n in range(1, 2000))
