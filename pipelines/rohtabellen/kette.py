"""From the retrievals of a Teil to those that count: each against its contract and against the one before.

Belongs here: walking the history under the change gate, and taking the newest good retrieval of each slice. Does not
belong here: reading (``pruefstand``), the rules (``quellen.vertrag``) and which retrievals there are (``auswahl``).

With a change gate acceptance depends on what was accepted before, so the history is walked from its oldest retrieval
and a refused one never becomes the basis of the next. A retrieval is compared with the last accepted one of its own
slice. The first of a slice later than all others is compared with the latest slice, in rows and districts only; the
first of an earlier slice (a year fetched afterwards) has nothing to compare with. Without a gate only the newest good
retrieval is looked for, and the one before it for the order of columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipelines.rohtabellen.pruefstand import Gelesen, Pruefstand
from quellen.archiv import Abruf
from quellen.fehler import Befund, QuellenFehler
from quellen.vertrag import Vorgaenger, nicht_angewandt, vergleiche
from quellen.zugang.gemeinsam import berliner_tag

Scheiben = Mapping[str, list[Abruf]]


@dataclass
class Teilwahl:
    """What was chosen of one Teil, with rows: newest slice first. ``befunde``: why newer retrievals do not count."""

    gelesen: list[Gelesen] = field(default_factory=list)
    befunde: list[Befund] = field(default_factory=list)
    abweichungen: list[Befund] = field(default_factory=list)


def waehle(pruefstand: Pruefstand, teil: str, scheiben: Scheiben) -> Teilwahl:
    """The newest good retrieval of each slice (its list is newest first), and what is to be said about it."""
    mit_gate = pruefstand.quelle.teile[teil].aenderung is not None
    leser = _Leser(pruefstand, _gehe_durch(pruefstand, scheiben) if mit_gate else {})
    wahl = Teilwahl()
    for scheibe, liste in sorted(scheiben.items(), reverse=True):
        schon_da = {g.abruf.inhalt for g in wahl.gelesen}
        befunde: list[Befund] = []
        for nummer, abruf in enumerate(liste):
            if abruf.inhalt in schon_da:  # the same figures cannot stand for two years
                continue
            urteil = leser.mit_zeilen(abruf)
            if urteil.befunde:
                befunde = befunde or list(urteil.befunde)
                continue
            if not mit_gate:
                urteil = leser.mit_reihenfolge(urteil, _davor(scheiben, scheibe, nummer))
            wahl.gelesen.append(urteil)
            break
        wahl.befunde += befunde
    korrekturen = [k for g in wahl.gelesen for k in g.korrekturen]
    alle = [b for g in wahl.gelesen for b in g.abweichungen] + nicht_angewandt(korrekturen)
    wahl.abweichungen = list(dict.fromkeys(alle))
    return wahl


def _gehe_durch(pruefstand: Pruefstand, scheiben: Scheiben) -> dict[int, Gelesen]:
    """Outcome of every retrieval, from the oldest on. Rows are kept of the last accepted one of each slice only."""
    folge = sorted(
        ((abruf, scheibe) for scheibe, liste in scheiben.items() for abruf in liste),
        key=lambda paar: (paar[0].abgerufen_am, paar[1]),
    )
    urteile: dict[int, Gelesen] = {}
    letzte: dict[str, Gelesen] = {}
    for abruf, scheibe in folge:
        urteil = pruefstand.lies(abruf)
        if not urteil.befunde:
            urteil = _verglichen(pruefstand, urteil, _basis(letzte, scheibe))
        if not urteil.befunde:
            if scheibe in letzte:
                vorige = letzte[scheibe]
                urteile[id(vorige.abruf)] = replace(vorige, saetze=None)
            letzte[scheibe] = urteil
        urteile[id(abruf)] = urteil
    return urteile


def _basis(letzte: Mapping[str, Gelesen], scheibe: str) -> Vorgaenger | None:
    if scheibe in letzte:
        return _vorgaenger(letzte[scheibe])
    if letzte and scheibe > max(letzte):
        return _vorgaenger(letzte[max(letzte)], gleiche_scheibe=False)
    return None


def _vorgaenger(gelesen: Gelesen, *, gleiche_scheibe: bool = True) -> Vorgaenger:
    tag = berliner_tag(gelesen.abruf.abgerufen_am)
    return Vorgaenger(gelesen.kennzahlen, f"abgerufen am {tag:%d.%m.%Y}", gleiche_scheibe)


def _verglichen(pruefstand: Pruefstand, gelesen: Gelesen, basis: Vorgaenger | None) -> Gelesen:
    """The outcome after the change gate."""
    abruf = gelesen.abruf
    umstaende = replace(pruefstand.umstaende(abruf), vorher=basis)
    datei = abruf.objekte[0].datei if abruf.objekte else ""
    try:
        mehr = vergleiche(pruefstand.quelle, abruf.teil, datei, gelesen.kennzahlen, umstaende)
    except QuellenFehler as fehler:
        return replace(gelesen, befunde=fehler.befunde, saetze=None)
    return replace(gelesen, abweichungen=(*gelesen.abweichungen, *mehr))


def _davor(scheiben: Scheiben, scheibe: str, nummer: int) -> Iterator[Abruf]:
    """Older retrievals of the slice, newest first, then those of the slices before it."""
    yield from scheiben[scheibe][nummer + 1 :]
    for andere in sorted((s for s in scheiben if s < scheibe), reverse=True):
        yield from scheiben[andere]


class _Leser:
    """Outcomes of one Teil, each retrieval read at most once; starts with those that the change gate gave."""

    def __init__(self, pruefstand: Pruefstand, urteile: dict[int, Gelesen]) -> None:
        self._pruefstand = pruefstand
        self._urteile = urteile

    def mit_zeilen(self, abruf: Abruf) -> Gelesen:
        """The outcome with rows if it is good; refused after all if the bytes were damaged since it was known."""
        urteil = self._urteile.get(id(abruf))
        if urteil is None:
            urteil = self._pruefstand.lies(abruf, mit_zeilen=True)
        elif not urteil.befunde and urteil.saetze is None:
            neu = self._pruefstand.lies(abruf, mit_zeilen=True)
            urteil = replace(urteil, befunde=neu.befunde, saetze=neu.saetze)
        self._urteile[id(abruf)] = urteil
        return urteil

    def mit_reihenfolge(self, urteil: Gelesen, davor: Iterator[Abruf]) -> Gelesen:
        """The outcome with what only the previous good retrieval shows."""
        for abruf in davor:
            vorher = self._urteile.get(id(abruf)) or self._pruefstand.lies(abruf)
            self._urteile[id(abruf)] = vorher
            if not vorher.befunde:
                return _verglichen(self._pruefstand, urteil, _vorgaenger(vorher))
        return urteil
