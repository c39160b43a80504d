"""The running replica: sockets, HTTP rules that all portals share, and disturbances of transport.

Belongs here: reading requests, conditional requests, compression, sending, the record of requests, start and
stop. Does not belong here: what a portal answers (``dkan``, ``ckan``, ``direkt``, ``genesis``, ``arcgis``).

Every original address ``https://HOST/PATH`` is served as ``http://127.0.0.1:PORT/HOST/PATH``.
"""

from __future__ import annotations

import contextlib
import gzip
import select
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from quellen.archiv import Archiv, Objekt
from quellen.fehler import Befund, QuellenFehler
from quellen.modell import Quelle
from quellen.portal.arcgis import Arcgis
from quellen.portal.bestand import Posten, etag_fuer, http_datum, lade_bestand
from quellen.portal.ckan import Ckan
from quellen.portal.direkt import Direkt
from quellen.portal.dkan import Dkan
from quellen.portal.genesis import Genesis
from quellen.portal.genesis_form import als_datei, ist_download
from quellen.portal.nachricht import Anfrage, Antwort, Portalteil, html_antwort
from quellen.portal.stoerung import FRUEH, Stoerer, Stoerung, fruehe_antwort
from quellen.portal.verfaelschen import INHALT, verfaelsche

HOECHSTBYTES = 1_000_000  # of a request's form
TROPFEN = 40  # so many pieces make a slow answer
Verbindung = socket.socket | tuple[bytes, socket.socket]
_TEXT = ("text/", "application/json", "application/geo+json", "application/xml")


@dataclass(frozen=True)
class Eintrag:
    """One request seen. ``werte`` joins query and form without credentials; ``pfad`` is percent-decoded.

    ``status`` is 0 where nothing was answered.
    """

    methode: str
    host: str
    pfad: str
    werte: dict[str, str]
    status: int


