"""The compiler's SQL outside dbt, synthetic observations and the same indicators said in other ways.

Belongs here: what ``bench_indikatoren`` measures. Does not belong here: measuring. The project's own macros and models
are rendered; tables stand in for sources. Every shape answers the same question: numerator, denominator and value of
each indicator per district and date.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import duckdb
from jinja2 import Environment

PROJEKT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJEKT), str(PROJEKT / "tests" / "dbt_projekt")]

KANTEN = (0, 3, 6, 10, 15, 16, 18, 20, 21, 25, 30, 40, 45, 50, 60, 65, 75, 80, 85, 90)
GEBIETE, ALTER = 46, 101
EINSTELLUNGEN = "set memory_limit = '3000MB'; set threads = 2; set preserve_insertion_order = false"


class Deklariert(Protocol):
    """An indicator: its name and its declaration."""

    @property
    def id(self) -> str: ...

    @property
    def meta(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Anteil:
    """One synthetic indicator: a share of persons by age, sex and nationality, or (``mittel``) their mean age."""

    id: str
    zaehler: Mapping[str, Any]
    nenner: Mapping[str, Any]

    @property
    def meta(self) -> dict[str, Any]:
        """The declaration, as a theme's yml would hold it."""
        return {
            "name": self.id, "einheit": "Prozent", "modul": "R", "definition": "synthetisch", "faktor": 100,
            "zaehler": dict(self.zaehler), "nenner": dict(self.nenner), "unsicherheit": "wilson",
        }  # fmt: skip


def anteile(anzahl: int, saat: int = 5) -> list[Anteil]:
    """So many indicators from a seeded stream; every tenth is a mean age."""
    zufall = random.Random(saat)
    ergebnis = []
    for nr in range(anzahl):
        von, bis = sorted(zufall.sample(KANTEN, 2))
        nenner: dict[str, Any] = {"merkmal": "einwohner"}
        if zufall.random() < 0.3:
            nenner |= {"geschlecht": zufall.choice(["maennlich", "weiblich"])}
        zaehler = nenner | {"alter": [von, bis - 1]}
        if zufall.random() < 0.3:
            zaehler |= {"staatsangehoerigkeit": zufall.choice(["deutsch", "nichtdeutsch"])}
        if nr % 10 == 9:
            zaehler = nenner | {"gewicht": "alter_mitte"}
        ergebnis.append(Anteil(f"i{nr:03d}", zaehler, nenner))
    return ergebnis


def bedingung(term: Mapping[str, Any]) -> str:
    """The term as a plain SQL condition on single ages."""
    teile = [f"merkmal = '{term['merkmal']}'"]
    if "alter" in term:
        teile.append(f"alter_von between {term['alter'][0]} and {term['alter'][1]}")
    teile += [f"{s} = '{term[s]}'" for s in ("geschlecht", "staatsangehoerigkeit") if s in term]
    return " and ".join(teile)


def mass(term: Mapping[str, Any]) -> str:
    """What is summed for a term."""
    return "wert * (alter_von + 0.5)" if term.get("gewicht") == "alter_mitte" else "wert"


