"""Walking distances between facilities and points of demand over a network of footpaths, if one was handed in.

Belongs here: whether the network is one of this city, and the shortest ways in it. Does not belong here: whether its
files fit together (``netzregeln``), which distance counts for a pair (dbt, ``models/indikatoren/fusswege``) and the
format of its files (``quellen/wahlweise/fusswegenetz.yaml``).

All ways are measured, not only those within reach: a pair that the network joins by a long way round must not fall back
to the straight line, and the mean way knows no limit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from pipelines.rohtabellen.laden import OHNE_DATEN
from pipelines.rohtabellen.netzregeln import QUELLE, in_zahlen, pruefe_netz
from quellen.fehler import Befund

AM_NETZ_M = 1000.0
"""If no point of demand lies that near to a node, the network is of another place or in other coordinates."""
_GLEICH = 1e-9
_NEBENEINANDER = 64

Zahlen = npt.NDArray[np.float64]
Stellen = npt.NDArray[np.int64]


class Netz(NamedTuple):
    """Nodes sorted by number with their places, and edges between their positions; lengths in metres."""

    orte: Zahlen
    von: Stellen
    nach: Stellen
    laenge: Zahlen


def berechne_fusswege(con: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    """Fill ``raw.fusswege``: one row per point and place of a facility that the network joins; returns their number.

    Without a network the table is empty. So it is with a network that cannot be used: then ``raw.quellen`` says so, and
    the message, which is also returned, tells why.
    """
    con.execute("delete from raw.fusswege")
    knoten, kanten = _lies(con, "knoten"), _lies(con, "kanten")
    if knoten.empty or kanten.empty:
        return 0, ""
    punkte = con.execute("select n.nummer, n.punkt, n.x, n.y from raw.nachfragepunkte as n order by all").df()
    befunde = pruefe_netz(knoten, kanten) or _pruefe_lage(knoten, punkte)
    if befunde:
        return 0, _lehne_ab(con, befunde)
    haeuser = con.execute(
        "select distinct v.x, v.y from raw.verortung_einrichtungen as v where v.x is not null order by all"
    ).df()
    wege = alle_wege(baue_netz(knoten, kanten), *(t[["x", "y"]].to_numpy(float) for t in (haeuser, punkte)))
    paare = pd.concat(
        [punkte.loc[wege["punkt"], ["nummer", "punkt"]].reset_index(drop=True),
         haeuser.loc[wege["haus"], ["x", "y"]].reset_index(drop=True), wege[["weg_m", "anschluss_m"]]], axis=1,
    )  # fmt: skip
    con.register("_wege", paare)
    con.execute("insert into raw.fusswege by name select * from _wege")
    con.unregister("_wege")
    return len(paare), ""


def _lies(con: duckdb.DuckDBPyConnection, teil: str) -> pd.DataFrame:
    """The cells of one file; empty if the source is not declared or without data."""
    tabelle = f"{QUELLE}__{teil}"
    if not con.execute(
        "select 1 from information_schema.tables where table_schema = 'raw' and table_name = ?", [tabelle]
    ).fetchone():
        return pd.DataFrame()
    return in_zahlen(con.execute(f"select t.* from raw.{tabelle} as t order by t.abruf, t.zeile").df())  # noqa: S608 - fixed


def _pruefe_lage(knoten: pd.DataFrame, punkte: pd.DataFrame) -> list[Befund]:
    orte = knoten[["x", "y"]].to_numpy(float)
    abstand = cKDTree(orte).query(punkte[["x", "y"]].to_numpy(float))[0] if len(punkte) else np.zeros(1)
    if abstand.min() <= AM_NETZ_M:
        return []
    return [
        Befund(
            "Das Netz liegt nicht in der Stadt",
            f"zwischen Netz und nächster Adresse liegen {abstand.min():.0f} m; der erste Knoten liegt bei "
            f"{orte[0][0]:g} / {orte[0][1]:g}",
            f"ein Knoten höchstens {AM_NETZ_M:.0f} m von einer Adresse",
            "den Auszug für die Stadt erzeugen und nach ETRS89/UTM 32 (EPSG 25832) umrechnen",
            QUELLE,
            "knoten",
        )
    ]


def _lehne_ab(con: duckdb.DuckDBPyConnection, befunde: list[Befund]) -> str:
    """Name the files in the findings and write them to the source's row. Said once, however often this runs."""
    namen = dict(con.execute("select a.teil, a.datei from raw.abrufe as a where a.quelle = ?", [QUELLE]).fetchall())
    meldung = "\n".join(str(replace(b, datei=namen.get(b.teil, ""))) for b in befunde)
    con.execute(
        "update raw.quellen set zustand = ?, meldung = case when contains(coalesce(meldung, ''), ?) then meldung "
        "else concat_ws(chr(10), nullif(meldung, ''), ?) end where quelle = ?",
        [OHNE_DATEN, meldung, meldung, QUELLE],
    )
    return meldung


