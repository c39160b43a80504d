"""Tables of the Regionalstatistik about schools and leavers, in the classic CSV.

Belongs here: the header of these two tables, as the portal writes it, and their figures. Does not belong here: the form
in general (``tabellen``), single schools (``schule``).

Published are, for 2023, all leavers and Duisburg's schools and pupils (tables 21111-02-06-4 and 21111-01-03-4,
© Statistische Ämter des Bundes und der Länder, Deutschland, 2025, dl-de/by-2-0, as of 13.03.2025). All else is
modelled: other years and the schools elsewhere, rounded to five as North Rhine-Westphalia does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quellen.beispiel.ablage import Lieferung, zeitpunkt
from quellen.beispiel.kreistabellen import gerundet_auf_5
from quellen.beispiel.rechnen import Zufall
from quellen.beispiel.tabellen import (
    NICHTS,
    REGIONEN,
    SINNLOS,
    Region,
    Tabelle,
    klassisch,
    lieferung_klassisch,
)

_STATISTIK = ("21111", "Statistik der allgemeinbildenden Schulen")
_JAHR = ("JAHR", "Jahr")
_RECHTE = (
    '"© Statistische Ämter des Bundes und der Länder, Deutschland, 2025.\nDieses Werk ist lizenziert unter der '
    'Datenlizenz Deutschland\n- Namensnennung - Version 2.0."\nStand: {stand}\n'
)
_EINRUECKUNG = {"DINSG": 0, "DLAND": 2, "REGBEZ": 4, "KREISE": 6}

_ABSCHLUESSE = (
    "Insgesamt",
    "ohne Hauptschulabschluss",
    "mit Hauptschulabschluss",
    "mit Mittlerem Abschluss",
    "dar. schulischer Teil der Fachhochschulreife",
    "mit Fachhochschulreife",
    "mit allgemeiner Hochschulreife",
)
# for each of these all and female; None: nothing there
_ABGAENGE_2023: dict[str, tuple[int | None, ...]] = {
    "DG": (782423, 381434, 55708, 22043, 130322, 53605, 336361, 163795, 22530, 11348, 802, 397, 259230, 141594),
    "05": (183830, 90270, 11835, 4775, 28640, 12010, 72650, 35050, 7665, 3895, 45, 20, 70660, 38415),
    "051": (51195, 25080, 3515, 1395, 8115, 3435, 18865, 9150, 2115, 1105, 25, 10, 20675, 11090),
    "05111": (5500, 2685, 275, 105, 740, 305, 2055, 990, 225, 105, 5, None, 2425, 1285),
    "05112": (4620, 2265, 395, 175, 970, 440, 1585, 760, 225, 105, None, None, 1670, 890),
    "05113": (5790, 2850, 480, 205, 885, 385, 2150, 1025, 260, 135, None, None, 2270, 1240),
    "05114": (2500, 1230, 230, 100, 470, 210, 930, 465, 125, 85, None, None, 870, 460),
    "05117": (1650, 810, 75, 25, 180, 85, 605, 280, 70, 45, None, None, 790, 420),
    "05119": (2020, 980, 185, 80, 325, 150, 770, 360, 65, 35, None, None, 740, 385),
    "05170": (4390, 2135, 290, 100, 785, 305, 1490, 735, 190, 105, None, None, 1825, 995),
    "05334": (5265, 2620, 320, 135, 860, 360, 1865, 915, 235, 110, None, None, 2215, 1210),
    "05334002": (365, 185, 10, 5, 55, 30, 120, 50, 30, 10, None, None, 180, 95),
    "05354": (None,) * 14,
}

_SCHULARTEN = (
    "Vorschulbereich",
    "Grundschulen",
    "Schulartunabhängige Orientierungsstufe",
    "Hauptschulen",
    "Schularten mit mehreren Bildungsgängen",
    "Realschulen",
    "Gymnasien",
    "Integrierte Gesamtschulen",
    "Freie Waldorfschulen",
    "Sonderschulen/Förderschulen",
    "Abendschulen und Kollegs",
    "Insgesamt",
)
# Duisburg 2023, in that order: schools, pupils, female, foreign, 7th year, 11th year
_DUISBURG_2023 = """
1 105 40 15 x x|76 20745 10220 6255 x x|x x x x x x|1 265 125 180 45 x|2 1670 755 550 310 x|4 2615 1260 550 475 x
12 11080 5800 1520 1430 65|14 16310 8115 5050 2260 1005|- - - - - -|13 2740 905 930 195 -|1 290 145 65 x x
x 55825 27360 15115 4715 1065
"""
_SCHUELER = "Schülerinnen und Schüler an allgemeinbildenden Schulen"
_SPALTEN = (
    ("Allgemeinbildende Schulen", "", ""),
    (_SCHUELER, "Geschlecht", "Insgesamt"),
    (_SCHUELER, "Geschlecht", "weiblich"),
    (_SCHUELER, "Nationalität", "ausländisch"),
    (_SCHUELER, "Klassenstufe / Jahrgangsstufe / Schulbesuchsjahr", "7. Klassenstufe"),
    (_SCHUELER, "Klassenstufe / Jahrgangsstufe / Schulbesuchsjahr", "11. Jahrgangsstufe / Einführungsphase"),
)


def _name(region: Region) -> str:
    return " " * _EINRUECKUNG[region.code] + region.name


def _geordnet() -> list[Region]:
    """From Germany down, as the table has them."""
    return sorted(REGIONEN, key=lambda r: (_EINRUECKUNG[r.code], r.schluessel))


def _abgaenge(jahr: int, zufall: Zufall) -> bytes:
    tief = _ABSCHLUESSE
    titel = "Absolvierende/Abgehende allgemeinbildender Schulen nach dem Abschluss"
    kopf = [
        ["", "", "", *[titel] * 14],
        ["", "", "", *(a for a in tief for _ in (0, 1))],
        ["", "", "", *["Insgesamt", "weiblich"] * 7],
    ]
    reihen = []
    for region in _geordnet():
        veroeffentlicht = _ABGAENGE_2023.get(region.schluessel)
        if veroeffentlicht is None:
            continue
        faktor = 1.0 if jahr == 2023 else zufall.zahl(0.97, 1.03)
        werte = [w if w is None or jahr == 2023 else gerundet_auf_5(round(w * faktor)) for w in veroeffentlicht]
        reihen.append([str(jahr), region.schluessel, _name(region), *(str(w or NICHTS) for w in werte)])
    kopfzeilen = (
        "GENESIS-Tabelle: 21111-02-06-4",
        "Absolvierende/Abgehende allgemeinbildender Schulen nach",
        "Geschlecht und Abschlussarten - Schuljahr - regionale Tiefe:",
        "Kreise und krfr. Städte",
        "Statistik der allgemeinbildenden Schulen",
        "Absolvierende/Abgehende (Anzahl)",
    )
    anmerkung = (
        '"zu ""Absolventen/Abgänger mit Fachhochschulreife"":\nNordrhein-Westfalen: ohne schulischen Teil; gerundet"\n'
    )
    return klassisch(kopfzeilen, kopf, reihen, anmerkung + _RECHTE.format(stand="13.03.2025 / 16:40:08"))


def _schularten(region: Region, jahr: int, zufall: Zufall) -> Iterator[list[str]]:
    """Duisburg's figures of 2023, elsewhere the same mix by number of residents; the total is that of its parts."""
    vorlage = [z.split() for z in _DUISBURG_2023.strip().replace("\n", "|").split("|")]
    if region.schluessel == "05112" and jahr == 2023:
        yield from vorlage
        return
    summe = [0] * 6
    for zeile in vorlage[:-1]:
        faktor = region.tausend / 502 * zufall.zahl(0.85, 1.15)
        werte = []
        for spalte, text in enumerate(zeile):
            if not text.isdigit():
                werte.append(text if region.tausend or text == SINNLOS else NICHTS)
                continue
            wert = round(int(text) * faktor)
            wert = max(1, wert) if spalte == 0 and region.tausend else gerundet_auf_5(wert)
            summe[spalte] += wert
            werte.append(str(wert or NICHTS))
        yield werte
    yield [SINNLOS, *(str(w or NICHTS) for w in summe[1:])]


