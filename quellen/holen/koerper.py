"""The body of one answer: whole, decompressed and within its limits, or a fault.

Belongs here: reading from the socket and unpacking. Does not belong here: status, headers and retries (the package
itself), and what the bytes mean (``zugang``).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import requests

from quellen.netzfehler import abgerissen, scheitern, zeitfehler, zu_gross

_STUECK = 1 << 16


class Frist:
    """Until when one answer must be complete, all attempts included. Waiting for the host's turn does not count."""

    def __init__(self, uhr: Callable[[], float], dauer_s: float) -> None:
        self._uhr = uhr
        self.dauer_s = dauer_s
        self._bis = uhr() + dauer_s

    def rest(self) -> float:
        """Seconds that are left; negative when it is over."""
        return self._bis - self._uhr()

    def verlaengere(self, sekunden: float) -> None:
        """Add time that others took."""
        self._bis += sekunden


def lies_koerper(antwort: requests.Response, url: str, hoechstens: int, frist: Frist) -> bytes:
    """The whole body, decompressed. ``hoechstens`` holds for both the transferred and the decompressed bytes.

    Raises ``QuellenFehler``; what may heal is a ``Stoerung``.
    """
    angekuendigt = antwort.headers.get("content-length", "")
    if angekuendigt.isdecimal() and int(angekuendigt) > hoechstens:
        zu_gross(url, f"{int(angekuendigt)} angekündigte Bytes", hoechstens)
    stuecke, summe = [], 0
    while stueck := antwort.raw.read1(_STUECK, decode_content=False):
        stuecke.append(stueck)
        summe += len(stueck)
        if summe > hoechstens:
            zu_gross(url, f"mehr als {hoechstens} Bytes", hoechstens)
        if frist.rest() < 0:
            raise zeitfehler(url, f"nach {frist.dauer_s:.0f} s erst {summe} Bytes")
    if angekuendigt.isdecimal() and summe != int(angekuendigt):
        raise abgerissen(url, f"{summe} von {angekuendigt} Bytes")
    roh = b"".join(stuecke)
    art = antwort.headers.get("content-encoding", "identity").strip().lower()
    if art in ("gzip", "x-gzip"):
        return entpackt(roh, url, hoechstens)
    if art not in ("", "identity"):
        scheitern(
            "Unbekannte Verpackung der Antwort",
            f"Content-Encoding {art} von {url}",
            "gzip oder keine",
            "den Herausgeber ansprechen; angefordert wurde nur gzip",
        )
    return roh


def entpackt(roh: bytes, url: str, hoechstens: int) -> bytes:
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
