"""The composite index on figures made by hand: the models' own SQL, rendered by Jinja, run in a DuckDB in memory.

Belongs here: declarations, random cities and the tables the models read. Does not belong here: what should come out.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pandas as pd
from hypothesis import strategies as st
from jinja2 import Environment, Template
from makros import lade_makros

from pipelines.einstellungen import DBT_PROJEKT

STADT = "05112000"
ORTE = tuple(f"{STADT}-{n}" for n in (101, 102, 202, 203, 508, 701))
THEMEN = ("bevoelkerung", "wanderung", "schule")
BEKANNT: list[dict[str, Any]] = [
    {"id": "einwohner", "thema": "bevoelkerung", "form": "quotient", "ebenen": [], "richtung": "neutral"},
    {"id": "zuege", "thema": "wanderung", "form": "quotient", "ebenen": [], "richtung": "hoch_ist_belastung"},
    {"id": "saldo", "thema": "wanderung", "form": "quotient", "ebenen": [], "richtung": "niedrig_ist_belastung"},
    {"id": "stufe", "thema": "schule", "form": "quotient", "ebenen": ["ortsteil"], "richtung": "neutral"},
    {"id": "median", "thema": "bevoelkerung", "form": "median", "ebenen": [], "richtung": "neutral"},
    {"id": "rang", "thema": "index", "form": "abgeleitet", "ebenen": [], "richtung": "neutral"},
    {"id": "nur_stadt", "thema": "schule", "form": "quotient", "ebenen": ["stadt"], "richtung": "neutral"},
]
DEKLARATION: dict[str, Any] = {
    "id": "probe",
    "name": "Probe",
    "version": "7",
    "basis": "melderegister",
    "mindestbevoelkerung": {"indikator": "einwohner", "anzahl": 300},
    "mindestkomponenten": 2,
    "status": {"schwellen": [-1, 1, 1.5]},
    "dynamik": {"jahre": 1, "schwellen": [-1, 1]},
    "methode": "Probe.",
    "komponenten": [
        {"indikator": "zuege", "gewicht": 1, "begruendung": "a"},
        {"indikator": "saldo", "gewicht": 1, "begruendung": "b"},
    ],
}
MODELLE = (
    "freigabe/index_definition", "freigabe/index_bestandteile", "indikatoren/komponentenwerte",
    "indikatoren/index_eingaenge", "indikatoren/index_groessen", "indikatoren/index_masse",
    "indikatoren/index_rechnung", "freigabe/index_komponenten", "indikatoren/werte_index", "freigabe/index_klassen",
    "freigabe/index_empfindlichkeit", "indikatoren/ableitungen_index",
)  # fmt: skip
Kennzahl = tuple[str, str, date, float | None]
"""Indicator, district, date, value; ``None`` is a figure without one (status ``O``)."""


@cache
def makros() -> dict[str, Any]:
    """The project's macros, with names of relations as they are called here."""
    return lade_makros(ref=lambda name: name, source=lambda schema, name: f"{schema}_{name}")


@cache
def _vorlage(modell: str) -> Template:
    text = (DBT_PROJEKT / "models" / f"{modell}.sql").read_text(encoding="utf-8")
    return Environment(extensions=["jinja2.ext.do"]).from_string(text)


def rendere(modell: str, deklaration: Mapping[str, Any]) -> str:
    """A model's SQL as dbt would compile it with this declaration."""
    fertig = makros()["verbund_ausgeschrieben"](deklaration, "probe.yml", BEKANNT)
    return _vorlage(modell).render(makros() | {"verbund": lambda: fertig})


def deklariert(**ersatz: Any) -> dict[str, Any]:
    """The declaration with other values at the top."""
    return DEKLARATION | ersatz


def komponente(indikator: str, gewicht: float = 1, **weitere: Any) -> dict[str, Any]:
    """One component."""
    return {"indikator": indikator, "gewicht": gewicht, "begruendung": "weil"} | weitere


@dataclass
class Bau:
    """All tables of the index, made from figures."""

    con: duckdb.DuckDBPyConnection

    def frage(self, sql: str) -> list[dict[str, Any]]:
        """Rows of any query."""
        ergebnis = self.con.execute(sql)
        namen = [s[0] for s in ergebnis.description]
        return [dict(zip(namen, z, strict=True)) for z in ergebnis.fetchall()]

    def werte(self, indikator: str, tag: date, spalte: str = "wert") -> dict[str, Any]:
        """District → column of a figure of the index at a date."""
        zeilen = self.frage(f"select * from werte_index where indikator = '{indikator}' and stichtag = date '{tag}'")
        return {z["gebiet"]: z[spalte] for z in zeilen}


