"""Writing the raw tables of one source and what goes with them.

Belongs here: columns of raw tables and replacing rows of one source. Does not belong here: which retrievals fill them
(``kette``) and the transaction around it (``laden``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd

from pipelines.rohtabellen.pruefstand import Gelesen
from quellen.modell import Quelle, Teil
from quellen.vertrag import Rohsatz

Auswahl = Mapping[str, list[Gelesen]]
"""Teil → the retrievals that fill its raw table, with their rows."""


def rohspalten(teil: Teil) -> dict[str, str]:
    """Columns of a Teil's raw table and their DuckDB types, in order."""
    spalten = {"abruf": "varchar", "zeile": "bigint", "spalte": "bigint", "spaltenname": "varchar"}
    if teil.form == "werte":
        spalten |= {"merkmal": "varchar", "ist_davon": "boolean"}
        if teil.summe:
            spalten["total_fehlt"] = "boolean"
    spalten |= dict.fromkeys(teil.felder, "varchar")
    if teil.form == "werte":
        spalten |= {"korrigiert": "varchar", "korrektur": "varchar"}
    return spalten | {"originaltext": "varchar"}


def ersetze_rohtabelle(con: duckdb.DuckDBPyConnection, quelle: Quelle, teil: str, gelesen: list[Gelesen]) -> int:
    """Fill a raw table anew; returns its rows."""
    tabelle = f"raw.{quelle.rohtabelle(teil)}"
    spalten = rohspalten(quelle.teile[teil])
    definition = ", ".join(f'"{name}" {typ}' for name, typ in spalten.items())
    con.execute(f"create or replace table {tabelle} ({definition})")
    for g in gelesen:
        for nummer, satz in enumerate(g.saetze or ()):
            roh = satz.daten.assign(abruf=g.abruf.objekte[nummer].sha256)[list(spalten)]
            con.register("_roh", roh)
            con.execute(f"insert into {tabelle} select * from _roh")  # noqa: S608 - declared names
            con.unregister("_roh")
    return anzahl(con, quelle, teil)


def anzahl(con: duckdb.DuckDBPyConnection, quelle: Quelle, teil: str) -> int:
    """Rows of a raw table."""
    zeile = con.execute(f"select count(*) from raw.{quelle.rohtabelle(teil)}").fetchone()  # noqa: S608 - declared names
    return int(zeile[0]) if zeile else 0


def passt(con: duckdb.DuckDBPyConnection, quelle: Quelle) -> bool:
    """Whether all raw tables of a source are there in the shape that is declared now."""
    for name, teil in quelle.teile.items():
        zeilen = con.execute(
            "select column_name, lower(data_type) from information_schema.columns "
            "where table_schema = 'raw' and table_name = ? order by ordinal_position",
            [quelle.rohtabelle(name)],
        ).fetchall()
        if zeilen != list(rohspalten(teil).items()):
            return False
    return True


def ersetze_beiwerk(con: duckdb.DuckDBPyConnection, quelle: Quelle, gelesen: Auswahl) -> None:
    """What texts, signs and Merkmale mean, and the retrievals."""
    saetze = [
        (teil, g, nummer, satz)
        for teil, liste in gelesen.items()
        for g in liste
        for nummer, satz in enumerate(g.saetze or ())
    ]
    zuordnungen = {(quelle.id, teil, *zuordnung) for teil, _, _, satz in saetze for zuordnung in satz.zuordnungen}
    _ersetze(con, "raw.zuordnungen", quelle.id, [list(z) for z in sorted(zuordnungen)])
    zeichen = [
        [quelle.id, text, z.wert, z.status, z.vertraulichkeit, z.bedeutung]
        for text, z in sorted(quelle.zeichen.items())
    ]
    _ersetze(con, "raw.zeichen", quelle.id, zeichen)
    merkmale = [[quelle.id, m, a.name, a.einheit, a.verzeichnis] for m, a in sorted(quelle.merkmale.items())]
    _ersetze(con, "raw.merkmale", quelle.id, merkmale)
    abrufe = [_abrufzeile(quelle, teil, g, nummer, satz) for teil, g, nummer, satz in saetze]
    con.execute("delete from raw.abrufe where quelle = ?", [quelle.id])
    for zeile in abrufe:
        con.execute(f"insert into raw.abrufe values ({', '.join('?' * len(zeile))})", zeile)  # noqa: S608 - marks only


def _abrufzeile(quelle: Quelle, teil: str, g: Gelesen, nummer: int, satz: Rohsatz) -> list[Any]:
    objekt = g.abruf.objekte[nummer]
    return [
        objekt.sha256,
        quelle.id,
        teil,
        objekt.datei,
        objekt.url,
        g.abruf.abgerufen_am.isoformat(),
        None if objekt.http_status is None else str(objekt.http_status),
        objekt.kopf.get("etag", ""),
        str(objekt.bytes),
        g.abruf.datenart,
        None if g.abruf.stand is None else g.abruf.stand.isoformat(),
        g.abruf.weg,
        "\n".join(g.abruf.umwege),
        g.abruf.lizenz,
        satz.dezimal,
        satz.tausender,
        satz.format_art,
        satz.zeilen,
    ]


def _ersetze(con: duckdb.DuckDBPyConnection, tabelle: str, quelle: str, zeilen: list[list[Any]]) -> None:
    con.execute(f"delete from {tabelle} where quelle = ?", [quelle])  # noqa: S608 - fixed table names
    if zeilen:
        con.register("_neu", pd.DataFrame(zeilen, dtype=object))
        con.execute(f"insert into {tabelle} select * from _neu")  # noqa: S608 - fixed table names
        con.unregister("_neu")
