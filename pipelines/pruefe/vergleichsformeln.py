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
from numpy.typing import NDArray
from scipy import stats

_ZIEHUNGEN = 500
_Z95 = 1.959963984540054
Reihe = NDArray[np.float64]
"""One number per pair."""


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


def gegen_rest(paare: Sequence[tuple[Zelle, Zelle]]) -> list[Unterschied]:
    """Each first cell minus its second one, all of one kind: square-and-add interval, and the test of equality.

    The test is that of two shares, or of two Poisson counts given their sum (binomial, as beta function).
    """
    if not paare:
        return []
    eigene, andere = (np.array([(z.x, z.n) for z in seite]).T for seite in zip(*paare, strict=True))
    (x, n), (y, m) = eigene, andere
    anteil = paare[0][0].anteil
    (a_von, a_bis), (b_von, b_bis) = _grenzen(x, n, anteil=anteil), _grenzen(y, m, anteil=anteil)
    d = x / n - y / m
    von, bis = d - np.hypot(x / n - a_von, b_bis - y / m), d + np.hypot(a_bis - x / n, y / m - b_von)
    if anteil:
        alle = (x + y) / (n + m)
        fehler = np.sqrt(np.maximum(0.0, alle * (1 - alle)) * (1 / n + 1 / m))
        p = np.where(fehler == 0, 1.0, 2 * stats.norm.sf(np.abs(d) / np.where(fehler == 0, 1.0, fehler)))
    else:
        gewicht = n / (n + m)
        hoechstens = np.where(y > 0, stats.beta.sf(gewicht, x + 1, np.where(y > 0, y, 1.0)), 1.0)
        mindestens = np.where(x > 0, stats.beta.cdf(gewicht, np.where(x > 0, x, 1.0), y + 1), 1.0)
        p = np.minimum(1.0, 2 * np.minimum(hoechstens, mindestens))
    return [Unterschied(*werte) for werte in zip(von.tolist(), bis.tolist(), p.tolist(), strict=True)]


def _grenzen(x: Reihe, n: Reihe, *, anteil: bool) -> tuple[Reihe, Reihe]:
    """95 % intervals: Wilson, or exact for Poisson counts."""
    if not anteil:
        unten = np.where(x > 0, stats.chi2.ppf(0.025, 2 * np.where(x > 0, x, 1.0)) / 2, 0.0)
        return unten / n, stats.chi2.ppf(0.975, 2 * x + 2) / 2 / n
    mitte, teiler = x / n + _Z95**2 / (2 * n), 1 + _Z95**2 / n
    breite = _Z95 * np.sqrt(np.maximum(0.0, x / n * (1 - x / n) / n) + _Z95**2 / (4 * n**2))
    return np.maximum(0.0, (mitte - breite) / teiler), np.minimum(1.0, (mitte + breite) / teiler)


def mann_kendall(werte: Sequence[float]) -> tuple[int, float]:
    """S and two-sided p-value, corrected for ties and continuity."""
    s = sum((spaeter > frueher) - (spaeter < frueher) for frueher, spaeter in combinations(werte, 2))
    if s == 0:
        return 0, 1.0
    n = len(werte)
    bindungen = sum(t * (t - 1) * (2 * t + 5) for t in Counter(werte).values())
    varianz = (n * (n - 1) * (2 * n + 5) - bindungen) / 18
    return s, math.erfc((abs(s) - 1) / math.sqrt(2 * varianz))
