"""Files of one source that count together or not at all: the newest ones that fit.

Belongs here: which sources have rules between their Teile, and going back to older retrievals. Does not belong here:
the rules themselves (``netzregeln``) and the contract of each Teil (``kette``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from pipelines.rohtabellen.kette import Teilwahl
from pipelines.rohtabellen.netzregeln import QUELLE as NETZ
from pipelines.rohtabellen.netzregeln import in_zahlen, pruefe_netz
from quellen.archiv import Abruf
from quellen.fehler import Befund

Kandidaten = Mapping[str, Mapping[str, list[Abruf]]]
Wahl = dict[str, Teilwahl]


def waehle_zusammen(quelle: str, auswahl: Kandidaten, waehle: Callable[[Kandidaten], Wahl]) -> Wahl:
    """What ``waehle`` chooses of the candidates, or of those before, if the Teile of the source do not fit together.

    Goes back one retrieval at a time, the newest first, until all fit. The findings of the newest ones stay; if no
    earlier ones fit, the source has no rows.
    """
    wahl = neueste = waehle(auswahl)
    befunde = gefunden = _befunde(quelle, wahl)
    while befunde:
        auswahl = _ohne(auswahl, _neuester(wahl))
        wahl = waehle(auswahl)
        if not all(w.gelesen for w in wahl.values()):
            wahl = {name: replace(w, gelesen=[], abweichungen=[]) for name, w in wahl.items()}
            break
        befunde = _befunde(quelle, wahl)
    for name, w in wahl.items():
        eigene = [b for b in gefunden if b.teil == name]
        w.befunde = list(dict.fromkeys([*neueste[name].befunde, *w.befunde, *eigene]))
    return wahl


def _befunde(quelle: str, wahl: Wahl) -> list[Befund]:
    """What keeps the chosen files from fitting together, with their names; nothing while one of them is missing."""
    if quelle != NETZ or not all(w.gelesen for w in wahl.values()):
        return []
    knoten, kanten = (
        in_zahlen(pd.concat([satz.daten for g in wahl[teil].gelesen for satz in g.saetze or ()], ignore_index=True))
        for teil in ("knoten", "kanten")
    )
    return [replace(b, datei=_datei(wahl[b.teil])) for b in pruefe_netz(knoten, kanten)]


def _datei(wahl: Teilwahl) -> str:
    return next((o.datei for g in wahl.gelesen for o in g.abruf.objekte), "")


def _neuester(wahl: Wahl) -> Abruf:
    return max((g.abruf for w in wahl.values() for g in w.gelesen), key=lambda a: a.abgerufen_am)


def _ohne(auswahl: Kandidaten, abruf: Abruf) -> Kandidaten:
    """The candidates without this retrieval and later ones of its Teil."""
    return {
        teil: {
            scheibe: [a for a in liste if teil != abruf.teil or a.abgerufen_am < abruf.abgerufen_am]
            for scheibe, liste in scheiben.items()
        }
        for teil, scheiben in auswahl.items()
    }
