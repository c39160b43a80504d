"""What a column seems to hold: figures with signs, a period, an age, a district, a category, or text.

Belongs here: guesses from the texts of one column. Does not belong here: rules over several columns (``schluessel``)
and the words of a declaration (``bauen``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import pandas as pd

from quellen.lesen.alter import alter_grenzen
from quellen.modell import Format, Normierung
from quellen.vertrag.zahlen import zahlmuster

Typ = Literal["zahl", "jahr", "datum", "zeitraum", "alter", "ortsteil", "stadtbezirk", "kreis", "auspraegung", "text"]
INSGESAMT = frozenset({"insgesamt", "total", "zusammen", "gesamt", "alle"})
"""Words for a total, in lower case."""
DATUMSFORMATE = ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%Y%m%d")
NORMIERUNGEN = (
    ("AGS mit acht Ziffern", Normierung(muster=r"(\d{5})000", ersatz=r"\1")),
    ("ARS mit zwölf Ziffern", Normierung(muster=r"(\d{5})0{7}", ersatz=r"\1")),
    ("Land mit fünf Ziffern", Normierung(muster=r"(\d{2})000", ersatz=r"\1")),
    ("Kreis in NRW mit drei Ziffern", Normierung(muster=r"(\d{3})", ersatz=r"05\1")),
)
ZAHLFORMEN = ((",", ""), (",", "."), (".", ""), (".", ","), (",", " "))
"""Decimal and thousands sign, in the order in which they are tried."""
ZEICHEN_HOECHSTENS = 8
STUFEN_HOECHSTENS = 60
_PERIODE = re.compile(r"[12]\d{3}-\d{2}P\d+M|[12]\d{3}/(?:\d{2}|\d{4})|[12]\d{3}-\d{2}-\d{2}|[12]\d{3}")
_KENNUNGSNAME = re.compile(r"(?i)(?:nummer|nr|id|schl\w*|key|code|plz|postleitzahl|ags|ars|kennung|oid|fid)$")
_ORTSNAME = re.compile(r"(?i)ort|bezirk|gebiet|kreis|region|gemeinde|ags|ars|schl|layer|nr|num")


@dataclass(frozen=True)
class Spaltenbild:
    """A column as found: its distinct texts with their frequency, and the guess what it is.

    ``zeichen``: texts of a column of figures that are no numbers; ``normierung``: spellings that lead to the directory;
    ``fremd``: keys that the directory does not know.
    """

    name: str
    anzahl: Mapping[str, int]
    typ: Typ
    zeichen: tuple[str, ...] = ()
    normierung: tuple[tuple[str, Normierung], ...] = ()
    fremd: tuple[str, ...] = ()
    datumsformate: tuple[str, ...] = ()
    sicher: bool = True
    hinweise: tuple[str, ...] = field(default=())

    @property
    def texte(self) -> tuple[str, ...]:
        """The distinct texts, in order of first appearance."""
        return tuple(self.anzahl)

    @property
    def leer(self) -> bool:
        """Whether some cells are empty."""
        return "" in self.anzahl


def zaehle(spalte: Iterable[Any]) -> dict[str, int]:
    """Distinct texts of a column with their frequency, in order of first appearance."""
    reihe = pd.Series(list(spalte), dtype=object)
    return {str(t): int(n) for t, n in reihe.groupby(reihe, sort=False).size().items()} if len(reihe) else {}


def zahlform(spalten: Iterable[Iterable[str]]) -> tuple[str, str]:
    """Decimal and thousands sign under which most distinct texts are numbers; the plainest of equal ones.

    ``1.234`` counts as 1234 and not as 1,234: that is how German offices write.
    """
    texte = {t for spalte in spalten for t in spalte}
    besten = max(
        ZAHLFORMEN,
        key=lambda f: (sum(bool(_muster(*f).fullmatch(t)) for t in texte), -ZAHLFORMEN.index(f)),
    )
    return besten


def _muster(dezimal: str, tausender: str) -> re.Pattern[str]:
    return zahlmuster(Format.model_validate({"art": "csv", "dezimal": dezimal, "tausender": tausender, "orte": {}}))


_IRGENDEINE = tuple(_muster(*f) for f in ZAHLFORMEN)


def ist_zahl(text: str) -> bool:
    """Whether a text is a number in one of the usual forms."""
    return any(m.fullmatch(text) for m in _IRGENDEINE)


def betrachte(name: str, texte: Iterable[Any], verzeichnisse: Mapping[str, frozenset[str]]) -> Spaltenbild:
    """The guess for one column. Never raises."""
    anzahl = zaehle(texte)
    gefuellt = [t for t in anzahl if t.strip()]
    if not gefuellt:
        return Spaltenbild(name, anzahl, "text", hinweise=("die Spalte ist leer",))
    for pruefe in (_zeit, _gebiet, _figuren):
        bild = pruefe(name, anzahl, gefuellt, verzeichnisse)
        if bild is not None:
            return bild
    if any(alter_grenzen(t) for t in gefuellt) and all(alter_grenzen(t) or ist_insgesamt(t) for t in gefuellt):
        return Spaltenbild(name, anzahl, "alter")
    if len(anzahl) <= STUFEN_HOECHSTENS and sum(anzahl.values()) >= 3 * len(anzahl) and max(map(len, anzahl)) <= 120:
        return Spaltenbild(name, anzahl, "auspraegung")
    return Spaltenbild(name, anzahl, "text")


def woertlich(text: str) -> str:
    """A text as a regular expression that matches it, as readable as can be."""
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text)


def ist_insgesamt(text: str) -> bool:
    """Whether a label says that a row is a total."""
    return text.strip().lower() in INSGESAMT


def _zeit(
    name: str, anzahl: Mapping[str, int], gefuellt: Sequence[str], _verzeichnisse: Mapping[str, frozenset[str]]
) -> Spaltenbild | None:
    for format_ in DATUMSFORMATE:
        if all(_ist_datum(t, format_) for t in gefuellt):
            return Spaltenbild(name, anzahl, "datum", datumsformate=(format_,))
    if all(re.fullmatch(r"(?:19|20)\d{2}", t) for t in gefuellt):
        nach_namen = re.search(r"(?i)jahr|year|zeit|time", name) is not None
        return Spaltenbild(name, anzahl, "jahr", sicher=nach_namen) if nach_namen or len(gefuellt) > 2 else None
    if all(_PERIODE.fullmatch(t) for t in gefuellt) and not all(t.isdecimal() for t in gefuellt):
        return Spaltenbild(name, anzahl, "zeitraum")
    return None


def _ist_datum(text: str, format_: str) -> bool:
    if format_ == "%Y%m%d" and not re.fullmatch(r"(?:19|20)\d{6}", text):
        return False
    try:
        datetime.strptime(text, format_)
    except ValueError:
        return False
    return True


def _gebiet(
    name: str, anzahl: Mapping[str, int], gefuellt: Sequence[str], verzeichnisse: Mapping[str, frozenset[str]]
) -> Spaltenbild | None:
    """A column of district keys: most of its texts stand in a directory, as they are or in another spelling."""
    for verzeichnis in ("ortsteil", "stadtbezirk", "kreis"):
        keys = verzeichnisse.get(verzeichnis, frozenset())
        regeln = _regeln(gefuellt, keys) if verzeichnis == "kreis" else ()
        fremd = [t for t in gefuellt if t not in keys and not any(_normiert(t, r) in keys for _, r in regeln)]
        treffer = len(gefuellt) - len(fremd)
        lang = any(len(t) >= 5 for t in gefuellt)
        genug = treffer >= max(1, 0.6 * len(gefuellt)) and (
            _ORTSNAME.search(name) is not None or (lang and treffer >= 3)
        )
        if verzeichnis == "kreis" and not lang and treffer < 10:
            continue  # 01, 02, 03 may be anything
        if genug and treffer and not (len(gefuellt) == 1 and not lang):
            typ: Typ = "ortsteil" if verzeichnis == "ortsteil" else "kreis" if verzeichnis == "kreis" else "stadtbezirk"
            return Spaltenbild(name, anzahl, typ, normierung=regeln, fremd=tuple(fremd))
    return None


def _regeln(texte: Sequence[str], keys: frozenset[str]) -> tuple[tuple[str, Normierung], ...]:
    """Spellings that lead texts to keys of the directory, unless they would make two rows of one key."""
    vergeben = {t for t in texte if t in keys}
    gewaehlt = []
    for name, regel in NORMIERUNGEN:
        ziele = [z for t in texte if t not in keys and (z := _normiert(t, regel)) in keys]
        if ziele and not vergeben & set(ziele):
            vergeben |= {z for z in ziele if z is not None}
            gewaehlt.append((name, regel))
    return tuple(gewaehlt)


def _normiert(text: str, regel: Normierung) -> str | None:
    treffer = re.fullmatch(regel.muster, text)
    return treffer.expand(regel.ersatz) if treffer else None


def _figuren(
    name: str, anzahl: Mapping[str, int], gefuellt: Sequence[str], _verzeichnisse: Mapping[str, frozenset[str]]
) -> Spaltenbild | None:
    """A column of figures: numbers, and at most a few short signs. Identifiers look like numbers but are none."""
    zahlen = [t for t in gefuellt if ist_zahl(t)]
    zeichen = tuple(t for t in anzahl if not ist_zahl(t))
    if not zahlen or len(zeichen) > ZEICHEN_HOECHSTENS or any(len(t) > 10 for t in zeichen):
        return None
    if len([t for t in zeichen if t.strip()]) > max(2, len(zahlen)):
        return None
    fuehrende_null = any(re.fullmatch(r"0\d+", t) for t in zahlen)
    einmalig = max(anzahl.values()) == 1 and len(anzahl) > 5 and len({len(t) for t in zahlen}) == 1
    ganz = all(t.isdecimal() for t in zahlen)
    if fuehrende_null or (ganz and not zeichen and (_KENNUNGSNAME.search(name) or (einmalig and len(zahlen[0]) >= 4))):
        return None
    return Spaltenbild(name, anzahl, "zahl", zeichen=zeichen)
