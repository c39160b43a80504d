"""Schools of which nobody gives the number of pupils: never a zero, neither in the model nor unnoticed by the audit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from jinja2 import Environment
from makros import lade_makros

from pipelines.einstellungen import DBT_PROJEKT
from pipelines.pruefe.schulen import pruefe_ungezaehlte

MAKROS = lade_makros(ref=lambda name: name)
JAHR_21, JAHR_26 = date(2022, 7, 31), date(2026, 7, 31)
KEINE = "schulen (schulbetrieb 1, ohne schulform " + "/".join(MAKROS["schulformen_ohne_unterricht"]()) + ")"

Zeile = dict[str, object]


def _schule(
    nummer: str, form: str = "02", betrieb: str = "1", jahr: date = JAHR_21, **weitere: str
) -> dict[str, object]:
    return {
        "quelle": "schulen", "abruf": f"v{jahr.year}", "zeile": int(nummer), "spalte": 1, "originaltext": nummer,
        "datenart": "amtlich", "schulnummer": nummer, "schulform": form, "rechtsform": "1", "schulbetrieb": betrieb,
        "stand": jahr, "zeitraum_von": jahr.replace(year=jahr.year - 1, month=8, day=1), "stichtag": jahr,
        "gebiet": "05112000-101", "grund": None,
    } | weitere  # fmt: skip


def _zahl(nummer: str, wert: float | None, merkmal: str = "schueler", jahr: date = JAHR_26) -> Zeile:
    return dict.fromkeys(MAKROS["beobachtungsspalten"]()) | {
        "quelle": "zahlen", "abruf": "z", "zeile": int(nummer), "spalte": 2, "originaltext": str(wert), "wert": wert,
        "datenart": "eingang", "merkmal": merkmal, "stichtag": jahr, "status": "A", "vertraulichkeit": "F", "basis": "",
        "zeitraum_von": jahr.replace(year=jahr.year - 1, month=8, day=1), "einrichtung": nummer, "ist_summe": False,
        "gebietsart": "schule",
    }  # fmt: skip


_TYPEN = {
    "zeile": "integer", "spalte": "integer", "stand": "date", "stichtag": "date", "zeitraum_von": "date",
    "alter_von": "integer", "alter_bis": "integer", "sozialindexstufe": "integer", "wert": "double",
    "ist_summe": "boolean",
}  # fmt: skip


def _tabelle(con: duckdb.DuckDBPyConnection, name: str, zeilen: list[dict[str, object]]) -> None:
    spalten = ", ".join(f"{s} {_TYPEN.get(s, 'varchar')}" for s in zeilen[0])
    con.execute(f"create table {name} ({spalten})")
    fragezeichen = ", ".join("?" * len(zeilen[0]))
    con.executemany(f"insert into {name} values ({fragezeichen})", [list(z.values()) for z in zeilen])


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two directories; figures of the newer year and of one that has no directory of its own."""
    alt = [_schule(n) for n in ("101", "102")] + [
        _schule("103", "04"),
        _schule("104", betrieb="9"),
        _schule("105", "0A"),
    ]
    alt += [_schule("106", grund="Gemeindeschlüssel gehört zu keinem Kreis")]
    neu = [_schule("101", jahr=JAHR_26), _schule("107", "20", jahr=JAHR_26)]
    zahlen = [_zahl("101", 200.0), _zahl("107", 3.0, "sozialindexstufe"), _zahl("102", 90.0, jahr=JAHR_21)]
    zahlen += [_zahl("101", 5.0, jahr=date(2025, 7, 31))]
    with duckdb.connect() as verbindung:
        _tabelle(verbindung, "stg_schulen", alt + neu)
        _tabelle(verbindung, "stg_figuren", zahlen)
        text = (DBT_PROJEKT / "models" / "staging" / "stg_schulmerkmale.sql").read_text(encoding="utf-8")
        verbindung.execute(f"create table beobachtungen as {Environment().from_string(text).render(MAKROS)}")
        verbindung.execute("delete from beobachtungen where grund is not null")
        verbindung.execute(f"create table indikator_katalog as select 'schulen' as indikator, '{KEINE}' as zaehler")
        yield verbindung


def test_wer_keine_zahl_hat_steht_ohne_wert_da(con: duckdb.DuckDBPyConnection) -> None:
    ungezaehlt = con.execute(
        "select stichtag, einrichtung, schulform, sozialindexstufe, wert, status, abruf, zeile, originaltext, datenart "
        "from beobachtungen where merkmal = 'schueler' and quelle = 'schulen' order by all"
    ).fetchall()
    assert ungezaehlt == [
        (JAHR_21, "101", "02", None, None, "O", "v2022", 101, "101", "eingang"),
        (JAHR_21, "103", "04", None, None, "O", "v2022", 103, "103", "eingang"),
        (date(2025, 7, 31), "107", "20", None, None, "O", "v2026", 107, "107", "eingang"),
        (JAHR_26, "107", "20", 3, None, "O", "v2026", 107, "107", "eingang"),
    ]
    assert pruefe_ungezaehlte(con).maengel == []
    assert pruefe_ungezaehlte(con).geprueft == 4


@pytest.mark.parametrize(
    ("befehl", "meldung"),
    [
        ("delete from beobachtungen where quelle = 'schulen' and merkmal = 'schueler' and zeile = 103",
         "Schule 103, 2022-07-31: hat keine Schülerzahl, und das fehlt"),
        ("update beobachtungen set wert = 0, status = 'A' where quelle = 'schulen' and merkmal = 'schueler'",
         "ungezählt und doch mit Wert oder Status"),
        ("update beobachtungen set schulbetrieb = '9' where merkmal = 'schulen' and zeile = 103",
         "Schule 103, 2022-07-31: gilt zu Unrecht als ungezählt"),
        ("update indikator_katalog set zaehler = 'schulen'", "Schule 105, 2022-07-31: hat keine Schülerzahl"),
    ],
)  # fmt: skip
def test_jede_faelschung_faellt_auf(con: duckdb.DuckDBPyConnection, befehl: str, meldung: str) -> None:
    con.execute(befehl)
    assert any(meldung in m for m in pruefe_ungezaehlte(con).maengel)


def test_der_indikator_schulen_laesst_dieselben_weg() -> None:
    import yaml  # noqa: PLC0415

    datei = DBT_PROJEKT / "models" / "indikatoren" / "schule.yml"
    spalten = yaml.safe_load(datei.read_text(encoding="utf-8"))["models"][0]["columns"]
    (schulen,) = [s for s in spalten if s["name"] == "schulen"]
    assert schulen["config"]["meta"]["zaehler"]["ausser"]["schulform"] == MAKROS["schulformen_ohne_unterricht"]()
