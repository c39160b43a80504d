"""The hash of a table's content, which does not depend on the bytes of the file it stands in.

Belongs here: this one definition, used when a release is built and when it is audited. Does not belong here: hashes of
files.

DuckDB files of equal content differ in some bytes. So a row is written as one text (values separated by the control
character 31, a missing value as the control character 1), hashed, and the row hashes are hashed in their own order: two
tables have the same hash if they hold the same rows, wherever and in whatever order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from pipelines.freigabe.tabellen import bezeichner


def spaltentypen(con: duckdb.DuckDBPyConnection, beziehung: str) -> dict[str, str]:
    """Column name → type of a table or table function, in order."""
    zeilen = con.execute(f"describe select * from {beziehung}").fetchall()  # noqa: S608 - names of our own
    return {str(z[0]): str(z[1]) for z in zeilen}


def zeilentext(spalten: Iterable[str]) -> str:
    """SQL expression for a row as one text."""
    werte = ", ".join(f"coalesce(cast({bezeichner(s)} as varchar), chr(1))" for s in spalten)
    return f"concat_ws(chr(31), {werte})"


def inhaltshash(con: duckdb.DuckDBPyConnection, beziehung: str, spalten: Mapping[str, str]) -> str:
    """Hex sha256 over the rows of ``beziehung`` with the given columns (name → type, both count).

    The connection's time zone must be UTC, because times are written in it.
    """
    kopf = ", ".join(f"{name} {typ}" for name, typ in spalten.items()).replace("'", "''")
    zeile = con.execute(
        f"""
        select sha256('{kopf}' || coalesce(string_agg(gruppen.h, '' order by gruppen.anfang), ''))
        from (
            select left(zeilen.h, 3) as anfang, sha256(string_agg(zeilen.h, '' order by zeilen.h)) as h
            from (select sha256({zeilentext(spalten)}) as h from {beziehung}) as zeilen
            group by anfang
        ) as gruppen
        """  # noqa: S608 - names come from the catalogue of the file itself
    ).fetchone()
    return str(zeile[0]) if zeile else ""
