"""Loads a source's raw tables from the newest retrievals whose contract holds.

Belongs here: replacing raw tables as a whole, in one transaction per source, and the state of the source. Does not
belong here: the rules of the contract (``quellen.vertrag``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pandas as pd

from pipelines.fingerabdruck import gesamt
from pipelines.rohtabellen.auswahl import kandidaten
from quellen.archiv import Abruf, Archiv
from quellen.fehler import Befund, QuellenFehler
from quellen.modell import Quelle, Teil
from quellen.vertrag import Rohsatz, lies_und_pruefe

GUT = "gut"
LETZTER_GUTER_STAND = "letzter guter Stand"
OHNE_DATEN = "ohne Daten"


@dataclass
class Ladebericht:
    """What a load did: state of the source, rows per raw table, message if the newest retrieval was refused."""

    quelle: str
    zustand: str
    meldung: str
    neu_geladen: bool
    zeilen: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Gelesen:
    abruf: Abruf
    objekt_nr: int
    satz: Rohsatz


def lade_quelle(
    con: duckdb.DuckDBPyConnection,
    quelle: Quelle,
    archiv: Archiv,
    verzeichnisse: Mapping[str, frozenset[str]],
    *,
    definitionen: str,
    mit_beispiel: bool,
    abrufmeldung: str = "",
) -> Ladebericht:
    """Bring the raw tables of one source up to date.

    ``abrufmeldung`` is the message of a failed fetch in this run; the source then counts as standing at its last good
    data. Nothing is read again if neither retrievals nor declarations nor code changed. Never raises for bad data.
    """
    auswahl = kandidaten(quelle, archiv.abrufe(quelle.id), mit_beispiel=mit_beispiel)
    abdruck = gesamt(
        [definitionen, mit_beispiel]
        + [
            (t, s, a.inhalt, a.stand, a.datenart)
            for t, scheiben in auswahl.items()
            for s, liste in scheiben.items()
            for a in liste
        ]
    )
    bekannt = con.execute("select fingerabdruck from raw.ladestand where quelle = ?", [quelle.id]).fetchone()
    if bekannt and bekannt[0] == abdruck:
        return _unveraendert(con, quelle, abrufmeldung)
    gelesen: dict[str, list[_Gelesen]] = {}
    fehler: list[Befund] = []
    for name, scheiben in auswahl.items():
        gelesen[name] = []
        for _, liste in sorted(scheiben.items(), reverse=True):
            schon_da = {g.abruf.inhalt for g in gelesen[name]}
            neue = [a for a in liste if a.inhalt not in schon_da]  # the same figures cannot stand for two years
            gut, befunde = _erster_guter(quelle, name, neue, archiv, verzeichnisse)
            gelesen[name] += gut
            fehler += befunde
    meldung = "\n".join([abrufmeldung] * bool(abrufmeldung) + [str(b) for b in fehler])
    bericht = Ladebericht(quelle.id, _zustand(gelesen, meldung), meldung, True)
    con.execute("begin")
    try:
        for name in quelle.teile:
            bericht.zeilen[quelle.rohtabelle(name)] = _ersetze_rohtabelle(con, quelle, name, gelesen[name])
        _ersetze_beiwerk(con, quelle, gelesen)
        con.execute("delete from raw.ladestand where quelle = ?", [quelle.id])
        con.execute("insert into raw.ladestand values (?, ?)", [quelle.id, abdruck])
        _ersetze_quelle(con, quelle, bericht, "\n".join(str(b) for b in fehler))
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return bericht


def _zustand(gelesen: Mapping[str, list[_Gelesen]], meldung: str) -> str:
    if not any(gelesen.values()):
        return OHNE_DATEN
    return LETZTER_GUTER_STAND if meldung else GUT


def _erster_guter(
    quelle: Quelle,
    teil: str,
    liste: list[Abruf],
    archiv: Archiv,
    verzeichnisse: Mapping[str, frozenset[str]],
) -> tuple[list[_Gelesen], list[Befund]]:
    befunde: list[Befund] = []
    for abruf in liste:
        try:
            saetze = [
                _Gelesen(abruf, nr, lies_und_pruefe(archiv.lesen(o.sha256), quelle, teil, o.datei, verzeichnisse))
                for nr, o in enumerate(abruf.objekte)
            ]
            _pruefe_seiten(quelle, teil, saetze)
        except QuellenFehler as fehler:
            befunde = befunde or list(fehler.befunde)
            continue
        return saetze, befunde
    return [], befunde


def _pruefe_seiten(quelle: Quelle, teil: str, saetze: list[_Gelesen]) -> None:
    """A paged answer must not bring a record twice; inside a page the contract has checked it."""
    eindeutig = list(quelle.teile[teil].eindeutig)
    if len(saetze) < 2 or not eindeutig:
        return
    je_seite = [s.satz.daten[eindeutig].drop_duplicates() for s in saetze]
    doppelt = pd.concat(je_seite, ignore_index=True)
    doppelt = doppelt[doppelt.duplicated()]
    if not doppelt.empty:
        werte = ", ".join("/".join(map(str, zeile)) for zeile in doppelt.head(5).itertuples(index=False))
        raise QuellenFehler(
            Befund(
                regel="Seiten einer Antwort überschneiden sich",
                gefunden=f"{len(doppelt)} Schlüssel auf mehreren Seiten: {werte}",
                erwartet=f"jede Kombination von {', '.join(eindeutig)} genau einmal",
                tun="die Quelle erneut abrufen; bleibt es so, das Blättern des Portals prüfen",
                quelle=quelle.id,
                teil=teil,
            )
        )


def rohspalten(teil: Teil) -> dict[str, str]:
    """Columns of a Teil's raw table and their DuckDB types, in order."""
    spalten = {"abruf": "varchar", "zeile": "bigint", "spalte": "bigint", "spaltenname": "varchar"}
    if teil.form == "werte":
        spalten |= {"merkmal": "varchar", "ist_davon": "boolean"}
        if teil.summe:
            spalten["total_fehlt"] = "boolean"
    spalten |= dict.fromkeys(teil.felder, "varchar")
    if teil.form == "werte":
        spalten |= {"korrigiert": "varchar", "korrektur": "varchar"}
    return spalten | {"originaltext": "varchar"}


