"""Collecting findings of one file, so that a message shows all rules that failed and not only the first.

Belongs here: counting and choosing what is shown. Does not belong here: the rules.
"""

from __future__ import annotations

from quellen.fehler import Befund, QuellenFehler
from quellen.lesen.texttabelle import HOECHSTENS, Stelle


class Sammler:
    """Findings by rule. Every rule gets its turn before any rule shows its next finding."""

    def __init__(self, stelle: Stelle) -> None:
        self.stelle = stelle
        self._je_regel: dict[str, list[Befund]] = {}
        self.anzahl = 0

    def melde(
        self, regel: str, gefunden: str, erwartet: str, tun: str, zeile: int | None = None, spalte: int | None = None
    ) -> None:
        """Add one finding; its texts are those of ``Befund``. Only as many as can be shown are kept."""
        self.nimm(self.stelle.befund(regel, gefunden, erwartet, tun, zeile, spalte))

    def nimm(self, befund: Befund) -> None:
        """Add a finding that somebody else made."""
        self.anzahl += 1
        liste = self._je_regel.setdefault(befund.regel, [])
        if len(liste) < HOECHSTENS:
            liste.append(befund)

    def uebernimm(self, andere: Sammler) -> None:
        """Add all findings of another one about the same file."""
        self.anzahl += andere.anzahl
        for regel, befunde in andere._je_regel.items():
            liste = self._je_regel.setdefault(regel, [])
            liste += befunde[: HOECHSTENS - len(liste)]

    def auswahl(self) -> list[Befund]:
        """At most ``HOECHSTENS`` findings in turn over the rules, then one that counts the rest."""
        runden = max((len(liste) for liste in self._je_regel.values()), default=0)
        reihe = [liste[i] for i in range(runden) for liste in self._je_regel.values() if i < len(liste)]
        return self.stelle.gekuerzt(reihe, self.anzahl)

    def pruefe(self) -> None:
        """Raise ``QuellenFehler`` with the selection if anything was reported."""
        if self.anzahl:
            raise QuellenFehler(self.auswahl())
