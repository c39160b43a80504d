"""A scriptable HTTP server on the loopback interface, a clock to turn by hand, and Abrufer on both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from netzhilfe import Stelluhr
from requests.adapters import HTTPAdapter

from quellen.holen import Abrufer
from quellen.modell import Quelle


@dataclass
class Gesehen:
    """One request as the server saw it."""

    methode: str
    pfad: str
    abfrage: dict[str, str]
    kopf: dict[str, str]
    formular: dict[str, str]


@dataclass
class Sendung:
    """One scripted answer. ``laenge`` overrides Content-Length, ``abriss`` closes without any answer."""

    status: int = 200
    daten: bytes = b""
    kopf: dict[str, str] = field(default_factory=dict)
    laenge: int | None = None
    abriss: bool = False
    tropfen: bool = False


Antworter = Sendung | Callable[[Gesehen], Sendung]


class Skriptportal:
    """Answers per path, in the scripted order; the last one repeats. Unknown paths are 404."""

    def __init__(self) -> None:
        self.antworten: dict[str, list[Antworter]] = {}
        self.gesehen: list[Gesehen] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _bearbeiter(self))
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients break off on purpose
        self.adresse = f"http://127.0.0.1:{self.server.server_address[1]}"

    def auf(self, pfad: str, *antworten: Antworter) -> None:
        self.antworten[pfad] = list(antworten)

    @property
    def pfade(self) -> list[str]:
        return [g.pfad for g in self.gesehen]

    def naechste(self, gesehen: Gesehen) -> Sendung:
        self.gesehen.append(gesehen)
        folge = self.antworten.get(gesehen.pfad)
        if not folge:
            return Sendung(404, b"nicht da")
        antwort = folge.pop(0) if len(folge) > 1 else folge[0]
        return antwort if isinstance(antwort, Sendung) else antwort(gesehen)


def _bearbeiter(portal: Skriptportal) -> type[BaseHTTPRequestHandler]:
    class Bearbeiter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._antworte("GET")

        def do_POST(self) -> None:
            self._antworte("POST")

        def _antworte(self, methode: str) -> None:
            roh = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            teile = urlsplit(self.path)
            gesehen = Gesehen(
                methode,
                teile.path,
                {k: v[0] for k, v in parse_qs(teile.query, keep_blank_values=True).items()},
                {k.lower(): v for k, v in self.headers.items()},
                {k: v[0] for k, v in parse_qs(roh, keep_blank_values=True).items()},
            )
            sendung = portal.naechste(gesehen)
            if sendung.abriss:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(sendung.status)
            for name, wert in sendung.kopf.items():
                self.send_header(name, wert)
            if not sendung.tropfen:
                laenge = len(sendung.daten) if sendung.laenge is None else sendung.laenge
                self.send_header("Content-Length", str(laenge))
            self.end_headers()
            self.wfile.write(sendung.daten)

        def log_message(self, *_: Any) -> None:
            pass

    return Bearbeiter


class Ersatzleitung(HTTPAdapter):
    """Carries https addresses to the loopback server, so that the rules for real portals can be tried."""

    def __init__(self, adresse: str) -> None:
        super().__init__()
        self.adresse = adresse

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        teile = urlsplit(request.url or "")
        request.url = f"{self.adresse}/{teile.netloc}{teile.path}" + (f"?{teile.query}" if teile.query else "")
        return super().send(request, *args, **kwargs)


@pytest.fixture
def skriptportal() -> Iterator[Skriptportal]:
    portal = Skriptportal()
    faden = threading.Thread(target=portal.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    faden.start()
    yield portal
    portal.server.shutdown()
    portal.server.server_close()
    faden.join(5)


@pytest.fixture
def sendung() -> type[Sendung]:
    return Sendung


@pytest.fixture
def stelluhr() -> Stelluhr:
    return Stelluhr()


@pytest.fixture
def skriptabrufer(skriptportal: Skriptportal, stelluhr: Stelluhr) -> Abrufer:
    """Asks the scripted server as a replica."""
    return Abrufer(skriptportal.adresse, uhr=stelluhr.uhr, schlafe=stelluhr.schlafe, zufall=lambda: 0.0)


@pytest.fixture
def echtabrufer(skriptportal: Skriptportal, stelluhr: Stelluhr) -> Abrufer:
    """Believes to talk https to real portals; the scripted server answers."""
    sitzung = requests.Session()
    sitzung.mount("https://", Ersatzleitung(skriptportal.adresse))
    return Abrufer(sitzung=sitzung, uhr=stelluhr.uhr, schlafe=stelluhr.schlafe, zufall=lambda: 0.0)


BAUPLAN: dict[str, Any] = {
    "id": "probe",
    "titel": "Probe",
    "herausgeber": "Amt",
    "lizenz": {"id": "dl-de/by-2-0", "url": "https://x.example/l", "namensnennung": "Amt, Probe"},
    "seite": "https://www.amt.example/probe",
    "rhythmus": "jährlich",
    "hoechstalter_tage": 400,
    "bestaetigt": True,
}


@pytest.fixture
def baue_quelle() -> Callable[..., Quelle]:
    """Makes a small declared source: ``baue_quelle("direkt", eins={"zugang": …, "stand": …}, zwei=…)``."""

    def baue(portal: str, *, zugang: dict[str, Any] | None = None, **teile: dict[str, Any]) -> Quelle:
        grund = {
            "beschreibung": "Probe",
            "form": "liste",
            "kennung": "nummer",
            "dateimuster": r"(?i).*\.csv",
            "felder": {"nummer": {"typ": "text"}},
            "formate": [{"art": "csv", "orte": {"nummer": {"spalte": "Nummer"}}}],
        }
        return Quelle.model_validate(
            {
                **BAUPLAN,
                "zugang": {
                    "portal": portal,
                    "basis": "https://www.amt.example",
                    "hosts": ["www.amt.example", "amt.example"],
                    **(zugang or {}),
                },
                "teile": {name: {**grund, **angaben} for name, angaben in teile.items()},
            }
        )

    return baue


@pytest.fixture
def heute() -> date:
    return date(2026, 11, 22)
