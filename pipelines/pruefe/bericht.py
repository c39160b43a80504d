"""The result of an audit, in words and as data.

Belongs here: points, findings and their wording as a whole. Does not belong here: the audit's parts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

GEZEIGT = 20
"""Findings of one point that are shown in words; the rest is counted (JSON has all)."""


@dataclass
class Pruefpunkt:
    """One point of the audit: what was looked at, how many of them (``geprueft``, of ``einheit``), and what was wrong.

    ``hinweise`` are worth knowing and no fault.
    """

    name: str
    geprueft: int
    maengel: list[str] = field(default_factory=list)
    einheit: str = ""
    hinweise: list[str] = field(default_factory=list)

    @property
    def bestanden(self) -> bool:
        """Whether nothing was wrong."""
        return not self.maengel


@dataclass
class Pruefbericht:
    """All points of an audit of one release."""

    freigabe: str
    punkte: list[Pruefpunkt] = field(default_factory=list)

    @property
    def bestanden(self) -> bool:
        """Whether no point found anything wrong."""
        return all(p.bestanden for p in self.punkte)

    def unversehrt(self, datei: str) -> bool:
        """Whether no finding so far names this file."""
        return not any(datei in mangel for p in self.punkte for mangel in p.maengel)

    def als_json(self) -> dict[str, Any]:
        """The report as dictionaries, lists, texts and numbers, ready for ``json.dumps``."""
        return {
            "freigabe": self.freigabe,
            "bestanden": self.bestanden,
            "punkte": [
                {
                    "name": p.name,
                    "bestanden": p.bestanden,
                    "geprueft": p.geprueft,
                    "einheit": p.einheit,
                    "maengel": list(p.maengel),
                    "hinweise": list(p.hinweise),
                }
                for p in self.punkte
            ],
        }

    def als_text(self) -> str:
        """The report in German sentences, one line per point and finding."""
        zeilen = [f"Prüfung der Freigabe {self.freigabe}"]
        for p in self.punkte:
            anzahl = f"{p.geprueft:,} {p.einheit}".replace(",", ".").strip()
            zeilen.append(
                f"{'gut    ' if p.bestanden else 'MANGEL '} {p.name}: {anzahl} geprüft, {len(p.maengel)} Mängel"
            )
            zeilen += [f"        - {m}" for m in p.maengel[:GEZEIGT]]
            if len(p.maengel) > GEZEIGT:
                zeilen.append(f"        - und {len(p.maengel) - GEZEIGT} weitere (alle: --json)")
            zeilen += [f"        Hinweis: {h}" for h in p.hinweise]
        maengel = sum(len(p.maengel) for p in self.punkte)
        zeilen.append(
            "Ergebnis: bestanden, keine Abweichung gefunden."
            if self.bestanden
            else f"Ergebnis: nicht bestanden, {maengel} Mängel. Was tun: die genannten Dateien aus der Sicherung "
            "wiederherstellen oder die Freigabe zurückziehen; dann erneut prüfen."
        )
        return "\n".join(zeilen)
