"""The school ministry's files: directory, keys, pupils and Sozialindex.

Belongs here: the form of these files (headers, quotes, encodings, names). Does not belong here: the schools
themselves (``schule``). Keys and their wording are the published ones (key files of the ministry, 2016).
"""

from __future__ import annotations

from collections.abc import Sequence

from quellen.beispiel.ablage import CSV, Datei, Lieferung, ministerium, zeitpunkt
from quellen.beispiel.schule import GEMEINDEN, Schule, anderswo, duisburg

_OPENDATA = "https://www.schulministerium.nrw.de/BiPo/OpenData/"
_MEDIEN = "https://www.schulministerium.nrw/system/files/media/document/file/"
_INDEXLISTE = "schulliste_sj_25_26_open_data.csv"
_VERZEICHNIS_GEAENDERT = zeitpunkt(2026, 6, 15)
_ZAHLEN_GEAENDERT = zeitpunkt(2026, 2, 10)
_SCHLUESSEL_GEAENDERT = zeitpunkt(2026, 1, 12)
_INDEX_GEAENDERT = zeitpunkt(2025, 9, 22)

_KOPF = (
    *("Schulnummer", "Schulform", "Schulbezeichnung_1", "Schulbezeichnung_2", "Schulbezeichnung_3", "Kurzbezeichnung"),
    *("Bezirksregierung", "PLZ", "Ort", "Strasse", "Telefonvorwahl", "Telefon", "Faxvorwahl", "Fax", "E-Mail"),
    *("Homepage", "Rechtsform", "Traegernummer", "Gemeindeschluessel", "Schulbetriebsschluessel", "Schulbetriebsdatum"),
    *("EPSG", "UTMRechtswert", "UTMHochwert"),
)

BEZIRKSREGIERUNGEN = {"1": "Düsseldorf", "3": "Köln", "5": "Münster", "7": "Detmold", "9": "Arnsberg"}
_RECHTSFORMEN = {"1": "in öffentlicher Trägerschaft", "2": "in Trägerschaft eines Ersatzschulträgers (privat)"}
_SCHULBETRIEB = {
    "0": "Schule wird zum Ende des laufenden Schuljahres aufgelöst",
    "1": "Schule hat Schulbetrieb",
    "2": "Schule wird zu einem späteren Zeitpunkt als zum Ende des laufenden Schuljahres aufgelöst",
    "3": "Schule nimmt den Schulbetrieb auf ab (Datum)",
    "4": "Schulbetrieb ruht",
    "5": "Gelöschte Schule, die für die Stellendatei (STD) noch bestehen bleiben muss",
    "6": "Wie Schulbetriebsschlüssel 1, nimmt jedoch nur an bestimmten Erhebungen teil (nicht ASD). Erhält Schulmail",
    "9": "Zum letzten Schuljahresende gelöschte Schule, die für Zwecke der Amtlichen Schuldaten (ASD) ein Jahr "
    "weiterbestehen muss",
}
_SCHULFORMEN = {
    "02": "Grundschule",
    "04": "Hauptschule",
    "06": "Volksschule",
    "08": "Förderschule",
    "10": "Realschule",
    "13": "Primus (Schulversuch)",
    "14": "Sekundarschule",
    "15": "Gesamtschule",
    "16": "Gemeinschaftsschule (Schulversuch)",
    "17": "Waldorfschule",
    "18": "Hiberniaschule",
    "20": "Gymnasium",
    "25": "Weiterbildungskolleg",
    "30": "Berufskolleg",
    "83": "Schule für Kranke",
    "85": "Förderschule im Bereich der Realschule",
    "87": "Förderschule im Bereich des Gymnasiums",
    "88": "Förderschule im Bereich des Berufskollegs",
}
# number, short name, postal code and town of the authorities that the directory names
_TRAEGER = (
    ("10029", "Köln, Landschaftsverband Rheinland", "50679", "Köln"),
    ("10054", "Stadt Duisburg", "47051", "Duisburg"),
    *((g.traeger, f"Stadt {g.ort}", g.plz, g.ort) for g in GEMEINDEN),
    ("70920", "Essen, Bistum Essen", "45127", "Essen"),
    ("81541", "Duisburg, Ganztags-Waldorfschule e.V.", "47259", "Duisburg"),
    ("82510", "Duisburg, BISA gGmbH", "47259", "Duisburg"),
)


