"""Statistical functions that DuckDB lacks, for dbt's models: a plugin of dbt-duckdb (named in ``profiles.yml``).

Belongs here: functions whose value scipy knows (quantiles, tails), registered on dbt's connection under German names.
Does not belong here: what SQL can say, which figure gets which interval (dbt's macros), and the audit's second way.
"""

from __future__ import annotations

from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from scipy import special


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


FUNKTIONEN = {
    "poisson_grenze": (poisson_grenze, ["DOUBLE", "DOUBLE"], "DOUBLE"),
    "normal_ueberschreitung": (normal_ueberschreitung, ["DOUBLE"], "DOUBLE"),
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
