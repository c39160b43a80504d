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
    with seed.open(encoding="utf-8", newline="") as datei:
        for zeile in csv.DictReader(datei):
            schluessel.setdefault(_VERZEICHNIS_JE_EBENE[zeile["ebene"]], set()).add(zeile["kurz"])
    return {name: frozenset(werte) for name, werte in schluessel.items()}
