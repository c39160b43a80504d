"""Small cities as the comparisons see them: figures in, the compiled models of ``vergleiche`` run on them in memory.

Belongs here: making the tables that these models and their audit read. Does not belong here: what must come out.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from statsmodels.stats.proportion import proportion_confint

from pipelines.einstellungen import Einstellungen
from pipelines.transformation import statistik
from pipelines.transformation.manifest import DBT_ORDNER, umgebung

ANTEIL, RATE, ANZAHL = "auslaenderanteil", "geburtenziffer", "einwohner"
"""Declared indicators: a share (Wilson), an event rate (Poisson) with a mean population, a plain number."""
BUND, KREIS, STADT = "00", "05113", "05112000"
MODELLE = {
    "bruchlagen": "indikatoren",
    "bestandteile": "indikatoren",
    "vergleichswerte": "indikatoren",
    "vergleiche_rang": "indikatoren",
    "vergleiche_glaettung": "indikatoren",
    "vergleiche_stadt": "indikatoren",
    "vergleiche_trend": "indikatoren",
    "vergleiche": "freigabe",
}
_TABELLEN = """
create table lager.indikatoren.alle_werte (indikator varchar, gebiet varchar, ebene varchar, stichtag date,
    basis varchar, wert double, zaehler double, nenner double, status varchar, unsicher_von double, unsicher_bis double,
    datenart varchar);
create table lager.indikatoren.indikator_definitionen (indikator varchar, thema varchar, form varchar, faktor double,
    richtung varchar, unsicherheit varchar, mindestbasis integer, hat_nenner boolean, einheit varchar,
    ueberlappt boolean);
create table lager.indikatoren.klassenzuordnung (indikator varchar, klasse integer, rolle varchar, term integer,
    bezug varchar, versatz integer, basis varchar, gemischt boolean);
create table lager.beobachtungen.beobachtungen (klasse integer, merkmal varchar, stichtag date, basis varchar);
create table lager.stammdaten.brueche (bruch varchar, ab date, basis varchar, merkmale varchar, gliederung varchar,
    grund varchar, beleg varchar);
create table lager.indikatoren.alle_ableitungen (indikator varchar, gebiet varchar, stichtag date, basis varchar,
    rolle varchar, merkmal varchar, eingang_stichtag date, eingang_basis varchar);
create table lager.raw.lauf (id varchar);
insert into lager.raw.lauf values ('f1');
create view indikatoren as select w.*, 'f1' as freigabe from lager.indikatoren.alle_werte as w;
create view indikator_zuordnung as from lager.indikatoren.klassenzuordnung;
create view beobachtungen as from lager.beobachtungen.beobachtungen;
create view brueche as from lager.stammdaten.brueche;
create view ableitungen as from lager.indikatoren.alle_ableitungen;
create view indikator_katalog as select d.*, true as verfuegbar,
    case when d.ueberlappt then '3 Jahre zusammen: ' else '' end || 'einwohner' as zaehler,
    case when d.hat_nenner then 'einwohner' else '' end as nenner from lager.indikatoren.indikator_definitionen as d;
