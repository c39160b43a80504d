"""The column lineage of the whole warehouse as one table, from every released column down to where it begins.

Belongs here: keeping the executed SQL of every model (``raw.modelle``), and ``raw.spaltenherkunft`` made of it, which
is released. Does not belong here: the lineage of one model (``spaltenherkunft``), and how raw tables come about, which
the caller says. A column without lineage is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipelines.transformation.dbt_lauf import Knotenergebnis
from pipelines.transformation.spaltenherkunft import HerkunftFehler, Modell, Spaltenquellen, spaltenherkunft

Schema = dict[str, dict[str, dict[str, str]]]
"""Schema → table → column → type."""

TABELLE = "spaltenherkunft"
SELBST = "pipelines/transformation/herkunftstabelle.py"
AUS_DEKLARATIONEN = frozenset({"zuordnungen", "zeichen", "quellen", "merkmale", "rollen"})
ENDEN = {"abrufe": "abruf", "archiveintraege": "abruf", "lauf": "lauf"} | dict.fromkeys(
    AUS_DEKLARATIONEN, "deklaration"
)
"""Raw tables at which lineage ends, though they hold no text of a source file, and what they are."""


class Kante(NamedTuple):
    """A column and one that it is made of. ``quellart`` says what the latter is, see ``models/quellen.yml``."""

    tabelle: str
    spalte: str
    quelltabelle: str
    quellspalte: str
    quellart: str


@dataclass(frozen=True)
class Rohwege:
    """What raw tables are: ``texte`` hold cells of source files, ``gerechnet`` are made of others, column by column."""

    texte: frozenset[str]
    gerechnet: Mapping[str, Spaltenquellen]


def lies_schema(con: duckdb.DuckDBPyConnection) -> Schema:
    """Every relation of the private file with its columns, in order."""
    schema: Schema = {}
    for s, t, c, typ in con.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns "
        "where table_catalog = current_database() order by ordinal_position"
    ).fetchall():
        schema.setdefault(s, {}).setdefault(t, {})[c] = typ
    return schema


def relation(knoten: Mapping[str, Any]) -> str:
    """``schema.table`` of a model, seed or source."""
    return f"{knoten['schema']}.{knoten.get('alias') or knoten['identifier']}"


def merke_modelle(con: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], gebaut: Iterable[Knotenergebnis]) -> int:
    """Keep the SQL of every model that was built; forget models that are no longer there. Returns how many are kept."""
    alle = {relation(n): k for k, n in manifest["nodes"].items() if n["resource_type"] == "model"}
    neu = {relation(manifest["nodes"][e.knoten]): e.sql for e in gebaut if e.art == "model" and e.gut}
    con.execute("delete from raw.modelle where modell in (select unnest(?::varchar[]))", [list(neu)])
    con.execute("delete from raw.modelle where modell not in (select unnest(?::varchar[]))", [list(alle)])
    con.execute("insert into raw.modelle select unnest(?::varchar[]), unnest(?::varchar[])", [[*neu], [*neu.values()]])
    return len(alle)


def herkunft_des_modells(
    knoten: str, sql: str, manifest: Mapping[str, Any], schema: Schema, ablage: Path
) -> Spaltenquellen:
    """Lineage of one model with what it reads, by the columns that its relations have in the private file."""
    node = manifest["nodes"][knoten]
    gelesen: Schema = {}
    for oben in node["depends_on"]["nodes"]:
        vater = manifest["nodes"].get(oben) or manifest["sources"][oben]
        name = vater.get("alias") or vater["identifier"]
        gelesen.setdefault(vater["schema"], {})[name] = schema[vater["schema"]][name]
    spalten = tuple(schema[node["schema"]][node["alias"]])
    return spaltenherkunft(Modell(relation(node), sql, spalten), gelesen, ablage)


def schreibe_spaltenherkunft(
    con: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any], roh: Rohwege, ablage: Path
) -> int:
    """Fill ``raw.spaltenherkunft`` from the kept SQL of all models; returns its number of rows.

    Raises ``HerkunftFehler`` if a model's SQL was not kept, a column cannot be resolved or a relation is unknown.
    """
    sql = dict(con.execute("select modell, sql from raw.modelle").fetchall())
    schema = lies_schema(con)
    modelle: dict[str, Spaltenquellen] = {}
    for kennung, node in manifest["nodes"].items():
        if node["resource_type"] != "model":
            continue
        name = relation(node)
        if name not in sql or node["alias"] not in schema.get(node["schema"], {}):
            raise HerkunftFehler(f"{name}: das ausgeführte SQL ist nicht aufgehoben. Was tun: dbt ganz ausführen")
        modelle[name] = herkunft_des_modells(kennung, sql[name], manifest, schema, ablage)
    kanten = alle_kanten(manifest, schema, modelle, roh)
    con.execute("delete from raw.spaltenherkunft")
    con.execute(
        "insert into raw.spaltenherkunft select unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::varchar[]), "
        "unnest(?::varchar[]), unnest(?::varchar[])",
        [list(spalte) for spalte in zip(*kanten, strict=True)],
    )
    return len(kanten)


def alle_kanten(
    manifest: Mapping[str, Any], schema: Schema, modelle: Mapping[str, Spaltenquellen], roh: Rohwege
) -> list[Kante]:
    """Every edge, sorted. A released relation goes by that name, a seed by its file, others as ``schema.table``."""
    knoten = [n for n in manifest["nodes"].values() if n["resource_type"] in ("model", "seed")]
    freigegeben = {
        relation(n): str(name)
        for n in [*knoten, *manifest.get("sources", {}).values()]
        if (name := (n.get("config", {}).get("meta") or {}).get("freigabe"))
    }
    saat = {relation(n): f"dbt_projekt/{n['original_file_path']}" for n in knoten if n["resource_type"] == "seed"}
    arten = {relation(n): "modell" for n in knoten} | dict.fromkeys(saat, "stammdaten")
    arten |= dict.fromkeys(freigegeben, "freigabe")
    arten |= {f"raw.{name}": "quelltext" for name in roh.texte} | {f"raw.{name}": "roh" for name in roh.gerechnet}
    arten |= {f"raw.{name}": art for name, art in ENDEN.items()}
    namen = saat | freigegeben
    gemacht = dict(modelle) | {f"raw.{name}": spalten for name, spalten in roh.gerechnet.items()}
    kanten: set[Kante] = set()
    for tabelle, spalten in gemacht.items():
        name = namen.get(tabelle, tabelle)
        for spalte, quellen in spalten.items():
            kanten |= {_kante((name, spalte), quelle, arten, namen, schema) for quelle in quellen}
            if not quellen:
                kanten.add(Kante(name, spalte, "", "", "konstante"))
    for n in knoten:
        if (name := freigegeben.get(relation(n), "")) and relation(n) in saat:
            kanten |= {Kante(name, s, saat[relation(n)], s, "stammdaten") for s in schema[n["schema"]][n["alias"]]}
    kanten |= {Kante(TABELLE, spalte, SELBST, "", "programm") for spalte in Kante._fields}
    return sorted(kanten)


def _kante(
    ziel: tuple[str, str],
    quelle: Sequence[str],
    arten: Mapping[str, str],
    namen: Mapping[str, str],
    schema: Schema,
) -> Kante:
    tabelle, spalte = quelle
    art = arten.get(tabelle) or ("vorgaenger" if tabelle.startswith("raw.vorgaenger_") else "")
    ort, _, name = tabelle.partition(".")
    if not art or spalte not in schema.get(ort, {}).get(name, {}):
        raise HerkunftFehler(
            f"{'.'.join(ziel)} ist aus {tabelle}.{spalte} gemacht, und die ist unbekannt. Was tun: eine neue Tabelle "
            f"in {SELBST} (ENDEN) oder in pipelines/rohtabellen/rechenwege.py eintragen"
        )
    return Kante(*ziel, namen.get(tabelle, tabelle), spalte, art)