def _ersetze_rohtabelle(con: duckdb.DuckDBPyConnection, quelle: Quelle, teil: str, gelesen: list[_Gelesen]) -> int:
    tabelle = f"raw.{quelle.rohtabelle(teil)}"
    spalten = rohspalten(quelle.teile[teil])
    definition = ", ".join(f'"{name}" {typ}' for name, typ in spalten.items())
    con.execute(f"create or replace table {tabelle} ({definition})")
    for g in gelesen:
        leer = {s: pd.Series(None, g.satz.daten.index, object) for s in ("korrigiert", "korrektur")}
        roh = g.satz.daten.assign(**{s: w for s, w in leer.items() if s not in g.satz.daten})
        roh = roh.assign(abruf=g.abruf.objekte[g.objekt_nr].sha256)[list(spalten)]
        con.register("_roh", roh)
        con.execute(f"insert into {tabelle} select * from _roh")  # noqa: S608 - declared names
        con.unregister("_roh")
    zeile = con.execute(f"select count(*) from {tabelle}").fetchone()  # noqa: S608 - declared names
    return int(zeile[0]) if zeile else 0


def _ersetze_beiwerk(con: duckdb.DuckDBPyConnection, quelle: Quelle, gelesen: Mapping[str, list[_Gelesen]]) -> None:
    zuordnungen = {
        (quelle.id, teil, feld, text, wert)
        for teil, saetze in gelesen.items()
        for g in saetze
        for feld, text, wert in g.satz.zuordnungen
    }
    _ersetze(con, "raw.zuordnungen", quelle.id, [list(z) for z in sorted(zuordnungen)])
    zeichen = [
        [quelle.id, text, z.wert, z.status, z.vertraulichkeit, z.bedeutung]
        for text, z in sorted(quelle.zeichen.items())
    ]
    _ersetze(con, "raw.zeichen", quelle.id, zeichen)
    abrufe = [_abrufzeile(quelle, teil, g) for teil, saetze in gelesen.items() for g in saetze]
    con.execute("delete from raw.abrufe where quelle = ?", [quelle.id])
    for zeile in abrufe:
        con.execute(f"insert into raw.abrufe values ({', '.join('?' * len(zeile))})", zeile)  # noqa: S608 - marks only


