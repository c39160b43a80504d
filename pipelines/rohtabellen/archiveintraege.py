"""Which records the archive had of a source when its raw tables were loaded.

Belongs here: names and hashes of the records that a release could know of, so that it can be built again from an
archive that has grown since. Does not belong here: reading records (``quellen.archiv``), rebuilding
(``pipelines.nachbau``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from quellen.annahmen import ORDNER as ANNAHMEN
from quellen.archiv import Archiv, sha256


def verzeichne_eintraege(con: duckdb.DuckDBPyConnection, archiv: Archiv, quelle: str) -> None:
    """Replace the source's rows of ``raw.archiveintraege``: retrievals and acceptances as they are now."""
    con.execute("delete from raw.archiveintraege where quelle = ?", [quelle])
    zeilen = [[quelle, *eintrag] for eintrag in eintraege(archiv.ordner, quelle)]
    if zeilen:
        con.executemany("insert into raw.archiveintraege values (?, ?, ?)", zeilen)


def eintraege(ordner: Path, quelle: str) -> Iterator[tuple[str, str]]:
    """Path inside the archive and sha256; an unreadable record is named with an empty hash."""
    for art in ("abrufe", ANNAHMEN):
        for datei in sorted((ordner / art / quelle).glob("*.json")):
            try:
                hash_ = sha256(datei.read_bytes())
            except OSError:
                hash_ = ""
            yield f"{art}/{quelle}/{datei.name}", hash_
