"""One relation over all raw tables, ``raw.figuren``: every figure, its columns named by what they are for.

Belongs here: what the declarations say about the way from a raw table to observations (``Teil.beobachtung``), as
relations that dbt reads, so that a further source needs no model of its own. Does not belong here: what texts mean
(``raw.zuordnungen``) and typing (dbt staging): here all is still text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from quellen.fehler import Befund, QuellenFehler
from quellen.modell import GLIEDERUNGEN, Quelle, Teil

FIGUREN = {
    "quelle": "varchar", "teil": "varchar", "abruf": "varchar", "zeile": "bigint", "spalte": "bigint",
    "merkmal": "varchar", "originaltext": "varchar", "korrigiert": "varchar", "korrektur": "varchar",
    "ist_davon": "boolean", "total_fehlt": "boolean",
    "gebiet": "varchar", "stichtag": "varchar", "merkmal_text": "varchar",
    **dict.fromkeys(GLIEDERUNGEN, "varchar"),
    "nicht_gefuehrt": "varchar", "basis": "varchar", "gebietsart": "varchar", "stichtag_aus_stand": "boolean",
    "stichtag_art": "varchar",
}  # fmt: skip
"""Columns of ``raw.figuren`` and their DuckDB types, in order.

``gebiet``, ``stichtag``, ``merkmal_text`` and the breakdowns are texts of the source; ``nicht_gefuehrt`` is the entry
of ``raw.zuordnungen`` that says why the row is not carried. ``gebietsart``: directory of the district's key, empty if
any level may stand there, ``schule`` or ``kita`` if the figure is one of a facility. ``stichtag_art``: ``stichtag``,
``jahr`` or ``schuljahr``.
"""

ROLLEN = ("gebiet", "stichtag", "stichtag_von", "merkmal_text", *GLIEDERUNGEN, "alter_von", "alter_bis")
"""Roles in ``raw.rollen``; each names the field under which ``raw.zuordnungen`` knows its texts."""

LISTEN = (("schulen", "verzeichnis"),)
"""Lists whose records are counted themselves (each school is one); ``models/staging/stg_schulen.sql`` reads them."""

EINRICHTUNGEN = {"schulnummer": "schule", "einrichtung": "kita"}
"""A field of this name in the place of a district makes a figure one of a school or of a facility of day care."""

Spaltenquellen = dict[str, list[tuple[str, str]]]
"""Column → (``schema.table``, column) it is made of; empty for a constant."""


@dataclass(frozen=True)
class Figurenteil:
    """A Teil whose rows become observations, with the field that plays each role."""

    quelle: Quelle
    name: str
    teil: Teil
    felder: dict[str, str]

    @property
    def tabelle(self) -> str:
        """Name of its raw table."""
        return self.quelle.rohtabelle(self.name)

    @property
    def gebietsart(self) -> str:
        """See ``FIGUREN``."""
        feld = self.felder["gebiet"]
        return self.teil.felder[feld].verzeichnis or EINRICHTUNGEN.get(feld, "")

    @property
    def stichtag_art(self) -> str:
        """See ``FIGUREN``."""
        feld = self.felder.get("stichtag")
        if self.teil.stand.art == "stichtag" and feld and self.teil.felder[feld].typ == "jahr":
            return "jahr"
        return self.teil.stand.art

    @property
    def ausgeschlossen(self) -> tuple[str, ...]:
        """Fields whose texts can keep a row out, whatever their role."""
        return tuple(name for name, feld in self.teil.felder.items() if feld.nicht_gefuehrt)

    def rollen(self) -> Iterator[tuple[str, str]]:
        """Role → field of ``raw.zuordnungen``; an age and a period also have bounds there."""
        for rolle, feld in self.felder.items():
            yield rolle, feld
            if rolle == "stichtag":
                yield "stichtag_von", f"{feld}_von"
            elif rolle == "alter":
                yield from ((f"alter_{grenze}", f"{feld}_{grenze}") for grenze in ("von", "bis"))


def figurenteile(quellen: Iterable[Quelle]) -> list[Figurenteil]:
    """All Teile with ``form: werte`` and ``beobachtung``, in the order of the declarations."""
    gefunden = []
    for quelle in quellen:
        for name, teil in quelle.teile.items():
            b = teil.beobachtung
            if b is None:
                continue
            felder = {"gebiet": b.gebiet}
            felder |= {} if b.stichtag == "stand" else {"stichtag": b.stichtag}
            felder |= {} if b.merkmal is None else {"merkmal_text": b.merkmal}
            vergeben = set(felder.values())
            felder |= {g: g for g in GLIEDERUNGEN if g in teil.felder and g not in vergeben}
            gefunden.append(Figurenteil(quelle, name, teil, felder))
    return gefunden


def baue_figuren(con: duckdb.DuckDBPyConnection, quellen: Iterable[Quelle]) -> dict[str, int]:
    """Make ``raw.figuren``, ``raw.zeilen``, ``raw.rollen`` and ``raw.merkmale`` anew; returns their numbers of rows.

    The first two are views, so nothing is copied. Raises ``QuellenFehler`` if a raw table is missing.
    """
    quellen = list(quellen)
    teile = figurenteile(quellen)
    _pruefe_tabellen(con, [*((t.quelle.id, t.tabelle) for t in teile), *_listen(quellen)])
    rollen = [[t.quelle.id, t.name, rolle, feld] for t in teile for rolle, feld in t.rollen()]
    merkmale = [[q.id, m, a.name, a.einheit, a.verzeichnis] for q in quellen for m, a in q.merkmale.items()]
    con.execute("begin")
    try:
        con.execute(f"create or replace view raw.figuren as {_figuren_sql(teile)}")
        con.execute(f"create or replace view raw.zeilen as {_zeilen_sql(teile, _listen(quellen))}")
        for tabelle, zeilen in (("rollen", rollen), ("merkmale", merkmale)):
            con.execute(f"delete from raw.{tabelle}")  # noqa: S608 - fixed names
            for zeile in zeilen:
                con.execute(f"insert into raw.{tabelle} values ({', '.join('?' * len(zeile))})", zeile)  # noqa: S608
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return {
        name: con.execute(f"select count(*) from raw.{name}").fetchone()[0]  # noqa: S608 - fixed names
        for name in ("figuren", "zeilen", "rollen", "merkmale")
    }


def spaltenquellen(quellen: Iterable[Quelle]) -> dict[str, Spaltenquellen]:
    """Of which raw columns the columns of ``figuren`` and ``zeilen`` are made."""
    quellen = list(quellen)
    teile = figurenteile(quellen)
    figuren: Spaltenquellen = {spalte: [] for spalte in FIGUREN}
    for t in teile:
        for spalte in FIGUREN:
            figuren[spalte] += [(f"raw.{t.tabelle}", feld) for feld in _rohspalte(t, spalte)]
            if spalte == "nicht_gefuehrt" and t.ausgeschlossen:
                figuren[spalte].append(("raw.zuordnungen", "wert"))
    zeilen: Spaltenquellen = {"quelle": []}
    for spalte in ("abruf", "zeile"):
        tabellen = [*(t.tabelle for t in teile), *(tabelle for _, tabelle in _listen(quellen))]
        zeilen[spalte] = [(f"raw.{tabelle}", spalte) for tabelle in tabellen]
    return {
        "figuren": {s: sorted(set(q)) for s, q in figuren.items()},
        "zeilen": {s: sorted(set(q)) for s, q in zeilen.items()},
    }


def _rohspalte(t: Figurenteil, spalte: str) -> list[str]:
    """Columns of the Teil's raw table that a column of ``figuren`` is made of."""
    if spalte == "total_fehlt":
        return ["total_fehlt"] if t.teil.summe else []
    if spalte == "nicht_gefuehrt":
        return list(t.ausgeschlossen)
    if spalte in ("abruf", "zeile", "spalte", "merkmal", "originaltext", "korrigiert", "korrektur", "ist_davon"):
        return [spalte]
    return [t.felder[spalte]] if spalte in t.felder else []


