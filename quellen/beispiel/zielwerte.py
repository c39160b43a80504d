"""How many people live in each Ortsteil at the end of each year, in total and without German citizenship.

Belongs here: whole numbers per Ortsteil and year that meet every anchor and add up to Stadtbezirk and city.
Does not belong here: their ages and movements (``bevoelkerung``).

Method: each Ortsteil gets a line through its modelled size of 2016 and its anchors; what is then missing to the
Stadtbezirk (and there to the city) is spread over those without an anchor nearby, so that no jump appears
beside an anchored year.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from quellen.beispiel.anker import STADT, anker
from quellen.beispiel.ortsteile import ORTSTEILE, STADTBEZIRKE
from quellen.beispiel.rechnen import Zufall, stuetzen, verteilen

JAHRE = tuple(range(2016, 2026))

# modelled where no anchor is published
_STADT_MODELL = {2016: 500900, 2017: 501600, 2018: 501300, 2019: 500700, 2024: 509300, 2025: 508900}
_NICHTDEUTSCH_MODELL = dict(
    zip(JAHRE, (98600, 101200, 103300, 105300, 107200, 109300, 117600, 120400, 122600, 123300), strict=True)
)
_NAH = 4  # years from an anchor after which a figure may move freely

Reihe = dict[tuple[str, int], int]


def stadtwerte() -> dict[int, int]:
    """Residents of the city at the end of each year: published where known, else modelled."""
    bekannt = {jahr: int(wert) for (gebiet, jahr), wert in anker("einwohner").items() if gebiet == STADT}
    return {jahr: bekannt.get(jahr) or _STADT_MODELL[jahr] for jahr in JAHRE}


def _freiheit(fest: Sequence[int], jahr: int) -> float:
    """0 in an anchored year, rising to 1 at ``_NAH`` years from the nearest anchor; 1 without any."""
    return min((min(abs(jahr - f), _NAH) for f in fest), default=_NAH) / _NAH


def _aufteilen(summe: int, grob: Mapping[str, float], fest: Mapping[str, int], frei: Mapping[str, float]) -> Reihe:
    """Whole numbers per key near ``grob`` with the given sum; keys in ``fest`` keep their value exactly.

    Raises ``ValueError`` if the fixed values leave nothing sensible for the others.
    """
    offen = [k for k in grob if k not in fest]
    rest = summe - sum(fest.values())
    luecke = rest - math.fsum(grob[k] for k in offen)
    spielraum = math.fsum(grob[k] * frei[k] for k in offen)
    if not offen:
        if rest:
            raise ValueError(f"Anker widersprechen sich: {dict(fest)} ergibt nicht {summe}")
        return {(k, 0): w for k, w in fest.items()}
    werte = [grob[k] + (luecke * grob[k] * frei[k] / spielraum if spielraum else 0.0) for k in offen]
    if rest <= 0 or min(werte) <= 0:
        raise ValueError(f"Anker lassen für {offen} keinen Rest: {summe} - {sum(fest.values())}")
    ganz = dict(zip(offen, verteilen(rest, werte), strict=True))
    return {(k, 0): fest.get(k, ganz.get(k, 0)) for k in grob}


def _fest(merkmal_anker: Mapping[tuple[str, int], float], jahr: int, gebiete: Sequence[str]) -> dict[str, int]:
    return {g: int(merkmal_anker[g, jahr]) for g in gebiete if (g, jahr) in merkmal_anker}


def einwohner() -> Reihe:
    """Residents per (Ortsteil, year)."""
    stadt = stadtwerte()
    feste = anker("einwohner")
    zufall = Zufall(1)
    grob: dict[tuple[str, int], float] = {}
    for o in ORTSTEILE:
        # as a share of the city, so that all follow its ups and downs
        punkte = {2016: o.groesse / stadt[2016]}
        punkte |= {j: w / stadt[j] for (g, j), w in feste.items() if g == o.schluessel}
        for jahr in JAHRE:
            grob[o.schluessel, jahr] = stuetzen(punkte, jahr) * stadt[jahr] * zufall.zahl(0.997, 1.003)
    bezirke = _bezirkswerte(stadt, feste, grob)
    ergebnis: Reihe = {}
    for bezirk in STADTBEZIRKE:
        namen = [o.schluessel for o in ORTSTEILE if o.bezirk == bezirk]
        jahre_fest = {n: [j for (g, j) in feste if g == n] for n in namen}
        for jahr in JAHRE:
            frei = {n: _freiheit(jahre_fest[n], jahr) for n in namen}
            teile = _aufteilen(
                bezirke[bezirk, jahr], {n: grob[n, jahr] for n in namen}, _fest(feste, jahr, namen), frei
            )
            ergebnis |= {(n, jahr): wert for (n, _), wert in teile.items()}
    return ergebnis


def _bezirkswerte(
    stadt: Mapping[int, int], feste: Mapping[tuple[str, int], float], grob: Mapping[tuple[str, int], float]
) -> Reihe:
    """Residents per (Stadtbezirk, year), adding up to the city."""
    ergebnis: Reihe = {}
    summe = {
        (b, jahr): math.fsum(grob[o.schluessel, jahr] for o in ORTSTEILE if o.bezirk == b)
        for b in STADTBEZIRKE
        for jahr in JAHRE
    }
    faktor = {b: {j: w / summe[b, j] for (g, j), w in feste.items() if g == b} or {2016: 1.0} for b in STADTBEZIRKE}
    for jahr in JAHRE:
        roh = {b: summe[b, jahr] * stuetzen(faktor[b], jahr) for b in STADTBEZIRKE}
        frei = {b: _freiheit([j for (g, j) in feste if g == b], jahr) for b in STADTBEZIRKE}
        teile = _aufteilen(stadt[jahr], roh, _fest(feste, jahr, list(STADTBEZIRKE)), frei)
        ergebnis |= {(b, jahr): wert for (b, _), wert in teile.items()}
    return ergebnis


def nichtdeutsche(einwohner_: Reihe) -> Reihe:
    """Residents without German citizenship per (Ortsteil, year), given all residents."""
    feste = dict(anker("nichtdeutsch"))
    for (gebiet, jahr), anteil in anker("anteil_nichtdeutsch").items():
        feste[gebiet, jahr] = round(einwohner_[gebiet, jahr] * anteil / 100)
    stadt = stadtwerte()
    schnitt = {jahr: _NICHTDEUTSCH_MODELL[jahr] / stadt[jahr] for jahr in JAHRE}
    namen = [o.schluessel for o in ORTSTEILE]
    punkte = {o.schluessel: {2016: o.auslaenderanteil / 100 / schnitt[2016]} for o in ORTSTEILE}
    for (gebiet, jahr), wert in feste.items():
        punkte[gebiet][jahr] = wert / einwohner_[gebiet, jahr] / schnitt[jahr]
    jahre_fest = {n: [j for (g, j) in feste if g == n] for n in namen}
    ergebnis: Reihe = {}
    for jahr in JAHRE:
        anteil_grob = {n: stuetzen(punkte[n], jahr) * schnitt[jahr] for n in namen}
        frei = {n: _freiheit(jahre_fest[n], jahr) * (1 - anteil_grob[n]) for n in namen}
        roh = {n: einwohner_[n, jahr] * anteil_grob[n] for n in namen}
        teile = _aufteilen(_NICHTDEUTSCH_MODELL[jahr], roh, _fest(feste, jahr, namen), frei)
        ergebnis |= {(n, jahr): wert for (n, _), wert in teile.items()}
    return ergebnis
