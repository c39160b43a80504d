"""Outlines of the Stadtbezirke and Ortsteile as the city's map service sends them.

Belongs here: modelled polygons and the service's pages. Does not belong here: the modelled centres (``ortsteile``).
The outlines are neither surveyed nor taken from a map: each Ortsteil is the part of a rough city outline that lies
nearest to its centre. Ortsteile tile their Stadtbezirk exactly.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import shapely
from shapely.geometry import MultiPoint, Point, Polygon

from quellen.beispiel.ablage import GEOJSON, Datei, Lieferung, zeitpunkt
from quellen.beispiel.ortsteile import ORTSTEILE, STADTBEZIRKE

SEITE = 20
OHNE_UMRISS = ("105", "205", "404")
_GEAENDERT = zeitpunkt(2026, 3, 3, 7)
_DIENST = "https://geoportal.duisburg.de/arcgisserver/rest/services/OpenData/OpenData/MapServer"
_STAUCHUNG = 0.623  # cosine of 51.45 degrees: distances in the plane as on the ground
_STELLEN = 6

# rough city outline, longitude and latitude
_STADT = (
    (6.695, 51.558), (6.678, 51.540), (6.668, 51.515), (6.645, 51.500), (6.655, 51.470), (6.650, 51.440),
    (6.660, 51.428), (6.640, 51.410), (6.637, 51.390), (6.655, 51.376), (6.695, 51.377), (6.672, 51.348),
    (6.678, 51.338), (6.705, 51.339), (6.735, 51.345), (6.765, 51.338), (6.798, 51.342), (6.800, 51.360),
    (6.822, 51.388), (6.816, 51.420), (6.806, 51.445), (6.820, 51.465), (6.820, 51.498), (6.795, 51.512),
    (6.787, 51.542), (6.755, 51.552), (6.710, 51.560),
)  # fmt: skip


def _gerundet(umriss: Polygon) -> Polygon:
    """The polygon in WGS84 with rounded corners, in a form that does not depend on how it was computed.

    Runs counter-clockwise (RFC 7946) and starts at its smallest corner.
    """
    ecken = [(round(x / _STAUCHUNG, _STELLEN), round(y, _STELLEN)) for x, y in umriss.exterior.coords[:-1]]
    return _einheitlich(Polygon(ecken))


def _einheitlich(umriss: Polygon) -> Polygon:
    ecken = list(shapely.geometry.polygon.orient(umriss).exterior.coords[:-1])
    anfang = ecken.index(min(ecken))
    return Polygon(ecken[anfang:] + ecken[:anfang])


@lru_cache(maxsize=1)
def ortsteile() -> dict[str, Polygon]:
    """Outline of each of the 46 Ortsteile by key, WGS84 (longitude, latitude)."""
    stadt = Polygon([(x * _STAUCHUNG, y) for x, y in _STADT])
    mitten = {o.schluessel: Point(o.laenge * _STAUCHUNG, o.breite) for o in ORTSTEILE}
    zellen = shapely.voronoi_polygons(MultiPoint(list(mitten.values())), extend_to=stadt.buffer(1)).geoms
    umrisse = {}
    for schluessel, mitte in mitten.items():
        (zelle,) = [z for z in zellen if z.contains(mitte)]
        teile = shapely.get_parts(zelle.intersection(stadt))
        umrisse[schluessel] = _gerundet(next(t for t in teile if t.contains(mitte)))
    return umrisse


@lru_cache(maxsize=1)
def stadtbezirke() -> dict[str, Polygon]:
    """Outline of each Stadtbezirk by key: the union of its Ortsteile."""
    return {
        bezirk: _einheitlich(shapely.union_all([u for k, u in ortsteile().items() if k[0] == bezirk[0]]))
        for bezirk in STADTBEZIRKE
    }


def _merkmal(nummer: int, eigenschaften: dict[str, str], umriss: Polygon) -> dict[str, Any]:
    ring = [[x, y] for x, y in umriss.exterior.coords]
    return {
        "type": "Feature",
        "id": nummer,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"OBJECTID": nummer, **eigenschaften},
    }


def _seiten(layer: int, name: str, merkmale: Sequence[dict[str, Any]]) -> tuple[Datei, ...]:
    """The service's answers to a complete query: pages of at most ``SEITE`` features."""
    dateien = []
    for seite, anfang in enumerate(range(0, len(merkmale), SEITE)):
        inhalt: dict[str, Any] = {"type": "FeatureCollection"}
        if anfang + SEITE < len(merkmale):
            inhalt["exceededTransferLimit"] = True
        inhalt["features"] = merkmale[anfang : anfang + SEITE]
        abfrage = {"where": "1=1", "outFields": "*", "returnGeometry": "true", "outSR": "4326", "f": "geojson"}
        abfrage |= {"orderByFields": "OBJECTID", "resultOffset": str(anfang), "resultRecordCount": str(SEITE)}
        text = json.dumps(inhalt, ensure_ascii=False, separators=(",", ":"))
        url = f"{_DIENST}/{layer}/query?{urlencode(abfrage)}"
        dateien.append(Datei(f"{name}-{seite + 1:04d}.geojson", url, text.encode(), GEOJSON))
    return tuple(dateien)


def lieferungen() -> list[Lieferung]:
    """Both layers. The layer of the Ortsteile lacks three, as the real one is not complete either."""
    bezirke = [
        _merkmal(i, {"STBNR": f"STB0{schluessel[0]}", "STBNAME": name}, stadtbezirke()[schluessel])
        for i, (schluessel, name) in enumerate(STADTBEZIRKE.items(), 1)
    ]
    teile = [
        _merkmal(i, {"OTNR": o.schluessel, "OTNAME": o.name}, ortsteile()[o.schluessel])
        for i, o in enumerate((o for o in ORTSTEILE if o.schluessel not in OHNE_UMRISS), 1)
    ]
    return [
        Lieferung("gebiete", "stadtbezirke", _seiten(6, "stadtbezirke", bezirke), _GEAENDERT),
        Lieferung("gebiete", "ortsteile", _seiten(7, "ortsteile", teile), _GEAENDERT),
    ]
