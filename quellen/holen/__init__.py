"""Polite HTTP: one answer of a declared portal as bytes, or a German message that says why not.

Belongs here: attempts, back-off, redirects, conditional requests, and the lines that tell what is going on. Does not
belong here: which addresses may be asked (``adressen``), whose turn it is (``takt``), reading a body (``koerper``),
what the answers mean (``zugang``) and where they are kept (``archiv``).
"""

from __future__ import annotations

import importlib.metadata
import logging
import os
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
import urllib3
from requests.utils import requote_uri

from quellen.fehler import QuellenFehler
from quellen.holen.adressen import (
    gepruefte_adresse,
    gepruefter_nachbau,
    ist_lokal,
    kurzname,
    netzadresse,
    umleitungsziel,
)
from quellen.holen.koerper import Frist, lies_koerper
from quellen.holen.takt import HOECHSTPAUSE_S, Takt
from quellen.modell import Zugang
from quellen.netzfehler import Stoerung, netzfehler, scheitern, statusfehler

__all__ = ["DATENART_KOPF", "HOECHSTPAUSE_S", "KOPF", "UMLEITUNGEN", "VERSUCHE", "Abrufer", "Antwort", "nutzerkennung"]

log = logging.getLogger(__name__)

VERSUCHE = 4
"""Attempts per request, the first one included."""
PAUSE_S = 2.0
"""Back-off before the first retry; doubles with each one."""
VERBINDUNGSFRIST_S = 15.0
LESEFRIST_S = 60.0
UMLEITUNGEN = 5
KONTAKT = "www.duisburg.de"
DATENART_KOPF = "x-sozialraum-datenart"
ZUFALL = random.SystemRandom().random
KOPF = ("etag", "last-modified", "content-type", "content-disposition", "date", DATENART_KOPF)
"""Headers of an answer that are kept; everything else is dropped."""
_UMLEITUNG = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Antwort:
    """One answer. ``url`` is the publisher's address even if a replica gave it; ``daten`` is decompressed."""

    url: str
    status: int
    kopf: dict[str, str]
    daten: bytes


@dataclass(frozen=True)
class _Anfrage:
    """One request with everything that holds for all its attempts."""

    url: str
    zugang: Zugang
    frist: Frist
    kopf: Mapping[str, str] = field(default_factory=dict, repr=False)
    formular: Mapping[str, str] | None = None
    auch: tuple[int, ...] = ()
    lesefrist_s: float = LESEFRIST_S


def nutzerkennung(kontakt: str | None = None) -> str:
    """The User-Agent header: who asks and whom to write to (``SOZIALRAUM_KONTAKT``)."""
    wer = kontakt or os.environ.get("SOZIALRAUM_KONTAKT") or KONTAKT
    wer = re.sub(r"[^\x20-\x7e]|[()]", "?", wer)
    return f"sozialraum/{importlib.metadata.version('sozialraum')} (Datenlager Stadt Duisburg; Kontakt: {wer})"


