"""The predecessor's tables as raw tables, whatever columns its code gave them.

Belongs here: which released table fills which raw table, and what an older release does not have. Does not belong here:
comparing (``dbt_projekt/models/revisionen``), the columns themselves (``pipelines.lager``).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

TABELLEN = {
    "vorgaenger_indikatoren": "indikatoren",
    "vorgaenger_katalog": "indikator_katalog",
    "vorgaenger_abrufe": "abrufe",
    "vorgaenger_quellen": "quellen",
    "vorgaenger_beobachtungen": "beobachtungen",
    "vorgaenger_zuordnung": "indikator_zuordnung",
    "vorgaenger_gebietszuordnung": "gebietszuordnung",
    "vorgaenger_gebiete": "gebiete",
    "vorgaenger_ableitungen": "ableitungen",
    "vorgaenger_einrichtungen": "einrichtungen",
    "vorgaenger_nachfragepunkte": "nachfragepunkte",
    "vorgaenger_index_definition": "index_definition",
    "vorgaenger_index_bestandteile": "index_bestandteile",
    "vorgaenger_reichweiten": "reichweiten",
    "vorgaenger_brueche": "brueche",
    "vorgaenger_revisionen": "revisionen",
    "vorgaenger_freigabe": "freigabe",
    "vorgaenger_freigaben": "freigaben",
}
"""Raw table → table of the released file."""


class VorgaengerFehler(Exception):
    """The current release cannot be read, so what changed since then could not be told."""


def lade_vorgaenger(con: duckdb.DuckDBPyConnection, datei: Path | None) -> None:
    """Fill the predecessor's raw tables from its released file; without one they are empty.

    Raises ``VorgaengerFehler`` if the file is damaged or missing.
    """
    if datei is None:
        _leere(con)
        return
    pfad = str(datei).replace("'", "''")
    try:
        con.execute(f"attach '{pfad}' as alt (read_only)")
        try:
            uebernimm(con)
        finally:
            con.execute("detach alt")
    except duckdb.Error as fehler:
        raise VorgaengerFehler(
            f"Die aktuelle Freigabe {datei.parent.name} lässt sich nicht lesen: {fehler}. Erwartet: {datei.name}, wie "
            "sie freigegeben wurde; ohne sie fehlen die Revisionen. Was tun: »sozialraum pruefe« anwenden und sie aus "
            "der Sicherung wiederherstellen, oder den Zeiger »aktuell« entfernen und als erste Freigabe neu beginnen."
        ) from fehler


def uebernimm(con: duckdb.DuckDBPyConnection) -> None:
    """Fill them from the database attached as ``alt``.

    A column that it does not have is empty and named in ``raw.vorgaenger_luecken``; for a whole table that it does not
    have, the column is ``''``. What is missing there is never taken for a change.
    """
    _leere(con)
    lager = str(con.execute("select current_database()").fetchall()[0][0])
    hat, soll = _spalten(con, "alt", "main"), _spalten(con, lager, "raw")
    for roh, frei in TABELLEN.items():
        _lade(con, (roh, soll[roh]), (frei, hat.get(frei, {})))


def _leere(con: duckdb.DuckDBPyConnection) -> None:
    for roh in [*TABELLEN, "vorgaenger_luecken"]:
        con.execute(f"delete from raw.{roh}")  # noqa: S608 - fixed names


def _lade(con: duckdb.DuckDBPyConnection, ziel: tuple[str, dict[str, str]], quelle: tuple[str, dict[str, str]]) -> None:
    (roh, soll), (frei, hat) = ziel, quelle
    for name in [n for n in soll if n not in hat] if hat else [""]:
        con.execute("insert into raw.vorgaenger_luecken values (?, ?)", [frei, name])
    if hat:
        auswahl = ", ".join(
            f'cast(t."{n}" as {typ})' if n in hat else f"cast(null as {typ})" for n, typ in soll.items()
        )
        con.execute(f"insert into raw.{roh} select {auswahl} from alt.main.{frei} as t")  # noqa: S608 - fixed names


def _spalten(con: duckdb.DuckDBPyConnection, datei: str, schema: str) -> dict[str, dict[str, str]]:
    """Table → column → type."""
    tabellen: dict[str, dict[str, str]] = {}
    for tabelle, spalte, typ in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where database_name = ? and schema_name = ? "
        "order by table_name, column_index",
        [datei, schema],
    ).fetchall():
        tabellen.setdefault(str(tabelle), {})[str(spalte)] = str(typ)
    return tabellen