def _verzeichniszeile(s: Schule) -> list[str]:
    bezeichnungen = [s.bezeichnung, "- Primarstufe -" if s.form == "02" else "", ""]
    kontakt = ["Beispielstr. " + s.nummer[-2:].lstrip("0"), "", "", "", "", f"{s.nummer}@schule.example", ""]
    betrieb = [s.rechtsform, s.traeger, s.gemeinde, s.betrieb, s.betriebsdatum]
    lage = [s.epsg, str(s.rechtswert), str(s.hochwert)]
    return [s.nummer, s.form, *bezeichnungen, s.kurz, s.bezirksregierung, s.plz, s.ort, *kontakt, *betrieb, *lage]


def _lieferung(quelle: str, teil: str, pfad: str, kopf: Sequence[str], reihen: Sequence[Sequence[str]]) -> Lieferung:
    geaendert = _VERZEICHNIS_GEAENDERT if quelle == "schulen" else _SCHLUESSEL_GEAENDERT
    datei = Datei(pfad.rsplit("/", 1)[1], _OPENDATA + pfad, ministerium(kopf, reihen), CSV)
    return Lieferung(quelle, teil, (datei,), geaendert)


def _schluessel() -> list[Lieferung]:
    """The five key files; one writes its header with an umlaut, as the real one does."""
    listen: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
        ("schulform", "key_schulformschluessel", "Schluessel", "Schulform", _SCHULFORMEN),
        ("rechtsform", "key_rechtsform", "Schluessel", "Rechtsform", _RECHTSFORMEN),
        ("schulbetrieb", "key_schulbetriebsschluessel", "Schluessel", "Schulbetrieb", _SCHULBETRIEB),
        ("bezirksregierung", "key_bezreg", "Schlüssel", "Bezirksregierung", BEZIRKSREGIERUNGEN),
    )
    lieferungen = [
        _lieferung("schulen_schluessel", teil, f"Schuldaten/{datei}.csv", (kopf, wert), list(werte.items()))
        for teil, datei, kopf, wert, werte in listen
    ]
    bezeichnungen = [f"Traegerbezeichnung_{n}" for n in (1, 2, 3)]
    kontakt = ["Strasse", "Telefonvorwahl", "Telefon", "Faxvorwahl", "Fax"]
    kopf = ["Traegernummer", *bezeichnungen, "Kurzbezeichnung", "PLZ", "Ort", *kontakt]
    reihen = [[nummer, name, "", "", name, plz, ort, *[""] * 5] for nummer, name, plz, ort in _TRAEGER]
    pfad = "Schuldaten/key_traeger.csv"
    return [*lieferungen, _lieferung("schulen_schluessel", "traeger", pfad, kopf, reihen)]


def _zahlen(schulen: Sequence[Schule]) -> Lieferung:
    reihen = [[s.nummer, str(s.schueler)] for s in schulen if s.schueler is not None]
    inhalt = ministerium(("Schulnummer", "Anzahl"), reihen, kopf_gequotet=True)
    datei = Datei("anzahlen.csv", _OPENDATA + "SchuelerGesamtZahl/anzahlen.csv", inhalt, CSV)
    return Lieferung("schuelerzahlen", "anzahlen", (datei,), _ZAHLEN_GEAENDERT)


def _sozialindex(schulen: Sequence[Schule]) -> Lieferung:
    """The list in the DOS encoding, lines ending as DOS ends them."""
    reihen = ["Schulnummer;Kurzbezeichnung;Bezirksregierung;Kreis;Gemeinde;Sozialindexstufe"]
    for s in schulen:
        if s.stufe is not None:
            regierung = f"BR {BEZIRKSREGIERUNGEN[s.bezirksregierung]}"
            reihen.append(";".join([s.nummer, s.kurz, regierung, s.kreis, s.ort, str(s.stufe) if s.stufe else "ohne"]))
    inhalt = ("\r\n".join(reihen) + "\r\n").encode("cp850")
    datei = Datei(_INDEXLISTE, _MEDIEN + _INDEXLISTE, inhalt, CSV)
    return Lieferung("schulsozialindex", "stufen", (datei,), _INDEX_GEAENDERT)


def lieferungen() -> list[Lieferung]:
    """All files of the ministry."""
    schulen = sorted([*duisburg(), *anderswo()], key=lambda s: s.nummer)
    reihen = [_verzeichniszeile(s) for s in schulen]
    verzeichnis = _lieferung("schulen", "verzeichnis", "Schuldaten/schuldaten.csv", _KOPF, reihen)
    return [verzeichnis, *_schluessel(), _zahlen(schulen), _sozialindex(schulen)]
