"""Intervals of shares and event rates, a second time: with numpy and scipy.

Belongs here: 95 % limits by Wilson (Newcombe 1998, method 3) and the exact ones of a Poisson count (Garwood 1936). Does
not belong here: which figures have one (``formen``, ``vergleichsformeln``). Nothing is shared with what dbt calls.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

Zahlen = npt.NDArray[np.float64]
_Z = float(stats.norm.ppf(0.975))


def grenzen(x: Zahlen, n: Zahlen, *, anteil: bool) -> tuple[Zahlen, Zahlen]:
    """Lower and upper limit of ``x / n`` for cases ``x`` and bases ``n``, NaN where either is.

    ``anteil``: cases are part of the base (Wilson); otherwise they are events (Poisson).
    """
    if not anteil:
        unten = np.where(x == 0, 0.0, stats.chi2.ppf(0.025, 2 * x) / 2)
        return unten / n, stats.chi2.ppf(0.975, 2 * x + 2) / 2 / n
    p, teiler = x / n, 1 + _Z**2 / n
    mitte = p + _Z**2 / (2 * n)
    breite = _Z * np.sqrt(np.maximum(0.0, p * (1 - p) / n) + _Z**2 / (4 * n**2))
    return np.maximum(0.0, (mitte - breite) / teiler), np.minimum(1.0, (mitte + breite) / teiler)