def baue(
    kennzahlen: Sequence[Kennzahl | tuple[Any, ...]],
    deklaration: Mapping[str, Any] = DEKLARATION,
    status: Mapping[tuple[str, str, date], str] | None = None,
    bruch: date | None = None,
) -> Bau:
    """Run all models. A figure may have a fifth value: the first day of its period. ``status``: other than A or O.

    ``bruch``: the series of the component ``zuege`` breaks here.
    """
    con = duckdb.connect(config={"threads": 1})
    _stammdaten(con)
    zeilen = [_zeile(k, status or {}) for k in kennzahlen]
    themen = {str(b["id"]): str(b["thema"]) for b in BEKANNT}
    for thema in THEMEN:
        con.execute(f"create table werte_{thema} ({_SPALTEN})")
    for z in zeilen:
        con.execute(f"insert into werte_{themen[z[0]]} values ({', '.join('?' * len(z))})", list(z))
    _bruch(con, bruch)
    for modell in MODELLE:
        con.execute(f"create table {modell.split('/')[1]} as {rendere(modell, deklaration)}")
    con.execute(
        "create table indikatoren as select * from werte_bevoelkerung union all select * from werte_wanderung "
        "union all select * from werte_schule union all select * from werte_index"
    )
    con.execute("create table ableitungen as select * from ableitungen_index")
    return Bau(con)


_SPALTEN = """indikator varchar, gebiet varchar, ebene varchar, stichtag date, zeitraum_von date, wert double,
einheit varchar, zaehler double, nenner double, basis varchar, status varchar, vertraulichkeit varchar,
zuverlaessigkeit varchar, unsicher_von double, unsicher_bis double, datenart varchar"""


def _zeile(k: Sequence[Any], status: Mapping[tuple[str, str, date], str]) -> tuple[Any, ...]:
    indikator, gebiet, tag, wert = k[:4]
    ebene = "stadt" if gebiet == STADT else "ortsteil"
    zeichen = status.get((indikator, gebiet, tag), "A" if wert is not None else "O")
    geheim = "A" if zeichen == "Q" else "F"
    zaehler, nenner = (None, None) if wert is None else (wert * 2, 2.0)
    basis = "" if indikator == "stufe" else "melderegister"
    vorn = (indikator, gebiet, ebene, tag, k[4] if len(k) > 4 else None, wert, "Stück", zaehler, nenner, basis)
    return (*vorn, zeichen, geheim, None, None, None, "beispiel" if zeichen == "E" else "amtlich")


