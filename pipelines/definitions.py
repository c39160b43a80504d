"""The code location that Dagster loads: all assets, the job ``nachtlauf`` and its schedule, the watch on files by hand.

Belongs here: putting the rooms together. Does not belong here: any work. The manifest of dbt is built here if it is
missing, so that a fresh clone needs no extra step.
"""

from __future__ import annotations

import dagster as dg

from pipelines.assets.abruf import abruf_asset
from pipelines.assets.dbt import modelle_asset
from pipelines.assets.eingang import eingang_job, eingang_sensor
from pipelines.assets.freigabe import freigabe_asset
from pipelines.assets.fusswege import fusswege_asset
from pipelines.assets.jahrgaenge import GRUPPE as NACHHOLEN
from pipelines.assets.jahrgaenge import jahrgang_assets
from pipelines.assets.roh import (
    einrichtungsorte,
    figuren_asset,
    laufstand_asset,
    roh_asset,
    verortung,
    zustandsbericht_asset,
)
from pipelines.einstellungen import Einstellungen
from pipelines.ressourcen import Haus
from pipelines.transformation.manifest import manifest
from quellen.modell import lade_katalog

JOB = "nachtlauf"
ZEITPLAN = "30 2 * * *"
ZEITZONE = "Europe/Berlin"


def definitionen() -> dg.Definitions:
    """Everything Dagster knows of this project, for the settings of the environment."""
    einstellungen = Einstellungen()
    quellen = list(lade_katalog(einstellungen.katalog).values())
    dbt_manifest = manifest(einstellungen)
    modelle = modelle_asset(dbt_manifest)
    assets = [
        abruf_asset(quellen),
        *(roh_asset(q) for q in quellen),
        verortung,
        einrichtungsorte,
        fusswege_asset(quellen),
        figuren_asset(quellen),
        laufstand_asset(quellen),
        modelle,
        freigabe_asset(dbt_manifest, modelle),
        zustandsbericht_asset(quellen),
        *jahrgang_assets(quellen),
    ]
    nachtlauf = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all() - dg.AssetSelection.groups(NACHHOLEN),
        description="Der ganze Weg einer Nacht: abrufen, laden, rechnen, prüfen, freigeben.",
        executor_def=dg.in_process_executor,
    )
    return dg.Definitions(
        assets=assets,
        jobs=[nachtlauf, eingang_job],
        sensors=[eingang_sensor],
        schedules=[
            dg.ScheduleDefinition(
                name=JOB,
                job=nachtlauf,
                cron_schedule=ZEITPLAN,
                execution_timezone=ZEITZONE,
                description="Jede Nacht um 2:30 Uhr deutscher Zeit",
            )
        ],
        resources={"haus": Haus()},
        executor=dg.in_process_executor,
    )


defs = definitionen()
