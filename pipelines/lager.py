"""The private DuckDB file ``lager.duckdb``: opening it, and that only one run writes it at a time.

Belongs here: connection, lock, and what must exist before raw tables can be loaded. Does not belong here: what is
loaded (``rohtabellen``). Readers never open this file: in DuckDB even a read-only reader would stop the writer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

_TABELLEN = """
create schema raw;
create table raw.zuordnungen (quelle varchar, teil varchar, feld varchar, text varchar, wert varchar);
create table raw.zeichen (
    quelle varchar, zeichen varchar, wert double, status varchar, vertraulichkeit varchar, bedeutung varchar);
create table raw.abrufe (
    abruf varchar, quelle varchar, teil varchar, datei varchar, url varchar, abgerufen_am varchar, http_status varchar,
    etag varchar, bytes varchar, datenart varchar, stand varchar, weg varchar, umwege varchar, lizenz varchar,
    dezimal varchar, tausender varchar, format varchar, zeilen bigint);
create table raw.quellen (
    quelle varchar, titel varchar, herausgeber varchar, lizenz varchar, lizenz_url varchar, namensnennung varchar,
    url varchar, rhythmus varchar, bestaetigt varchar, basis varchar, zustand varchar, meldung varchar,
    abweichungen varchar);
create table raw.merkmale (quelle varchar, merkmal varchar, name varchar, einheit varchar, verzeichnis boolean);
create table raw.rollen (quelle varchar, teil varchar, rolle varchar, feld varchar);
create table raw.ladestand (quelle varchar, fingerabdruck varchar);
create table raw.vertragsmeldung (quelle varchar, meldung varchar);
create table raw.verortung (
    abruf varchar, zeile bigint, stadtbezirk varchar, ortsteil varchar, umriss_abruf varchar, umriss_zeile bigint);
create table raw.verortung_einrichtungen (
    quelle varchar, abruf varchar, zeile bigint, x double, y double, stadtbezirk varchar, nummer varchar,
    befund varchar, adresse_abruf varchar, adresse_zeile bigint);
create table raw.nachfragepunkte (
    nummer varchar, punkt integer, x double, y double, adressen bigint, anteil double, herkunft varchar);
create table raw.lauf (
    id varchar, erstellt_am varchar, code varchar, definitionen varchar, archivstand varchar, lauf varchar,
    vorgaenger varchar, betrieb varchar);
create table raw.vorgaenger_indikatoren (
    indikator varchar, gebiet varchar, stichtag date, basis varchar, wert double, revision integer);
create table raw.vorgaenger_katalog (indikator varchar, definition varchar);
create table raw.vorgaenger_abrufe (quelle varchar, abruf varchar);
create table raw.vorgaenger_revisionen (
    indikator varchar, gebiet varchar, stichtag date, basis varchar, art varchar, wert_vorher double,
    wert_nachher double, freigabe_vorher varchar, freigabe_nachher varchar, grund varchar);
"""

_BAUART = hashlib.sha256(_TABELLEN.encode()).hexdigest()
"""Hash of the tables above. A file made by another version of this code has another one or none."""


_UNLESBAR = (duckdb.IOException, duckdb.InternalException, duckdb.SerializationException, duckdb.CatalogException)


class LagerBelegt(Exception):
    """Another run is writing the private file."""


@contextmanager
def sperre(lager: Path, wartezeit_s: float = 0) -> Iterator[None]:
    """Hold the write lock of the private file. Raises ``LagerBelegt`` if another run holds it."""
    lager.parent.mkdir(parents=True, exist_ok=True)
    schloss = FileLock(f"{lager}.sperre")
    try:
        schloss.acquire(timeout=wartezeit_s)
    except Timeout as fehler:
        raise LagerBelegt(
            f"Ein anderer Lauf schreibt gerade {lager.name}. Erwartet: höchstens ein Lauf zur Zeit. "
            "Was tun: abwarten, bis er beendet ist, und den Lauf wiederholen."
        ) from fehler
    try:
        yield
    finally:
        schloss.release()


@contextmanager
def verbinden(lager: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the private file for writing, with the tables every load needs.

    A file that this DuckDB cannot read, or that another version of this code made, is removed: it can be rebuilt at
    will. Raises ``LagerBelegt`` if another process has it open.
    """
    lager.parent.mkdir(parents=True, exist_ok=True)
    con = _oeffne(lager)
    if con is None or not _passt(con):
        if con is not None:
            con.close()
        lager.unlink(missing_ok=True)
        Path(f"{lager}.wal").unlink(missing_ok=True)
        con = duckdb.connect(str(lager))
        con.execute(_TABELLEN)
        con.execute("create table raw.bauart as select ? as bauart", [_BAUART])
    try:
        con.execute("set timezone = 'UTC'")
        yield con
    finally:
        con.close()


def _oeffne(lager: Path) -> duckdb.DuckDBPyConnection | None:
    """A connection, or ``None`` if there is no file that this DuckDB can read."""
    if not lager.exists():
        return None
    try:
        return duckdb.connect(str(lager))
    except _UNLESBAR as fehler:
        if "could not set lock" in str(fehler).lower():
            raise LagerBelegt(
                f"Ein anderes Programm hält {lager.name} offen. Erwartet: niemand sonst öffnet diese Datei. "
                f"Was tun: es schließen und den Lauf wiederholen. ({fehler})"
            ) from fehler
        return None


def _passt(con: duckdb.DuckDBPyConnection) -> bool:
    try:
        zeilen: list[tuple[str]] = con.execute("select bauart from raw.bauart").fetchall()
    except duckdb.CatalogException:
        return False
    return zeilen == [(_BAUART,)]
