"""A GENESIS database (REST 2020): log-in check, tables as ZIP, background jobs, and errors with status 200.

Belongs here: the protocol with its envelope and codes. Does not belong here: selecting rows; a table is
answered as it was archived, whatever years or regions are asked for. Wording is that of the real service
where an answer is on record, else modelled on it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from urllib.parse import unquote, urlsplit

from quellen.archiv import Objekt
from quellen.portal.bestand import Posten
from quellen.portal.genesis_form import BERLIN, als_zip, beschreibung, huelle, ist_ffcsv, json_inhalt
from quellen.portal.nachricht import Anfrage, Antwort, Lage, html_antwort, json_antwort

ERSTE_AUFTRAGSNUMMER = 123456789
WARTEN = 2  # so many times catalogue/results does not know a new job yet
_STAND = "%d.%m.%Y %H:%M"


@dataclass
class Auftrag:
    """A background job and how many times its result has been asked for."""

    posten: Posten
    objekt: Objekt
    abfragen: int = 0

    @property
    def fertig(self) -> bool:
        """Whether the result may be fetched."""
        return self.abfragen > WARTEN


class Genesis:
    """The sources of one GENESIS database. Credentials come in the headers ``username`` and ``password``."""

    def __init__(self, posten: Sequence[Posten], benutzer: str, passwort: str) -> None:
        self.hosts = tuple(sorted({host for p in posten for host in p.quelle.zugang.hosts}))
        self._basis = unquote(urlsplit(posten[0].quelle.zugang.basis).path).rstrip("/")
        self._konto = (benutzer, passwort)
        self._tabellen = {str(p.teil.zugang.get("tabelle", p.teil_id)).lower(): p for p in posten if p.objekte}
        self._auftraege: dict[str, Auftrag] = {}
        self._schloss = threading.Lock()

    def beantworte(self, anfrage: Anfrage, lage: Lage) -> Antwort | None:
        """The answer of one service method; ``None`` outside of the interface."""
        treffer = re.fullmatch(re.escape(self._basis) + r"/([a-z]+)/([a-z]+)/?", anfrage.pfad)
        if treffer is None:
            return None
        dienst = f"{treffer[1]}/{treffer[2]}"
        if dienst == "helloworld/whoami":
            agent = anfrage.kopf.get("user-agent", "")
            return json_antwort({"User-Agent": agent, "User-IP": "127.0.0.1"})
        methode = {
            "data/tablefile": self._tablefile,
            "data/table": self._tablefile,
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
        if (anfrage.kopf.get("username"), anfrage.kopf.get("password")) != self._konto:
            return _abgewiesen()
        if lage.trifft(anfrage, "genesis-code-6"):
            text = "Die Anzahl der maximal möglichen parallelen Requests wurde überschritten."
            return huelle(anfrage, 6, text, "Fehler")
        return None

    def nicht_gefunden(self, anfrage: Anfrage) -> Antwort:
        """HTML page with status 404."""
        return html_antwort(404, "HTTP Status 404 – Nicht gefunden", "Die Ressource ist nicht verfügbar.")

    def fehlerantwort(self, anfrage: Anfrage) -> Antwort:
        """The envelope with code -1 and status 200."""
        return huelle(anfrage, -1, "Es ist ein interner Fehler aufgetreten.", "Fehler")

    def _logincheck(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        text = "Sie wurden erfolgreich an- und abgemeldet!"
        return json_antwort({"Status": text, "Username": self._konto[0]})

    def _posten(self, anfrage: Anfrage) -> Posten | None:
        return self._tabellen.get(anfrage.werte.get("name", "").strip().lower())

    def _tablefile(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        posten = self._posten(anfrage)
        if posten is None:
            return huelle(anfrage, 90, "Die angeforderte Tabelle ist nicht vorhanden.", "Fehler")
        objekt = _objekt(posten, anfrage.werte.get("startyear", ""))
        ablehnung = _unpassend(anfrage, posten, objekt)
        if ablehnung is not None:
            return ablehnung
        if anfrage.werte.get("job", "").lower() == "true":
            return self._auftrag_annehmen(anfrage, posten, objekt)
        if lage.trifft(anfrage, "genesis-job"):
            text = (
                "Die Tabelle ist zu groß, um direkt abgerufen zu werden. "
                "Es kann eine Verarbeitung im Hintergrund mit job=true gestartet werden."
            )
            return huelle(anfrage, 98, text, "Fehler")
        return self._ausliefern(anfrage, lage, posten, objekt)

    def _ausliefern(self, anfrage: Anfrage, lage: Lage, posten: Posten, objekt: Objekt) -> Antwort:
        daten = posten.daten(objekt)
        if anfrage.pfad.rstrip("/").endswith("file"):
            antwort = lage.datenantwort(anfrage, posten, objekt, als_zip(objekt.datei, daten), "application/zip")
            name = anfrage.werte.get("name", "tabelle")
            return antwort.mit(Content_Disposition=f'attachment; filename="{re.sub("[^A-Za-z0-9_-]", "", name)}.zip"')
        koerper = huelle(anfrage, 0, "erfolgreich", "Information", {"Content": json_inhalt(daten)}).koerper
        return lage.datenantwort(anfrage, posten, objekt, koerper, "application/json;charset=UTF-8")

    def _auftrag_annehmen(self, anfrage: Anfrage, posten: Posten, objekt: Objekt) -> Antwort:
        with self._schloss:
            tabelle = str(posten.teil.zugang.get("tabelle", posten.teil_id))
            name = f"{tabelle}_{ERSTE_AUFTRAGSNUMMER + len(self._auftraege)}"
            self._auftraege[name] = Auftrag(posten, objekt)
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
                        titel = auftrag.posten.quelle.titel
                        liste.append({"Code": name, "Content": titel, "State": "Fertig", "Values": "true"})
        if not liste:
            return _kein_objekt(anfrage)
        return huelle(anfrage, 0, "erfolgreich", "Information", liste=liste)

    def _ergebnis(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        with self._schloss:
            auftrag = self._auftraege.get(anfrage.werte.get("name", "").strip())
        if auftrag is None or not auftrag.fertig:
            return _kein_objekt(anfrage)
        return self._ausliefern(anfrage, lage, auftrag.posten, auftrag.objekt)

    def _metadaten(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        posten = self._posten(anfrage)
        if posten is None:
            return _kein_objekt(anfrage)
        objekt = posten.objekte[-1]
        inhalt = beschreibung(posten, objekt)
        koerper = huelle(anfrage, 0, "erfolgreich", "Information", inhalt).koerper
        return lage.datenantwort(anfrage, posten, objekt, koerper, "application/json;charset=UTF-8")


def _objekt(posten: Posten, startjahr: str) -> Objekt:
    """With several archived files the one that carries the asked year in name or address, else the newest."""
    if startjahr:
        for objekt in posten.objekte:
            if startjahr in f"{objekt.datei} {urlsplit(objekt.url).query}":
                return objekt
    return posten.objekte[-1]


def _unpassend(anfrage: Anfrage, posten: Posten, objekt: Objekt) -> Antwort | None:
    """The answer if the archive cannot serve what is asked: other format, or nothing new since ``stand``."""
    format_ = anfrage.werte.get("format", "") or "csv"
    if format_ != "ffcsv" and ist_ffcsv(posten.daten(objekt)):
        return huelle(anfrage, -1, f"Das Format {format_} liegt zu dieser Tabelle nicht vor.", "Fehler")
    stand = anfrage.werte.get("stand", "").strip()
    if not stand:
        return None
    try:
        seit = datetime.strptime(stand, _STAND).replace(tzinfo=BERLIN)
    except ValueError:
        return huelle(anfrage, -1, f"Der Parameter stand ist ungültig: {stand}", "Fehler")
    if seit > posten.geaendert(objekt):
        text = "Zu der angeforderten Tabelle gibt es seit dem angegebenen Stand keine neuen Daten."
        return huelle(anfrage, 50, text, "Information")
    return None


def _kein_objekt(anfrage: Anfrage) -> Antwort:
    return huelle(anfrage, 104, "Es gibt keine Objekte zum angegebenen Selektionskriterium", "Information")


def _abgewiesen() -> Antwort:
    text = "Es ist ein Fehler bei der Anmeldung aufgetreten. Bitte überprüfen Sie Benutzernamen und Passwort."
    return json_antwort({"Code": 15, "Content": text, "Type": "ERROR"}, 401)


def _nur_post(anfrage: Anfrage) -> Antwort:
    text = f"Die Methode {anfrage.methode} wird nicht unterstützt. Bitte verwenden Sie POST."
    return json_antwort({"Code": 405, "Content": text, "Type": "ERROR"}, 405).mit(Allow="POST")
