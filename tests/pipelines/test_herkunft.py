"""From a figure to its cells: finding what is meant, the tree and JSON."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kleinlager import MARXLOH, STADT, Kleinfreigabe
from rich.console import Console

from pipelines.herkunft import (
    HerkunftFehler,
    als_baum,
    als_json,
    finde_gebiet,
    finde_indikator,
    herkunft,
    oeffne,
    zahl,
)


def _text(baum: object) -> str:
    konsole = Console(width=400, no_color=True)
    with konsole.capture() as fang:
        konsole.print(baum)
    return fang.get()


@pytest.mark.parametrize(
    ("text", "schluessel"),
    [
        ("05112000-202", MARXLOH),
        ("202", MARXLOH),
        ("Marxloh", MARXLOH),
        (" MARXLOH ", MARXLOH),
        ("05112000", STADT),
        ("05112", STADT),
        ("051120000000", STADT),
        ("duisburg", STADT),
        ("Großenbaum", "05112000-703"),
        ("grossenbaum", "05112000-703"),
        ("500", "05112000-500"),
    ],
)
def test_gebiet_wird_gefunden(kleinfreigabe: Kleinfreigabe, text: str, schluessel: str) -> None:
    with oeffne(kleinfreigabe.freigabe.ordner) as con:
        assert finde_gebiet(con, text) == schluessel


@pytest.mark.parametrize(
    ("text", "meldung"),
    [
        ("Mitte", r"nicht eindeutig.*05112000-500 Mitte \(stadtbezirk\); 05999 Mitte \(kreis\)"),
        ("Marxlo", r"gibt es nicht. Ähnlich: 05112000-202 Marxloh"),
        ("baum", r"Ähnlich: 05112000-703 Großenbaum"),
        ("999", r"gibt es nicht. Erwartet: ein Schlüssel wie 05112000-202"),
        ("", r"gibt es nicht"),
        ("'; drop table gebiete", r"gibt es nicht"),
    ],
)
def test_gebiet_unbekannt_oder_mehrdeutig(kleinfreigabe: Kleinfreigabe, text: str, meldung: str) -> None:
    with oeffne(kleinfreigabe.freigabe.ordner) as con, pytest.raises(HerkunftFehler, match=meldung):
        finde_gebiet(con, text)


def test_indikator_nach_kennung_name_und_vorschlag(kleinfreigabe: Kleinfreigabe) -> None:
    with oeffne(kleinfreigabe.freigabe.ordner) as con:
        assert finde_indikator(con, "auslaenderanteil") == "auslaenderanteil"
        assert finde_indikator(con, "Ausländeranteil") == "auslaenderanteil"
        with pytest.raises(HerkunftFehler, match=r"»auslanderanteil« gibt es nicht. Ähnlich: auslaenderanteil"):
            finde_indikator(con, "auslanderanteil")
        with pytest.raises(HerkunftFehler, match=r"Es gibt: auslaenderanteil, einwohner, "):
            finde_indikator(con, "xyz")


def test_zellen_ergeben_die_kennzahl(kleinfreigabe: Kleinfreigabe) -> None:
    antwort = herkunft(kleinfreigabe.freigaben / "aktuell", "auslaenderanteil", "Marxloh", "2023-12-31")
    (kennzahl,) = antwort.kennzahlen
    assert (antwort.gebiet, antwort.stichtag, antwort.freigabe) == (MARXLOH, date(2023, 12, 31), "f1")
    assert kennzahl.wert == pytest.approx(100 * 10020 / 16540)
    assert kennzahl.formel == "100 × 10.020 / 16.540 = 60,580411 Prozent"
    for rolle, summe in (("zaehler", kennzahl.zaehler), ("nenner", kennzahl.nenner)):
        assert sum(z.gewicht * (z.wert or 0) for z in kennzahl.zellen if z.rolle == rolle) == summe
    zeilen = (kleinfreigabe.klein.archiv.pfad(kennzahl.zellen[0].abruf)).read_text().splitlines()
    for zelle in kennzahl.zellen:
        assert zeilen[zelle.zeile - 1].split(";")[zelle.spalte - 1] == zelle.originaltext


def test_baum_nennt_datei_zeile_spalte_text_und_lizenz(kleinfreigabe: Kleinfreigabe) -> None:
    text = _text(als_baum(herkunft(kleinfreigabe.freigabe.ordner, "zuzugsziffer", "202", date(2023, 12, 31))))
    assert "melderegister: 1.000 × 1.100 / 16.520 = 66,585956 je 1000 (Status A: wie geliefert)" in text
    assert "Zähler: zuzuege_aussen = 1.100 aus 1 Zelle\n" in text
    assert "Zeile 5, Spalte 3: »1.100« → 1.100 (zuzuege_aussen, 05112000-202, 2023-12-31)" in text
    assert (
        "Zeile 4, Spalte 5: »5.000« → 0,5 × 5.000 (einwohner, 05112000-202, 2022-12-31, ab 18 Jahren, deutsch)" in text
    )
    assert "einwohner_ortsteil, Datei einwohner.csv, abgerufen 2024-05-01T02:30:00+00:00, cc-by-3.0-de" in text
    assert "einwohner_ortsteil: Stadt, einwohner_ortsteil, CC BY" in text
    assert "Beispieldaten" not in text


def test_viele_zellen_werden_gezaehlt_statt_gezeigt(kleinfreigabe: Kleinfreigabe) -> None:
    antwort = herkunft(kleinfreigabe.freigabe.ordner, "einwohner", "Duisburg", "2023-12-31")
    kurz, lang = _text(als_baum(antwort, hoechstens=3)), _text(als_baum(antwort, alle=True))
    assert kurz.count("Zeile ") == 3
    assert "… und 5 weitere Zellen" in kurz
    assert lang.count("Zeile ") == 8
    assert "weitere" not in lang


def test_kennzahl_ohne_wert_sagt_warum(kleinfreigabe: Kleinfreigabe) -> None:
    geheim = _text(als_baum(herkunft(kleinfreigabe.freigabe.ordner, "zuzugsziffer", "Hamborn", "2023-12-31")))
    assert "kein Wert: unterdrückt oder geheim (Status Q" in geheim
    assert "Zähler: zuzuege_aussen (2 Zellen, davon 1 ohne Wert)" in geheim
    assert "».« → kein Wert (Status Q)" in geheim
    erstes = _text(als_baum(herkunft(kleinfreigabe.freigabe.ordner, "zuzugsziffer", "202", "2022-12-31")))
    assert "kein Wert: keine Angabe (Status O" in erstes
    assert "– ohne Quellzellen: 0,5 × einwohner am Stichtag des Vorjahres" in erstes


def test_eine_seite_aus_anderen_kennzahlen_verweist_auf_sie(kleinfreigabe: Kleinfreigabe) -> None:
    with duckdb.connect(str(kleinfreigabe.datei)) as con:
        con.execute("update indikator_katalog set nenner = 'Fläche' where indikator = 'zuzugsziffer'")
        con.execute(
            "insert into ableitungen by name select indikator, gebiet, stichtag, basis, 'komponente' as rolle, "
            "'einwohner' as merkmal, gebiet as eingang_gebiet, stichtag as eingang_stichtag, basis as eingang_basis, "
            "16540 as wert, 1 as gewicht from indikatoren where indikator = 'zuzugsziffer' and stichtag = '2022-12-31'"
        )
        con.execute("delete from indikator_zuordnung where indikator = 'zuzugsziffer'")
    text = _text(als_baum(herkunft(kleinfreigabe.freigabe.ordner, "zuzugsziffer", "202", "2022-12-31")))
    assert "Nenner: Fläche (siehe Komponenten)" in text
    assert "ohne Quellzellen" not in text
    assert "einwohner 05112000-202, 2022-12-31: 16.540" in text


def test_gemischter_indikator_und_null_ohne_zellen(kleinfreigabe: Kleinfreigabe) -> None:
    (kennzahl,) = herkunft(kleinfreigabe.freigabe.ordner, "schueler_je_100_6_9", STADT, "2024-07-31").kennzahlen
    assert {(z.rolle, z.basis) for z in kennzahl.zellen} == {("zaehler", ""), ("nenner", "melderegister")}
    (leer,) = herkunft(kleinfreigabe.freigabe.ordner, "schulen", "201", "2024-07-31").kennzahlen
    assert (leer.wert, leer.zellen, leer.formel) == (0.0, (), "0 = 0 Schulen")


def test_beispieldaten_werden_vermerkt(kleinfreigabe: Kleinfreigabe) -> None:
    with duckdb.connect(str(kleinfreigabe.datei)) as con:
        con.execute("update indikatoren set datenart = 'beispiel'")
    text = _text(als_baum(herkunft(kleinfreigabe.freigabe.ordner, "einwohner", "202", "2023-12-31")))
    assert "Beispieldaten – keine Angabe über Duisburg" in text


def test_json_traegt_alles(kleinfreigabe: Kleinfreigabe) -> None:
    daten = als_json(herkunft(kleinfreigabe.freigabe.ordner, "einwohner", "202", "2023-12-31"))
    assert json.loads(json.dumps(daten)) == daten
    assert (daten["stichtag"], daten["kennzahlen"][0]["wert"]) == ("2023-12-31", 16540.0)
    zelle = daten["kennzahlen"][0]["zellen"][0]
    assert (zelle["datei"], zelle["zeile"], zelle["spalte"], zelle["originaltext"]) == ("einwohner.csv", 8, 4, "1.510")


def test_eine_korrigierte_zelle_nennt_beide_texte_und_den_grund(kleinfreigabe: Kleinfreigabe) -> None:
    with duckdb.connect(str(kleinfreigabe.datei)) as con:
        con.execute(
            "update beobachtungen set korrigiert = '1.511', wert = 1511, "
            "korrektur = 'Zahlendreher [Amt] (gemeldet von A)', art = 'gewaehlt' where zeile = 8 and spalte = 4"
        )
    antwort = herkunft(kleinfreigabe.freigabe.ordner, "einwohner", "202", "2023-12-31")
    text = _text(als_baum(antwort))
    assert (
        "Zeile 8, Spalte 4: »1.510«, korrigiert zu »1.511« (Zahlendreher [Amt] (gemeldet von A)) → 1.511 (einwohner, "
    ) in text
    assert "0–17 Jahre, deutsch, gewaehlt" in text
    zelle, unveraendert = als_json(antwort)["kennzahlen"][0]["zellen"][:2]
    assert (zelle["originaltext"], zelle["korrigiert"], zelle["wert"]) == ("1.510", "1.511", 1511.0)
    assert (unveraendert["korrigiert"], unveraendert["korrektur"]) == (None, None)


@pytest.mark.parametrize(
    ("frage", "meldung"),
    [
        (("einwohner", "202", "2021-12-31"), r"nicht zum 2021-12-31. Vorhanden: 2022-12-31, 2023-12-31\."),
        (
            ("einwohner", "703", "2023-12-31"),
            r"Großenbaum .* nicht. Ebenen, für die es ihn gibt: ortsteil, stadt, stadtb",
        ),
        (("einwohner", "202", "31.12.2023"), r"»31\.12\.2023« ist kein Datum. Erwartet: JJJJ-MM-TT"),
    ],
)
def test_keine_solche_kennzahl(kleinfreigabe: Kleinfreigabe, frage: tuple[str, str, str], meldung: str) -> None:
    with pytest.raises(HerkunftFehler, match=meldung):
        herkunft(kleinfreigabe.freigabe.ordner, *frage)


def test_keine_oder_kaputte_freigabe(tmp_path: Path) -> None:
    with pytest.raises(HerkunftFehler, match="liegt keine Freigabe"):
        herkunft(tmp_path, "einwohner", "202", "2023-12-31")
    (tmp_path / "sozialraum.duckdb").write_bytes(b"x" * 20000)
    with pytest.raises(HerkunftFehler, match="lässt sich nicht lesen"):
        herkunft(tmp_path, "einwohner", "202", "2023-12-31")


def test_die_datei_wird_nur_gelesen_und_nichts_anderes(kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
    (tmp_path / "fremd.csv").write_text("a\n1\n")
    with oeffne(kleinfreigabe.freigabe.ordner) as con:
        for befehl in ("delete from indikatoren", f"from read_csv('{tmp_path}/fremd.csv')", "set threads = 1"):
            with pytest.raises(duckdb.Error):
                con.execute(befehl)
        assert con.execute("select count(*) from indikatoren").fetchone() == (32,)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_zahlen_werden_deutsch_geschrieben(wert: float) -> None:
    zurueck = float(zahl(wert).replace(".", "").replace(",", "."))
    assert zurueck == pytest.approx(wert, rel=1e-9, abs=1e-6)


def test_zahl_ohne_wert() -> None:
    assert [zahl(None), zahl(1234567.5), zahl(-0.25), zahl(1000.0)] == ["–", "1.234.567,5", "-0,25", "1.000"]
