"""A changed encoding is read and reported if exactly one other explains the bytes; otherwise it stays an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.lesen import lesen
from quellen.lesen.dekodieren import plausibel
from quellen.modell import Format

ORTE = "Ort\nMünster\nKöln\nMülheim\nGüterslöh\n"


def lies(daten, kodierung, **weiteres):
    return lesen(daten, Format(art="csv", kodierung=kodierung, orte={}, **weiteres), datei="d", quelle="q", teil="t")


@pytest.mark.parametrize("art", ["csv", "json", "xml", "genesis-csv"])
@pytest.mark.parametrize(
    ("wahr", "deklariert", "gelesen"),
    [
        ("utf-8", "cp850", "utf-8-sig"),
        ("utf-8", "iso-8859-1", "utf-8-sig"),
        ("utf-8-sig", "cp1252", "utf-8-sig"),
        ("cp850", "cp1252", "cp850"),
        ("cp1252", "cp850", "cp1252"),
        ("iso-8859-1", "utf-8-sig", "cp1252"),
        ("cp850", "utf-8", "cp850"),
        ("utf-16", "utf-8-sig", "utf-16"),
    ],
)
def test_andere_kodierung_wird_gelesen_und_gemeldet(art, wahr, deklariert, gelesen):
    text = {
        "csv": ORTE,
        "json": '[{"Ort":"Münster"},{"Ort":"Köln Mülheim"}]',
        "xml": "<d><x><Ort>Münster</Ort></x><x><Ort>Köln, Mülheim</Ort></x></d>",
        "genesis-csv": "GENESIS-Tabelle: 1\nBevölkerung;\n;Ort\n1;Münster\n2;Köln, Mülheim\n__________\n",
    }[art]
    tabelle = lesen(text.encode(wahr), Format(art=art, kodierung=deklariert, orte={}, element="x"), datei="d")
    assert tabelle.daten["Ort"].iloc[0] == "Münster"
    assert tabelle.kodierung == gelesen
    (hinweis,) = tabelle.abweichungen
    assert hinweis.regel == "Die Kodierung hat sich geändert"
    assert gelesen in hinweis.gefunden
    assert hinweis.erwartet == deklariert
    richtig = lesen(text.encode(wahr), Format(art=art, kodierung=wahr, orte={}, element="x"), datei="d")
    assert richtig.abweichungen == ()


def test_meldung_nennt_die_erste_betroffene_zeile():
    (hinweis,) = lies("a;b\n1;2\nMülheim;ö\n".encode("cp1252"), "utf-8-sig").abweichungen
    assert hinweis.zeile == 3
    assert "0xFC" in hinweis.gefunden
    assert "quellen/katalog/q.yaml unter teile.t.formate" in hinweis.tun


def test_neue_bom_wird_gemeldet_und_steht_nicht_im_namen():
    tabelle = lies(b"\xef\xbb\xbfa;b\n1;2\n", "utf-8")
    assert tabelle.spalten == ("a", "b")
    assert ["BOM" in a.regel and "utf-8-sig" in a.erwartet for a in tabelle.abweichungen] == [True]
    assert lies(b"\xef\xbb\xbfa;b\n1;2\n", "utf-8-sig").abweichungen == ()


@pytest.mark.parametrize(
    ("daten", "kodierung"),
    [
        (b"a;b\n1;2\nxy;\xfc\n", "utf-8"),
        ("Müller".encode("cp850") + "Möller".encode("cp1252"), "utf-8"),
        ("a\nMül\nKöl\n".encode()[:-2] + b"\xff\n", "utf-8"),
        (ORTE.encode().decode("latin-1").encode(), "utf-8-sig"),
        (ORTE.encode().decode("latin-1").encode(), "iso-8859-1"),
        ("Ñandú ¿qué? œuvre".encode("cp1252"), "utf-8"),
        (b"\xff\xfea", "utf-8"),
    ],
)
def test_mehrdeutiges_bleibt_ein_fehler(daten, kodierung):
    with pytest.raises(QuellenFehler, match=r"Kodierung|Mojibake"):
        lies(daten, kodierung)


@given(st.binary(max_size=60))
def test_plausibel_dekodiert_immer(daten):
    kodierung = plausibel(daten)
    if kodierung is not None:
        assert isinstance(daten.decode(kodierung), str)


@given(st.text("abcäöüß ", min_size=4), st.sampled_from(["cp850", "cp1252"]))
def test_deutscher_text_wird_an_den_umlauten_erkannt(text, kodierung):
    if sum(text.count(u) for u in "äöüß") and "  " not in text:
        assert plausibel((text + " Mülheim Köln Groß").encode(kodierung)) in {kodierung, None}
