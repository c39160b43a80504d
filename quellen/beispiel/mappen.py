"""Workbooks of the example as statistics offices publish them.

Belongs here: writing rows into a workbook whose bytes are the same every time. Does not belong here: content.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

from openpyxl import Workbook  # type: ignore[import-untyped]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ZEIT = datetime(2026, 11, 1, 3, 30)


def mappe(blatt: str, reihen: Iterable[Sequence[str | int | float | None]], verbunden: Iterable[str] = ()) -> bytes:
    """A workbook with a table of contents and one sheet; ``verbunden`` are merged ranges such as ``C3:G3``."""
    buch = Workbook()
    buch.active.title = "Inhalt"
    buch.active.append(["Beispiel: modellierte Zahlen"])
    seite = buch.create_sheet(blatt)
    for reihe in reihen:
        seite.append(list(reihe))
    for bereich in verbunden:
        seite.merge_cells(bereich)
    buch.properties.created = buch.properties.modified = _ZEIT
    roh = io.BytesIO()
    buch.save(roh)
    return _zeitlos(roh.getvalue())


def _zeitlos(daten: bytes) -> bytes:
    """The same workbook with fixed times inside its ZIP and its properties."""
    puffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(daten)) as alt, zipfile.ZipFile(puffer, "w") as neu:
        for name in sorted(alt.namelist()):
            inhalt = alt.read(name)
            if name == "docProps/core.xml":
                anfang, _, rest = inhalt.partition(b"<dcterms:modified")
                _, marke, ende = rest.partition(b"</dcterms:modified>")
                stempel = _ZEIT.strftime(' xsi:type="dcterms:W3CDTF">%Y-%m-%dT%H:%M:%SZ').encode()
                inhalt = anfang + b"<dcterms:modified" + stempel + marke + ende
            eintrag = zipfile.ZipInfo(name, _ZEIT.timetuple()[:6])
            eintrag.compress_type = zipfile.ZIP_DEFLATED
            eintrag.create_system = 3
            neu.writestr(eintrag, inhalt, compresslevel=9)
    return puffer.getvalue()