def fuelle(datei: Path, beobachtungen: int, duenn: bool, staaten: int = 0) -> int:
    """Write ``alle`` (observations in the warehouse's shape) and the key tables; returns the number of rows.

    Dense: every cell of age × sex × nationality per Ortsteil and date; with ``staaten``, foreigners by so many
    states: more cells at fewer dates. Sparse: one of four, picked by hash, as a source without rows for empty cells
    has them.
    """
    staatsangehoerigkeiten = 1 + max(1, staaten)
    je_tag = GEBIETE * ALTER * 2 * staatsangehoerigkeiten
    tage = max(1, round(beobachtungen * (4 if duenn else 1) / je_tag))
    with duckdb.connect(str(datei)) as con:
        con.execute(EINSTELLUNGEN)
        con.execute(
            f"""
            create table alle as
            select
                'einwohner' as merkmal,
                '05112000-' || lpad(cast(101 + g as varchar), 3, '0') as gebiet,
                date '1900-12-31' + cast(t as integer) as stichtag,
                null::date as zeitraum_von,
                case s when 0 then 'maennlich' else 'weiblich' end as geschlecht,
                cast(a as integer) as alter_von,
                cast(case when a < 100 then a end as integer) as alter_bis,
                case n when 0 then 'deutsch' else 'nichtdeutsch' end as staatsangehoerigkeit,
                {"case when n > 0 then 's' || n end" if staaten else "null::varchar"} as staat,
                null::varchar as schulform, null::varchar as rechtsform,
                null::varchar as schulbetrieb, null::varchar as art, null::integer as sozialindexstufe,
                cast(hash(g, t, a, s, n) % 60 as double) as wert,
                'A' as status, 'F' as vertraulichkeit, 'melderegister' as basis, 'amtlich' as datenart
            from range({tage}) as tage(t), range({GEBIETE}) as g(g), range({ALTER}) as a(a),
                range(2) as s(s), range({staatsangehoerigkeiten}) as n(n)
            {"where hash(g, t, a, s, n, 1) % 4 = 0" if duenn else ""}
            """
        )
        seeds = PROJEKT / "dbt_projekt" / "seeds"
        for name in ("status", "vertraulichkeit"):
            con.execute(f"create table {name} as select * from read_csv('{seeds / name}.csv', header = true)")
        con.execute(
            f"create table gebiete as select '05112000-' || lpad(cast(101 + g as varchar), 3, '0') as gebiet, "
            f"'ortsteil' as ebene from range({GEBIETE}) as g(g)"
        )
        con.execute(
            "create table gebietshuelle as select gebiet, gebiet as teil, 1::double as gewicht, false as umgerechnet, "
            "null::date as gilt_bis from gebiete"
        )
        con.execute(
            "create table bruchlagen (indikator varchar, stichtag date, basis varchar, bruch varchar, ab date, "
            "lage varchar, gezaehlt_bis date)"
        )
        con.execute(
            "create table abdeckung (merkmal varchar, stichtag date, zeitraum_von date, gebiet varchar, wert double, "
            "status varchar, datenart varchar)"
        )
        zeile = con.execute("select count(*) from alle").fetchone()
    assert zeile is not None
    return int(zeile[0])


class _Graph(dict[str, Any]):
    """dbt's graph: a dictionary whose ``nodes`` macros also read as an attribute."""

    @property
    def nodes(self) -> Any:
        return self["nodes"]


class Uebersetzer:
    """Renders the project's models for one synthetic theme."""

    def __init__(self, indikatoren: Sequence[Deklariert], merkmale: Sequence[str]) -> None:
        from makros import lade_makros  # noqa: PLC0415 - needs dbt, which the other shapes do not

        spalten = {i.id: {"name": i.id, "description": "Synthetisch.", "config": {"meta": i.meta}} for i in indikatoren}
        knoten = SimpleNamespace(
            resource_type="model", name="bank", columns=spalten, patch_path="s://bank.yml",
            original_file_path="bank.yml", config=SimpleNamespace(meta={"thema": "bank"}),
        )  # fmt: skip
        self.kontext = lade_makros(
            graph=_Graph(nodes={"bank": knoten}),
            ref=lambda name: name,
            source=lambda _schema, name: name,
            load_relation=lambda relation: relation,
            run_query=lambda _sql: SimpleNamespace(rows=[(m, m, "Personen", False, "bank") for m in merkmale]),
        )
        self.umgebung = Environment(extensions=["jinja2.ext.do"])

    def modell(self, pfad: str) -> str:
        """A model's SQL."""
        quelltext = (PROJEKT / "dbt_projekt" / "models" / pfad).read_text(encoding="utf-8")
        return re.sub(r"\n\s*\n+", "\n", self.umgebung.from_string(quelltext).render(self.kontext))

    def werte(self) -> str:
        """What the theme's model ``werte_<thema>`` would be."""
        return str(self.kontext["indikatorwerte"]("bank"))

    def summen(self) -> str:
        """The same as far as numerators and denominators."""
        return (
            f"with {self.kontext['summen_und_teile']('bank')} ende as (select j.indikator, j.gebiet, j.stichtag, "
            "j.basis, j.zaehler, j.nenner from je_indikator as j) select ende.* from ende"
        )


