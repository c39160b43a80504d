"""Periods as official tables write them.

Belongs here: the spellings and their first and last day. Does not belong here: which field holds a period
(declarations) and dates in a declared format (``felder``).

Spellings: ``2019`` (GENESIS, JAHR), ``2024-12-31`` and ``31.12.2024`` (STAG), ``2023-10P6M`` (SEMEST: six months from
October 2023), ``2026-02`` and ``Februar 2026`` (Bundesagentur für Arbeit), ``2022/23`` and ``2022/2023`` (school years,
1 August to 31 July), ``WS 2022/23`` and ``SS 2023`` (universities: October to March, April to September).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from quellen.modell import schuljahr

Zeitspanne = tuple[date, date]

MONATE = (
    "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
    "dezember",
)  # fmt: skip
_JAHR = "([12][0-9]{3})"
_DOPPELJAHR = rf"{_JAHR}/([0-9]{{2}}|[12][0-9]{{3}})"


def zeitraum(text: str) -> Zeitspanne | None:
    """First and last day of a period, both included. Not understood (also ``2022/24``): ``None``. Never raises."""
    for muster, deute in _FORMEN:
        treffer = muster.fullmatch(text)
        if treffer:
            try:
                return deute(*treffer.groups())
            except (ValueError, OverflowError):
                return None
    return None


def monate_ab(jahr: int, monat: int, anzahl: int) -> Zeitspanne:
    """The period of so many whole months. ``ValueError`` for a month or year that does not exist, or no months."""
    if anzahl < 1:
        raise ValueError("kein Zeitraum")
    ende = jahr * 12 + monat - 1 + anzahl
    return date(jahr, monat, 1), date(ende // 12, ende % 12 + 1, 1) - timedelta(days=1)


def _tag(jahr: str, monat: str, tag: str) -> Zeitspanne:
    stichtag = date(int(jahr), int(monat), int(tag))
    return stichtag, stichtag


def _folgejahr(jahr: str, zweites: str) -> int:
    """The second year of ``2022/23``, which must follow the first."""
    folgendes = int(jahr) + 1
    if zweites not in (str(folgendes), f"{folgendes % 100:02d}"):
        raise ValueError("die Jahre folgen nicht aufeinander")
    return folgendes


def _schuljahr(jahr: str, zweites: str) -> Zeitspanne:
    return schuljahr(date(_folgejahr(jahr, zweites), 1, 1))


def _wintersemester(jahr: str, zweites: str) -> Zeitspanne:
    _folgejahr(jahr, zweites)
    return monate_ab(int(jahr), 10, 6)


def _monatsname(name: str, jahr: str) -> Zeitspanne:
    return monate_ab(int(jahr), MONATE.index(name.lower()) + 1, 1)


_FORMEN: tuple[tuple[re.Pattern[str], Callable[..., Zeitspanne]], ...] = tuple(
    (re.compile(muster), deute)
    for muster, deute in (
        (_JAHR, lambda j: monate_ab(int(j), 1, 12)),
        (rf"{_JAHR}-([0-9]{{2}})-([0-9]{{2}})", _tag),
        (rf"([0-9]{{1,2}})\.([0-9]{{1,2}})\.{_JAHR}", lambda t, m, j: _tag(j, m, t)),
        (rf"{_JAHR}-([0-9]{{2}})", lambda j, m: monate_ab(int(j), int(m), 1)),
        (rf"{_JAHR}-([0-9]{{2}})P([0-9]{{1,3}})M", lambda j, m, n: monate_ab(int(j), int(m), int(n))),
        (rf"{_JAHR}-([0-9]{{2}})P([0-9]{{1,2}})Y", lambda j, m, n: monate_ab(int(j), int(m), 12 * int(n))),
        (_DOPPELJAHR, _schuljahr),
        (rf"(?:WS|WiSe|Wintersemester) {_DOPPELJAHR}", _wintersemester),
        (rf"(?:SS|SoSe|Sommersemester) {_JAHR}", lambda j: monate_ab(int(j), 4, 6)),
        (rf"([A-Za-zä]+) {_JAHR}", _monatsname),
    )
)
