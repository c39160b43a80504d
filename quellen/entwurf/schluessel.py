"""The smallest sets of columns that tell all rows apart: candidates for ``eindeutig``.

Belongs here: the search. Does not belong here: whether a set is the right key, which a person decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

HOECHSTENS_SPALTEN = 12
HOECHSTENS_ZUGLEICH = 5
HOECHSTENS_VORSCHLAEGE = 5


def schluesselkandidaten(daten: pd.DataFrame, spalten: Sequence[str]) -> list[tuple[str, ...]]:
    """Minimal sets of ``spalten`` (in order of preference) whose combined texts are unique, the smallest first.

    At most ``HOECHSTENS_ZUGLEICH`` columns together; no set holds another one. Empty if nothing tells the rows apart.
    """
    namen = list(spalten)[:HOECHSTENS_SPALTEN]
    if daten.empty or not namen:
        return []
    nummern = {name: pd.factorize(daten[name])[0].astype(np.int64) for name in namen}
    gefunden: list[tuple[str, ...]] = []
    for anzahl in range(1, min(len(namen), HOECHSTENS_ZUGLEICH) + 1):
        for auswahl in combinations(namen, anzahl):
            if any(set(g) <= set(auswahl) for g in gefunden):
                continue
            if _eindeutig([nummern[n] for n in auswahl], len(daten)):
                gefunden.append(auswahl)
                if len(gefunden) == HOECHSTENS_VORSCHLAEGE:
                    return gefunden
    return gefunden


def _eindeutig(spalten: Sequence[npt.NDArray[np.int64]], zeilen: int) -> bool:
    stufen = [int(s.max()) + 1 for s in spalten]
    if math.prod(stufen) < zeilen:
        return False
    zusammen = np.zeros(zeilen, dtype=np.int64)
    for spalte, anzahl in zip(spalten, stufen, strict=True):
        zusammen = pd.factorize(zusammen * anzahl + spalte)[0].astype(np.int64)
    return int(zusammen.max()) + 1 == zeilen
