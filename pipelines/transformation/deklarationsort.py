"""The line of a declaration that a message of dbt's macros names by file, model and column.

Belongs here: finding a column in a ``.yml`` file and writing its line into the message. Does not belong here: what is
wrong with it (``dbt_projekt/macros/indikatoren/pruefung.sql``, which cannot know lines).
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

_ORT = re.compile(r"(?P<datei>[\w./-]+\.ya?ml), Modell (?P<modell>\w+), Spalte (?P<spalte>\w+)")


def mit_zeilen(meldung: str, projekt: Path) -> str:
    """The message with ``Zeile N`` after every file of the project in which the named column is found."""

    def ergaenze(treffer: re.Match[str]) -> str:
        zeile = zeile_der_spalte(projekt / treffer["datei"], treffer["modell"], treffer["spalte"])
        if zeile is None:
            return treffer[0]
        return f"{treffer['datei']}, Zeile {zeile}, Modell {treffer['modell']}, Spalte {treffer['spalte']}"

    return _ORT.sub(ergaenze, meldung)


def zeile_der_spalte(datei: Path, modell: str, spalte: str) -> int | None:
    """The line, counted from 1, on which the declaration of the column begins; ``None`` if it is not there."""
    try:
        baum = yaml.compose(datei.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, yaml.YAMLError):
        return None
    for art in _eintraege(_wert(baum, "models")):
        if _name(art) == modell:
            for eintrag in _eintraege(_wert(art, "columns")):
                if _name(eintrag) == spalte:
                    return int(eintrag.start_mark.line) + 1
    return None


def _wert(knoten: yaml.Node | None, schluessel: str) -> yaml.Node | None:
    if isinstance(knoten, yaml.MappingNode):
        for name, wert in knoten.value:
            if name.value == schluessel:
                return wert  # type: ignore[no-any-return]
    return None


def _eintraege(knoten: yaml.Node | None) -> list[yaml.Node]:
    return list(knoten.value) if isinstance(knoten, yaml.SequenceNode) else []


def _name(knoten: yaml.Node) -> str | None:
    wert = _wert(knoten, "name")
    return str(wert.value) if isinstance(wert, yaml.ScalarNode) else None
