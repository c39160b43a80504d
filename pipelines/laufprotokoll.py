"""Dagster's run history (SQLite) without a flush to disk per event.

Belongs here: settings of the history's connections during one run of the command line. Does not belong here: what is
written. Dagster opens and closes a connection for each of some hundred events; each close of the last connection writes
the log back and flushes it. A spare connection per file prevents that until the run ends. A power cut can cost the last
events of the history, never a release or the archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def zuegiges_protokoll() -> Iterator[None]:
    """Hold one connection per history file open, and flush only when a file is written back."""
    offen: dict[str, sqlite3.Connection] = {}

    def verbunden(verbindung: Any, _eintrag: object) -> None:  # noqa: ANN401 - any driver's connection
        if not isinstance(verbindung, sqlite3.Connection):
            return
        verbindung.execute("pragma synchronous = normal")
        datei = str(verbindung.execute("pragma database_list").fetchone()[2])
        if datei and datei not in offen:
            offen[datei] = sqlite3.connect(datei, check_same_thread=False)
            offen[datei].execute("select count(*) from sqlite_master").fetchone()

    event.listen(Engine, "connect", verbunden)
    try:
        yield
    finally:
        event.remove(Engine, "connect", verbunden)
        for verbindung in offen.values():
            verbindung.close()
