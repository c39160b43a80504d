"""Where the header of a table stands: declared by ``kopf_mit``, or found by the names that the declaration expects.

Belongs here: choosing the header among the first rows, and the notice if it moved. Does not belong here: splitting
lines into cells and what the columns mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from quellen.fehler import Befund, QuellenFehler
from quellen.lesen.texttabelle import Stelle
from quellen.modell import Format

SUCHE = 200
"""So many rows from the top may stand above a header."""


def erwartete(format_: Format) -> list[tuple[str, ...]]:
    """Column names that the header must have according to the declaration, each with its accepted spellings."""
    orte = [o.spalten for o in format_.orte.values() if o.pflicht and o.spalten]
    verbunden = [(name,) for o in format_.orte.values() if o.pflicht for name in o.verbunden]
    fest = [("statistics_code",)] if format_.art == "ffcsv" else []
    return [*fest, *orte, *verbunden, *((name,) for name in format_.nur)]


def finde_kopf(
    zeilen: Iterable[tuple[int, Sequence[str]]], format_: Format, stelle: Stelle
) -> tuple[int, tuple[Befund, ...]]:
    """The line of the header's first row among ``zeilen`` (line, cells), and a notice if lines were put above it.

    Only the first ``SUCHE`` rows are looked at, and no more of them than needed. With ``kopf_mit`` it is the first row
    that holds all those names; without it the first row, unless it lacks expected names and exactly one later row
    holds them all. Raises ``QuellenFehler`` if there is no row, none with ``kopf_mit``, or if several could be it.
    """
    zeilen = islice(zeilen, SUCHE)
    erste = next(zeilen, None)
    if erste is None:
        raise stelle.fehler("Die Kopfzeile fehlt", "keine Zeile mit Spaltennamen", "Spaltennamen", "erneut abrufen", 1)
    namen = [(name,) for name in format_.kopf_mit] or (erwartete(format_) if format_.kopfzeilen == 1 else [])
    if _passt(erste[1], namen):
        return erste[0], ()
    if format_.kopf_mit:
        nummer = next((z for z, s in zeilen if _passt(s, namen)), None)
        if nummer is None:
            raise _ohne_kopf(format_, erste, stelle)
        return nummer, ()
    passend = [z for z, s in zeilen if _passt(s, namen)]
    if not passend:
        return erste[0], ()
    if len(passend) > 1:
        raise stelle.fehler(
            "Die Kopfzeile ist nicht eindeutig",
            f"die erwarteten Namen stehen in den Zeilen {', '.join(map(str, passend[:10]))}",
            "eine einzige Kopfzeile",
            f"die Datei im Editor ansehen; kopf_mit eintragen in {stelle.deklaration('formate')}",
            passend[0],
        )
    return passend[0], (_verschoben(erste, passend[0], stelle),)


def _ohne_kopf(format_: Format, erste: tuple[int, Sequence[str]], stelle: Stelle) -> QuellenFehler:
    return stelle.fehler(
        "Die Kopfzeile fehlt",
        f"in den ersten {SUCHE} Zeilen keine mit allen Namen; die erste ist »{_kurz(erste[1])}«",
        f"eine Zeile mit {', '.join(f'»{n}«' for n in format_.kopf_mit)}",
        f"Namen berichtigen in {stelle.deklaration('formate.kopf_mit')}; ist es eine andere Tabelle, erneut abrufen",
        erste[0],
    )


def fuss_fehlt(muster: str, stelle: Stelle) -> Befund:
    """The notice that the declared end of the data did not come."""
    return stelle.befund(
        "Der deklarierte Fuß der Tabelle fehlt",
        "Daten bis zum Ende der Datei",
        f"eine Zeile, die mit »{muster}« beginnt",
        "prüfen, ob die Datei abgeschnitten ist, und erneut abrufen; sonst fuss berichtigen in "
        f"{stelle.deklaration('formate')}",
    )


def _passt(zellen: Sequence[str], namen: Sequence[tuple[str, ...]]) -> bool:
    vorhanden = {z.strip() for z in zellen}
    return all(vorhanden.intersection(schreibweisen) for schreibweisen in namen)


def _verschoben(erste: tuple[int, Sequence[str]], kopf: int, stelle: Stelle) -> Befund:
    return stelle.befund(
        "Über der Kopfzeile stehen neue Zeilen",
        f"Zeile {erste[0]} ist »{_kurz(erste[1])}«, die Spaltennamen stehen in Zeile {kopf}",
        f"Spaltennamen in Zeile {erste[0]}",
        f"stimmt der Inhalt, kopf_mit eintragen in {stelle.deklaration('formate')}",
        erste[0],
    )


def _kurz(zellen: Sequence[str]) -> str:
    return " | ".join(z for z in zellen if z.strip())[:80]
