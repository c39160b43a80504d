"""Tables of the Regionalstatistik about residents, moves, day care and minimum income, all modelled.

Belongs here: what these tables count and how large it is. Does not belong here: their form (``tabellen``), schools
(``schultabellen``). Codes and labels of axes and values are invented where no answer of the portal is known; the
declarations say so. The residents are those of ``kreis``, grouped anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from quellen.beispiel import kreis
from quellen.beispiel.ablage import Lieferung, zeitpunkt
from quellen.beispiel.rechnen import Zufall, verteilen
from quellen.beispiel.tabellen import (
    GEHEIM,
    GESCHLECHT,
    NICHTS,
    REGIONEN,
    Attribut,
    Groesse,
    Region,
    Tabelle,
    Zeichen,
    Zelle,
    ffcsv,
    kreuztabelle,
    lieferung_ffcsv,
    mit_summen,
    zellen,
)

_BEVOELKERUNG = ("12411", "Fortschreibung des Bevölkerungsstandes")
_STICHTAG, _JAHR = ("STAG", "Stichtag"), ("JAHR", "Jahr")
_PERSONEN: Groesse = ("Anzahl", "BEVSTD", "Bevölkerungsstand")
GRUPPEN_17 = (0, 3, 6, 10, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 75)
_OFFEN_79 = (*range(76), 80, 85, 90)
_GES = ("GES", "Geschlecht")

Bestand = dict[tuple[int, str], dict[int, tuple[int, int]]]


def bestand() -> Bestand:
    """(year, region) → lower age of the 21 groups → men and women, from the table of ``kreis``."""
    ergebnis: Bestand = {}
    for jahr, (_, _, schluessel, _), werte in kreis.bestand(Zufall(5)):
        grenzen = [von for von, _ in kreis.altersgruppen()]
        ergebnis[jahr, schluessel] = {g: (w[0] + w[2], w[1] + w[3]) for g, w in zip(grenzen, werte, strict=True)}
    return ergebnis


def altersname(von: int, bis: int | None) -> str:
    """``unter 3 Jahre``, ``3 bis unter 6 Jahre``, ``75 Jahre und mehr``."""
    if bis is None:
        return f"{von} Jahre und mehr"
    if von == 0:
        return f"unter {bis} {'Jahr' if bis == 1 else 'Jahre'}"
    return f"{von} bis unter {bis} Jahre"


def gruppiert(personen: Mapping[int, tuple[int, int]], grenzen: tuple[int, ...]) -> dict[tuple[Attribut, ...], int]:
    """Residents by age group and sex, with totals; the groups must hold whole groups of ``personen``."""
    blaetter: dict[tuple[Attribut, ...], int] = {}
    for nummer, von in enumerate(grenzen):
        bis = grenzen[nummer + 1] if nummer + 1 < len(grenzen) else None
        text = (f"ALT{von:03}{'UM' if bis is None else f'B{bis:02}'}", altersname(von, bis))
        for spalte, geschlecht in enumerate(GESCHLECHT):
            summe = sum(w[spalte] for g, w in personen.items() if g >= von and (bis is None or g < bis))
            blaetter[text, geschlecht] = summe
    return mit_summen(blaetter)


def _einzeln(personen: Mapping[int, tuple[int, int]], zufall: Zufall) -> dict[int, tuple[int, int]]:
    """Single years of age up to 74 from the 21 groups, the older ones as they are."""
    grenzen = sorted(personen)
    ergebnis: dict[int, tuple[int, int]] = {}
    for nummer, von in enumerate(grenzen):
        if von >= 75:
            ergebnis[von] = personen[von]
            continue
        jahre = range(von, grenzen[nummer + 1])
        je_geschlecht = [verteilen(p, [zufall.zahl(0.95, 1.05) for _ in jahre]) for p in personen[von]]
        ergebnis |= {j: (je_geschlecht[0][i], je_geschlecht[1][i]) for i, j in enumerate(jahre)}
    return ergebnis


def _bevoelkerung(zufall: Zufall) -> Iterator[Lieferung]:
    alle = bestand()
    leer = dict.fromkeys((g for g, _ in kreis.altersgruppen()), (0, 0))
    gruppen = Tabelle("12411-02-03-4", _BEVOELKERUNG, _STICHTAG)
    jahre = Tabelle("12411-04-02-4", _BEVOELKERUNG, _STICHTAG)
    for jahr in kreis.JAHRE[-2:]:
        grob: list[Zelle] = []
        fein: list[Zelle] = []
        for region in REGIONEN:
            personen = alle.get((jahr, region.schluessel), leer)
            achse = ("ALT017", "Altersgruppen (17)")
            grob += zellen(region, (achse, _GES), gruppiert(personen, GRUPPEN_17), _PERSONEN)
            achse = ("ALT079", "Altersjahre (79)")
            fein += zellen(region, (achse, _GES), gruppiert(_einzeln(personen, zufall), _OFFEN_79), _PERSONEN)
        ziel = "bevoelkerung_altersjahre_kreis"
        tag, moment = f"{jahr}-12-31", zeitpunkt(jahr + 1, 9, 30)
        yield lieferung_ffcsv((ziel, "altersgruppen", jahr), gruppen, ffcsv(gruppen, tag, grob, zufall), moment)
        yield lieferung_ffcsv((ziel, "altersjahre", jahr), jahre, ffcsv(jahre, tag, fein, zufall), moment)


_WANDERUNGSALTER: dict[Attribut, float] = {
    ("ALT000B18", "unter 18 Jahre"): 0.17,
    ("ALT018B25", "18 bis unter 25 Jahre"): 0.20,
    ("ALT025B30", "25 bis unter 30 Jahre"): 0.17,
    ("ALT030B50", "30 bis unter 50 Jahre"): 0.31,
    ("ALT050B65", "50 bis unter 65 Jahre"): 0.10,
    ("ALT065UM", "65 Jahre und mehr"): 0.05,
}
_WANDERUNGSGESCHLECHT: dict[Attribut, float] = dict(zip(GESCHLECHT, (0.54, 0.46), strict=True))
_WANDERUNGEN: tuple[tuple[Groesse, float], ...] = (
    (("Anzahl", "BEV081", "Zuzüge (über Gemeindegrenzen)"), 52.0),
    (("Anzahl", "BEV082", "Fortzüge (über Gemeindegrenzen)"), 47.0),
)


def _wanderungen(zufall: Zufall) -> Iterator[Lieferung]:
    """Two years by age, and their yearly sums; of the third year the Kreise are not delivered yet."""
    alter = Tabelle("12711-01-03-4", ("12711", "Wanderungsstatistik"), _JAHR)
    summe = Tabelle("12711-91-01-4", ("12711", "Wanderungsstatistik"), _JAHR)
    achsen = (("ALTX06", "Altersgruppen (u18 - 65m)"), _GES)
    for jahr in (2023, 2024, 2025):
        fein: list[Zelle] = []
        grob: list[Zelle] = []
        for region in REGIONEN:
            for groesse, je_tausend in _WANDERUNGEN:
                personen = int(region.tausend * je_tausend * zufall.zahl(0.94, 1.06))
                werte = kreuztabelle(personen, (_WANDERUNGSALTER, _WANDERUNGSGESCHLECHT), zufall)
                fein += zellen(region, achsen, werte, groesse)
                fehlt = jahr == 2025 and region.code == "KREISE"
                grob += zellen(region, (), {(): personen}, groesse, {(): NICHTS} if fehlt else None)
        moment = zeitpunkt(jahr + 1, 10, 15)
        if jahr < 2025:
            inhalt = ffcsv(alter, str(jahr), fein, zufall)
            yield lieferung_ffcsv(("wanderungen_kreis", "altersgruppen", jahr), alter, inhalt, moment)
        inhalt = ffcsv(summe, str(jahr), grob, zufall)
        yield lieferung_ffcsv(("wanderungen_kreis", "jahressumme", jahr), summe, inhalt, moment)


_KITA_ALTER: dict[Attribut, float] = {
    ("KITAU3", "0 bis unter 3 Jahre"): 0.04,
    ("KITA2B8", "2 bis unter 8 Jahre (ohne Schulkinder)"): 0.72,
    ("KITASCH", "5 bis unter 14 Jahre (nur Schulkinder)"): 0.01,
    ("KITAALL", "mit Kindern aller Altersgruppen"): 0.23,
}
_KITAS: Groesse = ("Anzahl", "EIN004", "Tageseinrichtungen")
_KITA_INSGESAMT: tuple[tuple[Groesse, float], ...] = (
    (("Anzahl", "PLA001", "Genehmigte Plätze"), 37.5),
    (("Anzahl", "PER004", "Tätige Personen"), 8.6),
)


def _kitas(zufall: Zufall) -> Iterator[Lieferung]:
    """Places and staff have no age of the children; in one Kreis the staff is secret."""
    tabelle = Tabelle("22541-01-04-4", ("22541", "Statistik der Kinder und tätigen Personen in Tageseinr."), _STICHTAG)
    for jahr in (2023, 2024):
        inhalt: list[Zelle] = []
        for region in REGIONEN:
            werte = kreuztabelle(int(region.tausend * 0.62), (_KITA_ALTER,), zufall)
            inhalt += zellen(region, (("KITAAL", "Alter der Kinder"),), werte, _KITAS)
            for groesse, je_tausend in _KITA_INSGESAMT:
                wert = int(region.tausend * je_tausend * zufall.zahl(0.95, 1.05))
                geheim: Zeichen = {(): GEHEIM} if region.schluessel == "05334002" and groesse[1] == "PER004" else None
                inhalt += zellen(region, (), {(): wert}, groesse, geheim)
        csv = ffcsv(tabelle, f"{jahr}-03-01", inhalt, zufall)
        ziel = ("kindertagesbetreuung_kreis", "einrichtungen", jahr)
        yield lieferung_ffcsv(ziel, tabelle, csv, zeitpunkt(jahr, 11, 20))


_LEISTUNGEN: dict[Attribut, float] = {
    ("MSSGB2", "Leistungen nach dem SGB II"): 0.77,
    ("MSHLU", "Hilfe zum Lebensunterhalt außerhalb von Einrichtungen"): 0.02,
    ("MSGSIG", "Grundsicherung im Alter und bei Erwerbsminderung"): 0.16,
    ("MSASYL", "Regelleistungen nach dem Asylbewerberleistungsgesetz"): 0.05,
}
MINDESTSICHERUNG = {"05112": 172.0, "05113": 165.0, "05119": 148.0, "05117": 128.0, "05114": 130.0}
"""Recipients per thousand residents, modelled; elsewhere 88."""


def empfaenger(region: Region, jahr: int, zufall: Zufall) -> int:
    """Recipients of minimum income in a region, modelled."""
    return int(
        region.tausend
        * MINDESTSICHERUNG.get(region.schluessel, 88.0)
        * (1 + 0.01 * (jahr - 2022))
        * zufall.zahl(0.98, 1.02)
    )


def _grundsicherung(zufall: Zufall) -> Iterator[Lieferung]:
    """Everything is rounded to five, so that parts and total may differ."""
    tabelle = Tabelle("22811-01-01-4", ("22811", "Soziale Mindestsicherungsleistungen"), _STICHTAG)
    groesse: Groesse = ("Anzahl", "SOZ001", "Empfänger von sozialen Mindestsicherungsleistungen")
    for jahr in (2023, 2024):
        inhalt: list[Zelle] = []
        for region in REGIONEN:
            werte = kreuztabelle(empfaenger(region, jahr, zufall), (_LEISTUNGEN,), zufall)
            gerundet = {stelle: gerundet_auf_5(wert) for stelle, wert in werte.items()}
            hlu = next(a for a in _LEISTUNGEN if a[0] == "MSHLU")
            geheim: Zeichen = {(hlu,): GEHEIM} if region.schluessel == "05117" else None
            inhalt += zellen(region, (("MINDS1", "Art der Mindestsicherungsleistung"),), gerundet, groesse, geheim)
        csv = ffcsv(tabelle, f"{jahr}-12-31", inhalt, zufall)
        ziel = ("grundsicherung_kreis", "leistungsarten", jahr)
        yield lieferung_ffcsv(ziel, tabelle, csv, zeitpunkt(jahr + 1, 12, 20))


def gerundet_auf_5(wert: int) -> int:
    """A figure as offices publish it that round to five."""
    return 5 * ((wert + 2) // 5)


def lieferungen() -> list[Lieferung]:
    """All tables of this module, one delivery per year."""
    zufall = Zufall(21)
    return [*_bevoelkerung(zufall), *_wanderungen(zufall), *_kitas(zufall), *_grundsicherung(zufall)]
