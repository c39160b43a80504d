"""In which Stadtbezirk and Ortsteil a point lies, from its coordinates and the published outlines; above all schools.

Belongs here: point in polygon with shapely, projection with pyproj. Does not belong here: what follows from it (dbt
staging). Where no outline of an Ortsteil holds the point, the Ortsteil stays open: it is never guessed. A point on the
line between two outlines belongs to the one with the smaller number, so that the result does not depend on order. Where
the outlines contradict each other, the Ortsteil decides: its first digit is its Stadtbezirk.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer
from shapely import STRtree
from shapely.geometry import Point, Polygon, shape

EPSG_SCHULEN = 25832
"""ETRS89 / UTM zone 32N: the only system of the school directory (text ``null`` stands for it as well)."""


class Lage(NamedTuple):
    """Where a point lies: numbers of Stadtbezirk and Ortsteil (``None`` without an outline), and the outline's row."""

    stadtbezirk: str
    ortsteil: str | None
    umriss_abruf: str
    umriss_zeile: int


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
    lagen = verorte(con, schulen["x"].to_numpy(), schulen["y"].to_numpy())
    stellen = zip(schulen["abruf"].tolist(), schulen["zeile"].tolist(), lagen, strict=True)
    zeilen = [[abruf, zeile, *lage] for abruf, zeile, lage in stellen if lage is not None]
    con.execute("delete from raw.verortung")
    if zeilen:
        con.register("_orte", pd.DataFrame(zeilen, columns=["a", "z", "b", "o", "u", "v"]).astype({"o": object}))
        con.execute("insert into raw.verortung select a, z, b, o, u, v from _orte")
        con.unregister("_orte")
    return len(zeilen)


def verorte(
    con: duckdb.DuckDBPyConnection, rechts: npt.NDArray[np.float64], hoch: npt.NDArray[np.float64]
) -> list[Lage | None]:
    """The districts of points in UTM metres; ``None`` for a point outside all outlines."""
    laenge, breite = Transformer.from_crs(EPSG_SCHULEN, 4326, always_xy=True).transform(rechts, hoch)
    punkte = [Point(x, y) for x, y in zip(laenge, breite, strict=True)]
    bezirke, ortsteile = umrisse(con, "gebiete__stadtbezirke"), umrisse(con, "gebiete__ortsteile")
    im_bezirk, im_ortsteil = finde(punkte, bezirke), finde(punkte, ortsteile)
    lagen: list[Lage | None] = []
    for nr in range(len(punkte)):
        bezirk, ortsteil = im_bezirk.get(nr), im_ortsteil.get(nr)
        if bezirk is None and ortsteil is None:
            lagen.append(None)
            continue
        umriss = dict(ortsteile.loc[ortsteil] if ortsteil is not None else bezirke.loc[bezirk])
        ort = None if ortsteil is None else str(umriss["nummer"])
        nummer = f"{umriss['nummer'][-1] if ort is None else ort[0]}00"  # STB02 → 200, 202 → 200
        lagen.append(Lage(nummer, ort, str(umriss["abruf"]), int(umriss["zeile"])))
    return lagen


def umrisse(con: duckdb.DuckDBPyConnection, tabelle: str) -> pd.DataFrame:
    """The outlines of a raw table with their shape (``form``, WGS84), by number."""
    gefunden: pd.DataFrame = con.execute(
        f"select abruf, zeile, nummer, geometrie from raw.{tabelle} order by nummer, abruf, zeile"  # noqa: S608
    ).df()
    gefunden["form"] = [shape(json.loads(text)) if text else Polygon() for text in gefunden["geometrie"]]
    return gefunden


def finde(punkte: list[Point], flaechen: pd.DataFrame) -> dict[int, int]:
    """Number of a point → row of the first outline that covers it."""
    if not punkte or flaechen.empty:
        return {}
    paare = STRtree(list(flaechen["form"])).query(punkte, predicate="covered_by")
    gefunden: dict[int, int] = {}
    for punkt, umriss in zip(*paare.tolist(), strict=True):
        gefunden[punkt] = min(umriss, gefunden.get(punkt, umriss))
    return gefunden
