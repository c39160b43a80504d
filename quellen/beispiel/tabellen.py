"""GENESIS tables in general: cells from a model, the flat CSV in its ZIP, and the classic CSV.

Belongs here: tables with any number of axes, their totals, and the forms in which the databases send them. Does not
belong here: what a table counts (``kreistabellen``, ``schultabellen``, ``weitere_tabellen``).

The regions are few on purpose: Duisburg, its neighbours, Aachen in all its spellings (the city inside the
Städteregion, two dissolved districts), the region Düsseldorf, the state and Germany.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from quellen.beispiel.ablage import ZIP, Datei, Lieferung, gepackt, zeilen
from quellen.beispiel.rechnen import Zufall, verteilen

Attribut = tuple[str, str]
"""Code and label of one value of an axis."""
Achsenwert = tuple[str, str, str, str]
"""Code and label of an axis, code and label of its value."""
Groesse = tuple[str, str, str]
"""Unit, code and label of what is counted."""
Zelle = tuple[tuple[Achsenwert, ...], str, Groesse]
"""Axes in order, figure or sign, what is counted."""
Zeichen = Mapping[tuple[Attribut, ...], str] | None
"""Signs in place of figures, by the values of the axes."""

INSGESAMT: Attribut = ("", "Insgesamt")
NICHTS, GEHEIM, SINNLOS = "-", ".", "x"
GESCHLECHT: tuple[Attribut, ...] = (("GESM", "männlich"), ("GESW", "weiblich"))
REGIONALSTATISTIK = "https://www.regionalstatistik.de/genesisws/rest/2020/data/tablefile"
_MILLISEKUNDEN = 1793500200000
_FEST = ("statistics_code", "statistics_label", "time_code", "time_label", "time")
_ACHSE = ("code", "label", "attribute_code", "attribute_label")
_WERT = ("value", "value_unit", "value_variable_code", "value_variable_label")


class Region(NamedTuple):
    """A region as an axis; ``tausend`` residents (modelled), 0 for a district that no longer exists."""

    code: str
    label: str
    schluessel: str
    name: str
    tausend: int

    @property
    def achse(self) -> Achsenwert:
        """The region's axis."""
        return self.code, self.label, self.schluessel, self.name


_KREISE = ("KREISE", "Kreise und kreisfreie Städte")
REGIONEN: tuple[Region, ...] = (
    Region(*_KREISE, "05111", "Düsseldorf, kreisfreie Stadt", 619),
    Region(*_KREISE, "05112", "Duisburg, kreisfreie Stadt", 502),
    Region(*_KREISE, "05113", "Essen, kreisfreie Stadt", 575),
    Region(*_KREISE, "05114", "Krefeld, kreisfreie Stadt", 231),
    Region(*_KREISE, "05117", "Mülheim an der Ruhr, kreisfreie Stadt", 173),
    Region(*_KREISE, "05119", "Oberhausen, kreisfreie Stadt", 214),
    Region(*_KREISE, "05170", "Wesel, Kreis", 458),
    Region(*_KREISE, "05334", "Städteregion Aachen, Kreis", 582),
    Region(*_KREISE, "05334002", "Aachen, kreisfreie Stadt", 263),
    Region(*_KREISE, "05313", "Aachen, Stadt (alt)", 0),
    Region(*_KREISE, "05354", "Aachen, Kreis", 0),
    Region("REGBEZ", "Regierungsbezirke", "051", "Düsseldorf, Regierungsbezirk", 5240),
    Region("DLAND", "Bundesländer", "05", "Nordrhein-Westfalen", 18030),
    Region("DINSG", "Deutschland", "DG", "Deutschland", 83577),
)


class Tabelle(NamedTuple):
    """What does not change from cell to cell. ``zeit``: code and label of the time axis."""

    code: str
    statistik: Attribut
    zeit: Attribut
    basis: str = REGIONALSTATISTIK


def kreuztabelle(
    summe: int, gewichte: Sequence[Mapping[Attribut, float]], zufall: Zufall, unruhe: float = 0.05
) -> dict[tuple[Attribut, ...], int]:
    """Figures per combination of the axes' values that add up to ``summe``, with all totals over any axes.

    The weight of a combination is the product of its values' weights with a random touch of up to ``unruhe``.
    """
    blaetter = list(itertools.product(*gewichte))
    roh = []
    for blatt in blaetter:
        gewicht = zufall.zahl(1 - unruhe, 1 + unruhe)
        for achse, attribut in zip(gewichte, blatt, strict=True):
            gewicht *= achse[attribut]
        roh.append(gewicht)
    return mit_summen(dict(zip(blaetter, verteilen(summe, roh), strict=True)))


