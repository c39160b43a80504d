"""The keys of districts that sources may use, read from dbt's seed ``gebiete``.

Belongs here: handing the one list of districts to the contracts. Does not belong here: a second list.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipelines.einstellungen import DBT_PROJEKT

SEED = DBT_PROJEKT / "seeds" / "gebiete.csv"
_VERZEICHNIS_JE_EBENE = {
    "ortsteil": "ortsteil",
    "stadtbezirk": "stadtbezirk",
    "stadt": "kreis",
    "kreis": "kreis",
    "land": "kreis",
    "bund": "kreis",
}


@cache
def verzeichnisse(seed: Path = SEED) -> Mapping[str, frozenset[str]]:
    """Directory name (``ortsteil``, ``stadtbezirk``, ``kreis``) → keys as sources write them."""
    schluessel: dict[str, set[str]] = {}
    for zeile in _zeilen(seed):
        schluessel.setdefault(_VERZEICHNIS_JE_EBENE[zeile["ebene"]], set()).add(zeile["kurz"])
    return {name: frozenset(werte) for name, werte in schluessel.items()}


@cache
def heutige_ortsteile(seed: Path = SEED) -> frozenset[str]:
    """Numbers of the Ortsteile that exist today."""
    return frozenset(z["kurz"] for z in _zeilen(seed) if z["ebene"] == "ortsteil" and not z["gueltig_bis"])


@cache
def stadtname(seed: Path = SEED) -> str:
    """The city's name, as lists of facilities spell it."""
    (name,) = {z["name"] for z in _zeilen(seed) if z["ebene"] == "stadt" and not z["gueltig_bis"]}
    return name


def _zeilen(seed: Path) -> list[dict[str, str]]:
    with seed.open(encoding="utf-8", newline="") as datei:
        return list(csv.DictReader(datei))
