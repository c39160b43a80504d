"""The city's CSV files: residents by age, by citizenship, and movements per Ortsteil.

Belongs here: the form of these files (columns, order, signs, names). Does not belong here: the figures
(``bevoelkerung``, ``staaten``).
"""

from __future__ import annotations

from urllib.parse import quote

from quellen.beispiel import staaten
from quellen.beispiel.ablage import CSV, Datei, Lieferung, tausender, zeilen, zeitpunkt
from quellen.beispiel.bevoelkerung import ALTER, ALTERSGRUPPEN, STAATEN, Bevoelkerung, Staat
from quellen.beispiel.ortsteile import ORTSTEILE, STADTBEZIRKE, Ortsteil
from quellen.beispiel.rechnen import Zufall
from quellen.beispiel.zielwerte import JAHRE

_PORTAL = "https://opendata-duisburg.de/sites/default/files/"
_GEAENDERT = zeitpunkt(2026, 2, 17, 8)
_FEHLT = "\u00a0"
_GEBIET = ("Stadtbezirk_ID", "Stadtbezirk_Name", "Ortsteil_ID", "Ortsteil_Name")
_ANTEIL_FEHLT = 0.02  # of the cells on a second citizenship
_SPALTEN_BEWEGUNG = (
    "Zuzüge über die Stadtgrenze",
    "Fortzüge über die Stadtgrenze",
    "Zuzüge innerhalb der Stadt",
    "Fortzüge innerhalb der Stadt",
    "Geburten",
    "Sterbefälle",
)


def _gebiet(o: Ortsteil) -> tuple[str, ...]:
    return (o.bezirk, STADTBEZIRKE[o.bezirk], o.schluessel, o.name)


def altersspalten() -> list[str]:
    """Column names of the single years of age, male and female in turn."""
    namen = []
    for alter in range(ALTER - 1):
        jahr = "Jahr" if alter == 0 else "Jahre"
        namen += [f"{alter} bis unter {alter + 1} {jahr} {g}" for g in "mw"]
    return [*namen, *(f"{ALTER - 1} Jahre und älter {g}" for g in "mw")]


def summe(bevoelkerung: Bevoelkerung, ortsteil: str, staat: Staat, jahr: int) -> int:
    """Residents of an Ortsteil at the end of a year."""
    return sum(bevoelkerung.bestand[ortsteil, staat, jahr])


def _datei(name: str, text: str) -> tuple[Datei, ...]:
    return (Datei(name, _PORTAL + quote(name), text.encode(), CSV),)


def einwohner_alter(bevoelkerung: Bevoelkerung) -> Lieferung:
    """Residents by single year of age and sex, newest date first."""
    reihen = [["Stichtag", *_GEBIET, "Staatsangehörigkeit", *altersspalten()]]
    for jahr in reversed(JAHRE):
        for o in ORTSTEILE:
            for staat in STAATEN:
                zellen = bevoelkerung.bestand[o.schluessel, staat, jahr]
                werte = [str(zellen[g * ALTER + alter]) for alter in range(ALTER) for g in (0, 1)]
                reihen.append([f"31.12.{jahr}", *_gebiet(o), staat, *werte])
    name = f"Einwohner Ortsteile Alter 31.12.{JAHRE[-1]}_0.csv"
    return Lieferung("einwohner_ortsteil", "alter", _datei(name, zeilen(reihen)), _GEAENDERT)


def einwohner_staatsangehoerigkeit(bevoelkerung: Bevoelkerung) -> Lieferung:
    """Residents by selected citizenships; some cells are missing (a no-break space), as at the portal."""
    kopf = ["Stichtag", *_GEBIET, "deutsch", "davon deutsch mit 2. StA", "nichtdeutsch"]
    reihen = [[*kopf, *(f"davon {name}" for name in staaten.NAMEN)]]
    zufall, luecken = Zufall(3), Zufall(4)
    neigung = staaten.neigungen(zufall)
    for jahr in reversed(JAHRE):
        nichtdeutsch = {o.schluessel: summe(bevoelkerung, o.schluessel, "nichtdeutsch", jahr) for o in ORTSTEILE}
        davon = staaten.verteilung(jahr, nichtdeutsch, neigung)
        for o in ORTSTEILE:
            deutsch = summe(bevoelkerung, o.schluessel, "deutsch", jahr)
            zweite = tausender(staaten.zweite_staatsangehoerigkeit(o, jahr, deutsch, zufall))
            if luecken.zahl() < _ANTEIL_FEHLT:
                zweite = _FEHLT
            werte = [tausender(davon[o.schluessel, name]) for name in staaten.NAMEN]
            zeile = [f"31.12.{jahr}", *_gebiet(o), tausender(deutsch), zweite]
            reihen.append([*zeile, tausender(nichtdeutsch[o.schluessel]), *werte])
    name = f"Einwohner Ortsteile Staatsangehörigkeit 31.12.{JAHRE[-1]}_0.csv"
    return Lieferung("einwohner_ortsteil", "staatsangehoerigkeit", _datei(name, zeilen(reihen)), _GEAENDERT)


def bewegungen(bevoelkerung: Bevoelkerung) -> Lieferung:
    """Movements of each calendar year, newest first; ``-`` where there were none."""
    reihen = [["Jahr", *_GEBIET, "Staatsangehörigkeit", "Altersgruppe", *_SPALTEN_BEWEGUNG]]
    for jahr in reversed(JAHRE[1:]):
        for o in ORTSTEILE:
            for staat in STAATEN:
                for gruppe in ALTERSGRUPPEN:
                    werte = bevoelkerung.bewegung[o.schluessel, staat, gruppe, jahr]
                    zahlen = [tausender(w) if w else "-" for w in werte]
                    reihen.append([str(jahr), *_gebiet(o), staat, gruppe, *zahlen])
    name = f"Bevölkerungsbewegung Ortsteile 31.12.{JAHRE[-1]}_0.csv"
    return Lieferung("bewegungen_ortsteil", "bewegungen", _datei(name, zeilen(reihen)), _GEAENDERT)


def lieferungen(bevoelkerung: Bevoelkerung) -> list[Lieferung]:
    """All files of the city on residents and movements."""
    return [
        einwohner_alter(bevoelkerung),
        einwohner_staatsangehoerigkeit(bevoelkerung),
        bewegungen(bevoelkerung),
    ]
