"""What stands in the released file beside the contents of its tables: descriptions, macros, and nothing else.

Belongs here: the catalogue of the DuckDB file against the papers beside it. Does not belong here: contents of tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pipelines.freigabe.belege import MAKROS
from pipelines.freigabe.tabellen import bezeichner
from pipelines.pruefe.bericht import Pruefpunkt

DATEI, DATENPAKET = "makros.duckdb", "datapackage.json"
_FREMD = {
    "das Schema": "select s.schema_name from duckdb_schemas() as s where s.database_name = current_database() "
    "and not s.internal and s.schema_name != 'main'",
    "die Sicht": "select v.view_name from duckdb_views() as v where v.database_name = current_database() "
    "and not v.internal",
    "die Sequenz": "select s.sequence_name from duckdb_sequences() as s where s.database_name = current_database()",
    "den Typ": "select t.type_name from duckdb_types() as t where t.database_name = current_database() "
    "and not t.internal",
    "den Index": "select i.index_name from duckdb_indexes() as i where i.database_name = current_database()",
    "die Bedingung": "select c.table_name || ': ' || c.constraint_text from duckdb_constraints() as c "
    "where c.database_name = current_database()",
    "die Vorgabe": "select c.table_name || '.' || c.column_name from duckdb_columns() as c "
    "where c.database_name = current_database() and not c.internal and c.column_default is not null",
}
"""What a release has none of → how to find it."""
_MAKROS = (
    "select f.function_name, f.parameters, f.macro_definition, f.comment from duckdb_functions() as f "
    "where f.database_name = current_database() and not f.internal order by f.function_name"
)

_SPALTEN = """
select c.table_name, string_agg('"' || c.column_name || '" ' || c.data_type, ', ' order by c.column_index)
from duckdb_columns() as c
where c.database_name = current_database() and c.schema_name = 'main' and not c.internal
group by c.table_name
"""
_KOMMENTARE = """
select t.table_name, '', t.comment
from duckdb_tables() as t
where t.database_name = current_database() and t.schema_name = 'main'
union all
select c.table_name, c.column_name, c.comment
from duckdb_columns() as c
where c.database_name = current_database() and c.schema_name = 'main' and not c.internal
"""


def pruefe_dateikatalog(con: duckdb.DuckDBPyConnection, ordner: Path) -> Pruefpunkt:
    """Descriptions as in the data package, macros as in ``belege/``, and no object that nobody asked for."""
    punkt = Pruefpunkt("Katalog der Datei", 0, einheit="Einträge")
    for was, abfrage in _FREMD.items():
        fremd = con.execute(f"{abfrage} order by all").fetchall()
        punkt.maengel += [f"die Datei enthält {was} {z[0]}, die zu keiner Freigabe gehört" for z in fremd]
    punkt.maengel += _beschreibungen(con, ordner, punkt)
    punkt.maengel += _makros(con, ordner, punkt)
    return punkt


def _beschreibungen(con: duckdb.DuckDBPyConnection, ordner: Path, punkt: Pruefpunkt) -> Iterator[str]:
    soll = _aus_dem_datenpaket(json.loads((ordner / DATENPAKET).read_text(encoding="utf-8")))
    ist = {(str(tabelle), str(spalte)): kommentar for tabelle, spalte, kommentar in con.execute(_KOMMENTARE).fetchall()}
    punkt.geprueft += len(ist)
    for name in sorted(ist.keys() | soll.keys()):
        if ist.get(name) != soll.get(name):
            ort = ".".join(filter(None, name))
            yield f"{ort}: beschrieben als »{ist.get(name)}«, in {DATENPAKET} als »{soll.get(name)}«"


def _aus_dem_datenpaket(paket: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Table and column (empty: the table itself) → description."""
    gefunden: dict[tuple[str, str], str] = {}
    for ressource in paket["resources"]:
        if ressource.get("format") == "csv":
            gefunden[ressource["title"], ""] = ressource["description"]
            gefunden |= {(ressource["title"], f["name"]): f["description"] for f in ressource["schema"]["fields"]}
    return gefunden


def _makros(con: duckdb.DuckDBPyConnection, ordner: Path, punkt: Pruefpunkt) -> Iterator[str]:
    """The same SQL in a file with the same, empty tables must give the same macros."""
    ist = {str(z[0]): z[1:] for z in con.execute(_MAKROS).fetchall()}
    spalten = con.execute(_SPALTEN).fetchall()
    with TemporaryDirectory(prefix="sozialraum-pruefe-") as nebenan:
        soll = _lies_makros(Path(nebenan) / DATEI, spalten, sorted((ordner / MAKROS).glob("*.sql")))
    punkt.geprueft += len(ist)
    for name in sorted(ist.keys() | soll.keys()):
        if name not in soll:
            yield f"die Datei enthält das Makro {name}, das unter {MAKROS}/ nicht steht"
        elif ist.get(name) != soll[name]:
            yield f"das Makro {name} {'ist ein anderes als' if name in ist else 'fehlt, es steht aber'} unter {MAKROS}/"


def _lies_makros(datei: Path, tabellen: list[tuple[Any, ...]], quellen: list[Path]) -> dict[str, tuple[Any, ...]]:
    """What a file says of macros after it was written and opened again: types are worded differently before that."""
    with duckdb.connect(str(datei)) as con:
        for name, spalten in tabellen:
            con.execute(f"create table {bezeichner(name)} ({spalten})")
        con.execute("set enable_external_access = false")
        for quelle in quellen:
            con.execute(quelle.read_text(encoding="utf-8"))
    with duckdb.connect(str(datei), read_only=True) as con:
        return {str(z[0]): z[1:] for z in con.execute(_MAKROS).fetchall()}
