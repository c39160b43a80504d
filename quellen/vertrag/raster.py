"""A file's records, their figures and the fields that identify them, as whole columns.

Belongs here: how figures, records and columns of figures relate, and grouping figures by their fields. Does not belong
here: the rules that are checked on it (``regeln``, ``summen``, ``bereiche``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from quellen.modell import Teil
from quellen.vertrag.felder import INSGESAMT, Feldwerte, Texte
from quellen.vertrag.spalten import Wertort

Nummern = npt.NDArray[np.int64]
Maske = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Raster:
    """The records of a file and their figures, row by row: figure ``i`` stands in record ``i // breite``.

    ``codes`` holds our codes of each field, per record or per column of figures (``felder[name].je_zeile``). For
    the form ``liste`` there are no columns of figures and ``breite`` is 1. ``gefuehrte`` says per text of a field
    whether the warehouse carries it (see ``nicht_gefuehrt``); a field that is not in it is carried throughout.
    """

    teil: Teil
    zeilen: Nummern
    werte: tuple[Wertort, ...]
    felder: dict[str, Feldwerte]
    codes: dict[str, Texte]
    gefuehrte: Mapping[str, Maske] = field(default_factory=dict)

    @property
    def breite(self) -> int:
        """Figures per record."""
        return len(self.werte) if self.teil.form == "werte" else 1

    def zeile(self, i: int) -> int:
        """Source line of a figure."""
        return int(self.zeilen[i // self.breite])

    def spalte(self, i: int) -> int | None:
        """Source column of a figure; ``None`` for the form ``liste``."""
        return self.werte[i % self.breite].nummer if self.werte else None

    def lang(self, werte: npt.NDArray[np.generic], je_zeile: bool) -> npt.NDArray[np.generic]:
        """Stretch values per record or per column to one per figure."""
        return np.repeat(werte, self.breite) if je_zeile else np.tile(werte, len(self.zeilen))

    def gruppen(self, felder: Iterable[str]) -> Nummern:
        """A number per figure: equal where all these fields and the Merkmal are equal."""
        merkmale = np.array([ort.wertspalte.merkmal for ort in self.werte] or [""], dtype=object)
        teile = [(merkmale, False), *((self.codes[f], self.felder[f].je_zeile) for f in felder)]
        nummern = np.zeros(len(self.zeilen) * self.breite, dtype=np.int64)
        for codes, je_zeile in teile:
            stufen, verschiedene = pd.factorize(codes)
            nummern = nummern * max(len(verschiedene), 1) + self.lang(stufen.astype(np.int64), je_zeile).astype(
                np.int64
            )
            nummern = pd.factorize(nummern)[0].astype(np.int64)
        return nummern

    def schluessel(self) -> tuple[str, ...]:
        """Fields that together identify one figure: those of a row and those in the names of the columns."""
        aus_spalten = tuple(f for f, w in self.felder.items() if not w.je_zeile)
        summe = self.teil.summe.felder if self.teil.summe else ()
        return tuple(dict.fromkeys((*(self.teil.eindeutig or self.teil.feldnamen()), *aus_spalten, *summe)))

    def ist_insgesamt(self, feld: str) -> Maske:
        """Per figure, whether this field says that it is a total."""
        return self.lang(self.codes[feld] == INSGESAMT, self.felder[feld].je_zeile).astype(bool)

    def beschreibe(self, i: int, felder: Iterable[str]) -> str:
        """A figure's fields in the words of the source, e.g. ``region »05112«, alter »Total«``."""
        stellen = ((f, i // self.breite if self.felder[f].je_zeile else i % self.breite) for f in felder)
        return ", ".join(f"{f} »{self.felder[f].texte[j]}«" for f, j in stellen)

    def gefuehrt_je(self, je_zeile: bool) -> Maske:
        """Per record (or per column of figures) whether all its fields are carried."""
        laenge = len(self.zeilen) if je_zeile else len(self.werte)
        gilt = np.ones(laenge, dtype=bool)
        for name, maske in self.gefuehrte.items():
            if self.felder[name].je_zeile == je_zeile:
                gilt &= maske
        return gilt

    @property
    def gefuehrt(self) -> Maske:
        """Per figure whether the warehouse carries it; only these take part in sums, completeness and ranges."""
        zeilen = self.lang(self.gefuehrt_je(True), je_zeile=True).astype(bool)
        return zeilen & self.lang(self.gefuehrt_je(False), je_zeile=False).astype(bool) if self.werte else zeilen

    def merkmale(self) -> Texte:
        """Per figure what is counted: what the declared field says, else the column."""
        beobachtung = self.teil.beobachtung
        if beobachtung is not None and beobachtung.merkmal:
            feld = beobachtung.merkmal
            return self.lang(self.codes[feld], self.felder[feld].je_zeile).astype(object)
        spalten = np.array([ort.wertspalte.merkmal for ort in self.werte] or [""], dtype=object)
        return self.lang(spalten, je_zeile=False).astype(object)
