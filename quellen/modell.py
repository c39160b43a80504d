"""The shape of a source declaration (``katalog/<quelle>.yaml``) as pydantic models.

Belongs here: what may stand in a declaration, checked when it is loaded, and loading itself.
Does not belong here: fetching (``zugang``), parsing (``lesen``), or checking data against it (``vertrag``).

Words: a *Quelle* is one publication of one publisher. It consists of one or more *Teile* (files of one
shape each; every Teil becomes one raw table). A Teil can arrive in several *Formate*; each says where
the Teil's *Felder* (key fields of a row, under our names) stand, and which columns hold figures.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from quellen.fehler import Befund, QuellenFehler

KATALOG = Path(__file__).parent / "katalog"

FORMATARTEN = Literal["csv", "ffcsv", "datencsv", "geojson", "xml"]


def _regex(muster: str) -> str:
    re.compile(muster)
    return muster


Muster = Annotated[str, AfterValidator(_regex)]


class Strikt(BaseModel):
    """Base of all declarations: unknown keys are an error, values cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Zeichen(Strikt):
    """Meaning of one sign that stands in place of a figure (SDMX OBS_STATUS and CONF_STATUS)."""

    wert: float | None = None
    status: str = Field(pattern="^[A-Z]$")
    vertraulichkeit: str = Field("F", pattern="^[A-Z]$")
    bedeutung: str


class NichtGefuehrt(Strikt):
    """Keys that the source knows and the warehouse does not carry; their rows go to ``abgewiesen``."""

    muster: Muster
    grund: str


class Feld(Strikt):
    """A key field of a row under our own name.

    ``datum``: one of ``datumsformate``; ``alter``: German age labels such as ``3 bis unter 6 Jahre``;
    ``auspraegung``: exactly the texts in ``werte`` (text → our code, ``insgesamt`` for a total);
    ``schluessel``: a key of the directory ``verzeichnis``; ``text``: any text, ``muster`` if given.
    """

    typ: Literal["text", "datum", "jahr", "alter", "auspraegung", "schluessel", "zahl"]
    datumsformate: tuple[str, ...] = ("%d.%m.%Y", "%Y-%m-%d")
    werte: dict[str, str] = {}
    insgesamt: tuple[str, ...] = ()
    verzeichnis: Literal["ortsteil", "stadtbezirk", "kreis"] | None = None
    muster: Muster | None = None
    leer: bool = False
    nicht_gefuehrt: tuple[NichtGefuehrt, ...] = ()

    @model_validator(mode="after")
    def _passt(self) -> Feld:
        if self.typ == "auspraegung" and not self.werte:
            raise ValueError("typ auspraegung braucht werte")
        if self.typ == "schluessel" and self.verzeichnis is None and self.muster is None:
            raise ValueError("typ schluessel braucht verzeichnis oder muster")
        return self


class Ort(Strikt):
    """Where a field stands: a column by name (several spellings allowed), or (ffcsv) an axis by its variable codes."""

    spalte: str | tuple[str, ...] | None = None
    variable: tuple[str, ...] = ()
    nimm: Literal["code", "label"] = "code"
    pflicht: bool = True

    @model_validator(mode="after")
    def _eins(self) -> Ort:
        if (self.spalte is None) == (not self.variable):
            raise ValueError("genau eines von spalte und variable angeben")
        return self

    @property
    def spalten(self) -> tuple[str, ...]:
        """The accepted spellings of the column name; empty for an axis."""
        if self.spalte is None:
            return ()
        return (self.spalte,) if isinstance(self.spalte, str) else self.spalte


class Wertspalte(Strikt):
    """Columns that hold figures. ``muster`` matches the whole column name; its named groups become fields.

    ``davon`` names the Merkmal (or column) of which these columns are subsets: they are never added to it.
    """

    muster: Muster
    merkmal: str
    konstanten: dict[str, str] = {}
    davon: str | None = None
    pflicht: bool = True


class Format(Strikt):
    """One way in which a Teil arrives: file format and where the fields stand in it."""

    art: FORMATARTEN
    kodierung: str = "utf-8"
    trenner: str = ";"
    dezimal: Literal[",", "."] = ","
    tausender: Literal["", ".", ",", " "] = ""
    orte: dict[str, Ort]
    wertspalten: tuple[Wertspalte, ...] = ()
    ignoriert: tuple[Muster, ...] = ()
    nur: dict[str, tuple[str, ...]] = {}
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


class Vollstaendig(Strikt):
    """Every key of a directory must be present exactly once per combination of ``je``."""

    feld: str
    je: tuple[str, ...] = ()


class Summe(Strikt):
    """Rows with ``insgesamt`` in a field are totals of the others. ``additiv: false`` for rounded sources."""

    felder: tuple[str, ...]
    additiv: bool = True


