"""From a released figure to its source cells, for people at a terminal and for programs.

Belongs here: finding what is meant, asking the released file, printing a tree or JSON. Does not belong here: which
observation counts for which figure (table macro ``herkunft`` of the release). Only the released file is read, read-only
and without access to anything else.
"""

from pipelines.herkunft.abfrage import herkunft, oeffne
from pipelines.herkunft.darstellung import als_baum, als_json
from pipelines.herkunft.modell import Herkunft, HerkunftFehler, Kennzahl, Zelle, zahl
from pipelines.herkunft.suche import finde_gebiet, finde_indikator

__all__ = [
    "Herkunft",
    "HerkunftFehler",
    "Kennzahl",
    "Zelle",
    "als_baum",
    "als_json",
    "finde_gebiet",
    "finde_indikator",
    "herkunft",
    "oeffne",
    "zahl",
]