MODELLE = (
    ("merkmalskombinationen", "beobachtungen/merkmalskombinationen.sql"),
    ("indikator_definitionen", "indikatoren/indikator_definitionen.sql"),
    ("klassenterme", "indikatoren/klassenterme.sql"),
    ("klassen", "indikatoren/klassen.sql"),
    ("klassenzuordnung", "indikatoren/klassenzuordnung.sql"),
)
ZAEHLUNGEN = tuple(
    (name, f"indikatoren/{name}.sql")
    for name in (
        "gruppen", "gruppenterme", "termvektoren", "seitenvektoren", "indikatorteile",
        "bezugspunkte", "bezugswege", "zeitspannen", "zaehlungen",
    )
)  # fmt: skip


def uebersetzt(indikatoren: Sequence[Deklariert], merkmale: Sequence[str] = ()) -> list[str]:
    """All statements of the compiled shape, from observations without classes to figures (table ``ergebnis``).

    ``merkmale``: names that the project does not declare.
    """
    u = Uebersetzer(indikatoren, merkmale)
    return [*klassen(u), _ergebnis(u.werte())]


def nur_summen(indikatoren: Sequence[Deklariert]) -> list[str]:
    """The statements of the compiled shape that answer what ``als_filter`` answers: numerators and denominators."""
    u = Uebersetzer(indikatoren, ())
    return [*klassen(u), _ergebnis(u.summen())]


def _ergebnis(sql: str) -> str:
    return f"create or replace temp table ergebnis as {sql}"


def klassen(u: Uebersetzer) -> list[str]:
    """The statements up to the counts that every theme reads; a view adds its class to each observation."""
    befehle = [
        "create or replace temp view beobachtungen_alle as select *, null as grund, false as ist_summe from alle"
    ]
    befehle += [f"create or replace temp table {name} as {u.modell(pfad)}" for name, pfad in MODELLE]
    gleich = " and ".join(f"klassen.{s} is not distinct from alle.{s}" for s in u.kontext["gliederungen"]())
    befehle.append(
        "create or replace temp view beobachtungen as select alle.*, klassen.klasse from alle "
        f"left join klassen on klassen.merkmal = alle.merkmal and {gleich}"
    )
    return befehle + [f"create or replace temp table {name} as {u.modell(pfad)}" for name, pfad in ZAEHLUNGEN]


def lege_ab(con: duckdb.DuckDBPyConnection, indikatoren: Sequence[Deklariert]) -> None:
    """Keep the counts in the file, as the warehouse has them before it comes to a theme's indicators."""
    for befehl in klassen(Uebersetzer(indikatoren, ())):
        con.execute(befehl)
    for name, _ in MODELLE + ZAEHLUNGEN:
        con.execute(f"create or replace table {name} as select * from temp.{name}")


def boden(_indikatoren: list[Anteil]) -> list[str]:
    """The floor: one scan that reads the same columns and sums by district and date."""
    gelesen = [
        "merkmal",
        "geschlecht",
        "alter_von",
        "alter_bis",
        "staatsangehoerigkeit",
        "status",
        "vertraulichkeit",
        "basis",
        "datenart",
    ]
    return [
        "create or replace temp table ergebnis as select gebiet, stichtag, sum(wert) as summe, "
        + ", ".join(f"max({s}) as {s}" for s in gelesen)
        + " from alle group by gebiet, stichtag"
    ]


def _seiten(i: Anteil) -> tuple[str, str]:
    """Numerator and denominator as sums with FILTER clauses."""
    return (
        f"sum({mass(i.zaehler)}) filter (where {bedingung(i.zaehler)})",
        f"sum(wert) filter (where {bedingung(i.nenner)})",
    )


