"""What an audit needs offline beside the tables: source declarations, seeds and the SQL that dbt executed.

Belongs here: writing ``belege/`` from what the private file keeps, and which records of the archive it knew of. Does
not belong here: hashing the written files (``beilagen``) and comparing them later (``pipelines.pruefe``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.fingerabdruck import KATALOG, STAMMDATEN
from pipelines.freigabe.fehler import FreigabeFehler
from pipelines.freigabe.makro import als_sql
from quellen.archiv import Archiv, sha256

ORDNER = "belege"
KATALOGKOPIE, STAMMDATENKOPIE, SQL = f"{ORDNER}/katalog", f"{ORDNER}/stammdaten", f"{ORDNER}/sql"
MAKROS = f"{ORDNER}/makros"
KOPIEN = {KATALOG: KATALOGKOPIE, STAMMDATEN: STAMMDATENKOPIE}
"""Folders of the project whose declarations a release carries as they are, and where."""


def schreibe_belege(lager: Path, manifest: Mapping[str, Any], ordner: Path) -> dict[str, str]:
    """Write declarations and SQL into the folder of a release; returns path → sha256 of all that it depends on.

    Raises ``FreigabeFehler`` if the private file does not know the SQL of every model.
    """
    with duckdb.connect(str(lager), read_only=True) as con:
        deklarationen = con.execute("select pfad, sha256, text from raw.deklarationen order by pfad").fetchall()
        sql = dict(con.execute("select modell, sql from raw.modelle order by modell").fetchall())
    hashes = {str(pfad): str(hash_) for pfad, hash_, _ in deklarationen}
    _schreibe_sql(sql, manifest, ordner)
    (ordner / MAKROS).mkdir(parents=True)
    for name, makro in als_sql().items():
        (ordner / MAKROS / f"{name}.sql").write_text(makro, encoding="utf-8")
    for wurzel, kopie in KOPIEN.items():
        (ordner / kopie).mkdir(parents=True)
        for pfad, _, text in deklarationen:
            if text is not None and str(pfad).startswith(f"{wurzel}/"):
                (ordner / kopie / str(pfad).removeprefix(f"{wurzel}/")).write_bytes(str(text).encode())
    return hashes


def _schreibe_sql(sql: Mapping[str, str], manifest: Mapping[str, Any], ordner: Path) -> None:
    modelle = {f"{n['schema']}.{n['alias']}" for n in manifest["nodes"].values() if n["resource_type"] == "model"}
    ohne = sorted(m for m in modelle if not (sql.get(m) or "").strip())
    if ohne:
        raise FreigabeFehler(
            f"Zu {len(ohne)} Modellen ist kein ausgeführtes SQL aufgehoben: {', '.join(ohne[:5])}. Erwartet: das von "
            f"allen {len(modelle)}. Was tun: den Job nachtlauf als Ganzes starten."
        )
    (ordner / SQL).mkdir(parents=True)
    for name in sorted(modelle):
        (ordner / SQL / f"{name}.sql").write_text(sql[name].rstrip() + "\n", encoding="utf-8")


def eintraege(con: duckdb.DuckDBPyConnection, archiv: Archiv) -> dict[str, str]:
    """Path inside the archive → sha256 of every record that the release knew of, from its table ``archiveintraege``.

    Raises ``FreigabeFehler`` if a record of a source that was loaded this time is no longer what was loaded. A source
    that stays at its last good state may have a damaged one: its message says so, and so does the audit.
    """
    zeilen = con.execute(
        "select e.quelle, e.eintrag, e.sha256, q.zustand = 'gut' from archiveintraege as e "
        "inner join quellen as q on q.quelle = e.quelle order by e.eintrag"
    ).fetchall()
    for quelle, eintrag, hash_, geladen in zeilen:
        datei = archiv.ordner / str(eintrag)
        if geladen and not (datei.is_file() and sha256(datei.read_bytes()) == hash_):
            raise FreigabeFehler(
                f"Zur Quelle {quelle} fehlt der Eintrag im Archiv, oder er wurde nach dem Laden verändert: {eintrag}. "
                "Was tun: das Archiv aus der Sicherung wiederherstellen und den Lauf wiederholen."
            )
    return {str(eintrag): str(hash_) for _, eintrag, hash_, _ in zeilen}
