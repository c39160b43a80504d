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
    abweichungen varchar, deklaration varchar);
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
create table raw.gebietsflaechen (
    nummer varchar, flaeche_km2 double, umriss_abruf varchar, umriss_zeile bigint);
create table raw.fusswege (
    nummer varchar, punkt integer, x double, y double, weg_m double, anschluss_m double);
create table raw.archiveintraege (quelle varchar, eintrag varchar, sha256 varchar);
create table raw.lauf (
    id varchar, erstellt_am varchar, code varchar, definitionen varchar, archivstand varchar, lauf varchar,
    vorgaenger varchar, betrieb varchar);
create table raw.deklarationen (pfad varchar, sha256 varchar, text varchar);
create table raw.modelle (modell varchar, sql varchar);
create table raw.spaltenherkunft (
    tabelle varchar, spalte varchar, quelltabelle varchar, quellspalte varchar, quellart varchar);
create table raw.vorgaenger_indikatoren (
    indikator varchar, gebiet varchar, stichtag date, basis varchar, ebene varchar, zeitraum_von date, wert double,
    einheit varchar, zaehler double, nenner double, status varchar, vertraulichkeit varchar, zuverlaessigkeit varchar,
    unsicher_von double, unsicher_bis double, datenart varchar, revision integer);
create table raw.vorgaenger_katalog (
    indikator varchar, thema varchar, form varchar, zaehler varchar, nenner varchar, faktor varchar, ziel varchar,
    terme varchar, einheit varchar, ebenen varchar, mindeststatus varchar, mindestbasis varchar, unsicherheit varchar,
    verfuegbar varchar);
create table raw.vorgaenger_abrufe (
    quelle varchar, teil varchar, abruf varchar, stand date, abgerufen_am timestamp with time zone);
create table raw.vorgaenger_quellen (quelle varchar, zustand varchar, deklaration varchar);
create table raw.vorgaenger_beobachtungen (
    merkmal varchar, gebiet varchar, stichtag date, zeitraum_von date, geschlecht varchar, alter_von integer,
    alter_bis integer, staatsangehoerigkeit varchar, staat varchar, schulform varchar, rechtsform varchar,
    schulbetrieb varchar, art varchar, sozialindexstufe integer, einrichtung varchar, ist_summe boolean, wert double,
    status varchar, vertraulichkeit varchar, basis varchar, quelle varchar, abruf varchar, zeile integer,
    spalte integer, originaltext varchar, korrigiert varchar, korrektur varchar, datenart varchar, klasse integer);
create table raw.vorgaenger_zuordnung (
    indikator varchar, klasse integer, rolle varchar, bezug varchar, versatz integer, basis varchar, gewicht double,
    mass varchar, gemischt boolean);
create table raw.vorgaenger_gebietszuordnung (
    gebiet varchar, teil varchar, gewicht double, umgerechnet boolean, gilt_bis date);
create table raw.vorgaenger_gebiete (
    gebiet varchar, ebene varchar, eltern varchar, gueltig_von date, gueltig_bis date, flaeche_km2 double);
create table raw.vorgaenger_ableitungen (
    indikator varchar, gebiet varchar, stichtag date, basis varchar, rolle varchar, merkmal varchar,
    eingang_gebiet varchar, eingang_stichtag date, eingang_basis varchar, wert double, gewicht double,
    bemerkung varchar);
create table raw.vorgaenger_einrichtungen (
    stichtag date, art varchar, einrichtung varchar, gebiet varchar, x double, y double, plaetze_u3 double,
    plaetze_ue3 double, plaetze double, schueler double, quelle varchar, abruf varchar);
create table raw.vorgaenger_nachfragepunkte (
    gebiet varchar, punkt integer, x double, y double, adressen integer, anteil double);
create table raw.vorgaenger_index_definition (
    version varchar, basis varchar, ebene varchar, mitte varchar, streuung varchar, neu_standardisiert varchar,
    bevoelkerung varchar, mindestbevoelkerung varchar, mindestkomponenten varchar, status_ab_mittel varchar,
    status_bis_mittel varchar, status_bis_niedrig varchar, dynamik_jahre varchar, dynamik_ab_stabil varchar,
    dynamik_bis_stabil varchar);
create table raw.vorgaenger_index_bestandteile (
    indikator varchar, gewicht varchar, vorzeichen varchar, bezug varchar, hoechstens_tage varchar, dynamik varchar);
create table raw.vorgaenger_reichweiten (
    angebot varchar, merkmal varchar, nachfrage varchar, grenze_m varchar, gewicht_am_rand varchar,
    umwegfaktor varchar, nah_m varchar, verortet_ab varchar, anschluss_m varchar);
create table raw.vorgaenger_brueche (bruch varchar, ab varchar, basis varchar, merkmale varchar, gliederung varchar);
create table raw.vorgaenger_revisionen (
    indikator varchar, gebiet varchar, stichtag date, basis varchar, art varchar, wert_vorher double,
    wert_nachher double, freigabe_vorher varchar, freigabe_nachher varchar, grund varchar, anlass varchar,
    quelle varchar, abruf_vorher varchar, abruf_nachher varchar, definition_vorher varchar,
    definition_nachher varchar, ebene_vorher varchar, zeitraum_von_vorher date, einheit_vorher varchar,
    zaehler_vorher double, nenner_vorher double, status_vorher varchar, vertraulichkeit_vorher varchar,
    zuverlaessigkeit_vorher varchar, unsicher_von_vorher double, unsicher_bis_vorher double, datenart_vorher varchar,
    revision_vorher integer, status_nachher varchar, zaehler_nachher double, nenner_nachher double,
    vertraulichkeit_nachher varchar);
create table raw.vorgaenger_freigabe (
    id varchar, erstellt_am timestamp with time zone, code varchar, definitionen varchar, archivstand varchar,
    lauf varchar, vorgaenger varchar, betrieb varchar);
create table raw.vorgaenger_freigaben (
    nummer integer, id varchar, freigegeben_am date, erstellt_am timestamp with time zone, code varchar,
    definitionen varchar, archivstand varchar, lauf varchar, betrieb varchar,
    vorgaenger varchar);
create table raw.vorgaenger_luecken (tabelle varchar, spalte varchar);
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
        lege_an(con)
        con.execute("create table raw.bauart as select ? as bauart", [_BAUART])
    try:
        con.execute("set timezone = 'UTC'")
        yield con
    finally:
        con.close()


def lege_an(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that every load needs, in a database that has none of them."""
    con.execute(_TABELLEN)


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
