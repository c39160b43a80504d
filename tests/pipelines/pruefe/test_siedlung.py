"""The audit recalculates densities: what is right passes, every changed cell is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd
import pytest
import shapely
from laufhilfe import Szene
from shapely.geometry import mapping

from pipelines.pruefe.quellzellen import lies_quellen
from pipelines.pruefe.siedlung import pruefe_siedlung
from quellen.archiv import Archiv
from quellen.modell import lade_katalog

OSTEN = 6.70 + 0.0434175593  # 3 km², measured on the ellipsoid
UMRISS = shapely.box(6.70, 51.43, OSTEN, 51.439).difference(shapely.box(6.71, 51.433, 6.713, 51.434))

ZEILEN = """
    ('einwohner', 'a', 'ortsteil', date '2023-12-31', 'melderegister', 300.0, 300.0, null, 'A', 'amtlich'),
    ('einwohner', 'b', 'ortsteil', date '2023-12-31', 'melderegister', 500.0, 500.0, null, 'P', 'beispiel'),
    ('einwohner', 'ohne', 'ortsteil', date '2023-12-31', 'melderegister', 70.0, 70.0, null, 'A', 'amtlich'),
    ('einwohner', 'umriss', 'ortsteil', date '2023-12-31', 'melderegister', 90.0, 90.0, null, 'A', 'amtlich'),
    ('bevoelkerungsdichte', 'umriss', 'ortsteil', date '2023-12-31', 'melderegister', 30.0, 90.0, 3.0, 'E', 'beispiel'),
    ('einwohner', 'geheim', 'ortsteil', date '2023-12-31', 'melderegister', null, null, null, 'Q', 'amtlich'),
    ('einwohner', 'kreis', 'kreis', date '2023-12-31', 'fortschreibung', 9.0, 9.0, null, 'A', 'amtlich'),
    ('bevoelkerungsdichte', 'a', 'ortsteil', date '2023-12-31', 'melderegister', 120.0, 300.0, 2.5, 'A', 'amtlich'),
    ('bevoelkerungsdichte', 'b', 'ortsteil', date '2023-12-31', 'melderegister', 250.0, 500.0, 2.0, 'P', 'beispiel'),
    ('bevoelkerungsdichte', 'ohne', 'ortsteil', date '2023-12-31', 'melderegister', null, null, null, 'O', 'amtlich'),
    ('bevoelkerungsdichte', 'geheim', 'ortsteil', date '2023-12-31', 'melderegister', null, null, null, 'Q', 'amtlich')
