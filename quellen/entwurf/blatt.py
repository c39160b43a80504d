"""The cells of a workbook's sheet as they stand, to find where its table begins.

Belongs here: a look at the cells. Does not belong here: reading a workbook as a source (``lesen``).
"""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree.ElementTree import ParseError

import openpyxl  # type: ignore[import-untyped]

HOECHSTZEILEN = 20_000


_UNLESBAR = (
    zipfile.BadZipFile, ParseError, KeyError, ValueError, OSError, EOFError, AttributeError, TypeError,
)  # fmt: skip


def groesstes_blatt(daten: bytes) -> str | None:
    """Name of the sheet with the most cells, if there are several; ``None`` if one need not choose."""
    try:
        mappe = openpyxl.load_workbook(io.BytesIO(daten), read_only=True, data_only=True)
        if len(mappe.sheetnames) < 2:
            return None
        return str(max(mappe.sheetnames, key=lambda n: (mappe[n].max_row or 0) * (mappe[n].max_column or 0)))
    except _UNLESBAR:
        return None


def arbeitsblatt(daten: bytes, blatt: str | None) -> list[list[str]]:
    """Rows of the first sheet whose name ``blatt`` matches (all do without it); empty if there is none to read."""
    try:
        mappe = openpyxl.load_workbook(io.BytesIO(daten), read_only=True, data_only=True)
        name = next((n for n in mappe.sheetnames if blatt is None or re.fullmatch(blatt, n)), None)
        if name is None:
            return []
        zeilen = mappe[name].iter_rows(max_row=HOECHSTZEILEN, values_only=True)
        return [["" if wert is None else str(wert) for wert in zeile] for zeile in zeilen]
    except _UNLESBAR:
        return []
