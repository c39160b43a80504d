"""What the change gate compares of a retrieval: rows, sums, districts, reference dates, columns.

Belongs here: computing these figures from one file, and putting the pages of an answer together. Does not belong here:
comparing them (``aenderung``) and keeping them (the loader).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from quellen.modell import Teil
from quellen.vertrag.raster import Raster
from quellen.vertrag.zahlen import Figuren

ZEITTYPEN = frozenset({"datum", "jahr", "zeitraum"})


@dataclass(frozen=True)
class Kennzahlen:
    """Figures of one retrieval.

    ``zeilen`` counts records, ``zeilen_je`` per reference date (empty if the rows carry none). ``summen``: Merkmal →
    reference date (empty text: the file's own) → sum of all carried figures that are known. ``gebiete`` and
    ``stichtage`` are our codes, sorted; ``spalten`` the column names in the order of the file.
    """

    zeilen: int = 0
    zeilen_je: dict[str, int] = field(default_factory=dict)
    summen: dict[str, dict[str, float]] = field(default_factory=dict)
    gebiete: tuple[str, ...] = ()
    stichtage: tuple[str, ...] = ()
    spalten: tuple[str, ...] = ()

    def als_json(self) -> dict[str, Any]:
        """Plain values, e.g. to be kept as JSON."""
        return asdict(self)

    @classmethod
    def aus_json(cls, werte: dict[str, Any]) -> Kennzahlen:
        """The opposite of ``als_json``, lists becoming tuples again."""
        fest: dict[str, Any] = {k: tuple(w) if isinstance(w, list) else w for k, w in werte.items()}
        return cls(**fest)


def kennzahlen(raster: Raster, figuren: Figuren | None, spalten: tuple[str, ...]) -> Kennzahlen:
    """The figures of one file. ``figuren`` is ``None`` for the form ``liste``: no sums."""
    gebiet, zeit = gebietsfeld(raster.teil), zeitfeld(raster.teil)
    je_zeile = bool(zeit) and raster.felder[zeit].je_zeile
    return Kennzahlen(
        zeilen=len(raster.zeilen),
        zeilen_je=dict(sorted(Counter(map(str, raster.codes[zeit])).items())) if je_zeile else {},
        summen={} if figuren is None else _summen(raster, figuren, zeit),
        gebiete=_codes(raster, gebiet),
        stichtage=_codes(raster, zeit),
        spalten=spalten,
    )


def vereint(seiten: Sequence[Kennzahlen]) -> Kennzahlen:
    """The figures of an answer of several pages."""
    if len(seiten) == 1:
        return seiten[0]
    je: Counter[str] = Counter()
    summen: dict[str, dict[str, float]] = {}
    for seite in seiten:
        je.update(seite.zeilen_je)
        for merkmal, nach_tag in seite.summen.items():
            ziel = summen.setdefault(merkmal, {})
            for tag, wert in nach_tag.items():
                ziel[tag] = ziel.get(tag, 0.0) + wert
    return Kennzahlen(
        zeilen=sum(s.zeilen for s in seiten),
        zeilen_je=dict(sorted(je.items())),
        summen=summen,
        gebiete=tuple(sorted({g for s in seiten for g in s.gebiete})),
        stichtage=tuple(sorted({t for s in seiten for t in s.stichtage})),
        spalten=seiten[0].spalten if seiten else (),
    )


def gebietsfeld(teil: Teil) -> str:
    """The field with the district's key, empty if there is none: as declared, else the finest directory."""
    if teil.beobachtung is not None:
        return teil.beobachtung.gebiet
    for verzeichnis in ("ortsteil", "kreis", "stadtbezirk"):
        for name, feld in teil.felder.items():
            if feld.verzeichnis == verzeichnis:
                return name
    return ""


def zeitfeld(teil: Teil) -> str:
    """The field with the reference date or period, empty if the rows carry none."""
    if teil.beobachtung is not None:
        return "" if teil.beobachtung.stichtag == "stand" else teil.beobachtung.stichtag
    if teil.form == "liste":
        return ""
    return next((name for name, feld in teil.felder.items() if feld.typ in ZEITTYPEN), "")


def _codes(raster: Raster, feld: str) -> tuple[str, ...]:
    if not feld:
        return ()
    gefuehrt = raster.gefuehrt_je(raster.felder[feld].je_zeile)
    return tuple(sorted({str(c) for c in pd.unique(raster.codes[feld][gefuehrt])} - {""}))


def _summen(raster: Raster, figuren: Figuren, zeit: str) -> dict[str, dict[str, float]]:
    gilt = raster.gefuehrt & ~np.isnan(figuren.wert)
    tage = raster.lang(raster.codes[zeit], raster.felder[zeit].je_zeile) if zeit else np.full(len(gilt), "", object)
    tabelle = pd.DataFrame({"merkmal": raster.merkmale()[gilt], "tag": tage[gilt], "wert": figuren.wert[gilt]})
    summen: dict[str, dict[str, float]] = {}
    for (merkmal, tag), werte in tabelle.groupby(["merkmal", "tag"], sort=True)["wert"]:
        summen.setdefault(str(merkmal), {})[str(tag)] = math.fsum(werte)
    return summen
