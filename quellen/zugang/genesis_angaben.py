"""What a declaration asks of a GENESIS database, and the form in which it is sent.

Belongs here: the keys under ``zugang`` of a Teil and the parameters of ``data/tablefile`` and ``data/table`` made of
them. Does not belong here: sending them (``genesis_sitzung``).

Keys: ``tabelle``; ``art``: ``tablefile`` (default, a ZIP with the table), ``table`` (the table as text in a JSON) or
``result`` (as ``table``, but by a job from the start); ``format``: ``ffcsv`` (default of ``tablefile``), ``datencsv``
(default of the others) or ``csv`` (the older form); ``startjahr_zurueck``: so many years back from today, without it
the newest time alone (a Teil with ``jahrgaenge`` is asked for one year); ``regionalvariable``, ``regionalkey``,
``contents``, ``timeslices``, ``classifyingvariable1`` to ``5`` with ``classifyingkey1`` to ``5``, ``quality``: as in
the interface, lists instead of commas and ``on``/``off`` as YAML reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from quellen.fehler import QuellenFehler
from quellen.zugang.gemeinsam import Auftrag, fehler

EIGENE = frozenset({"tabelle", "art", "format", "startjahr_zurueck"})
ARTEN = {"tablefile": "ffcsv", "table": "datencsv", "result": "datencsv"}
FORMATE = ("ffcsv", "datencsv", "csv")
DURCHGEREICHT = re.compile(r"regionalvariable|regionalkey|contents|timeslices|quality|classifying(variable|key)[1-5]")
"""Parameters that a declaration may give under the name that the interface has for them."""
_SCHLUESSEL = re.compile(r"regionalkey|classifyingkey[1-5]")


@dataclass(frozen=True)
class Angaben:
    """One table as it is asked for. ``formular`` lacks what changes from call to call (``job``, ``stand``)."""

    art: str
    format: str
    formular: dict[str, str]
    datei: str

    @property
    def methode(self) -> str:
        """The service that makes the table."""
        return "data/tablefile" if self.art == "tablefile" else "data/table"

    @property
    def ergebnismethode(self) -> str:
        """The service that hands out what a job made."""
        return "data/resultfile" if self.art == "tablefile" else "data/result"

    def abholung(self, name: str) -> dict[str, str]:
        """The form with which the result of a job is fetched."""
        gemeinsam = {"name": name, "area": "user", "compress": "false"}
        return {**gemeinsam, "format": self.format} if self.art == "tablefile" else gemeinsam

    def adresse(self, basis: str) -> str:
        """Address of the table with everything that decides what it holds; no credentials are in it."""
        return f"{basis}/{self.methode}?{urlencode(self.formular)}"


def lies_angaben(auftrag: Auftrag) -> Angaben:
    """The request of a Teil. Raises ``QuellenFehler`` for keys and values that the interface does not know."""
    zugang = auftrag.teil.zugang
    unbekannt = [k for k in zugang if k not in EIGENE and not DURCHGEREICHT.fullmatch(k)]
    if unbekannt:
        raise _falsch(
            auftrag, ", ".join(sorted(unbekannt)), "tabelle, art, format, startjahr_zurueck oder ein Parameter"
        )
    art = auftrag.angabe("art", "tablefile")
    if art not in ARTEN:
        raise _falsch(auftrag, f"art: {art}", ", ".join(ARTEN))
    format_ = auftrag.angabe("format", ARTEN[art])
    if format_ not in FORMATE:
        raise _falsch(auftrag, f"format: {format_}", ", ".join(FORMATE))
    tabelle = auftrag.angabe("tabelle")
    formular = {"name": tabelle, "area": "all", "format": format_, "compress": "false", **_zeitraum(auftrag)}
    formular |= {k: _text(auftrag, k) for k in zugang if DURCHGEREICHT.fullmatch(k)}
    jahrgang = f"_{auftrag.jahr}" if auftrag.jahr is not None else ""
    return Angaben(art, format_, formular, f"{tabelle}{jahrgang}{'.zip' if art == 'tablefile' else '.json'}")


def _zeitraum(auftrag: Auftrag) -> dict[str, str]:
    if auftrag.jahr is not None:
        return {"startyear": str(auftrag.jahr), "endyear": str(auftrag.jahr)}
    zurueck = auftrag.angabe("startjahr_zurueck", "")
    if not zurueck:
        return {}
    if not re.fullmatch(r"\d{1,3}", zurueck):
        raise _falsch(auftrag, f"startjahr_zurueck: {zurueck}", "eine Anzahl von Jahren")
    return {"startyear": str(auftrag.heute.year - int(zurueck))}


def _text(auftrag: Auftrag, name: str) -> str:
    """A parameter's value as the interface writes it. Keys must be texts: YAML reads 05112 as an octal number."""
    wert = auftrag.teil.zugang[name]
    werte = list(wert) if isinstance(wert, list | tuple) else [wert]
    if _SCHLUESSEL.fullmatch(name) and not all(isinstance(w, str) for w in werte):
        raise _falsch(auftrag, f"{name}: {wert}", "Schlüssel in Anführungszeichen, denn YAML liest 05112 als Zahl")
    if name == "quality" and isinstance(wert, bool):
        return "on" if wert else "off"
    if not werte or not all(isinstance(w, str | int) and not isinstance(w, bool) for w in werte):
        raise _falsch(auftrag, f"{name}: {wert}", "ein Text, eine Zahl oder eine Liste davon")
    return ",".join(str(w) for w in werte)


def _falsch(auftrag: Auftrag, gefunden: str, erwartet: str) -> QuellenFehler:
    return fehler(
        "Unbekannte Angabe für GENESIS",
        gefunden,
        erwartet,
        f"teile.{auftrag.teil_name}.zugang in der YAML-Datei berichtigen",
    )
