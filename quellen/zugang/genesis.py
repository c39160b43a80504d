"""GENESIS databases (REST 2020, version 5): one table as ffcsv, over a job where the table is large.

Belongs here: the protocol with its faults that arrive as JSON with status 200. Does not belong here: the table's
contents. Credentials come from ``SOZIALRAUM_GENESIS_BENUTZER`` and ``SOZIALRAUM_GENESIS_PASSWORT`` only, go out as
request headers only, and are cut out of every text that the server sends back.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any, NoReturn

from quellen.fehler import QuellenFehler
from quellen.holen import Antwort
from quellen.zugang.gemeinsam import Auftrag, Geholt, Holung, fehler, kurz, lies_json, pruefe_daten, stand_von

BENUTZER = "SOZIALRAUM_GENESIS_BENUTZER"
PASSWORT = "SOZIALRAUM_GENESIS_PASSWORT"
DURCHGEREICHT = re.compile(r"regionalvariable|regionalkey|contents|timeslices|classifying(variable|key)[1-5]")
"""Further request parameters that a declaration may give under ``zugang``."""
ENTPACKT_HOECHSTENS = 20
"""How many times ``hoechstbytes`` an unpacked table may have."""
AUSGELASTET, ZU_GROSS, AUFTRAG, KEIN_OBJEKT = 6, 98, (99, 100), 104
VERSUCHE_AUSGELASTET, PAUSE_AUSGELASTET_S = 4, 15.0
PAUSE_AUFTRAG_S, HOECHSTPAUSE_AUFTRAG_S = 5.0, 40.0
_AUFTRAGSNAME = re.compile(r"(?<=:\s)\S*_\d+")
_GUT = frozenset({0, 22})


@dataclass(frozen=True)
class Zugangsdaten:
    """User name and password, or a token of 32 characters as user name with an empty password."""

    benutzer: str = field(repr=False)
    passwort: str = field(repr=False)

    @property
    def ist_token(self) -> bool:
        """Tokens may not start jobs."""
        return len(self.benutzer) == 32 and not self.passwort

    def kopf(self) -> dict[str, str]:
        """The request headers."""
        return {"username": self.benutzer, "password": self.passwort}

    def geschwaerzt(self, text: str) -> str:
        """A text without user name and password."""
        for geheim in sorted((self.benutzer, self.passwort), key=len, reverse=True):
            text = text.replace(geheim, "***") if geheim else text
        return text


@dataclass(frozen=True)
class Meldung:
    """The ``Status`` of a JSON answer. ``code`` is ``None`` where it is a mere text (logincheck) or missing."""

    code: int | None
    text: str
    art: str

    @classmethod
    def aus(cls, inhalt: dict[str, Any], daten: Zugangsdaten) -> Meldung:
        """Read ``Status``, be it an object or a text; ``Type`` is spelled in German or English, upper or lower case."""
        status = inhalt.get("Status")
        if isinstance(status, dict):
            roh, text, art = str(status.get("Code")), str(status.get("Content") or ""), str(status.get("Type") or "")
            code = int(roh) if re.fullmatch(r"-?\d{1,6}", roh) else None
        else:
            code, text, art = None, str(status or "ohne Status"), ""
        art = {"error": "Fehler", "warning": "Warnung", "information": "Information"}.get(art.lower(), art.capitalize())
        return cls(code, kurz(daten.geschwaerzt(text)), art)

    def __str__(self) -> str:
        return (
            f"Code {self.code if self.code is not None else 'fehlt'}{f' ({self.art})' if self.art else ''}: {self.text}"
        )


def zugangsdaten(nachbau: bool = False) -> Zugangsdaten:
    """Credentials from the environment; ``nachbau`` (a replica is asked) only changes the advice.

    Raises ``QuellenFehler`` if they are missing or cannot stand in a header.
    """
    benutzer, passwort = os.environ.get(BENUTZER, "").strip(), os.environ.get(PASSWORT, "").strip()
    konto = "am Nachbau beide auf beispiel" if nachbau else "Konto kostenlos beim Portal"
    if not benutzer or (not passwort and len(benutzer) != 32):
        raise fehler(
            "Die Zugangsdaten für GENESIS fehlen",
            f"{BENUTZER} {'gesetzt' if benutzer else 'leer'}, {PASSWORT} {'gesetzt' if passwort else 'leer'}",
            "ein Konto des Portals, oder ein Token (32 Zeichen) als Benutzer ohne Passwort",
            f"beide Umgebungsvariablen setzen ({konto}), oder die Tabelle von Hand ablegen",
        )
    if not re.fullmatch(r"[\x20-\x7e\xa0-\xff]*", benutzer + passwort):
        raise fehler(
            "Die Zugangsdaten für GENESIS sind nicht übertragbar",
            "Zeichen außerhalb von Latin-1 oder Steuerzeichen",
            "druckbare Zeichen",
            f"{BENUTZER} und {PASSWORT} neu setzen, notfalls das Passwort beim Portal ändern",
        )
    return Zugangsdaten(benutzer, passwort)


@dataclass(frozen=True)
class _Sitzung:
    """One Teil's conversation with the database."""

    auftrag: Auftrag
    daten: Zugangsdaten
    frist: float

    def rufe(self, methode: str, formular: dict[str, str]) -> tuple[Antwort, Meldung | None, dict[str, Any]]:
        """One call: either a file (no ``Meldung``) or a JSON with its status. Code 6 is waited out."""
        auftrag = self.auftrag
        for versuch in range(1, VERSUCHE_AUSGELASTET + 1):
            antwort = auftrag.abrufer.sende(
                f"{auftrag.basis}/{methode}",
                auftrag.quelle.zugang,
                formular={**formular, "language": "de"},
                kopf=self.daten.kopf(),
                auch=(401,),
                lesefrist_s=auftrag.quelle.zugang.hoechstdauer_s,
            )
            if antwort.status == 401:
                _abgelehnt(antwort.url)
            if antwort.daten[:2] == b"PK":
                return antwort, None, {}
            if not antwort.daten.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
                _keine_tabelle(antwort)
            inhalt = lies_json(antwort)
            meldung = Meldung.aus(inhalt, self.daten)
            if meldung.code != AUSGELASTET:
                return antwort, meldung, inhalt
            pause = PAUSE_AUSGELASTET_S * 2 ** (versuch - 1)
            if versuch < VERSUCHE_AUSGELASTET and auftrag.abrufer.uhr() + pause < self.frist:
                auftrag.abrufer.warte(pause)
        raise fehler(
            "GENESIS ist ausgelastet",
            f"{meldung} nach {VERSUCHE_AUSGELASTET} Versuchen",
            "eine freie Verbindung",
            "später wiederholen; läuft unter demselben Konto noch etwas anderes?",
            voruebergehend=True,
        )

    def datei(self, methode: str, formular: dict[str, str]) -> Geholt | Meldung:
        """One call that should give a file; any other status is returned."""
        antwort, meldung, _ = self.rufe(methode, formular)
        if meldung is not None:
            return meldung
        _pruefe_zip(antwort, self.auftrag.quelle.zugang.hoechstbytes * ENTPACKT_HOECHSTENS)
        name = self.auftrag.angabe("tabelle") + ".zip"
        return Geholt(antwort.url, name, antwort.daten, antwort.status, antwort.kopf)

    def als_auftrag(self, formular: dict[str, str]) -> Geholt:
        """Have the table made as a job: start it, ask until it is listed among the results, fetch it."""
        if self.daten.ist_token:
            raise fehler(
                "Die Tabelle ist zu groß für einen Abruf mit Token",
                f"Code {ZU_GROSS} für {self.auftrag.angabe('tabelle')}",
                "ein Konto mit Benutzer und Passwort, denn nur damit sind Aufträge möglich",
                f"{BENUTZER} und {PASSWORT} eines Kontos setzen, oder zugang.startjahr_zurueck verkleinern",
            )
        ergebnis = self.datei("data/tablefile", {**formular, "job": "true"})
        if isinstance(ergebnis, Geholt):
            return ergebnis
        name = _AUFTRAGSNAME.search(ergebnis.text)
        if ergebnis.code not in AUFTRAG or name is None:
            _abbruch(self.auftrag, ergebnis)
        self._warte_auf(name.group())
        kopie = {"name": name.group(), "area": "user", "compress": "false", "format": "ffcsv"}
        ergebnis = self.datei("data/resultfile", kopie)
        return ergebnis if isinstance(ergebnis, Geholt) else _abbruch(self.auftrag, ergebnis)

    def _warte_auf(self, name: str) -> None:
        abrufer, pause = self.auftrag.abrufer, PAUSE_AUFTRAG_S
        while abrufer.uhr() + pause < self.frist:
            abrufer.warte(pause)
            pause = min(pause * 2, HOECHSTPAUSE_AUFTRAG_S)
            _, meldung, inhalt = self.rufe(
                "catalogue/results", {"selection": name, "area": "user", "pagelength": "100"}
            )
            if meldung is None or meldung.code not in (*_GUT, KEIN_OBJEKT):
                _abbruch(self.auftrag, meldung)
            liste = inhalt.get("List")
            namen = [e.get("Code") for e in liste if isinstance(e, dict)] if isinstance(liste, list) else []
            if meldung.code in _GUT and (name in namen or not namen):
                return
        raise fehler(
            "Der Auftrag bei GENESIS wurde nicht rechtzeitig fertig",
            f"Auftrag {name} nach {self.auftrag.quelle.zugang.hoechstdauer_s:.0f} s noch nicht unter den Ergebnissen",
            "ein Ergebnis in dieser Zeit",
            "später wiederholen; bleibt es dabei, zugang.hoechstdauer_s der Quelle anheben",
            voruebergehend=True,
        )