def mit_summen(blaetter: Mapping[tuple[Attribut, ...], int]) -> dict[tuple[Attribut, ...], int]:
    """The cells and their totals over any of the axes; a total has ``INSGESAMT`` there."""
    ergebnis: dict[tuple[Attribut, ...], int] = {}
    for blatt, wert in blaetter.items():
        for wahl in itertools.product((False, True), repeat=len(blatt)):
            stelle = tuple(INSGESAMT if summe else a for summe, a in zip(wahl, blatt, strict=True))
            ergebnis[stelle] = ergebnis.get(stelle, 0) + wert
    return ergebnis


def zellen(
    region: Region,
    achsen: Sequence[Attribut],
    werte: Mapping[tuple[Attribut, ...], int],
    groesse: Groesse,
    zeichen: Zeichen = None,
) -> Iterator[Zelle]:
    """Cells of one region and quantity; ``zeichen`` replaces figures, a dissolved district has ``-`` throughout."""
    for stelle, wert in werte.items():
        achsenwerte = tuple((*achse, *attribut) for achse, attribut in zip(achsen, stelle, strict=True))
        text = NICHTS if not region.tausend else (zeichen or {}).get(stelle, str(wert))
        yield (region.achse, *achsenwerte), text, groesse


def ffcsv(tabelle: Tabelle, zeit: str, inhalt: Iterable[Zelle], zufall: Zufall) -> bytes:
    """The flat CSV with its rows in no order."""
    alle = list(inhalt)
    breite = max(len(achsen) for achsen, _, _ in alle)
    kopf = [*_FEST, *(f"{n}_variable_{feld}" for n in range(1, breite + 1) for feld in _ACHSE), *_WERT]
    reihen = []
    for achsen, text, groesse in alle:
        leer = [""] * (4 * (breite - len(achsen)))
        flach = [feld for achse in achsen for feld in achse]
        reihen.append([*tabelle.statistik, *tabelle.zeit, zeit, *flach, *leer, text, *groesse])
    return zeilen([kopf, *zufall.mischen(reihen)]).encode("utf-8-sig")


def klassisch(titel: Sequence[str], kopf: Sequence[Sequence[str]], reihen: Iterable[Sequence[str]], fuss: str) -> bytes:
    """The classic CSV in ISO-8859-1: title, header lines, data, line of underscores, notes."""
    breite = len(kopf[0])
    titelzeilen = [titel[0], *(t + ";" * (breite - 1) for t in titel[1:])]
    return ("\n".join(titelzeilen) + "\n" + zeilen([*kopf, *reihen]) + "__________\n" + fuss).encode("iso-8859-1")


def lieferung_ffcsv(
    ziel: tuple[str, str, int | None], tabelle: Tabelle, inhalt: bytes, geaendert: datetime
) -> Lieferung:
    """A flat CSV as ``data/tablefile`` sends it. ``ziel``: source, Teil and, if it is fetched by year, the year."""
    return _geliefert(ziel, tabelle, inhalt, geaendert, "_de_flat.csv")


def lieferung_klassisch(
    ziel: tuple[str, str, int | None], tabelle: Tabelle, inhalt: bytes, geaendert: datetime
) -> Lieferung:
    """A classic CSV as ``data/tablefile`` sends it with ``format=csv``."""
    return _geliefert(ziel, tabelle, inhalt, geaendert, "_de.csv")


def _geliefert(
    ziel: tuple[str, str, int | None], tabelle: Tabelle, inhalt: bytes, geaendert: datetime, endung: str
) -> Lieferung:
    quelle, teil, jahrgang = ziel
    aussen = f"{tabelle.code}_{jahrgang}.zip" if jahrgang else f"{tabelle.code}.zip"
    innen = f"{tabelle.code}_{_MILLISEKUNDEN + (jahrgang or 0)}{endung}"
    datei = Datei(aussen, tabelle.basis, gepackt(innen, inhalt), ZIP)
    return Lieferung(quelle, teil, (datei,), geaendert, jahrgang)
