"""Runs the SQL that the release carries on raw tables read from the archive, and compares every released table.

Belongs here: the order of the models, the comparison cell by cell. Does not belong here: making raw tables
(``rohbau``), and the second way of calculating (the other modules): this is the first way once more, without dbt and
without the private file, so that no released cell is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import DATEI
from pipelines.freigabe.belege import SQL
from pipelines.freigabe.inhalt import inhaltshash, spaltentypen
from pipelines.freigabe.tabellen import bezeichner, text
from pipelines.lager import lege_an
from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.quellzellen import Quellen
from pipelines.pruefe.rohbau import baue_roh, lade_stammdaten
from pipelines.pruefe.spaltengang import liest, schreibe_kanten
from pipelines.rohtabellen.lauf import bereite_lauf_vor
from pipelines.transformation.herkunftstabelle import TABELLE as SPALTENHERKUNFT
from pipelines.transformation.statistik import registriere
from quellen.modell import Quelle

NAME = "Nachvollzug"
_INDIKATOREN = "frei.main.indikatoren"
_LAUFANGABEN = {"definitionen": "definitionen", "code": "code", "dagster_lauf": "lauf", "betrieb": "betrieb"}
"""What the loader of the run calls it → field of the release note."""
_TABELLEN = """
select t.table_name
from duckdb_tables() as t
where t.database_name = 'frei' and t.schema_name = 'main'
order by t.table_name
"""
_GEZEIGT = 50
"""Differing rows of one table that are looked at cell by cell; the rest is counted."""


@dataclass
class _Lauf:
    """The models that were run, and those that could not be (with the reason)."""

    gelaufen: set[str] = field(default_factory=set)
    ohne: dict[str, str] = field(default_factory=dict)


def pruefe_nachvollzug(
    freigabe: tuple[Path, Mapping[str, Any]], quellen: Quellen, katalog: Mapping[str, Quelle]
) -> Pruefpunkt:
    """Compare all released tables with what the SQL gives on the archived files. ``freigabe``: folder and note."""
    ordner, schein = freigabe
    sql = {p.stem: p.read_text(encoding="utf-8") for p in (ordner / SQL).glob("*.sql")}
    punkt = Pruefpunkt(NAME, 0, einheit="Zeilen")
    with _datenbank(ordner) as con:
        stammdaten, vorgaenger_da = lade_stammdaten(con, ordner), True
        aus_roh = any(q.startswith("raw.") for s in sql.values() for q in liest(s))
        if aus_roh:
            baue_roh(con, quellen, katalog, schein)
            vorgaenger_da = _lade_lauf(con, ordner, schein)
        con.execute("set enable_external_access = false")
        lauf = fuehre_aus(con, sql)
        if aus_roh and not lauf.ohne:
            schreibe_kanten(con, sql, stammdaten, katalog)
        for (name,) in con.execute(_TABELLEN).fetchall():
            modell = next((m for m in sorted(sql) if m.split(".", 1)[1] == name), None)
            if modell is None and name in stammdaten:
                _vergleiche(con, punkt, name, f"stammdaten.{bezeichner(name)}")
            elif modell is not None and not vorgaenger_da and _haengt_am_vorgaenger(modell, sql):
                punkt.hinweise.append(f"Der Vorgänger liegt nicht hier: {name} ist nicht nachvollziehbar.")
            elif modell in lauf.gelaufen:
                _vergleiche(con, punkt, name, ".".join(map(bezeichner, str(modell).split(".", 1))))
            elif modell is not None:
                punkt.maengel.append(f"{name}: das SQL von {modell} läuft nicht: {lauf.ohne.get(modell, '')}")
            elif name == SPALTENHERKUNFT and not aus_roh:
                punkt.hinweise.append(f"Kein SQL liest Rohtabellen: {name} ist nicht nachvollziehbar.")
            elif name == SPALTENHERKUNFT:
                _vergleiche(con, punkt, name, f"raw.{name}")
            else:
                punkt.maengel.append(f"{name}: dazu liegt weder SQL noch eine Stammdatei unter belege/")
    return punkt


@contextmanager
def _datenbank(ordner: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in memory called ``lager``, with the release attached as ``frei``."""
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        con.execute(f"attach {text(str(ordner / DATEI))} as frei (read_only)")
        con.execute("attach ':memory:' as lager")
        con.execute("use lager")
        lege_an(con)
        registriere(con)
        yield con


def _lade_lauf(con: duckdb.DuckDBPyConnection, ordner: Path, schein: Mapping[str, Any]) -> bool:
    """What the run knew of itself and of its predecessor; returns whether that lies beside this release if it has one.

    Without it every figure stands as if it had been the same before, which leaves its revision as it is.
    """
    name = str(schein.get("vorgaenger") or "")
    vorher = ordner.parent / name
    da = not name or (vorher / DATEI).is_file()
    bereite_lauf_vor(
        con,
        vorher if name and da else None,
        jetzt=datetime.fromisoformat(str(schein.get("erstellt_am"))),
        **{k: str(schein.get(v) or "") for k, v in _LAUFANGABEN.items()},
    )
    if not da:
        con.execute("update raw.lauf set vorgaenger = ?", [name])
        da_und_dort = spaltentypen(con, "raw.vorgaenger_indikatoren").keys() & spaltentypen(con, _INDIKATOREN).keys()
        auswahl = ", ".join(map(bezeichner, sorted(da_und_dort)))
        con.execute(f"insert into raw.vorgaenger_indikatoren by name select {auswahl} from {_INDIKATOREN}")  # noqa: S608
    return da