def hole(auftrag: Auftrag) -> Holung:
    """Fetch ``zugang.tabelle`` from ``heute`` minus ``startjahr_zurueck`` years on. Raises ``QuellenFehler``."""
    sitzung = _Sitzung(
        auftrag, zugangsdaten(auftrag.abrufer.nachbau), auftrag.abrufer.uhr() + auftrag.quelle.zugang.hoechstdauer_s
    )
    formular = _formular(auftrag)
    ergebnis = sitzung.datei("data/tablefile", {**formular, "job": "false"})
    if isinstance(ergebnis, Meldung):
        geholt = sitzung.als_auftrag(formular) if ergebnis.code == ZU_GROSS else _abbruch(auftrag, ergebnis)
    else:
        geholt = ergebnis
    return Holung((geholt,), stand_von(auftrag.teil.stand, geholt.datei, geholt.kopf, auftrag.heute))


def _formular(auftrag: Auftrag) -> dict[str, str]:
    angaben = auftrag.teil.zugang
    weitere = {k: str(v) for k, v in angaben.items() if DURCHGEREICHT.fullmatch(k)}
    unbekannt = set(angaben) - set(weitere) - {"tabelle", "startjahr_zurueck"}
    if unbekannt:
        raise fehler(
            "Unbekannte Angabe für GENESIS",
            ", ".join(sorted(unbekannt)),
            "tabelle, startjahr_zurueck oder ein Parameter von data/tablefile",
            f"teile.{auftrag.teil_name}.zugang in der YAML-Datei berichtigen",
        )
    return {
        "name": auftrag.angabe("tabelle"),
        "area": "all",
        "format": "ffcsv",
        "compress": "false",
        "startyear": str(auftrag.heute.year - int(auftrag.angabe("startjahr_zurueck"))),
        **weitere,
    }


