"""Where facilities lie and where the children live who may go there: two raw tables for supply and reach.

Belongs here: places of Kitas (by address) and schools (by their own coordinates), and points among which the children
of an Ortsteil are spread. Does not belong here: matching addresses (``anschriften``), point in polygon
(``verortung``), and what follows from it (dbt). A facility without a place stands in the table all the same, with the
reason.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from pipelines.gebietsverzeichnis import heutige_ortsteile, stadtname
from pipelines.rohtabellen.anschriften import adressregister, suche
from pipelines.rohtabellen.verortung import EPSG_SCHULEN, umrisse, verorte

ZELLE_M = 250
"""Edge of the square cells in which addresses are put together."""

AUSSERHALB = "Ort liegt in keinem veröffentlichten Umriss"
OHNE_LAGE = "Verzeichnis nennt keine Koordinaten"

_SPALTEN = ["quelle", "abruf", "zeile", "x", "y", "stadtbezirk", "nummer", "befund", "adresse_abruf", "adresse_zeile"]


def verorte_einrichtungen(con: duckdb.DuckDBPyConnection) -> int:
    """Fill ``raw.verortung_einrichtungen``: every Kita and school of the city; returns how many have an Ortsteil."""
    register = adressregister(con.execute("select h.* from raw.adressen__hausnummern as h").df())
    alle = pd.concat([_kitas(con, register), _schulen(con)], ignore_index=True)
    mit_ort = alle["x"].notna()
    lagen = verorte(con, alle.loc[mit_ort, "x"].to_numpy(float), alle.loc[mit_ort, "y"].to_numpy(float))
    alle["stadtbezirk"], alle["nummer"] = None, None
    for stelle, lage in zip(alle.index[mit_ort], lagen, strict=True):
        if lage is None:
            alle.loc[stelle, "befund"] = AUSSERHALB
        else:
            alle.loc[stelle, ["stadtbezirk", "nummer"]] = [lage.stadtbezirk, lage.ortsteil]
    _ersetze(con, "raw.verortung_einrichtungen", alle[_SPALTEN].sort_values(["quelle", "abruf", "zeile"]))
    return int(alle["nummer"].notna().sum())


def _kitas(con: duckdb.DuckDBPyConnection, register: pd.DataFrame) -> pd.DataFrame:
    kitas: pd.DataFrame = con.execute(
        "select distinct 'kitas' as quelle, k.abruf, k.zeile, k.strasse, k.plz, "
        "coalesce(k.hausnummer, '') as hausnummer "
        "from raw.kitas__liste as k where k.ort = ? order by k.abruf, k.zeile",
        [stadtname()],
    ).df()
    orte = suche(kitas.fillna(""), register)
    orte = orte.rename(columns={"abruf": "adresse_abruf", "zeile": "adresse_zeile"})
    return pd.concat([kitas[["quelle", "abruf", "zeile"]], orte], axis=1)


def _schulen(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    schulen: pd.DataFrame = con.execute(
        "select 'schulen' as quelle, s.abruf, s.zeile, "
        "case when s.epsg ilike ? or s.epsg in ('null', '') then try_cast(s.rechtswert as double) end as x, "
        "try_cast(s.hochwert as double) as y "
        "from raw.schulen__verzeichnis as s where s.gemeindeschluessel like '05112%' order by s.abruf, s.zeile",
        [f"EPSG:{EPSG_SCHULEN}"],
    ).df()
    ohne = ~((schulen["x"] > 0) & (schulen["y"] > 0))
    schulen.loc[ohne, ["x", "y"]] = np.nan
    return schulen.assign(befund=np.where(ohne, OHNE_LAGE, ""), adresse_abruf=None, adresse_zeile=None)


def baue_nachfragepunkte(con: duckdb.DuckDBPyConnection) -> int:
    """Fill ``raw.nachfragepunkte``: cells of addresses per Ortsteil, whose shares add up to 1; returns their number.

    The only Ortsteil of a Stadtbezirk without an outline gets the addresses that lie in none of the others (``rest``).
    An Ortsteil without any located address has one point inside its outline, or inside that rest.
    """
    flaechen = _flaechen(con)
    reste = {nummer[0]: nummer for nummer, (_, herkunft) in flaechen.items() if herkunft == "rest"}
    register = adressregister(con.execute("select h.* from raw.adressen__hausnummern as h").df())
    lagen = verorte(con, register["x"].to_numpy(float), register["y"].to_numpy(float))
    register["nummer"] = [None if lage is None else lage.ortsteil or reste.get(lage.stadtbezirk[0]) for lage in lagen]
    orte = register.dropna(subset="nummer").drop_duplicates(["nummer", "strasse", "haus", "x", "y"])
    orte = orte.assign(spalte=orte["x"] // ZELLE_M, reihe=orte["y"] // ZELLE_M)
    zellen = orte.groupby(["nummer", "spalte", "reihe"], as_index=False).agg(
        x=("x", "mean"), y=("y", "mean"), adressen=("x", "size")
    )
    zellen["herkunft"] = ["rest" if n in reste.values() else "adressen" for n in zellen["nummer"]]
    offen = {nummer: f for nummer, f in flaechen.items() if nummer not in set(zellen["nummer"])}
    punkte = pd.concat([zellen, _ersatzpunkte(offen)], ignore_index=True)
    punkte[["x", "y"]] = punkte[["x", "y"]].astype(float).round(3)
    punkte = punkte.sort_values(["nummer", "spalte", "reihe"]).reset_index(drop=True)
    punkte["punkt"] = punkte.groupby("nummer").cumcount() + 1
    gewicht = punkte["adressen"].astype(float).clip(lower=1)
    punkte["anteil"] = gewicht / gewicht.groupby(punkte["nummer"]).transform("sum")
    spalten = ["nummer", "punkt", "x", "y", "adressen", "anteil", "herkunft"]
    _ersetze(con, "raw.nachfragepunkte", punkte[spalten])
    return len(punkte)


def _flaechen(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[BaseGeometry, str]]:
    """Number of an Ortsteil → its shape and how it is known: ``umriss``, or ``rest`` of its Stadtbezirk."""
    ortsteile = umrisse(con, "gebiete__ortsteile")
    gibt = {
        str(n): (form, "umriss") for n, form in zip(ortsteile["nummer"], ortsteile["form"], strict=True) if form.area
    }
    bezirke = umrisse(con, "gebiete__stadtbezirke")
    for nummer, form in zip(bezirke["nummer"], bezirke["form"], strict=True):
        eigene = sorted(n for n in heutige_ortsteile() if n[0] == str(nummer)[-1])
        ohne = [n for n in eigene if n not in gibt]
        if len(ohne) == 1:
            rest = form.difference(shapely.union_all([gibt[n][0] for n in eigene if n in gibt]))
            gibt |= {ohne[0]: (rest, "rest")} if rest.area else {}
    return gibt


def _ersatzpunkte(flaechen: Mapping[str, tuple[BaseGeometry, str]]) -> pd.DataFrame:
    """One point inside the largest part of each shape."""
    utm = Transformer.from_crs(4326, EPSG_SCHULEN, always_xy=True)
    zeilen = []
    for nummer, (form, herkunft) in sorted(flaechen.items()):
        punkt = max(shapely.get_parts(form), key=lambda teil: teil.area).representative_point()
        zeilen.append((nummer, 0.0, 0.0, *utm.transform(punkt.x, punkt.y), 0, herkunft))
    return pd.DataFrame(zeilen, columns=["nummer", "spalte", "reihe", "x", "y", "adressen", "herkunft"])


def _ersetze(con: duckdb.DuckDBPyConnection, tabelle: str, zeilen: pd.DataFrame) -> None:
    con.execute(f"delete from {tabelle}")  # noqa: S608 - fixed names
    if not zeilen.empty:
        con.register("_orte", zeilen.astype(object).where(zeilen.notna(), None))
        con.execute(f"insert into {tabelle} select * from _orte")  # noqa: S608 - fixed names
        con.unregister("_orte")
