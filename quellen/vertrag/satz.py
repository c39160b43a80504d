"""What one accepted file gives the raw table.

Belongs here: the shape of accepted rows and building them. Does not belong here: any check (the modules beside this
one) and typed values: figures stay text until dbt staging.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from quellen.fehler import Befund
from quellen.lesen import Texttabelle
from quellen.vertrag.felder import Texte, Zuordnung
from quellen.vertrag.kennzahlen import Kennzahlen
from quellen.vertrag.korrekturen import Korrekturergebnis, Korrigiert
from quellen.vertrag.raster import Maske, Raster


@dataclass(frozen=True)
class Rohsatz:
    """What one file gives the raw table; all cells are text as in the source.

    ``daten``, form ``werte``: one row per figure with ``zeile``, ``spalte``, ``spaltenname``, ``merkmal``, one column
    per field in declared order, ``korrigiert`` and ``korrektur`` (the text that counts instead of the original one
    and why, else ``None``), ``originaltext``, ``ist_davon`` and, for a Teil with ``summe``, ``total_fehlt`` (the grand
    total of this key is a sign for zero: all its figures are unknown). Form ``liste``: one row per record with
    ``zeile``, ``spalte``, ``spaltenname``, ``originaltext`` (of the identifying field, as in the source) and the fields
    as corrected.

    ``zuordnungen`` translates texts: ``(field, text, our value)``. An age gives ``<field>_von`` and ``<field>_bis``
    (empty: open), a date, year or period an ISO date (year and period also ``<field>_von``, their first day), a total
    ``insgesamt``, a key of a directory the key, a text that is not carried ``nicht_gefuehrt:<reason>``. ``zeilen``
    counts the records of the source, ``datei`` is the inner file name.

    ``abweichungen`` is what was accepted although it differs from what was declared or known; ``kennzahlen`` what the
    change gate compares; ``korrekturen`` what became of each correction of the Teil.
    """

    daten: pd.DataFrame
    zuordnungen: list[Zuordnung]
    format_art: str
    zeilen: int
    datei: str
    dezimal: str = ","
    tausender: str = ""
    abweichungen: tuple[Befund, ...] = ()
    kennzahlen: Kennzahlen = field(default_factory=Kennzahlen)
    korrekturen: tuple[Korrekturergebnis, ...] = ()


def werte(raster: Raster, texte: Texte, korrigiert: Korrigiert, fehlt: Maske) -> pd.DataFrame:
    """One row per figure. ``texte`` are the figures as in the source, ``fehlt`` whether their total is not there."""
    orte = raster.werte
    nummern = np.array([ort.nummer for ort in orte], dtype=np.int64)
    spalten = {
        "zeile": raster.lang(raster.zeilen, je_zeile=True),
        "spalte": raster.lang(nummern, je_zeile=False),
        "spaltenname": raster.lang(np.array([o.name for o in orte], dtype=object), je_zeile=False),
        "merkmal": raster.lang(np.array([o.wertspalte.merkmal for o in orte], dtype=object), je_zeile=False),
        **{name: raster.lang(w.texte, w.je_zeile) for name, w in raster.felder.items()},
        "korrigiert": korrigiert.korrigiert,
        "korrektur": korrigiert.korrektur,
        "originaltext": texte,
        "ist_davon": raster.lang(np.array([o.wertspalte.davon is not None for o in orte], dtype=bool), je_zeile=False),
    }
    if raster.teil.summe is not None:
        spalten["total_fehlt"] = fehlt
    return _rahmen(spalten)


def liste(raster: Raster, tabelle: Texttabelle, kennung_original: Texte) -> pd.DataFrame:
    """One row per record."""
    kennung = raster.felder[str(raster.teil.kennung)]
    namen = np.array(["", *tabelle.spalten], dtype=object)
    return _rahmen(
        {
            "zeile": raster.zeilen,
            "spalte": kennung.spalten,
            "spaltenname": namen[kennung.spalten],
            "originaltext": kennung_original,
            **{name: werte.texte for name, werte in raster.felder.items()},
        }
    )


def _rahmen(spalten: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """A table that keeps text as plain ``str`` objects, whatever pandas would infer."""
    return pd.DataFrame({name: pd.Series(werte, dtype=werte.dtype) for name, werte in spalten.items()})
