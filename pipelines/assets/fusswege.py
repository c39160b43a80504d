"""The walking distances as an asset, after the network if one is declared.

Belongs here: the step of the night and what the UI shows of it. Does not belong here: the network and its ways
(``pipelines.rohtabellen.fusswege``).
"""

from collections.abc import Iterable

import dagster as dg

from pipelines.ressourcen import Haus
from pipelines.rohtabellen.fusswege import berechne_fusswege
from pipelines.rohtabellen.netzregeln import QUELLE
from quellen.modell import Quelle

SCHLUESSEL = dg.AssetKey(["raw", "fusswege"])
_IMMER = ("verortung_einrichtungen", "nachfragepunkte")


def fusswege_asset(quellen: Iterable[Quelle]) -> dg.AssetsDefinition:
    """The asset ``raw/fusswege``. The night report tells of a network that cannot be used; it stops nothing."""
    netz = [q.rohtabelle(teil) for q in quellen if q.id == QUELLE for teil in q.teile]

    @dg.asset(
        key=SCHLUESSEL,
        group_name="rohtabellen",
        deps=[dg.AssetKey(["raw", tabelle]) for tabelle in (*_IMMER, *netz)],
        description="Fußwege zwischen Nachfragepunkten und Einrichtungen im Fußwegenetz; leer, wenn keines da ist",
        kinds={"python", "duckdb"},
    )
    def _fusswege(context: dg.AssetExecutionContext, haus: Haus) -> dg.MaterializeResult:  # type: ignore[type-arg]
        with haus.lager() as con:
            paare, meldung = berechne_fusswege(con)
        if meldung:
            context.log.error(meldung)
        stand = "im Fußwegenetz" if paare else "Luftlinie mal Umwegfaktor: kein Fußwegenetz"
        return dg.MaterializeResult(metadata={"dagster/row_count": paare, "Fußwege": meldung or stand})

    return _fusswege
