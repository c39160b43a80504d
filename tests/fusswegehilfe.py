"""The network of footpaths as tests hand it in: its declaration, its raw tables and its files.

Belongs here: putting cells where the loader would. Does not belong here: networks themselves (the tests).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import duckdb
import pandas as pd

from pipelines.einstellungen import PROJEKT
from pipelines.rohtabellen.laden import rohspalten
from quellen.modell import Quelle, lade_quelle

DATEI = PROJEKT / "quellen" / "wahlweise" / "fusswegenetz.yaml"
Knoten = Sequence[tuple[int, float, float]]
Kanten = Sequence[tuple[int, int, float]]


def deklaration() -> Quelle:
    """The declaration as it is shipped."""
    return lade_quelle(DATEI)


def tabellen(knoten: Knoten, kanten: Kanten) -> dict[str, pd.DataFrame]:
    """Teil → cells as texts with their line, as the contract gives them."""
    k = pd.DataFrame([[*map(str, z)] for z in knoten], columns=["nummer", "x", "y"])
    e = pd.DataFrame([[*map(str, z)] for z in kanten], columns=["von", "nach", "laenge_m"])
    return {teil: t.assign(zeile=range(2, len(t) + 2)) for teil, t in (("knoten", k), ("kanten", e))}


def schreibe_netz(con: duckdb.DuckDBPyConnection, knoten: Knoten, kanten: Kanten) -> None:
    """Fill the raw tables of the source, its retrievals and its state; what was there is replaced."""
    quelle = deklaration()
    con.execute("delete from raw.abrufe where quelle = 'fusswegenetz'")
    con.execute("delete from raw.quellen where quelle = 'fusswegenetz'")
    con.execute("insert into raw.quellen by name select 'fusswegenetz' as quelle, 'gut' as zustand, '' as meldung")
    for teil, zeilen in tabellen(knoten, kanten).items():
        tabelle, spalten = quelle.rohtabelle(teil), rohspalten(quelle.teile[teil])
        con.execute(f"create or replace table raw.{tabelle} ({', '.join(f'{s} {t}' for s, t in spalten.items())})")
        con.register("_netz", zeilen.assign(abruf=f"netz-{teil}"))
        con.execute(f"insert into raw.{tabelle} by name select * from _netz")
        con.unregister("_netz")
        con.execute(
            "insert into raw.abrufe by name select ? as abruf, 'fusswegenetz' as quelle, ? as teil, ? as datei, "
            "'2026-01-01T00:00:00+00:00' as abgerufen_am, 'eingang' as datenart",
            [f"netz-{teil}", teil, f"{teil}.csv"],
        )


def dateien(knoten: Knoten, kanten: Kanten) -> list[Any]:
    """The same as archived files that the audit has read."""
    quelle = deklaration()
    return [
        SimpleNamespace(quelle=quelle, teil_name=teil, satz=SimpleNamespace(daten=daten))
        for teil, daten in tabellen(knoten, kanten).items()
    ]
