"""Two tables that should say the same, compared row by row by their key.

Belongs here: the comparison and its wording. Does not belong here: what a table should say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

_TAGE = ("stichtag", "zeitraum_von", "eingang_stichtag", "eingang_frueher", "letzter_abruf", "neuester_stichtag")


def vergleiche(
    name: str, ist: pd.DataFrame, soll: pd.DataFrame, schluessel: Sequence[str], spalten: Sequence[str]
) -> list[str]:
    """Rows missing in the release, rows too many, and cells that differ (numbers by more than rounding)."""
    ist, soll = _vereinheitlicht(ist, [*schluessel, *spalten]), _vereinheitlicht(soll, [*schluessel, *spalten])
    doppelt = ist.loc[ist.duplicated(list(schluessel))]
    maengel = [f"{name} {_ort(z, schluessel)}: steht mehrmals da" for z in doppelt.to_dict("records")]
    beide = ist.drop_duplicates(list(schluessel)).merge(
        soll, on=list(schluessel), how="outer", suffixes=("", "_soll"), indicator="_da"
    )
    for z in beide.loc[beide["_da"] != "both"].to_dict("records"):
        was = "fehlt in der Freigabe" if z["_da"] == "right_only" else "ergibt sich nicht aus der Freigabe"
        maengel.append(f"{name} {_ort(z, schluessel)}: {was}")
    beide = beide.loc[beide["_da"] == "both"]
    for spalte in spalten:
        a, b = beide[spalte], beide[f"{spalte}_soll"]
        anders = ~_gleich(a, b)
        maengel += [
            f"{name} {_ort(z, schluessel)}: {spalte} ist freigegeben als {i}, nachgerechnet {s}"
            for z, i, s in zip(beide.loc[anders].to_dict("records"), a[anders], b[anders], strict=True)
        ]
    return maengel


def _vereinheitlicht(tabelle: pd.DataFrame, spalten: Sequence[str]) -> pd.DataFrame:
    tabelle = tabelle[list(spalten)].reset_index(drop=True)
    for spalte in spalten:
        if spalte in _TAGE:
            tage = pd.to_datetime(tabelle[spalte])
            tabelle[spalte] = tage.dt.strftime("%Y-%m-%d").astype(object).where(tage.notna(), None)
        elif pd.api.types.is_numeric_dtype(tabelle[spalte]):
            tabelle[spalte] = tabelle[spalte].astype(float)
    return tabelle


def _gleich(a: pd.Series[Any], b: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if pd.api.types.is_float_dtype(a) or pd.api.types.is_float_dtype(b):
        return np.isclose(pd.to_numeric(a).astype(float), pd.to_numeric(b).astype(float), 1e-9, 1e-9, equal_nan=True)
    return ((a == b) | (a.isna() & b.isna())).to_numpy(dtype=bool)


def _ort(zeile: dict[Any, Any], schluessel: Sequence[str]) -> str:
    return " ".join(str(zeile[s]) for s in schluessel if zeile[s] is not None)
