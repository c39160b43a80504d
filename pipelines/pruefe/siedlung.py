"""Recalculates the population densities from the released residents and areas, and areas from archived outlines.

Belongs here: the second way of a figure that is made of another figure and the directory of districts, and of an area:
on an equal-area map, where the release measures on the ellipsoid. Does not belong here: figures made of observations
(``kennzahlen``), among them the residents themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.deutung import Datei
from pipelines.pruefe.zellsummen import DATENARTEN

_SCHLUESSEL = ["gebiet", "stichtag", "basis"]
_EBENEN = ("ortsteil", "stadtbezirk", "stadt")
_RANG = "APEFBIUMLOQ"
_FLAECHENTREU = Transformer.from_crs(4326, 3035, always_xy=True)
_SEITE_GRAD = 0.001
"""Edges are cut into pieces of this length, so that they stay straight on the map."""
_GENAU = 1e-3
"""By so much of itself an area may differ: the release takes edges for geodesics, the map for straight in degrees."""


def pruefe_siedlung(con: duckdb.DuckDBPyConnection, dateien: Iterable[Datei]) -> Pruefpunkt:
    """Compare every density, and find those that are missing or should not be there.

    ``dateien``: the archived files, among them those of the outlines that areas are measured in.
    """
    frei = _kennzahlen(con, "bevoelkerungsdichte")
    punkt = Pruefpunkt("Bevölkerungsdichte", len(frei), einheit="Kennzahlen")
    if not con.execute("select 1 from indikator_katalog as k where k.indikator = 'bevoelkerungsdichte'").fetchone():
        punkt.maengel += [f"{z.gebiet}: nicht im Katalog" for z in frei.itertuples()]
        return punkt
    beide = frei.merge(_gerechnet(con), on=_SCHLUESSEL, how="outer", suffixes=("", "_soll"), indicator="_da")
    for z in beide.itertuples():
        name = f"bevoelkerungsdichte {z.gebiet} {str(z.stichtag)[:10]} {z.basis}".rstrip()
        if z[-1] == "left_only":
            punkt.maengel.append(f"{name}: dazu gibt es keine Einwohnerzahl")
        elif z[-1] == "right_only":
            punkt.maengel.append(f"{name}: fehlt, obwohl es eine Einwohnerzahl gibt")
        else:
            punkt.maengel += [f"{name}: {text}" for text in _abweichungen(z)]
    punkt.maengel += _pruefe_umrisse(con, dateien)
    return punkt


def _pruefe_umrisse(con: duckdb.DuckDBPyConnection, dateien: Iterable[Datei]) -> list[str]:
    """The areas that the release measured, each again in the row of the archived file that it names."""
    genannt = con.execute(
        "select distinct a.gebiet, g.kurz, a.abruf, a.zeile, a.wert from ableitungen as a "
        "inner join gebiete as g on g.gebiet = a.gebiet "
        "where a.indikator = 'bevoelkerungsdichte' and a.rolle = 'nenner' and a.quelle = 'gebiete' order by all"
    ).fetchall()
    formen = {
        (d.abruf, int(z["zeile"])): (str(z["nummer"]), str(z["geometrie"]))
        for d in dateien
        if d.ist_umriss
        for z in d.satz.daten.to_dict("records")
    }
    maengel = []
    for gebiet, kurz, abruf, zeile, wert in genannt:
        nummer, geometrie = formen.get((abruf, zeile), ("", ""))
        if kurz not in (nummer, f"{nummer[-1:]}00"):
            maengel.append(f"Fläche von {gebiet}: in Zeile {zeile} von {abruf} steht sein Umriss nicht")
            continue
        flaeche = _auf_der_karte(geometrie)
        if not np.isclose(float(wert), flaeche, rtol=_GENAU):
            maengel.append(f"Fläche von {gebiet}: freigegeben sind {wert} km², der Umriss hat {flaeche:.6f} km²")
    return maengel


def _auf_der_karte(geometrie: str) -> float:
    """Square kilometres of an outline on the equal-area map of Europe (EPSG 3035)."""
    form = shapely.segmentize(shape(json.loads(geometrie)), _SEITE_GRAD)
    eben = shapely.transform(form, lambda ecken: np.column_stack(_FLAECHENTREU.transform(*ecken.T)))
    return float(shapely.area(eben)) / 1e6


def _kennzahlen(con: duckdb.DuckDBPyConnection, indikator: str) -> pd.DataFrame:
    tabelle: pd.DataFrame = con.execute(
        "select i.gebiet, i.ebene, i.stichtag, i.basis, i.wert, i.zaehler, i.nenner, i.status, i.datenart "
        "from indikatoren as i where i.indikator = ? order by all",
        [indikator],
    ).df()
    return tabelle


def _gerechnet(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Residents by area, with the status of the residents where there is a value; an area of an outline is an estimate.

    That the outline has this area is found out from the archived file (``_pruefe_umrisse``).
    """
    einwohner = _kennzahlen(con, "einwohner")
    einwohner = einwohner.loc[einwohner["ebene"].isin(_EBENEN)].drop(columns=["zaehler", "nenner"])
    soll = einwohner.merge(_flaechen(con), on="gebiet", how="left").rename(columns={"wert": "personen"})
    da = soll["personen"].notna() & soll["flaeche_km2"].notna()
    soll["wert"] = (soll["personen"] / soll["flaeche_km2"]).where(da)
    soll["zaehler"], soll["nenner"] = soll["personen"].where(da), soll["flaeche_km2"].where(da)
    soll["status"] = soll["status"].where(soll["flaeche_km2"].notna() | soll["personen"].isna(), "O")
    umriss = soll["umriss"].notna()
    soll.loc[umriss, "status"] = [max(s, "E", key=_RANG.index) for s in soll.loc[umriss, "status"]]
    arten = zip(soll["datenart"], soll["umriss"].fillna("amtlich"), strict=True)
    soll["datenart"] = [max(beide, key=DATENARTEN.index) for beide in arten]
    return soll.drop(columns=["personen", "flaeche_km2", "umriss"])


def _flaechen(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Area by district, the published one if there is one; ``umriss``: kind of data of the outline it is made of."""
    flaechen: pd.DataFrame = con.execute(
        "select g.gebiet, coalesce(max(g.flaeche_km2), max(u.wert)) as flaeche_km2, "
        "case when max(g.flaeche_km2) is null then max(u.datenart) end as umriss from gebiete as g "
        "left join (select a.gebiet, a.wert, r.datenart from ableitungen as a inner join abrufe as r "
        "on r.quelle = a.quelle and r.abruf = a.abruf where a.indikator = 'bevoelkerungsdichte' and a.rolle = 'nenner' "
        "and a.quelle = 'gebiete') as u on u.gebiet = g.gebiet group by g.gebiet"
    ).df()
    return flaechen


def _abweichungen(z: Any) -> list[str]:  # noqa: ANN401 - a row of pandas is not typed
    gefunden = []
    for spalte in ("wert", "zaehler", "nenner"):
        ist, soll = float(getattr(z, spalte)), float(getattr(z, f"{spalte}_soll"))
        if not np.isclose(ist, soll, rtol=1e-9, atol=1e-9, equal_nan=True):
            gefunden.append(f"{spalte} ist freigegeben als {ist}, nachgerechnet {soll}")
    for spalte in ("ebene", "status", "datenart"):
        ist_text, soll_text = getattr(z, spalte), getattr(z, f"{spalte}_soll")
        if ist_text != soll_text:
            gefunden.append(f"{spalte} ist freigegeben als {ist_text}, nachgerechnet {soll_text}")
    return gefunden
