"""Last room as an asset: the release, built aside, checked, made current in one step.

Belongs here: the Dagster step and what the UI shows of a release. Does not belong here: building and checking it
(``pipelines.freigabe``).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from pipelines.assets.linie import freigabeschritt
from pipelines.freigabe import FreigabeFehler, freigeben
from pipelines.ressourcen import Haus
from pipelines.transformation.herkunftstabelle import lies_schema

SCHLUESSEL = dg.AssetKey(["freigabe", "sozialraum"])
CHECK = "pruefungen"


def freigabe_asset(manifest: Mapping[str, Any], modelle: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The asset ``freigabe/sozialraum``; depends on every model that is released."""
    freigegeben = {k for k, n in manifest["nodes"].items() if (n.get("config", {}).get("meta") or {}).get("freigabe")}
    deps = [s.key for s in modelle.specs if s.metadata["dagster_dbt/unique_id"] in freigegeben]

    @dg.asset(
        key=SCHLUESSEL,
        group_name="freigabe",
        deps=deps,
        description="Die freigegebene Datei sozialraum.duckdb mit Parquet, CSV und Prüfsummen; Leser sehen sie ganz "
        "oder gar nicht.",
        kinds={"duckdb", "parquet", "csv"},
        check_specs=[
            dg.AssetCheckSpec(
                CHECK, asset=SCHLUESSEL, description="Alle Prüfungen der Freigabe vor dem Wechsel sind bestanden"
            )
        ],
    )
    def _freigabe(context: dg.AssetExecutionContext, haus: Haus) -> dg.MaterializeResult:  # type: ignore[type-arg]
        e = haus.einstellungen
        beginn = datetime.now(UTC)
        with haus.lager() as con:
            zeile, schema = con.execute("select id from raw.lauf").fetchone(), lies_schema(con)
        if zeile is None:
            raise dg.Failure(
                description="raw.lauf ist leer. Was tun: den Job nachtlauf als Ganzes starten.", allow_retries=False
            )
        haus.schliesse_lager()
        try:
            freigabe = freigeben(e.lager, manifest, e.freigaben, haus.archiv, str(zeile[0]))
        except FreigabeFehler as fehler:
            raise dg.Failure(description=str(fehler), allow_retries=False) from fehler
        haus.melde_schritte([freigabeschritt(manifest, schema, beginn, datetime.now(UTC))])
        kopf = "| Prüfung | Ergebnis |\n| --- | --- |\n"
        pruefungen = kopf + "\n".join(f"| {p.name} | {p.meldung} |" for p in freigabe.pruefungen)
        tabellen = "| Tabelle | Zeilen |\n| --- | --- |\n" + "\n".join(
            f"| {t} | {n} |" for t, n in freigabe.zeilen.items()
        )
        return dg.MaterializeResult(
            metadata={
                "Freigabe": freigabe.id,
                "Ordner": dg.MetadataValue.path(str(freigabe.ordner)),
                "Tabellen": dg.MetadataValue.md(tabellen),
                "dagster/row_count": sum(freigabe.zeilen.values()),
            },
            check_results=[
                dg.AssetCheckResult(
                    check_name=CHECK, passed=True, metadata={"Prüfungen": dg.MetadataValue.md(pruefungen)}
                )
            ],
        )

    return _freigabe
