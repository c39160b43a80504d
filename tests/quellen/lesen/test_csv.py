"""CSV: every cell keeps its text, its line and its column; misshapen files are named, not guessed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.lesen import lesen
from quellen.modell import Format


def format_(**weiteres):
    return Format(art="csv", kodierung="utf-8-sig", orte={}, **weiteres)


def lies(text, **weiteres):
    daten = text if isinstance(text, bytes) else text.encode()
    return lesen(daten, format_(**weiteres), datei="d.csv", quelle="q", teil="t")


def inhalt(tabelle):
    return tabelle.daten[list(tabelle.spalten)].to_numpy().tolist()


@pytest.mark.parametrize("ende", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_sep_zeile_endtrenner_und_anfuehrung(ende, bom):
    text = bom + ende.join(["sep=;", "Nr;Name;", '"007";"A; B"', '08;"C"', ""])
    if bom:
        text = text.replace("sep=;" + ende, "")
    tabelle = lies(text)
    assert tabelle.spalten == ("Nr", "Name")
    assert inhalt(tabelle) == [["007", "A; B"], ["08", "C"]]
    erste = 2 if bom else 3
    assert tabelle.daten["zeile"].tolist() == [erste, erste + 1]
    assert tabelle.kopfzeile == erste - 1
    assert tabelle.spaltennummer("Name") == 2


def test_mehrzeilige_zelle_und_leerzeile_verschieben_die_zeile_richtig():
    tabelle = lies('a;b\n"x\ny\r\nz";1\n\n  q ;\u00a0\n')
    assert inhalt(tabelle) == [["x\ny\r\nz", "1"], ["  q ", "\u00a0"]]
    assert tabelle.daten["zeile"].tolist() == [2, 6]


def test_letzte_leere_spalte_faellt_auch_mit_endtrenner_in_jeder_zeile():
    assert inhalt(lies("a;b;\n1;2;\n3;4;\n")) == [["1", "2"], ["3", "4"]]


def test_nur_kopf_ist_eine_leere_tabelle():
    tabelle = lies("a;b\n")
    assert tabelle.spalten == ("a", "b")
    assert tabelle.daten.empty
    assert list(tabelle.daten.columns) == ["zeile", "a", "b"]


@pytest.mark.parametrize(
    ("text", "zeile", "wort"),
    [
        ("a;b\n1;2\n3\n", 3, "wenige"),
        ("a;b\n1;2;3\n", 2, "viele"),
        ("a;b;\n1;2;3\n", 2, "viele"),
        ('a;b\n1;2\n"offen;2\n', 3, "CSV"),
        ('a;b\n"x"y;2\n', 2, "CSV"),
        ("a;a\n1;2\n", 1, "nicht eindeutig"),
        ("a;;b\n1;2;3\n", 1, "keinen Namen"),
        ("zeile;b\n1;2\n", 1, "vergeben"),
        ("sep=,\na;b\n", 1, "Trennzeichen"),
    ],
)
def test_unform_nennt_die_zeile(text, zeile, wort):
    with pytest.raises(QuellenFehler, match=wort) as fehler:
        lies(text)
    befund = fehler.value.befunde[0]
    assert (befund.zeile, befund.quelle, befund.teil, befund.datei) == (zeile, "q", "t", "d.csv")


def test_viele_falsche_zeilen_werden_gezaehlt_nicht_alle_gezeigt():
    with pytest.raises(QuellenFehler) as fehler:
        lies("a;b\n" + "1\n" * 50)
    assert len(fehler.value.befunde) == 21
    assert "… und 30 weitere" in fehler.value.befunde[-1].regel


@pytest.mark.parametrize(
    ("daten", "wort"),
    [
        (b"", "leer"),
        (b"\xef\xbb\xbf \n", "leer"),
        (b"<!DOCTYPE html><title>Wartung</title>", "Wartung"),
        (b"\n<HTML><body>Anmeldung", "Webseite"),
        ("Name\nMülheim\nKöln\n".encode().decode("latin-1").encode(), "Mojibake"),
    ],
)
def test_kein_csv_wird_erkannt(daten, wort):
    with pytest.raises(QuellenFehler, match=wort):
        lies(daten)


def test_dekodierfehler_nennt_zeile_und_byte():
    with pytest.raises(QuellenFehler) as fehler:
        lies(b"a;b\n1;2\nxy;\xfc\n")
    befund = fehler.value.befunde[0]
    assert befund.zeile == 3
    assert "0xFC (Byte 4 der Zeile, Byte 12 der Datei)" in befund.gefunden


def test_unbekannte_kodierung_nennt_den_ausweg():
    with pytest.raises(QuellenFehler, match="gibt es nicht"):
        lesen(b"a\n", Format(art="csv", kodierung="klingonisch", orte={}), datei="d")


zelle = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8).filter(
    lambda t: "Ã" not in t
)


@given(
    st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(zelle, min_size=n, max_size=n), min_size=1, max_size=8)),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(";,\t"),
)
def test_rundweg_erhaelt_text_zeile_und_spalte(zeilen, ende, anfuehrung, trenner):
    kopf = [f"s{i}" for i in range(len(zeilen[0]))]
    puffer = io.StringIO(newline="")
    if any("\r" in z for zeile in zeilen for z in zeile):
        anfuehrung = csv.QUOTE_ALL  # older writers leave a lone CR unquoted
    schreiber = csv.writer(puffer, delimiter=trenner, quoting=anfuehrung, lineterminator=ende)
    schreiber.writerow(kopf)
    beginn = []
    for zeile in zeilen:
        beginn.append(_zeilen(puffer.getvalue()))
        schreiber.writerow(zeile)
    tabelle = lies(puffer.getvalue(), trenner=trenner)
    assert inhalt(tabelle) == zeilen
    assert tabelle.daten["zeile"].tolist() == beginn
    assert [tabelle.spaltennummer(name) for name in kopf] == list(range(1, len(kopf) + 1))


def _zeilen(text):
    """Line number of the next record after text that ends with a line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


@pytest.mark.parametrize("art", ["csv", "ffcsv", "datencsv", "geojson", "xml"])
def test_leser_werfen_nur_quellenfehler(art):
    form = Format(art=art, orte={}, element="x")
    anfaenge = st.sampled_from(
        [b"", b"a;b\n", b"<x>", b"<?xml ", b"{", b"[", b'{"type":"FeatureCollection","features":[']
    )
    ende = st.sampled_from([b"", b"\n__________\n", b"</x>", b"]}", b"\xff", b'"'])

    @given(anfaenge, st.binary(max_size=60), ende)
    def pruefe(anfang, mitte, schluss):
        try:
            tabelle = lesen(anfang + mitte + schluss, form, datei="d")
        except QuellenFehler as fehler:
            assert fehler.befunde[0].tun
        else:
            assert list(tabelle.daten.columns) == ["zeile", *tabelle.spalten]

    pruefe()
