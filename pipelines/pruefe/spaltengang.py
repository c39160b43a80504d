"""Column lineage found again from the SQL that the release carries.

Belongs here: what takes the place of dbt's manifest for it. Does not belong here: resolving SQL
(``transformation.spaltenherkunft``) and whether the released lineage is whole (``kette``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pipelines.fingerabdruck import STAMMDATEN
from pipelines.rohtabellen.rechenwege import rohwege
from pipelines.transformation.herkunftstabelle import Rohwege, lies_schema, schreibe_spaltenherkunft
from quellen.modell import Quelle

VERWEIS = re.compile(r'"lager"\."(\w+)"\."(\w+)"')
"""How executed SQL names a relation."""


def liest(sql: str) -> set[str]:
    """``schema.table`` of everything that a model's SQL reads."""
    return {f"{schema}.{name}" for schema, name in VERWEIS.findall(sql)}


def schreibe_kanten(
    con: duckdb.DuckDBPyConnection, sql: Mapping[str, str], stammdaten: Iterable[str], katalog: Mapping[str, Quelle]
) -> None:
    """Fill ``raw.spaltenherkunft`` of a database in which all models were run; the release is attached as ``frei``."""
    con.execute("delete from raw.modelle")
    con.execute("insert into raw.modelle select unnest(?), unnest(?)", [list(sql), list(sql.values())])
    with TemporaryDirectory(prefix="sozialraum-pruefe-") as ablage:
        manifest = _manifest(con, sql, stammdaten)
        schreibe_spaltenherkunft(con, manifest, Rohwege(*rohwege(katalog.values())), Path(ablage))


def _manifest(
    con: duckdb.DuckDBPyConnection, sql: Mapping[str, str], stammdaten: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Of dbt's manifest what lineage needs. A seed is released under its name unless a model is."""
    frei = {
        str(z[0]) for z in con.execute("select table_name from duckdb_tables() where database_name = 'frei'").fetchall()
    }
    modelle = {m: _knoten("model", m, frei) for m in sql}
    vergeben = {k["alias"] for k in modelle.values()}
    saat = {f"stammdaten.{s}": _knoten("seed", f"stammdaten.{s}", frei - vergeben) for s in stammdaten}
    for name, knoten in saat.items():
        ordner = STAMMDATEN.partition("/")[2]
        knoten["original_file_path"] = f"{ordner}/{name.partition('.')[2]}.csv"
    for name, knoten in modelle.items():
        knoten["depends_on"] = {"nodes": sorted(liest(sql[name]))}
    roh = {
        f"raw.{name}": {"resource_type": "source", "schema": "raw", "identifier": name, "config": {}}
        for name in lies_schema(con)["raw"]
    }
    return {"nodes": modelle | saat, "sources": roh}


def _knoten(art: str, relation: str, frei: set[str]) -> dict[str, Any]:
    schema, _, name = relation.partition(".")
    meta = {"freigabe": name} if name in frei else {}
    return {"resource_type": art, "schema": schema, "alias": name, "config": {"meta": meta}}
