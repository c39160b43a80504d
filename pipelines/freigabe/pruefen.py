"""The checks that a built release must pass before it becomes current.

Belongs here: what every release must hold, whoever built it. Does not belong here: tests of the models (dbt) and the
offline audit (``pipelines.pruefe``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from pipelines.freigabe.beilagen import DATEI
from pipelines.freigabe.belege import KATALOGKOPIE, SQL
from pipelines.freigabe.fehler import Pruefung
from pipelines.freigabe.inhalt import spaltentypen
from pipelines.freigabe.rechnung import abweichungen
from pipelines.freigabe.spaltenpruefung import luecken
from pipelines.freigabe.tabellen import PFLICHT, bezeichner
from quellen.archiv import Archiv
from quellen.fehler import QuellenFehler


def pruefe_bau(ordner: Path, *, zeilen: Mapping[str, int], archiv: Archiv, id_: str) -> list[Pruefung]:
    """Run all checks on a built folder. ``zeilen``: rows that each table has in the private file.

    A check that cannot be run has failed; nothing is raised for a bad release.
    """
    datei = ordner / DATEI
    if Path(f"{datei}.wal").exists():
        return [Pruefung("Datei", False, f"neben {DATEI} liegt eine .wal-Datei")]
    try:
        con = duckdb.connect(str(datei), read_only=True, config={"enable_external_access": "false"})
    except duckdb.Error as fehler:
        return [Pruefung("Datei", False, f"{DATEI} lässt sich nicht lesend öffnen: {fehler}")]
    pruefungen: list[tuple[str, Callable[[], list[str]], str]] = [
        ("Tabellen", lambda: _tabellen(con), "alle zugesagten Tabellen und Spalten sind da"),
        ("Beschreibungen", lambda: _beschreibungen(con), "jede Tabelle und Spalte ist beschrieben"),
        ("Zeilenzahl", lambda: _zeilenzahl(con, zeilen), "jede Tabelle hat so viele Zeilen wie im Lager"),
        ("Kennung", lambda: _kennung(con, id_), f"die Freigabe trägt die Kennung {id_}"),
        ("Kennzahlen", lambda: _kennzahlen(con), "es gibt Kennzahlen, jede einmal, jede mit Wert oder Status"),
        ("Zahlen", lambda: _zahlen(con), "kein Wert ist unendlich oder keine Zahl"),
        ("Herkunft", lambda: _herkunft(con, archiv), "jede Beobachtung nennt Abruf, Zeile, Spalte und Originaltext"),
        ("Rechnung", lambda: _gekuerzt(abweichungen(con)), "jede Kennzahl ist die Summe ihrer Quellzellen"),
        ("Spaltenherkunft", lambda: _gekuerzt(luecken(con)), "jede Spalte führt bis dahin zurück, wo sie beginnt"),
        ("Makro", lambda: _makro(con), "herkunft() und spaltenweg() antworten"),
        ("Belege", lambda: _belege(con, ordner), "die Deklaration jeder Quelle und das ausgeführte SQL liegen bei"),
    ]
    ergebnis = [Pruefung("Datei", True, f"{DATEI} lässt sich lesend öffnen")]
    try:
        for name, pruefung, gut in pruefungen:
            try:
                maengel = pruefung()
            except duckdb.Error as fehler:
                maengel = [f"nicht prüfbar: {fehler}"]
            ergebnis.append(Pruefung(name, not maengel, "; ".join(maengel) or gut))
    finally:
        con.close()
    return ergebnis


def _gekuerzt(maengel: list[str], hoechstens: int = 10) -> list[str]:
    rest = len(maengel) - hoechstens
    return [*maengel[:hoechstens], f"und {rest} weitere"] if rest > 0 else maengel


def _zaehle(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    zeile = con.execute(sql).fetchone()
    return int(zeile[0]) if zeile and zeile[0] is not None else 0


def _namen(con: duckdb.DuckDBPyConnection) -> set[str]:
    abfrage = "select table_name from information_schema.tables where table_schema = 'main'"
    return {str(z[0]) for z in con.execute(abfrage).fetchall()}


def _tabellen(con: duckdb.DuckDBPyConnection) -> list[str]:
    vorhanden, maengel = _namen(con), []
    for tabelle, spalten in PFLICHT.items():
        if tabelle not in vorhanden:
            maengel.append(f"die Tabelle {tabelle} fehlt")
            continue
        fehlend = [s for s in spalten if s not in spaltentypen(con, bezeichner(tabelle))]
        if fehlend:
            maengel.append(f"in {tabelle} fehlen die Spalten {', '.join(fehlend)}")
    if "indikator_katalog" in vorhanden:
        abfrage = "select distinct k.thema, k.indikator from indikator_katalog as k where k.verfuegbar order by all"
        for thema, indikator in con.execute(abfrage).fetchall():
            breit = f"indikatoren_{thema}"
            if breit not in vorhanden:
                maengel.append(f"die Tabelle {breit} fehlt")
            elif indikator not in spaltentypen(con, bezeichner(breit)):
                maengel.append(f"in {breit} fehlt die Spalte {indikator}")
    return _gekuerzt(list(dict.fromkeys(maengel)))


def _beschreibungen(con: duckdb.DuckDBPyConnection) -> list[str]:
    ohne = con.execute(
        """
        select t.table_name as ort
        from duckdb_tables() as t
        where t.schema_name = 'main' and coalesce(t.comment, '') = ''
        union all
        select c.table_name || '.' || c.column_name
        from duckdb_columns() as c
        where c.schema_name = 'main' and not c.internal and coalesce(c.comment, '') = ''
        order by ort
        """
    ).fetchall()
    return _gekuerzt([f"{z[0]} ist nicht beschrieben" for z in ohne])


def _zeilenzahl(con: duckdb.DuckDBPyConnection, erwartet: Mapping[str, int]) -> list[str]:
    maengel = []
    for tabelle, soll in sorted(erwartet.items()):
        ist = _zaehle(con, f"select count(*) from {bezeichner(tabelle)}")  # noqa: S608 - quoted name
        if ist != soll:
            maengel.append(f"{tabelle} hat {ist} Zeilen, im Lager {soll}")
    return maengel


def _kennung(con: duckdb.DuckDBPyConnection, id_: str) -> list[str]:
    gefunden = [str(z[0]) for z in con.execute("select f.id from freigabe as f").fetchall()]
    fremd = _zaehle(con, "select count(*) from indikatoren as i anti join freigabe as f on f.id = i.freigabe")
    maengel = [] if gefunden == [id_] else [f"in der Tabelle freigabe steht {', '.join(gefunden) or 'nichts'}"]
    return maengel + ([f"{fremd} Kennzahlen tragen eine andere Kennung"] if fremd else [])


def _kennzahlen(con: duckdb.DuckDBPyConnection) -> list[str]:
    if not _zaehle(con, "select count(*) from indikatoren"):
        return ["die Freigabe enthält keine Kennzahl"]
    doppelt = con.execute(
        "select i.indikator, i.gebiet, i.stichtag, i.basis from indikatoren as i group by all having count(*) > 1 "
        "order by all"
    ).fetchall()
    maengel = [f"doppelt: {' '.join(str(w) for w in z)}" for z in doppelt]
    ohne = con.execute(
        """
        select i.indikator, i.gebiet, i.stichtag, i.wert, i.status
        from indikatoren as i
        left join status as s on s.status = i.status
        where coalesce(s.hat_wert, i.wert is null) != (i.wert is not null) or s.status is null
        order by all
        """
    ).fetchall()
    maengel += [f"Wert und Status widersprechen sich: {z[0]} {z[1]} {z[2]}, Wert {z[3]}, Status {z[4]}" for z in ohne]
    fremd = _zaehle(
        con,
        "select count(*) from indikatoren as i anti join indikator_katalog as k on k.indikator = i.indikator",
    )
    return _gekuerzt(maengel + ([f"{fremd} Kennzahlen stehen nicht im Katalog"] if fremd else []))


def _zahlen(con: duckdb.DuckDBPyConnection) -> list[str]:
    maengel = []
    for tabelle in sorted(_namen(con)):
        spalten = [s for s, typ in spaltentypen(con, bezeichner(tabelle)).items() if typ in ("DOUBLE", "FLOAT")]
        for spalte in spalten:
            b = bezeichner(spalte)
            n = _zaehle(con, f"select count(*) from {bezeichner(tabelle)} where isnan({b}) or isinf({b})")  # noqa: S608
            if n:
                maengel.append(f"{tabelle}.{spalte}: {n} Werte sind keine endlichen Zahlen")
    return maengel


def _herkunft(con: duckdb.DuckDBPyConnection, archiv: Archiv) -> list[str]:
    maengel = []
    for spalte in ("quelle", "abruf", "zeile", "spalte", "originaltext"):
        n = _zaehle(con, f"select count(*) from beobachtungen as b where b.{spalte} is null")  # noqa: S608 - fixed names
        if n:
            maengel.append(f"{n} Beobachtungen ohne {spalte}")
    for tabelle in ("beobachtungen", "abgewiesen"):
        unbekannt = con.execute(
            f"select distinct b.quelle, b.abruf from {tabelle} as b "  # noqa: S608 - fixed names
            "anti join abrufe as a on a.abruf = b.abruf and a.quelle = b.quelle where b.abruf is not null order by all"
        ).fetchall()
        maengel += [f"der Abruf {z[1]} ({z[0]}) aus {tabelle} steht nicht in abrufe" for z in unbekannt]
    objekte = con.execute("select distinct a.quelle, a.datei, a.abruf from abrufe as a order by all").fetchall()
    for quelle, datei, abruf in objekte:
        try:
            archiv.lesen(str(abruf))
        except QuellenFehler as fehler:
            maengel.append(f"{quelle}, Datei {datei}: {fehler.befunde[0].regel} ({abruf})")
    return _gekuerzt(maengel)


def _makro(con: duckdb.DuckDBPyConnection) -> list[str]:
    kennzahl = con.execute(
        "select i.indikator, i.gebiet, i.stichtag from indikatoren as i where i.zaehler > 0 order by all limit 1"
    ).fetchone()
    weg = _zaehle(con, "select count(*) from spaltenweg('indikatoren', 'wert') as w where w.quellart = 'quelltext'")
    if not weg:
        return ["spaltenweg() führt von indikatoren.wert zu keiner Quelldatei"]
    if kennzahl is None:
        con.execute("select count(*) from herkunft('', '', '2000-01-01')")
        return []
    zeilen = con.execute("select count(*) from herkunft(?, ?, ?)", list(kennzahl)).fetchone()
    name = " ".join(str(k) for k in kennzahl)
    return [] if zeilen and zeilen[0] else [f"herkunft() findet zu {name} keine Quellzelle"]


def _belege(con: duckdb.DuckDBPyConnection, ordner: Path) -> list[str]:
    """The declaration of every source of this release, and the SQL of every model that a column goes through."""
    quellen = con.execute("select distinct q.quelle from quellen as q order by all").fetchall()
    modelle = con.execute(
        "select distinct h.quelltabelle from spaltenherkunft as h where h.quellart = 'modell' order by all"
    ).fetchall()
    namen = [f"{KATALOGKOPIE}/{q[0]}.yaml" for q in quellen] + [f"{SQL}/{m[0]}.sql" for m in modelle]
    return _gekuerzt([f"{name} fehlt" for name in namen if not (ordner / name).is_file()])
