"""What the small warehouse keeps for the audit: declarations as files, SQL of its models, lineage of its columns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml

from quellen.modell import Quelle

CODE = "pipelines/lauf.py"
Deklaration = tuple[str, str, str | None]
"""Path, sha256 and, of a source declaration, its text."""


def kleindeklarationen(quellen: Mapping[str, Quelle]) -> list[Deklaration]:
    """One YAML file per source, and one file of code."""
    zeilen: list[Deklaration] = [(CODE, hashlib.sha256(b"b = 2").hexdigest(), None)]
    for kennung, quelle in quellen.items():
        text = yaml.safe_dump(quelle.model_dump(mode="json", exclude_unset=True, by_alias=True), allow_unicode=True)
        zeilen.append((f"quellen/katalog/{kennung}.yaml", hashlib.sha256(text.encode()).hexdigest(), text))
    return sorted(zeilen)


def kleinherkunft(manifest: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Every released column is made of one of a model of the same name, and that one of a text."""
    zeilen = []
    for knoten in [*manifest["nodes"].values(), *manifest["sources"].values()]:
        name = knoten["config"]["meta"].get("freigabe")
        for spalte in knoten["columns"] if name else ():
            if knoten["resource_type"] == "seed":
                zeilen.append((name, spalte, f"dbt_projekt/seeds/{name}.csv", spalte, "stammdaten"))
            elif knoten["resource_type"] == "source":
                zeilen.append((name, spalte, CODE, "", "programm"))
            else:
                zeilen.append((name, spalte, "beobachtungen.vorstufe", spalte, "modell"))
                zeilen.append(("beobachtungen.vorstufe", spalte, "raw.quelle", "originaltext", "quelltext"))
    return sorted(set(zeilen))


def merke_belege(lager: Path, manifest: Mapping[str, Any], deklarationen: list[Deklaration]) -> None:
    """Write what the nightly run keeps beside the tables. The model before all others is added to the manifest."""
    manifest["nodes"]["models.vorstufe"] = {
        "resource_type": "model", "schema": "beobachtungen", "alias": "vorstufe", "config": {}, "columns": {},
    }  # fmt: skip
    modelle = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    with duckdb.connect(str(lager)) as con:
        con.execute("create table raw.deklarationen (pfad varchar, sha256 varchar, text varchar)")
        con.executemany("insert into raw.deklarationen values (?, ?, ?)", deklarationen)
        con.execute("create table raw.modelle (modell varchar, sql varchar)")
        for n in modelle:
            aus = "originaltext from raw.quelle" if n["alias"] == "vorstufe" else "from beobachtungen.vorstufe"
            sql = f"select {', '.join(n['columns'])} {aus}"
            con.execute("insert into raw.modelle values (?, ?)", [f"{n['schema']}.{n['alias']}", sql])
