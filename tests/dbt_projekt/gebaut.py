"""A built private file as tests read it.

Belongs here: building with dbt and looking at the result. Does not belong here: what goes in (``rohbau``, ``staedte``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from rohbau import Rohbau, gebiete
from staedte import Kreis, Stadt

from pipelines.einstellungen import Einstellungen
from pipelines.transformation.dbt_lauf import Knotenergebnis, baue


@dataclass
class Gebaut:
    """A built private file."""

    daten: Path
    knoten: list[Knotenergebnis]
    indikatoren: pd.DataFrame

    def frage(self, sql: str) -> pd.DataFrame:
        """Any query on the private file."""
        with duckdb.connect(str(self.daten / "lager.duckdb"), read_only=True) as con:
            tabelle: pd.DataFrame = con.execute(sql).df()
            return tabelle

    def zeile(self, indikator: str, kurz: str, tag: date, basis: str) -> Any:
        """One figure by the short key of its district, or ``None``."""
        gebiet = gebiete()[kurz][0]
        t = self.indikatoren
        treffer = t.loc[(t.indikator == indikator) & (t.gebiet == gebiet) & (t.stichtag == tag) & (t.basis == basis)]
        assert len(treffer) <= 1
        return None if treffer.empty else treffer.iloc[0]


@dataclass
class Kleinwelt(Gebaut):
    """All hand-made cases in one warehouse."""

    bau: Rohbau
    staedte: dict[int, Stadt]
    kreise: dict[int, Kreis]


def status_ohne_bruch(status: str) -> str:
    """The status as it would be if no series had a break; breaks have tests of their own."""
    return "A" if status == "B" else status


def zeilen(tabelle: pd.DataFrame) -> Iterator[Any]:
    """Rows as tuples with names."""
    yield from tabelle.itertuples()


def lies(daten: Path, knoten: list[Knotenergebnis]) -> Gebaut:
    """Read what a build released; dates as dates, missing as ``None``."""
    with duckdb.connect(str(daten / "lager.duckdb"), read_only=True) as con:
        tabelle = con.execute("select * from freigabe.indikatoren").df()
    tabelle["stichtag"] = [t.date() for t in tabelle["stichtag"]]
    return Gebaut(daten, knoten, tabelle)


def baue_dbt(daten: Path, *argumente: str) -> list[Knotenergebnis]:
    """``dbt build``; what went wrong is the message."""
    ergebnis = baue(Einstellungen(daten=daten), argumente)
    schlecht = [f"{k.knoten}: {k.meldung}" for k in ergebnis if not k.gut]
    assert not schlecht, "\n".join(schlecht)
    return ergebnis
