"""Plausible figures: every carried figure of a Merkmal lies in its declared range.

Belongs here: this rule. Does not belong here: the smallest figure of a Teil (``minimum``, in ``zahlen``), which is
never accepted, and the message's way out (``umstaende``).
"""

from __future__ import annotations

import numpy as np

from quellen.lesen.texttabelle import HOECHSTENS
from quellen.modell import Bereich
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.felder import Texte
from quellen.vertrag.raster import Raster
from quellen.vertrag.umstaende import BEREICH, ausweg
from quellen.vertrag.zahlen import Figuren


def pruefe_bereiche(raster: Raster, figuren: Figuren, texte: Texte, sammler: Sammler) -> None:
    """Report each figure outside its range, with its cell. ``texte`` are the figures as they count."""
    if not raster.teil.bereiche:
        return
    gilt = raster.gefuehrt & ~np.isnan(figuren.wert)
    merkmale = raster.merkmale()
    for bereich in raster.teil.bereiche:
        von = -np.inf if bereich.von is None else bereich.von
        bis = np.inf if bereich.bis is None else bereich.bis
        falsch = np.flatnonzero(
            gilt & (merkmale == bereich.merkmal) & ((figuren.wert < von) | (figuren.wert > bis))
        ).tolist()
        for i in falsch[:HOECHSTENS]:
            sammler.melde(
                "Eine Zahl liegt außerhalb des plausiblen Bereichs",
                f"»{texte[i]}« für {bereich.merkmal} bei {raster.beschreibe(i, raster.schluessel())}",
                _erwartet(bereich),
                ausweg(sammler, BEREICH, "bereiche"),
                raster.zeile(i),
                raster.spalte(i),
            )
        sammler.anzahl += max(len(falsch) - HOECHSTENS, 0)


def _erwartet(bereich: Bereich) -> str:
    grenzen = [f"mindestens {bereich.von:.15g}"] if bereich.von is not None else []
    grenzen += [f"höchstens {bereich.bis:.15g}"] if bereich.bis is not None else []
    return " und ".join(grenzen)
