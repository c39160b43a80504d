"""Tables of the other GENESIS databases: state database of North Rhine-Westphalia, Zensus 2022, GENESIS-Online.

Belongs here: what these tables hold and how their headers read. Does not belong here: the form in general
(``tabellen``) and the Regionalstatistik (``kreistabellen``).

Published are the residents at 15.05.2022 (Zensus 2022, table 1000A-0000, © Statistische Ämter des Bundes und der
Länder, Deutschland, 2026, dl-de/by-2-0). The residents of the other tables are those of ``kreis``;
all else is modelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from quellen.beispiel import kreis
from quellen.beispiel.ablage import CSV, Datei, Lieferung, zeitpunkt
from quellen.beispiel.kreistabellen import GRUPPEN_17, altersname, bestand, empfaenger, gerundet_auf_5, gruppiert
from quellen.beispiel.rechnen import Zufall
from quellen.beispiel.tabellen import (
    GEHEIM,
    INSGESAMT,
    NICHTS,
    REGIONEN,
    Tabelle,
    Zelle,
    ffcsv,
    klassisch,
    lieferung_ffcsv,
    lieferung_klassisch,
)

_DOWNLOADER = "https://www.landesdatenbank.nrw.de/ldbnrwws/downloader/00/tables/"
_ZENSUS = "https://ergebnisse.zensus2022.de/api/rest/2020/data/tablefile"
_DESTATIS = "https://www-genesis.destatis.de/genesisWS/rest/2020/data/tablefile"
_FORTSCHREIBUNG = ("12411", "Fortschreibung des Bevölkerungsstandes")
_ITNRW = (
    "© Information und Technik Nordrhein-Westfalen, Düsseldorf, 2026\n"
    "Lizenziert unter der Datenlizenz Deutschland - Namensnennung - Version 2.0\nStand: 30.10.2026 / 08:15:00\n"
)
_ZENSUS_GEMEINDEN: dict[str, tuple[str, int]] = {
    "051110000000": ("Düsseldorf, Stadt", 611258),
    "051120000000": ("Duisburg, Stadt", 501415),
    "051130000000": ("Essen, Stadt", 571039),
    "051140000000": ("Krefeld, Stadt", 230666),
    "051170000000": ("Mülheim an der Ruhr, Stadt", 171435),
    "051190000000": ("Oberhausen, Stadt", 212127),
    "051700008008": ("Dinslaken, Stadt", 66606),
    "051700024024": ("Moers, Stadt", 100465),
    "051700032032": ("Rheinberg, Stadt", 31210),
    "051700044044": ("Voerde (Niederrhein), Stadt", 35387),
    "051700048048": ("Wesel, Stadt", 59988),
    "053340002002": ("Aachen, Stadt", 261178),
}
_DEUTSCHLAND_ZENSUS = 82719540
_NRW_KREISE = ("05111", "05112", "05113", "05114", "05117", "05119", "05170", "05334")
PROFILGRUPPEN = (0, 6, 18, 25, 30, 40, 50, 60, 65)


def _zensus(zufall: Zufall) -> Lieferung:
    tabelle = Tabelle(
        "1000A-0000", ("1000A", "Bevölkerung kompakt (Gebietsstand 15.05.2022)"), ("STAG", "Stichtag"), _ZENSUS
    )
    bund = ("GEODL1", "Deutschland", "DG", "Deutschland")
    inhalt: list[Zelle] = [((bund,), str(_DEUTSCHLAND_ZENSUS), ("Anzahl", "PRS001", "Personen"))]
    for schluessel, (name, personen) in _ZENSUS_GEMEINDEN.items():
        achse = ("GEOGM4", "Gemeinden (Gebietsstand 15.05.2022)", schluessel, name)
        inhalt.append(((achse,), str(personen), ("Anzahl", "PRS018", "Personen")))
    csv = ffcsv(tabelle, "2022-05-15", inhalt, zufall)
    return lieferung_ffcsv(("zensus_bevoelkerung", "gemeinden", None), tabelle, csv, zeitpunkt(2024, 8, 20, 8))


def _destatis() -> Iterator[Lieferung]:
    """The Kreise only; dissolved ones have a sign in every column."""
    tabelle = Tabelle("12411-0017", _FORTSCHREIBUNG, ("STAG", "Stichtag"), _DESTATIS)
    alle = bestand()
    grenzen = [*GRUPPEN_17, None]
    namen = [*(altersname(v, b) for v, b in zip(GRUPPEN_17, grenzen[1:], strict=True)), "Insgesamt"]
    kopf = [["", "", "", *["Altersgruppen"] * len(namen)], ["", "", "", *namen]]
    for jahr in kreis.JAHRE[-2:]:
        reihen = []
        for region in REGIONEN:
            if region.code != "KREISE" or len(region.schluessel) != 5:
                continue
            personen = alle.get((jahr, region.schluessel))
            werte = [NICHTS] * len(namen)
            if personen is not None:
                summen = {
                    alter[1]: w for (alter, ges), w in gruppiert(personen, GRUPPEN_17).items() if ges == INSGESAMT
                }
                werte = [str(summen[name]) for name in namen]
            reihen.append([f"31.12.{jahr}", region.schluessel, region.name, *werte])
        titel = (
            "GENESIS-Tabelle: 12411-0017",
            "Bevölkerung: Kreise, Stichtag, Altersgruppen",
            "Fortschreibung des Bevölkerungsstandes",
            "Bevölkerungsstand (Anzahl)",
        )
        fuss = (
            "Ab 2022: Ergebnisse auf Grundlage des Zensus 2022.\n"
            f"© Statistisches Bundesamt (Destatis), {jahr + 1}\nStand: 16.12.{jahr + 1} / 10:00:00\n"
        )
        ziel = ("bevoelkerung_altersgruppen_destatis", "altersgruppen", jahr)
        yield lieferung_klassisch(ziel, tabelle, klassisch(titel, kopf, reihen, fuss), zeitpunkt(jahr + 1, 12, 16))


def _nach_nationalitaet(werte: kreis.Werte) -> dict[int, tuple[int, int]]:
    """Lower age of the 21 groups → Germans and others."""
    grenzen = [von for von, _ in kreis.altersgruppen()]
    return {g: (w[0] + w[1], w[2] + w[3]) for g, w in zip(grenzen, werte, strict=True)}


def _profil() -> Lieferung:
    """The state and a few Kreise, cities with the key of the municipality, all years in one file."""
    gemeint, nach_geschlecht = {"05", *_NRW_KREISE}, bestand()
    reihen = []
    for jahr, (_, _, schluessel, name), werte in kreis.bestand(Zufall(5)):
        if schluessel not in gemeint:
            continue
        geschlecht = gruppiert(nach_geschlecht[jahr, schluessel], PROFILGRUPPEN)
        nationalitaet = gruppiert(_nach_nationalitaet(werte), PROFILGRUPPEN)
        gruppen = dict.fromkeys(alter for alter, _ in geschlecht)
        for alter in gruppen:
            zeile = [geschlecht[alter, g] for g in (INSGESAMT, *_spalten(geschlecht))]
            zeile += [nationalitaet[alter, g] for g in _spalten(nationalitaet)]
            key = f"{schluessel}000" if "kreisfreie" in name else schluessel
            reihen.append([f"31.12.{jahr}", key, f"  {name}", alter[1], *map(str, zeile)])
    kopf = [
        ["", "", "", "", *["Bevölkerung"] * 5],
        ["", "", "", "", "Insgesamt", "Geschlecht", "Geschlecht", "Nationalität", "Nationalität"],
        ["", "", "", "", "Insgesamt", "männlich", "weiblich", "Deutsche", "Ausländer"],
        ["", "", "", "", *["Anzahl"] * 5],
    ]
    titel = (
        "GENESIS-Tabelle: 12411-9k06",
        "Kommunalprofil: Bevölkerung nach Geschlecht, Nationalität und",
        "Altersgruppen (9) - Gemeinden - Stichtag",
        "Fortschreibung des Bevölkerungsstandes",
    )
    return _heruntergeladen("bevoelkerung_profil_nrw", "profil", "12411-9k06", klassisch(titel, kopf, reihen, _ITNRW))


def _spalten(werte: Mapping[tuple[tuple[str, str], ...], int]) -> list[tuple[str, str]]:
    """The two values of the second axis, in order."""
    return [a for a in dict.fromkeys(stelle[1] for stelle in werte) if a != INSGESAMT]


def _mindestsicherung(zufall: Zufall) -> Lieferung:
    """Recipients rounded to five and their rate; a municipality of a Kreis and a region are not carried."""
    reihen = []
    for jahr in (2022, 2023, 2024):
        for region in REGIONEN:
            if region.code == "DINSG" or len(region.schluessel) == 8:
                continue
            personen = gerundet_auf_5(empfaenger(region, jahr, zufall))
            quote = f"{personen / max(1, region.tausend) / 10:.1f}".replace(".", ",")
            werte = [str(personen), quote] if region.tausend else [NICHTS, NICHTS]
            key = f"{region.schluessel}000" if "kreisfreie" in region.name else region.schluessel
            reihen.append([f"31.12.{jahr}", key, f"  {region.name}", *werte])
        reihen.append([f"31.12.{jahr}", "05170008", "    Dinslaken, Stadt", GEHEIM, GEHEIM])
    kopf = [
        ["", "", "", "Empfänger von Mindestsicherungsleistungen", "Mindestsicherungsquote"],
        ["", "", "", "Anzahl", "Prozent"],
    ]
    titel = (
        "GENESIS-Tabelle: 22811-01i",
        "Empfänger von Mindestsicherungsleistungen und",
        "Mindestsicherungsquote - Gemeinden - Stichtag",
        "Mindestsicherung",
    )
    return _heruntergeladen("mindestsicherung_nrw", "quote", "22811-01i", klassisch(titel, kopf, reihen, _ITNRW))


def _heruntergeladen(quelle: str, teil: str, code: str, inhalt: bytes) -> Lieferung:
    """A table as the state database's downloader sends it: no ZIP."""
    name = f"{code}_00.csv"
    moment: datetime = zeitpunkt(2026, 10, 30, 7)
    return Lieferung(quelle, teil, (Datei(name, _DOWNLOADER + name, inhalt, CSV),), moment)


def lieferungen() -> list[Lieferung]:
    """All tables of this module."""
    zufall = Zufall(23)
    return [_zensus(zufall), *_destatis(), _profil(), _mindestsicherung(zufall)]
