"""From a text table to the parts of one Teil: which columns are figures, which are keys, what may be the rules.

Belongs here: choices over all columns of a table. Does not belong here: a single column (``spalten``, ``feld``), the
source around the Teil (``quelltext``), YAML (``schreiben``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from quellen.entwurf.achsen import achsenfelder
from quellen.entwurf.feld import BEDEUTUNGEN, Feldentwurf, Namen, feld_aus, kurzname
from quellen.entwurf.schluessel import schluesselkandidaten
from quellen.entwurf.spalten import Spaltenbild, betrachte, ist_zahl, woertlich, zaehle, zahlform
from quellen.lesen.texttabelle import Texttabelle
from quellen.modell import GLIEDERUNGEN, Format

_ZEIT = frozenset({"datum", "jahr", "zeitraum"})
_GEBIET = frozenset({"ortsteil", "stadtbezirk", "kreis"})
_RANG = {
    "kreis": 0,
    "ortsteil": 0,
    "stadtbezirk": 0,
    "datum": 1,
    "jahr": 1,
    "zeitraum": 1,
    "auspraegung": 2,
    "alter": 2,
}


@dataclass
class Teilentwurf:
    """Everything about one Teil that could be guessed; ``unbekannt`` is what could not."""

    format_: Format
    form: Literal["werte", "liste"]
    felder: list[Feldentwurf]
    wertspalten: list[dict[str, str]] = field(default_factory=list)
    merkmale: dict[str, dict[str, str]] = field(default_factory=dict)
    groesse: str = ""
    eindeutig: tuple[str, ...] = ()
    kandidaten: list[tuple[str, ...]] = field(default_factory=list)
    kennung: str = ""
    zeichen: dict[str, dict[str, Any]] = field(default_factory=dict)
    nur: dict[str, list[str]] = field(default_factory=dict)
    ignoriert: list[str] = field(default_factory=list)
    zahlform: tuple[str, str] = (",", "")
    ganzzahl: bool = True
    negativ: bool = False
    additiv: bool = True
    vollstaendig: bool = False
    zeilen: int = 0
    innen: str = ""
    unbekannt: list[str] = field(default_factory=list)

    @property
    def summen(self) -> list[str]:
        """Fields in which some rows are totals."""
        return [f.name for f in self.felder if "insgesamt" in f.feld or "insgesamt" in f.feld.get("werte", {}).values()]

    def feld_mit(self, *arten: str) -> str:
        """Name of the first field of one of these types or directories; empty if there is none."""
        return next((f.name for f in self.felder if f.feld["typ"] in arten or f.feld.get("verzeichnis") in arten), "")


def baue(tabelle: Texttabelle, format_: Format, verzeichnisse: Mapping[str, frozenset[str]]) -> Teilentwurf:
    """The Teil that this table seems to be."""
    entwurf = (
        _flach(tabelle, format_, verzeichnisse) if format_.art == "ffcsv" else _breit(tabelle, format_, verzeichnisse)
    )
    entwurf.zeilen = len(tabelle.daten)
    if entwurf.form == "werte":
        fremd = [f.name for f in entwurf.felder if f.feld["typ"] in ("auspraegung", "alter")]
        fremd = [f for f in fremd if f not in GLIEDERUNGEN and f != entwurf.groesse]
        if fremd:
            entwurf.unbekannt.append(
                f"ob {', '.join(fremd)} Gliederungen sind; in den Beobachtungen heißen sie {', '.join(GLIEDERUNGEN)}"
            )
        if not entwurf.feld_mit(*_GEBIET):
            entwurf.unbekannt.append("welches Feld das Gebiet ist (für beobachtung); erkannt wurde keines")
    return entwurf


def _flach(tabelle: Texttabelle, format_: Format, verzeichnisse: Mapping[str, frozenset[str]]) -> Teilentwurf:
    """A GENESIS flat CSV: fields from time and axes, one column of figures."""
    daten = tabelle.daten
    namen = Namen()
    felder = achsenfelder(tabelle, verzeichnisse, namen)
    entwurf = Teilentwurf(format_, "werte", felder)
    was = daten[["value_variable_code", "value_unit", "value_variable_label"]].drop_duplicates()
    if len(was) == 1:
        code, einheit, label = (str(t) for t in was.iloc[0])
        entwurf.nur = {"value_unit": [einheit], "value_variable_code": [code]}
        merkmal = kurzname(label, "merkmal")
        entwurf.merkmale = {merkmal: {"name": label, "einheit": einheit}}
    else:
        merkmal = "wert"
        entwurf.groesse = namen.neu("groesse")
        werte = {}
        for code, einheit, label in was.itertuples(index=False, name=None):
            name = kurzname(f"{label} {einheit}", "merkmal")
            werte[f"{code}|{einheit}"] = name
            entwurf.merkmale[name] = {"name": str(label), "einheit": str(einheit)}
        felder.append(
            Feldentwurf(
                entwurf.groesse,
                {"typ": "auspraegung", "werte": werte},
                {"verbunden": ["value_variable_code", "value_unit"]},
                ("was gezählt ist und in welcher Einheit: gehört zum Schlüssel",),
                "value_variable_code",
            )
        )
    entwurf.wertspalten = [{"muster": "value", "merkmal": merkmal}]
    if "value_q" in tabelle.spalten:
        entwurf.ignoriert = ["value_q"]
    _figuren(entwurf, [betrachte("value", daten["value"], {})])
    schluessel = [f for f in felder if f.ort.get("nimm") != "label" or f.feld["typ"] != "text"]
    entwurf.eindeutig = tuple(f.name for f in schluessel)
    doppelt = daten.duplicated([c for c in tabelle.spalten if c not in ("value", "value_q")]).any()
    if doppelt:
        entwurf.eindeutig = ()
        entwurf.unbekannt.append("was Zeilen mit denselben Ausprägungen unterscheidet (keine Spalte tut es)")
    return entwurf


def _breit(tabelle: Texttabelle, format_: Format, verzeichnisse: Mapping[str, frozenset[str]]) -> Teilentwurf:
    """Any other table: each column is a field or holds figures."""
    bilder = [betrachte(s, tabelle.daten[s], verzeichnisse) for s in tabelle.spalten]
    form = _form(bilder, format_)
    figuren = [b for b in bilder if b.typ == "zahl"] if form == "werte" else []
    namen = Namen()
    uebrige = [b for b in bilder if b not in figuren]
    entwurf = Teilentwurf(format_, form, [feld_aus(b, namen, form=form) for b in uebrige])
    for bild in figuren:
        merkmal = namen.neu(bild.name)
        entwurf.wertspalten.append({"muster": woertlich(bild.name), "merkmal": merkmal})
        entwurf.merkmale[merkmal] = {"name": bild.name, "einheit": "unbekannt"}
    if figuren:
        entwurf.unbekannt.append("Einheit der Zahlen (merkmale) und ob eine Spalte Teil einer anderen ist (davon)")
    _figuren(entwurf, figuren or [b for b in bilder if b.typ == "zahl"])
    reihenfolge = sorted(
        uebrige, key=lambda b: _RANG.get(b.typ, 3) if form == "werte" else len(b.anzahl) < len(tabelle.daten)
    )
    name_zu = {f.spalte: f.name for f in entwurf.felder}
    gefunden = schluesselkandidaten(tabelle.daten, [b.name for b in reihenfolge if b.name != "geometry"])
    entwurf.kandidaten = [tuple(name_zu[s] for s in satz) for satz in gefunden]
    if entwurf.kandidaten:
        entwurf.eindeutig = entwurf.kandidaten[0]
    else:
        entwurf.unbekannt.append("was eine Zeile eindeutig macht (keine Auswahl von Spalten tut es)")
    if form == "liste":
        einzeln = next((k[0] for k in entwurf.kandidaten if len(k) == 1), "")
        entwurf.kennung = einzeln or entwurf.felder[0].name
        if not einzeln:
            entwurf.unbekannt.append(f"welches Feld eine Zeile benennt (kennung; geraten: {entwurf.kennung})")
    return entwurf


def _form(bilder: Sequence[Spaltenbild], format_: Format) -> Literal["werte", "liste"]:
    """Figures or records: figures if they are a good part of the columns, or stand beside a district or period."""
    zahlen = sum(b.typ == "zahl" for b in bilder)
    texte = sum(b.typ == "text" for b in bilder)
    geordnet = any(b.typ in _ZEIT | _GEBIET for b in bilder)
    if format_.art == "geojson" or not zahlen or zahlen == len(bilder):
        return "liste"
    return "werte" if 3 * zahlen >= len(bilder) or (geordnet and texte <= 2 + zahlen) else "liste"


def _figuren(entwurf: Teilentwurf, bilder: Sequence[Spaltenbild]) -> None:
    """Form of the numbers and the signs of all columns of figures together."""
    entwurf.zahlform = zahlform(b.texte for b in bilder)
    dezimal, _ = entwurf.zahlform
    zahlen = [t for b in bilder for t in b.texte if ist_zahl(t)]
    entwurf.ganzzahl = not any(dezimal in t for t in zahlen)
    entwurf.negativ = any(t.startswith("-") for t in zahlen)
    if entwurf.form != "werte":
        return
    for bild in bilder:
        for zeichen in bild.zeichen or [t for t in bild.texte if not ist_zahl(t)]:
            bekannt = BEDEUTUNGEN.get(zeichen)
            entwurf.zeichen[zeichen] = bekannt or {"status": "O", "bedeutung": "unbekannt: in der Legende nachsehen"}
            if bekannt is None:
                entwurf.unbekannt.append(f"Bedeutung des Zeichens »{zeichen}«")
    entwurf.unbekannt = list(dict.fromkeys(entwurf.unbekannt))


def haeufigkeiten(tabelle: Texttabelle, spalte: str) -> dict[str, int]:
    """How often each text stands in a column."""
    return zaehle(tabelle.daten[spalte])
