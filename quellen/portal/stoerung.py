"""Disturbances: their kinds, their text form, and when one is due.

Belongs here: the declaration of a disturbance, its parser and the counting that lets it heal. Does not belong
here: carrying it out (``verfaelschen`` for contents, ``server`` for transport, portal modules for their own).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from quellen.fehler import Befund, QuellenFehler
from quellen.portal.bestand import http_datum
from quellen.portal.nachricht import Anfrage, Antwort, html_antwort

STATUS = {
    "status-500": (500, "Interner Serverfehler", "Bei der Verarbeitung Ihrer Anfrage ist ein Fehler aufgetreten."),
    "status-503": (503, "Dienst nicht verfügbar", "Der Server wird gewartet. Bitte versuchen Sie es später erneut."),
    "status-429": (429, "Zu viele Anfragen", "Sie haben in kurzer Zeit zu viele Anfragen gestellt."),
    "status-429-datum": (429, "Zu viele Anfragen", "Sie haben in kurzer Zeit zu viele Anfragen gestellt."),
    "status-403": (403, "Zugriff verweigert", "Ihre Anfrage wurde vom Schutzsystem (WAF) abgelehnt."),
    "status-404": (404, "Seite nicht gefunden", "Die angeforderte Seite konnte nicht gefunden werden."),
}

ARTEN: dict[str, str] = {
    "status-500": "antwortet mit HTTP 500",
    "status-503": "antwortet mit HTTP 503",
    "status-429": "antwortet mit HTTP 429 und Retry-After: 1",
    "status-429-datum": "antwortet mit HTTP 429 und einem Datum in zwei Sekunden als Retry-After",
    "status-403": "antwortet mit HTTP 403, wie ein Schutz vor automatischen Abrufen",
    "status-404": "antwortet mit HTTP 404",
    "html-200": "antwortet mit einer HTML-Seite und HTTP 200",
    "leer-200": "antwortet mit leerem Inhalt und HTTP 200",
    "json-fehler-200": "antwortet mit einer JSON-Fehlermeldung des Portals und HTTP 200",
    "umleitung-fremd": "leitet auf einen fremden Host um",
    "umleitung-schleife": "leitet auf dieselbe Adresse um",
    "umleitung-datei": "leitet auf eine file-Adresse um",
    "umleitung-privat": "leitet auf eine private Adresse (10.0.0.1) um",
    "gebiet-unbekannt": "ersetzt einen Schlüssel durch einen unbekannten",
    "gebiet-fehlt": "lässt alle Zeilen des ersten Gebiets (in Listen: des ersten Eintrags) weg",
    "zeichen-unbekannt": "ersetzt eine Zahl durch §",
    "zahl-negativ": "macht aus der ersten Zahl über 0 eine negative",
    "dezimal-vertauscht": "schreibt Kommazahlen mit Punkt statt Komma (wo Punkt gilt, mit Komma)",
    "tausender-vertauscht": "gliedert Zahlen ab 1000 mit einem anderen als dem deklarierten Tausenderzeichen",
    "zeilen-doppelt": "liefert die erste Datenzeile zweimal",
    "zeilen-weniger": "lässt jede fünfte Datenzeile weg",
    "jahr-fehlt": "lässt alle Zeilen des frühesten Jahres weg, wenn es mehrere Jahre gibt",
    "summenzeile-fehlt": "lässt die erste Summenzeile weg",
    "spalte-umbenannt": "benennt die erste Schlüsselspalte um",
    "spalte-neu": "fügt nach der ersten Spalte eine neue ein",
    "spalte-doppelt": "liefert die erste Schlüsselspalte am Ende noch einmal",
    "spalten-vertauscht": "stellt die erste Spalte ans Ende",
    "zeilen-vertauscht": "liefert eine ffcsv in anderer Zeilenfolge, in neuem ZIP mit anderem Dateinamen",
    "kopfzeile-neu": "setzt eine Zeile Text über die Kopfzeile",
    "bom-neu": "stellt dem Text eine Byte-Reihenfolge-Marke (BOM) voran",
    "xml-fremde-entitaet": "lässt XML eine fremde Datei einbinden",
    "xml-entitaetenbombe": "lässt XML beim Lesen auf Milliarden Zeichen wachsen",
    "kodierung-geaendert": "liefert Text in einer anderen Zeichenkodierung",
    "zip-bombe": "liefert ein ZIP, das sich auf ein Vielfaches entpackt",
    "zip-pfade": "liefert ein ZIP, dessen Datei ../ im Namen trägt",
    "zip-zwei-dateien": "liefert ein ZIP mit zwei Dateien",
    "letzte-seite-fehlt": "liefert (ArcGIS, CKAN) die letzte Seite nicht",
    "seite-doppelt": "liefert (CKAN) statt einer weiteren Seite des Datastores die erste noch einmal",
    "anzahl-wechselt": "nennt (CKAN) ab der zweiten Seite des Datastores eine andere Gesamtzahl",
    "genesis-job": "verlangt (GENESIS) einen Auftrag mit job=true",
    "genesis-code-6": "meldet (GENESIS) zweimal zu viele parallele Anfragen",
    "neuer-etag": "gibt jeder Antwort einen neuen ETag und ein neues Last-Modified",
    "schweigen": "nimmt die Anfrage an und antwortet nicht",
    "verbindung-abbruch": "bricht die Verbindung mitten im Inhalt ab",
    "langsam": "liefert den Inhalt tröpfchenweise",
    "zip-abgeschnitten": "schneidet ZIP-Dateien ab",
    "gzip-abgeschnitten": "schneidet die gzip-Übertragung ab",
}
"""All kinds. Those that change contents are described in their order of application (``verfaelschen.INHALT``)."""

_ZIELE = {
    "umleitung-fremd": "https://fremd.invalid/daten.csv",
    "umleitung-datei": "file:///etc/hostname",
    "umleitung-privat": "http://10.0.0.1/daten.csv",
}
UMLEITUNGEN = (*_ZIELE, "umleitung-schleife")
# Kinds that answer in place of the portal.
FRUEH = (*STATUS, "html-200", "leer-200", "json-fehler-200", *UMLEITUNGEN)


@dataclass(frozen=True)
class Stoerung:
    """A disturbance of all requests in whose ``/HOST/PATH?values`` the regular expression ``muster`` is found.

    ``anzahl``: how many times before it heals; ``None`` is always (``genesis-code-6``: two times).
    Raises ``QuellenFehler`` for an unknown kind, a broken pattern or a number below 1.
    """

    art: str
    muster: str = ""
    anzahl: int | None = None

    def __post_init__(self) -> None:
        if self.art not in ARTEN:
            raise _fehler("Unbekannte Störung", self.art, "eine von " + ", ".join(ARTEN))
        try:
            re.compile(self.muster)
        except re.error as fehler:
            erwartet = "ein regulärer Ausdruck auf /HOST/PFAD"
            raise _fehler("Das Muster der Störung ist fehlerhaft", f"{self.muster} ({fehler})", erwartet) from fehler
        if self.anzahl is not None and self.anzahl < 1:
            raise _fehler("Die Anzahl der Störung ist zu klein", str(self.anzahl), "mindestens 1")

    @property
    def grenze(self) -> int | None:
        """How many times it happens, ``None`` for always."""
        return 2 if self.anzahl is None and self.art == "genesis-code-6" else self.anzahl

    def passt(self, anfrage: Anfrage) -> bool:
        """Whether the pattern is found in the path alone or in path and values together."""
        pfad = f"/{anfrage.host}{anfrage.pfad}"
        return bool(re.search(self.muster, pfad) or re.search(self.muster, anfrage.ziel))

    def __str__(self) -> str:
        muster = f":{self.muster}" if self.muster else ""
        return f"{self.art}{muster}" + (f"@{self.anzahl}" if self.anzahl is not None else "")


def parse_stoerung(text: str) -> Stoerung:
    """Read ``ART[:REGEX][@N]``, e.g. ``status-503:schuldaten@2``. Raises ``QuellenFehler`` as ``Stoerung`` does."""
    treffer = re.fullmatch(r"(?P<art>[^:@]*)(?::(?P<muster>.*?))?(?:@(?P<anzahl>[0-9]{1,9}))?", text.strip(), re.DOTALL)
    if treffer is None:
        raise _fehler("Die Störung ist nicht lesbar", text, "ART[:REGEX][@N]")
    anzahl = treffer["anzahl"]
    return Stoerung(treffer["art"], treffer["muster"] or "", int(anzahl) if anzahl else None)


class Stoerer:
    """The disturbances of one running replica with their counters. Safe for several threads."""

    def __init__(self, stoerungen: Sequence[Stoerung]) -> None:
        self.stoerungen = tuple(stoerungen)
        self._benutzt = [0] * len(self.stoerungen)
        self._schloss = threading.Lock()

    def _faellig(self, anfrage: Anfrage, arten: Sequence[str]) -> Iterator[int]:
        for nummer, stoerung in enumerate(self.stoerungen):
            offen = stoerung.grenze is None or self._benutzt[nummer] < stoerung.grenze
            if stoerung.art in arten and offen and stoerung.passt(anfrage):
                yield nummer

    def faellig(self, anfrage: Anfrage, art: str) -> bool:
        """Whether a disturbance of this kind is due, without using it up."""
        with self._schloss:
            return next(self._faellig(anfrage, (art,)), None) is not None

    def nimm(self, anfrage: Anfrage, arten: Sequence[str]) -> str:
        """Use up the first due disturbance of these kinds; returns its kind or an empty text."""
        with self._schloss:
            nummer = next(self._faellig(anfrage, arten), None)
            if nummer is None:
                return ""
            self._benutzt[nummer] += 1
            return self.stoerungen[nummer].art


def fruehe_antwort(art: str, anfrage: Anfrage, portal_url: str) -> Antwort:
    """The answer of a kind from ``FRUEH``, except ``json-fehler-200``, which each portal words itself."""
    if art in STATUS:
        antwort = html_antwort(*STATUS[art])
        pause = {"status-429": "1", "status-429-datum": http_datum(datetime.now(UTC) + timedelta(seconds=2))}.get(art)
        return antwort.mit(Retry_After=pause) if pause else antwort
    if art == "html-200":
        return html_antwort(200, "Wartungsarbeiten", "Das Angebot steht in Kürze wieder zur Verfügung.")
    if art == "leer-200":
        return Antwort(200, b"", "application/octet-stream")
    ziel = _ZIELE.get(art, f"{portal_url}{anfrage.roh}")
    return html_antwort(302, "Verschoben", "Der Inhalt liegt an anderer Stelle.").mit(Location=ziel)


def _fehler(regel: str, gefunden: str, erwartet: str) -> QuellenFehler:
    tun = "die Angabe zu --stoerung berichtigen, zum Beispiel status-503:schuldaten@2"
    return QuellenFehler(Befund(regel=regel, gefunden=gefunden or "nichts", erwartet=erwartet, tun=tun))
