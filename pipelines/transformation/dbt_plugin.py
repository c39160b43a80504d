"""The plugin of dbt-duckdb that ``profiles.yml`` names: dbt's connections know the statistical functions.

Belongs here: this hook, because it needs dbt's class. Does not belong here: the functions (``statistik``), which the
audit registers on a connection of its own.
"""

from __future__ import annotations

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from pipelines.transformation.statistik import registriere


class Plugin(BasePlugin):  # type: ignore[misc]
    """What dbt-duckdb loads by the module's name."""

    def configure_connection(self, conn: Any) -> None:  # noqa: ANN401 - the class of the base
        """Called once for every connection that dbt opens."""
        registriere(conn)