def _figuren_sql(teile: list[Figurenteil]) -> str:
    if not teile:
        leer = ", ".join(f"cast(null as {typ}) as {_b(spalte)}" for spalte, typ in FIGUREN.items())
        return f"select {leer} where false"
    return " union all ".join(_teil_sql(t) for t in teile)


def _teil_sql(t: Figurenteil) -> str:
    fest = {
        "quelle": _t(t.quelle.id),
        "teil": _t(t.name),
        "basis": _t(t.quelle.basis),
        "gebietsart": _t(t.gebietsart),
        "stichtag_aus_stand": str("stichtag" not in t.felder).lower(),
        "stichtag_art": _t(t.stichtag_art),
        "total_fehlt": "roh.total_fehlt" if t.teil.summe else "false",
        "nicht_gefuehrt": f"coalesce({', '.join([*(f'n{nr}.wert' for nr, _ in enumerate(t.ausgeschlossen)), 'null'])})",
    }
    spalten = []
    for spalte, typ in FIGUREN.items():
        roh = [f"roh.{_b(feld)}" for feld in _rohspalte(t, spalte)]
        ausdruck = fest.get(spalte) or (roh[0] if roh else "null")
        spalten.append(f"cast({ausdruck} as {typ}) as {_b(spalte)}")
    joins = "".join(
        f" left join raw.zuordnungen as n{nr} on n{nr}.quelle = {_t(t.quelle.id)} and n{nr}.teil = {_t(t.name)}"
        f" and n{nr}.feld = {_t(feld)} and n{nr}.text = roh.{_b(feld)} and n{nr}.wert like 'nicht_gefuehrt:%'"
        for nr, feld in enumerate(t.ausgeschlossen)
    )
    return f"select {', '.join(spalten)} from raw.{_b(t.tabelle)} as roh{joins}"  # noqa: S608 - quoted names


