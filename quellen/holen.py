"""Polite HTTP: one answer of a declared portal as bytes, or a German message that says why not.

Belongs here: addresses that may be asked, spacing, retries, redirects, limits and the rewriting of every address
to a local replica. Does not belong here: what the answers mean (``zugang``) and where they are kept (``archiv``).

Only ``https`` to host names that the declaration lists is ever asked, never an address in digits; with verified
certificates that also shuts out names that somebody else points into the local network.
"""

from __future__ import annotations

import importlib.metadata
import ipaddress
import logging
import os
import random
import re
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import requests
import urllib3
from requests.utils import requote_uri

from quellen.fehler import QuellenFehler
from quellen.modell import Zugang
from quellen.netzfehler import Stoerung, abgerissen, netzfehler, scheitern, statusfehler, zeitfehler, zu_gross

log = logging.getLogger(__name__)

VERSUCHE = 4
"""Attempts per request, the first one included."""
PAUSE_S = 2.0
"""Back-off before the first retry; doubles with each one."""
HOECHSTPAUSE_S = 120.0
"""A portal that asks for a longer pause (Retry-After) is left alone until the next run."""
VERBINDUNGSFRIST_S = 15.0
LESEFRIST_S = 60.0
UMLEITUNGEN = 5
KONTAKT = "www.duisburg.de"
DATENART_KOPF = "x-sozialraum-datenart"
ZUFALL = random.SystemRandom().random
KOPF = ("etag", "last-modified", "content-type", "content-disposition", "date", DATENART_KOPF)
"""Headers of an answer that are kept; everything else is dropped."""
_STUECK = 1 << 16
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
    """One request with everything that holds for all its attempts; ``frist`` is a time of the injected clock."""

    url: str
    zugang: Zugang
    frist: float
    kopf: Mapping[str, str] = field(default_factory=dict, repr=False)
    formular: Mapping[str, str] | None = None
    auch: tuple[int, ...] = ()
    lesefrist_s: float = LESEFRIST_S


def nutzerkennung(kontakt: str | None = None) -> str:
    """The User-Agent header: who asks and whom to write to (``SOZIALRAUM_KONTAKT``)."""
    wer = kontakt or os.environ.get("SOZIALRAUM_KONTAKT") or KONTAKT
    wer = re.sub(r"[^\x20-\x7e]|[()]", "?", wer)
    return f"sozialraum/{importlib.metadata.version('sozialraum')} (Datenlager Stadt Duisburg; Kontakt: {wer})"


