"""In which district a school lies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyproj import Transformer

from pipelines.lager import verbinden
from pipelines.rohtabellen.verortung import EPSG_SCHULEN, verorte_schulen

UTM = Transformer.from_crs(4326, EPSG_SCHULEN, always_xy=True)
SUED, MITTE, NORD = 51.40, 51.45, 51.50
WEST, OST = 6.70, 6.80
Ring = list[list[float]]


def rechteck(west: float, sued: float, ost: float, nord: float) -> Ring:
    return [[west, sued], [ost, sued], [ost, nord], [west, nord], [west, sued]]


STADTBEZIRKE = {"STB02": rechteck(WEST, MITTE, OST, NORD), "STB03": rechteck(WEST, SUED, OST, MITTE)}
ORTSTEILE = {"202": rechteck(WEST, MITTE, 6.75, NORD), "301": rechteck(WEST, SUED, OST, MITTE)}
"""The eastern half of Stadtbezirk 200 has no outline of an Ortsteil."""


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with verbinden(tmp_path / "lager.duckdb") as verbindung:
        for tabelle in ("stadtbezirke", "ortsteile"):
            verbindung.execute(
                f"create table raw.gebiete__{tabelle} (abruf varchar, zeile bigint, nummer varchar, geometrie varchar)"
            )
        verbindung.execute(
            "create table raw.schulen__verzeichnis (abruf varchar, zeile bigint, epsg varchar, rechtswert varchar, "
            "hochwert varchar)"
        )
        yield verbindung


def lege_umrisse(con: duckdb.DuckDBPyConnection, tabelle: str, umrisse: dict[str, Any]) -> None:
    for zeile, (nummer, ring) in enumerate(umrisse.items(), 1):
        form = ring if isinstance(ring, dict) else {"type": "Polygon", "coordinates": [ring]}
        con.execute(f"insert into raw.gebiete__{tabelle} values ('u', ?, ?, ?)", [zeile, nummer, json.dumps(form)])


def schule(con: duckdb.DuckDBPyConnection, zeile: int, laenge: float, breite: float, epsg: str = "EPSG:25832") -> None:
    x, y = UTM.transform(laenge, breite)
    con.execute("insert into raw.schulen__verzeichnis values ('s', ?, ?, ?, ?)", [zeile, epsg, f"{x:.6f}", f"{y:.6f}"])


def orte(con: duckdb.DuckDBPyConnection) -> dict[int, tuple[str | None, str | None]]:
    return {
        int(z): (b, o)
        for z, b, o in con.execute("select zeile, stadtbezirk, ortsteil from raw.verortung order by zeile").fetchall()
    }


@pytest.fixture
def stadt(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    lege_umrisse(con, "stadtbezirke", STADTBEZIRKE)
    lege_umrisse(con, "ortsteile", ORTSTEILE)
    return con


def test_im_ortsteil(stadt: duckdb.DuckDBPyConnection) -> None:
    schule(stadt, 1, 6.72, 51.47)
    schule(stadt, 2, 6.78, 51.42)
    assert verorte_schulen(stadt) == 2
    assert orte(stadt) == {1: ("200", "202"), 2: ("300", "301")}


def test_ohne_umriss_des_ortsteils_bleibt_er_offen(stadt: duckdb.DuckDBPyConnection) -> None:
    schule(stadt, 1, 6.78, 51.47)
    assert verorte_schulen(stadt) == 1
    assert orte(stadt) == {1: ("200", None)}


def test_ausserhalb_steht_gar_nicht_da(stadt: duckdb.DuckDBPyConnection) -> None:
    schule(stadt, 1, 6.95, 51.47)
    assert verorte_schulen(stadt) == 0
    assert orte(stadt) == {}


def test_auf_der_linie_gilt_die_kleinere_nummer(con: duckdb.DuckDBPyConnection) -> None:
    """On UTM's central meridian a line of constant longitude maps to x = 500000 exactly."""
    lege_umrisse(
        con, "stadtbezirke", {"STB03": rechteck(9.0, SUED, 9.1, NORD), "STB02": rechteck(8.9, SUED, 9.0, NORD)}
    )
    lege_umrisse(con, "ortsteile", {"301": rechteck(9.0, SUED, 9.1, NORD), "202": rechteck(8.9, SUED, 9.0, NORD)})
    con.execute("insert into raw.schulen__verzeichnis values ('s', 1, 'EPSG:25832', '500000', '5700000')")
    verorte_schulen(con)
    assert orte(con) == {1: ("200", "202")}


