"""Residents by single year of age, and the movements that lead from one year's end to the next.

Belongs here: the cohort model. Every person of the example ages, dies, is naturalised, moves or stays; all steps
are whole numbers, so that stock and movements balance exactly. Does not belong here: file formats (``bewegung``)
and the totals to be met (``zielwerte``).

A cell is one sex and age: index ``geschlecht * 101 + alter`` with 0 male, 1 female and age 100 for 100 and older.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from quellen.beispiel import zielwerte
from quellen.beispiel.ortsteile import JE_SCHLUESSEL, ORTSTEILE, Ortsteil
from quellen.beispiel.rechnen import Zufall, kurve, verteilen, ziehen

Staat = Literal["deutsch", "nichtdeutsch"]
STAATEN: tuple[Staat, ...] = ("deutsch", "nichtdeutsch")
ALTER = 101
BEWEGUNGEN = ("zuzuege_aussen", "fortzuege_aussen", "zuzuege_innen", "fortzuege_innen", "geburten", "sterbefaelle")
ALTERSGRUPPEN = ("unter 6 Jahre", "6 bis unter 18 Jahre", "18 Jahre und älter")

_ANTEIL_JUNGEN = 0.513
_GEBURTENFAKTOR = {"deutsch": 0.0535, "nichtdeutsch": 0.0680}  # children per woman of 18 to 41 and year
_IUS_SOLI = 0.50  # share of children of foreign mothers that are German by birth
_FORTZUG = {"deutsch": 0.034, "nichtdeutsch": 0.185}
_UMZUG = {"deutsch": 0.075, "nichtdeutsch": 0.148}
_EINBUERGERUNG = 0.013

_BESTAND_2016 = {
    "deutsch": kurve(
        {0: 0.86, 4: 0.84, 10: 0.84, 17: 0.95, 24: 1.08, 30: 1.06, 40: 1.0, 45: 1.22, 51: 1.68, 56: 1.52, 62: 1.2,
         70: 0.95, 76: 1.06, 80: 0.72, 85: 0.44, 90: 0.2, 95: 0.055, 99: 0.012, 100: 0.01}
    ),
    "nichtdeutsch": kurve(
        {0: 1.35, 5: 1.1, 10: 0.95, 15: 1.0, 20: 1.4, 27: 2.05, 35: 2.0, 45: 1.6, 55: 0.95, 65: 0.62, 72: 0.6, 80: 0.22,
         90: 0.025, 100: 0.001}
    ),
}  # fmt: skip
_FRAUENANTEIL = {
    "deutsch": kurve({0: 0.487, 30: 0.49, 60: 0.505, 75: 0.55, 85: 0.65, 95: 0.76, 100: 0.8}),
    "nichtdeutsch": kurve({0: 0.485, 30: 0.465, 60: 0.49, 75: 0.5, 90: 0.5}),
}
_FORTZUG_ALTER = kurve(
    {0: 1.3, 5: 1.0, 10: 0.7, 15: 0.65, 18: 1.2, 22: 2.0, 28: 1.8, 35: 1.3, 45: 0.8, 55: 0.5, 65: 0.25, 90: 0.25}
)
_UMZUG_ALTER = kurve(
    {0: 1.4, 5: 1.0, 15: 0.7, 18: 1.0, 23: 2.0, 30: 1.9, 40: 1.1, 55: 0.6, 70: 0.35, 85: 0.5, 100: 0.6}
)
_ZUZUG_ALTER = {
    "deutsch": kurve(
        {0: 0.9, 5: 0.55, 15: 0.45, 18: 1.2, 23: 3.0, 28: 2.6, 35: 1.5, 45: 0.8, 60: 0.35, 75: 0.2, 90: 0.1, 100: 0.01}
    ),
    "nichtdeutsch": kurve(
        {0: 1.25, 6: 1.15, 12: 0.9, 16: 0.9, 20: 2.3, 25: 3.0, 32: 2.2, 40: 1.4, 50: 0.75, 60: 0.3, 75: 0.08, 90: 0.01}
    ),
}
_EINBUERGERUNG_ALTER = kurve({0: 0.3, 6: 0.8, 18: 1.6, 30: 1.5, 45: 0.9, 65: 0.4, 90: 0.05})
_MUTTER_ALTER = kurve({17: 0.0, 18: 0.35, 24: 1.1, 30: 1.8, 35: 1.2, 41: 0.25, 42: 0.0})


def _sterbetafel() -> list[float]:
    """Chance to die within the year per cell: constant rise by age, lower for women."""
    maenner = [0.0035, *([0.00015] * 14)]
    chance = 0.00019
    while len(maenner) < ALTER:
        maenner.append(min(chance, 0.45))
        chance *= 1.0935
    return maenner + [min(q * 0.66 + (0.0 if i < 88 else q * 0.2), 0.45) for i, q in enumerate(maenner)]


STERBETAFEL = _sterbetafel()

Bestand = dict[tuple[str, Staat, int], list[int]]


@dataclass
class Bevoelkerung:
    """The model's outcome.

    ``bestand``: (Ortsteil, Staat, year) → residents per cell at the year's end. ``bewegung``: (Ortsteil, Staat,
    age group, year) → one number per entry of ``BEWEGUNGEN`` during the year (from 2017).
    """

    bestand: Bestand = field(default_factory=dict)
    bewegung: dict[tuple[str, Staat, str, int], list[int]] = field(default_factory=dict)


def altersgruppe(zelle: int) -> str:
    """The age group of the movements file that a cell belongs to."""
    alter = zelle % ALTER
    return ALTERSGRUPPEN[0 if alter < 6 else 1 if alter < 18 else 2]


def _anfangsbestand(o: Ortsteil, staat: Staat, summe: int, zufall: Zufall) -> list[int]:
    gewichte = []
    for geschlecht in (0, 1):
        for alter in range(ALTER):
            neigung = max(1 + o.jugend * (1 - min(alter, 90) / 45), 0.05)
            if 19 <= alter <= 29:
                neigung *= 1 + o.studierende
            frauen = _FRAUENANTEIL[staat][alter]
            anteil = frauen if geschlecht else 1 - frauen
            gewichte.append(_BESTAND_2016[staat][alter] * neigung * anteil * zufall.zahl(0.9, 1.1))
    return verteilen(summe, gewichte)


class _Jahr:
    """One year of all Ortsteile: takes the stock of the year before and leads it to the new totals."""

    def __init__(self, jahr: int, ergebnis: Bevoelkerung, ziel: dict[tuple[str, Staat], int], zufall: Zufall) -> None:
        self.jahr, self.ziel, self.zufall = jahr, ziel, zufall
        self.bewegung = ergebnis.bewegung
        self.stand = {(o.schluessel, s): _gealtert(ergebnis.bestand[o.schluessel, s, jahr - 1]) for (o, s) in _PAARE}
        for o, staat in _PAARE:
            for gruppe in ALTERSGRUPPEN:
                self.bewegung[o.schluessel, staat, gruppe, jahr] = [0] * len(BEWEGUNGEN)

    def buchen(self, ortsteil: str, staat: Staat, art: str, zellen: list[int]) -> None:
        """Enter a movement: into the statistics and, with its sign, into the stock."""
        spalte = BEWEGUNGEN.index(art)
        zeichen = 1 if art in ("zuzuege_aussen", "zuzuege_innen", "geburten") else -1
        stand = self.stand[ortsteil, staat]
        for zelle, anzahl in enumerate(zellen):
            if anzahl:
                stand[zelle] += zeichen * anzahl
                self.bewegung[ortsteil, staat, altersgruppe(zelle), self.jahr][spalte] += anzahl

    def abgang(self, ortsteil: str, staat: Staat, raten: list[float]) -> list[int]:
        """Whole numbers of people leaving each cell at the given rates, never more than there are."""
        erwartet = [n * rate for n, rate in zip(self.stand[ortsteil, staat], raten, strict=True)]
        return ziehen(int(math.fsum(erwartet)), erwartet, self.zufall.zahl())

    def natuerlich(self) -> None:
        """Deaths, births and naturalisations."""
        einbuergerung = [_EINBUERGERUNG * r * (1.6 if self.jahr >= 2023 else 1.0) for r in _EINBUERGERUNG_ALTER] * 2
        for o in ORTSTEILE:
            kinder = {"deutsch": 0.0, "nichtdeutsch": 0.0}
            for staat in STAATEN:
                belastung = 0.88 + 0.3 * o.belastung / 100
                tote = self.abgang(o.schluessel, staat, [min(q * belastung, 0.6) for q in STERBETAFEL])
                frauen = self.stand[o.schluessel, staat][ALTER:]
                muetter = math.fsum(anzahl * g for anzahl, g in zip(frauen, _MUTTER_ALTER, strict=True))
                geboren = muetter * _GEBURTENFAKTOR[staat]
                anteil_deutsch = 1.0 if staat == "deutsch" else _IUS_SOLI
                kinder["deutsch"] += geboren * anteil_deutsch
                kinder["nichtdeutsch"] += geboren * (1 - anteil_deutsch)
                self.buchen(o.schluessel, staat, "sterbefaelle", tote)
            for staat in STAATEN:
                summe = int(kinder[staat] * self.zufall.zahl(0.96, 1.04) + 0.5)
                jungen = int(summe * _ANTEIL_JUNGEN + self.zufall.zahl())
                zellen = [0] * (2 * ALTER)
                zellen[0], zellen[ALTER] = jungen, summe - jungen
                self.buchen(o.schluessel, staat, "geburten", zellen)
            neue = self.abgang(o.schluessel, "nichtdeutsch", einbuergerung)
            for zelle, anzahl in enumerate(neue):
                self.stand[o.schluessel, "nichtdeutsch"][zelle] -= anzahl
                self.stand[o.schluessel, "deutsch"][zelle] += anzahl

    def fortzuege(self) -> None:
        """Departures across the city limits."""
        for o, staat in _PAARE:
            unruhe = self.zufall.zahl(0.93, 1.07) * (0.85 + 0.3 * o.auslaenderanteil / 50)
            raten = [min(_FORTZUG[staat] * unruhe * r, 0.6) for r in _FORTZUG_ALTER] * 2
            self.buchen(o.schluessel, staat, "fortzuege_aussen", self.abgang(o.schluessel, staat, raten))

    def umzuege(self) -> None:
        """Moves within the city: whoever leaves one Ortsteil arrives in another one."""
        for staat in STAATEN:
            ziehende: list[int] = []
            gewichte = []
            for o in ORTSTEILE:
                unruhe = 0.85 + 0.3 * o.auslaenderanteil / 50
                raten = [min(_UMZUG[staat] * unruhe * r, 0.6) for r in _UMZUG_ALTER] * 2
                fort = self.abgang(o.schluessel, staat, raten)
                self.buchen(o.schluessel, staat, "fortzuege_innen", fort)
                ziehende += [zelle for zelle, anzahl in enumerate(fort) for _ in range(anzahl)]
                gewichte.append(sum(fort) * self.zufall.zahl(0.92, 1.08))
            gemischt = self.zufall.mischen(ziehende)
            anfang = 0
            for o, anzahl in zip(ORTSTEILE, verteilen(len(gemischt), gewichte), strict=True):
                zellen = [0] * (2 * ALTER)
                for zelle in gemischt[anfang : anfang + anzahl]:
                    zellen[zelle] += 1
                anfang += anzahl
                self.buchen(o.schluessel, staat, "zuzuege_innen", zellen)

    def zuzuege(self) -> None:
        """Arrivals across the city limits: as many as the year's total asks for, but never hardly any."""
        for o, staat in _PAARE:
            stand = self.stand[o.schluessel, staat]
            noetig = self.ziel[o.schluessel, staat] - sum(stand)
            zuviel = max(int(0.012 * sum(stand)) - noetig, 0)
            if zuviel:
                gewichte = [n * min(0.5 * r, 1.0) for n, r in zip(stand, _FORTZUG_ALTER * 2, strict=True)]
                self.buchen(o.schluessel, staat, "fortzuege_aussen", ziehen(zuviel, gewichte, self.zufall.zahl()))
            gewichte = []
            for geschlecht in (0, 1):
                for alter in range(ALTER):
                    neigung = max(1 + o.jugend * (0.6 - min(alter, 90) / 60), 0.05)
                    anteil = 0.46 if geschlecht else 0.54
                    jung = 1 + o.studierende if 19 <= alter <= 29 else 1.0
                    gewichte.append(_ZUZUG_ALTER[staat][alter] * neigung * anteil * jung)
            self.buchen(o.schluessel, staat, "zuzuege_aussen", ziehen(noetig + zuviel, gewichte, self.zufall.zahl()))


