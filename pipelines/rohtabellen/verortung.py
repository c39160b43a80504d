"""In which Stadtbezirk and Ortsteil a school lies, from its coordinates and the published outlines.

Belongs here: point in polygon with shapely, projection with pyproj. Does not belong here: what follows from it (dbt
staging). Where no outline of an Ortsteil holds the point, the Ortsteil stays open: it is never guessed. A point on the
line between two outlines belongs to the one with the smaller number, so that the result does not depend on order. Where
the outlines contradict each other, the Ortsteil decides: its first digit is its Stadtbezirk.
"""

from __future__ import annotations

import json

import duckdb
import pandas as pd
from pyproj import Transformer
from shapely import STRtree
from shapely.geometry import Point, Polygon, shape

EPSG_SCHULEN = 25832
"""ETRS89 / UTM zone 32N: the only system of the school directory (text ``null`` stands for it as well)."""


def verorte_schulen(con: duckdb.DuckDBPyConnection) -> int:
    """Fill ``raw.verortung`` for every school with coordinates; returns how many lie in an outline of the city."""
    schulen = con.execute(
        """
        select abruf, zeile, try_cast(rechtswert as double) as x, try_cast(hochwert as double) as y
        from raw.schulen__verzeichnis
        where try_cast(rechtswert as double) > 0 and try_cast(hochwert as double) > 0
            and (epsg ilike ? or epsg in ('null', ''))
        """,
        [f"EPSG:{EPSG_SCHULEN}"],
    ).df()
    laenge, breite = Transformer.from_crs(EPSG_SCHULEN, 4326, always_xy=True).transform(
        schulen["x"].to_numpy(), schulen["y"].to_numpy()
    )
    punkte = [Point(x, y) for x, y in zip(laenge, breite, strict=True)]
    bezirke = _umrisse(con, "gebiete__stadtbezirke")
    ortsteile = _umrisse(con, "gebiete__ortsteile")
    im_bezirk = _finde(punkte, bezirke)
    im_ortsteil = _finde(punkte, ortsteile)
    zeilen = []
    for nr, (abruf, zeile) in enumerate(zip(schulen["abruf"].tolist(), schulen["zeile"].tolist(), strict=True)):
        bezirk, ortsteil = im_bezirk.get(nr), im_ortsteil.get(nr)
        if bezirk is None and ortsteil is None:
            continue
        umriss = dict(ortsteile.loc[ortsteil] if ortsteil is not None else bezirke.loc[bezirk])
        ort = None if ortsteil is None else umriss["nummer"]
        nummer = f"{umriss['nummer'][-1] if ort is None else ort[0]}00"  # STB02 → 200, 202 → 200
        zeilen.append([abruf, zeile, nummer, ort, umriss["abruf"], int(umriss["zeile"])])
    con.execute("delete from raw.verortung")
    if zeilen:
        con.register("_orte", pd.DataFrame(zeilen, columns=["a", "z", "b", "o", "u", "v"]).astype({"o": object}))
        con.execute("insert into raw.verortung select a, z, b, o, u, v from _orte")
        con.unregister("_orte")
    return len(zeilen)


def _umrisse(con: duckdb.DuckDBPyConnection, tabelle: str) -> pd.DataFrame:
    umrisse: pd.DataFrame = con.execute(
        f"select abruf, zeile, nummer, geometrie from raw.{tabelle} order by nummer, abruf, zeile"  # noqa: S608
    ).df()
    umrisse["form"] = [shape(json.loads(text)) if text else Polygon() for text in umrisse["geometrie"]]
    return umrisse


def _finde(punkte: list[Point], umrisse: pd.DataFrame) -> dict[int, int]:
    """Number of a point → row of the first outline that covers it."""
    if not punkte or umrisse.empty:
        return {}
    paare = STRtree(list(umrisse["form"])).query(punkte, predicate="covered_by")
    gefunden: dict[int, int] = {}
    for punkt, umriss in zip(*paare.tolist(), strict=True):
        gefunden[punkt] = min(umriss, gefunden.get(punkt, umriss))
    return gefunden
