"""The models of ``models/revisionen`` on small tables in one connection: rendered once, run for every release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import duckdb
from jinja2 import Environment
from makros import lade_makros

from pipelines.einstellungen import DBT_PROJEKT
from pipelines.freigabe.makro_stand import FASSUNGEN, STAND_AM
from pipelines.lager import _TABELLEN
from pipelines.rohtabellen.vorgaenger import TABELLEN, lade_vorgaenger, uebernimm

MODELLE = (
    "freigabe/freigaben",
    "revisionen/kennzahlenwechsel",
    "revisionen/abrufwechsel",
    "revisionen/zellenwechsel",
    "revisionen/definitionswechsel",
    "revisionen/zellursachen",
    "revisionen/ursachen_gezaehlt",
    "revisionen/ursachen_abgeleitet",
    "revisionen/kennzahlenbezuege",
    "revisionen/ursachen",
    "freigabe/revisionen",
)
NAME = {"indikator_zuordnung": "klassenzuordnung", "gebietszuordnung": "gebietshuelle"}
"""Released table → the model that these models read in its place."""
ROH = {"abrufe": "raw.abrufe", "quellen": "raw.quellen"}
"""Released table → the raw table it is made of."""


@cache
def modelle() -> dict[str, str]:
    """Name of each model → its SQL."""
    makros = lade_makros(ref=lambda name: name, source=lambda schema, name: f"{schema}.{name}")
    umgebung = Environment(extensions=["jinja2.ext.do"])
    return {
        pfad.split("/")[1]: umgebung.from_string(
            (DBT_PROJEKT / "models" / f"{pfad}.sql").read_text(encoding="utf-8")
        ).render(makros)
        for pfad in MODELLE
    }


class Revisionsbau:
    """Releases one after another; each is given as tables, and the models say what changed. Number 1 begins anew."""

    def __init__(self) -> None:
        self.con = duckdb.connect(config={"threads": 1})
        self.con.execute("set timezone = 'UTC'")
        self.con.execute(_TABELLEN)
        self.con.execute("attach ':memory:' as alt")
        self.con.execute("create table merkmale (merkmal varchar, verzeichnis boolean)")

    def gib_frei(
        self,
        nummer: int,
        tabellen: Mapping[str, Iterable[Mapping[str, Any]]],
        definitionen: str,
        *,
        schon_alt: bool = False,
    ) -> None:
        """Make release ``nummer`` of these tables (those not named are empty)."""
        con, id_, erste = self.con, f"f{nummer}", nummer == 1
        if erste:
            lade_vorgaenger(con, None)
        elif not schon_alt:
            self.werde_alt()
        for roh, frei in TABELLEN.items():
            if frei not in ROH and frei != "revisionen":
                con.execute(f"create or replace table {NAME.get(frei, frei)} as from raw.{roh} limit 0")
        for name in ("merkmale", *ROH.values(), "raw.lauf"):
            con.execute(f"delete from {name}")
        for name, zeilen in tabellen.items():
            self._fuelle(name, zeilen)
        lauf = {
            "id": id_,
            "erstellt_am": f"2026-01-{nummer:02}T01:00:00+00:00",
            "code": f"code-{definitionen}",
            "definitionen": definitionen,
            "vorgaenger": "" if erste else f"f{nummer - 1}",
        }
        for name in ("raw.lauf", "freigabe"):
            self._fuelle(name, [lauf])
        for name, sql in modelle().items():
            con.execute(f"create or replace table {name} as {sql}")
        for makro in (STAND_AM, FASSUNGEN):
            con.execute(makro.replace("create macro", "create or replace macro"))

    def frage(self, sql: str, *werte: object) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.con.execute(sql, list(werte)).fetchall()

    def werde_alt(self) -> None:
        """Make the tables as they are the predecessor's; those that were dropped, it does not have."""
        hier = self._hier()
        for frei in TABELLEN.values():
            name = ROH.get(frei, NAME.get(frei, frei))
            self.con.execute(f"drop table if exists alt.main.{frei}")
            if name in hier:
                self.con.execute(f"create table alt.main.{frei} as from {name}")
        uebernimm(self.con)

    def _hier(self) -> set[str]:
        zeilen = self.frage(
            "select case schema_name when 'main' then table_name else schema_name || '.' || table_name end "
            "from duckdb_tables() where database_name = current_database()"
        )
        return {str(z[0]) for z in zeilen}

    def _fuelle(self, tabelle: str, zeilen: Iterable[Mapping[str, Any]]) -> None:
        je_spalten: dict[tuple[str, ...], list[Any]] = {}
        for zeile in zeilen:
            je_spalten.setdefault(tuple(zeile), []).append(list(zeile.values()))
        for spalten, werte in je_spalten.items():
            platz = ", ".join(["(" + ", ".join("?" * len(spalten)) + ")"] * len(werte))
            alle = [w for zeile in werte for w in zeile]
            self.con.execute(f"insert into {tabelle} ({', '.join(spalten)}) values {platz}", alle)
