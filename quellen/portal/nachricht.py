"""One request and one answer of the replica, free of sockets.

Belongs here: the shapes that the portal modules receive and return, and the answers that several portals
share (HTML error pages, JSON). Does not belong here: reading from or writing to a connection (``server``) and
the rules of one portal (``dkan``, ``direkt``, ``genesis``, ``arcgis``).
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, field, replace
from typing import Protocol

from quellen.archiv import Objekt
from quellen.portal.bestand import Posten

GEHEIM = ("username", "password")


@dataclass(frozen=True)
class Anfrage:
    """A request as a portal sees it. ``pfad`` is percent-decoded and begins with ``/``, ``kopf`` has lower-case names.

    ``werte`` joins query and form (the form wins); a repeated name keeps its last value. ``roh`` is the request
    target as it was sent.
    """

    methode: str
    host: str
    pfad: str
    werte: dict[str, str] = field(default_factory=dict)
    kopf: dict[str, str] = field(default_factory=dict)
    roh: str = ""

    @property
    def oeffentlich(self) -> dict[str, str]:
        """The values without credentials, fit for the protocol."""
        return {name: wert for name, wert in self.werte.items() if name.lower() not in GEHEIM}

    @property
    def ziel(self) -> str:
        """``/HOST/PATH?name=value&…`` without credentials: what disturbance patterns are searched in."""
        werte = "&".join(f"{name}={wert}" for name, wert in self.oeffentlich.items())
        return f"/{self.host}{self.pfad}" + (f"?{werte}" if werte else "")


@dataclass(frozen=True)
class Antwort:
    """An answer before transfer coding: ``koerper`` is neither compressed nor cut."""

    status: int
    koerper: bytes
    typ: str
    kopf: dict[str, str] = field(default_factory=dict)

    def mit(self, **kopf: str) -> Antwort:
        """The same answer with further headers; underscores in names become hyphens."""
        neu = {name.replace("_", "-"): wert for name, wert in kopf.items()}
        return replace(self, kopf={**self.kopf, **neu})


class Lage(Protocol):
    """What a portal module may ask of the running replica."""

    def trifft(self, anfrage: Anfrage, art: str) -> bool:
        """Whether a disturbance of this kind is due for the request; if so, it is counted as used."""

    def datenantwort(
        self, anfrage: Anfrage, posten: Posten, objekt: Objekt, daten: bytes | None = None, typ: str = ""
    ) -> Antwort:
        """An answer that carries archived data, with data kind, ETag and Last-Modified."""


class Portalteil(Protocol):
    """One portal: answers requests below its hosts."""

    hosts: tuple[str, ...]

    def beantworte(self, anfrage: Anfrage, lage: Lage) -> Antwort | None:
        """The answer, or ``None`` if the path does not belong to this portal."""

    def nicht_gefunden(self, anfrage: Anfrage) -> Antwort:
        """How this portal says that a path does not exist."""

    def fehlerantwort(self, anfrage: Anfrage) -> Antwort:
        """An error of this portal that comes as JSON with HTTP status 200."""


def json_antwort(inhalt: object, status: int = 200, typ: str = "application/json;charset=UTF-8") -> Antwort:
    """Compact JSON with umlauts as they are."""
    text = json.dumps(inhalt, ensure_ascii=False, separators=(",", ":"))
    return Antwort(status, text.encode(), typ)


def html_antwort(status: int, titel: str, text: str) -> Antwort:
    """A small German HTML page such as content management systems send."""
    seite = (
        '<!DOCTYPE html>\n<html lang="de"><head><meta charset="utf-8"><title>'
        f"{html.escape(titel)}</title></head>\n<body><h1>{html.escape(titel)}</h1>\n"
        f"<p>{html.escape(text)}</p></body></html>\n"
    )
    return Antwort(status, seite.encode(), "text/html; charset=utf-8")
