"""Column names that differ from the declared one in spelling only.

Belongs here: which differences are mere spelling, and finding the one column that is meant. Does not belong here: which
columns a Teil must have (``spalten``) and likeness beyond spelling, which is refused with a hint.

Spelling is: upper and lower case, spaces and line breaks, hyphen and underscore, ``ä`` or ``ae``, ``ß`` or ``ss``, and
the digits of footnotes (``Anzahl1)``, ``Anzahl²``, ``Anzahl1``). A digit after a space or underscore is part of the
name: ``Bezeichnung_1`` and ``Bezeichnung_2`` are two columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

_KLEIN: dict[str, str | int | None] = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_UMLAUTE = str.maketrans(_KLEIN)
_AUFLOESEN = str.maketrans(_KLEIN | {"Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_RUECK = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("ss", "ß"))
_HOCHGESTELLT = re.compile("[⁰¹²³⁴-⁹]+(?: *[,;] *[⁰¹²³⁴-⁹]+)*\\)?")
_FUSSNOTE = re.compile(r"(?<=\S)\s*[0-9]{1,2}\)(?:\s*,?\s*[0-9]{1,2}\))*\s*$")
_ANGEHAENGT = re.compile(r"(?<=[^\W\d_])[1-9]$")


def kern(name: str) -> str:
    """What remains of a name without its spelling; equal for names that mean the same column."""
    text = unicodedata.normalize("NFC", _ohne_fussnote(name)).lower().translate(_UMLAUTE)
    return re.sub(r"[\s_\-\u2010-\u2015\u00ad\u200b]+", "", text)


def gleichbedeutend(gesucht: str, namen: Sequence[str]) -> list[str]:
    """The names that differ from ``gesucht`` in spelling only; a bare digit counts as a footnote only if need be."""
    soll = kern(gesucht)
    gleich = [n for n in namen if n != gesucht and kern(n) == soll]
    return gleich or [n for n in namen if n != gesucht and kern(_ANGEHAENGT.sub("", n.strip())) == soll]


def lesarten(name: str) -> Iterator[str]:
    """Spellings under which a name may match a declared pattern, the nearest first; the name itself is not among them.

    A pattern cannot be reduced to its kernel, so the name is brought into the usual spellings instead.
    """
    gesehen = {name}
    glatt = re.sub(r"\s+", " ", re.sub(r"-\s*\n\s*", "", name)).strip()
    for grund in (glatt, _ohne_fussnote(glatt), _ANGEHAENGT.sub("", glatt)):
        for trenner in (
            grund,
            re.sub(r"[_\-]", " ", grund),
            re.sub(r"[\s\-]", "_", grund),
            re.sub(r"[\s_]", "-", grund),
        ):
            umlaut = trenner
            for lang, kurz in _RUECK:
                umlaut = umlaut.replace(lang, kurz)
            aufgeloest = trenner.translate(_AUFLOESEN)
            for lesart in (trenner, umlaut, aufgeloest):
                if lesart and lesart not in gesehen:
                    gesehen.add(lesart)
                    yield lesart


def _ohne_fussnote(name: str) -> str:
    return _FUSSNOTE.sub("", _HOCHGESTELLT.sub("", name).strip()).strip()
