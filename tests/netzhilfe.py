"""What tests of the network share: a clock to turn by hand, and a server that shows a certificate."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import trustme


class Stelluhr:
    """A clock that moves only when somebody sleeps (or by ``tick`` at each look at it)."""

    def __init__(self) -> None:
        self.jetzt = 1000.0
        self.tick = 0.0
        self.pausen: list[float] = []

    def uhr(self) -> float:
        self.jetzt += self.tick
        return self.jetzt

    def schlafe(self, sekunden: float) -> None:
        self.pausen.append(sekunden)
        self.jetzt += sekunden


@contextmanager
def tls_portal(ausweis: trustme.LeafCert) -> Iterator[str]:
    """A server on the loopback interface that shows this certificate; gives its address."""
    server = HTTPServer(("127.0.0.1", 0), _Antwortet)
    kontext = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ausweis.configure_cert(kontext)
    server.socket = kontext.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients break off on purpose
    faden = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    faden.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        faden.join(5)


class _Antwortet(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"da")

    def log_message(self, *_: Any) -> None:
        pass
