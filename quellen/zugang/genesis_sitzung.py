"""One conversation with a GENESIS database: calls, waiting while it is busy, jobs for large tables.

Belongs here: the order of calls. Does not belong here: what to ask for (``genesis_angaben``), what an answer is
(``genesis_inhalt``), what a message means (``genesis_meldung``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from quellen.fehler import QuellenFehler
from quellen.zugang.gemeinsam import Auftrag, fehler
from quellen.zugang.genesis_angaben import Angaben
from quellen.zugang.genesis_inhalt import ENTPACKT_HOECHSTENS, Inhalt, deute
from quellen.zugang.genesis_konto import Zugangsdaten, variablen
from quellen.zugang.genesis_meldung import (
    AUFTRAG,
    AUSGELASTET,
    KEIN_OBJEKT,
    NICHTS_NEUES,
    ZU_GROSS,
    Meldung,
    abgelehnt,
    fehlschlag,
)

VERSUCHE_AUSGELASTET, PAUSE_AUSGELASTET_S = 4, 15.0
PAUSE_AUFTRAG_S, HOECHSTPAUSE_AUFTRAG_S = 5.0, 40.0
_AUFTRAGSNAME = re.compile(r"(?<=:\s)\S*_\d+")


@dataclass(frozen=True)
class Sitzung:
    """One Teil's conversation with the database. ``frist``: on the ``Abrufer``'s clock, when waiting must end."""

    auftrag: Auftrag
    daten: Zugangsdaten
    frist: float

    def rufe(self, methode: str, formular: dict[str, str], *, auch: tuple[int, ...] = ()) -> Inhalt | None:
        """One call; ``None`` for a status in ``auch``. Code 6 is waited out. Raises ``QuellenFehler``."""
        auftrag, zugang = self.auftrag, self.auftrag.quelle.zugang
        for versuch in range(1, VERSUCHE_AUSGELASTET + 1):
            antwort = auftrag.abrufer.sende(
                f"{auftrag.basis}/{methode}",
                zugang,
                formular={**formular, "language": "de"},
                kopf=self.daten.kopf(),
                auch=(401, *auch),
                lesefrist_s=zugang.hoechstdauer_s,
            )
            if antwort.status == 401:
                raise abgelehnt(auftrag, f"HTTP 401 von {antwort.url}", variablen(zugang.konto))
            if antwort.status in auch:
                return None
            inhalt = deute(antwort, self.daten, zugang.hoechstbytes * ENTPACKT_HOECHSTENS)
            if inhalt.meldung is None or inhalt.meldung.code != AUSGELASTET:
                return inhalt
            pause = PAUSE_AUSGELASTET_S * 2 ** (versuch - 1)
            if versuch == VERSUCHE_AUSGELASTET or auftrag.abrufer.uhr() + pause >= self.frist:
                break
            auftrag.abrufer.warte(pause)
        raise fehler(
            "GENESIS ist ausgelastet",
            f"{inhalt.meldung} nach {versuch} Versuchen",
            "eine freie Verbindung",
            "später wiederholen; läuft unter demselben Konto noch etwas anderes?",
            voruebergehend=True,
        )

    def tabelle(self, angaben: Angaben, seit: str) -> Inhalt:
        """The table, or the message that nothing is newer than ``seit`` (empty: whatever there is).

        What is too large for one call, or declared so, is made by a job. Raises ``QuellenFehler``.
        """
        formular = {**angaben.formular, **({"stand": seit} if seit else {})}
        if angaben.art != "result":
            inhalt = self._hole(angaben.methode, {**formular, "job": "false"})
            if inhalt.meldung is None or inhalt.meldung.code != ZU_GROSS:
                return self._gut(inhalt)
        if self.daten.ist_token:
            raise self._kein_token()
        inhalt = self._hole(angaben.methode, {**formular, "job": "true"})
        meldung = inhalt.meldung
        if inhalt.tabelle is not None or meldung is None or meldung.code not in AUFTRAG:
            return self._gut(inhalt)
        name = _AUFTRAGSNAME.search(meldung.text)
        if name is None:
            raise fehlschlag(self.auftrag, meldung)
        return self._ergebnis(angaben, name.group())

    def _hole(self, methode: str, formular: dict[str, str]) -> Inhalt:
        inhalt = self.rufe(methode, formular)
        if inhalt is None:
            raise AssertionError("no status was allowed for")
        return inhalt

    def _gut(self, inhalt: Inhalt) -> Inhalt:
        """An answer that ends the conversation; raises for any other one."""
        nichts_neues = inhalt.meldung is not None and inhalt.meldung.code == NICHTS_NEUES
        if inhalt.tabelle is None and not nichts_neues:
            raise fehlschlag(self.auftrag, inhalt.meldung)
        return inhalt

    def _ergebnis(self, angaben: Angaben, name: str) -> Inhalt:
        """Ask until the job's result is listed and there, longer and longer pauses between, and fetch it."""
        abrufer, pause = self.auftrag.abrufer, PAUSE_AUFTRAG_S
        while abrufer.uhr() + pause < self.frist:
            abrufer.warte(pause)
            pause = min(pause * 2, HOECHSTPAUSE_AUFTRAG_S)
            if not self._ist_gelistet(name):
                continue
            inhalt = self._hole(angaben.ergebnismethode, angaben.abholung(name))
            if inhalt.meldung is None or inhalt.meldung.code != KEIN_OBJEKT:
                return self._gut(inhalt)
        raise fehler(
            "Der Auftrag bei GENESIS wurde nicht rechtzeitig fertig",
            f"Auftrag {name} nach {self.auftrag.quelle.zugang.hoechstdauer_s:.0f} s noch nicht unter den Ergebnissen",
            "ein Ergebnis in dieser Zeit",
            "später wiederholen; bleibt es dabei, zugang.hoechstdauer_s der Quelle anheben",
            voruebergehend=True,
        )

    def _ist_gelistet(self, name: str) -> bool:
        """Whether the job is among the results; while it is not, the database knows no object (104) or others only."""
        inhalt = self._hole("catalogue/results", {"selection": name, "area": "user", "pagelength": "100"})
        meldung: Meldung | None = inhalt.meldung
        if meldung is None or not (meldung.ist_gut or meldung.code == KEIN_OBJEKT):
            raise fehlschlag(self.auftrag, meldung)
        liste = inhalt.json.get("List")
        namen = [e.get("Code") for e in liste if isinstance(e, dict)] if isinstance(liste, list) else []
        return meldung.ist_gut and (name in namen or not namen)

    def _kein_token(self) -> QuellenFehler:
        benutzer, passwort = variablen(self.auftrag.quelle.zugang.konto)
        return fehler(
            "Die Tabelle ist zu groß für einen Abruf mit Token",
            f"Code {ZU_GROSS} für {self.auftrag.angabe('tabelle')}",
            "ein Konto mit Benutzer und Passwort, denn nur damit sind Aufträge möglich",
            f"{benutzer} und {passwort} eines Kontos setzen, oder zugang.startjahr_zurueck verkleinern",
        )
