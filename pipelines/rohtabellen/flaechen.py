"""Areas of districts from their published outlines, for densities where nobody publishes an area.

Belongs here: the area that an outline encloses on the ellipsoid. Does not belong here: published areas (seed
``gebiete``), which of both counts (dbt), and the outlines themselves (``verortung``).
"""

from __future__ import annotations

import duckdb
import pandas as pd
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from pipelines.rohtabellen.verortung import umrisse

_ELLIPSOID = Geod(ellps="GRS80")


def berechne_flaechen(con: duckdb.DuckDBPyConnection) -> int:
    """Fill ``raw.gebietsflaechen``: one row per district with an outline; returns their number.

    Of several outlines with one number the first counts, as for points. An empty outline gives no row.
    """
    zeilen: dict[str, tuple[str, float, str, int]] = {}
    for tabelle in ("gebiete__stadtbezirke", "gebiete__ortsteile"):
        for umriss in umrisse(con, tabelle).itertuples():
            nummer = str(umriss.nummer)
            kurz = f"{nummer[-1]}00" if nummer.startswith("STB") else nummer  # STB02 → 200
            flaeche = flaeche_km2(umriss.form)
            if flaeche > 0:
                zeilen.setdefault(kurz, (kurz, flaeche, str(umriss.abruf), int(str(umriss.zeile))))
    con.execute("delete from raw.gebietsflaechen")
    if zeilen:
        con.register("_flaechen", pd.DataFrame(sorted(zeilen.values()), columns=["n", "f", "a", "z"]))
        con.execute("insert into raw.gebietsflaechen select * from _flaechen")
        con.unregister("_flaechen")
    return len(zeilen)


def flaeche_km2(form: BaseGeometry) -> float:
    """Area of a polygon in WGS84 degrees, in square kilometres to the square metre; holes do not count."""
    quadratmeter = 0.0
    for teil in shapely.get_parts(shapely.get_parts(form)):  # a collection may hold polygons of several parts
        if teil.geom_type != "Polygon" or teil.is_empty:
            continue
        ringe = [abs(_ELLIPSOID.polygon_area_perimeter(*ring.xy)[0]) for ring in (teil.exterior, *teil.interiors)]
        quadratmeter += ringe[0] - sum(ringe[1:])
    return round(quadratmeter / 1e6, 6)
