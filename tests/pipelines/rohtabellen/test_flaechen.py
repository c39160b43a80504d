"""Areas of outlines: against an equal-area map of another program, a formula, and whole cities that are tiled."""

from __future__ import annotations

import json
import math

import duckdb
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.ops import transform

from pipelines.lager import _TABELLEN
from pipelines.rohtabellen.flaechen import berechne_flaechen, flaeche_km2
from quellen.beispiel.gebiete import ortsteile, stadtbezirke

FLAECHENTREU = Transformer.from_crs(4326, 3035, always_xy=True)
HIER = (6.76, 51.43)


def auf_der_karte(form: shapely.Geometry) -> float:
    """Square kilometres on the equal-area map of Europe (EPSG:3035): close corners keep edges straight."""
    dicht = shapely.segmentize(form, 0.001)
    return float(transform(FLAECHENTREU.transform, dicht).area) / 1e6


def rechteck(x: float, y: float, breite: float, hoehe: float) -> Polygon:
    return shapely.box(HIER[0] + x, HIER[1] + y, HIER[0] + x + breite, HIER[1] + y + hoehe)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.floats(-0.1, 0.1), st.floats(-0.1, 0.1), st.floats(0.005, 0.2), st.floats(0.005, 0.2), st.booleans(),
    st.floats(0.05, 0.9),
)  # fmt: skip
def test_wie_auf_einer_flaechentreuen_karte(
    x: float, y: float, breite: float, hoehe: float, andersherum: bool, loch: float
) -> None:
    aussen = rechteck(x, y, breite, hoehe)
    innen = shapely.affinity.scale(aussen, loch, loch)
    ring = list(aussen.exterior.coords)
    mit_loch = Polygon(ring[::-1] if andersherum else ring, [innen.exterior.coords])
    assert flaeche_km2(aussen) == pytest.approx(auf_der_karte(aussen), rel=1e-4, abs=1e-5)
    assert flaeche_km2(mit_loch) == pytest.approx(auf_der_karte(mit_loch), rel=1e-3, abs=1e-5)
    assert flaeche_km2(mit_loch) == pytest.approx(flaeche_km2(aussen) - flaeche_km2(innen), abs=2e-6)


def test_ein_kleines_rechteck_nach_der_formel() -> None:
    """Meridian and parallel radius of GRS80 at the middle latitude."""
    form, phi = rechteck(0, 0, 0.01, 0.01), math.radians(HIER[1] + 0.005)
    a, e2 = 6378137.0, 0.00669438002290
    w = 1 - e2 * math.sin(phi) ** 2
    laenge, breite = a * math.cos(phi) / math.sqrt(w), a * (1 - e2) / w**1.5
    soll = laenge * breite * math.radians(0.01) ** 2 / 1e6
    assert flaeche_km2(form) == pytest.approx(soll, rel=1e-5)


def test_mehrere_teile_zaehlen_zusammen_und_linien_nicht() -> None:
    eins, zwei = rechteck(0, 0, 0.01, 0.02), rechteck(0.1, 0.1, 0.02, 0.01)
    beide = MultiPolygon([eins, zwei])
    assert flaeche_km2(beide) == pytest.approx(flaeche_km2(eins) + flaeche_km2(zwei), abs=2e-6)
    assert flaeche_km2(shapely.GeometryCollection([beide, shapely.LineString([(6, 51), (7, 52)])])) == flaeche_km2(
        beide
    )
    assert flaeche_km2(Polygon()) == 0


def test_die_ortsteile_ergeben_zusammen_ihre_stadtbezirke() -> None:
    for nummer, bezirk in stadtbezirke().items():
        teile = [flaeche_km2(form) for kurz, form in ortsteile().items() if kurz[0] == nummer[0]]
        assert sum(teile) == pytest.approx(flaeche_km2(bezirk), rel=1e-5)


def test_jedes_gebiet_mit_umriss_hat_seine_zeile() -> None:
    form = rechteck(0, 0, 0.02, 0.02)
    text, kleiner = json.dumps(mapping(form)), json.dumps(mapping(rechteck(0, 0, 0.01, 0.01)))
    con = duckdb.connect()
    con.execute(_TABELLEN)
    for tabelle in ("gebiete__ortsteile", "gebiete__stadtbezirke"):
        con.execute(f"create table raw.{tabelle} (abruf varchar, zeile bigint, nummer varchar, geometrie varchar)")
    con.execute(
        "insert into raw.gebiete__ortsteile values ('a', 2, '202', ?), ('a', 3, '203', ''), ('b', 9, '202', ?), "
        "('a', 4, '204', null), ('a', 5, '205', 'null')",
        [text, kleiner],
    )
    con.execute("insert into raw.gebiete__stadtbezirke values ('c', 2, 'STB02', ?)", [kleiner])
    for _ in range(2):
        assert berechne_flaechen(con) == 2
        assert con.execute("from raw.gebietsflaechen").fetchall() == [
            ("200", flaeche_km2(rechteck(0, 0, 0.01, 0.01)), "c", 2),
            ("202", flaeche_km2(form), "a", 2),
        ]
    con.execute("delete from raw.gebiete__ortsteile; delete from raw.gebiete__stadtbezirke")
    assert berechne_flaechen(con) == 0
    assert con.execute("from raw.gebietsflaechen").fetchall() == []
