"""The comparison of two releases as data.

Belongs here: its shape. Does not belong here: reading releases (``abfrage``), wording (``darstellung``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


class VergleichFehler(Exception):
    """Two releases that cannot be compared; the message says why and what to do."""


@dataclass(frozen=True)
class Schritt:
    """One revision on the way from one release to the other."""

    freigabe: str
    anlass: str
    quelle: str
    grund: str


@dataclass(frozen=True)
class Unterschied:
    """A figure that is not the same in both. ``felder``: column → what both say, where they differ."""

    indikator: str
    gebiet: str
    name: str
    stichtag: date
    basis: str
    art: str
    felder: dict[str, tuple[object, object]]
    schritte: tuple[Schritt, ...]

    @property
    def grund(self) -> str:
        """All reasons in order; with several steps each names its release."""
        if len(self.schritte) == 1:
            return self.schritte[0].grund
        return " – ".join(f"{s.freigabe}: {s.grund}" for s in self.schritte) or "keine Revision nennt ihn"

    @property
    def erklaert(self) -> bool:
        """Whether the revisions name it, each with a reason."""
        return bool(self.schritte) and all(s.anlass not in ("", "ungeklaert") for s in self.schritte)


@dataclass(frozen=True)
class Vergleich:
    """All differences between the releases ``von`` and ``nach``; the revisions of ``dazwischen`` explain them."""

    von: str
    nach: str
    dazwischen: tuple[str, ...]
    unterschiede: list[Unterschied] = field(default_factory=list)

    @property
    def erklaert(self) -> bool:
        """Whether every difference is explained."""
        return all(u.erklaert for u in self.unterschiede)