def _schulen(jahr: int, zufall: Zufall) -> bytes:
    stufen = list(zip(*_SPALTEN, strict=True))
    kopf = [["", "", "", "", *stufe] for stufe in stufen] + [["", "", "", "", *["Anzahl"] * 6]]
    reihen = [
        [str(jahr), region.schluessel, _name(region), schulart, *werte]
        for region in _geordnet()
        for schulart, werte in zip(_SCHULARTEN, _schularten(region, jahr, zufall), strict=True)
    ]
    kopfzeilen = (
        "GENESIS-Tabelle: 21111-01-03-4",
        "Schulen, Schülerinnen und Schüler nach Schularten -",
        "Stichtag: Schuljahresbeginn - regionale Tiefe: Kreise und",
        "krfr. Städte",
        "Statistik der allgemeinbildenden Schulen",
    )
    anmerkung = '"zu ""Nationalität"":\nNordrhein-Westfalen: auf 5 gerundet"\n'
    return klassisch(kopfzeilen, kopf, reihen, anmerkung + _RECHTE.format(stand="13.03.2025 / 16:39:14"))


def lieferungen() -> list[Lieferung]:
    """Two years of each table."""
    zufall = Zufall(22)
    schulen = Tabelle("21111-01-03-4", _STATISTIK, _JAHR)
    abgaenge = Tabelle("21111-02-06-4", _STATISTIK, _JAHR)
    ergebnis = []
    for jahr in (2023, 2024):
        moment = zeitpunkt(2026, 3, 13, 15)
        ziel: Sequence[str] = ("schulen_kreis", "schularten")
        ergebnis.append(lieferung_klassisch((ziel[0], ziel[1], jahr), schulen, _schulen(jahr, zufall), moment))
        ziel = ("abgaenge_kreis", "abschluesse")
        ergebnis.append(lieferung_klassisch((ziel[0], ziel[1], jahr), abgaenge, _abgaenge(jahr, zufall), moment))
    return ergebnis
