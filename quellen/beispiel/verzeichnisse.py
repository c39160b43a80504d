"""Sources of other publishers: labour market, Wegweiser Kommune, municipalities, census grid.

Belongs here: the form of these files with few, modelled rows. Does not belong here: tables of the GENESIS family
(``tabellen``), schools (``schullisten``), addresses and day care (``betreuung``).
"""

from __future__ import annotations

import io
import zipfile

from quellen.beispiel.ablage import CSV, ZIP, Datei, Lieferung, tausender, zeilen, zeitpunkt
from quellen.beispiel.mappen import XLSX, mappe
from quellen.beispiel.rechnen import Zufall

_BA = "https://statistik-dr.arbeitsagentur.de/bifrontend/bids-api/ct/v1/tableFetch/csv/"
_MONATE = ("September 2026", "August 2026", "Juli 2026", "Juni 2026")


def _arbeitsagentur(tabelle: str, titel: str, reihen: list[list[str]]) -> Datei:
    """Lines of metadata above the header and a footer; one region per file."""
    kopf = [
        [titel, "", "", "", ""],
        ["Region: Duisburg (Beispiel)", "", "", "", ""],
        ["Ausgewählte Merkmale", *_MONATE],
    ]
    fuss = [
        ["© Statistik der Bundesagentur für Arbeit (Beispiel)", "", "", "", ""],
        ["Aus Gründen der Geheimhaltung …"],
    ]
    text = zeilen([*kopf, *reihen, *fuss])
    return Datei(f"{tabelle}-Duisburg.csv", f"{_BA}{tabelle}?Kreis=Duisburg", text.encode("utf-8-sig"), CSV)


def _arbeitsmarkt() -> list[Lieferung]:
    """Two rows are called the same: first the number, then the rate."""
    zufall = Zufall(82)
    sgb2 = [int(zufall.zahl(23500, 24100)) for _ in _MONATE]
    sgb3 = [int(zufall.zahl(8200, 8600)) for _ in _MONATE]
    beide = [a + b for a, b in zip(sgb2, sgb3, strict=True)]
    reihen = [
        [name, *map(tausender, werte)]
        for name, werte in (
            ("Arbeitslose", beide),
            ("im Rechtskreis SGB III", sgb3),
            ("im Rechtskreis SGB II", sgb2),
        )
    ]
    reihen += [
        [name, *(f"{w / 2570:.1f}".replace(".", ",") for w in werte)]
        for name, werte in (
            ("Arbeitslosenquote", beide),
            ("im Rechtskreis SGB III", sgb3),
            ("im Rechtskreis SGB II", sgb2),
        )
    ]
    grusi = [
        ["Bedarfsgemeinschaften", *(tausender(int(zufall.zahl(37800, 38400))) for _ in _MONATE)],
        ["Regelleistungsberechtigte", *(tausender(int(zufall.zahl(79500, 80500))) for _ in _MONATE)],
        ["erwerbsfähige Leistungsberechtigte", *(tausender(int(zufall.zahl(55500, 56200))) for _ in _MONATE)],
        ["nicht erwerbsfähige Leistungsberechtigte", "-", *(tausender(int(zufall.zahl(24000, 24300))) for _ in "123")],
    ]
    eckwerte = _arbeitsagentur("EckwerteTabelleALOKr", "Eckwerte des Arbeitsmarktes", reihen)
    reihe = _arbeitsagentur("EckwerteZeitreiheGrusi", "Eckwerte der Grundsicherung", grusi)
    stand = zeitpunkt(2026, 10, 1)
    return [
        Lieferung("arbeitsmarkt_kreis", "eckwerte", (eckwerte,), stand),
        Lieferung("arbeitsmarkt_kreis", "grundsicherung", (reihe,), stand),
    ]


def _wegweiser() -> Lieferung:
    """Länder with eight digits and zeros, the Bund with a zero."""
    reihen = [["GKZ", "Kommune", "Indikator", "2020", "2021", "2022", "2023"]]
    for gkz, name, armut in (
        ("05112000", "Duisburg", 29.0),
        ("05000000", "Nordrhein-Westfalen", 18.0),
        ("0", "Deutschland", 13.5),
    ):
        for indikator, faktor in (
            ("Kinderarmut (%)", 1.0),
            ("Jugendarmut (%)", 0.85),
            ("Anteil der unter 3-Jährigen in Tageseinrichtungen (%)", 0.62),
        ):
            werte = [f"{armut * faktor + schritt:.1f}".replace(".", ",") for schritt in (0, 0.3, 0.1, 0.5)]
            reihen.append([gkz, name, indikator, *werte])
    url = "https://www.wegweiser-kommune.de/data-api/rest/export/"
    url += "kinderarmut+duisburg+nordrhein-westfalen+deutschland+tabelle.csv?charset=UTF-8&raw=true"
    datei = Datei("kinder.csv", url, zeilen(reihen).encode("utf-8-sig"), CSV)
    return Lieferung("wegweiser_kommune", "kinder", (datei,), zeitpunkt(2025, 9, 1))


