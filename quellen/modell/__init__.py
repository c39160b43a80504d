"""The shape of a source declaration (``katalog/<quelle>.yaml``) as pydantic models, and reading it.

Belongs here: what may stand in a declaration, checked when it is loaded. Does not belong here: fetching (``zugang``),
parsing (``lesen``), or checking data against it (``vertrag``).

Words: a *Quelle* is one publication of one publisher. It consists of one or more *Teile* (files of one
shape each; every Teil becomes one raw table). A Teil can arrive in several *Formate*; each says where
the Teil's *Felder* (key fields of a row, under our names) stand, and which columns hold figures. A source can be
reached on several *Wege*, tried in turn.
"""

from datetime import date

from quellen.modell.felder import (
    FORMATARTEN,
    Feld,
    Format,
    NichtGefuehrt,
    Normierung,
    Ort,
    Stand,
    Wertspalte,
    Zeichen,
)
from quellen.modell.laden import KATALOG, lade_katalog, lade_quelle
from quellen.modell.quelle import Lizenz, Quelle, Teil, Weg, Zugang
from quellen.modell.regeln import (
    GLIEDERUNGEN,
    Aenderung,
    Beobachtung,
    Bereich,
    Jahrgaenge,
    Korrektur,
    Merkmal,
    Summe,
    Toleranz,
    Vollstaendig,
)
from quellen.modell.strikt import Muster

__all__ = [
    "FORMATARTEN",
    "GLIEDERUNGEN",
    "KATALOG",
    "Aenderung",
    "Beobachtung",
    "Bereich",
    "Feld",
    "Format",
    "Jahrgaenge",
    "Korrektur",
    "Lizenz",
    "Merkmal",
    "Muster",
    "NichtGefuehrt",
    "Normierung",
    "Ort",
    "Quelle",
    "Stand",
    "Summe",
    "Teil",
    "Toleranz",
    "Vollstaendig",
    "Weg",
    "Wertspalte",
    "Zeichen",
    "Zugang",
    "lade_katalog",
    "lade_quelle",
    "schuljahr",
]


def schuljahr(tag: date) -> tuple[date, date]:
    """First and last day of the school year that holds ``tag`` (1 August to 31 July)."""
    beginn = tag.year if tag.month >= 8 else tag.year - 1
    return date(beginn, 8, 1), date(beginn + 1, 7, 31)
