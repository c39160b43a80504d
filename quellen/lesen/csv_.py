"""CSV as publishers write it: optional ``sep=;`` line, notes, header, records, footer; quoted or not.

Belongs here: finding the header, and files in pieces or as a whole. Does not belong here: GENESIS' own table forms
(``datencsv``), records (``stuecke``), encodings (``bloecke``, ``dekodieren``) or the meaning of columns.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice

import pandas as pd

from quellen.fehler import Befund
from quellen.lesen.bloecke import BLOCK, Kodierfehler, stroeme, zeilenbloecke
from quellen.lesen.dekodieren import dekodiere, waehle_kodierung
from quellen.lesen.ffcsv import pruefe_form
from quellen.lesen.kopfnamen import verbinde
from quellen.lesen.kopfsuche import finde_kopf, fuss_fehlt
from quellen.lesen.stuecke import Leser, Zeilenfolge, pruefe_breite, saetze
from quellen.lesen.texttabelle import Stelle, Texttabelle, pruefe_namen
from quellen.modell import Format

_KOPFBYTES = 2**16
_SEP = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


def lies_csv(daten: bytes, format_: Format, stelle: Stelle) -> Texttabelle:
    """A CSV or ffcsv file as a whole. Raises ``QuellenFehler`` naming the line of every misshapen record.

    An empty last column that comes from a separator at the end of the header is dropped.
    """
    try:
        return zusammen(list(lies_stuecke(stroeme(io.BytesIO(daten)), format_, stelle)))
    except Kodierfehler:
        if len(daten) <= BLOCK:
            raise
        gelesen = dekodiere(daten, format_.kodierung, stelle)  # the whole file may tell what its beginning did not
        return zusammen(list(_tabellen(stroeme(io.BytesIO(daten)), format_, stelle, gelesen[1:])))


def lies_stuecke(teile: Iterable[bytes], format_: Format, stelle: Stelle) -> Iterator[Texttabelle]:
    """The same in pieces of some megabytes; the encoding is decided by the first of ``teile``.

    There is at least one table, maybe without rows. The last one carries all ``abweichungen``.
    """
    teile = iter(teile)
    anfang = next(teile, b"")
    kodierung = waehle_kodierung(anfang, format_.kodierung, stelle, ganz=len(anfang) < BLOCK)
    yield from _tabellen(chain([anfang], teile), format_, stelle, kodierung)


def zusammen(tabellen: list[Texttabelle]) -> Texttabelle:
    """One table of pieces."""
    if len(tabellen) == 1:
        return tabellen[0]
    daten = pd.concat([t.daten for t in tabellen], ignore_index=True)
    return replace(tabellen[-1], daten=daten)


def _tabellen(
    teile: Iterable[bytes], format_: Format, stelle: Stelle, kodierung: tuple[str, tuple[Befund, ...]]
) -> Iterator[Texttabelle]:
    name, abweichungen = kodierung
    bloecke = _klein_zuerst(zeilenbloecke(teile, name, stelle))
    kopf, kopfzeile, beginn, rest, neue = _kopf(bloecke, format_, stelle)
    abweichungen += neue
    endtrenner = len(kopf) > 1 and not kopf[-1]
    spalten = kopf[:-1] if endtrenner else kopf
    if format_.art == "ffcsv":
        pruefe_form(spalten, kopfzeile, stelle)
    pruefe_namen(spalten, kopfzeile, stelle)
    leser = Leser(spalten, format_.trenner, endtrenner, format_.fuss, stelle)
    leer = True
    rest += next(bloecke, b"")
    for daten in leser.tabellen(chain([rest] if rest else [], bloecke), beginn):
        leer = False
        yield Texttabelle(stelle.datei, tuple(spalten), daten, name, kopfzeile, abweichungen)
    fehlt = format_.fuss is not None and not leser.am_fuss
    if fehlt:
        abweichungen += (fuss_fehlt(str(format_.fuss), stelle),)
    if leer or fehlt:
        yield Texttabelle(stelle.datei, tuple(spalten), leser.leere(), name, kopfzeile, abweichungen)


def _klein_zuerst(bloecke: Iterator[bytes]) -> Iterator[bytes]:
    """The same blocks with a small one for the header before them."""
    for block in islice(bloecke, 1):
        ende = block.rfind(b"\n", 0, _KOPFBYTES) + 1
        yield from (teil for teil in (block[:ende], block[ende:]) if teil)
    yield from bloecke


def _kopf(
    bloecke: Iterator[bytes], format_: Format, stelle: Stelle
) -> tuple[list[str], int, int, bytes, tuple[Befund, ...]]:
    """The header, its last line, the line after it, the bytes read beyond it, and notices."""
    gesehen: list[str] = []

    def weitere() -> bytes | None:
        block = next(bloecke, None)
        gesehen.append((block or b"").decode())
        return block

    folge = Zeilenfolge("", weitere, alle=True)
    gemerkt: list[tuple[int, list[str], int]] = []

    def merke() -> Iterator[tuple[int, list[str]]]:
        for zeile, satz in saetze(folge, format_.trenner, stelle):
            gemerkt.append((zeile, satz, folge.gezaehlt))
            if zeile != 1 or not _ist_sep(satz, format_, stelle):
                yield zeile, satz

    alle = merke()
    zeile, abweichungen = finde_kopf(alle, format_, stelle)
    stellen = [i for i, (z, _, _) in enumerate(gemerkt) if z == zeile]
    while len(gemerkt) < stellen[0] + format_.kopfzeilen and next(alle, None) is not None:
        pass
    kopf = gemerkt[stellen[0] : stellen[0] + format_.kopfzeilen]
    pruefe_breite([(z, s) for z, s, _ in kopf], len(kopf[0][1]), stelle)
    puffer = io.StringIO("".join(gesehen), newline="")
    for _ in range(kopf[-1][2]):
        puffer.readline()
    namen = kopf[0][1] if len(kopf) == 1 else verbinde([s for _, s, _ in kopf])
    return namen, kopf[-1][0], kopf[-1][2] + 1, puffer.read().encode(), abweichungen


def _ist_sep(satz: list[str], format_: Format, stelle: Stelle) -> bool:
    """Whether the first record is Excel's ``sep=;``. Raises ``QuellenFehler`` if it names another separator."""
    treffer = _SEP.fullmatch(format_.trenner.join(satz))
    if treffer and treffer.group(1) != format_.trenner:
        raise stelle.fehler(
            "Die Datei nennt ein anderes Trennzeichen",
            treffer.group(0),
            f"sep={format_.trenner}",
            f"trenner berichtigen in {stelle.deklaration('formate')}",
            1,
        )
    return treffer is not None
