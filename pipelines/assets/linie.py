"""The steps of a run as OpenLineage knows them: every dbt model, and the release.

Belongs here: what a model and the release read and write, from manifest, schema and column lineage. Does not belong
here: the events made of it (``pipelines.laufereignisse``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from pipelines.freigabe.tabellen import freigegebene
from pipelines.laufereignisse import FREIGABE, LAGER, Datensatz, Schritt
from pipelines.transformation.dbt_lauf import Knotenergebnis
from pipelines.transformation.herkunftstabelle import Schema, relation
from pipelines.transformation.spaltenherkunft import Spaltenquellen


def modellschritte(
    manifest: Mapping[str, Any],
    ergebnisse: Iterable[Knotenergebnis],
    schema: Schema,
    herkunft: Mapping[str, Spaltenquellen],
) -> Iterator[Schritt]:
    """One step per model that was run; what was skipped did not run. ``herkunft``: node → its column lineage."""
    for e in ergebnisse:
        if e.art != "model" or e.status == "skipped" or e.beginn is None or e.ende is None:
            continue
        node = manifest["nodes"][e.knoten]
        oben = [manifest["nodes"].get(k) or manifest["sources"][k] for k in node["depends_on"]["nodes"]]
        yield Schritt(
            name=relation(node),
            beginn=e.beginn,
            ende=e.ende,
            eingaenge=[Datensatz(LAGER, name) for name in sorted({relation(v) for v in oben})],
            ausgaenge=[_modell(node, schema, herkunft.get(e.knoten, {}))],
            fehler="" if e.gut else e.meldung.strip() or e.status,
        )


def _modell(node: Mapping[str, Any], schema: Schema, herkunft: Spaltenquellen) -> Datensatz:
    texte = {name: str(angaben.get("description") or "") for name, angaben in node["columns"].items()}
    typen = schema.get(node["schema"], {}).get(node["alias"], {})
    return Datensatz(
        LAGER,
        relation(node),
        str(node.get("description") or ""),
        {name: (typ, texte.get(name, "")) for name, typ in typen.items()},
        {spalte: [(LAGER, *quelle) for quelle in quellen] for spalte, quellen in herkunft.items()},
    )


def freigabeschritt(manifest: Mapping[str, Any], schema: Schema, beginn: datetime, ende: datetime) -> Schritt:
    """The release: every released table is the copy of one of the private file, column by column."""
    tabellen = freigegebene(manifest)
    return Schritt(
        name="freigabe",
        beginn=beginn,
        ende=ende,
        eingaenge=[Datensatz(LAGER, f"{t.schema}.{t.alias}") for t in tabellen],
        ausgaenge=[
            Datensatz(
                FREIGABE,
                f"main.{t.name}",
                t.beschreibung,
                {s: (typ, t.spalten.get(s, "")) for s, typ in schema[t.schema][t.alias].items()},
                {s: [(LAGER, f"{t.schema}.{t.alias}", s)] for s in schema[t.schema][t.alias]},
            )
            for t in tabellen
        ],
    )
