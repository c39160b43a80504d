"""Bytes to text tables that keep the source line and column of every cell.

Belongs here: choosing the reader, recognising a file's form, and the hash of a file's content. Does not
belong here: any check against a declaration (``vertrag``) and any number: all cells stay text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

from quellen.fehler import QuellenFehler
from quellen.lesen.csv_ import lies_csv
from quellen.lesen.datencsv import lies_datencsv
from quellen.lesen.dekodieren import pruefe_inhalt
from quellen.lesen.ffcsv import lies_ffcsv
from quellen.lesen.geojson import lies_geojson
from quellen.lesen.huelle import entpacken
from quellen.lesen.json_ import lies_json
from quellen.lesen.mappe import ist_mappe
from quellen.lesen.texttabelle import Stelle, Texttabelle
from quellen.lesen.xlsx import lies_xlsx
from quellen.lesen.xml_ import lies_xml
from quellen.modell import FORMATARTEN, Format, Teil

__all__ = ["VERWANDT", "Stelle", "Texttabelle", "erkenne_art", "inhaltshash", "lesen"]

_LESER: dict[str, Callable[[bytes, Format, Stelle], Texttabelle]] = {
    "csv": lies_csv,
    "ffcsv": lies_ffcsv,
    "datencsv": lies_datencsv,
    "genesis-csv": lies_datencsv,
    "xlsx": lies_xlsx,
    "geojson": lies_geojson,
    "json": lies_json,
    "xml": lies_xml,
}
VERWANDT: Mapping[str, tuple[FORMATARTEN, ...]] = {
    "genesis-csv": ("datencsv",),
    "datencsv": ("genesis-csv",),
    "json": ("geojson",),
}
"""Declared forms that may read a file of a recognised form, if that one itself is not declared."""
_MARKEN: Mapping[bytes, FORMATARTEN] = {
    b"<": "xml",
    b"statistics_code": "ffcsv",
    b"GENESIS-Tabelle": "genesis-csv",
    b"Tabelle:": "datencsv",
}
_HASHGRENZE = 2_000_000_000
_FUSS = re.compile(rb"^_{6,}", re.MULTILINE)
_ERSTELLT = re.compile(rb"^(?:created|Stand|erstellt): *[0-9.-]+ */ *[0-9:]+;*\r?$", re.MULTILINE)


def lesen(daten: bytes, format_: Format, *, datei: str, quelle: str = "", teil: str = "") -> Texttabelle:
    """Read unwrapped bytes in the declared format.

    A table may be empty. Raises ``QuellenFehler`` (and nothing else) for bytes that do not have that format.
    """
    stelle = Stelle(quelle, teil, datei)
    pruefe_inhalt(daten, stelle)
    return _LESER[format_.art](daten, format_, stelle)


def erkenne_art(daten: bytes) -> FORMATARTEN:
    """The form of unwrapped bytes, from their beginning; what has no mark of its own is ``csv``."""
    anfang = daten[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if ist_mappe(daten):
        return "xlsx"
    if anfang.startswith((b"{", b"[")):
        return "geojson" if b'"FeatureCollection"' in daten else "json"
    ohne = anfang.removeprefix(b'"')
    return next((art for marke, art in _MARKEN.items() if ohne.startswith(marke)), "csv")


def inhaltshash(daten_liste: list[bytes], teil: Teil) -> str:
    """sha256 that decides whether a Teil changed: over the unwrapped content of its files.

    With ``teil.sortiert_egal`` the lines of all files are sorted first. The time of creation in the footer of
    GENESIS tables does not count. What cannot be unwrapped counts as it is; never raises.
    """
    inhalte = []
    for daten in daten_liste:
        try:
            inhalt, _ = entpacken(daten, "", _HASHGRENZE)
        except QuellenFehler:
            inhalt = daten
        fuss = _FUSS.search(inhalt)
        if fuss:
            inhalt = inhalt[: fuss.start()] + _ERSTELLT.sub(b"", inhalt[fuss.start() :])
        inhalte.append(inhalt)
    if teil.sortiert_egal:
        zeilen = sorted(zeile for inhalt in inhalte for zeile in inhalt.splitlines())
        return hashlib.sha256(b"\n".join(zeilen)).hexdigest()
    if len(inhalte) == 1:
        return hashlib.sha256(inhalte[0]).hexdigest()
    return hashlib.sha256(b"".join(hashlib.sha256(i).digest() for i in inhalte)).hexdigest()