"""


@dataclass(frozen=True)
class Figur:
    """One figure as ``alle_werte`` would deliver it; ``ort`` is the end of the key, ``""`` the city."""

    indikator: str
    ort: str
    jahr: int
    x: float
    n: float
    basis: str = "melderegister"
    datenart: str = "amtlich"

    @property
    def gebiet(self) -> str:
        """The key of the district."""
        return self.ort if len(self.ort) not in (0, 3) else f"{STADT}-{self.ort}" if self.ort else STADT

    @property
    def ebene(self) -> str:
        """The level of the district."""
        if len(self.ort) == 3:
            return "stadtbezirk" if self.ort.endswith("00") else "ortsteil"
        return {"": "stadt", BUND: "bund"}.get(self.ort, "kreis")


@dataclass
class Welt:
    """Figures, and what is declared about their indicators."""

    figuren: Sequence[Figur]
    richtung: str = "neutral"
    brueche: Sequence[tuple[str, date, str]] = ()
    """Name, first day and population basis; all concern residents."""
    status: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """Place and year of a figure with another status than its size gives it."""
    komponenten: Sequence[tuple[Any, ...]] = ()
    ueberlappt: bool = False

    def zeile(self, f: Figur) -> tuple[Any, ...]:
        """The row of a figure: hidden below 100 or 3, uncertain below 20."""
        anteil, zaehlung = f.indikator == ANTEIL, f.indikator == ANZAHL
        faktor = 1 if zaehlung else 100 if anteil else 1000
        verdeckt = not zaehlung and (f.n < 100 or f.x < 3)
        status = self.status.get((f.ort, f.jahr), "Q" if verdeckt else "U" if f.x < 20 and not zaehlung else "A")
        kopf = (f.indikator, f.gebiet, f.ebene, date(f.jahr, 12, 31), f.basis)
        if status in ("Q", "O", "M"):
            return (*kopf, None, None, None, status, None, None, f.datenart)
        von, bis = (None, None) if zaehlung else _intervall(f, faktor)
        wert = f.x if zaehlung else faktor * f.x / f.n
        return (*kopf, wert, f.x, None if zaehlung else f.n, status, von, bis, f.datenart)


def _intervall(f: Figur, faktor: float) -> tuple[float, float]:
    if f.indikator == ANTEIL:
        von, bis = proportion_confint(f.x, f.n, alpha=0.05, method="wilson")
        return faktor * max(von, 0), faktor * min(bis, 1)
    grenzen = [statistik.poisson_grenze(f.x, ende) for ende in (0.025, 0.975)]
    return faktor * grenzen[0] / f.n, faktor * grenzen[1] / f.n


@cache
def kompiliert() -> Mapping[str, str]:
    """The SQL of the models of the comparison as dbt compiles it, by name; no warehouse is needed."""
    with tempfile.TemporaryDirectory() as ordner, umgebung(Einstellungen(daten=Path(ordner))):
        try:
            ergebnis = dbtRunner().invoke(["--quiet", "compile", *DBT_ORDNER, "--select", *MODELLE])
        finally:
            DuckDBConnectionManager.close_all_connections()
    assert ergebnis.success, ergebnis.exception
    return {r.node.name: r.node.compiled_code for r in ergebnis.result.results}


def rechne(welt: Welt) -> duckdb.DuckDBPyConnection:
    """A database with the figures of a world and, as ``vergleiche``, what the compiled models make of them."""
    con = duckdb.connect(config={"threads": 2})
    statistik.registriere(con)
    con.execute("attach ':memory:' as lager")
    for schema in ("raw", "beobachtungen", "stammdaten", "indikatoren", "freigabe"):
        con.execute(f"create schema lager.{schema}")
    con.execute(_TABELLEN)
    definitionen = [
        (ANTEIL, "bevoelkerung", "quotient", 100, welt.richtung, "wilson", 100, True),
        (RATE, "wanderung", "quotient", 1000, welt.richtung, "poisson", 100, True),
        (ANZAHL, "bevoelkerung", "quotient", 1, welt.richtung, "", None, False),
        ("index", "index", "abgeleitet", 1, welt.richtung, "", None, True),
    ]
    zuordnung = [
        (ANTEIL, 1, "zaehler", 1, "stichtag", 0, "", False),
        (ANTEIL, 1, "nenner", 1, "stichtag", 0, "", False),
        (ANZAHL, 1, "zaehler", 1, "stichtag", 0, "", False),
        (RATE, 1, "nenner", 1, "stichtag", 0, "", False),
        (RATE, 1, "nenner", 2, "stichtag", 1, "", False),
    ]
    punkte = {(f.jahr - v, f.basis) for f in welt.figuren for v in ((0, 1) if f.indikator == RATE else (0,))}
    tage = sorted((1, "einwohner", date(jahr, 12, 31), basis) for jahr, basis in punkte)
    brueche = [
        (name, ab, basis or None, "einwohner", None, f"Grund {name}", "Beleg") for name, ab, basis in welt.brueche
    ]
    _fuelle(con, "indikatoren.alle_werte", [welt.zeile(f) for f in welt.figuren])
    einheit = {ANTEIL: "Prozent", ANZAHL: "Personen"}
    definitionen = [(*d, einheit.get(str(d[0]), "je 1.000"), welt.ueberlappt) for d in definitionen]
    _fuelle(con, "indikatoren.indikator_definitionen", definitionen)
    _fuelle(con, "indikatoren.klassenzuordnung", zuordnung)
    _fuelle(con, "beobachtungen.beobachtungen", tage)
    _fuelle(con, "stammdaten.brueche", brueche)
    _fuelle(con, "indikatoren.alle_ableitungen", welt.komponenten)
    for name, schema in MODELLE.items():
        con.execute(f"create table lager.{schema}.{name} as {kompiliert()[name]}")
    con.execute("create table vergleiche as from lager.freigabe.vergleiche")
    return con


def _fuelle(con: duckdb.DuckDBPyConnection, tabelle: str, zeilen: Sequence[tuple[Any, ...]]) -> None:
    if zeilen:
        con.executemany(f"insert into lager.{tabelle} values ({', '.join('?' * len(zeilen[0]))})", list(zeilen))


def vergleiche(welt: Welt) -> dict[tuple[str, str, int], dict[str, Any]]:
    """The comparisons by indicator, place and year."""
    with rechne(welt) as con:
        ergebnis = con.execute("from vergleiche")
        namen = [s[0] for s in ergebnis.description or []]
        zeilen = [dict(zip(namen, z, strict=True)) for z in ergebnis.fetchall()]
    orte = {(f.indikator, f.gebiet, f.jahr, f.basis): f.ort for f in welt.figuren}
    return {
        (z["indikator"], orte[z["indikator"], z["gebiet"], z["stichtag"].year, z["basis"]], z["stichtag"].year): z
        for z in zeilen
    }


def stadt_aus(teile: Sequence[Figur]) -> Figur:
    """The city's figure from all its Ortsteile on one date, also from those that are hidden."""
    erste = teile[0]
    return Figur(erste.indikator, "", erste.jahr, sum(f.x for f in teile), sum(f.n for f in teile), erste.basis)
