"""The text of one spreadsheet cell.

Belongs here: numbers in the declared notation, dates, truth values, formulas' stored results. Does not belong here:
where the cell stands (``mappe``) and what it means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE  # type: ignore[import-untyped]
from openpyxl.utils.datetime import from_excel  # type: ignore[import-untyped]

_NULLEN = re.compile(r"0{2,20}")


def zahltext(wert: str, dezimal: str) -> str:
    """A stored number as people see it: 15 significant digits, no exponent, no ``.0``.

    ``6.7654769999999997`` → ``6,765477``, ``5.0E3`` → ``5000``. ``ValueError`` if it is no finite number.
    """
    if re.fullmatch(r"-?[0-9]{1,15}", wert):
        return str(int(wert))
    zahl = float(wert)
    if zahl - zahl != 0:
        raise ValueError(f"»{wert[:30]}« ist keine endliche Zahl")
    text = format(Decimal(format(zahl, ".15g")), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace(".", dezimal)


def als_text(mappe: Any, texte: Sequence[str], dezimal: str) -> Callable[[Element], str | None]:  # noqa: ANN401
    """A function from a ``c`` element to its text; ``None`` means a formula without stored result.

    ``mappe`` is openpyxl's workbook, ``texte`` its shared strings. Dates become ISO 8601; a number whose format is
    zeros only keeps them (``1067`` shown as ``01067``). Errors such as ``#DIV/0!`` stay as they stand.
    The function raises ``ValueError``, ``IndexError`` or ``OverflowError`` for values that cannot be.
    """
    breiten: dict[int, int] = {}

    def breite(stil: int) -> int:
        """How many digits a number shows at least because of its format."""
        if stil not in breiten:
            nummer = mappe._cell_styles[stil].numFmtId
            eigene = nummer - BUILTIN_FORMATS_MAX_SIZE
            formel = mappe._number_formats[eigene] if eigene >= 0 else BUILTIN_FORMATS.get(nummer, "")
            breiten[stil] = len(formel) if _NULLEN.fullmatch(formel) else 0
        return breiten[stil]

    def text(zelle: Element) -> str | None:
        wert, art, formel = _teile(zelle)
        if not wert:
            return None if formel and art != "str" else ""
        if art == "s":
            return str(texte[int(wert)])
        if art == "b":
            return "true" if int(wert) else "false"
        if art in {"str", "inlineStr", "e", "d"}:
            return wert
        stil = int(zelle.get("s", "0"))
        if stil in mappe._date_formats:
            return _zeit(from_excel(float(wert), mappe.epoch, timedelta=stil in mappe._timedelta_formats))
        zahl = zahltext(wert, dezimal)
        return zahl.zfill(breite(stil)) if zahl.isdigit() else zahl

    return text


def _teile(zelle: Element) -> tuple[str, str, bool]:
    """Stored text, type, and whether there is a formula. Phonetic hints (``rPh``) are no text of the cell."""
    wert, formel = "", False
    for kind in zelle:
        name = kind.tag.rpartition("}")[2]
        if name == "v":
            wert = kind.text or ""
        elif name == "f":
            formel = True
        elif name == "is":
            wert = "".join(_inline(kind))
    return wert, zelle.get("t", "n"), formel


def _inline(element: Element) -> list[str]:
    texte = []
    for kind in element:
        name = kind.tag.rpartition("}")[2]
        if name == "t":
            texte.append(kind.text or "")
        elif name == "r":
            texte += _inline(kind)
    return texte


def _zeit(wert: datetime | date | time | timedelta) -> str:
    if isinstance(wert, timedelta):
        sekunden = round(wert.total_seconds())
        return f"{sekunden // 3600:02d}:{sekunden // 60 % 60:02d}:{sekunden % 60:02d}"
    if isinstance(wert, datetime) and wert.time() == time():
        return wert.date().isoformat()
    return wert.isoformat()
