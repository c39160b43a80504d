"""Builds a release aside: the DuckDB file and everything that stands beside it.

Belongs here: copying the private file, writing tables, comments and the macro, the order of the steps. Does not belong
here: the papers beside the tables (``beilagen``), the checks (``pruefen``), and making a release current (``wechsel``).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import (
    DATEI,
    SCHEIN,
    SIGNATUR,
    schreibe_datenpaket,
    schreibe_freigabeschein,
    schreibe_liesmich,
    vermerk,
)
from pipelines.freigabe.belege import schreibe_belege
from pipelines.freigabe.fehler import FreigabeFehler
from pipelines.freigabe.inhalt import inhaltshash, spaltentypen
from pipelines.freigabe.makro import als_sql
from pipelines.freigabe.signatur import Schluessel, SignaturFehler, aus_umgebung, unterschreibe
from pipelines.freigabe.tabellen import (
    Tabelle,
    bezeichner,
    fehlende_spaltenbeschreibungen,
    freigegebene,
    sortierung,
    text,
)
from quellen.archiv import Archiv

STORAGE_VERSION = "v1.0.0"


@dataclass(frozen=True)
class Bau:
    """A built folder that is not current yet. ``zeilen`` counts the rows of the private file per table."""

    ordner: Path
    zeilen: Mapping[str, int] = field(default_factory=dict)
    inhalte: Mapping[str, str] = field(default_factory=dict)


def baue(lager: Path, manifest: Mapping[str, Any], ziel_ordner: Path, *, archiv: Archiv) -> Bau:
    """Write all files of a release into the new folder ``ziel_ordner``.

    The private file is copied first and only the copy is opened, so connections to it elsewhere in this process do not
    matter; but everything must have been written back to it (no ``.wal`` beside it). The predecessor, if ``freigabe``
    names one, is looked for beside ``ziel_ordner``. Raises ``FreigabeFehler``.
    """
    tabellen = freigegebene(manifest)
    schluessel = _schluessel()
    _pruefe_lager(lager)
    if ziel_ordner.exists():
        raise FreigabeFehler(f"Der Ordner {ziel_ordner.name} besteht schon. Was tun: ihn ansehen und entfernen.")
    ziel_ordner.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix=".kopie-", dir=ziel_ordner.parent) as nebenan:
        kopie = Path(nebenan) / "lager.duckdb"
        shutil.copyfile(lager, kopie)
        _pruefe_lager(lager)
        zeilen, inhalte = _schreibe_datenbank(kopie, tabellen, ziel_ordner)
        deklarationen = schreibe_belege(kopie, manifest, ziel_ordner)
    if (ziel_ordner / f"{DATEI}.wal").exists():
        raise FreigabeFehler(f"Neben {DATEI} blieb eine .wal-Datei. Was tun: den Lauf wiederholen.")
    with duckdb.connect(str(ziel_ordner / DATEI), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        schreibe_datenpaket(con, tabellen, ziel_ordner)
        schreibe_liesmich(con, tabellen, ziel_ordner)
        tabelleninhalte = {name: {"zeilen": zeilen[name], "inhalt": inhalte[name]} for name in sorted(inhalte)}
        schreibe_freigabeschein(
            con,
            ziel_ordner,
            tabellen=tabelleninhalte,
            deklarationen=deklarationen,
            archiv=archiv,
            schluessel=schluessel.oeffentlich.zeile if schluessel else None,
        )
    if schluessel:
        _unterschreibe(ziel_ordner / SCHEIN, schluessel)
    _sichere(ziel_ordner)
    return Bau(ziel_ordner, zeilen, inhalte)


def _schluessel() -> Schluessel | None:
    try:
        return aus_umgebung()
    except SignaturFehler as fehler:
        raise FreigabeFehler(f"Die Freigabe kann nicht unterschrieben werden. {fehler}") from None


def _unterschreibe(schein: Path, schluessel: Schluessel) -> None:
    daten = schein.read_bytes()
    unterschrift = unterschreibe(daten, schluessel, vermerk(json.loads(daten)["id"]))
    schein.with_name(SIGNATUR).write_text(unterschrift, encoding="utf-8")


def _pruefe_lager(lager: Path) -> None:
    if not lager.is_file():
        raise FreigabeFehler(f"{lager.name} fehlt. Erwartet: das mit dbt gebaute Lager. Was tun: den Lauf wiederholen")
    if Path(f"{lager}.wal").exists():
        raise FreigabeFehler(
            f"Neben {lager.name} liegt {lager.name}.wal: Änderungen sind noch nicht zurückgeschrieben. Erwartet: keine "
            ".wal-Datei. Was tun: warten, bis kein Programm das Lager mehr offen hält, und den Lauf wiederholen."
        )


def _schreibe_datenbank(
    kopie: Path, tabellen: list[Tabelle], ziel_ordner: Path
) -> tuple[dict[str, int], dict[str, str]]:
    """The DuckDB file, Parquet and CSV. Returns rows of the private file and content hashes per table."""
    for unterordner in ("parquet", "csv"):
        (ziel_ordner / unterordner).mkdir()
    zeilen: dict[str, int] = {}
    inhalte: dict[str, str] = {}
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        con.execute("set preserve_insertion_order = true")
        con.execute(f"attach {text(str(kopie))} as lager (read_only)")
        con.execute(f"attach {text(str(ziel_ordner / DATEI))} as freigabe (storage_version '{STORAGE_VERSION}')")
        con.execute("use freigabe.main")
        con.execute("begin")  # one write to disk for all
        for tabelle in tabellen:
            zeilen[tabelle.name] = _uebertrage(con, tabelle)
            _kommentiere(con, tabelle)
        for makro in als_sql().values():
            con.execute(makro)
        for tabelle in tabellen:
            typen = spaltentypen(con, bezeichner(tabelle.name))
            inhalte[tabelle.name] = inhaltshash(con, bezeichner(tabelle.name), typen)
            _schreibe_dateien(con, tabelle.name, ziel_ordner)
        con.execute("commit")
        con.execute("use memory")
        con.execute("checkpoint freigabe")
        con.execute("detach freigabe")
        con.execute("detach lager")
    return zeilen, inhalte


def _uebertrage(con: duckdb.DuckDBPyConnection, tabelle: Tabelle) -> int:
    """Copy one table, sorted for look-ups; returns the number of rows in the private file."""
    herkunft = f"lager.{tabelle.herkunft}"
    try:
        spalten = list(spaltentypen(con, herkunft))
    except duckdb.CatalogException as fehler:
        raise FreigabeFehler(
            f"Die Tabelle {tabelle.name} fehlt im Lager. Erwartet: {tabelle.schema}.{tabelle.alias}, wie es das "
            f"Manifest von dbt sagt. Was tun: dbt build ganz ausführen. ({fehler})"
        ) from fehler
    ohne = fehlende_spaltenbeschreibungen(tabelle, spalten)
    if ohne:
        raise FreigabeFehler(
            f"In der Tabelle {tabelle.name} haben Spalten keine Beschreibung: {', '.join(ohne)}. Erwartet: zu jeder "
            f"Spalte ein deutscher Satz. Was tun: description in der .yml-Datei von {tabelle.alias} ergänzen."
        )
    auswahl = ", ".join(bezeichner(s) for s in spalten)
    con.execute(
        f"create table {bezeichner(tabelle.name)} as select {auswahl} from {herkunft} "  # noqa: S608 - quoted names
        f"order by {sortierung(tabelle.name, spalten)}"
    )
    zeile = con.execute(f"select count(*) from {herkunft}").fetchone()  # noqa: S608 - quoted names
    return int(zeile[0]) if zeile else 0


def _kommentiere(con: duckdb.DuckDBPyConnection, tabelle: Tabelle) -> None:
    con.execute(f"comment on table {bezeichner(tabelle.name)} is {text(tabelle.beschreibung)}")
    for spalte in spaltentypen(con, bezeichner(tabelle.name)):
        con.execute(
            f"comment on column {bezeichner(tabelle.name)}.{bezeichner(spalte)} is {text(tabelle.spalten[spalte])}"
        )


def _schreibe_dateien(con: duckdb.DuckDBPyConnection, name: str, ziel_ordner: Path) -> None:
    """One Parquet and one CSV file per table. An empty text is written as ``""``, a missing one as nothing."""
    parquet, csv = ziel_ordner / "parquet" / f"{name}.parquet", ziel_ordner / "csv" / f"{name}.csv"
    con.execute(f"copy {bezeichner(name)} to {text(str(parquet))} (format parquet, compression zstd)")
    con.execute(f"copy {bezeichner(name)} to {text(str(csv))} (format csv, header true, delimiter ',', nullstr '')")


def _sichere(ordner: Path) -> None:
    """Write-protect every file and flush all to disk, so that the pointer never names what a power cut takes away."""
    for pfad in [*sorted(ordner.rglob("*")), ordner]:
        if pfad.is_file():
            pfad.chmod(0o444)
        deskriptor = os.open(pfad, os.O_RDONLY)
        try:
            os.fsync(deskriptor)
        finally:
            os.close(deskriptor)
