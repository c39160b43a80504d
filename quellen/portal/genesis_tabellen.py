"""The archived tables of one GENESIS database, and what of them a request gets.

Belongs here: finding a table's records (one, or one per year), selecting and joining their rows. Does not belong here:
the protocol (``genesis``) and the rules of selection (``genesis_auswahl``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from quellen.archiv import Objekt
from quellen.portal.bestand import Posten
from quellen.portal.genesis_auswahl import Auswahl, ausgewaehlt, verbunden
from quellen.portal.genesis_form import json_inhalt, kodiert


@dataclass(frozen=True)
class Auszug:
    """What a request gets. ``daten`` are the archived bytes where nothing had to be left out or joined."""

    posten: Posten
    objekt: Objekt
    daten: bytes
    geaendert: datetime

    @property
    def ist_ganz(self) -> bool:
        """Whether these are archived bytes."""
        return self.daten == self.posten.daten(self.objekt)


class Tabelle:
    """One table of the database: every Teil's record of it, oldest year first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.posten: list[Posten] = []

    @property
    def stuecke(self) -> list[tuple[Posten, Objekt]]:
        """All archived files of the table."""
        return [(p, o) for p in self.posten for o in p.objekte]

    def ganz(self) -> Auszug:
        """The whole table, whatever years it has. Raises ``ValueError`` if its files cannot be joined."""
        return self._auszug([(p, o, json_inhalt(p.daten(o))) for p, o in self.stuecke])

    def auszug(self, auswahl: Auswahl) -> Auszug | None:
        """The rows asked for; ``None`` if there are none of that time. Raises ``ValueError`` as ``ganz`` does."""
        stuecke = self.stuecke
        if auswahl.von is None and auswahl.bis is None:
            stuecke = stuecke[-(auswahl.zeitscheiben or 1) :]
        gewaehlt = []
        for posten, objekt in stuecke:
            jahrgang = posten.abruf.jahrgang if posten.abruf else None
            text = json_inhalt(posten.daten(objekt))
            neu = ausgewaehlt(text, auswahl) if jahrgang is None or auswahl.nimmt_jahr(jahrgang) else None
            if neu is not None:
                gewaehlt.append((posten, objekt, neu))
        return self._auszug(gewaehlt) if gewaehlt else None

    def _auszug(self, gewaehlt: list[tuple[Posten, Objekt, str]]) -> Auszug:
        posten, objekt, text = gewaehlt[-1]
        if len(gewaehlt) > 1:
            text = verbunden([t for _, _, t in gewaehlt])
        roh = posten.daten(objekt)
        daten = roh if text == json_inhalt(roh) else kodiert(text)
        return Auszug(posten, objekt, daten, max(p.geaendert(o) for p, o, _ in gewaehlt))


def tabellen(posten: Sequence[Posten]) -> Mapping[str, Tabelle]:
    """The tables of a database by their name in lower case; only those of which the archive holds something.

    If several Teile read the same table, each in its own way (say by year and as a whole), the last one's records
    answer.
    """
    gefunden: dict[str, Tabelle] = {}
    eigner: dict[str, str] = {}
    for p in posten:
        if not p.objekte:
            continue
        name = str(p.teil.zugang.get("tabelle", p.teil_id))
        schluessel = name.lower()
        if eigner.get(schluessel) != p.name:
            gefunden[schluessel] = Tabelle(name)
            eigner[schluessel] = p.name
        gefunden[schluessel].posten.append(p)
    return gefunden
