"""Rules about totals: they equal the sum of their parts, none is missing, and what a sign in a total means.

Belongs here: the figures of one file. Does not belong here: sums compared between two retrievals (``aenderung``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from quellen.lesen.texttabelle import HOECHSTENS
from quellen.modell import Feld
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.felder import INSGESAMT
from quellen.vertrag.raster import Maske, Raster
from quellen.vertrag.zahlen import Figuren


def fehlende_summen(raster: Raster, figuren: Figuren) -> Maske:
    """Per figure: is the grand total of its key a sign that means zero? Then nothing was delivered for that key.

    Some tables put ``-`` into every cell of a region, totals included, when its figures are not there yet.
    """
    summe = raster.teil.summe
    if summe is None:
        return np.zeros(len(figuren.wert), dtype=bool)
    ganz = figuren.nichts.copy()
    for feld in summe.felder:
        ganz &= raster.ist_insgesamt(feld)
    nummern = raster.gruppen(f for f in raster.schluessel() if f not in summe.felder)
    return np.isin(nummern, nummern[ganz])


def pruefe_summen(raster: Raster, figuren: Figuren, sammler: Sammler) -> None:
    """Where all carried parts and the total are numbers, they add up to the total, for each field of ``summe``."""
    summe = raster.teil.summe
    if summe is None or not summe.additiv or not len(figuren.wert):
        return
    gefuehrt = raster.gefuehrt
    for feld in summe.felder:
        nummern = raster.gruppen(f for f in raster.schluessel() if f != feld)
        ganz, teil = raster.ist_insgesamt(feld) & gefuehrt, ~raster.ist_insgesamt(feld) & gefuehrt
        anzahl = int(nummern.max()) + 1
        teile, werte = nummern[teil], figuren.wert[teil]
        zusammen = np.bincount(teile, np.nan_to_num(werte), anzahl)
        bekannt = (np.bincount(teile, minlength=anzahl) > 0) & (np.bincount(teile, np.isnan(werte), anzahl) == 0)
        stellen = np.flatnonzero(ganz)
        total = figuren.wert[stellen]
        soll = zusammen[nummern[stellen]]
        falsch = bekannt[nummern[stellen]] & (np.abs(soll - total) > 1e-6 * np.maximum(1, np.abs(soll)))
        for nummer, i in enumerate(stellen[falsch]):
            if nummer >= HOECHSTENS:
                sammler.anzahl += int(falsch.sum()) - nummer
                break
            sammler.melde(
                f"Die Teile ergeben nicht die Summe ({feld})",
                f"insgesamt {figuren.wert[i]:.15g}, Summe der Teile {zusammen[nummern[i]]:.15g} bei "
                f"{raster.beschreibe(int(i), raster.schluessel())}",
                "Summe der Teile gleich insgesamt",
                "beim Herausgeber nachfragen; ist die Quelle gerundet, additiv: false in "
                f"{sammler.stelle.deklaration('summe')}",
                raster.zeile(int(i)),
                raster.spalte(int(i)),
            )


def pruefe_summenzeilen(raster: Raster, sammler: Sammler) -> None:
    """Where a field declares totals and some keys have one, every key with parts must have one (per Merkmal)."""
    if raster.teil.form != "werte" or not len(raster.zeilen):
        return
    gefuehrt, merkmale = raster.gefuehrt, pd.factorize(raster.merkmale())[0]
    for feld in raster.schluessel():
        if not _kennt_summen(raster.teil.felder[feld]):
            continue
        felder = [f for f in raster.schluessel() if f != feld]
        nummern = raster.gruppen(felder)
        ganz = raster.ist_insgesamt(feld)
        mit_summe = np.unique(nummern[ganz & gefuehrt])
        verlangt = np.isin(merkmale, np.unique(merkmale[ganz & gefuehrt]))
        ohne = np.flatnonzero(~ganz & gefuehrt & verlangt & ~np.isin(nummern, mit_summe))
        _, erste = np.unique(nummern[ohne], return_index=True)
        for i in sorted(ohne[erste].tolist()):
            sammler.melde(
                f"Eine Summenzeile fehlt ({feld})",
                f"Teile ohne insgesamt bei {raster.beschreibe(i, felder) or 'dieser Datei'}",
                f"zu den Teilen ein Wert für {_summentexte(raster.teil.felder[feld])}, wie bei den anderen",
                "die Datei erneut abrufen; liefert der Herausgeber diese Summe wirklich nicht, dort nachfragen oder "
                f"die Teile als nicht_gefuehrt führen in {sammler.stelle.deklaration(f'felder.{feld}')}",
                raster.zeile(i),
                raster.spalte(i),
            )


def _kennt_summen(feld: Feld) -> bool:
    return bool(feld.insgesamt) or INSGESAMT in feld.werte.values()


def _summentexte(feld: Feld) -> str:
    texte = dict.fromkeys((*feld.insgesamt, *(t for t, w in feld.werte.items() if w == INSGESAMT)))
    return " oder ".join(f"»{t}«" for t in texte)
