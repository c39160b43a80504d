"""A whole declaration: the source, how it is reached, and its Teile.

Belongs here: ``Quelle``, ``Teil``, the ways to the publisher, and what must agree inside one declaration. Does not
belong here: the vocabulary of cells (``felder``) and rules (``regeln``), and reading files (``laden``).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import Field, model_validator

from quellen.modell.felder import Feld, Format, Stand, Zeichen
from quellen.modell.regeln import (
    Aenderung,
    Beobachtung,
    Bereich,
    Jahrgaenge,
    Korrektur,
    Merkmal,
    NeueSpalten,
    Summe,
    Vollstaendig,
)
from quellen.modell.strikt import Muster, Strikt

PORTALE = Literal["dkan", "ckan", "genesis", "arcgis", "direkt", "hand"]


class Teil(Strikt):
    """One file of a source with one contract; becomes the raw table ``<quelle>__<teil>``.

    ``form``: ``werte`` gives one raw row per figure, ``liste`` one raw row per record (``kennung`` names the
    field that identifies it). ``innen``: which file of a ZIP that holds several. ``eindeutig``: fields that identify
    a row. ``neue_spalten``: what an undeclared column
    is; without it ``melden`` for a list and ``fehler`` for figures, where it might hold figures that nobody counts.
    """

    beschreibung: str
    form: Literal["werte", "liste"]
    dateimuster: Muster
    innen: Muster | None = None
    kennung: str | None = None
    stand: Stand = Stand()
    jahrgaenge: Jahrgaenge | None = None
    zugang: dict[str, Any]
    felder: dict[str, Feld]
    formate: tuple[Format, ...] = Field(min_length=1)
    beobachtung: Beobachtung | None = None
    eindeutig: tuple[str, ...] = ()
    vollstaendig: Vollstaendig | None = None
    summe: Summe | None = None
    bereiche: tuple[Bereich, ...] = ()
    aenderung: Aenderung | None = None
    neue_spalten: NeueSpalten | None = None
    ganzzahl: bool = True
    minimum: float | None = 0
    mindestzeilen: int = 1
    sortiert_egal: bool = False

    @model_validator(mode="after")
    def _gestalt(self) -> Teil:
        if self.form == "liste" and self.kennung not in self.felder:
            raise ValueError("form liste braucht eine kennung, die unter felder steht")
        if self.form == "werte" and not any(f.wertspalten for f in self.formate):
            raise ValueError("form werte braucht wertspalten")
        if self.form == "liste" and any(f.wertspalten for f in self.formate):
            raise ValueError("form liste hat keine wertspalten")
        if self.form == "liste" and (self.beobachtung or self.bereiche):
            raise ValueError("beobachtung und bereiche gibt es nur bei form werte")
        return self

    @model_validator(mode="after")
    def _bezuege(self) -> Teil:
        genannt = {*self.eindeutig, *(self.summe.felder if self.summe else ())}
        if self.vollstaendig is not None:
            genannt |= {self.vollstaendig.feld, *self.vollstaendig.je}
        if self.beobachtung is not None:
            b = self.beobachtung
            genannt |= {b.gebiet, *({b.stichtag} - {"stand"}), *({b.merkmal} if b.merkmal else ())}
        if genannt - set(self.felder):
            raise ValueError(
                f"eine Regel nennt Felder, die nicht unter felder stehen: {sorted(genannt - set(self.felder))}"
            )
        for format_ in self.formate:
            gruppen = {g for w in format_.wertspalten for g in w.feldnamen()}
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

    def merkmale(self) -> frozenset[str]:
        """The Merkmale that figures of this Teil can be of."""
        if self.beobachtung is not None and self.beobachtung.merkmal:
            return frozenset(self.felder[self.beobachtung.merkmal].werte.values())
        return frozenset(w.merkmal for f in self.formate for w in f.wertspalten)

    @property
    def meldet_neue_spalten(self) -> bool:
        """Whether an undeclared column is only reported."""
        return (self.neue_spalten or ("melden" if self.form == "liste" else "fehler")) == "melden"


class Lizenz(Strikt):
    """Licence of the publication and the source note that it demands."""

    id: str
    url: str
    namensnennung: str


class Zugang(Strikt):
    """How a publisher is reached. ``portal`` names the protocol module under ``zugang/``; ``hand``: files by hand only.

    ``konto``: where its account stands in the environment, ``SOZIALRAUM_<KONTO>_BENUTZER`` and ``…_PASSWORT``.
    ``token``: whether it takes a token (32 characters as user, no password) in place of an account.
    ``gleichzeitig``: so many requests at once at most to one host; ``abstand_s``: pause between two of them.
    """

    id: str = ""
    portal: PORTALE
    basis: str = Field(pattern=r"^https://[a-z0-9.-]+(/.*)?$")
    hosts: tuple[str, ...] = Field(min_length=1)
    konto: str = Field("genesis", pattern="^[a-z][a-z0-9_]*$")
    token: bool = True
    abstand_s: float = 1.0
    gleichzeitig: int = Field(1, ge=1, le=4)
    hoechstbytes: int = 100_000_000
    hoechstdauer_s: float = 600.0

    @property
    def name(self) -> str:
        """What the record of a retrieval calls this way: its ``id``, else the protocol."""
        return self.id or self.portal


class Weg(Strikt):
    """A further way to the same data, tried when those before it failed. ``teile``: ``zugang`` of each Teil there."""

    zugang: Zugang
    teile: dict[str, dict[str, Any]] = Field(min_length=1)


class Quelle(Strikt):
    """One declared source. ``bestaetigt: false`` marks what could not be confirmed at the live portal.

    ``merkmale`` declares what its figures count unless another source or ``macros/merkmale.sql`` does. ``korrekturen``
    come from the file beside the declaration.
    """

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
    weitere_wege: tuple[Weg, ...] = ()
    zeichen: dict[str, Zeichen] = Field(default_factory=dict)
    merkmale: dict[str, Merkmal] = Field(default_factory=dict)
    teile: dict[str, Teil] = Field(min_length=1)
    korrekturen: tuple[Korrektur, ...] = ()

    @model_validator(mode="after")
    def _stimmig(self) -> Quelle:
        if not self.bestaetigt and not self.unbekannt:
            raise ValueError("bestaetigt: false braucht unbekannt: was noch zu klaeren ist")
        namen = [self.zugang.name, *(w.zugang.name for w in self.weitere_wege)]
        if len(set(namen)) != len(namen):
            raise ValueError(f"zwei Wege heißen gleich ({', '.join(namen)}): zugang.id unterscheidet sie")
        genannt = {t for w in self.weitere_wege for t in w.teile} | {k.teil for k in self.korrekturen}
        if genannt - set(self.teile):
            raise ValueError(
                f"weitere_wege oder Korrekturen nennen unbekannte Teile: {sorted(genannt - set(self.teile))}"
            )
        return self

    def fingerabdruck(self) -> str:
        """sha256 of the whole declaration; changes with any word of it."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def rohtabelle(self, teil: str) -> str:
        """Name of the raw table of a Teil."""
        return f"{self.id}__{teil}"

    def wege(self) -> tuple[Quelle, ...]:
        """The source as seen on each way, the first one being itself; a further way has only the Teile it leads to."""
        weitere = (
            self.model_copy(
                update={
                    "zugang": weg.zugang,
                    "weitere_wege": (),
                    "teile": {t: self.teile[t].model_copy(update={"zugang": z}) for t, z in weg.teile.items()},
                }
            )
            for weg in self.weitere_wege
        )
        return (self, *weitere)
