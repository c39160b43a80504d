"""What this run's release will depend on, file by file: ``raw.deklarationen``.

Belongs here: writing the list into the private file when the run begins, with the text of source declarations and
seeds, so that a release can carry them. Does not belong here: which files count (``pipelines.fingerabdruck``).
"""

from __future__ import annotations

import duckdb

from pipelines.einstellungen import Einstellungen
from pipelines.fingerabdruck import KATALOG, STAMMDATEN, dateien
from quellen.archiv import sha256


def merke_deklarationen(con: duckdb.DuckDBPyConnection, einstellungen: Einstellungen) -> int:
    """Write every file's path and sha256, and the text of source declarations and seeds; returns how many."""
    pfade, hashes, texte = [], [], []
    for pfad, datei in dateien(einstellungen).items():
        inhalt = datei.read_bytes()
        pfade.append(pfad)
        hashes.append(sha256(inhalt))
        mitgegeben = pfad.startswith((f"{KATALOG}/", f"{STAMMDATEN}/")) and pfad.endswith((".yaml", ".csv"))
        texte.append(inhalt.decode("utf-8") if mitgegeben else None)
    con.execute("delete from raw.deklarationen")
    con.execute("insert into raw.deklarationen select unnest(?), unnest(?), unnest(?)", [pfade, hashes, texte])
    return len(pfade)
