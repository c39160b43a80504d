"""Lists of schools and pupils beside the directory: IT.NRW's workbook, the ministry's time series, pupils by grade.

Belongs here: the form of these files. Does not belong here: the schools themselves (``schule``).
"""

from __future__ import annotations

from collections.abc import Sequence

from quellen.beispiel.ablage import CSV, Datei, Lieferung, tausender, zeilen, zeitpunkt
from quellen.beispiel.kreistabellen import gerundet_auf_5
from quellen.beispiel.mappen import XLSX, mappe
from quellen.beispiel.rechnen import Zufall
from quellen.beispiel.schule import FORMEN, Schule, anderswo, duisburg

_MEDIEN = "https://www.schulministerium.nrw/system/files/media/document/file/"
_KOPF = (
    *("Schuljahr", "Schul-\nform", "Amtlicher Gemeinde-\nschlüssel1)", "Verwaltungsbezirk", "Schul-\nnummer"),
    *("Amtliche Bezeichnung 1", "Amtliche Bezeichnung 2", "Amtliche Bezeichnung 3", "Straße und\nHausnummer"),
    *("Postleitzahl", "Ort", "Rechts-\nstatus", "Telefonnummer Vorwahl", "Telefonnummer Durchwahl"),
    *("Faxnummer Vorwahl", "Faxnummer Durchwahl", "Offizielle E-Mail-Adresse", "Anzahl2)"),
)


def _verzeichnis(schulen: Sequence[Schule]) -> Lieferung:
    """Notes above and below, line breaks and footnote digits in the header, numbers rounded to five."""
    oben = [["Schul- und Adressverzeichnis 2024/25 (Beispiel)"], [], ["Anmerkungen am Ende der Tabelle"], []]
    reihen: list[list[str | int | None]] = []
    for s in (s for s in schulen if s.aktiv and s.schueler):
        bezirk = f"Krfr. {s.kreis}" if s.kreis.startswith("Stadt ") else s.kreis
        form = FORMEN[s.form].bezeichnung if s.form in FORMEN else "Schule"
        amtlich: list[str | int | None] = ["2024/25", form, s.gemeinde, bezirk, s.nummer, s.bezeichnung, None, None]
        lage: list[str | int | None] = [f"Beispielstr. {s.nummer[-2:]}", s.plz, s.ort]
        rechtsstatus = "Öffentlich" if s.rechtsform == "1" else "Privat"
        kontakt: list[str | int | None] = [None, None, None, None, f"{s.nummer}@schule.example"]
        reihen.append([*amtlich, *lage, rechtsstatus, *kontakt, gerundet_auf_5(s.schueler or 0)])
    unten = [[], ["1) Gebietsstand 31.12.2024"], ["2) auf ein Vielfaches von 5 gerundet"], ["© Beispiel"]]
    name = "AS_BS_Verzeichnis_2024_25_(gerundet)_0.xlsx"
    inhalt = mappe("AS_BS_Schulverzeichnis 2024_25", [*oben, _KOPF, *reihen, *unten])
    url = "https://statistik.nrw/sites/default/files/2025-03/AS_BS_Verzeichnis_2024_25_%28gerundet%29_0.xlsx"
    datei = Datei(name, url, inhalt, XLSX)
    return Lieferung("schulverzeichnis_itnrw", "verzeichnis", (datei,), zeitpunkt(2025, 3, 20))


def _zeitreihe() -> Lieferung:
    """Kreis with three digits, school form with one, thousands with a dot, anchored at Duisburg's 71,852 pupils."""
    zufall = Zufall(81)
    kopf = ["JAHR", "SCHULFORM", "SCHULFORM_Text", "KREIS", "KREIS_Text", "RECHTSFORM"]
    reihen = [[*kopf, "SCHULEN", "SCHUELER_INNEN", "KLASSEN"]]
    for jahr in range(2021, 2026):
        for kreis, name, anteil in (
            ("112", "Krfr. Stadt Duisburg", 1.0),
            ("113", "Krfr. Stadt Essen", 1.1),
            ("119", "Krfr. Stadt Oberhausen", 0.42),
        ):
            for form in ("02", "15", "20", "30", "10", "04"):
                angaben = FORMEN[form]
                schulen = max(1, round(angaben.anzahl * anteil))
                kinder = round(schulen * angaben.groesse * (1 + 0.012 * (jahr - 2025)) * zufall.zahl(0.97, 1.03))
                werte = [str(schulen), tausender(kinder), tausender(round(kinder / 24))]
                reihen.append([str(jahr), form.lstrip("0"), angaben.bezeichnung, kreis, name, "1", *werte])
    name = "opendata2025-26.csv"
    datei = Datei(name, _MEDIEN + name, zeilen(reihen).encode("utf-8-sig"), CSV)
    return Lieferung("schulstatistik_kreis", "zeitreihe", (datei,), zeitpunkt(2026, 2, 12))


def _klassen(schulen: Sequence[Schule]) -> Lieferung:
    reihen = [["Schulnummer", "Klasse", "Anzahl"]]
    for s in (s for s in schulen if s.form == "02" and s.aktiv and s.schueler):
        for jahrgang, versatz in (("01", 3), ("02", 1), ("03", -1), ("04", -3)):
            reihen.append([s.nummer, jahrgang, str(max(0, (s.schueler or 0) // 4 + versatz))])
    name = "opendata_Schuelerzahlen_nach_Klasse_Stand_01102022_0.csv"
    datei = Datei(name, _MEDIEN + name, zeilen(reihen).encode("utf-8-sig"), CSV)
    return Lieferung("schulklassen", "klassen", (datei,), zeitpunkt(2022, 12, 1))


def lieferungen() -> list[Lieferung]:
    """All files of this module."""
    schulen = sorted([*duisburg(), *anderswo()], key=lambda s: s.nummer)
    return [_verzeichnis(schulen), _zeitreihe(), _klassen(schulen)]
