"""The models of ``models/revisionen`` on small tables in one connection: rendered once, run for every release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import duckdb
from jinja2 import Environment
from makros import lade_makros

from pipelines.einstellungen import DBT_PROJEKT
from pipelines.freigabe.makro_stand import STAND_AM
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
GERECHNET = ("revisionen", "freigaben", "freigabe")


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
        for roh, frei in TABELLEN.items():
            if frei not in ROH and frei not in GERECHNET:
                self.con.execute(f"create table {NAME.get(frei, frei)} as from raw.{roh} limit 0")
        self.con.execute("create table merkmale (merkmal varchar, verzeichnis boolean)")
        self.con.execute("create table freigabe as from raw.vorgaenger_freigabe limit 0")
        self.eingaben = {NAME.get(f, f) for f in TABELLEN.values() if f not in ROH and f not in GERECHNET} | {
            "merkmale"
        }

    def gib_frei(self, nummer: int, tabellen: Mapping[str, Iterable[Mapping[str, Any]]], definitionen: str) -> str:
        """Make release ``nummer`` of these tables (those not named are empty); returns its id."""
        con, id_, erste = self.con, f"f{nummer}", nummer == 1
        lade_vorgaenger(con, None) if erste else self._werde_vorgaenger()
        for name in [*self.eingaben, *ROH.values(), "raw.lauf", "freigabe"]:
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
        con.execute(STAND_AM.replace("create macro", "create or replace macro"))
        return id_

    def frage(self, sql: str, *werte: object) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        return self.con.execute(sql, list(werte)).fetchall()

    def _werde_vorgaenger(self) -> None:
        for frei in TABELLEN.values():
            self.con.execute(f"create or replace table alt.main.{frei} as from {ROH.get(frei, NAME.get(frei, frei))}")
        uebernimm(self.con)

    def _fuelle(self, tabelle: str, zeilen: Iterable[Mapping[str, Any]]) -> None:
        je_spalten: dict[tuple[str, ...], list[Any]] = {}
        for zeile in zeilen:
            je_spalten.setdefault(tuple(zeile), []).append(list(zeile.values()))
        for spalten, werte in je_spalten.items():
            platz = ", ".join(["(" + ", ".join("?" * len(spalten)) + ")"] * len(werte))
            alle = [w for zeile in werte for w in zeile]
            self.con.execute(f"insert into {tabelle} ({', '.join(spalten)}) values {platz}", alle)
