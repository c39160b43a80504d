"""Arithmetic of the model that gives the same bytes everywhere.

Belongs here: the seeded generator, whole numbers that add up, interpolation. Does not belong here: anything about the
content. Only plain Python floats are used (each operation rounded on its own, sums by ``math.fsum``, since ``sum``
changed with Python 3.12) and from numpy only uniform draws of PCG64, so that neither CPU nor library version
shows in the files.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

SAAT = 20261101

_Wert = TypeVar("_Wert")


class Zufall:
    """Uniform draws from PCG64 with the project's seed; ``strom`` separates the modules from each other."""

    def __init__(self, strom: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64([SAAT, strom]))

    def zahl(self, von: float = 0.0, bis: float = 1.0) -> float:
        """One draw, at least ``von`` and below ``bis``."""
        return von + (bis - von) * float(self._generator.random())

    def mischen(self, werte: Sequence[_Wert]) -> list[_Wert]:
        """The values in random order."""
        schluessel = [float(z) for z in self._generator.random(len(werte))]
        return [werte[i] for i in sorted(range(len(werte)), key=schluessel.__getitem__)]


def verteilen(summe: int, gewichte: Sequence[float]) -> list[int]:
    """Whole numbers proportional to ``gewichte`` that add up to ``summe`` (largest remainder, ties to the front).

    Raises ``ValueError`` if ``summe`` is to be distributed over weights that are all zero, or is negative.
    """
    gesamt = math.fsum(gewichte)
    if summe < 0 or (summe > 0 and gesamt <= 0):
        raise ValueError(f"{summe} lässt sich nicht auf die Gewichte {list(gewichte)[:5]}… verteilen")
    if summe == 0:
        return [0] * len(gewichte)
    genau = [summe * g / gesamt for g in gewichte]
    ganz = [int(g) for g in genau]
    rest = sorted(range(len(genau)), key=lambda i: (-round(genau[i] - ganz[i], 9), i))
    for i in rest[: summe - sum(ganz)]:
        ganz[i] += 1
    return ganz


def ziehen(summe: int, gewichte: Sequence[float], anfang: float) -> list[int]:
    """Whole numbers near ``summe * gewicht / total`` that add up to ``summe`` (systematic sampling).

    Each is the floor or the ceiling of its exact share. Unlike ``verteilen`` small shares get their turn, too:
    ``anfang`` (at least 0, below 1) decides which.
    """
    gesamt = math.fsum(gewichte)
    if summe < 0 or (summe > 0 and gesamt <= 0):
        raise ValueError(f"{summe} lässt sich nicht auf die Gewichte {list(gewichte)[:5]}… ziehen")
    grenzen = [int(round(summe * teil / gesamt, 9) + anfang) if summe else 0 for teil in itertools.accumulate(gewichte)]
    return [b - a for a, b in itertools.pairwise([0, *grenzen])]


def stuetzen(punkte: Mapping[int, float], x: int) -> float:
    """Linear interpolation between the points, constant beyond the outermost ones."""
    unten = max((p for p in punkte if p <= x), default=min(punkte))
    oben = min((p for p in punkte if p >= x), default=max(punkte))
    if unten == oben:
        return punkte[unten]
    return punkte[unten] + (punkte[oben] - punkte[unten]) * ((x - unten) / (oben - unten))


def kurve(punkte: Mapping[int, float], laenge: int = 101) -> list[float]:
    """``stuetzen`` for 0 to ``laenge`` - 1."""
    return [stuetzen(punkte, x) for x in range(laenge)]