class Teil(Strikt):
    """One file of a source with one contract; becomes the raw table ``<quelle>__<teil>``.

    ``form``: ``werte`` gives one raw row per figure, ``liste`` one raw row per record (``kennung`` names the
    field that identifies it). ``eindeutig``: fields that identify a row.
    """

    beschreibung: str
    form: Literal["werte", "liste"]
    dateimuster: Muster
    kennung: str | None = None
    stand: Stand = Stand()
    zugang: dict[str, Any]
    felder: dict[str, Feld]
    formate: tuple[Format, ...] = Field(min_length=1)
    eindeutig: tuple[str, ...] = ()
    vollstaendig: Vollstaendig | None = None
    summe: Summe | None = None
    ganzzahl: bool = True
    minimum: float | None = 0
    mindestzeilen: int = 1
    sortiert_egal: bool = False

    @model_validator(mode="after")
    def _bezuege(self) -> Teil:
        if self.form == "liste" and self.kennung not in self.felder:
            raise ValueError("form liste braucht eine kennung, die unter felder steht")
        if self.form == "werte" and not any(f.wertspalten for f in self.formate):
            raise ValueError("form werte braucht wertspalten")
        if self.form == "liste" and any(f.wertspalten for f in self.formate):
            raise ValueError("form liste hat keine wertspalten")
        genannt = {*self.eindeutig, *(self.summe.felder if self.summe else ())}
        if self.vollstaendig is not None:
            genannt |= {self.vollstaendig.feld, *self.vollstaendig.je}
        if genannt - set(self.felder):
            raise ValueError(
                f"eine Regel nennt Felder, die nicht unter felder stehen: {sorted(genannt - set(self.felder))}"
            )
        for format_ in self.formate:
            gruppen = {g for w in format_.wertspalten for g in (*re.compile(w.muster).groupindex, *w.konstanten)}
            fehlend = set(self.felder) - set(format_.orte) - gruppen
            if fehlend:
                raise ValueError(f"Format {format_.art}: ohne Ort sind die Felder {sorted(fehlend)}")
            fremd = (set(format_.orte) | gruppen) - set(self.felder)
            if fremd:
                raise ValueError(f"Format {format_.art}: nicht unter felder stehen {sorted(fremd)}")
        return self

    def feldnamen(self) -> tuple[str, ...]:
        """Names of all key fields in declared order; the columns of the raw table."""
        return tuple(self.felder)


class Lizenz(Strikt):
    """Licence of the publication and the source note that it demands."""

    id: str
    url: str
    namensnennung: str


class Zugang(Strikt):
    """How the publisher is reached. ``portal`` names the protocol module under ``zugang/``."""

    portal: Literal["dkan", "genesis", "arcgis", "direkt"]
    basis: str = Field(pattern=r"^https://[a-z0-9.-]+(/.*)?$")
    hosts: tuple[str, ...] = Field(min_length=1)
    abstand_s: float = 1.0
    hoechstbytes: int = 100_000_000
    hoechstdauer_s: float = 600.0


class Quelle(Strikt):
    """One declared source. ``bestaetigt: false`` marks what could not be confirmed at the live portal."""

    id: str = Field(pattern="^[a-z][a-z0-9_]*$")
    titel: str
    herausgeber: str
    lizenz: Lizenz
    seite: str
    rhythmus: str
    hoechstalter_tage: int
    bestaetigt: bool
    unbekannt: tuple[str, ...] = ()
    basis: Literal["", "melderegister", "fortschreibung", "zensus2011", "zensus2022"] = ""
    einheit: str = ""
    zugang: Zugang
    zeichen: dict[str, Zeichen] = {}
    teile: dict[str, Teil] = Field(min_length=1)

    @model_validator(mode="after")
    def _unbekanntes_benannt(self) -> Quelle:
        if not self.bestaetigt and not self.unbekannt:
            raise ValueError("bestaetigt: false braucht unbekannt: was noch zu klaeren ist")
        return self

    def fingerabdruck(self) -> str:
        """sha256 of the whole declaration; changes with any word of it."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def rohtabelle(self, teil: str) -> str:
        """Name of the raw table of a Teil."""
        return f"{self.id}__{teil}"


def lade_quelle(datei: Path) -> Quelle:
    """Read one declaration. Raises ``QuellenFehler`` with the place of every fault in it."""
    try:
        inhalt = yaml.safe_load(datei.read_text(encoding="utf-8"))
        quelle = Quelle.model_validate(inhalt)
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as fehler:
        raise QuellenFehler(
            Befund(
                regel="Die Deklaration ist nicht lesbar",
                gefunden=str(fehler).replace("\n", " | "),
                erwartet="die Schlüssel aus quellen/modell.py",
                tun="die genannte Stelle in der YAML-Datei berichtigen",
                datei=datei.name,
            )
        ) from fehler
    if quelle.id != datei.stem:
        raise QuellenFehler(
            Befund(
                regel="Dateiname und id stimmen nicht überein",
                gefunden=f"id {quelle.id}",
                erwartet=datei.stem,
                tun="eines von beiden umbenennen",
                datei=datei.name,
            )
        )
    return quelle


def lade_katalog(ordner: Path = KATALOG) -> dict[str, Quelle]:
    """All declarations of a folder by id, in alphabetical order."""
    return {q.id: q for q in (lade_quelle(datei) for datei in sorted(ordner.glob("*.yaml")))}


def schuljahr(tag: date) -> tuple[date, date]:
    """First and last day of the school year that holds ``tag`` (1 August to 31 July)."""
    beginn = tag.year if tag.month >= 8 else tag.year - 1
    return date(beginn, 8, 1), date(beginn + 1, 7, 31)
