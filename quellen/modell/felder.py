"""The parts of a Teil's declaration that say what stands in one file: fields, figures, formats, reference date.

Belongs here: the vocabulary for cells and columns. Does not belong here: rules over several rows or retrievals
(``regeln``) and whole sources (``quelle``).
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from quellen.modell.strikt import Muster, Strikt

FORMATARTEN = Literal["csv", "ffcsv", "datencsv", "genesis-csv", "xlsx", "geojson", "json", "xml"]


class Zeichen(Strikt):
    """Meaning of one sign that stands in place of a figure (SDMX OBS_STATUS and CONF_STATUS)."""

    wert: float | None = None
    status: str = Field(pattern="^[A-Z]$")
    vertraulichkeit: str = Field("F", pattern="^[A-Z]$")
    bedeutung: str


class NichtGefuehrt(Strikt):
    """Texts that the source knows and the warehouse does not carry; their rows go to ``abgewiesen`` with ``grund``."""

    muster: Muster
    grund: str


class Normierung(Strikt):
    r"""Another spelling of a key: a text that ``muster`` matches as a whole becomes ``ersatz`` (``\1``: first group).

    Example: ``{muster: '(05\d{3})0+', ersatz: '\1'}`` makes Kreis key ``05112`` of AGS ``05112000`` and of ARS.
    """

    muster: Muster
    ersatz: str


class Feld(Strikt):
    """A key field of a row under our own name.

    ``datum``: one of ``datumsformate``; ``jahr``: four digits, its last day; ``zeitraum``: what GENESIS and schools
    write for a period (``2019``, ``2024-12-31``, ``2023-10P6M``, ``2022/23``, ``Mai 2026``), its last day; ``alter``:
    German age labels such as ``3 bis unter 6 Jahre``; ``auspraegung``: exactly the texts in ``werte`` (text → our code,
    ``insgesamt`` for a total); ``schluessel``: a key of the directory ``verzeichnis``, after ``normierung``; ``text``:
    any text, ``muster`` if given; ``zahl``: a number.
    """

    typ: Literal["text", "datum", "jahr", "zeitraum", "alter", "auspraegung", "schluessel", "zahl"]
    datumsformate: tuple[str, ...] = ("%d.%m.%Y", "%Y-%m-%d")
    werte: dict[str, str] = Field(default_factory=dict)
    insgesamt: tuple[str, ...] = ()
    verzeichnis: Literal["ortsteil", "stadtbezirk", "kreis"] | None = None
    muster: Muster | None = None
    normierung: tuple[Normierung, ...] = ()
    leer: bool = False
    nicht_gefuehrt: tuple[NichtGefuehrt, ...] = ()

    @model_validator(mode="after")
    def _passt(self) -> Feld:
        if self.typ == "auspraegung" and not self.werte:
            raise ValueError("typ auspraegung braucht werte")
        if self.typ == "schluessel" and self.verzeichnis is None and self.muster is None:
            raise ValueError("typ schluessel braucht verzeichnis oder muster")
        if self.normierung and self.typ != "schluessel":
            raise ValueError("normierung gibt es nur bei typ schluessel")
        return self


class Ort(Strikt):
    """Where a field stands; exactly one of the first five.

    ``spalte``: a column by name (several spellings allowed); ``spaltenmuster``: the one column whose whole name this
    pattern matches (names that carry a date); ``variable``: an axis of an ffcsv by its variable codes; ``verbunden``:
    several columns, each by a pattern of its whole name, their texts joined with ``|`` (e.g. what is counted and its
    unit); ``dateiname``: the first group of a pattern that is found in the file's name. ``nummeriert``: a text that
    stood in an earlier row already gets ``|2``, ``|3`` … (two rows of one name and different meaning).
    """

    spalte: str | tuple[str, ...] | None = None
    spaltenmuster: Muster | None = None
    variable: tuple[str, ...] = ()
    verbunden: tuple[Muster, ...] = ()
    dateiname: Muster | None = None
    nimm: Literal["code", "label"] = "code"
    nummeriert: bool = False
    pflicht: bool = True

    @model_validator(mode="after")
    def _eins(self) -> Ort:
        gegeben = (self.spalte, self.spaltenmuster, self.variable, self.verbunden, self.dateiname)
        if sum(bool(g) for g in gegeben) != 1:
            raise ValueError("genau eines von spalte, spaltenmuster, variable, verbunden und dateiname angeben")
        return self

    @property
    def spalten(self) -> tuple[str, ...]:
        """The accepted spellings of the column name; empty unless the place is one column."""
        if self.spalte is None:
            return ()
        return (self.spalte,) if isinstance(self.spalte, str) else self.spalte


class Wertspalte(Strikt):
    """Columns that hold figures. ``muster`` matches the whole column name; its named groups become fields.

    ``davon`` names the Merkmal (or column) of which these columns are subsets: they are never added to it.
    """

    muster: Muster
    merkmal: str
    konstanten: dict[str, str] = Field(default_factory=dict)
    davon: str | None = None
    pflicht: bool = True

    def feldnamen(self) -> set[str]:
        """The fields that the column's name or the declaration gives."""
        return {*re.compile(self.muster).groupindex, *self.konstanten}


class Format(Strikt):
    """One way in which a Teil arrives: file format and where the fields stand in it.

    ``kopf_mit``: the header is the first line (xlsx: row) that holds all these names, whatever stands above it (notes,
    a title); without it the first line. ``kopfzeilen``: so many lines from there on make up the header, joined with
    ``|`` (xlsx: merged cells count for all their columns). ``fuss``: the data end before the first line whose first
    filled cell this pattern matches from its beginning. ``blatt``: name of the xlsx sheet. ``pfad``: where in a JSON
    the list of records stands, e.g. ``result.records``. ``element``: the record's element in XML.
    """

    art: FORMATARTEN
    kodierung: str = "utf-8"
    trenner: str = ";"
    dezimal: Literal[",", "."] = ","
    tausender: Literal["", ".", ",", " "] = ""
    orte: dict[str, Ort]
    wertspalten: tuple[Wertspalte, ...] = ()
    ignoriert: tuple[Muster, ...] = ()
    nur: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    kopf_mit: tuple[str, ...] = ()
    kopfzeilen: int = Field(1, ge=1, le=10)
    fuss: Muster | None = None
    blatt: Muster | None = None
    pfad: str = ""
    element: str = ""


class Stand(Strikt):
    """How the reference date of a whole file is found when its rows do not carry one.

    ``aus``: ``inhalt`` (a field of the rows), ``dateiname`` (``muster`` with groups ``tag``/``monat``/``jahr``),
    ``abruf`` (the day it was last changed at the portal, else fetched; by hand ``--stand``).
    ``art``: ``stichtag`` or ``schuljahr`` (the figure belongs to the school year that holds the date).
    """

    aus: Literal["inhalt", "dateiname", "abruf"] = "inhalt"
    muster: Muster | None = None
    art: Literal["stichtag", "schuljahr"] = "stichtag"
