"""GENESIS flat CSV (``ffcsv``, version 5): one figure per line, breakdowns as numbered axes.

Belongs here: recognising the form and naming its fixed columns and axes. Does not belong here: which
axis carries which field (the declaration says it by variable code, ``vertrag`` resolves it per row).

Columns (English whatever the language): ``statistics_code;statistics_label;time_code;time_label;time``, then per axis
``n_variable_code;n_variable_label;n_variable_attribute_code;n_variable_attribute_label``, then
``value;value_unit;value_variable_code;value_variable_label`` and, on request, ``value_q``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from quellen.lesen.texttabelle import Stelle

FESTE_SPALTEN = (
    "statistics_code",
    "statistics_label",
    "time_code",
    "time_label",
    "time",
    "value",
    "value_unit",
    "value_variable_code",
    "value_variable_label",
)
ACHSENTEILE = ("variable_code", "variable_label", "variable_attribute_code", "variable_attribute_label")
_ACHSE = re.compile(r"([1-9][0-9]?)_variable_(?:code|label|attribute_code|attribute_label)")


def pruefe_form(spalten: Sequence[str], kopfzeile: int, stelle: Stelle) -> None:
    """Raise ``QuellenFehler`` if a header is not that of a flat CSV; columns keep the publisher's names."""
    if spalten[0] != FESTE_SPALTEN[0]:
        raise stelle.fehler(
            "Die Datei ist keine GENESIS-Flat-CSV (ffcsv)",
            f"erste Spalte »{spalten[0]}«",
            f"erste Spalte »{FESTE_SPALTEN[0]}«",
            "die Tabelle im Format ffcsv abrufen",
            kopfzeile,
            1,
        )


def achsen(spalten: Sequence[str]) -> tuple[int, ...]:
    """Numbers of the axes that a file has, e.g. ``(1, 2)``."""
    return tuple(sorted({int(t.group(1)) for t in map(_ACHSE.fullmatch, spalten) if t}))


def achsenspalten(nummer: int) -> tuple[str, ...]:
    """Names of the four columns of an axis."""
    return tuple(f"{nummer}_{teil}" for teil in ACHSENTEILE)
