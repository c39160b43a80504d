"""German age labels of official tables.

Belongs here: the spellings and their bounds. Does not belong here: which labels a source may use
(declarations) and totals (``insgesamt``), which are no age.
"""

from __future__ import annotations

import re

_ZAHL = r"([0-9]{1,3})"
_JAHRE = r"\s*(?:Jahren|Jahre|Jahr)?"
_UNTER = re.compile(rf"unter\s+{_ZAHL}{_JAHRE}", re.IGNORECASE)
_VON_UNTER = re.compile(rf"(?:von\s+)?{_ZAHL}{_JAHRE}\s+bis\s+unter\s+{_ZAHL}{_JAHRE}", re.IGNORECASE)
_VON_BIS = re.compile(rf"(?:von\s+)?{_ZAHL}(?:{_JAHRE}\s+bis\s+|\s*[-–]\s*){_ZAHL}{_JAHRE}", re.IGNORECASE)
_AB = re.compile(
    rf"{_ZAHL}{_JAHRE}\s+(?:und|u\.)\s*(?:mehr|älter|darüber)(?:\s+Jahre)?|ab\s+{_ZAHL}{_JAHRE}", re.IGNORECASE
)
_EINZELN = re.compile(rf"{_ZAHL}\s*(?:Jahre|Jahr)", re.IGNORECASE)


def alter_grenzen(text: str) -> tuple[int, int | None] | None:
    """First and last completed year of life, both included; ``None`` as the last means open-ended.

    ``unter 3 Jahre`` → (0, 2); ``3 bis unter 6 Jahre`` → (3, 5); ``6 bis 17 Jahre`` → (6, 17);
    ``90 Jahre und mehr`` → (90, None); ``5 Jahre`` → (5, 5). Not understood: ``None``. Never raises.
    """
    text = text.strip()
    if treffer := _UNTER.fullmatch(text):
        return _geordnet(0, int(treffer.group(1)) - 1)
    if treffer := _VON_UNTER.fullmatch(text):
        return _geordnet(int(treffer.group(1)), int(treffer.group(2)) - 1)
    if treffer := _VON_BIS.fullmatch(text):
        return _geordnet(int(treffer.group(1)), int(treffer.group(2)))
    if treffer := _AB.fullmatch(text):
        return int(treffer.group(1) or treffer.group(2)), None
    if treffer := _EINZELN.fullmatch(text):
        return int(treffer.group(1)), int(treffer.group(1))
    return None


def _geordnet(von: int, bis: int) -> tuple[int, int] | None:
    return (von, bis) if von <= bis else None
