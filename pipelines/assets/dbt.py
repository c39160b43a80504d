"""Third room as assets: every dbt model and seed, its tests as checks, its column lineage as metadata.

Belongs here: Dagster's view of dbt and one step that runs it. Does not belong here: SQL (``dbt_projekt``), running dbt
(``pipelines.transformation``).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, dbt_assets

from pipelines.assets.linie import modellschritte
from pipelines.ressourcen import Haus
from pipelines.rohtabellen.rechenwege import rohwege
from pipelines.transformation.dbt_lauf import Knotenergebnis, baue
from pipelines.transformation.herkunftstabelle import (
    Rohwege,
    herkunft_des_modells,
    lies_schema,
    merke_modelle,
    schreibe_spaltenherkunft,
)
from pipelines.transformation.manifest import ziel
from pipelines.transformation.spaltenherkunft import Spaltenquellen, als_tabelle

KENNUNG = "dagster_dbt/unique_id"


class Uebersetzer(DagsterDbtTranslator):
    """Groups are the rooms (folders) of the dbt project; descriptions are the German ones of the declarations."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The folder under ``models``; seeds are master data."""
        if dbt_resource_props["resource_type"] == "seed":
            return "stammdaten"
        return str(dbt_resource_props["fqn"][1])

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The description of the model; without one, the comment at the head of its SQL."""
        if dbt_resource_props.get("description"):
            return str(dbt_resource_props["description"])
        kopf = []
        for zeile in dbt_resource_props.get("raw_code", "").splitlines():
            if zeile.startswith("--"):
                kopf.append(zeile.removeprefix("--").strip())
            elif kopf:
                break
        return " ".join(kopf) or dbt_resource_props["name"]


def modelle_asset(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """All models and seeds as one step, runnable in parts."""

    @dbt_assets(manifest=manifest, dagster_dbt_translator=Uebersetzer(), name="dbt")
    def dbt_modelle(context: dg.AssetExecutionContext, haus: Haus) -> Iterator[Any]:
        auswahl = _auswahl(context, manifest)
        haus.schliesse_lager()
        ergebnisse = baue(haus.einstellungen, auswahl)
        context.log.info(f"{len(ergebnisse)} Modelle und Prüfungen, {sum(e.gut for e in ergebnisse)} davon gut")
        yield from _ereignisse(context, haus, manifest, ergebnisse)
        schlecht = [e for e in ergebnisse if not e.gut and e.status != "skipped"]
        if schlecht:
            zeilen = "\n".join(f"{manifest_name(manifest, e.knoten)}: {e.meldung.strip()}" for e in schlecht)
            raise dg.Failure(
                description="dbt hat Fehler gefunden; es entsteht keine Freigabe, die bisherige bleibt aktuell.\n"
                + zeilen,
                allow_retries=False,
            )

    return dbt_modelle


def manifest_name(manifest: Mapping[str, Any], knoten: str) -> str:
    """A node's short name."""
    return str(manifest["nodes"].get(knoten, {}).get("name", knoten))


def _auswahl(context: dg.AssetExecutionContext, manifest: Mapping[str, Any]) -> list[str]:
    if not context.is_subset:
        return []
    gewaehlt = [
        manifest_name(manifest, spec.metadata[KENNUNG])
        for spec in context.assets_def.specs
        if spec.key in context.selected_asset_keys
    ]
    return ["--select", *gewaehlt]


def _ereignisse(
    context: dg.AssetExecutionContext, haus: Haus, manifest: Mapping[str, Any], ergebnisse: list[Knotenergebnis]
) -> Iterator[Any]:
    schluessel = {spec.metadata[KENNUNG]: spec.key for spec in context.assets_def.specs}
    pruefungen = {spec.metadata[KENNUNG]: spec for spec in context.assets_def.check_specs}
    gebaut = [e for e in ergebnisse if e.knoten in schluessel and e.gut]
    ablage = ziel(haus.einstellungen) / "spaltenherkunft"
    with haus.lager() as con:
        schema = lies_schema(con)
        anzahl = {
            e.knoten: con.execute(f"select count(*) from {_relation(manifest, e.knoten)}").fetchone()[0]  # noqa: S608
            for e in gebaut
        }
        merke_modelle(con, manifest, ergebnisse)
        if all(e.gut for e in ergebnisse):
            schreibe_spaltenherkunft(con, manifest, Rohwege(*rohwege(haus.katalog.values())), ablage)
    je_modell = {
        e.knoten: herkunft_des_modells(e.knoten, e.sql, manifest, schema, ablage) for e in gebaut if e.art == "model"
    }
    haus.melde_schritte(list(modellschritte(manifest, ergebnisse, schema, je_modell)))
    for e in gebaut:
        yield dg.MaterializeResult(
            asset_key=schluessel[e.knoten],
            metadata={"dagster/row_count": anzahl[e.knoten], "Sekunden": round(e.sekunden, 3)}
            | _herkunft_metadaten(je_modell.get(e.knoten, {}), schluessel, manifest),
        )
    for e in ergebnisse:
        if e.knoten in pruefungen and e.status != "skipped":
            spec = pruefungen[e.knoten]
            yield dg.AssetCheckResult(
                asset_key=spec.asset_key,
                check_name=spec.name,
                passed=e.gut,
                severity=dg.AssetCheckSeverity.WARN if e.status == "warn" else dg.AssetCheckSeverity.ERROR,
                description=e.meldung or "bestanden",
                metadata={"Zeilen, die verstoßen": e.fehlschlaege, "Sekunden": round(e.sekunden, 3)},
            )


def _relation(manifest: Mapping[str, Any], knoten: str) -> str:
    node = manifest["nodes"][knoten]
    return f'"{node["schema"]}"."{node["alias"]}"'


def _herkunft_metadaten(
    herkunft: Spaltenquellen, schluessel: Mapping[str, dg.AssetKey], manifest: Mapping[str, Any]
) -> dict[str, Any]:
    if not herkunft:
        return {}
    asset_je_relation = {
        f"{manifest['nodes'][k]['schema']}.{manifest['nodes'][k]['alias']}": a for k, a in schluessel.items()
    }
    deps = {
        spalte: [
            dg.TableColumnDep(
                asset_key=asset_je_relation.get(tabelle, dg.AssetKey(tabelle.split("."))), column_name=name
            )
            for tabelle, name in quellen
        ]
        for spalte, quellen in herkunft.items()
    }
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps),
        "Spaltenherkunft": dg.MetadataValue.md(als_tabelle(herkunft)),
    }
