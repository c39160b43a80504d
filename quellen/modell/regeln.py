"""The parts of a Teil's declaration that are rules over rows, over retrievals, and over what becomes of a row.

Belongs here: completeness, sums, ranges, the change gate, yearly slices, the way to observations, corrections. Does not
belong here: checking them (``vertrag``).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from quellen.modell.strikt import Strikt

GLIEDERUNGEN = (
    "geschlecht", "alter", "staatsangehoerigkeit", "staat", "schulform", "rechtsform", "schulbetrieb", "art",
)  # fmt: skip
"""Breakdowns that a source may deliver, as fields of these names. ``art``: any further one, e.g. a certificate."""


class Vollstaendig(Strikt):
    """Every key of a directory must be present exactly once per combination of ``je``."""

    feld: str
    je: tuple[str, ...] = ()


class Summe(Strikt):
    """Rows with ``insgesamt`` in a field are totals of the others.

    ``additiv: false`` for sources that are rounded or perturbed (cell key): their parts do not add up.
    """

    felder: tuple[str, ...]
    additiv: bool = True


class Bereich(Strikt):
    """Plausible figures of one Merkmal, both bounds included; ``None`` is open."""

    merkmal: str
    von: float | None = None
    bis: float | None = None


class Toleranz(Strikt):
    """How much of something may change between two retrievals; holds for retrievals up to the day ``bis``.

    ``prozent``: of the earlier number; ``anzahl``: so many may vanish. After ``bis`` nothing may change.
    """

    prozent: float | None = Field(None, ge=0)
    anzahl: int | None = Field(None, ge=0)
    grund: str = Field(min_length=10)
    bis: date

    @model_validator(mode="after")
    def _eines(self) -> Toleranz:
        if (self.prozent is None) == (self.anzahl is None):
            raise ValueError("genau eines von prozent und anzahl angeben")
        return self


class Aenderung(Strikt):
    """The change gate: a retrieval against the last accepted one of the same Teil.

    ``zeilen``: number of rows; ``summen``: sum per Merkmal at the reference dates that both have; ``gebiete``:
    districts that were there and no longer are; ``stichtage``: likewise reference dates. Without a tolerance nothing of
    ``gebiete`` and ``stichtage`` may vanish.
    """

    zeilen: Toleranz
    summen: Toleranz | None = None
    gebiete: Toleranz | None = None
    stichtage: Toleranz | None = None


class Jahrgaenge(Strikt):
    """A table fetched year by year: ``ab`` the first year there is, ``rueckblick`` so many years every night."""

    ab: int = Field(ge=1900, le=2100)
    rueckblick: int = Field(2, ge=1, le=50)


class Beobachtung(Strikt):
    """How a row of figures becomes observations. The names are those of fields.

    ``gebiet``: the field with the district's key; ``stichtag``: the field with the date or period, or ``stand`` for the
    file's own; ``merkmal``: the field whose ``werte`` are Merkmale, where the column does not say what is counted.
    Fields that are called like a breakdown (``GLIEDERUNGEN``) are breakdowns.
    """

    gebiet: str
    stichtag: str = "stand"
    merkmal: str | None = None


class Merkmal(Strikt):
    """What is counted. ``verzeichnis``: a list of what exists, where absence means none."""

    name: str
    einheit: str
    verzeichnis: bool = False


class Korrektur(Strikt):
    """One cell of a source that is known to be wrong (file ``<quelle>.korrekturen.yaml``).

    ``schluessel``: the fields that identify the row, as they stand in the source; ``spalte``: name of the column.
    ``alt``: the text that the source holds; if it holds another one, the correction is not applied and reported.
    ``neu``: the text that counts instead. Holds for retrievals up to the day ``bis``.
    """

    teil: str
    schluessel: dict[str, str] = Field(min_length=1)
    spalte: str
    alt: str
    neu: str
    grund: str = Field(min_length=10)
    gemeldet_von: str
    bis: date


NeueSpalten = Literal["fehler", "melden"]