"""


def umrisse(**anders: Any) -> list[Any]:
    """The archived file that holds the outline of Ortsteil 204, as the audit has read it."""
    zeile = {"zeile": 1, "nummer": "204", "geometrie": json.dumps(mapping(UMRISS))} | anders
    daten = pd.DataFrame([zeile, zeile | {"zeile": 2, "nummer": "205"}])
    return [
        SimpleNamespace(abruf="x", ist_umriss=True, satz=SimpleNamespace(daten=daten)),
        SimpleNamespace(abruf="y", ist_umriss=False, satz=SimpleNamespace(daten=pd.DataFrame({"zeile": [1]}))),
    ]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as verbindung:
        verbindung.execute(
            f"create table indikatoren as select * from (values {ZEILEN}) "
            "as i (indikator, gebiet, ebene, stichtag, basis, wert, zaehler, nenner, status, datenart)"
        )
        verbindung.execute(
            "create table gebiete as select * from (values ('a', 2.5, '202'), ('b', 2.0, '203'), "
            "('ohne', null, '301'), ('geheim', 4.0, '302'), ('umriss', null, '204'), ('kreis', 3.0, '05113')) "
            "as g (gebiet, flaeche_km2, kurz)"
        )
        verbindung.execute(
            "create table ableitungen as select 'bevoelkerungsdichte' as indikator, g.gebiet, 'nenner' as rolle, "
            "coalesce(g.flaeche_km2, 3.0) as wert, case g.gebiet when 'umriss' then 'gebiete' end as quelle, "
            "case g.gebiet when 'umriss' then 'x' end as abruf, 1 as zeile from gebiete as g "
            "where g.gebiet in ('a', 'b', 'umriss')"
        )
        verbindung.execute("create table abrufe as select 'gebiete' as quelle, 'x' as abruf, 'beispiel' as datenart")
        verbindung.execute("create table indikator_katalog as select 'bevoelkerungsdichte' as indikator")
        yield verbindung


def test_was_stimmt_besteht(con: duckdb.DuckDBPyConnection) -> None:
    punkt = pruefe_siedlung(con, umrisse())
    assert punkt.maengel == []
    assert punkt.geprueft == 5


@pytest.mark.parametrize(
    ("sql", "worte"),
    [
        ("update indikatoren set wert = 121 where indikator = 'bevoelkerungsdichte' and gebiet = 'a'", "wert ist"),
        (
            "update indikatoren set zaehler = 301 where indikator = 'bevoelkerungsdichte' and gebiet = 'a'",
            "zaehler ist",
        ),
        ("update ableitungen set wert = 3.1 where gebiet = 'umriss'", "nachgerechnet 3.1"),
        ("update indikatoren set status = 'A' where gebiet = 'umriss' and nenner = 3", "nachgerechnet E"),
        ("update abrufe set datenart = 'amtlich'", "nachgerechnet amtlich"),
        ("delete from ableitungen where gebiet = 'umriss'", "nachgerechnet nan"),
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
    punkt = pruefe_siedlung(con, umrisse())
    assert punkt.maengel
    assert worte in "\n".join(punkt.maengel)


@pytest.mark.parametrize(
    ("dateien", "worte"),
    [
        ([], "in Zeile 1 von x steht sein Umriss nicht"),
        (umrisse(zeile=7), "in Zeile 1 von x steht sein Umriss nicht"),
        (umrisse(nummer="206"), "steht sein Umriss nicht"),
        (umrisse(geometrie=json.dumps(mapping(UMRISS.convex_hull))), "der Umriss hat 3.0"),
        (umrisse(geometrie=json.dumps(mapping(shapely.box(6.70, 51.43, OSTEN, 51.4391)))), "der Umriss hat 3.0"),
    ],
    ids=["keine Datei", "andere Zeile", "anderes Gebiet", "Loch zugedeckt", "zehn Meter weiter"],
)
def test_eine_flaeche_die_der_umriss_nicht_hat_faellt_auf(
    con: duckdb.DuckDBPyConnection, dateien: list[Any], worte: str
) -> None:
    (mangel,) = pruefe_siedlung(con, dateien).maengel
    assert mangel.startswith("Fläche von umriss: ")
    assert worte in mangel


@pytest.mark.langsam
def test_die_freigabe_des_beispiels_besteht(beispiel_freigabe: Szene) -> None:
    with duckdb.connect(str(beispiel_freigabe.datei), read_only=True) as frei:
        gelesen, _ = lies_quellen(
            frei, Archiv(beispiel_freigabe.daten / "archiv"), {"gebiete": lade_katalog()["gebiete"]}
        )
        punkt = pruefe_siedlung(frei, gelesen.dateien)
        ohne = pruefe_siedlung(frei, [])
    assert len(ohne.maengel) == 46 - 3 - 7  # neither area nor outline: 3; published: 7
    assert punkt.maengel == []
    assert punkt.geprueft > 100
    veroeffentlicht = beispiel_freigabe.frage(
        "select count(distinct gebiet) from indikatoren where indikator = 'bevoelkerungsdichte' and wert is not null"
    )
    assert veroeffentlicht == [(46 - 3 + 7 + 1,)]  # three Ortsteile have neither area nor outline
    herkunft = beispiel_freigabe.frage(
        "select distinct a.quelle, a.bemerkung, r.teil from ableitungen as a inner join abrufe as r "
        "on r.abruf = a.abruf where a.indikator = 'bevoelkerungsdichte' and a.rolle = 'nenner'"
    )
    assert herkunft == [("gebiete", "aus dem veröffentlichten Umriss berechnet (Ellipsoid GRS80)", "ortsteile")]
