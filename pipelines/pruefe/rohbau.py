"""Raw tables made again from archived files, in a database of the audit's own.

Belongs here: putting what the audit read (``quellzellen``) and the release's own seeds into the shape that the executed
SQL expects. Does not belong here: running that SQL (``nachvollzug``), and which files count: the release says that.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.freigabe.belege import STAMMDATENKOPIE
from pipelines.freigabe.inhalt import spaltentypen
from pipelines.freigabe.tabellen import bezeichner, text
from pipelines.pruefe.quellzellen import Quellen
from pipelines.rohtabellen.deklarationstext import deklarationstext
from pipelines.rohtabellen.gerechnet import baue_gerechnete
from pipelines.rohtabellen.tabellen import rohspalten
from quellen.modell import Quelle


def lade_stammdaten(con: duckdb.DuckDBPyConnection, ordner: Path) -> list[str]:
    """Every seed that the release carries, typed as the released table of its name; returns their names.

    The connection has the release attached as ``frei``. A seed that is not released is all text.
    """
    con.execute("create schema if not exists stammdaten")
    namen = []
    for datei in sorted((ordner / STAMMDATENKOPIE).glob("*.csv")):
        csv = f"read_csv({text(str(datei))}, header = true, delim = ',', quote = '\"', all_varchar = true)"
        typen = dict(
            con.execute(
                "select column_name, data_type from duckdb_columns() where database_name = 'frei' and table_name = ?",
                [datei.stem],
            ).fetchall()
        )
        auswahl = ", ".join(
            f"cast({bezeichner(s)} as {typen.get(s, 'varchar')}) as {bezeichner(s)}" for s in spaltentypen(con, csv)
        )
        con.execute(f"create table stammdaten.{bezeichner(datei.stem)} as select {auswahl} from {csv}")  # noqa: S608
        namen.append(datei.stem)
    return namen


def baue_roh(
    con: duckdb.DuckDBPyConnection, quellen: Quellen, katalog: Mapping[str, Quelle], schein: Mapping[str, Any]
) -> None:
    """Fill schema ``raw`` of a database that has its empty tables (``pipelines.lager``)."""
    for quelle in katalog.values():
        for name, teil in quelle.teile.items():
            spalten = ", ".join(f"{bezeichner(s)} {typ}" for s, typ in rohspalten(teil).items())
            con.execute(f"create table raw.{bezeichner(quelle.rohtabelle(name))} ({spalten})")
    for datei in quellen.dateien:
        roh = datei.satz.daten.assign(abruf=datei.abruf)[list(rohspalten(datei.teil))]
        _haenge_an(con, datei.quelle.rohtabelle(datei.teil_name), roh)
    _lade_beiwerk(con, quellen, katalog)
    _lade_quellen(con, katalog, schein)
    # which records there were is compared with the archive elsewhere (``kette``)
    con.execute(
        "insert into raw.archiveintraege select e.quelle, e.eintrag, e.sha256 from frei.main.archiveintraege as e"
    )
    baue_gerechnete(con, katalog.values())


def _haenge_an(con: duckdb.DuckDBPyConnection, tabelle: str, zeilen: pd.DataFrame) -> None:
    con.register("_zeilen", zeilen)
    con.execute(f"insert into raw.{bezeichner(tabelle)} by name select * from _zeilen")  # noqa: S608 - quoted name
    con.unregister("_zeilen")


def _lade_beiwerk(con: duckdb.DuckDBPyConnection, quellen: Quellen, katalog: Mapping[str, Quelle]) -> None:
    """What texts and signs mean, and the retrievals with the notation found in their files."""
    bedeutungen = {(d.quelle.id, d.teil_name, *z) for d in quellen.dateien for z in d.satz.zuordnungen}
    _haenge_an(
        con, "zuordnungen", pd.DataFrame(sorted(bedeutungen), columns=["quelle", "teil", "feld", "text", "wert"])
    )
    zeichen = [
        (q.id, t, z.wert, z.status, z.vertraulichkeit, z.bedeutung)
        for q in katalog.values()
        for t, z in q.zeichen.items()
    ]
    spalten = ["quelle", "zeichen", "wert", "status", "vertraulichkeit", "bedeutung"]
    _haenge_an(con, "zeichen", pd.DataFrame(zeichen, columns=spalten).astype({"wert": float}))
    gelesen = [
        (d.quelle.id, d.teil_name, d.abruf, d.name, d.satz.dezimal, d.satz.tausender, d.satz.format_art, d.satz.zeilen)
        for d in quellen.dateien
    ]
    spalten = ["quelle", "teil", "abruf", "datei", "dezimal", "tausender", "format", "zeilen"]
    con.register("_gelesen", pd.DataFrame(gelesen, columns=spalten))
    con.execute(
        "insert into raw.abrufe by name select g.*, a.url, strftime(a.abgerufen_am, '%Y-%m-%dT%H:%M:%S.%f+00:00') as "
        "abgerufen_am, a.http_status, a.etag, a.bytes, a.datenart, a.stand, a.weg, a.umwege, a.lizenz "
        "from _gelesen as g inner join frei.main.abrufe as a "
        "on a.quelle = g.quelle and a.teil = g.teil and a.abruf = g.abruf and a.datei = g.datei"
    )
    con.unregister("_gelesen")


def _lade_quellen(con: duckdb.DuckDBPyConnection, katalog: Mapping[str, Quelle], schein: Mapping[str, Any]) -> None:
    """The declared sources; how a source stood that night is what the release note says of it."""
    staende = schein.get("quellenstand")
    for q in katalog.values():
        stand = staende.get(q.id) if isinstance(staende, dict) else None
        stand = stand if isinstance(stand, dict) else {}
        con.execute(
            "insert into raw.quellen values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                q.id, q.titel, q.herausgeber, q.lizenz.id, q.lizenz.url, q.lizenz.namensnennung, q.seite, q.rhythmus,
                str(q.bestaetigt).lower(), q.basis, *(stand.get(s) for s in ("zustand", "meldung", "abweichungen")),
                deklarationstext(q),
            ],
        )  # fmt: skip
