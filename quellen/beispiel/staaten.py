"""Selected citizenships per Ortsteil, as subsets of those already counted.

Belongs here: how the residents without German citizenship spread over states, and Germans with a second
citizenship. Does not belong here: the totals (``bevoelkerung``) and the file (``bewegung``).
"""

from __future__ import annotations

import math

from quellen.beispiel.anker import STADT, anker
from quellen.beispiel.ortsteile import ORTSTEILE, Ortsteil
from quellen.beispiel.rechnen import Zufall, stuetzen, verteilen

NAMEN = (
    "Türkei",
    "Bulgarien",
    "Rumänien",
    "Syrien",
    "Polen",
    "Ukraine",
    "Italien",
    "Serbien",
    "Nordmazedonien",
    "Niederlande",
)

# modelled course of the city's figures
_VERLAUF: dict[str, dict[int, float]] = {
    "Türkei": {2016: 33200, 2025: 29400},
    "Bulgarien": {2016: 9300, 2022: 15300, 2025: 15900},
    "Rumänien": {2016: 8200, 2022: 10660, 2025: 11300},
    "Syrien": {2016: 4300, 2022: 8700, 2025: 9600},
    "Polen": {2016: 7100, 2025: 6600},
    "Ukraine": {2016: 850, 2021: 1050, 2022: 6300, 2025: 7900},
    "Italien": {2016: 3700, 2025: 3550},
    "Serbien": {2016: 3100, 2025: 2800},
    "Nordmazedonien": {2016: 2100, 2025: 2750},
    "Niederlande": {2016: 1850, 2025: 1700},
}
_UEBRIGE = "übrige"
_DURCHGAENGE = 60

Neigungen = dict[tuple[str, str], float]


def stadtwerte(jahr: int) -> dict[str, int]:
    """Residents of the city per citizenship. Bulgaria and Romania together meet their anchors."""
    werte = {name: round(stuetzen(_VERLAUF[name], jahr)) for name in NAMEN}
    beide = anker("bulgarien_rumaenien").get((STADT, jahr))
    if beide is not None:
        paar = ("Bulgarien", "Rumänien")
        werte |= dict(zip(paar, verteilen(int(beide), [werte[p] for p in paar]), strict=True))
    return werte


def _neigung(o: Ortsteil, name: str, zufall: Zufall) -> float:
    """How strongly a citizenship is found among an Ortsteil's residents without the German one."""
    laune = zufall.zahl(0.8, 1.25)  # drawn once, so that no Ortsteil jumps from year to year
    if name in ("Bulgarien", "Rumänien"):
        return o.zuzugsziel * laune
    if name == "Türkei":
        return (0.5 + o.belastung / 100) * laune
    if name in ("Polen", "Italien", "Niederlande", "Ukraine"):
        return (1.5 - o.belastung / 100) * laune
    return laune


def neigungen(zufall: Zufall) -> Neigungen:
    """Preferences of all citizenships for all Ortsteile; the same for all years."""
    return {(o.schluessel, name): _neigung(o, name, zufall) for o in ORTSTEILE for name in (*NAMEN, _UEBRIGE)}


def verteilung(jahr: int, nichtdeutsch: dict[str, int], neigung: Neigungen) -> dict[tuple[str, str], int]:
    """Residents per (Ortsteil, state) such that each state's sum is the city's figure.

    Iterative proportional fitting between ``nichtdeutsch`` (per Ortsteil, as a limit that the remaining
    states fill) and the city's figures. Raises ``ValueError`` if an Ortsteil got more than it has.
    """
    stadt: dict[str, float] = dict(stadtwerte(jahr))
    stadt[_UEBRIGE] = sum(nichtdeutsch.values()) - math.fsum(stadt.values())
    feld = {(o, n): nichtdeutsch[o] * gewicht for (o, n), gewicht in neigung.items()}
    for _ in range(_DURCHGAENGE):
        for name, summe in stadt.items():
            faktor = summe / math.fsum(feld[o.schluessel, name] for o in ORTSTEILE)
            for o in ORTSTEILE:
                feld[o.schluessel, name] *= faktor
        for o in ORTSTEILE:
            faktor = nichtdeutsch[o.schluessel] / math.fsum(feld[o.schluessel, n] for n in stadt)
            for name in stadt:
                feld[o.schluessel, name] *= faktor
    ergebnis: dict[tuple[str, str], int] = {}
    for name in NAMEN:
        ganz = verteilen(int(stadt[name]), [feld[o.schluessel, name] for o in ORTSTEILE])
        ergebnis |= {(o.schluessel, name): wert for o, wert in zip(ORTSTEILE, ganz, strict=True)}
    for o in ORTSTEILE:
        if sum(ergebnis[o.schluessel, n] for n in NAMEN) > nichtdeutsch[o.schluessel]:
            raise ValueError(f"{o.name} {jahr}: mehr Staatsangehörige als Nichtdeutsche")
    return ergebnis


def zweite_staatsangehoerigkeit(o: Ortsteil, jahr: int, deutsch: int, zufall: Zufall) -> int:
    """Germans with a second citizenship: modelled share that rises with the years."""
    anteil = 0.07 + 0.55 * min(o.auslaenderanteil, 50) / 100 + 0.006 * (jahr - 2016)
    return int(deutsch * anteil * zufall.zahl(0.97, 1.03))
