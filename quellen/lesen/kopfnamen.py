"""Header names as people mean them: without line breaks, hyphenation and footnote marks.

Belongs here: cleaning one name and joining the levels of a header. Does not belong here: finding the header
(``kopfsuche``) or what a column means.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ZEILENENDE = re.compile(r"(?:_x000D_|\r)*\n|_x000D_|\r|\x0b|\u2028")
_SILBEN = re.compile(
    r"(?<=[^\W\d_])-[ \t]*\n[ \t]*(?!(?:und|oder|bzw|bis)\b)(?=[a-zäöüß])|(?<=[a-zäöüß])-(?=[a-zäöüß])"
)
_UMBRUCH = re.compile(r"(?<=\w)-[ \t]*\n[ \t]*(?=[A-ZÄÖÜ0-9])")
_FUSSNOTE = re.compile(r"(?<=[^\s(])\s*(?:[0-9]{1,2}|\*{1,3}|[¹²³⁴-⁹]{1,2})\)(?=[\s,;]|$|[0-9*¹²³⁴-⁹]{1,2}\))[,;]?")
_HOCHZAHL = re.compile(r"(?<=[^\W\d_])(?<!\bm)(?<!\b[kcdm]m)[¹²³⁴-⁹]{1,2}(?=\s|$)")


def bereinige(name: str) -> str:
    r"""One cell of a header as a name: ``Satz-\nart`` → ``Satzart``, ``Postleit-zahl3)`` → ``Postleitzahl``.

    A hyphen between small letters is hyphenation, also at a line break (not before ``und``); before a capital it stays
    and only the line break goes. A footnote mark is a number or ``*`` with a closing bracket that nothing opened, or
    a small raised number after a word (not the one of ``km²``). Never raises.
    """
    text = _ZEILENENDE.sub("\n", name.replace("\u00ad", "")).replace("\u00a0", " ")
    text = _UMBRUCH.sub("-", _SILBEN.sub("", text))
    text = _HOCHZAHL.sub("", _ohne_fussnoten(text))
    return " ".join(text.split())


def _ohne_fussnoten(text: str) -> str:
    """Text without marks such as ``3)``; those inside brackets stay, e.g. ``(Stand 12)``."""

    def ersetze(treffer: re.Match[str]) -> str:
        davor = text[: treffer.start()]
        return treffer.group() if davor.count("(") > davor.count(")") else ""

    while (neu := _FUSSNOTE.sub(ersetze, text)) != text:
        text = neu
    return text


def verbinde(stufen: Sequence[Sequence[str]]) -> list[str]:
    """The name of each column: its levels from top to bottom, empty ones left out, joined with ``|``."""
    return ["|".join(name for s in spalte if (name := s.strip())) for spalte in zip(*stufen, strict=True)]
