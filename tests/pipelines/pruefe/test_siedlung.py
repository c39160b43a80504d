"""The audit recalculates densities: what is right passes, every changed cell is found."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from laufhilfe import Szene

from pipelines.pruefe.siedlung import pruefe_siedlung

ZEILEN = """
    ('einwohner', 'a', 'ortsteil', date '2023-12-31', 'melderegister', 300.0, 300.0, null, 'A', 'amtlich'),
    ('einwohner', 'b', 'ortsteil', date '2023-12-31', 'melderegister', 500.0, 500.0, null, 'P', 'beispiel'),
    ('einwohner', 'ohne', 'ortsteil', date '2023-12-31', 'melderegister', 70.0, 70.0, null, 'A', 'amtlich'),
    ('einwohner', 'geheim', 'ortsteil', date '2023-12-31', 'melderegister', null, null, null, 'Q', 'amtlich'),
    ('einwohner', 'kreis', 'kreis', date '2023-12-31', 'fortschreibung', 9.0, 9.0, null, 'A', 'amtlich'),
    ('bevoelkerungsdichte', 'a', 'ortsteil', date '2023-12-31', 'melderegister', 120.0, 300.0, 2.5, 'A', 'amtlich'),
    ('bevoelkerungsdichte', 'b', 'ortsteil', date '2023-12-31', 'melderegister', 250.0, 500.0, 2.0, 'P', 'beispiel'),
    ('bevoelkerungsdichte', 'ohne', 'ortsteil', date '2023-12-31', 'melderegister', null, null, null, 'O', 'amtlich'),
    ('bevoelkerungsdichte', 'geheim', 'ortsteil', date '2023-12-31', 'melderegister', null, null, null, 'Q', 'amtlich')
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as verbindung:
        verbindung.execute(
            f"create table indikatoren as select * from (values {ZEILEN}) "
            "as i (indikator, gebiet, ebene, stichtag, basis, wert, zaehler, nenner, status, datenart)"
        )
        verbindung.execute(
            "create table gebiete as select * from (values ('a', 2.5), ('b', 2.0), ('ohne', null), ('geheim', 4.0), "
            "('kreis', 3.0)) as g (gebiet, flaeche_km2)"
        )
        verbindung.execute("create table indikator_katalog as select 'bevoelkerungsdichte' as indikator")
        yield verbindung


def test_was_stimmt_besteht(con: duckdb.DuckDBPyConnection) -> None:
    punkt = pruefe_siedlung(con)
    assert punkt.maengel == []
    assert punkt.geprueft == 4


@pytest.mark.parametrize(
    ("sql", "worte"),
    [
        ("update indikatoren set wert = 121 where indikator = 'bevoelkerungsdichte' and gebiet = 'a'", "wert ist"),
        (
            "update indikatoren set zaehler = 301 where indikator = 'bevoelkerungsdichte' and gebiet = 'a'",
            "zaehler ist",
        ),
        ("update gebiete set flaeche_km2 = 2.6 where gebiet = 'a'", "nachgerechnet 2.6"),
        ("update indikatoren set status = 'A' where indikator = 'bevoelkerungsdichte' and gebiet = 'b'", "status ist"),
        ("update indikatoren set datenart = 'amtlich' where gebiet = 'b' and wert = 250", "datenart ist"),
        ("update indikatoren set wert = 5 where gebiet = 'ohne' and wert is null", "nachgerechnet nan"),
        ("update indikatoren set wert = 0 where gebiet = 'geheim' and nenner is null", "geheim"),
        ("delete from indikatoren where indikator = 'bevoelkerungsdichte' and gebiet = 'a'", "fehlt, obwohl"),
        ("delete from indikatoren where indikator = 'einwohner' and gebiet = 'a'", "keine Einwohnerzahl"),
    ],
)
def test_jede_aenderung_faellt_auf(con: duckdb.DuckDBPyConnection, sql: str, worte: str) -> None:
    con.execute(sql)
    punkt = pruefe_siedlung(con)
    assert punkt.maengel
    assert worte in "\n".join(punkt.maengel)


@pytest.mark.langsam
def test_die_freigabe_des_beispiels_besteht(beispiel_freigabe: Szene) -> None:
    with duckdb.connect(str(beispiel_freigabe.datei), read_only=True) as frei:
        punkt = pruefe_siedlung(frei)
    assert punkt.maengel == []
    assert punkt.geprueft > 100
    veroeffentlicht = beispiel_freigabe.frage(
        "select count(distinct gebiet) from indikatoren where indikator = 'bevoelkerungsdichte' and wert is not null"
    )
    flaechen = "select count(*) from gebiete where flaeche_km2 is not null"
    assert veroeffentlicht == beispiel_freigabe.frage(flaechen)
