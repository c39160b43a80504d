"""The result of every reader, and the place in a file that messages name.

Belongs here: ``Texttabelle``, ``Stelle`` and the checks of a table's header that all formats share.
Does not belong here: any file format (the modules beside this one) or any meaning of columns (``vertrag``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from quellen.fehler import Befund, QuellenFehler

HOECHSTENS = 20
"""Findings shown of one kind; the rest is counted."""


@dataclass(frozen=True)
class Stelle:
    """Which file of which Teil a finding concerns; makes findings that carry it."""

    quelle: str = ""
    teil: str = ""
    datei: str = ""

    def befund(
        self, regel: str, gefunden: str, erwartet: str, tun: str, zeile: int | None = None, spalte: int | None = None
    ) -> Befund:
        """One finding at this place. ``zeile`` and ``spalte`` count from 1."""
        return Befund(
            regel=regel,
            gefunden=gefunden,
            erwartet=erwartet,
            tun=tun,
            quelle=self.quelle,
            teil=self.teil,
            datei=self.datei,
            zeile=zeile,
            spalte=spalte,
        )

    def fehler(
        self, regel: str, gefunden: str, erwartet: str, tun: str, zeile: int | None = None, spalte: int | None = None
    ) -> QuellenFehler:
        """The same as an error to raise."""
        return QuellenFehler(self.befund(regel, gefunden, erwartet, tun, zeile, spalte))

    def deklaration(self, abschnitt: str) -> str:
        """Where in the catalogue a declaration stands, e.g. ``quellen/katalog/x.yaml unter teile.y.orte``."""
        teil = f"teile.{self.teil}." if self.teil else ""
        return f"quellen/katalog/{self.quelle or '<quelle>'}.yaml unter {teil}{abschnitt}"

    def gekuerzt(self, befunde: Sequence[Befund], anzahl: int | None = None) -> list[Befund]:
        """At most ``HOECHSTENS`` findings and one that counts the others (``anzahl``: how many there are in all)."""
        gezeigt = list(befunde[:HOECHSTENS])
        rest = (len(befunde) if anzahl is None else anzahl) - len(gezeigt)
        if rest > 0:
            gezeigt.append(
                self.befund(
                    f"… und {rest} weitere",
                    f"{rest + len(gezeigt)} Verstöße insgesamt",
                    "keine",
                    "die genannten beheben und erneut prüfen",
                )
            )
        return gezeigt


@dataclass(frozen=True)
class Texttabelle:
    """A file as text, cell by cell.

    ``daten`` has the int column ``zeile`` (1-based line of the decoded text where the record begins, row of the sheet;
    for JSON and GeoJSON the number of the record) and one column of ``str`` per entry of ``spalten``; no cell is
    missing. A column's number for users is its position in ``spalten`` + 1. ``kopfzeile`` is the line of the header,
    its last one if it has several. ``kodierung`` is the one that was read with; ``abweichungen`` tells where the file
    differs from its declaration and could be read nevertheless.
    """

    datei: str
    spalten: tuple[str, ...]
    daten: pd.DataFrame
    kodierung: str
    kopfzeile: int = 1
    abweichungen: tuple[Befund, ...] = ()

    def spaltennummer(self, name: str) -> int:
        """The number of a column as an editor or spreadsheet shows it. ``ValueError`` if there is none."""
        return self.spalten.index(name) + 1


def pruefe_namen(spalten: Sequence[str], kopfzeile: int, stelle: Stelle) -> None:
    """Raise ``QuellenFehler`` if column names are empty, doubled or reserved."""
    befunde = []
    for nummer, name in enumerate(spalten, 1):
        if not name:
            befunde.append(
                stelle.befund(
                    "Eine Spalte hat keinen Namen",
                    f"leerer Name zwischen »{spalten[nummer - 2] if nummer > 1 else ''}« und "
                    f"»{spalten[nummer] if nummer < len(spalten) else ''}«",
                    "in jeder Spalte ein Name",
                    f"Trennzeichen und Kopfzeile prüfen ({stelle.deklaration('formate')})",
                    kopfzeile,
                    nummer,
                )
            )
    for name, anzahl in Counter(spalten).items():
        if name and (anzahl > 1 or name == "zeile"):
            stellen = ", ".join(str(i) for i, n in enumerate(spalten, 1) if n == name)
            befunde.append(
                stelle.befund(
                    "Ein Spaltenname ist nicht eindeutig",
                    f"»{name}« in Spalte {stellen}",
                    "jeder Name genau einmal; »zeile« ist für die Zeilennummer vergeben",
                    "beim Herausgeber nachfragen, welche Spalte gilt; die Datei bleibt im Archiv",
                    kopfzeile,
                    spalten.index(name) + 1,
                )
            )
    if befunde:
        raise QuellenFehler(stelle.gekuerzt(befunde))


def baue_tabelle(
    stelle: Stelle,
    spalten: Sequence[str],
    zeilen: Sequence[int],
    saetze: Sequence[Sequence[str]],
    kodierung: str,
    kopfzeile: int = 1,
    abweichungen: tuple[Befund, ...] = (),
) -> Texttabelle:
    """Put records together. Raises ``QuellenFehler`` if column names are empty, doubled or reserved."""
    pruefe_namen(spalten, kopfzeile, stelle)
    daten = pd.DataFrame(list(saetze), columns=list(spalten), dtype=object)
    daten.insert(0, "zeile", np.asarray(zeilen, dtype=np.int64))
    return Texttabelle(stelle.datei, tuple(spalten), daten, kodierung, kopfzeile, abweichungen)
