"""What an audit needs offline beside the tables: source declarations, seeds and the SQL that dbt executed.

Belongs here: writing ``belege/`` from what the private file keeps, and which records of the archive were used. Does not
belong here: hashing the written files (``beilagen``) and comparing them later (``pipelines.pruefe``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.fingerabdruck import KATALOG, STAMMDATEN
from pipelines.freigabe.fehler import FreigabeFehler
from pipelines.freigabe.makro import als_sql
from quellen.annahmen import annahmeeintraege
from quellen.archiv import Archiv
from quellen.fehler import QuellenFehler

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


def benutzte_eintraege(con: duckdb.DuckDBPyConnection, archiv: Archiv) -> dict[str, str]:
    """Path inside the archive → sha256 of every record that this release rests on: retrievals, and what was accepted.

    Raises ``FreigabeFehler`` if a row of ``abrufe`` has no record or a record is damaged.
    """
    zeilen = con.execute("select distinct quelle, teil, abruf from abrufe order by all").fetchall()
    gesucht: dict[str, set[tuple[str, str]]] = {}
    for quelle, teil, abruf in zeilen:
        gesucht.setdefault(str(quelle), set()).add((str(teil), str(abruf)))
    gefunden: dict[str, str] = {}
    for quelle, stellen in gesucht.items():
        gefunden |= _eintraege_der_quelle(archiv, quelle, stellen)
    return dict(sorted(gefunden.items()))


def _eintraege_der_quelle(archiv: Archiv, quelle: str, stellen: set[tuple[str, str]]) -> dict[str, str]:
    try:
        eintraege, annahmen = archiv.eintraege(quelle), annahmeeintraege(archiv, quelle)
    except QuellenFehler as fehler:
        raise FreigabeFehler(str(fehler)) from fehler
    benutzt = [(d, a, {(a.teil, o.sha256) for o in a.objekte} & stellen) for d, a in eintraege]
    offen = stellen.difference(*(treffer for _, _, treffer in benutzt))
    if offen:
        raise FreigabeFehler(
            f"Zu {len(offen)} benutzten Abrufen der Quelle {quelle} fehlt der Eintrag im Archiv: "
            f"{', '.join(sorted(o[1] for o in offen)[:5])}. Was tun: das Archiv aus der Sicherung wiederherstellen."
        )
    inhalte = {(a.teil, a.inhalt) for _, a, treffer in benutzt if treffer}
    dateien = [d for d, _, treffer in benutzt if treffer] + [d for d, a in annahmen if (a.teil, a.inhalt) in inhalte]
    return {d.relative_to(archiv.ordner).as_posix(): hashlib.sha256(d.read_bytes()).hexdigest() for d in dateien}
