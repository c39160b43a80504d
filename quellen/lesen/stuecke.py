"""CSV records block by block: fast where a block is plain, exact where it is not.

Belongs here: blocks of lines to tables of cells with their line numbers. Does not belong here: the header and what
stands above it (``csv_``), encodings (``bloecke``).

A block without quotation marks, lone CRs and NULs, in which every line has as many separators as the header, goes
through pandas' C parser: there both readings agree. Every other block goes through Python's ``csv`` in strict mode,
which names the line of each fault.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from quellen.fehler import Befund, QuellenFehler
from quellen.lesen.texttabelle import HOECHSTENS, Stelle


class Zeilenfolge:
    """Lines for ``csv.reader``: those of a text, and of the blocks after it while a record is still open.

    ``gezaehlt``: how many lines were handed out; they end with LF, CRLF or CR, as editors count them. ``alle``: go on
    with the blocks between two records too.
    """

    def __init__(self, text: str, weitere: Callable[[], bytes | None] = lambda: None, *, alle: bool = False) -> None:
        self._weitere = weitere
        self._alle = alle
        self.gezaehlt = 0
        self._lies(text)

    def _lies(self, text: str) -> None:
        self._puffer = io.StringIO(text, newline="")
        self._rest = len(text)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self._rest and not self._nachladen():
            raise StopIteration
        zeile = self._puffer.readline()
        self._rest -= len(zeile)
        self.gezaehlt += 1
        return zeile

    def _nachladen(self) -> bool:
        block = self._weitere()
        if block is not None:
            self._lies(block.decode())
        return block is not None

    def am_ende(self) -> bool:
        """Whether the text is used up; meant to be asked between two records."""
        return not self._rest and not (self._alle and self._nachladen())


def saetze(zeilen: Zeilenfolge, trenner: str, stelle: Stelle, beginn: int = 1) -> Iterator[tuple[int, list[str]]]:
    """Records with the line in which each begins; blank lines are left out. ``beginn``: the line of the first one.

    Raises ``QuellenFehler`` for broken quoting and for a separator that cannot be one.
    """
    zeile = beginn
    try:
        leser = csv.reader(zeilen, delimiter=trenner, strict=True)
        while not zeilen.am_ende():
            satz = next(leser, None)
            if satz:
                yield zeile, satz
            zeile = beginn + zeilen.gezaehlt
    except (csv.Error, TypeError, ValueError) as fehler:
        raise stelle.fehler(
            "Die Zeile ist kein gültiges CSV",
            str(fehler),
            f"Zellen mit »{trenner}« getrennt, Anführungszeichen paarweise",
            "die Zeile im Editor ansehen; eine abgeschnittene Datei erneut abrufen, sonst "
            f"trenner prüfen in {stelle.deklaration('formate')}",
            zeile,
        ) from fehler


@dataclass
class Leser:
    """The records below a header, block by block.

    ``endtrenner``: the header ends with a separator, so a record may have one more cell if it is empty. ``fuss``: the
    data end before the first record whose first filled cell it matches; ``am_fuss`` then becomes true.
    """

    spalten: list[str]
    trenner: str
    endtrenner: bool
    fuss: str | None
    stelle: Stelle
    am_fuss: bool = False
    falsch: list[Befund] = field(default_factory=list)
    anzahl_falsch: int = 0

    def tabellen(self, bloecke: Iterator[bytes], zeile: int) -> Iterator[pd.DataFrame]:
        """One table per block. ``zeile``: the line of the first byte.

        Records of the wrong width are collected to the end and then raised; after the first one nothing is handed out.
        """
        while not self.am_fuss and (block := next(bloecke, None)) is not None:
            zeilen = _anzahl(block, b"\n")
            tabelle = self._schnell(block, zeile, zeilen + (not block.endswith(b"\n")))
            if tabelle is None:
                tabelle, zeile = self._genau(block, bloecke, zeile)
            else:
                zeile += zeilen
            if not self.anzahl_falsch:
                yield tabelle
        if self.anzahl_falsch:
            raise QuellenFehler(self.stelle.gekuerzt(self.falsch, self.anzahl_falsch))

    def _schnell(self, block: bytes, zeile: int, zeilen: int) -> pd.DataFrame | None:
        """The table of a plain block of so many lines; ``None`` if it is not plain.

        The parser refuses a line with more cells than the first one. If there are none and the block has as many
        separators as that many lines of equal width, every line has that width, and none is blank.
        """
        trenner, breite = self.trenner.encode(), len(self.spalten)
        if len(trenner) != 1 or breite == 1 or not _schlicht(block) or trenner in b'"\r\n\0\xef':
            return None
        trenner_je_zeile, rest = divmod(_anzahl(block, trenner), zeilen)
        erste = block[: block.find(b"\n") + 1 or len(block)].count(trenner)
        if rest or erste != trenner_je_zeile or erste not in (breite - 1, breite - 1 + self.endtrenner):
            return None
        try:
            gelesen = pd.read_csv(
                io.BytesIO(block), sep=self.trenner, header=None, dtype=object, na_filter=False,
                quoting=csv.QUOTE_NONE, skip_blank_lines=False, engine="c", low_memory=False, encoding="utf-8",
            )  # fmt: skip
        except (pd.errors.ParserError, ValueError):
            return None
        if len(gelesen) != zeilen or gelesen.shape[1] != erste + 1:
            return None
        if erste == breite:
            if gelesen[breite].ne("").any():
                return None
            del gelesen[breite]
        gelesen.columns = pd.Index(self.spalten)
        nummern = pd.DataFrame({"zeile": np.arange(zeile, zeile + zeilen, dtype=np.int64)})
        return self._bis_fuss(pd.concat([nummern, gelesen], axis=1))

    def _bis_fuss(self, tabelle: pd.DataFrame) -> pd.DataFrame:
        if self.fuss is None:
            return tabelle
        muster = re.compile(self.fuss)
        zellen = tabelle.iloc[:, 1:].to_numpy(dtype=object)
        for nummer, satz in enumerate(zellen):
            if _ist_fuss(muster, satz):
                self.am_fuss = True
                return tabelle.iloc[:nummer]
        return tabelle

    def _genau(self, block: bytes, bloecke: Iterator[bytes], zeile: int) -> tuple[pd.DataFrame, int]:
        """The table of any block, and the line after it."""
        breite = len(self.spalten)
        muster = re.compile(self.fuss) if self.fuss is not None else None
        nummern: list[int] = []
        inhalt: list[list[str]] = []
        folge = Zeilenfolge(block.decode(), lambda: next(bloecke, None))
        for beginn, satz in saetze(folge, self.trenner, self.stelle, zeile):
            if muster is not None and _ist_fuss(muster, satz):
                self.am_fuss = True
                break
            zellen = satz[:-1] if self.endtrenner and len(satz) == breite + 1 and not satz[-1] else satz
            if len(zellen) == breite:
                nummern.append(beginn)
                inhalt.append(zellen)
            else:
                self.anzahl_falsch += 1
                if len(self.falsch) < HOECHSTENS:
                    self.falsch.append(breitenbefund(self.stelle, beginn, len(zellen), breite))
        return self._rahmen(inhalt, nummern), zeile + folge.gezaehlt

    def leere(self) -> pd.DataFrame:
        """A table without rows."""
        return self._rahmen([], [])

    def _rahmen(self, inhalt: list[list[str]], nummern: list[int]) -> pd.DataFrame:
        tabelle = pd.DataFrame(inhalt, columns=self.spalten, dtype=object)
        tabelle.insert(0, "zeile", np.asarray(nummern, dtype=np.int64))
        return tabelle


def breitenbefund(stelle: Stelle, zeile: int, ist: int, soll: int) -> Befund:
    """The finding about a record with too many or too few cells."""
    return stelle.befund(
        f"Die Zeile hat zu {'viele' if ist > soll else 'wenige'} Zellen",
        f"{ist} Zellen",
        f"{soll} Zellen wie die Kopfzeile",
        "die Zeile im Editor ansehen (Trennzeichen im Text? abgeschnitten?) und die Datei erneut abrufen; "
        "bleibt es so, beim Herausgeber nachfragen",
        zeile,
    )


def pruefe_breite(inhalt: Sequence[tuple[int, Sequence[str]]], breite: int, stelle: Stelle) -> None:
    """Raise ``QuellenFehler`` unless every record has ``breite`` cells."""
    falsch = [breitenbefund(stelle, z, len(s), breite) for z, s in inhalt if len(s) != breite]
    if falsch:
        raise QuellenFehler(stelle.gekuerzt(falsch))


def _ist_fuss(muster: re.Pattern[str], satz: Iterable[str]) -> bool:
    erste = next((text for zelle in satz if (text := zelle.strip())), "")
    return bool(erste) and muster.match(erste) is not None


def _anzahl(block: bytes, zeichen: bytes) -> int:
    return int(np.count_nonzero(np.equal(np.frombuffer(block, dtype=np.uint8), zeichen[0])))


def _schlicht(block: bytes) -> bool:
    """Whether a block has nothing that two readers of CSV could understand differently."""
    if block.startswith(b"\xef\xbb\xbf") or b'"' in block or b"\0" in block:
        return False
    return b"\r" not in block or block.count(b"\r") == block.count(b"\r\n")
