"""XML lists of publishers: one record per element of a given name, one column per child element.

Belongs here: safe parsing (no DTD, no entities, nothing loaded from elsewhere) with line numbers.
Does not belong here: the meaning of the columns.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser

from quellen.lesen.dekodieren import dekodiere
from quellen.lesen.texttabelle import Stelle, Texttabelle, baue_tabelle
from quellen.modell import Format


class _Sammler:
    """Target of the parser: keeps text and line of the wanted elements only, without building a tree."""

    def __init__(self, element: str) -> None:
        self.element = element
        self.parser: Any = None
        self.tiefe = 0
        self.beginn = 0
        self.satz: dict[str, str] = {}
        self.feld: str | None = None
        self.zeilen: list[int] = []
        self.saetze: list[dict[str, str]] = []
        self.namen: dict[str, None] = {}
        self.doppelt: tuple[int, str] | None = None

    def start(self, tag: str, _attribute: dict[str, str]) -> None:
        self.tiefe += 1
        name = tag.rpartition("}")[2]
        if not self.beginn:
            self.namen.setdefault(name)
            if name == self.element:
                self.beginn, self.satz = self.tiefe, {}
                self.zeilen.append(self.parser.parser.CurrentLineNumber)
        elif self.tiefe == self.beginn + 1:
            if name in self.satz and self.doppelt is None:
                self.doppelt = (self.parser.parser.CurrentLineNumber, name)
            self.feld = name
            self.satz[name] = ""

    def data(self, text: str) -> None:
        if self.feld is not None:
            self.satz[self.feld] += text

    def end(self, _tag: str) -> None:
        if self.beginn and self.tiefe == self.beginn + 1:
            self.feld = None
        elif self.tiefe == self.beginn:
            self.saetze.append(self.satz)
            self.beginn = 0
        self.tiefe -= 1

    def close(self) -> None:
        """Nothing is left to do when the document ends."""


def lies_xml(daten: bytes, format_: Format, stelle: Stelle) -> Texttabelle:
    """Read the elements called ``format_.element``; ``zeile`` is the line of the start tag.

    A child that an element does not have is an empty cell. Raises ``QuellenFehler`` for broken XML, DTDs and
    entities, if no element has the name, or if an element has two children of one name.
    """
    gelesen = dekodiere(daten, format_.kodierung, stelle)
    ziel = _Sammler(format_.element)
    try:
        ziel.parser = DefusedXMLParser(target=ziel, forbid_dtd=True)
        ziel.parser.feed(gelesen.text)
        ziel.parser.close()
    except (ParseError, DefusedXmlException, ValueError) as fehler:
        raise stelle.fehler(
            "Die Datei ist kein zulässiges XML",
            _in_worten(fehler),
            "vollständiges XML ohne DTD und Entitäten",
            "erneut abrufen; bleibt es so, beim Herausgeber nachfragen",
            getattr(fehler, "position", (None,))[0],
        ) from fehler
    if not ziel.saetze:
        raise stelle.fehler(
            f"Kein Element heißt »{format_.element}«",
            f"Elemente {', '.join(list(ziel.namen)[:10])}",
            f"<{format_.element}>",
            f"element berichtigen in {stelle.deklaration('formate')}",
        )
    if ziel.doppelt:
        raise stelle.fehler(
            "Ein Element hat zwei Werte desselben Namens",
            f"<{ziel.doppelt[1]}> zweimal",
            "jeder Name einmal je Element",
            "beim Herausgeber nachfragen, welcher Wert gilt",
            ziel.doppelt[0],
        )
    spalten = list(dict.fromkeys(name for satz in ziel.saetze for name in satz))
    saetze = [[satz.get(name, "") for name in spalten] for satz in ziel.saetze]
    return baue_tabelle(stelle, spalten, ziel.zeilen, saetze, gelesen.kodierung, 1, gelesen.abweichungen)


def _in_worten(fehler: Exception) -> str:
    """What is wrong with the XML; a forbidden construct by its German name, since the library gives code for text."""
    if isinstance(fehler, DTDForbidden):
        return f"eine Dokumenttyp-Deklaration (DTD) »{fehler.name}«"
    if isinstance(fehler, DefusedXmlException):
        return "eine Entität oder ein Verweis auf eine fremde Datei"
    return str(fehler)