def _zeilen_sql(teile: list[Figurenteil], listen: list[tuple[str, str]]) -> str:
    alle = [*((t.quelle.id, t.tabelle) for t in teile), *listen]
    leer = "select cast(null as varchar) as quelle, cast(null as varchar) as abruf, cast(null as bigint) as zeile"
    return " union ".join(
        [f"{leer} where false"]
        + [f"select {_t(q)} as quelle, roh.abruf, roh.zeile from raw.{_b(t)} as roh" for q, t in alle]  # noqa: S608
    )


def _listen(quellen: Iterable[Quelle]) -> list[tuple[str, str]]:
    return [(q.id, q.rohtabelle(name)) for q in quellen for name in q.teile if (q.id, name) in LISTEN]


def _pruefe_tabellen(con: duckdb.DuckDBPyConnection, gebraucht: list[tuple[str, str]]) -> None:
    vorhanden = {str(z[0]) for z in con.execute(
        "select t.table_name from information_schema.tables as t where t.table_schema = 'raw'"
    ).fetchall()}  # fmt: skip
    befunde = [
        Befund(
            regel="Eine Rohtabelle fehlt",
            gefunden=f"keine Tabelle raw.{tabelle}",
            erwartet="zu jedem deklarierten Teil eine Rohtabelle, auch wenn sie leer ist",
            tun=f"das Asset raw/{tabelle} oder den ganzen Nachtlauf ausführen",
            quelle=quelle,
        )
        for quelle, tabelle in gebraucht
        if tabelle not in vorhanden
    ]
    if befunde:
        raise QuellenFehler(befunde)


def _b(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _t(wert: str) -> str:
    return "'" + wert.replace("'", "''") + "'"
