"""What the release of this run is called, what it depends on, and what its predecessor said.

Belongs here: the one row ``raw.lauf`` and the predecessor's tables, loaded before dbt runs, so that models can tell
what changed. Does not belong here: building the release (``pipelines.freigabe``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from pipelines.fingerabdruck import gesamt

_VORGAENGER = {
    "vorgaenger_indikatoren": "select indikator, gebiet, stichtag, basis, wert, revision from alt.indikatoren",
    "vorgaenger_katalog": "select indikator, concat(zaehler, '/', nenner, '×', faktor) from alt.indikator_katalog",
    "vorgaenger_abrufe": "select distinct quelle, abruf from alt.abrufe",
    "vorgaenger_revisionen": (
        "select indikator, gebiet, stichtag, basis, art, wert_vorher, wert_nachher, freigabe_vorher, freigabe_nachher, "
        "grund from alt.revisionen"
    ),
}


@dataclass(frozen=True)
class Laufstand:
    """Identity of the release to be made and whether it would differ from the current one."""

    id: str
    definitionen: str
    archivstand: str
    vorgaenger: str
    neues: bool


def archivstand(con: duckdb.DuckDBPyConnection) -> str:
    """sha256 over what entered the warehouse: retrieved files and the state of every source."""
    abrufe = con.execute("select quelle, teil, abruf, coalesce(stand, '') from raw.abrufe order by all").fetchall()
    quellen = con.execute("select quelle, zustand from raw.quellen order by all").fetchall()
    return gesamt([abrufe, quellen])


def bereite_lauf_vor(
    con: duckdb.DuckDBPyConnection,
    aktuelle: Path | None,
    *,
    jetzt: datetime,
    definitionen: str,
    code: str,
    dagster_lauf: str,
    betrieb: str,
) -> Laufstand:
    """Write ``raw.lauf`` and the predecessor's tables. ``aktuelle``: folder of the current release or ``None``."""
    stand = archivstand(con)
    vorher = json.loads((aktuelle / "freigabe.json").read_text(encoding="utf-8")) if aktuelle else {}
    neues = vorher.get("definitionen") != definitionen or vorher.get("archivstand") != stand
    kennung = f"{jetzt.strftime('%Y%m%dT%H%M%SZ')}-{gesamt([definitionen, stand])[:8]}"
    lauf = Laufstand(kennung, definitionen, stand, str(vorher.get("id", "")), neues)
    if not neues:
        return lauf
    con.execute("delete from raw.lauf")
    con.execute(
        "insert into raw.lauf values (?, ?, ?, ?, ?, ?, ?, ?)",
        [kennung, jetzt.isoformat(), code, definitionen, stand, dagster_lauf, lauf.vorgaenger, betrieb],
    )
    for tabelle in _VORGAENGER:
        con.execute(f"delete from raw.{tabelle}")  # noqa: S608 - fixed names
    if aktuelle:
        datei = str(aktuelle / "sozialraum.duckdb").replace("'", "''")
        con.execute(f"attach '{datei}' as alt (read_only)")
        for tabelle, abfrage in _VORGAENGER.items():
            con.execute(f"insert into raw.{tabelle} {abfrage}")
        con.execute("detach alt")
    return lauf
