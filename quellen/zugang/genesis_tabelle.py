"""What a GENESIS table holds, as far as fetching has to know: anything at all, and which years.

Belongs here: quick looks into the forms ffcsv, datencsv and classic csv, wrapped or plain. Does not belong here:
reading them (``lesen``) and what follows from it (``gemeinsam``). Nothing here raises: what is no such table, or cannot
be unwrapped, gives no answer and is left to the contract.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from quellen.fehler import QuellenFehler
from quellen.lesen.huelle import entpacken

_GRENZE = 2_000_000_000
_FLACH = (b"statistics_code", b'"statistics_code"')
_TABELLE = (b"Tabelle:", b"GENESIS-Tabelle", b'"Tabelle:', b'"GENESIS-Tabelle')
_ZEILE = re.compile(rb"[^\r\n]+")
_FUSS = re.compile(rb"^_{6,}", re.MULTILINE)
_DATENZEILE = re.compile(rb'^([^;\r\n]+);[^\r\n]*[^;\s"]', re.MULTILINE)
_ZEIT = re.compile(rb'"?(?:\d{1,2}\.\d{1,2}\.)?((?:1[89]|20)\d\d)(?:-\d\d|/\d\d|P\d|"?$)|"?[WS]S (\d{4})')


def nur_kopf(daten: bytes) -> bool:
    """Whether this is a GENESIS table without a single row."""
    inhalt = _tabelle(daten)
    return inhalt is not None and next(_erste_zellen(inhalt), None) is None


def jahre(daten: bytes) -> set[int] | None:
    """Years that the rows of a GENESIS table are of; ``None`` if it is none, or if its rows do not begin with a time.

    A period counts for the year in which it begins (``2023-10P6M``, ``2022/23``, ``WS 2022/23``).
    """
    inhalt = _tabelle(daten)
    if inhalt is None:
        return None
    texte = set(_erste_zellen(inhalt))
    treffer = [_ZEIT.match(t) for t in texte]
    if not all(treffer):
        return None
    return {int(t[1] or t[2]) for t in treffer if t} or None


def ist_tabelle(daten: bytes) -> bool:
    """Whether unwrapped bytes begin like a GENESIS table."""
    return daten[:40].removeprefix(b"\xef\xbb\xbf").lstrip().startswith((*_FLACH, *_TABELLE))


def _tabelle(daten: bytes) -> bytes | None:
    """The table without its wrapping; ``None`` if it is no GENESIS table."""
    if not daten.startswith(b"PK") and not daten[:64].lstrip().startswith(b"{") and not ist_tabelle(daten):
        return None
    try:
        inhalt, _ = entpacken(daten, "", _GRENZE)
    except QuellenFehler:
        return None
    return inhalt.removeprefix(b"\xef\xbb\xbf") if ist_tabelle(inhalt) else None


def _erste_zellen(inhalt: bytes) -> Iterator[bytes]:
    """The cell with the time of each row: the fifth of a flat file, the first of a table as on screen."""
    if inhalt.lstrip().startswith(_FLACH):
        zeilen = (treffer[0] for treffer in _ZEILE.finditer(inhalt))
        kopf = next(zeilen).replace(b'"', b"").split(b";")
        stelle = kopf.index(b"time") if b"time" in kopf else 0
        for zeile in zeilen:
            zellen = zeile.split(b";", stelle + 1)
            if len(zellen) > stelle and zeile.strip():
                yield zellen[stelle]
        return
    fuss = _FUSS.search(inhalt)
    for treffer in _DATENZEILE.finditer(inhalt[: fuss.start()] if fuss else inhalt):
        yield treffer[1]
