"""``sozialraum quellen``: the declared sources with their last retrieval and state.

Belongs here: one row per source from catalogue, archive and current release. Does not belong here: fetching or loading.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import duckdb

from pipelines.einstellungen import Einstellungen
from quellen.archiv import Archiv
from quellen.modell import lade_katalog

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Quellenzeile:
    """One source as a person reads it; all texts."""

    quelle: str
    letzter_abruf: str
    datenart: str
    zustand: str
    zeilen: str
    lizenz: str
    format_bestaetigt: str


def quellenliste(einstellungen: Einstellungen) -> list[Quellenzeile]:
    """All declared sources in alphabetical order."""
    archiv = Archiv(einstellungen.archiv)
    stand = _freigegeben(einstellungen)
    zeilen = []
    for quelle in lade_katalog(einstellungen.katalog).values():
        abrufe = archiv.abrufe(quelle.id)
        zustand, anzahl = stand.get(quelle.id, ("noch kein Abruf" if not abrufe else "noch nicht freigegeben", ""))
        zeilen.append(
            Quellenzeile(
                quelle.id,
                abrufe[-1].abgerufen_am.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M") if abrufe else "–",
                abrufe[-1].datenart if abrufe else "–",
                zustand,
                anzahl,
                quelle.lizenz.id,
                "bestätigt" if quelle.bestaetigt else "unbestätigt",
            )
        )
    return zeilen


def _freigegeben(einstellungen: Einstellungen) -> dict[str, tuple[str, str]]:
    datei = einstellungen.freigaben / "aktuell" / "sozialraum.duckdb"
    if not datei.exists():
        return {}
    con = duckdb.connect(str(datei), read_only=True)
    try:
        zeilen = con.execute(
            """
            select q.quelle, q.zustand, coalesce(sum(a.zeilen), 0)
            from quellen as q
            left join abrufe as a on a.quelle = q.quelle
            group by q.quelle, q.zustand
            """
        ).fetchall()
    finally:
        con.close()
    return {q: (z, str(n)) for q, z, n in zeilen}
