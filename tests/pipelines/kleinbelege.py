"""What the small warehouse keeps beside its tables: manifest, declarations, SQL of its models, column lineage."""

from __future__ import annotations

import copy
import csv
import functools
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.freigabe.tabellen import text
from quellen.modell import Quelle

PROJEKT = Path(__file__).resolve().parents[2] / "dbt_projekt"
CODE = "pipelines/lauf.py"
Deklaration = tuple[str, str, str | None]
"""Path, sha256 and, of a source declaration, its text."""


def manifest() -> dict[str, Any]:
    """What dbt's manifest says about the released tables, read from the project's .yml files; one's own copy."""
    return copy.deepcopy(_gelesen())


@functools.cache
def _gelesen() -> dict[str, Any]:
    knoten: dict[str, Any] = {}
    for datei in [*sorted(PROJEKT.glob("models/*/*.yml")), PROJEKT / "seeds" / "seeds.yml"]:
        inhalt = yaml.safe_load(datei.read_text(encoding="utf-8"))
        for art in ("models", "seeds"):
            for modell in inhalt.get(art, []):
                config = modell.get("config", {})
                knoten[f"{art}.{modell['name']}"] = {
                    "resource_type": art[:-1],
                    "schema": config.get("schema", "stammdaten" if art == "seeds" else datei.parent.name),
                    "alias": config.get("alias", modell["name"]),
                    "config": {"meta": config.get("meta", {})},
                    "description": modell["description"],
                    "columns": {s["name"]: s for s in modell.get("columns", [])},
                }
    quellen = yaml.safe_load((PROJEKT / "models" / "quellen.yml").read_text(encoding="utf-8"))["sources"][0]
    return {"nodes": knoten, "sources": {f"raw.{q['name']}": _rohtabelle(q) for q in quellen["tables"]}}


def _rohtabelle(quelle: dict[str, Any]) -> dict[str, Any]:
    return {
        "resource_type": "source",
        "schema": "raw",
        "identifier": quelle["name"],
        "config": {"meta": quelle.get("config", {}).get("meta", {})},
        "description": quelle.get("description", ""),
        "columns": {s["name"]: s for s in quelle.get("columns", [])},
    }


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
    """Write what the nightly run keeps beside the tables. The model before all others is added to the manifest.

    The SQL of a model gives its rows as they are, and names in a comment what lineage says of it.
    """
    manifest["nodes"]["models.vorstufe"] = {
        "resource_type": "model", "schema": "beobachtungen", "alias": "vorstufe", "config": {}, "columns": {},
    }  # fmt: skip
    modelle = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    with duckdb.connect(str(lager)) as con:
        con.execute("set timezone = 'UTC'")
        con.execute("create table raw.deklarationen (pfad varchar, sha256 varchar, text varchar)")
        con.executemany("insert into raw.deklarationen values (?, ?, ?)", deklarationen)
        con.execute("create table raw.modelle (modell varchar, sql varchar)")
        for n in modelle:
            name = f"{n['schema']}.{n['alias']}"
            if n["config"].get("meta", {}).get("freigabe"):
                merke_sql(con, name)
            else:
                con.execute(
                    "insert into raw.modelle values (?, ?)", [name, "-- originaltext from raw.quelle\nselect 1 as eins"]
                )


def merke_sql(con: duckdb.DuckDBPyConnection, tabelle: str) -> None:
    """Keep the SQL of a released table as it is now, in place of what was kept of it."""
    spalten = ", ".join(str(z[0]) for z in con.execute(f"describe {tabelle}").fetchall())
    sql = f"-- {spalten} from beobachtungen.vorstufe\n{_als_sql(con, tabelle)}"
    con.execute("delete from raw.modelle where modell = ?", [tabelle])
    con.execute("insert into raw.modelle values (?, ?)", [tabelle, sql])


def _als_sql(con: duckdb.DuckDBPyConnection, tabelle: str) -> str:
    """A query that gives the rows of a table without reading it."""
    typen = [(str(z[0]), str(z[1])) for z in con.execute(f"describe {tabelle}").fetchall()]
    auswahl = ", ".join(f'cast(t."{s}" as {typ}) as "{s}"' for s, typ in typen)
    zeilen = con.execute(f"select columns(*)::varchar from {tabelle}").fetchall()
    werte = [", ".join("null" if w is None else text(w) for w in z) for z in zeilen]
    spalten = ", ".join(f'"{s}"' for s, _ in typen)
    leer = f"({', '.join('null' for _ in typen)})"
    alle = ",\n".join(f"({w})" for w in werte) or leer
    return f"select {auswahl}\nfrom (values {alle}) as t ({spalten}){'' if werte else ' where false'}"


def kleinstammdaten(tabellen: Mapping[str, list[Any]], manifest: Mapping[str, Any]) -> list[Deklaration]:
    """The released seeds as the CSV files that the project would have."""
    zeilen: list[Deklaration] = []
    for knoten in manifest["nodes"].values():
        name = knoten["config"]["meta"].get("freigabe")
        if knoten["resource_type"] != "seed" or not name:
            continue
        with io.StringIO(newline="") as datei:
            csv.writer(datei, lineterminator="\n").writerows([list(knoten["columns"]), *tabellen.get(name, [])])
            inhalt = datei.getvalue()
        zeilen.append((f"dbt_projekt/seeds/{name}.csv", hashlib.sha256(inhalt.encode()).hexdigest(), inhalt))
    return zeilen
