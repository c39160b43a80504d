"""What can go wrong with a release, in words.

Belongs here: the error type and the result of one check. Does not belong here: the checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Pruefung:
    """One check: its name, whether it passed, and a German sentence that says what was looked at or found."""

    name: str
    bestanden: bool
    meldung: str


class FreigabeFehler(Exception):
    """A release could not be built, checked or made current; the previous one stays. The text is German.

    ``pruefungen`` holds the failed checks, if checks were the reason.
    """

    def __init__(self, meldung: str, pruefungen: Sequence[Pruefung] = ()) -> None:
        self.pruefungen: tuple[Pruefung, ...] = tuple(pruefungen)
        zeilen = [meldung] + [f"- {p.name}: {p.meldung}" for p in self.pruefungen]
        super().__init__("\n".join(zeilen))