class Abrufer:
    """Asks portals: several hosts side by side, one host never more often than declared, from any number of threads.

    ``portal`` is the address of a local replica that serves each original host under a path prefix of its name; limits
    hold per original host there too, but without spacing. ``melde`` gets a German line per finished request and per
    pause, in the thread that made it. ``uhr``, ``schlafe`` and ``zufall`` (0…1, jitter) can be replaced in tests; a
    given ``sitzung`` serves all threads, otherwise each has its own. One instance serves a whole run, so that sources
    on the same host share its turns.
    """

    def __init__(
        self,
        portal: str | None = None,
        *,
        sitzung: requests.Session | None = None,
        melde: Callable[[str], None] | None = None,
        uhr: Callable[[], float] = time.monotonic,
        schlafe: Callable[[float], None] = time.sleep,
        zufall: Callable[[], float] = ZUFALL,
    ) -> None:
        self.portal = gepruefter_nachbau(portal) if portal else None
        self.uhr = uhr
        self.melde = melde or (lambda _zeile: None)
        self._schlafe = schlafe
        self._zufall = zufall
        self._takt = Takt(uhr, schlafe, self._melde_pause)
        self._je_faden = threading.local()
        self._gemeinsam = self._eingerichtet(sitzung) if sitzung is not None else None

    @property
    def nachbau(self) -> bool:
        """Whether a replica is asked instead of the publishers."""
        return self.portal is not None

    def hole(
        self,
        url: str,
        zugang: Zugang,
        *,
        bisher: Mapping[str, str] | None = None,
        auch: tuple[int, ...] = (),
        lesefrist_s: float = LESEFRIST_S,
    ) -> Antwort:
        """GET. ``bisher`` (``etag``, ``last-modified``) makes it conditional: status 304 and no bytes if unchanged.

        ``auch`` names further statuses that are an answer (without bytes) and no fault. Raises ``QuellenFehler``.
        """
        bedingung = {}
        if bisher and bisher.get("etag"):
            bedingung = {"If-None-Match": bisher["etag"]}
        elif bisher and bisher.get("last-modified"):
            bedingung = {"If-Modified-Since": bisher["last-modified"]}
        return self._wiederholt(
            _Anfrage(
                url=requote_uri(url),
                zugang=zugang,
                frist=Frist(self.uhr, zugang.hoechstdauer_s),
                kopf=bedingung,
                auch=(*auch, 304) if bedingung else auch,
                lesefrist_s=lesefrist_s,
            )
        )

    def sende(
        self,
        url: str,
        zugang: Zugang,
        *,
        formular: Mapping[str, str],
        kopf: Mapping[str, str],
        auch: tuple[int, ...] = (),
        lesefrist_s: float = LESEFRIST_S,
    ) -> Antwort:
        """POST of a form; ``kopf`` may carry credentials, which never leave this call. Redirects are refused."""
        return self._wiederholt(
            _Anfrage(
                url=requote_uri(url),
                zugang=zugang,
                frist=Frist(self.uhr, zugang.hoechstdauer_s),
                kopf=kopf,
                formular=formular,
                auch=auch,
                lesefrist_s=lesefrist_s,
            )
        )

    def warte(self, sekunden: float) -> None:
        """Pause between two requests of one protocol (polling a job)."""
        self._schlafe(sekunden)

    def _sitzung(self) -> requests.Session:
        """The session of the calling thread: requests does not promise that threads may share one."""
        if self._gemeinsam is not None:
            return self._gemeinsam
        if not hasattr(self._je_faden, "sitzung"):
            self._je_faden.sitzung = self._eingerichtet(requests.Session())
        sitzung: requests.Session = self._je_faden.sitzung
        return sitzung

    def _eingerichtet(self, sitzung: requests.Session) -> requests.Session:
        sitzung.headers.clear()
        sitzung.headers.update({"User-Agent": nutzerkennung(), "Accept": "*/*", "Accept-Encoding": "gzip"})
        sitzung.auth = _ohne_anmeldung  # keeps a .netrc of the machine out of requests
        sitzung.trust_env = self.portal is None
        sitzung.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return sitzung

    def _wiederholt(self, anfrage: _Anfrage) -> Antwort:
        for versuch in range(1, VERSUCHE + 1):
            try:
                return self._folge(anfrage)
            except Stoerung as stoerung:
                pause = stoerung.pause_s
                if pause is None:
                    pause = PAUSE_S * 2 ** (versuch - 1) * (1 + self._zufall() / 2)
                befund = stoerung.befunde[0]
                zu_lang = pause > HOECHSTPAUSE_S or pause > anfrage.frist.rest()
                if versuch == VERSUCHE or zu_lang:
                    gefunden = f"{befund.gefunden} (Versuch {versuch} von {VERSUCHE}"
                    gefunden += f"; nächster erst in {pause:.0f} s)" if zu_lang and versuch < VERSUCHE else ")"
                    raise QuellenFehler(replace(befund, gefunden=gefunden), voruebergehend=True) from None
                log.info("%s; neuer Versuch in %.1f s", befund.gefunden, pause)
                self.melde(f"{_host(anfrage.url)}: {befund.gefunden}; neuer Versuch in {_zahl(pause)} s")
            self._schlafe(pause)
        raise AssertionError("unreachable")

    def _folge(self, anfrage: _Anfrage) -> Antwort:
        """One attempt with all its redirects, each of them checked like the first address."""
        url = anfrage.url
        for _ in range(UMLEITUNGEN + 1):
            antwort = self._einmal(replace(anfrage, url=url))
            if isinstance(antwort, Antwort):
                return replace(antwort, url=anfrage.url)
            if anfrage.formular is not None:
                scheitern(
                    "Das Portal leitet um, statt zu antworten",
                    f"{url} → {antwort}",
                    "eine Antwort ohne Umleitung, denn die Anfrage trägt Zugangsdaten",
                    "die neue Adresse prüfen und basis in der YAML-Datei der Quelle anpassen",
                )
            url = antwort
        scheitern(
            "Zu viele Umleitungen",
            f"mehr als {UMLEITUNGEN} ab {anfrage.url}, zuletzt nach {url}",
            "höchstens fünf",
            "die Adresse im Browser öffnen und in der YAML-Datei der Quelle berichtigen",
        )

    def _einmal(self, anfrage: _Anfrage) -> Antwort | str:
        """One request in the host's turn: an answer, or the (publisher's) address that it redirects to."""
        teile = gepruefte_adresse(anfrage.url, anfrage.zugang)
        netz = netzadresse(teile, self.portal)
        host, abstand_s = _host(netz), anfrage.zugang.abstand_s
        if ist_lokal(host):
            host, abstand_s = _host(anfrage.url), 0.0
        with self._takt.zug(host, anfrage.zugang.gleichzeitig, abstand_s) as gewartet:
            anfrage.frist.verlaengere(gewartet)
            beginn = self.uhr()
            try:
                antwort = self._uebertragen(anfrage, netz)
            except Stoerung as stoerung:
                if stoerung.pause_s is not None:
                    self._takt.pausiere(host, stoerung.pause_s)
                raise
        dauer = _zahl(self.uhr() - beginn)
        self.melde(f"{_host(anfrage.url)}: {kurzname(anfrage.url)}, {_ausgang(antwort)} in {dauer} s")
        return antwort

    def _uebertragen(self, anfrage: _Anfrage, netz: str) -> Antwort | str:
        try:
            with self._sitzung().request(
                "GET" if anfrage.formular is None else "POST",
                netz,
                data=anfrage.formular,
                headers=dict(anfrage.kopf),
                timeout=(VERBINDUNGSFRIST_S, max(1.0, min(anfrage.lesefrist_s, anfrage.frist.rest()))),
                allow_redirects=False,
                stream=True,
            ) as antwort:
                return self._werte_aus(anfrage, antwort)
        except QuellenFehler:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as fehler:
            raise netzfehler(fehler, anfrage.url) from None

    def _werte_aus(self, anfrage: _Anfrage, antwort: requests.Response) -> Antwort | str:
        status = antwort.status_code
        kopf = {name: antwort.headers[name] for name in KOPF if name in antwort.headers}
        if not self.nachbau:
            kopf.pop(DATENART_KOPF, None)
        if status in _UMLEITUNG and antwort.headers.get("location"):
            return requote_uri(umleitungsziel(anfrage.url, antwort.headers["location"], anfrage.zugang, self.portal))
        if status == 200:
            daten = lies_koerper(antwort, anfrage.url, anfrage.zugang.hoechstbytes, anfrage.frist)
            return Antwort(anfrage.url, status, kopf, daten)
        if status in anfrage.auch:
            return Antwort(anfrage.url, status, kopf, b"")
        statusfehler(anfrage.url, status, antwort.headers.get("retry-after"))

    def _melde_pause(self, host: str, sekunden: float) -> None:
        self.melde(f"{host}: noch {_zahl(sekunden)} s der erbetenen Pause")


def _ohne_anmeldung(anfrage: requests.PreparedRequest) -> requests.PreparedRequest:
    return anfrage


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _zahl(wert: float) -> str:
    return f"{wert:.1f}".replace(".", ",")


def _ausgang(antwort: Antwort | str) -> str:
    """What came of a request, in words: bytes, unchanged, another status, a redirect."""
    if isinstance(antwort, str):
        return f"umgeleitet nach {antwort}"
    if antwort.status == 304:
        return "unverändert"
    if antwort.status != 200:
        return f"HTTP {antwort.status}"
    anzahl = len(antwort.daten)
    if anzahl < 1000:
        return f"{anzahl} Bytes"
    return f"{_zahl(anzahl / 1e6)} MB" if anzahl >= 1e6 else f"{_zahl(anzahl / 1e3)} kB"
