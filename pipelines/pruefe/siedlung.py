"""Recalculates the population densities from the released residents and the released areas.

Belongs here: the second way of a figure that is made of another figure and the directory of districts. Does not belong
here: figures made of observations (``kennzahlen``), among them the residents themselves.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines.pruefe.bericht import Pruefpunkt

_SCHLUESSEL = ["gebiet", "stichtag", "basis"]
_EBENEN = ("ortsteil", "stadtbezirk", "stadt")


def pruefe_siedlung(con: duckdb.DuckDBPyConnection) -> Pruefpunkt:
    """Compare every density, and find those that are missing or should not be there."""
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
    return punkt


def _kennzahlen(con: duckdb.DuckDBPyConnection, indikator: str) -> pd.DataFrame:
    tabelle: pd.DataFrame = con.execute(
        "select i.gebiet, i.ebene, i.stichtag, i.basis, i.wert, i.zaehler, i.nenner, i.status, i.datenart "
        "from indikatoren as i where i.indikator = ? order by all",
        [indikator],
    ).df()
    return tabelle


def _gerechnet(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Residents by area, with the status of the residents where there is a value."""
    einwohner = _kennzahlen(con, "einwohner")
    einwohner = einwohner.loc[einwohner["ebene"].isin(_EBENEN)].drop(columns=["zaehler", "nenner"])
    flaechen = con.execute("select g.gebiet, g.flaeche_km2 from gebiete as g").df().drop_duplicates("gebiet")
    soll = einwohner.merge(flaechen, on="gebiet", how="left").rename(columns={"wert": "personen"})
    da = soll["personen"].notna() & soll["flaeche_km2"].notna()
    soll["wert"] = (soll["personen"] / soll["flaeche_km2"]).where(da)
    soll["zaehler"], soll["nenner"] = soll["personen"].where(da), soll["flaeche_km2"].where(da)
    soll["status"] = soll["status"].where(soll["flaeche_km2"].notna() | soll["personen"].isna(), "O")
    return soll.drop(columns=["personen", "flaeche_km2"])


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