_PAARE: tuple[tuple[Ortsteil, Staat], ...] = tuple((o, s) for o in ORTSTEILE for s in STAATEN)


def _gealtert(zellen: list[int]) -> list[int]:
    neu = []
    for geschlecht in (0, 1):
        alt = zellen[geschlecht * ALTER : (geschlecht + 1) * ALTER]
        neu += [0, *alt[:-2], alt[-2] + alt[-1]]
    return neu


def rechnen() -> Bevoelkerung:
    """Run the model over all years. Deterministic; takes a few seconds."""
    alle = zielwerte.einwohner()
    nichtdeutsch = zielwerte.nichtdeutsche(alle)
    ergebnis = Bevoelkerung()
    zufall = Zufall(2)
    for jahr in zielwerte.JAHRE:
        ziel: dict[tuple[str, Staat], int] = {}
        for o in JE_SCHLUESSEL:
            ziel[o, "nichtdeutsch"] = nichtdeutsch[o, jahr]
            ziel[o, "deutsch"] = alle[o, jahr] - nichtdeutsch[o, jahr]
        if jahr == zielwerte.JAHRE[0]:
            for ortsteil, staat in _PAARE:
                summe = ziel[ortsteil.schluessel, staat]
                ergebnis.bestand[ortsteil.schluessel, staat, jahr] = _anfangsbestand(ortsteil, staat, summe, zufall)
            continue
        schritt = _Jahr(jahr, ergebnis, ziel, zufall)
        schritt.natuerlich()
        schritt.fortzuege()
        schritt.umzuege()
        schritt.zuzuege()
        for (schluessel, staat), zellen in schritt.stand.items():
            ergebnis.bestand[schluessel, staat, jahr] = zellen
    return ergebnis
