"""What a released file says about itself: tables, columns, indicators, sources.

Belongs here: the queries on the released DuckDB file and nothing else of the release. Does not belong here: the page
made of it (``seite``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import DATEI, enthaelt_beispiel, zeilen_als_dict


class WoerterbuchFehler(Exception):
    """The released file could not be read; the message is German."""


@dataclass(frozen=True)
class Spalte:
    """A column with its type and its German comment."""

    name: str
    typ: str
    beschreibung: str


@dataclass(frozen=True)
class Tabelle:
    """A released table with its comment and columns."""

    name: str
    beschreibung: str
    spalten: tuple[Spalte, ...]


@dataclass(frozen=True)
class Inhalt:
    """Everything that the dictionary shows. Rows of catalogue, modules and sources are dictionaries by column."""

    freigabe: dict[str, Any]
    beispiel: bool
    tabellen: tuple[Tabelle, ...]
    indikatoren: list[dict[str, Any]]
    module: list[dict[str, Any]]
    quellen: list[dict[str, Any]]


def lies(freigabe_ordner: Path) -> Inhalt:
    """Read the released file, read-only and without access to anything beside it. Raises ``WoerterbuchFehler``."""
    datei = freigabe_ordner / DATEI
    if not datei.is_file():
        raise WoerterbuchFehler(
            f"Unter {freigabe_ordner} liegt keine Freigabe. Erwartet: {datei.name}. Was tun: »sozialraum lauf« starten."
        )
    try:
        with duckdb.connect(str(datei.resolve()), read_only=True, config={"enable_external_access": "false"}) as con:
            con.execute("set timezone = 'UTC'")
            return _inhalt(con)
    except (duckdb.Error, IndexError) as fehler:
        raise WoerterbuchFehler(
            f"{datei.name} lässt sich nicht lesen: {fehler}. Was tun: die Freigabe prüfen (»sozialraum pruefe«)."
        ) from fehler


def _inhalt(con: duckdb.DuckDBPyConnection) -> Inhalt:
    return Inhalt(
        freigabe=zeilen_als_dict(con, "select f.id, f.erstellt_am from freigabe as f")[0],
        beispiel=enthaelt_beispiel(con),
        tabellen=_tabellen(con),
        indikatoren=zeilen_als_dict(
            con,
            """
            select k.indikator, k.name, k.beschreibung, k.form, k.zaehler, k.nenner, k.faktor, k.ziel, k.einheit,
                k.modul, k.modul_name, k.thema, k.richtung, k.quellen, k.basis, k.methode, k.unsicherheit,
                k.mindestbasis, k.mindeststatus, k.ebenen, k.gliederungen, k.definition, k.verfuegbar, k.benoetigt
            from indikator_katalog as k
            left join module as m on m.modul = k.modul
            order by k.verfuegbar desc, k.thema, cast(m.reihenfolge as integer), k.indikator
            """,
        ),
        module=zeilen_als_dict(con, "select m.modul, m.name from module as m order by cast(m.reihenfolge as integer)"),
        quellen=zeilen_als_dict(
            con,
            "select q.quelle, q.titel, q.herausgeber, q.lizenz, q.lizenz_url, q.namensnennung, q.url from quellen as q "
            "order by q.quelle",
        ),
    )


def _tabellen(con: duckdb.DuckDBPyConnection) -> tuple[Tabelle, ...]:
    spalten: dict[str, list[Spalte]] = {}
    for z in zeilen_als_dict(
        con,
        "select table_name, column_name, data_type, coalesce(comment, '') as comment from duckdb_columns() "
        "where database_name = current_database() and schema_name = 'main' and not internal "
        "order by table_name, column_index",
    ):
        spalten.setdefault(z["table_name"], []).append(Spalte(z["column_name"], z["data_type"], z["comment"]))
    tabellen = zeilen_als_dict(
        con,
        "select table_name, coalesce(comment, '') as comment from duckdb_tables() "
        "where database_name = current_database() and schema_name = 'main' and not internal order by table_name",
    )
    return tuple(Tabelle(z["table_name"], z["comment"], tuple(spalten[z["table_name"]])) for z in tabellen)
