"""What the protocols share: reference dates, file names, and web pages in place of data."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import Befund, QuellenFehler
from quellen.holen import Antwort
from quellen.modell import Stand
from quellen.zugang import hole_teil
from quellen.zugang.gemeinsam import (
    berliner_tag,
    dateiname,
    kurz,
    lies_json,
    mit_ort,
    pruefe_daten,
    stand_von,
    tag_aus_dateiname,
    tag_aus_text,
)

HEUTE = date(2026, 11, 22)


def antwort(daten, **kopf):
    return Antwort("https://www.amt.example/x", 200, kopf, daten)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Corona 30.04.2021.csv", date(2021, 4, 30)),
        ("einwohner_2024-12-31_0.csv", date(2024, 12, 31)),
        ("Stand_01_10_2022.csv", date(2022, 10, 1)),
        ("30.04.2021 bis 31.12.2021", date(2021, 12, 31)),
        ("31.02.2021 und 01.03.2021", date(2021, 3, 1)),
        ("31.02.2021", None),
        ("12411-03-03-4", None),
        ("Ausgabe 130.04.2021", None),
        ("Einwohner", None),
    ],
)
def test_tag_aus_text(text, tag):
    assert tag_aus_text(text) == tag


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d_%m_%Y"]))
def test_jeder_tag_wird_wiedergefunden(tag, form):
    assert tag_aus_text(f"Einwohner {tag.strftime(form)}_0.csv") == tag


@given(st.text(max_size=60))
def test_kein_dateiname_bringt_die_regel_zum_absturz(name):
    regel = Stand(aus="dateiname", muster=r"(?P<jahr>\d\d(\d\d)?)_(?P<monat>\d+)?(_(?P<tag>\d+))?")
    try:
        assert isinstance(tag_aus_dateiname(regel, name), date)
    except QuellenFehler as fehler:
        assert "--stand" in str(fehler)
    tag_aus_text(name)


@pytest.mark.parametrize(
    ("muster", "art", "name", "tag"),
    [
        (r"sj_(?P<jahr>\d\d)_\d\d", "schuljahr", "schulliste_sj_25_26_open_data.csv", date(2025, 10, 15)),
        (r"(?P<jahr>\d{4})", "stichtag", "einwohner_2024.csv", date(2024, 12, 31)),
        (r"(?P<jahr>\d{4})-(?P<monat>\d\d)", "stichtag", "x_2024-02.csv", date(2024, 2, 29)),
        (r"(?P<tag>\d\d)(?P<monat>\d\d)(?P<jahr>\d{4})", "schuljahr", "Stand_01102022_0.csv", date(2022, 10, 1)),
    ],
)
def test_stand_aus_dateiname(muster, art, name, tag):
    assert tag_aus_dateiname(Stand(aus="dateiname", muster=muster, art=art), name) == tag
    assert stand_von(Stand(aus="dateiname", muster=muster, art=art), name, {}, HEUTE) == tag


@pytest.mark.parametrize("name", ["einwohner.csv", "x_2024-13.csv", "x_0000-01.csv"])
def test_dateiname_ohne_gueltigen_stand(name):
    with pytest.raises(QuellenFehler, match=name.replace(".", r"\.")):
        tag_aus_dateiname(Stand(aus="dateiname", muster=r"(?P<jahr>\d{4})-(?P<monat>\d\d)"), name)


@pytest.mark.parametrize(
    ("geaendert", "tag"),
    [
        ("Sat, 31 Oct 2026 10:00:00 GMT", date(2026, 10, 31)),
        ("Sat, 31 Oct 2026 23:30:00 GMT", date(2026, 11, 1)),
        ("Sat, 31 Jul 2026 22:30:00 -0000", date(2026, 8, 1)),
        ("Fri, 01 Jan 2027 00:00:00 GMT", HEUTE),
        ("gestern", HEUTE),
        ("", HEUTE),
    ],
)
def test_stand_aus_abruf_ist_der_berliner_tag_der_aenderung(geaendert, tag):
    assert stand_von(Stand(aus="abruf"), "x.csv", {"last-modified": geaendert}, HEUTE) == tag


def test_stand_im_inhalt_bleibt_offen():
    assert stand_von(Stand(), "x_2024-12-31.csv", {"last-modified": "Sat, 31 Oct 2026 10:00:00 GMT"}, HEUTE) is None
    assert berliner_tag(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)) == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.example/b/Einwohner%20M%C3%A4rz_0.csv?x=1", "Einwohner März_0.csv"),
        ("https://a.example/b/..%2F..%2Fboese.csv", "boese.csv"),
        ("https://a.example/b/a%00b%0A.csv", "a_b_.csv"),
        ("https://a.example", "antwort"),
    ],
)
def test_dateiname(url, name):
    assert dateiname(url) == name


@pytest.mark.parametrize(
    "seite",
    [
        b"<!DOCTYPE html><html><head><title>Wartung &amp;\n Pause</title>",
        b"\xef\xbb\xbf  \n<html lang=de><title>Wartung & Pause</title>",
        b'<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE HTML PUBLIC "x"><TITLE id=a>Wartung & Pause</TITLE>',
    ],
)
def test_html_statt_daten(seite):
    with pytest.raises(QuellenFehler, match=r"HTML statt Daten.*„Wartung & Pause“.*www\.amt\.example/x"):
        pruefe_daten(antwort(seite))


@pytest.mark.parametrize("daten", [b"a;b\n1;2", b"<?xml version='1.0'?><Schulen/>", b"PK\x03\x04", b"<htmlartig/>"])
def test_daten_sind_keine_webseite(daten):
    assert pruefe_daten(antwort(daten, **{"content-type": "text/html"})) == daten


@pytest.mark.parametrize("leer", [b"", b" \n\t", b"\xef\xbb\xbf"])
def test_leere_antwort(leer):
    with pytest.raises(QuellenFehler, match="leer") as fehler:
        pruefe_daten(antwort(leer))
    assert fehler.value.voruebergehend


def test_json():
    assert lies_json(antwort(b'\xef\xbb\xbf{"a": 1}')) == {"a": 1}
    for schlecht, wort in [
        (b"{a", "kein JSON"),
        (b"\xff\xfe{", "kein JSON"),
        (b"[1]", "Typ list"),
        (b"<html>", "HTML"),
    ]:
        with pytest.raises(QuellenFehler, match=wort):
            lies_json(antwort(schlecht))
    with pytest.raises(QuellenFehler, match="kein JSON"):
        lies_json(antwort(b"[" * 200_000))


def test_kurz_und_ort():
    assert kurz("a\n  b") == "a b"
    assert kurz("x" * 400).endswith("x…")
    assert len(kurz("x" * 400)) == 300
    befund = Befund(regel="r", gefunden="g", erwartet="e", tun="t", teil="eigen")
    fehler = mit_ort(QuellenFehler(befund, voruebergehend=True), "quelle", "teil", "datei")
    assert fehler.befunde[0].ort == "quelle/eigen, Datei datei"
    assert fehler.voruebergehend


def test_hole_teil_nennt_quelle_und_teil_und_fehlende_angaben(baue_quelle, skriptabrufer, heute):
    for portal, name in [("direkt", "pfad"), ("arcgis", "layer")]:
        quelle = baue_quelle(portal, eins={"zugang": {}})
        with pytest.raises(QuellenFehler, match=rf"^probe/eins: .*zugang\.{name}"):
            hole_teil(quelle, "eins", skriptabrufer, None, heute)
