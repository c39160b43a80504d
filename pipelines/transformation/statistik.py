"""Statistical functions that DuckDB lacks, for dbt's models: a plugin of dbt-duckdb (named in ``profiles.yml``).

Belongs here: functions whose value scipy knows (quantiles, tails), registered on dbt's connection under German names.
Does not belong here: what SQL can say, which figure gets which interval (dbt's macros), and the audit's second way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
from dbt.adapters.duckdb.plugins import BasePlugin
from scipy import special

ZIEHUNGEN = 500
"""Replicates of a rank interval."""


def poisson_grenze(faelle: float, wahrscheinlichkeit: float) -> float:
    """The expected number at the given end of the exact interval for a count (Garwood 1936).

    ``wahrscheinlichkeit`` 0.025 is the lower end χ²(0.025; 2x)/2 (0 without a case), 0.975 the upper χ²(0.975; 2x+2)/2
    of 95 %. The gamma quantile is half the χ² quantile.
    """
    unten = wahrscheinlichkeit < 0.5
    if unten and faelle <= 0:
        return 0.0
    return float(special.gammaincinv(faelle if unten else faelle + 1, wahrscheinlichkeit))


def normal_ueberschreitung(z: float) -> float:
    """Two-sided tail of the standard normal distribution: the chance of a value at least as far from 0 as ``z``."""
    return float(special.erfc(abs(z) / 2**0.5))


def poisson_vergleich(faelle: float, uebrige: float, anteil: float) -> float:
    """Two-sided p-value that two counts come from one rate (Przyborowski and Wilenski 1940), the smaller tail doubled.

    Given both together, the first is binomial; ``anteil`` is its share of the base under equal rates.
    """
    hoechstens = special.betaincc(faelle + 1, uebrige, anteil) if uebrige > 0 else 1.0
    mindestens = special.betainc(faelle, uebrige + 1, anteil) if faelle > 0 else 1.0
    return float(min(1.0, 2 * min(hoechstens, mindestens)))


def rangintervall(
    art: str, schluessel: str, zaehler: Sequence[float], nenner: Sequence[float], hoch_zuerst: bool
) -> dict[str, list[int]]:
    """5 % and 95 % of each district's rank when its numerator is drawn anew (binomial for ``wilson``, else Poisson).

    The stream of random numbers follows from ``schluessel``: the same group gives the same interval in every build.
    A rank is 1 plus the number of districts that come before; equal values share it.
    """
    if len(zaehler) == 1:
        return {"von": [1], "bis": [1]}
    saat = int.from_bytes(hashlib.sha256(schluessel.encode()).digest()[:8], "big")
    wuerfel = np.random.Generator(np.random.PCG64(saat))
    x, n = np.asarray(zaehler, dtype=float), np.asarray(nenner, dtype=float)
    if art == "wilson":
        ganze = np.maximum(np.rint(n), 1).astype(np.int64)
        raten = wuerfel.binomial(ganze, np.clip(x / n, 0, 1), (ZIEHUNGEN, len(x))) / ganze
    else:
        raten = wuerfel.poisson(x, (ZIEHUNGEN, len(x))) / n
    raenge = _raenge(-raten if hoch_zuerst else raten)
    unten, oben = ZIEHUNGEN * 5 // 100 - 1, ZIEHUNGEN * 95 // 100 - 1
    raenge.partition((unten, oben), axis=0)
    return {"von": raenge[unten].tolist(), "bis": raenge[oben].tolist()}


def _raenge(werte: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Standard competition ranks (1, 2, 2, 4) of each row, the lowest value first."""
    folge = np.argsort(werte, axis=1)
    sortiert = np.take_along_axis(werte, folge, 1)
    plaetze = np.tile(np.arange(1, werte.shape[1] + 1, dtype=np.int32), (len(werte), 1))
    plaetze[:, 1:][sortiert[:, 1:] == sortiert[:, :-1]] = 0
    np.maximum.accumulate(plaetze, axis=1, out=plaetze)
    raenge = np.empty_like(plaetze)
    np.put_along_axis(raenge, folge, plaetze, 1)
    return raenge


FUNKTIONEN = {
    "poisson_grenze": (poisson_grenze, ["DOUBLE", "DOUBLE"], "DOUBLE"),
    "normal_ueberschreitung": (normal_ueberschreitung, ["DOUBLE"], "DOUBLE"),
    "poisson_vergleich": (poisson_vergleich, ["DOUBLE", "DOUBLE", "DOUBLE"], "DOUBLE"),
    "rangintervall": (
        rangintervall,
        ["VARCHAR", "VARCHAR", "DOUBLE[]", "DOUBLE[]", "BOOLEAN"],
        "STRUCT(von INTEGER[], bis INTEGER[])",
    ),
}
"""SQL name → (function, types of its arguments, type of its result)."""


def registriere(con: duckdb.DuckDBPyConnection) -> None:
    """Make all functions known to a connection; an argument that is null gives null."""
    for name, (funktion, argumente, ergebnis) in FUNKTIONEN.items():
        con.create_function(name, funktion, argumente, ergebnis)


class Plugin(BasePlugin):  # type: ignore[misc]
    """What dbt-duckdb loads by the module's name."""

    def configure_connection(self, conn: Any) -> None:  # noqa: ANN401 - the class of the base
        """Called once for every connection that dbt opens."""
        registriere(conn)
