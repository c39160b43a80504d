"""Which element of an XML file is the record: the most frequent one that has children.

Belongs here: counting elements. Does not belong here: reading them (``lesen``).
"""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser


class _Zaehler:
    """Target of the parser that counts elements with children by name."""

    def __init__(self) -> None:
        self.offen: list[tuple[str, bool]] = []
        self.anzahl: Counter[str] = Counter()
        self.tiefe: dict[str, int] = {}

    def start(self, tag: str, _attribute: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if self.offen:
            eltern, hat_kinder = self.offen[-1]
            if not hat_kinder:
                self.anzahl[eltern] += 1
                self.tiefe.setdefault(eltern, len(self.offen))
                self.offen[-1] = (eltern, True)
        self.offen.append((name, False))

    def end(self, _tag: str) -> None:
        self.offen.pop()

    def data(self, _text: str) -> None:
        """Text does not matter here."""

    def close(self) -> None:
        """Nothing is left to do when the document ends."""


def haeufigstes_element(text: str) -> str:
    """Name of the record's element; of equally frequent ones the outermost below the root. Empty if there is none."""
    ziel = _Zaehler()
    try:
        leser = DefusedXMLParser(target=ziel, forbid_dtd=True)
        leser.feed(text)
        leser.close()
    except (ParseError, DefusedXmlException, ValueError):
        return ""
    unter_der_wurzel = [n for n in ziel.anzahl if ziel.tiefe[n] > 1] or list(ziel.anzahl)
    return max(unter_der_wurzel, key=lambda n: (ziel.anzahl[n], -ziel.tiefe[n]), default="")