class Portal:
    """A running replica; a context manager that stops by itself. ``protokoll`` grows with each request.

    ``pause_s``: seconds between two of the 40 pieces of a slow answer; may be set while it runs.
    """

    def __init__(self, teile: Sequence[tuple[str, Portalteil]], stoerungen: Sequence[Stoerung], port: int = 0) -> None:
        self.protokoll: list[Eintrag] = []
        self.beendet = threading.Event()
        self.pause_s = 0.1
        self._teile: dict[str, list[tuple[str, Portalteil]]] = {}
        for unter, teil in teile:
            for host in teil.hosts:
                self._teile.setdefault(host, []).append((unter, teil))
        self._stoerer = Stoerer(stoerungen)
        self._zaehler = 0
        self._schloss = threading.Lock()
        try:
            self._server = _Server(("127.0.0.1", port), self)
        except (OSError, OverflowError) as fehler:
            raise _kein_port(port, fehler) from fehler
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._faden = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._faden.start()

    def __enter__(self) -> Portal:
        return self

    def __exit__(self, *_: object) -> None:
        self.stoppen()

    def stoppen(self) -> None:
        """Close the port and all connections and wait for their threads. May be called again."""
        if self.beendet.is_set():
            return
        self.beendet.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.verbindungen_schliessen()
        self._faden.join()

    def stoeren(self, *stoerungen: Stoerung) -> None:
        """Replace the disturbances of the running replica; none heals everything."""
        self._stoerer = Stoerer(stoerungen)

    def trifft(self, anfrage: Anfrage, art: str) -> bool:
        """See ``Lage``."""
        return bool(self._stoerer.nimm(anfrage, (art,)))

    def datenantwort(
        self, anfrage: Anfrage, posten: Posten, objekt: Objekt, daten: bytes | None = None, typ: str = ""
    ) -> Antwort:
        """See ``Lage``. Carries out content disturbances; changed bytes get another ETag and a later date."""
        archiviert = posten.daten(objekt)
        if daten is None:
            daten = als_datei(archiviert) if ist_download(anfrage.pfad) else archiviert
        geaendert = posten.geaendert(objekt)
        for art in INHALT:
            if self._stoerer.faellig(anfrage, art):
                neu = verfaelsche(art, daten, posten.teil)
                if neu != daten and self.trifft(anfrage, art):
                    daten, geaendert = neu, geaendert + timedelta(days=1)
        kopf = {
            "X-Sozialraum-Datenart": posten.abruf.datenart if posten.abruf else "",
            "ETag": posten.etag(objekt) if daten == archiviert else etag_fuer(daten),
            "Last-Modified": http_datum(geaendert),
        }
        return Antwort(200, daten, typ or posten.typ(objekt), kopf)

    def beantworte(self, anfrage: Anfrage) -> Antwort:
        """The complete answer to a request before transfer."""
        teile = self._zustaendig(anfrage)
        if not teile:
            text = "Bekannt sind: " + ", ".join(sorted(self._teile))
            return html_antwort(404, f"Kein Portal für {anfrage.host or 'diese Adresse'}", text)
        frueh = self._stoerer.nimm(anfrage, FRUEH)
        try:
            if frueh == "json-fehler-200":
                return teile[0].fehlerantwort(anfrage)
            if frueh:
                return fruehe_antwort(frueh, anfrage, self.url)
            antworten = (teil.beantworte(anfrage, self) for teil in teile)
            antwort = next((a for a in antworten if a is not None), None)
        except QuellenFehler as fehler:
            return html_antwort(500, "Das Archiv ist beschädigt", str(fehler))
        return antwort if antwort is not None else teile[0].nicht_gefunden(anfrage)

    def _zustaendig(self, anfrage: Anfrage) -> list[Portalteil]:
        """The portals of a host, the one below whose base address the path lies first."""

        def naehe(paar: tuple[str, Portalteil]) -> int:
            return len(paar[0]) if anfrage.pfad.startswith(paar[0]) else -1

        return [teil for _, teil in sorted(self._teile.get(anfrage.host, []), key=naehe, reverse=True)]

    def abschliessen(self, anfrage: Anfrage, antwort: Antwort) -> tuple[Antwort, str]:
        """Conditional request, compression and transport disturbances; second value: how to send."""
        if "ETag" in antwort.kopf and self.trifft(anfrage, "neuer-etag"):
            antwort = self._neuer_etag(antwort)
        if antwort.status == 200 and anfrage.methode in ("GET", "HEAD") and _unveraendert(anfrage, antwort):
            return replace(antwort, status=304, koerper=b""), ""
        if antwort.koerper.startswith(b"PK") and self.trifft(anfrage, "zip-abgeschnitten"):
            antwort = replace(antwort, koerper=antwort.koerper[: len(antwort.koerper) * 2 // 3])
        if antwort.koerper and antwort.typ.startswith(_TEXT):
            antwort = antwort.mit(Vary="Accept-Encoding")
            if _nimmt_gzip(anfrage.kopf.get("accept-encoding", "")):
                koerper = gzip.compress(antwort.koerper, mtime=0)
                if self.trifft(anfrage, "gzip-abgeschnitten"):
                    koerper = koerper[: len(koerper) * 2 // 3]
                antwort = replace(antwort, koerper=koerper).mit(Content_Encoding="gzip")
        if not antwort.koerper or anfrage.methode == "HEAD":
            return antwort, ""
        return antwort, self._stoerer.nimm(anfrage, ("verbindung-abbruch", "langsam"))

    def _neuer_etag(self, antwort: Antwort) -> Antwort:
        with self._schloss:
            self._zaehler += 1
            nummer = self._zaehler
        zeit = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(seconds=nummer)
        return antwort.mit(ETag=etag_fuer(f"{nummer} {antwort.kopf['ETag']}".encode()), Last_Modified=http_datum(zeit))


def starten(
    archiv: Archiv,
    katalog: Mapping[str, Quelle],
    *,
    port: int = 0,
    stoerungen: Sequence[Stoerung] = (),
    benutzer: str = "beispiel",
    passwort: str = "beispiel",
    seitengroesse: int | None = None,
) -> Portal:
    """Serve the newest complete retrievals of an archive at ``127.0.0.1:port`` (0: any free port).

    ``benutzer`` and ``passwort`` are those of the GENESIS databases; ``seitengroesse`` caps the pages of map services
    and datastores (``None``: as archived, at most 20 features otherwise, and 32000 records). Ids of CKAN portals are
    other ones at each start. Raises ``QuellenFehler`` for a damaged archive, for declarations that no title of a
    catalogue fits, and if the port is taken.
    """
    bestand = lade_bestand(archiv, {k: q for k, q in katalog.items() if q.zugang.portal != "hand"})
    gruppen: dict[tuple[str, str], list[Posten]] = {}
    for posten in bestand:
        zugang = posten.quelle.zugang
        basis = "" if zugang.portal == "direkt" else zugang.basis
        gruppen.setdefault((zugang.portal, basis), []).append(posten)
    salz = uuid.uuid4().hex
    bauen: dict[str, Callable[[list[Posten]], Portalteil]] = {
        "arcgis": lambda posten: Arcgis(posten, seitengroesse),
        "ckan": lambda posten: Ckan(posten, salz, seitengroesse),
        "direkt": Direkt,
        "dkan": Dkan,
        "genesis": lambda posten: Genesis(posten, benutzer, passwort),
    }
    teile = [(unquote(urlsplit(basis).path), bauen[portal](posten)) for (portal, basis), posten in gruppen.items()]
    return Portal(teile, stoerungen, port)


def _kein_port(port: int, fehler: Exception) -> QuellenFehler:
    return QuellenFehler(
        Befund(
            regel="Das Portal kann den Port nicht öffnen",
            gefunden=f"Port {port}: {fehler}",
            erwartet="ein freier Port auf 127.0.0.1",
            tun="einen anderen Port angeben oder 0 für einen beliebigen freien",
        )
    )


def _unveraendert(anfrage: Anfrage, antwort: Antwort) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides; If-Modified-Since counts only without it."""
    bekannt = anfrage.kopf.get("if-none-match")
    etag = antwort.kopf.get("ETag", "")
    if bekannt is not None:
        marken = [marke.strip().removeprefix("W/") for marke in bekannt.split(",")]
        return bool(etag) and (bekannt.strip() == "*" or etag.removeprefix("W/") in marken)
    try:
        seit = parsedate_to_datetime(anfrage.kopf.get("if-modified-since", ""))
        return parsedate_to_datetime(antwort.kopf.get("Last-Modified", "")) <= seit
    except (ValueError, TypeError):
        return False


def _nimmt_gzip(kopf: str) -> bool:
    for angabe in kopf.lower().split(","):
        name, _, guete = angabe.strip().partition(";")
        if name.strip() in ("gzip", "*") and guete.replace(" ", "") not in ("q=0", "q=0.0"):
            return True
    return False


class _Server(ThreadingHTTPServer):
    """Threads and open connections are kept so that stopping leaves none behind."""

    daemon_threads = True

    def __init__(self, adresse: tuple[str, int], portal: Portal) -> None:
        self.portal = portal
        self._offen: dict[Verbindung, threading.Thread] = {}
        self._schloss = threading.Lock()
        super().__init__(adresse, _Bearbeiter)

    def process_request(self, request: Verbindung, client_address: object) -> None:
        faden = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        with self._schloss:
            self._offen[request] = faden
        faden.start()

    def shutdown_request(self, request: Verbindung) -> None:
        with self._schloss:
            self._offen.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Verbindung, client_address: object) -> None:
        """A client that went away is no fault of the replica; nothing is printed."""

    def verbindungen_schliessen(self) -> None:
        """End every open connection and wait for its thread."""
        with self._schloss:
            offen = list(self._offen.items())
        for verbindung, faden in offen:
            with contextlib.suppress(OSError):
                if isinstance(verbindung, socket.socket):
                    verbindung.shutdown(socket.SHUT_RDWR)
            faden.join(5)


class _Bearbeiter(BaseHTTPRequestHandler):
    """One connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "Sozialraum-Portal"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        self._bearbeite()

    def do_HEAD(self) -> None:
        self._bearbeite()

    def do_POST(self) -> None:
        self._bearbeite()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal; ``Portal.protokoll`` holds the requests."""

    def _bearbeite(self) -> None:
        portal = self.server.portal
        formular = self._formular()
        if formular is None:
            self._senden(html_antwort(400, "Fehlerhafte Anfrage", "Die Länge des Formulars ist ungültig."), "")
            return
        anfrage = self._anfrage(formular)
        if portal.trifft(anfrage, "schweigen"):
            portal.protokoll.append(Eintrag(anfrage.methode, anfrage.host, anfrage.pfad, anfrage.oeffentlich, 0))
            self._schweigen()
            return
        antwort, sendeart = portal.abschliessen(anfrage, portal.beantworte(anfrage))
        portal.protokoll.append(
            Eintrag(anfrage.methode, anfrage.host, anfrage.pfad, anfrage.oeffentlich, antwort.status)
        )
        self._senden(antwort, sendeart)

    def _formular(self) -> str | None:
        laenge = self.headers.get("Content-Length", "0")
        if (
            "Transfer-Encoding" in self.headers
            or not laenge.isascii()
            or not laenge.isdigit()
            or int(laenge) > HOECHSTBYTES
        ):
            self.close_connection = True
            return None
        return self.rfile.read(int(laenge)).decode("utf-8", errors="replace")

    def _anfrage(self, formular: str) -> Anfrage:
        roh, _, abfrage = self.path.partition("?")
        host, _, rest = roh.removeprefix("/").partition("/")
        werte = dict(parse_qsl(abfrage, keep_blank_values=True)) | dict(parse_qsl(formular, keep_blank_values=True))
        kopf = {name.lower(): wert for name, wert in self.headers.items()}
        return Anfrage(self.command, host.lower(), "/" + unquote(rest), werte, kopf, self.path)

    def _senden(self, antwort: Antwort, sendeart: str) -> None:
        self.send_response(antwort.status)
        for name, wert in antwort.kopf.items():
            self.send_header(name, wert)
        if antwort.status != 304:
            self.send_header("Content-Type", antwort.typ)
            self.send_header("Content-Length", str(len(antwort.koerper)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD" or not antwort.koerper:
            return
        if sendeart == "verbindung-abbruch":
            self._abbrechen(antwort.koerper)
        elif sendeart == "langsam":
            self._tropfen(antwort.koerper)
        else:
            self.wfile.write(antwort.koerper)

    def _schweigen(self) -> None:
        """Answer nothing until the other side goes away or the replica stops."""
        self.close_connection = True
        while not self.server.portal.beendet.wait(0.02):
            if select.select([self.connection], [], [], 0)[0]:
                return

    def _abbrechen(self, koerper: bytes) -> None:
        """Send half, then reset: with SO_LINGER 0 closing sends RST instead of FIN."""
        self.wfile.write(koerper[: len(koerper) // 2])
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _tropfen(self, koerper: bytes) -> None:
        stueck = max(1, -(-len(koerper) // TROPFEN))
        for anfang in range(0, len(koerper), stueck):
            self.wfile.write(koerper[anfang : anfang + stueck])
            self.wfile.flush()
            if self.server.portal.beendet.wait(self.server.portal.pause_s):
                self.close_connection = True
                return