def _ist_lokal(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _ist_ziffernadresse(host: str) -> bool:
    """Whether a host is an IP address in any spelling that a resolver takes (``2130706433``, ``127.0x1`` …)."""
    ende = host.rstrip(".").rpartition(".")[2]
    return ":" in host or ende.isdecimal() or ende.startswith("0x")


class Abrufer:
    """Asks portals one request at a time, never faster than their declared spacing.

    ``portal`` is the address of a local replica that serves each original host under a path prefix of its name.
    ``uhr``, ``schlafe`` and ``zufall`` (0…1, jitter) can be replaced in tests. One instance serves a whole run, so
    that sources on the same host share the spacing. Not meant for several threads.
    """

    def __init__(
        self,
        portal: str | None = None,
        *,
        kontakt: str | None = None,
        sitzung: requests.Session | None = None,
        uhr: Callable[[], float] = time.monotonic,
        schlafe: Callable[[float], None] = time.sleep,
        zufall: Callable[[], float] = ZUFALL,
    ) -> None:
        self.portal = _gepruefter_nachbau(portal) if portal else None
        self.uhr = uhr
        self._schlafe = schlafe
        self._zufall = zufall
        self._frei_ab: dict[str, float] = {}
        self._sitzung = sitzung or requests.Session()
        self._sitzung.headers.clear()
        self._sitzung.headers.update({"User-Agent": nutzerkennung(kontakt), "Accept": "*/*", "Accept-Encoding": "gzip"})
        self._sitzung.auth = _ohne_anmeldung  # keeps a .netrc of the machine out of requests
        self._sitzung.trust_env = self.portal is None
        self._sitzung.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

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
                frist=self.uhr() + zugang.hoechstdauer_s,
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
                frist=self.uhr() + zugang.hoechstdauer_s,
                kopf=kopf,
                formular=formular,
                auch=auch,
                lesefrist_s=lesefrist_s,
            )
        )

    def warte(self, sekunden: float) -> None:
        """Pause between two requests of one protocol (polling a job)."""
        self._schlafe(sekunden)

    def _wiederholt(self, anfrage: _Anfrage) -> Antwort:
        for versuch in range(1, VERSUCHE + 1):
            try:
                return self._folge(anfrage)
            except Stoerung as stoerung:
                pause = stoerung.pause_s
                if pause is None:
                    pause = PAUSE_S * 2 ** (versuch - 1) * (1 + self._zufall() / 2)
                zu_lang = pause > HOECHSTPAUSE_S or self.uhr() + pause > anfrage.frist
                if versuch == VERSUCHE or zu_lang:
                    befund = stoerung.befunde[0]
                    gefunden = f"{befund.gefunden} (Versuch {versuch} von {VERSUCHE}"
                    gefunden += f"; nächster erst in {pause:.0f} s)" if zu_lang and versuch < VERSUCHE else ")"
                    raise QuellenFehler(replace(befund, gefunden=gefunden), voruebergehend=True) from None
                log.info("%s; neuer Versuch in %.1f s", stoerung.befunde[0].gefunden, pause)
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
        """One request: an answer, or the (publisher's) address that it redirects to."""
        netz = self._netzadresse(_gepruefte_adresse(anfrage.url, anfrage.zugang))
        host = urlsplit(netz).hostname or ""
        self._abstand(host, 0.0 if _ist_lokal(host) else anfrage.zugang.abstand_s)
        try:
            with self._sitzung.request(
                "GET" if anfrage.formular is None else "POST",
                netz,
                data=anfrage.formular,
                headers=dict(anfrage.kopf),
                timeout=(VERBINDUNGSFRIST_S, max(1.0, min(anfrage.lesefrist_s, anfrage.frist - self.uhr()))),
                allow_redirects=False,
                stream=True,
            ) as antwort:
                return self._werte_aus(anfrage, netz, antwort)
        except QuellenFehler:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as fehler:
            raise netzfehler(fehler, anfrage.url) from None
        finally:
            self._frei_ab[host] = self.uhr()

    def _abstand(self, host: str, abstand_s: float) -> None:
        if host in self._frei_ab:
            rest = self._frei_ab[host] + abstand_s - self.uhr()
            if rest > 0:
                self._schlafe(rest)

    def _netzadresse(self, teile: SplitResult) -> str:
        if self.portal is None:
            return urlunsplit(teile._replace(fragment=""))
        return f"{self.portal}/{teile.hostname}{teile.path or '/'}" + (f"?{teile.query}" if teile.query else "")

    def _umleitungsziel(self, url: str, netz: str, ziel: str, zugang: Zugang) -> str:
        """The publisher's address that a Location header means; on a replica its own addresses are turned back."""
        if self.portal is None:
            return urljoin(url, ziel)
        am_nachbau = urljoin(netz, ziel).removeprefix(f"{self.portal}/")
        if urlsplit(am_nachbau).scheme == "" and am_nachbau.partition("/")[0] in zugang.hosts:
            return f"https://{am_nachbau}"
        return urljoin(url, ziel)

    def _werte_aus(self, anfrage: _Anfrage, netz: str, antwort: requests.Response) -> Antwort | str:
        status = antwort.status_code
        kopf = {name: antwort.headers[name] for name in KOPF if name in antwort.headers}
        if not self.nachbau:
            kopf.pop(DATENART_KOPF, None)
        if status in _UMLEITUNG and antwort.headers.get("location"):
            ziel = _als_latin1(antwort.headers["location"])
            return requote_uri(self._umleitungsziel(anfrage.url, netz, ziel, anfrage.zugang))
        if status == 200:
            return Antwort(anfrage.url, status, kopf, self._koerper(anfrage, antwort))
        if status in anfrage.auch:
            return Antwort(anfrage.url, status, kopf, b"")
        statusfehler(anfrage.url, status, antwort.headers.get("retry-after"))

    def _koerper(self, anfrage: _Anfrage, antwort: requests.Response) -> bytes:
        """The whole body, decompressed. Limits hold for both the transferred and the decompressed bytes."""
        hoechstens = anfrage.zugang.hoechstbytes
        angekuendigt = antwort.headers.get("content-length", "")
        if angekuendigt.isdecimal() and int(angekuendigt) > hoechstens:
            zu_gross(anfrage.url, f"{int(angekuendigt)} angekündigte Bytes", hoechstens)
        stuecke, summe = [], 0
        while stueck := antwort.raw.read1(_STUECK, decode_content=False):
            stuecke.append(stueck)
            summe += len(stueck)
            if summe > hoechstens:
                zu_gross(anfrage.url, f"mehr als {hoechstens} Bytes", hoechstens)
            if self.uhr() > anfrage.frist:
                raise zeitfehler(anfrage.url, f"nach {anfrage.zugang.hoechstdauer_s:.0f} s erst {summe} Bytes")
        if angekuendigt.isdecimal() and summe != int(angekuendigt):
            raise abgerissen(anfrage.url, f"{summe} von {angekuendigt} Bytes")
        roh = b"".join(stuecke)
        art = antwort.headers.get("content-encoding", "identity").strip().lower()
        if art in ("gzip", "x-gzip"):
            return _entpackt(roh, anfrage.url, hoechstens)
        if art not in ("", "identity"):
            scheitern(
                "Unbekannte Verpackung der Antwort",
                f"Content-Encoding {art} von {anfrage.url}",
                "gzip oder keine",
                "den Herausgeber ansprechen; angefordert wurde nur gzip",
            )
        return roh