def baue_netz(knoten: pd.DataFrame, kanten: pd.DataFrame) -> Netz:
    """The network of checked cells: of several edges between two nodes the shortest counts, either way."""
    sortiert = knoten.sort_values("nummer")
    stelle = pd.Series(np.arange(len(sortiert)), index=sortiert["nummer"])
    enden = np.sort(np.column_stack([stelle.loc[kanten[ende]] for ende in ("von", "nach")]), axis=1)
    alle = pd.DataFrame({"von": enden[:, 0], "nach": enden[:, 1], "laenge": kanten["laenge_m"].to_numpy(float)})
    kurz = alle.loc[alle["von"] != alle["nach"]].groupby(["von", "nach"], as_index=False)["laenge"].min()
    von, nach = kurz["von"].to_numpy("int64"), kurz["nach"].to_numpy("int64")
    return Netz(sortiert[["x", "y"]].to_numpy(float), von, nach, kurz["laenge"].to_numpy(float))


def alle_wege(netz: Netz, haeuser: Zahlen, punkte: Zahlen) -> pd.DataFrame:
    """The shortest way between each place and each point that the network joins: rows of both, ``weg_m``.

    A way leads straight to the nearest node, through the network and straight to its end; ``anschluss_m`` is the longer
    one of the two straight parts. It is never shorter than the straight line.
    """
    am_haus, am_punkt = (naechster_knoten(netz.orte, orte) for orte in (haeuser, punkte))
    anzahl = len(netz.orte)
    graph = coo_matrix((netz.laenge, (netz.von, netz.nach)), shape=(anzahl, anzahl)).tocsr()
    teile = [pd.DataFrame({s: np.zeros(0, t) for s, t in zip(_SPALTEN, "qqdd", strict=True)})]
    for ab in range(0, len(haeuser), _NEBENEINANDER):
        auswahl = slice(ab, ab + _NEBENEINANDER)
        entfernt = dijkstra(graph, directed=False, indices=am_haus[0][auswahl])[:, am_punkt[0]]
        haus, punkt = np.nonzero(np.isfinite(entfernt))
        anfang, ende = am_haus[1][auswahl][haus], am_punkt[1][punkt]
        luftlinie = np.hypot(*(haeuser[auswahl][haus] - punkte[punkt]).T)
        weg = np.maximum(anfang + entfernt[haus, punkt] + ende, luftlinie)
        teile.append(pd.DataFrame(dict(zip(_SPALTEN, (haus + ab, punkt, weg, np.maximum(anfang, ende)), strict=True))))
    return pd.concat(teile, ignore_index=True)


_SPALTEN = ("haus", "punkt", "weg_m", "anschluss_m")


def naechster_knoten(orte: Zahlen, gesucht: Zahlen) -> tuple[Stellen, Zahlen]:
    """Position of the nearest node of each place, the first one of equally near ones, and how far it is."""
    if not len(gesucht):
        return np.zeros(0, np.int64), np.zeros(0)
    baum = cKDTree(orte)
    abstand = baum.query(gesucht)[0]
    stellen = np.array([min(s) for s in baum.query_ball_point(gesucht, abstand * (1 + _GLEICH) + _GLEICH)], np.int64)
    return stellen, np.hypot(*(orte[stellen] - gesucht).T)