def als_filter(indikatoren: list[Anteil]) -> list[str]:
    """The same indicators as two FILTER clauses each, side by side."""
    spalten = [f"100 * {z} / nullif({n}, 0) as {i.id}" for i in indikatoren for z, n in [_seiten(i)]]
    return [
        f"create or replace temp table ergebnis as select gebiet, stichtag, {', '.join(spalten)} from alle "
        "group by gebiet, stichtag"
    ]


def als_lange_filter(indikatoren: list[Anteil]) -> list[str]:
    """The same, one below the other, in the shape of ``nur_summen``."""
    zaehler, nenner = zip(*map(_seiten, indikatoren), strict=True)
    namen = ", ".join(f"'{i.id}'" for i in indikatoren)
    return [
        f"create or replace temp table ergebnis as select unnest([{namen}]) as indikator, gebiet, stichtag, "
        "unnest(seiten.zaehler) as zaehler, unnest(seiten.nenner) as nenner from (select gebiet, stichtag, "
        f"[{', '.join(zaehler)}] as zaehler, [{', '.join(nenner)}] as nenner from alle group by all) as seiten"
    ]


def in_pandas(con: duckdb.DuckDBPyConnection, indikatoren: list[Anteil]) -> Any:
    """The same indicators with pandas: one mask and grouped sum per side, categories for keys."""
    daten = con.execute(
        "select gebiet, stichtag, merkmal, alter_von, geschlecht, staatsangehoerigkeit, wert from alle"
    ).df()
    for spalte in ("gebiet", "stichtag", "merkmal", "geschlecht", "staatsangehoerigkeit"):
        daten[spalte] = daten[spalte].astype("category")

    def summe(term: Mapping[str, Any]) -> Any:
        maske = daten["merkmal"] == term["merkmal"]
        if "alter" in term:
            maske &= daten["alter_von"].between(*term["alter"])
        for spalte in ("geschlecht", "staatsangehoerigkeit"):
            if spalte in term:
                maske &= daten[spalte] == term[spalte]
        auswahl = daten.loc[maske]
        werte = auswahl["wert"] * (auswahl["alter_von"] + 0.5) if "gewicht" in term else auswahl["wert"]
        return werte.groupby([auswahl["gebiet"], auswahl["stichtag"]], observed=True).sum()

    return {i.id: 100 * summe(i.zaehler) / summe(i.nenner) for i in indikatoren}


SQL_FORMEN: Mapping[str, Callable[[list[Anteil]], list[str]]] = {
    "boden": boden,
    "filter": als_filter,
    "filter_lang": als_lange_filter,
    "summen": nur_summen,
    "summen_gespeichert": lambda indikatoren: nur_summen(indikatoren)[-1:],
    "klassen": uebersetzt,
    "klassen_gespeichert": lambda indikatoren: uebersetzt(indikatoren)[-1:],
}
ABLAGE = "ablage"
"""Not a shape: keeps what the shapes ending in ``_gespeichert`` start from."""


def messe(form: str, datei: str, anzahl: int, zettel: str) -> None:
    """Do one shape's work on a filled file and write wall and processor seconds to ``zettel``.

    Compiling does not depend on the observations and is a shape of its own.
    """
    indikatoren = anteile(anzahl)
    with duckdb.connect(datei) as con:
        con.execute(EINSTELLUNGEN)
        if form.startswith(("summen", "klassen")):
            from pipelines.transformation.statistik import registriere  # noqa: PLC0415

            registriere(con)
        befehle = [] if form in ("uebersetzen", "pandas", ABLAGE) else SQL_FORMEN[form](indikatoren)
        wand, cpu = time.perf_counter(), time.process_time()
        if form == "pandas":
            in_pandas(con, indikatoren)
        elif form == "uebersetzen":
            uebersetzt(indikatoren)
        elif form == ABLAGE:
            lege_ab(con, indikatoren)
        for befehl in befehle:
            con.execute(befehl)
        wand, cpu = time.perf_counter() - wand, time.process_time() - cpu
    Path(zettel).write_text(f"{wand} {cpu}", encoding="utf-8")
