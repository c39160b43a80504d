"""The answer to the question where a figure comes from, and the error if there is none.

Belongs here: shapes, and how numbers are written for people. Does not belong here: asking (``abfrage``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


class HerkunftFehler(Exception):
    """The question cannot be answered; the German text says what was found and what is possible."""


@dataclass(frozen=True)
class Zelle:
    """One source cell, or one input of a derived figure, and what it contributes: ``gewicht`` times ``wert``.

    ``korrigiert`` counts instead of ``originaltext`` where the cell is known to be wrong; ``korrektur`` says why.
    """

    rolle: str
    term: int
    bezug: str
    merkmal: str
    gebiet: str | None
    stichtag: date | None
    gliederung: str
    wert: float | None
    status: str
    gewicht: float
    quelle: str | None
    abruf: str | None
    datei: str | None
    zeile: int | None
    spalte: int | None
    originaltext: str
    korrigiert: str | None
    korrektur: str | None
    url: str | None
    abgerufen_am: str
    lizenz: str | None
    datenart: str
    basis: str

    @property
    def ist_ableitung(self) -> bool:
        """Whether this is no cell: another figure, a facility, a count, or the rule that hides the figure."""
        return self.spalte is None


@dataclass(frozen=True)
class Kennzahl:
    """One released figure; ``zellen`` are all cells of numerator, denominator and weights."""

    basis: str
    wert: float | None
    einheit: str
    zaehler: float | None
    nenner: float | None
    status: str
    bedeutung: str
    vertraulichkeit: str
    datenart: str
    formel: str
    zellen: tuple[Zelle, ...]


@dataclass(frozen=True)
class Herkunft:
    """The answer: what was asked, how it is defined, and the figures (one per population basis)."""

    freigabe: str
    indikator: str
    name: str
    beschreibung: str
    zaehler: str
    nenner: str
    methode: str
    gebiet: str
    gebietsname: str
    stichtag: date
    kennzahlen: tuple[Kennzahl, ...]
    namensnennungen: dict[str, str]


def zahl(wert: float | None) -> str:
    """A number as Germans write it, six significant decimals at most; ``–`` if there is none."""
    if wert is None:
        return "–"
    text = f"{wert:,.6f}".rstrip("0").rstrip(".")
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")
