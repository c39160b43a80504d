"""Bytes to text tables that keep the source line and column of every cell.

Belongs here: choosing the reader, recognising a file's form, and the hash of a file's content. Does not
belong here: any check against a declaration (``vertrag``) and any number: all cells stay text.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO

from quellen.fehler import QuellenFehler
from quellen.lesen.bloecke import stroeme
from quellen.lesen.csv_ import lies_csv, lies_stuecke
from quellen.lesen.datencsv import lies_datencsv
from quellen.lesen.dekodieren import pruefe_inhalt
from quellen.lesen.geojson import lies_geojson
from quellen.lesen.huelle import entpacken, oeffne
from quellen.lesen.json_ import lies_json
from quellen.lesen.mappe import ist_mappe
from quellen.lesen.texttabelle import Stelle, Texttabelle
from quellen.lesen.xlsx import lies_xlsx
from quellen.lesen.xml_ import lies_xml
from quellen.modell import FORMATARTEN, Format, Teil

__all__ = ["VERWANDT", "Stelle", "Texttabelle", "erkenne_art", "inhaltshash", "lesen", "lesen_stueckweise"]

_LESER: dict[str, Callable[[bytes, Format, Stelle], Texttabelle]] = {
    "csv": lies_csv,
    "ffcsv": lies_csv,
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
_FUSS = b"______"
_ERSTELLT = re.compile(rb"^(?:created|Stand|erstellt): *[0-9.-]+ */ *[0-9:]+;*\r?$", re.MULTILINE)


def lesen(daten: bytes, format_: Format, *, datei: str, quelle: str = "", teil: str = "") -> Texttabelle:
    """Read unwrapped bytes in the declared format.

    A table may be empty. Raises ``QuellenFehler`` (and nothing else) for bytes that do not have that format.
    """
    stelle = Stelle(quelle, teil, datei)
    pruefe_inhalt(daten, stelle)
    return _LESER[format_.art](daten, format_, stelle)


def lesen_stueckweise(
    strom: IO[bytes],
    format_: Format,
    *,
    datei: str,
    quelle: str = "",
    teil: str = "",
    grenze_bytes: int = 20_000_000_000,
) -> Iterator[Texttabelle]:
    """Read a csv or ffcsv from a binary stream (also the only file of a ZIP) in pieces of a few megabytes.

    Lines and columns are counted through the whole file. There is at least one piece; the last one carries all
    ``abweichungen``. A fault ends the sequence with ``QuellenFehler``: what was handed out before is then void.
    Memory does not depend on the size of the file, so the encoding is decided by the first piece. Raises
    ``ValueError`` for other formats.
    """
    if format_.art not in {"csv", "ffcsv"}:
        raise ValueError(f"{format_.art} wird nur als Ganzes gelesen")
    with oeffne(strom, grenze_bytes, Stelle(quelle, teil, datei)) as offen:
        yield from lies_stuecke(stroeme(offen), format_, Stelle(quelle, teil, offen.datei))


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
    if teil.sortiert_egal:
        zeilen: list[bytes] = []
        for daten in daten_liste:
            for abschnitt in _ohne_erstellung(daten):
                zeilen += bytes(abschnitt).splitlines()
        zeilen.sort()
        return _hash(zeilen, b"\n")
    einzeln = [_hash(_ohne_erstellung(daten)) for daten in daten_liste]
    return einzeln[0] if len(einzeln) == 1 else _hash(bytes.fromhex(e) for e in einzeln)


def _ohne_erstellung(daten: bytes) -> Iterator[bytes | memoryview]:
    """The unwrapped content without the time of creation in a GENESIS footer, uncopied where possible."""
    with contextlib.suppress(QuellenFehler):
        daten, _ = entpacken(daten, "", _HASHGRENZE)
    fuss = 0 if daten.startswith(_FUSS) else daten.find(b"\n" + _FUSS) + 1
    if not fuss and not daten.startswith(_FUSS):
        yield daten
    else:
        yield memoryview(daten)[:fuss]
        yield _ERSTELLT.sub(b"", daten[fuss:])


def _hash(teile: Iterable[bytes | memoryview], dazwischen: bytes = b"") -> str:
    summe = hashlib.sha256()
    for nummer, teil in enumerate(teile):
        if nummer and dazwischen:
            summe.update(dazwischen)
        summe.update(teil)
    return summe.hexdigest()