def _haengt_am_vorgaenger(modell: str, sql: Mapping[str, str]) -> bool:
    """Whether a model's own SQL reads more of the predecessor than its figures."""
    return any(q.startswith("raw.vorgaenger_") and q != "raw.vorgaenger_indikatoren" for q in liest(sql[modell]))


def fuehre_aus(con: duckdb.DuckDBPyConnection, sql: Mapping[str, str]) -> _Lauf:
    """Make a table of every model, each after those it reads."""
    lauf = _Lauf()
    for modell in _reihenfolge(sql):
        schema, name = map(bezeichner, modell.split(".", 1))
        con.execute(f"create schema if not exists {schema}")
        fehlt = sorted(liest(sql[modell]) & lauf.ohne.keys())
        if fehlt:
            lauf.ohne[modell] = f"ohne {', '.join(fehlt)}"
            continue
        try:
            if len(duckdb.extract_statements(sql[modell])) != 1:
                raise duckdb.ParserException("nicht genau eine Anweisung")
            con.execute(f"create table {schema}.{name} as {_abfrage(sql[modell])}")
        except duckdb.Error as fehler:
            lauf.ohne[modell] = str(fehler).splitlines()[0]
            continue
        lauf.gelaufen.add(modell)
    return lauf


def _abfrage(sql: str) -> str:
    return sql.strip().removesuffix(";")


def _reihenfolge(sql: Mapping[str, str]) -> list[str]:
    """Every model after those it reads; in a circle the order is that of the names."""
    fertig: dict[str, None] = {}

    def nimm(modell: str, weg: tuple[str, ...]) -> None:
        for davor in sorted((liest(sql[modell]) & sql.keys()) - fertig.keys() - set(weg)):
            nimm(davor, (*weg, modell, davor))
        fertig.setdefault(modell)

    for modell in sorted(sql):
        nimm(modell, (modell,))
    return list(fertig)


def _vergleiche(con: duckdb.DuckDBPyConnection, punkt: Pruefpunkt, name: str, soll: str) -> None:
    """Equal hashes mean equal rows; only where they differ the rows are looked at."""
    ist = f"frei.main.{bezeichner(name)}"
    typen, gerechnet = spaltentypen(con, ist), spaltentypen(con, soll)
    anzahl = con.execute(f"select count(*) from {ist}").fetchone()  # noqa: S608 - quoted names
    punkt.geprueft += int(anzahl[0]) if anzahl else 0
    if typen != gerechnet:
        punkt.maengel.append(f"{name}: hat andere Spalten, als das SQL ergibt")
        return
    if inhaltshash(con, ist, typen) == inhaltshash(con, soll, typen):
        return
    zuviel, fehlend = (
        con.execute(f"from {a} except all from {b} order by all").fetchall() for a, b in ((ist, soll), (soll, ist))
    )
    punkt.maengel += _unterschiede(name, list(typen), zuviel, fehlend)


def _unterschiede(
    name: str, spalten: list[str], zuviel: list[tuple[Any, ...]], fehlend: list[tuple[Any, ...]]
) -> Iterator[str]:
    """Each released row that does not follow, beside the expected one most like it; then expected ones left over."""
    offen = list(fehlend)
    for zeile in zuviel[:_GEZEIGT]:
        aehnlich = max(offen[: 20 * _GEZEIGT], key=lambda z: sum(map(_gleich, z, zeile)), default=None)
        wo = _zeile(spalten, zeile)
        if aehnlich is None or 2 * sum(map(_gleich, aehnlich, zeile)) < len(spalten):
            yield f"{name}, {wo}: diese Zeile ergibt sich nicht aus Archiv und SQL"
            continue
        offen.remove(aehnlich)
        for spalte, ist, soll in zip(spalten, zeile, aehnlich, strict=True):
            if not _gleich(ist, soll):
                yield f"{name}, {wo}: {spalte} ist freigegeben als {ist}, aus Archiv und SQL ergibt sich {soll}"
    if len(zuviel) > _GEZEIGT:
        yield f"{name}: {len(zuviel) - _GEZEIGT} weitere Zeilen ergeben sich nicht aus Archiv und SQL"
    else:
        yield from (f"{name}, {_zeile(spalten, z)}: fehlt in der Freigabe" for z in offen[:_GEZEIGT])
    if len(offen) > _GEZEIGT:
        yield f"{name}: {len(offen)} Zeilen fehlen in der Freigabe"


def _gleich(a: object, b: object) -> bool:
    return a == b


def _zeile(spalten: list[str], zeile: tuple[Any, ...]) -> str:
    """The first columns that have a value, which are a table's key or most of it."""
    return " ".join(str(w) for w in zeile[:6] if w is not None)