def _ohne_anmeldung(anfrage: requests.PreparedRequest) -> requests.PreparedRequest:
    return anfrage


def _als_latin1(text: str) -> str:
    """A header as UTF-8 where the server sent raw UTF-8 (headers arrive decoded as Latin-1)."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _gepruefter_nachbau(portal: str) -> str:
    teile = urlsplit(portal)
    sicher = teile.scheme == "https" or (teile.scheme == "http" and _ist_lokal(teile.hostname))
    if not sicher or teile.username or teile.query or teile.fragment:
        scheitern(
            "Die Adresse des Portal-Nachbaus ist unbrauchbar",
            re.sub(r"//[^/@]*@", "//***@", portal),
            "http://127.0.0.1:<Port> oder eine https-Adresse ohne Zugangsdaten",
            "SOZIALRAUM_PORTAL berichtigen oder löschen",
        )
    return portal.rstrip("/")


def _gepruefte_adresse(url: str, zugang: Zugang) -> SplitResult:
    """Parts of an address that may be asked: https, declared host name, no port, no credentials in it."""
    try:
        teile = urlsplit(url)
        host, port = teile.hostname or "", teile.port
    except ValueError:
        teile, host, port = SplitResult("", "", "", "", ""), "", None
    erlaubt = {*zugang.hosts, urlsplit(zugang.basis).hostname}
    gut = teile.scheme == "https" and host in erlaubt and port in (None, 443) and "@" not in teile.netloc
    if not gut or _ist_ziffernadresse(host) or _ist_lokal(host):
        scheitern(
            "Diese Adresse darf nicht abgerufen werden",
            re.sub(r"//[^/@]*@", "//***@", url),
            "https und einer der Hosts " + ", ".join(sorted(h for h in erlaubt if h)),
            "prüfen, ob das Portal umgezogen ist, und den neuen Host unter zugang.hosts eintragen",
        )
    return teile


def _entpackt(roh: bytes, url: str, hoechstens: int) -> bytes:
    """All gzip members of a body. A cut or damaged one is a fault, never a shorter file."""
    teile, frei, rest = [], hoechstens, roh
    while rest:
        packer = zlib.decompressobj(wbits=31)
        try:
            stueck = packer.decompress(rest, frei + 1)
        except zlib.error:
            raise abgerissen(url, "beschädigte gzip-Daten") from None
        if len(stueck) > frei:
            zu_gross(url, f"entpackt mehr als {hoechstens} Bytes", hoechstens)
        if not packer.eof:
            raise abgerissen(url, f"abgeschnittene gzip-Daten ({len(roh)} Bytes)")
        teile.append(stueck)
        frei -= len(stueck)
        rest = packer.unused_data.lstrip(b"\0")
    return b"".join(teile)
