"""Periods and keys: every spelling becomes its last and first day, other spellings of a key become the key."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vertragshilfe import lies, quelle

from quellen.fehler import QuellenFehler
from quellen.vertrag.zeitraum import MONATE, zeitraum

TAGE = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("text", "von", "bis"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2024-12-31", "2024-12-31", "2024-12-31"),
        ("31.12.2024", "2024-12-31", "2024-12-31"),
        ("2023-10P6M", "2023-10-01", "2024-03-31"),
        ("2022-08P1Y", "2022-08-01", "2023-07-31"),
        ("2022/23", "2022-08-01", "2023-07-31"),
        ("2022/2023", "2022-08-01", "2023-07-31"),
        ("1999/00", "1999-08-01", "2000-07-31"),
        ("WS 2022/23", "2022-10-01", "2023-03-31"),
        ("SS 2023", "2023-04-01", "2023-09-30"),
        ("Februar 2024", "2024-02-01", "2024-02-29"),
        ("März 2026", "2026-03-01", "2026-03-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
    ],
)
def test_jede_schreibweise_hat_ersten_und_letzten_tag(text, von, bis):
    q = quelle({"nr": {"typ": "text"}, "zeit": {"typ": "zeitraum"}})
    assert lies(q, f"nr;zeit\n1;{text}\n").zuordnungen == [("zeit", text, bis), ("zeit_von", text, von)]


@pytest.mark.parametrize(
    "text", ["2022/24", "2022/22", "2023-02-29", "2023-13", "2023-10P0M", "9999-12P999M", "23", "", "Foo 2023", "2023 "]
)
def test_anderes_wird_genannt_und_nicht_geraten(text):
    q = quelle({"nr": {"typ": "text"}, "zeit": {"typ": "zeitraum"}})
    with pytest.raises(QuellenFehler) as fehler:
        lies(q, f"nr;zeit\n1;{text}\n")
    [befund] = fehler.value.befunde
    assert (befund.zeile, befund.spalte, befund.regel) == (2, 2, "Das Feld zeit hat einen unbekannten Wert")
    assert "2023-10P6M" in befund.erwartet
    assert "teile.t.felder.zeit" in befund.tun


@given(TAGE, st.integers(1, 40))
def test_monate_reichen_bis_zum_tag_vor_dem_naechsten(tag, anzahl):
    """Counted month by month, the slow way."""
    ende = tag.replace(day=1)
    for _ in range(anzahl):
        ende += timedelta(days=calendar.monthrange(ende.year, ende.month)[1])
    assert zeitraum(f"{tag:%Y-%m}P{anzahl}M") == (tag.replace(day=1), ende - timedelta(days=1))


@given(TAGE)
def test_ein_tag_in_beiden_schreibweisen_ist_derselbe(tag):
    assert zeitraum(tag.isoformat()) == zeitraum(f"{tag:%d.%m.%Y}") == (tag, tag)
    assert zeitraum(f"{MONATE[tag.month - 1].capitalize()} {tag.year}") == zeitraum(f"{tag:%Y-%m}")


@given(st.text(max_size=12))
def test_kein_text_wirft(text):
    spanne = zeitraum(text)
    assert spanne is None or spanne[0] <= spanne[1]


def test_halbjahr_und_jahr_mit_gleichem_ende_sind_zweierlei():
    q = quelle({"zeit": {"typ": "zeitraum"}}, eindeutig=["zeit"])
    assert lies(q, "zeit\n2024\n2024-07P6M\n").zeilen == 2
    with pytest.raises(QuellenFehler, match="Zeile 2 und Zeile 3"):
        lies(q, "zeit\n2022/23\n2022/2023\n")


# --- keys -------------------------------------------------------------------------------------------------------

KREIS = {
    "typ": "schluessel",
    "verzeichnis": "kreis",
    "normierung": [{"muster": r"(05\d{3})0*", "ersatz": r"\1"}, {"muster": r"5(\d{3})", "ersatz": r"05\1"}],
}


def test_die_erste_passende_normierung_gilt_und_jeder_schluessel_wird_uebersetzt():
    satz = lies(quelle({"nr": KREIS}), "nr\n05112\n05113000\n5114\n", kreis=frozenset({"05112", "05113", "05114"}))
    assert satz.daten["nr"].tolist() == ["05112", "05113000", "5114"]
    assert satz.zuordnungen == [("nr", "05112", "05112"), ("nr", "05113000", "05113"), ("nr", "5114", "05114")]
    assert satz.kennzahlen.gebiete == ("05112", "05113", "05114")


def test_zwei_schreibweisen_eines_schluessels_sind_doppelt_und_fehlende_fehlen():
    q = quelle({"nr": KREIS}, eindeutig=["nr"], vollstaendig={"feld": "nr"})
    with pytest.raises(QuellenFehler) as fehler:
        lies(q, "nr\n05112\n05112000\n", kreis=frozenset({"05112", "05113"}))
    assert [b.gefunden for b in fehler.value.befunde] == [
        "Zeile 2 und Zeile 3: nr »05112000«",
        "die ganze Datei: es fehlen 1 von 2: 05113",
    ]


def test_unbekannt_auch_nach_der_normierung_nennt_beide():
    with pytest.raises(QuellenFehler, match="auch nicht als »05999«") as fehler:
        lies(quelle({"nr": KREIS}), "nr\n05999000\n", kreis=frozenset({"05112"}))
    assert (fehler.value.befunde[0].zeile, fehler.value.befunde[0].gefunden) == (2, "»05999000«")


@given(st.integers(0, 999), st.integers(0, 4))
def test_normierung_nimmt_genau_die_nullen_weg(nummer, nullen):
    key = f"05{nummer:03d}"
    satz = lies(quelle({"nr": KREIS}), f"nr\n{key}{'0' * nullen}\n", kreis=frozenset({key}))
    assert satz.zuordnungen == [("nr", key + "0" * nullen, key)]


def test_ohne_verzeichnis_gilt_das_muster_fuer_den_normierten_schluessel():
    form = {"typ": "schluessel", "muster": r"\d\d", "normierung": [{"muster": r"(\d)", "ersatz": r"0\1"}]}
    assert lies(quelle({"nr": form}), "nr\n2\n02\n").zuordnungen == [("nr", "2", "02"), ("nr", "02", "02")]
    with pytest.raises(QuellenFehler, match="ein Text der Form"):
        lies(quelle({"nr": form}), "nr\n123\n")


def test_jahr_hat_auch_seinen_ersten_tag():
    assert lies(quelle({"jahr": {"typ": "jahr"}}), "jahr\n2023\n").zuordnungen == [
        ("jahr", "2023", "2023-12-31"),
        ("jahr_von", "2023", "2023-01-01"),
    ]
    with pytest.raises(QuellenFehler, match="vier Ziffern"):
        lies(quelle({"jahr": {"typ": "jahr"}}), "jahr\n2022/23\n")