def _pruefe_zip(antwort: Antwort, hoechstens: int) -> None:
    """A cut or damaged ZIP comes with status 200 as well; find out before it is archived."""
    grund = "ohne Datei darin"
    try:
        with zipfile.ZipFile(io.BytesIO(antwort.daten)) as paket:
            if sum(i.file_size for i in paket.infolist()) > hoechstens:
                grund = f"entpackt mehr als {hoechstens} Bytes"
            elif paket.namelist():
                kaputt = paket.testzip()
                grund = f"Prüfsumme von {kaputt} stimmt nicht" if kaputt else ""
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        grund = "abgeschnitten oder beschädigt"
    if grund:
        raise fehler(
            "Das ZIP von GENESIS ist unbrauchbar",
            f"{len(antwort.daten)} Bytes von {antwort.url}, {grund}",
            "ein ganzes ZIP mit einer Tabelle",
            "später wiederholen; nichts wurde archiviert",
            voruebergehend=True,
        )


def _abgelehnt(url: str) -> NoReturn:
    raise fehler(
        "GENESIS lehnt die Zugangsdaten ab",
        f"HTTP 401 von {url}",
        "ein gültiges Konto dieses Portals; jede Datenbank der Familie führt eigene Konten, nicht jede nimmt Token",
        f"{BENUTZER} und {PASSWORT} prüfen und im Browser am Portal anmelden",
    )


def _keine_tabelle(antwort: Antwort) -> NoReturn:
    pruefe_daten(antwort)
    raise fehler(
        "GENESIS schickt weder eine Tabelle noch eine Meldung",
        f"{antwort.kopf.get('content-type', 'unbekannte Art')}, {len(antwort.daten)} Bytes von {antwort.url}",
        "ZIP oder JSON",
        "die Adresse unter zugang.basis prüfen",
    )


def _abbruch(auftrag: Auftrag, meldung: Meldung | None) -> NoReturn:
    raise _meldungsfehler(auftrag.angabe("tabelle"), meldung)


def _meldungsfehler(tabelle: str, meldung: Meldung | None) -> QuellenFehler:
    tun = {
        90: "zugang.tabelle in der YAML-Datei prüfen: Die Tabelle wurde umbenannt oder aufgegeben",
        22: "die Parameter unter zugang prüfen, GENESIS hat sie geändert und keine Tabelle geschickt",
        KEIN_OBJEKT: "zugang.tabelle und zugang.startjahr_zurueck prüfen",
    }.get(
        meldung.code if meldung and meldung.code is not None else 0,
        "die Meldung lesen; die Parameter unter zugang prüfen oder später wiederholen",
    )
    return fehler(
        "GENESIS liefert die Tabelle nicht",
        f"{meldung or 'eine Datei, wo eine Meldung stehen müsste'} (Tabelle {tabelle})",
        "die Tabelle als ZIP",
        tun,
    )
