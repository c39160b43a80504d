"""The formulas of the comparisons a second way, written from the literature with numpy and scipy.

Belongs here: ranks and their intervals, smoothing, difference of two shares or rates, Mann and Kendall's test. Does not
belong here: which figures they are applied to (``vergleiche``). Nothing is shared with what dbt calls.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy import stats

_ZIEHUNGEN = 500
_Z95 = 1.959963984540054


class Zelle(NamedTuple):
    """Cases and base of a share (``anteil``) or of an event rate."""

    x: float
    n: float
    anteil: bool

    @property
    def rate(self) -> float:
        """Cases per base."""
        return self.x / self.n


class Unterschied(NamedTuple):
    """Interval of the difference of two rates and p-value of their equality."""

    von: float
    bis: float
    p: float


def raenge(werte: Sequence[float], *, hoch_zuerst: bool) -> list[int]:
    """1, 2, 2, 4."""
    vorzeichen = -1 if hoch_zuerst else 1
    return [int(r) for r in stats.rankdata([vorzeichen * w for w in werte], method="min")]


def rangintervalle(
    name: str, zellen: Sequence[Zelle], folge: Sequence[int], *, hoch_zuerst: bool
) -> list[tuple[int, int]]:
    """5 % and 95 % of the ranks in parametric bootstrap draws, widened to hold the rank itself.

    The rule of the stream: PCG64, seeded with the first eight bytes of sha256 over indicator, date, basis and level;
    per draw all districts in the order of their keys.
    """
    if len(zellen) == 1:
        return [(1, 1)]
    strom = np.random.Generator(np.random.PCG64(int(hashlib.sha256(name.encode()).hexdigest()[:16], 16)))
    groesse = (_ZIEHUNGEN, len(zellen))
    if zellen[0].anteil:
        basen = np.array([max(round(z.n), 1) for z in zellen])
        gezogen = strom.binomial(basen, [min(max(z.rate, 0), 1) for z in zellen], groesse) / basen
    else:
        gezogen = strom.poisson([z.x for z in zellen], groesse) / np.array([z.n for z in zellen])
    alle = stats.rankdata(-gezogen if hoch_zuerst else gezogen, method="min", axis=1)
    unten, oben = np.quantile(alle, [0.05, 0.95], axis=0, method="inverted_cdf").astype(int).tolist()
    return [(min(r, u), max(r, o)) for r, u, o in zip(folge, unten, oben, strict=True)]


def geglaettet(zellen: Sequence[Zelle]) -> list[float]:
    """Marshall 1991, global: each rate drawn to the mean by the share of the variance that chance explains."""
    if not zellen:
        return []
    n = np.array([z.n for z in zellen])
    r = np.array([z.rate for z in zellen])
    m = float(np.average(r, weights=n))
    zufall = m * (1 - m) if zellen[0].anteil else m
    zwischen = max(0.0, float(np.average((r - m) ** 2, weights=n)) - zufall / float(n.mean()))
    if zwischen == 0:
        return [m] * len(zellen)
    gewichte = zwischen / (zwischen + zufall / n)
    return [float(g * a + (1 - g) * m) for g, a in zip(gewichte, r, strict=True)]


def gegen_rest(a: Zelle, b: Zelle) -> Unterschied:
    """Square-and-add interval of ``a`` minus ``b``, and the test: of two shares, or of two Poisson counts."""
    (a_von, a_bis), (b_von, b_bis) = _grenzen(a), _grenzen(b)
    d = a.rate - b.rate
    von = d - math.hypot(a.rate - a_von, b_bis - b.rate)
    bis = d + math.hypot(a_bis - a.rate, b.rate - b_von)
    if a.anteil:
        alle = (a.x + b.x) / (a.n + b.n)
        fehler = math.sqrt(max(0.0, alle * (1 - alle)) * (1 / a.n + 1 / b.n))
        return Unterschied(von, bis, 1.0 if fehler == 0 else float(2 * stats.norm.sf(abs(d) / fehler)))
    anteil = a.n / (a.n + b.n)
    hoechstens = float(stats.beta.sf(anteil, a.x + 1, b.x)) if b.x > 0 else 1.0
    mindestens = float(stats.beta.cdf(anteil, a.x, b.x + 1)) if a.x > 0 else 1.0
    return Unterschied(von, bis, min(1.0, 2 * min(hoechstens, mindestens)))


def _grenzen(z: Zelle) -> tuple[float, float]:
    """95 % interval: Wilson, or exact for a Poisson count."""
    if not z.anteil:
        unten = stats.chi2.ppf(0.025, 2 * z.x) / 2 if z.x > 0 else 0.0
        return float(unten / z.n), float(stats.chi2.ppf(0.975, 2 * z.x + 2) / 2 / z.n)
    mitte, teiler = z.rate + _Z95**2 / (2 * z.n), 1 + _Z95**2 / z.n
    breite = _Z95 * math.sqrt(max(0.0, z.rate * (1 - z.rate) / z.n) + _Z95**2 / (4 * z.n**2))
    return max(0.0, (mitte - breite) / teiler), min(1.0, (mitte + breite) / teiler)


def mann_kendall(werte: Sequence[float]) -> tuple[int, float]:
    """S and two-sided p-value, corrected for ties and continuity."""
    s = sum((spaeter > frueher) - (spaeter < frueher) for frueher, spaeter in combinations(werte, 2))
    if s == 0:
        return 0, 1.0
    n = len(werte)
    bindungen = sum(t * (t - 1) * (2 * t + 5) for t in Counter(werte).values())
    varianz = (n * (n - 1) * (2 * n + 5) - bindungen) / 18
    return s, float(2 * stats.norm.sf((abs(s) - 1) / math.sqrt(varianz)))
