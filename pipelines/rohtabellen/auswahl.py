"""Which retrievals of a Teil count, newest first, for each slice that is kept side by side.

Belongs here: the rules of precedence between retrievals. Does not belong here: whether a retrieval's content is good
(``laden`` asks the contract and takes the next one if not).

A slice is the school year or the reference date of a file whose rows carry none; a file whose rows carry their dates
replaces its predecessor and has one slice only. Official data beat example data, whatever their age.

A table that is fetched by year has one slice per year (``Abruf.jahrgang``). Once there is one such retrieval, those of
the same Teil without a year, which may hold the same years again, no longer count.
"""

from __future__ import annotations

from collections.abc import Iterable

from quellen.archiv import Abruf
from quellen.modell import Quelle, Teil, schuljahr


def scheibe(teil: Teil, abruf: Abruf) -> str:
    """Name of the slice a retrieval belongs to, empty if the Teil has one slice only."""
    if abruf.jahrgang is not None:
        return str(abruf.jahrgang)
    if abruf.stand is None or teil.stand.aus == "inhalt":
        return ""
    if teil.stand.art == "schuljahr":
        return schuljahr(abruf.stand)[0].isoformat()
    return abruf.stand.isoformat() if teil.stand.aus == "dateiname" else ""


def kandidaten(quelle: Quelle, abrufe: Iterable[Abruf], *, mit_beispiel: bool) -> dict[str, dict[str, list[Abruf]]]:
    """Teil → slice → retrievals that may fill it, newest first.

    Within a slice, retrievals of unchanged content count as the first of them, so that a night in which nothing new
    arrived changes nothing. With ``mit_beispiel=False`` example retrievals are left out altogether.
    """
    alle = [a for a in abrufe if mit_beispiel or a.datenart != "beispiel"]
    if any(a.datenart != "beispiel" for a in alle):
        alle = [a for a in alle if a.datenart != "beispiel"]
    ergebnis: dict[str, dict[str, list[Abruf]]] = {name: {} for name in quelle.teile}
    for name, teil in quelle.teile.items():
        eigene = [a for a in alle if a.teil == name]
        if any(a.jahrgang is not None for a in eigene):
            eigene = [a for a in eigene if a.jahrgang is not None]
        for abruf in eigene:
            liste = ergebnis[name].setdefault(scheibe(teil, abruf), [])
            if not liste or liste[0].inhalt != abruf.inhalt:
                liste.insert(0, abruf)
    return ergebnis