def _gemeinden() -> Lieferung:
    """Four header rows with merged cells; every city stands three times, only the last row has figures."""
    kopf: list[list[str | int | float | None]] = [
        ["Gemeinden in Deutschland nach Fläche, Bevölkerung und Postleitzahl am 30.06.2026 (2. Quartal, Beispiel)"],
        [],
        [
            *("Satz-art", "Text-kenn-zeichen", "Amtlicher Regionalschlüssel (ARS)", None, None, None, None),
            *("Gemeindename", "Fläche km2 1)", "Bevölkerung2)", None, None, None, "Postleit-zahl3)"),
        ],
        [
            *(None, None, "Land", "RB", "Kreis", "VB", "Gem", None, None, "insgesamt", "männlich", "weiblich"),
            *("je km2", None),
        ],
        [
            *(None, None, "Gebietsstand am 30.06.2026 (2. Quartal)", None, None, None, None, None, None),
            *("31.12.2024 (Jahr)", "am 31.12.2024 (Jahr)", None, None, None),
        ],
        [],
    ]
    reihen: list[list[str | int | float | None]] = [["10", None, "05", None, None, None, None, "Nordrhein-Westfalen"]]
    for rb, kreis, name, flaeche, frauen, maenner, plz in (
        ("1", "12", "Duisburg, Stadt", 232.84, 253100, 249170, "47051"),
        ("1", "13", "Essen, Stadt", 210.34, 294300, 280200, "45127"),
        ("1", "19", "Oberhausen, Stadt", 77.1, 107900, 105800, "46045"),
    ):
        reihen.append(["40", "41", "05", rb, kreis, None, None, name])
        reihen.append(["50", "50", "05", rb, kreis, "0000", None, name])
        zusammen = frauen + maenner
        zahlen: list[str | int | float | None] = [flaeche, zusammen, maenner, frauen, round(zusammen / flaeche), plz]
        schluessel: list[str | int | float | None] = ["60", "61", "05", rb, kreis, "0000", "000", name]
        reihen.append([*schluessel, *zahlen])
    reihen.append(
        ["60", "64", "05", "1", "70", "0024", "024", "Moers, Stadt", 67.7, 104000, 51000, 53000, 1536, "47441"]
    )
    unten: list[list[str | int | float | None]] = [[], ["1) Abweichungen durch Runden möglich."], ["© Beispiel"]]
    verbunden = ("C3:G3", "J3:M3", "C5:G5", "K5:M5")
    inhalt = mappe("Onlineprodukt_Gemeinden30062026", [*kopf, *reihen, *unten], verbunden)
    url = "https://www.destatis.de/DE/Themen/Laender-Regionen/Regionales/Gemeindeverzeichnis/Administrativ/Archiv/"
    url += "GVAuszugQ/AuszugGV2QAktuell.xlsx?__blob=publicationFile"
    datei = Datei("AuszugGV2QAktuell.xlsx", url, inhalt, XLSX)
    return Lieferung("gemeindeverzeichnis", "auszug", (datei,), zeitpunkt(2026, 7, 28))


def _gitter() -> Lieferung:
    """One file per resolution in one ZIP; hidden numbers as a dash of their own."""
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w") as paket:
        for groesse, meter in (("10km", 10_000), ("1km", 1_000)):
            reihen = [[f"GITTER_ID_{groesse}", f"x_mp_{groesse}", f"y_mp_{groesse}", "Einwohner"]]
            for i in range(12):
                ost, nord = 4_090_000 + (i % 4) * meter, 3_140_000 + (i // 4) * meter
                wert = "–" if i == 5 else str(9000 + 1700 * i)
                zelle = f"CRS3035RES{meter}mN{nord}E{ost}"
                reihen.append([zelle, str(ost + meter // 2), str(nord + meter // 2), wert])
            eintrag = zipfile.ZipInfo(f"Zensus2022_Bevoelkerungszahl_{groesse}-Gitter.csv", (2024, 6, 25, 8, 0, 0))
            eintrag.compress_type = zipfile.ZIP_DEFLATED
            eintrag.create_system = 3
            paket.writestr(eintrag, zeilen(reihen).encode("utf-8-sig"), compresslevel=9)
    name = "Zensus2022_Bevoelkerungszahl.zip"
    datei = Datei(name, f"https://www.destatis.de/static/DE/zensus/gitterdaten/{name}", puffer.getvalue(), ZIP)
    return Lieferung("zensus_gitter", "bevoelkerung_10km", (datei,), zeitpunkt(2024, 6, 25))


def lieferungen() -> list[Lieferung]:
    """All files of this module."""
    return [*_arbeitsmarkt(), _wegweiser(), _gemeinden(), _gitter()]
