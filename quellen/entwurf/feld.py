"""From the guess about a column to the field of a declaration, with a comment that says what was seen.

Belongs here: the words for one field. Does not belong here: looking at texts (``spalten``) and the whole declaration
(``bauen``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quellen.entwurf.spalten import Spaltenbild, ist_insgesamt, woertlich

BELEGT = frozenset(
    {"zeile", "spalte", "spaltenname", "merkmal", "originaltext", "ist_davon", "total_fehlt", "abruf", "stand", "wert"}
)
"""Names that raw tables use themselves."""
BEKANNTE = {
    "GESM": "maennlich", "GESW": "weiblich", "m": "maennlich", "w": "weiblich", "männlich": "maennlich",
    "NATD": "deutsch", "NATA": "nichtdeutsch", "ausländisch": "nichtdeutsch", "Ausländer": "nichtdeutsch",
    "Ausländer/-innen": "nichtdeutsch", "Deutsche": "deutsch",
}  # fmt: skip
"""Our codes of texts that several offices use."""
BEDEUTUNGEN: dict[str, dict[str, Any]] = {
    "": {"status": "O", "bedeutung": "keine Angabe"},
    "\u00a0": {"status": "O", "bedeutung": "keine Angabe"},
    "-": {"wert": 0, "status": "A", "bedeutung": "nichts vorhanden"},
    "–": {"status": "Q", "vertraulichkeit": "A", "bedeutung": "geheim zu halten"},
    ".": {"status": "Q", "vertraulichkeit": "A", "bedeutung": "Zahlenwert unbekannt oder geheim zu halten"},
    "...": {"status": "O", "bedeutung": "Angabe fällt später an"},
    "/": {"status": "U", "bedeutung": "Zahlenwert nicht sicher genug"},
    "x": {"status": "M", "bedeutung": "Tabellenfach gesperrt, Aussage nicht sinnvoll"},
}
"""What signs of official statistics usually mean; the publisher's own legend counts."""


@dataclass(frozen=True)
class Feldentwurf:
    """One drafted field: its name, the entries under ``felder`` and ``orte``, and comments above it."""

    name: str
    feld: dict[str, Any]
    ort: dict[str, Any]
    kommentare: tuple[str, ...] = ()
    spalte: str = ""


@dataclass
class Namen:
    """Makes names for fields and Merkmale that are unique in one declaration."""

    vergeben: set[str] = field(default_factory=lambda: set(BELEGT))

    def neu(self, text: str) -> str:
        """A free name like ``text``."""
        name, nummer = kurzname(text), 2
        while name in self.vergeben:
            name, nummer = f"{kurzname(text)}_{nummer}", nummer + 1
        self.vergeben.add(name)
        return name


def kurzname(text: str, ersatz: str = "feld") -> str:
    """A text as lower-case ASCII with underscores, at most 40 characters, beginning with a letter."""
    for alt, neu in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.lower().replace(alt, neu)
    name = re.sub(r"[^a-z0-9]+", "_", text).strip("_")[:40].strip("_")
    return name if re.match("[a-z]", name) else f"{ersatz}_{name}".strip("_")


def stufen(paare: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Text in the source → our code, for ``werte``. ``paare``: text and its label."""
    namen = Namen(set())
    ergebnis = {}
    for text, name in paare:
        if ist_insgesamt(name) or (not name.strip() and ist_insgesamt(text)):
            ergebnis[text] = "insgesamt"
        else:
            ergebnis[text] = BEKANNTE.get(text) or BEKANNTE.get(name) or namen.neu(name or text or "ohne_angabe")
    return ergebnis


def feld_aus(bild: Spaltenbild, namen: Namen, *, form: str) -> Feldentwurf:
    """The field for a column that is no column of figures (form ``liste``: for any column)."""
    feld, kommentare = _feld(bild)
    if form == "liste" and bild.typ == "zahl" and bild.zeichen:
        feld, kommentare = {"typ": "text"}, [f"Zahlen und {_aufzaehlung(bild.zeichen)}"]
    if form == "liste" and bild.typ == "auspraegung":
        feld, kommentare = {"typ": "text"}, []
    if feld["typ"] != "auspraegung":
        feld = {k: w for k, w in feld.items() if k != "leer"} | ({"leer": True} if bild.leer else {})
    beispiele = _aufzaehlung(bild.texte[:4])
    sicher = () if bild.sicher else ("geraten, bitte prüfen",)
    kommentar = f"»{bild.name}«: {len(bild.anzahl)} verschiedene Texte, z. B. {beispiele}"
    return Feldentwurf(
        namen.neu(bild.name), feld, {"spalte": bild.name}, (kommentar, *kommentare, *bild.hinweise, *sicher), bild.name
    )


def _feld(bild: Spaltenbild) -> tuple[dict[str, Any], list[str]]:
    match bild.typ:
        case "datum":
            return {"typ": "datum", "datumsformate": list(bild.datumsformate)}, []
        case "ortsteil" | "stadtbezirk":
            fremd, kommentare = fremde_schluessel(bild.fremd, {})
            return {"typ": "schluessel", "verzeichnis": bild.typ, **fremd}, kommentare
        case "kreis":
            return kreisfeld(bild, {})
        case "alter":
            ganz = [t for t in bild.texte if ist_insgesamt(t)]
            return {"typ": "alter", **({"insgesamt": ganz} if ganz else {})}, []
        case "auspraegung":
            return {"typ": "auspraegung", "werte": stufen((t, t) for t in bild.texte)}, [
                "rechts unsere Namen; »insgesamt« kennzeichnet Summenzeilen"
            ]
        case _:
            return {"typ": bild.typ}, []


def kreisfeld(bild: Spaltenbild, namen: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """A field of Kreis keys with the spellings that lead to the directory and the keys that do not."""
    feld: dict[str, Any] = {"typ": "schluessel", "verzeichnis": "kreis"}
    kommentare = []
    if bild.normierung:
        feld["normierung"] = [{"muster": r.muster, "ersatz": r.ersatz} for _, r in bild.normierung]
        kommentare.append(f"andere Schreibweise des Schlüssels: {', '.join(n for n, _ in bild.normierung)}")
    fremd, mehr = fremde_schluessel(bild.fremd, namen)
    return feld | fremd, kommentare + mehr


def fremde_schluessel(fremd: Sequence[str], namen: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """``nicht_gefuehrt`` for keys that the directory does not have, by kind; the reason must be written by a person."""
    if not fremd:
        return {}, []
    arten: dict[str, list[str]] = {}
    for text in fremd:
        laenge = len(text)
        arten.setdefault(f"\\d{{{laenge}}}" if text.isdecimal() and laenge in (3, 8, 12) else "einzeln", []).append(
            text
        )
    regeln = []
    for art, texte in arten.items():
        beispiele = _aufzaehlung([f"{t} {namen.get(t, '')}".strip() for t in texte[:4]])
        muster = art if art != "einzeln" else "|".join(map(woertlich, texte))
        regeln.append({"muster": muster, "grund": f"Ebene oder Gebiet wird nicht geführt, z. B. {beispiele}"})
    return {"nicht_gefuehrt": regeln}, [
        f"{len(fremd)} Schlüssel stehen nicht im Verzeichnis: ist das jeweils richtig so? Teil eines Kreises, "
        "aufgelöst, andere Ebene?"
    ]


def _aufzaehlung(texte: Iterable[str]) -> str:
    return ", ".join(f"»{t[:60]}«" for t in texte)
