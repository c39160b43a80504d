"""What a declaration says about the meaning of a source's cells, as text that two releases can compare line by line.

Belongs here: which parts of a declaration decide how bytes become figures. Does not belong here: the declaration itself
(``quellen.modell``), comparing (``dbt_projekt/models/revisionen``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from quellen.modell import Quelle

_OHNE_FOLGEN = {
    "titel",
    "herausgeber",
    "lizenz",
    "seite",
    "rhythmus",
    "hoechstalter_tage",
    "bestaetigt",
    "unbekannt",
    "zugang",
    "weitere_wege",
    "korrekturen",
}
"""Words about a source that change no figure; corrections stand at each cell they apply to."""


def deklarationstext(quelle: Quelle) -> str:
    """One line per stated value, ``path = value``, sorted."""
    angaben = quelle.model_dump(mode="json", exclude=_OHNE_FOLGEN)
    for teil in angaben["teile"].values():
        del teil["zugang"], teil["beschreibung"]
    return "\n".join(sorted(_zeilen("", angaben)))


def _zeilen(pfad: str, wert: object) -> Iterator[str]:
    if isinstance(wert, dict) and wert:
        for name, teil in wert.items():
            yield from _zeilen(f"{pfad}.{name}" if pfad else str(name), teil)
    elif isinstance(wert, list) and any(isinstance(w, dict) for w in wert):
        for nummer, teil in enumerate(wert, 1):
            yield from _zeilen(f"{pfad}[{nummer}]", teil)
    else:
        yield f"{pfad} = {json.dumps(wert, ensure_ascii=False)}"