@pytest.mark.parametrize(
    ("rechtswert", "hochwert"), [("0", "0"), ("", ""), ("null", "null"), ("344038", "0"), ("0", "5708050")]
)
def test_ohne_brauchbare_koordinaten_steht_sie_nicht_da(
    stadt: duckdb.DuckDBPyConnection, rechtswert: str, hochwert: str
) -> None:
    stadt.execute("insert into raw.schulen__verzeichnis values ('s', 1, 'EPSG:25832', ?, ?)", [rechtswert, hochwert])
    assert verorte_schulen(stadt) == 0


@pytest.mark.parametrize(
    ("epsg", "zaehlt"), [("EPSG:25832", 1), ("epsg:25832", 1), ("null", 1), ("", 1), ("EPSG:4326", 0)]
)
def test_nur_das_bekannte_koordinatensystem(stadt: duckdb.DuckDBPyConnection, epsg: str, zaehlt: int) -> None:
    schule(stadt, 1, 6.72, 51.47, epsg)
    assert verorte_schulen(stadt) == zaehlt


def test_ein_zweiter_lauf_ersetzt_den_ersten(stadt: duckdb.DuckDBPyConnection) -> None:
    schule(stadt, 1, 6.72, 51.47)
    verorte_schulen(stadt)
    stadt.execute("delete from raw.schulen__verzeichnis")
    schule(stadt, 7, 6.72, 51.42)
    verorte_schulen(stadt)
    assert orte(stadt) == {7: ("300", "301")}


def test_ohne_umrisse_steht_keine_schule_da(con: duckdb.DuckDBPyConnection) -> None:
    schule(con, 1, 6.72, 51.47)
    assert verorte_schulen(con) == 0


def test_widersprechen_sich_die_umrisse_gilt_der_bezirk_des_ortsteils(con: duckdb.DuckDBPyConnection) -> None:
    """A school must never be counted in an Ortsteil and in a Stadtbezirk that does not contain it."""
    lege_umrisse(con, "stadtbezirke", {"STB02": rechteck(WEST, SUED, OST, NORD)})
    lege_umrisse(con, "ortsteile", {"301": rechteck(WEST, SUED, OST, NORD)})
    schule(con, 1, 6.72, 51.42)
    verorte_schulen(con)
    assert orte(con) == {1: ("300", "301")}


def test_loch_und_mehrere_teile(con: duckdb.DuckDBPyConnection) -> None:
    insel = {
        "type": "MultiPolygon",
        "coordinates": [
            [rechteck(6.70, 51.40, 6.80, 51.50), rechteck(6.74, 51.44, 6.76, 51.46)],
            [rechteck(6.90, 51.40, 6.95, 51.50)],
        ],
    }
    lege_umrisse(con, "stadtbezirke", {"STB02": insel})
    for zeile, (laenge, breite) in enumerate([(6.71, 51.41), (6.75, 51.45), (6.92, 51.45)], 1):
        schule(con, zeile, laenge, breite)
    verorte_schulen(con)
    assert orte(con) == {1: ("200", None), 3: ("200", None)}


def test_ein_objekt_ohne_umriss_stoert_die_anderen_nicht(con: duckdb.DuckDBPyConnection) -> None:
    """Map services may give a feature without geometry."""
    lege_umrisse(con, "stadtbezirke", STADTBEZIRKE)
    lege_umrisse(con, "ortsteile", ORTSTEILE)
    con.execute("insert into raw.gebiete__ortsteile values ('u', 9, '201', '')")
    schule(con, 1, 6.72, 51.47)
    assert verorte_schulen(con) == 1
    assert orte(con) == {1: ("200", "202")}


def test_der_umriss_steht_mit_abruf_und_zeile_dabei(stadt: duckdb.DuckDBPyConnection) -> None:
    schule(stadt, 1, 6.72, 51.42)
    verorte_schulen(stadt)
    assert stadt.execute("select umriss_abruf, umriss_zeile from raw.verortung").fetchall() == [("u", 2)]
