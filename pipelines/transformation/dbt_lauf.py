"""One ``dbt build`` inside this process, as a list of results.

Belongs here: invoking dbt and reading its results. Does not belong here: Dagster events made of them
(``pipelines.assets``). The runner saves the start of a second Python; its connection to the private file is closed
afterwards, because an open one would keep this process from opening the file in another way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.einstellungen import DBT_PROJEKT, Einstellungen
from pipelines.transformation.deklarationsort import mit_zeilen
from pipelines.transformation.manifest import DBT_ORDNER, gelesenes_manifest, umgebung


@dataclass(frozen=True)
class Knotenergebnis:
    """One node of a build: ``status`` is ``success``, ``pass``, ``warn``, ``fail``, ``error`` or ``skipped``."""

    knoten: str
    art: str
    status: str
    meldung: str
    sekunden: float
    fehlschlaege: int
    sql: str

    @property
    def gut(self) -> bool:
        """Whether what follows may build on it."""
        return self.status in ("success", "pass", "warn")


class DbtFehler(Exception):
    """dbt could not start or compile; the message is dbt's, with the line of a declaration that is wrong."""


def baue(
    einstellungen: Einstellungen,
    argumente: Sequence[str] = (),
    melde: Callable[[str], None] = lambda _text: None,
) -> list[Knotenergebnis]:
    """Run ``dbt build``. ``melde`` gets one line per finished node. Raises ``DbtFehler`` if nothing could run."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager  # noqa: PLC0415 - heavy, only when building
    from dbt.cli.main import dbtRunner  # noqa: PLC0415

    def ereignis(event: Any) -> None:  # noqa: ANN401 - dbt's event messages are not typed
        if event.info.name == "NodeFinished":
            melde(f"{event.data.node_info.node_name}: {event.data.node_info.node_status}")

    with umgebung(einstellungen):
        try:
            ergebnis = dbtRunner(manifest=gelesenes_manifest(einstellungen), callbacks=[ereignis]).invoke(
                ["--quiet", "build", *DBT_ORDNER, *argumente]
            )
        finally:
            DuckDBConnectionManager.close_all_connections()
    if ergebnis.exception is not None:
        raise DbtFehler(mit_zeilen(str(ergebnis.exception), DBT_PROJEKT))
    return [
        Knotenergebnis(
            knoten=r.node.unique_id,
            art=str(r.node.resource_type),
            status=str(r.status),
            meldung=mit_zeilen(r.message or "", DBT_PROJEKT),
            sekunden=r.execution_time,
            fehlschlaege=r.failures or 0,
            sql=getattr(r.node, "compiled_code", "") or "",
        )
        for r in ergebnis.result.results
    ]
