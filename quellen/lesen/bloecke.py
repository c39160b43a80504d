"""A stream of bytes as blocks of whole lines in UTF-8, so that no file has to fit into memory.

Belongs here: cutting at line ends, and strict decoding with the line and byte of the first fault. Does not belong here:
which encoding it is (``dekodieren``) and records (``stuecke``).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import Protocol

from quellen.fehler import QuellenFehler
from quellen.lesen.dekodieren import mojibake, nicht_lesbar, unleserlich
from quellen.lesen.texttabelle import Stelle

BLOCK = 2**20
"""Bytes read at once. pandas reads pieces of this size fastest: its tables of strings stay in the cache."""
HOECHSTZEILE = 64 * 2**20
"""A line longer than this is no table."""


class Lesbar(Protocol):
    """What can be read from: an open file, a member of a ZIP, ``io.BytesIO``."""

    def read(self, anzahl: int, /) -> bytes:
        """At most ``anzahl`` bytes; none at the end."""


class Kodierfehler(QuellenFehler):
    """The encoding decided upon from the file's beginning does not hold further down."""


def stroeme(strom: Lesbar, anfang: bytes = b"") -> Iterator[bytes]:
    """The bytes of a stream as they come, ``anfang`` before them."""
    if anfang:
        yield anfang
    while block := strom.read(BLOCK):
        yield block


def zeilenbloecke(teile: Iterable[bytes], kodierung: str, stelle: Stelle) -> Iterator[bytes]:
    """UTF-8 without byte order mark, cut behind line ends (LF, CRLF or CR); only the last block may lack one.

    Raises ``Kodierfehler`` for bytes that the encoding does not know, and ``QuellenFehler`` for endless lines.
    """
    if not _wie_ascii(kodierung):
        teile, kodierung = _umkodiert(teile, kodierung, stelle), "utf-8"
    utf8 = codecs.lookup(kodierung).name.startswith("utf-8")
    zeile, stand, erster = 1, 0, True
    for roh in _geschnitten(teile, stelle):
        block = roh
        if erster and utf8:
            block = roh.removeprefix(codecs.BOM_UTF8)
        erster = False
        if not roh.isascii():
            block = _geprueft(block, "utf-8" if utf8 else kodierung, (zeile, stand), stelle)
        zeile += roh.count(b"\n")
        stand += len(roh)
        if block:
            yield block


def _geprueft(roh: bytes, kodierung: str, ort: tuple[int, int], stelle: Stelle) -> bytes:
    """One block as UTF-8. ``ort``: its line and its offset in the file."""
    try:
        text = roh.decode(kodierung)
        utf8 = roh if kodierung == "utf-8" else text.encode()
    except UnicodeError as fehler:
        stelle_ = fehler if isinstance(fehler, UnicodeDecodeError) else UnicodeDecodeError("", roh, 0, 1, str(fehler))
        raise Kodierfehler(nicht_lesbar(roh, kodierung, stelle_, stelle, ort)) from fehler
    grund = mojibake(roh, text, kodierung)
    if grund:
        raise Kodierfehler(unleserlich(text, grund, kodierung, stelle, ort[0]))
    return utf8


def _wie_ascii(kodierung: str) -> bool:
    """Whether ASCII bytes mean themselves, so that line ends can be found before decoding."""
    ascii_ = bytes(range(128))
    try:
        return ascii_.decode(kodierung) == ascii_.decode("ascii")
    except UnicodeError:
        return False


def _umkodiert(teile: Iterable[bytes], kodierung: str, stelle: Stelle) -> Iterator[bytes]:
    """UTF-16 and the like as UTF-8."""
    dekoder = codecs.getincrementaldecoder(kodierung)()
    stand = 0
    try:
        for roh in teile:
            yield dekoder.decode(roh).encode()
            stand += len(roh)
        yield dekoder.decode(b"", final=True).encode()
    except UnicodeError as fehler:
        raise Kodierfehler(
            stelle.befund(
                "Die Datei hat nicht die deklarierte Kodierung",
                f"hinter Byte {stand + 1} der Datei: {fehler}",
                kodierung,
                f"kodierung berichtigen in {stelle.deklaration('formate')}",
            )
        ) from fehler


def _geschnitten(teile: Iterable[bytes], stelle: Stelle) -> Iterator[bytes]:
    rest = b""
    for teil in teile:
        rest = rest + teil if rest else teil
        ende = rest.rfind(b"\n") + 1 or rest.rfind(b"\r", 0, -1) + 1
        if ende:
            yield rest[:ende]
            rest = rest[ende:]
        elif len(rest) > HOECHSTZEILE:
            raise stelle.fehler(
                "Eine Zeile ist zu lang",
                f"{len(rest)} Bytes ohne Zeilenende",
                f"Zeilen bis {HOECHSTZEILE} Bytes",
                "prüfen, ob es die richtige Datei ist, und erneut abrufen",
            )
    if rest:
        yield rest
