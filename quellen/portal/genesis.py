"""A GENESIS database (REST 2020): log-in check, tables as ZIP or in JSON, jobs, and errors with status 200.

Belongs here: the protocol with its codes, and the two downloads without log-in. Does not belong here: shapes of answers
(``genesis_form``) and the rows of a table (``genesis_tabellen``, ``genesis_auswahl``). Wording is that of the real
service where an answer is on record, else modelled on it. ``regionalvariable``, ``contents`` and classifying keys are
taken and change nothing: the archive holds what a declaration asks for.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from urllib.parse import unquote, urlsplit

from quellen.portal.bestand import Posten
from quellen.portal.genesis_auswahl import Auswahl
from quellen.portal.genesis_form import (
    BERLIN,
    als_datei,
    als_zip,
    beschreibung,
    download_von,
    huelle,
    ist_ffcsv,
    json_inhalt,
)
from quellen.portal.genesis_tabellen import Auszug, Tabelle, tabellen
from quellen.portal.nachricht import Anfrage, Antwort, Lage, html_antwort, json_antwort

ERSTE_AUFTRAGSNUMMER = 123456789
WARTEN = 2  # so many times catalogue/results does not know a new job yet
_STAND = "%d.%m.%Y %H:%M"
_JSON = "application/json;charset=UTF-8"


@dataclass
class Auftrag:
    """A background job and how many times its result has been asked for."""

    tabelle: Tabelle
    auszug: Auszug
    abfragen: int = 0

    @property
    def fertig(self) -> bool:
        """Whether the result may be fetched."""
        return self.abfragen > WARTEN


class Genesis:
    """The sources of one GENESIS database. Credentials come in the headers ``username`` and ``password``.

    A database that takes tokens takes the user name repeated to 32 characters as one.
    """

    def __init__(self, posten: Sequence[Posten], benutzer: str, passwort: str) -> None:
        self.hosts = tuple(sorted({host for p in posten for host in p.quelle.zugang.hosts}))
        self._basis = unquote(urlsplit(posten[0].quelle.zugang.basis).path).rstrip("/")
        self._konto = (benutzer, passwort)
        self._token = ((benutzer * 32)[:32], "") if all(p.quelle.zugang.token for p in posten) else None
        self._tabellen = tabellen(posten)
        self._auftraege: dict[str, Auftrag] = {}
        self._schloss = threading.Lock()

    def beantworte(self, anfrage: Anfrage, lage: Lage) -> Antwort | None:
        """The answer of one service method or download; ``None`` outside of both."""
        try:
            return self._beantworte(anfrage, lage)
        except ValueError as fehler:
            return huelle(anfrage, -1, f"Die Tabelle kann nicht erstellt werden: {fehler}", "Fehler")

    def _beantworte(self, anfrage: Anfrage, lage: Lage) -> Antwort | None:
        download = download_von(anfrage.pfad)
        if download:
            return self._download(anfrage, lage, download)
        treffer = re.fullmatch(re.escape(self._basis) + r"/([a-z]+)/([a-z]+)/?", anfrage.pfad)
        if treffer is None:
            return None
        dienst = f"{treffer[1]}/{treffer[2]}"
        if dienst == "helloworld/whoami":
            agent = anfrage.kopf.get("user-agent", "")
            return json_antwort({"User-Agent": agent, "User-IP": "127.0.0.1"})
        methode = {
            "data/tablefile": self._table,
            "data/table": self._table,
            "data/result": self._ergebnis,
            "data/resultfile": self._ergebnis,
            "catalogue/results": self._ergebnisliste,
            "metadata/table": self._metadaten,
            "helloworld/logincheck": self._logincheck,
        }.get(dienst)
        if methode is None:
            return None
        return self._abweisung(anfrage, lage, dienst) or methode(anfrage, lage)

    def _abweisung(self, anfrage: Anfrage, lage: Lage, dienst: str) -> Antwort | None:
        """What is said before the method itself is reached: wrong verb, wrong account, too many at once."""
        if anfrage.methode != "POST" and not dienst.startswith("helloworld/"):
            return _nur_post(anfrage)
        angemeldet = (anfrage.kopf.get("username"), anfrage.kopf.get("password", ""))
        if angemeldet not in (self._konto, self._token):
            return _abgewiesen(dienst)
        if lage.trifft(anfrage, "genesis-code-6"):
            text = "Die Anzahl der maximal möglichen parallelen Requests wurde überschritten."
            return huelle(anfrage, 6, text, "Fehler")
        if angemeldet == self._token and anfrage.werte.get("job", "").lower() == "true":
            text = "Für die Verarbeitung im Hintergrund ist eine Anmeldung mit Benutzernamen und Passwort erforderlich."
            return huelle(anfrage, -1, text, "Fehler")
        return None

    def nicht_gefunden(self, anfrage: Anfrage) -> Antwort:
        """HTML page with status 404."""
        return html_antwort(404, "HTTP Status 404 – Nicht gefunden", "Die Ressource ist nicht verfügbar.")

    def fehlerantwort(self, anfrage: Anfrage) -> Antwort:
        """The envelope with code -1 and status 200."""
        return huelle(anfrage, -1, "Es ist ein interner Fehler aufgetreten.", "Fehler")

    def _logincheck(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        text = "Sie wurden erfolgreich an- und abgemeldet!"
        return json_antwort({"Status": text, "Username": anfrage.kopf["username"]})

    def _tabelle(self, name: str) -> Tabelle | None:
        return self._tabellen.get(name.strip().lower())

    def _table(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        tabelle = self._tabelle(anfrage.werte.get("name", ""))
        if tabelle is None:
            return huelle(anfrage, 90, "Die angeforderte Tabelle ist nicht vorhanden.", "Fehler")
        auszug = tabelle.auszug(Auswahl.aus(anfrage.werte))
        if auszug is None:
            return _kein_objekt(anfrage)
        ablehnung = _unpassend(anfrage, auszug)
        if ablehnung is not None:
            return ablehnung
        if anfrage.werte.get("job", "").lower() == "true":
            return self._auftrag_annehmen(anfrage, tabelle, auszug)
        if lage.trifft(anfrage, "genesis-job"):
            text = (
                "Die Tabelle ist zu groß, um direkt abgerufen zu werden. "
                "Es kann eine Verarbeitung im Hintergrund mit job=true gestartet werden."
            )
            return huelle(anfrage, 98, text, "Fehler")
        return _ausliefern(anfrage, lage, tabelle.name, auszug)

    def _download(self, anfrage: Anfrage, lage: Lage, name: str) -> Antwort | None:
        """The whole table as a plain file, for anybody. A table that is only listed is an empty answer."""
        tabelle = self._tabelle(name)
        if tabelle is None:
            return None
        auszug = tabelle.ganz()
        return lage.datenantwort(anfrage, auszug.posten, auszug.objekt, als_datei(auszug.daten), "text/csv")

    def _auftrag_annehmen(self, anfrage: Anfrage, tabelle: Tabelle, auszug: Auszug) -> Antwort:
        with self._schloss:
            name = f"{tabelle.name}_{ERSTE_AUFTRAGSNUMMER + len(self._auftraege)}"
            self._auftraege[name] = Auftrag(tabelle, auszug)
        text = (
            "Der Bearbeitungsauftrag wurde erstellt. Die Tabelle kann in Kürze als Ergebnis "
            f"mit folgendem Namen abgerufen werden: {name}"
        )
        return huelle(anfrage, 99, text, "Information")

    def _ergebnisliste(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        auswahl = anfrage.werte.get("selection", "*") or "*"
        liste = []
        with self._schloss:
            for name, auftrag in self._auftraege.items():
                if fnmatchcase(name, auswahl):
                    auftrag.abfragen += 1
                    if auftrag.fertig:
                        titel = auftrag.auszug.posten.quelle.titel
                        liste.append({"Code": name, "Content": titel, "State": "Fertig", "Values": "true"})
        if not liste:
            return _kein_objekt(anfrage)
        return huelle(anfrage, 0, "erfolgreich", "Information", liste=liste)

    def _ergebnis(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        with self._schloss:
            auftrag = self._auftraege.get(anfrage.werte.get("name", "").strip())
        if auftrag is None or not auftrag.fertig:
            return _kein_objekt(anfrage)
        return _ausliefern(anfrage, lage, auftrag.tabelle.name, auftrag.auszug)

    def _metadaten(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        tabelle = self._tabelle(anfrage.werte.get("name", ""))
        if tabelle is None:
            return _kein_objekt(anfrage)
        auszug = tabelle.ganz()
        inhalt = beschreibung(tabelle.name, auszug.posten.quelle.titel, json_inhalt(auszug.daten), auszug.geaendert)
        koerper = huelle(anfrage, 0, "erfolgreich", "Information", inhalt).koerper
        return lage.datenantwort(anfrage, auszug.posten, auszug.objekt, koerper, _JSON)


def _ausliefern(anfrage: Anfrage, lage: Lage, name: str, auszug: Auszug) -> Antwort:
    """The table as the asked service sends it: a ZIP, or text in the envelope. Archived answers go out as they came."""
    posten, objekt, daten = auszug.posten, auszug.objekt, auszug.daten
    if anfrage.pfad.rstrip("/").endswith("file"):
        datei = objekt.datei
        if not auszug.ist_ganz:
            datei = f"{name}_{int(auszug.geaendert.timestamp() * 1000)}_de_flat.csv"
        antwort = lage.datenantwort(anfrage, posten, objekt, als_zip(datei, daten), "application/zip")
        kurz = re.sub("[^A-Za-z0-9_-]", "", name)
        return antwort.mit(Content_Disposition=f'attachment; filename="{kurz}.zip"')
    if daten.lstrip().startswith(b"{"):
        return lage.datenantwort(anfrage, posten, objekt, daten, _JSON)
    antwort = lage.datenantwort(anfrage, posten, objekt, als_datei(daten), _JSON)
    inhalt = {"Content": json_inhalt(antwort.koerper)}
    return replace(antwort, koerper=huelle(anfrage, 0, "erfolgreich", "Information", inhalt).koerper)


def _unpassend(anfrage: Anfrage, auszug: Auszug) -> Antwort | None:
    """The answer if the archive cannot serve what is asked: other format, or nothing new since ``stand``."""
    format_ = anfrage.werte.get("format", "") or "csv"
    if format_ != "ffcsv" and ist_ffcsv(auszug.daten):
        return huelle(anfrage, -1, f"Das Format {format_} liegt zu dieser Tabelle nicht vor.", "Fehler")
    stand = anfrage.werte.get("stand", "").strip()
    if not stand:
        return None
    try:
        seit = datetime.strptime(stand, _STAND).replace(tzinfo=BERLIN)
    except ValueError:
        return huelle(anfrage, -1, f"Der Parameter stand ist ungültig: {stand}", "Fehler")
    if seit > auszug.geaendert:
        text = "Zu der angeforderten Tabelle gibt es seit dem angegebenen Stand keine neuen Daten."
        return huelle(anfrage, 50, text, "Information")
    return None


def _kein_objekt(anfrage: Anfrage) -> Antwort:
    return huelle(anfrage, 104, "Es gibt keine Objekte zum angegebenen Selektionskriterium", "Information")


def _abgewiesen(dienst: str) -> Antwort:
    """A refusal: the log-in check tells it in its text, every other service with status 401."""
    text = "Es ist ein Fehler bei der Anmeldung aufgetreten. Bitte überprüfen Sie Benutzernamen und Passwort."
    if dienst == "helloworld/logincheck":
        return json_antwort({"Status": text, "Username": "*" * 20})
    return json_antwort({"Code": 15, "Content": text, "Type": "ERROR"}, 401)


def _nur_post(anfrage: Anfrage) -> Antwort:
    text = f"Die Methode {anfrage.methode} wird nicht unterstützt. Bitte verwenden Sie POST."
    return json_antwort({"Code": 405, "Content": text, "Type": "ERROR"}, 405).mit(Allow="POST")
