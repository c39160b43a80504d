"""Workbooks (``.xlsx``): sheets as sparse cells of text, within limits.

Belongs here: opening the file safely, choosing the sheet, and the text of one cell. Does not belong here: which rows
are header, data or notes (``xlsx``).

openpyxl reads the workbook's list of sheets, shared strings and number formats; the sheet itself is read here, element
by element, because only so a formula without a stored result can be told from an empty cell, and because a sheet may
claim a million empty rows. Form: ECMA-376, SpreadsheetML (``c`` cell, ``v`` value, ``f`` formula, ``is`` text).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree.ElementTree import Element

import openpyxl  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse

from quellen.fehler import QuellenFehler
from quellen.lesen.texttabelle import Stelle
from quellen.lesen.zellen import als_text

MAPPE = "xl/workbook.xml"
HOECHSTBYTES = 400_000_000
"""Unpacked size of all parts of a workbook together (the Gemeindeverzeichnis has 13 MB)."""
HOECHSTZELLEN = 5_000_000
"""Filled cells of one sheet."""
KOPFBEREICH = 2_000
"""Merged cells matter in headers only: those that begin further down are not kept."""
_ZEILEN, _SPALTEN = 1_048_576, 16_384
_ADRESSE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass
class Blatt:
    """One sheet: the text of every filled cell as ``zellen[row][column]``, both from 1.

    ``verbunden`` holds merged ranges that begin in the first rows, as (first row, first column, last row, last column).
    """

    name: str
    zellen: dict[int, dict[int, str]] = field(default_factory=dict)
    verbunden: list[tuple[int, int, int, int]] = field(default_factory=list)


def ist_mappe(daten: bytes) -> bool:
    """Whether bytes are a ZIP that is a workbook. Never raises."""
    if daten[:4] != b"PK\x03\x04" or MAPPE.encode() not in daten:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(daten)) as archiv:
            return MAPPE in archiv.namelist()
    except Exception:  # noqa: BLE001 - whatever a damaged archive brings out, it is no workbook
        return False


def lies_blatt(daten: bytes, muster: str | None, dezimal: str, stelle: Stelle) -> Blatt:
    """The sheet whose name ``muster`` matches as a whole, without it the only one (or the first with cells).

    Raises ``QuellenFehler`` for what is no workbook, for one beyond the limits, if no sheet or several match, and for
    a formula without stored result.
    """
    if daten.startswith(_OLE):
        raise stelle.fehler(
            "Die Datei ist eine alte oder verschlüsselte Excel-Mappe",
            "OLE-Datei (.xls oder mit Kennwort)",
            "eine Mappe im Format .xlsx ohne Kennwort",
            "in Excel oder LibreOffice öffnen und als .xlsx speichern, dann mit »sozialraum ablegen« ablegen",
        )
    _pruefe_groesse(daten, stelle)
    try:
        mappe = openpyxl.load_workbook(io.BytesIO(daten), read_only=True, data_only=True, keep_links=False)
    except Exception as fehler:
        raise _unlesbar(fehler, stelle) from fehler
    try:
        return _lies(mappe, _waehle(mappe, muster, stelle), dezimal, stelle)
    finally:
        mappe.close()


def _unlesbar(fehler: Exception, stelle: Stelle) -> QuellenFehler:
    return stelle.fehler(
        "Die Excel-Mappe ist nicht lesbar",
        " ".join(f"{type(fehler).__name__}: {fehler}".split())[:300],
        "eine vollständige .xlsx-Mappe",
        "die Datei erneut abrufen; lässt sie sich auch in Excel nicht öffnen, beim Herausgeber nachfragen",
    )


def _pruefe_groesse(daten: bytes, stelle: Stelle) -> None:
    """Sizes as the ZIP announces them; ``zipfile`` never hands out more than that."""
    try:
        with zipfile.ZipFile(io.BytesIO(daten)) as archiv:
            groesse = sum(e.file_size for e in archiv.infolist())
            anzahl = len(archiv.infolist())
            namen = set(archiv.namelist())
    except Exception as fehler:
        raise _unlesbar(fehler, stelle) from fehler
    if groesse > HOECHSTBYTES or anzahl > 10_000:
        raise stelle.fehler(
            "Die Excel-Mappe ist zu groß",
            f"{groesse} Bytes ausgepackt in {anzahl} Teilen",
            f"höchstens {HOECHSTBYTES} Bytes in 10000 Teilen",
            "prüfen, ob die Datei echt ist; nur das gebrauchte Blatt als eigene Mappe ablegen",
        )
    if MAPPE not in namen:
        raise stelle.fehler(
            "Das ZIP ist keine Excel-Mappe", ", ".join(sorted(namen)[:8]), MAPPE, "die richtige Datei abrufen"
        )


def _waehle(mappe: Any, muster: str | None, stelle: Stelle) -> Any:  # noqa: ANN401 - openpyxl is untyped
    blaetter = [b for b in mappe.worksheets if hasattr(b, "_get_source")]
    passend = [b for b in blaetter if muster is None or re.fullmatch(muster, str(b.title))]
    if len(passend) != 1:
        raise stelle.fehler(
            "Das Blatt der Mappe ist nicht eindeutig" if passend else "Das Blatt fehlt in der Mappe",
            "Blätter " + ", ".join(f"»{b.title}«" for b in blaetter[:20]),
            f"genau eines, das »{muster}« heißt" if muster else "ein einziges Blatt",
            f"blatt (Muster des Namens) eintragen in {stelle.deklaration('formate')}",
        )
    return passend[0]


def _lies(mappe: Any, quelle: Any, dezimal: str, stelle: Stelle) -> Blatt:  # noqa: ANN401 - openpyxl is untyped
    blatt = Blatt(str(quelle.title))
    text = als_text(mappe, quelle._shared_strings, dezimal)
    try:
        with quelle._get_source() as strom:
            for zeile, spalte, wert in _zellen(strom, blatt, text, stelle):
                blatt.zellen.setdefault(zeile, {})[spalte] = wert
    except QuellenFehler:
        raise
    except Exception as fehler:
        raise _unlesbar(fehler, stelle) from fehler
    return blatt


def _zellen(
    strom: IO[bytes], blatt: Blatt, text: Callable[[Element], str | None], stelle: Stelle
) -> Iterator[tuple[int, int, str]]:
    """Filled cells in the file's order; merged ranges go to ``blatt``. ``ValueError`` for what cannot be a sheet."""
    zeile = spalte = anzahl = 0
    eltern: list[Element] = []
    for ereignis, element in iterparse(strom, events=("start", "end"), forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if ereignis == "start":
            eltern.append(element)
            if name == "row":
                zeile, spalte = _nummer(element.get("r"), zeile + 1, _ZEILEN), 0
            continue
        eltern.pop()
        if name == "c":
            zeile, spalte = _adresse(element.get("r"), zeile, spalte + 1)
            wert = text(element)
            if wert is None:
                raise _ohne_ergebnis(zeile, spalte, blatt.name, stelle)
            if wert:
                anzahl += 1
                yield zeile, spalte, wert
        elif name == "mergeCell":
            bereich = _bereich(element.get("ref", ""))
            if bereich[0] <= KOPFBEREICH:
                blatt.verbunden.append(bereich)
        if name in {"row", "mergeCell"} and eltern:
            eltern[-1].clear()
        if max(anzahl, len(blatt.verbunden)) > HOECHSTZELLEN:
            raise ValueError(f"mehr als {HOECHSTZELLEN} gefüllte Zellen auf Blatt {blatt.name}")


def _nummer(text: str | None, sonst: int, grenze: int) -> int:
    nummer = sonst if text is None else int(text)
    if not 1 <= nummer <= grenze:
        raise ValueError(f"Zeile oder Spalte {nummer} liegt außerhalb jeder Tabelle")
    return nummer


def _adresse(text: str | None, zeile: int, spalte: int) -> tuple[int, int]:
    """Row and column of ``B12``; a cell without address follows the one before."""
    if text is not None:
        treffer = _ADRESSE.fullmatch(text)
        if treffer is None:
            raise ValueError(f"»{text[:20]}« ist keine Adresse einer Zelle")
        spalte, zeile = spaltenzahl(treffer.group(1)), int(treffer.group(2))
    return _nummer(None, zeile, _ZEILEN), _nummer(None, spalte, _SPALTEN)


def _bereich(text: str) -> tuple[int, int, int, int]:
    von, _, bis = text.partition(":")
    anfang, ende = _adresse(von, 0, 0), _adresse(bis or von, 0, 0)
    return *anfang, *ende


def spaltenzahl(buchstaben: str) -> int:
    """``A`` → 1, ``Z`` → 26, ``AA`` → 27."""
    zahl = 0
    for buchstabe in buchstaben:
        zahl = zahl * 26 + ord(buchstabe) - 64
    return zahl


def spaltenname(zahl: int) -> str:
    """The letters that a spreadsheet shows above a column: 1 → ``A``, 27 → ``AA``."""
    name = ""
    while zahl:
        zahl, rest = divmod(zahl - 1, 26)
        name = chr(65 + rest) + name
    return name


def _ohne_ergebnis(zeile: int, spalte: int, blatt: str, stelle: Stelle) -> QuellenFehler:
    return stelle.fehler(
        "Eine Formel hat kein gespeichertes Ergebnis",
        f"Zelle {spaltenname(spalte)}{zeile} auf Blatt »{blatt}« enthält nur die Formel",
        "einen Wert; Formeln werden nicht ausgerechnet",
        "die Mappe in Excel oder LibreOffice öffnen, speichern und mit »sozialraum ablegen« ablegen",
        zeile,
        spalte,
    )