def _abrufzeile(quelle: Quelle, teil: str, g: _Gelesen) -> list[Any]:
    objekt = g.abruf.objekte[g.objekt_nr]
    return [
        objekt.sha256,
        quelle.id,
        teil,
        objekt.datei,
        objekt.url,
        g.abruf.abgerufen_am.isoformat(),
        None if objekt.http_status is None else str(objekt.http_status),
        objekt.kopf.get("etag", ""),
        str(objekt.bytes),
        g.abruf.datenart,
        None if g.abruf.stand is None else g.abruf.stand.isoformat(),
        g.abruf.weg,
        "\n".join(g.abruf.umwege),
        g.abruf.lizenz,
        g.satz.dezimal,
        g.satz.tausender,
        g.satz.format_art,
        g.satz.zeilen,
    ]


def _ersetze(con: duckdb.DuckDBPyConnection, tabelle: str, quelle: str, zeilen: list[list[Any]]) -> None:
    con.execute(f"delete from {tabelle} where quelle = ?", [quelle])  # noqa: S608 - fixed table names
    if zeilen:
        con.register("_neu", pd.DataFrame(zeilen, dtype=object))
        con.execute(f"insert into {tabelle} select * from _neu")  # noqa: S608 - fixed table names
        con.unregister("_neu")


def _ersetze_quelle(con: duckdb.DuckDBPyConnection, quelle: Quelle, bericht: Ladebericht, vertragsmeldung: str) -> None:
    lizenz = quelle.lizenz
    con.execute("delete from raw.quellen where quelle = ?", [quelle.id])
    con.execute(
        "insert into raw.quellen values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            quelle.id,
            quelle.titel,
            quelle.herausgeber,
            lizenz.id,
            lizenz.url,
            lizenz.namensnennung,
            quelle.seite,
            quelle.rhythmus,
            str(quelle.bestaetigt).lower(),
            quelle.basis,
            bericht.zustand,
            bericht.meldung,
            "",
        ],
    )
    con.execute("delete from raw.vertragsmeldung where quelle = ?", [quelle.id])
    con.execute("insert into raw.vertragsmeldung values (?, ?)", [quelle.id, vertragsmeldung])


def _unveraendert(con: duckdb.DuckDBPyConnection, quelle: Quelle, abrufmeldung: str) -> Ladebericht:
    gespeichert = con.execute("select meldung from raw.vertragsmeldung where quelle = ?", [quelle.id]).fetchone()
    vertragsmeldung = gespeichert[0] if gespeichert else ""
    meldung = "\n".join(m for m in (abrufmeldung, vertragsmeldung) if m)
    zeilen = {}
    for name in quelle.teile:
        zeile = con.execute(f"select count(*) from raw.{quelle.rohtabelle(name)}").fetchone()  # noqa: S608
        zeilen[quelle.rohtabelle(name)] = int(zeile[0]) if zeile else 0
    leer = not any(zeilen.values())
    zustand = OHNE_DATEN if leer else LETZTER_GUTER_STAND if meldung else GUT
    con.execute("update raw.quellen set zustand = ?, meldung = ? where quelle = ?", [zustand, meldung, quelle.id])
    return Ladebericht(quelle.id, zustand, meldung, False, zeilen)