def _stammdaten(con: duckdb.DuckDBPyConnection) -> None:
    for name in ("status", "vertraulichkeit"):
        with (DBT_PROJEKT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as datei:
            tabelle = pd.DataFrame(list(csv.DictReader(datei))).astype({"rang": int})
        con.register("_seed", tabelle)
        con.execute(f"create table {name} as select * from _seed")
        con.unregister("_seed")
    con.execute("create table gebiete (gebiet varchar, name varchar, ebene varchar)")
    con.execute("insert into gebiete values (?, 'Duisburg', 'stadt')", [STADT])
    con.executemany("insert into gebiete values (?, ?, 'ortsteil')", [[o, f"Ort {o[-3:]}"] for o in ORTE])
    con.execute(
        "create table indikator_definitionen (indikator varchar, thema varchar, form varchar, faktor double, "
        "einheit varchar)"
    )
    zeilen = [(b["id"], b["thema"], b["form"], 1.0, "Stück") for b in BEKANNT]
    zeilen += [(f"{art}{was}", "index", "abgeleitet", 1.0, was) for art in ("status", "dynamik") for was in _WAS]
    con.executemany("insert into indikator_definitionen values (?, ?, ?, ?, ?)", zeilen)
    con.execute(
        "create table indikator_katalog as select *, true as verfuegbar, "
        "case indikator when 'zuege' then 'ziehende' else 'anderes' end as zaehler, null::varchar as nenner "
        "from indikator_definitionen"
    )


_WAS = ("index", "klasse")


def _bruch(con: duckdb.DuckDBPyConnection, ab: date | None) -> None:
    """Breaks as the models read them, and what the audit finds them in: one count per figure of ``zuege``."""
    con.execute(
        "create table brueche as select 'probe' as bruch, cast(? as date) as ab, '' as basis, 'Probe' as grund, "
        "'ziehende' as merkmale, null::varchar as gliederung where ? is not null",
        [ab, ab],
    )
    con.execute(
        "create table beobachtungen as select distinct 1 as klasse, 'ziehende' as merkmal, stichtag, basis "
        "from werte_wanderung where indikator = 'zuege'"
    )
    con.execute(
        "create table indikator_zuordnung as select 1 as klasse, 'zuege' as indikator, 'zaehler' as rolle, "
        "'stichtag' as bezug, 0 as versatz, '' as basis, false as gemischt"
    )
    con.execute(
        "create table bruchlagen as select 'zuege' as indikator, b.stichtag, b.basis, brueche.bruch, brueche.ab, "
        "case when b.stichtag < brueche.ab then 'davor' else 'danach' end as lage, b.stichtag as gezaehlt_bis "
        "from beobachtungen as b cross join brueche"
    )


def jahresende(jahr: int) -> date:
    """31 December."""
    return date(jahr, 12, 31)


def stadt_aus(werte: Mapping[str, Sequence[float | None]], jahr: int = 2020, einwohner: float = 1000) -> list[Kennzahl]:
    """Figures of one year: component → values of the districts in their order, all with so many inhabitants."""
    tag, n = jahresende(jahr), max(len(w) for w in werte.values())
    zeilen: list[Kennzahl] = [(k, ORTE[i], tag, w) for k, reihe in werte.items() for i, w in enumerate(reihe)]
    return zeilen + [("einwohner", ORTE[i], tag, einwohner) for i in range(n)]


zahlen = st.one_of(
    st.integers(-5, 5).map(float),
    st.floats(-1000, 1000, allow_nan=False, allow_subnormal=False).map(lambda x: round(x, 3)),
    st.just(0.1),
)


@st.composite
def deklarationen(draw: st.DrawFn) -> dict[str, Any]:
    """Any declaration that is right."""
    gewichte = st.sampled_from([0.5, 1, 2, 3.25])
    richtungen = st.sampled_from(["hoch_ist_belastung", "niedrig_ist_belastung"])
    teile = [komponente("zuege", draw(gewichte), richtung=draw(richtungen)), komponente("saldo", draw(gewichte))]
    if draw(st.booleans()):
        bezug = draw(st.sampled_from([{"bezug": "zeitraum"}, {"bezug": "zuletzt", "hoechstens_tage": 400}]))
        weitere = bezug | {"dynamik": draw(st.booleans()), "richtung": draw(richtungen)}
        teile.append(komponente("stufe", draw(gewichte), **weitere))
    return deklariert(
        komponenten=draw(st.permutations(teile)),
        mitte=draw(st.sampled_from(["gebietsmittel", "stadtwert"])),
        streuung=draw(st.sampled_from(["n", "n-1"])),
        neu_standardisiert=draw(st.booleans()),
        dynamik={"jahre": draw(st.integers(1, 2)), "schwellen": [-1, 1]},
    )


@st.composite
def kleinstaedte(draw: st.DrawFn) -> tuple[list[tuple[Any, ...]], dict[tuple[str, str, date], str]]:
    """Figures of a random small city over some years, with gaps, hidden figures and tiny districts."""
    orte = ORTE[: draw(st.integers(1, len(ORTE)))]
    zeilen: list[tuple[Any, ...]] = []
    status: dict[tuple[str, str, date], str] = {}
    for jahr in range(2020, 2020 + draw(st.integers(1, 4))):
        tag, schuljahr = jahresende(jahr), date(jahr + 1, 7, 31)
        for ort in (*orte, *([STADT] if draw(st.booleans()) else [])):
            menschen = draw(st.sampled_from([1000.0, 1000.0, 1000.0, 300.0, 299.0, None, 4000.0]))
            zeilen.append(("einwohner", ort, tag, menschen))
            for indikator, stichtag, von in (
                ("zuege", tag, date(jahr, 1, 1)), ("saldo", tag, None), ("stufe", schuljahr, date(jahr, 8, 1)),
            ):  # fmt: skip
                art = draw(st.sampled_from(["da"] * 9 + ["fehlt", "ohne Zeile", "Q", "E"]))
                if art == "ohne Zeile":
                    continue
                wert = None if art in ("fehlt", "Q") else draw(zahlen)
                zeilen.append((indikator, ort, stichtag, wert, von))
                if art in ("Q", "E"):
                    status[indikator, ort, stichtag] = art
    return zeilen, status
