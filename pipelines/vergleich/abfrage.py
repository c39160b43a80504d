"""Reads two releases, finds every figure that differs, and the revisions that lie between them.

Belongs here: SQL over two released files. Does not belong here: wording (``darstellung``).

The files themselves are compared, whatever their revisions say: a difference that no revision names is shown as
unexplained.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import DATEI
from pipelines.freigabe.tabellen import text
from pipelines.vergleich.modell import Schritt, Unterschied, Vergleich, VergleichFehler

_SCHLUESSEL = ("indikator", "gebiet", "stichtag", "basis")
_KEIN_INHALT = {*_SCHLUESSEL, "freigabe", "revision"}


def vergleiche(von: Path, nach: Path, indikator: str | None = None, gebiet: str | None = None) -> Vergleich:
    """Compare two release folders. Raises ``VergleichFehler`` if that is not possible or a filter names nothing."""
    try:
        with duckdb.connect() as con:
            con.execute("set timezone = 'UTC'")
            for name, ordner in (("von", von), ("nach", nach)):
                con.execute(f"attach {text(str(ordner / DATEI))} as {name} (read_only)")
            return _vergleiche(con, indikator, gebiet)
    except duckdb.Error as fehler:
        raise VergleichFehler(
            f"Die Freigaben {von.name} und {nach.name} lassen sich nicht vergleichen: {fehler}. Erwartet: zwei Ordner "
            f"mit {DATEI}. Was tun: »sozialraum pruefe« auf beide anwenden."
        ) from fehler


def _vergleiche(con: duckdb.DuckDBPyConnection, indikator: str | None, gebiet: str | None) -> Vergleich:
    ids = {name: str(_eine(con, f"select f.id from {name}.freigabe as f")[0]) for name in ("von", "nach")}  # noqa: S608
    neuere, kette = _kette(con, ids)
    filter_ = _filter(con, indikator, gebiet)
    frueher = _spalten(con, "von", "indikatoren")
    spalten = [s for s in _spalten(con, "nach", "indikatoren") if s in frueher and s not in _KEIN_INHALT]
    schritte = _schritte(con, neuere, kette)
    orte = dict(con.execute(f"select g.gebiet, min(g.name) from {neuere}.gebiete as g group by all").fetchall())  # noqa: S608
    unterschiede = []
    for zeile in con.execute(_unterschiede(spalten, filter_), list(filter_.values())).fetchall():
        kennung, gebiet_, tag, basis, art = zeile[:5]
        felder = {s: (alt, neu) for s, alt, neu in _paare(spalten, zeile[5:]) if alt != neu}
        name = str(orte.get(gebiet_, gebiet_))
        kette_ = tuple(schritte.get(zeile[:4], []))
        unterschiede.append(Unterschied(kennung, gebiet_, name, tag, basis, art, felder, kette_))
    return Vergleich(ids["von"], ids["nach"], tuple(kette), unterschiede)


def _paare(spalten: list[str], werte: tuple[Any, ...]) -> list[tuple[str, Any, Any]]:
    return [(s, werte[2 * i], werte[2 * i + 1]) for i, s in enumerate(spalten)]


def _unterschiede(spalten: list[str], filter_: dict[str, str]) -> str:
    paare = ", ".join(f"a.{s}, b.{s}" for s in spalten)
    anders = " or ".join(f"a.{s} is distinct from b.{s}" for s in spalten)
    auswahl = "".join(f" and {bedingung}" for bedingung in filter_)
    schluessel = ", ".join(_SCHLUESSEL)
    return (
        f"select {schluessel}, case when a.freigabe is null then 'neu' when b.freigabe is null then 'entfallen' "  # noqa: S608
        f"else 'geändert' end, {paare} from von.indikatoren as a full outer join nach.indikatoren as b "
        f"using ({schluessel}) where (a.freigabe is null or b.freigabe is null or {anders}){auswahl} "
        f"order by {schluessel}"
    )


def _kette(con: duckdb.DuckDBPyConnection, ids: dict[str, str]) -> tuple[str, list[str]]:
    """Which file is the newer one, and the releases after the older one up to it. Raises if one is no ancestor."""
    for neuere, aeltere in (("nach", "von"), ("von", "nach")):
        if "nummer" not in _spalten(con, neuere, "freigaben"):
            continue
        abfrage = f"select f.id from {neuere}.freigaben as f order by f.nummer"  # noqa: S608 - one of two names
        liste = [str(z[0]) for z in con.execute(abfrage).fetchall()]
        if ids[aeltere] in liste:
            return neuere, liste[liste.index(ids[aeltere]) + 1 :]
    raise VergleichFehler(
        f"Zwischen den Freigaben {ids['von']} und {ids['nach']} führt keine Kette von Revisionen. Erwartet: eine ist "
        "aus der anderen hervorgegangen, und die neuere führt die Tabelle freigaben. Was tun: zwei Freigaben nennen, "
        "die in der Tabelle freigaben der neueren stehen."
    )


def _schritte(con: duckdb.DuckDBPyConnection, neuere: str, kette: list[str]) -> dict[tuple[Any, ...], list[Schritt]]:
    zeilen = con.execute(
        "select r.indikator, r.gebiet, r.stichtag, r.basis, r.freigabe_nachher, coalesce(r.anlass, ''), "  # noqa: S608
        f"coalesce(r.quelle, ''), coalesce(r.grund, '') from {neuere}.revisionen as r "
        f"join {neuere}.freigaben as f on f.id = r.freigabe_nachher where r.freigabe_nachher in (select unnest(?)) "
        "order by f.nummer",
        [kette],
    ).fetchall()
    schritte: dict[tuple[Any, ...], list[Schritt]] = {}
    for zeile in zeilen:
        schritte.setdefault(zeile[:4], []).append(Schritt(*zeile[4:]))
    return schritte


def _filter(con: duckdb.DuckDBPyConnection, indikator: str | None, gebiet: str | None) -> dict[str, str]:
    """SQL condition → its value."""
    gewaehlt: dict[str, str] = {}
    if indikator is not None:
        bekannt = con.execute(
            "select i.indikator from nach.indikator_katalog as i where i.indikator = $1 union "
            "select i.indikator from von.indikator_katalog as i where i.indikator = $1",
            [indikator],
        ).fetchall()
        if not bekannt:
            raise VergleichFehler(
                f"Den Indikator »{indikator}« gibt es in keiner der beiden Freigaben. Erwartet: eine Kennung aus der "
                "Tabelle indikator_katalog."
            )
        gewaehlt["indikator = ?"] = indikator
    if gebiet is not None:
        treffer = con.execute(
            "select distinct g.gebiet from (from nach.gebiete union by name from von.gebiete) as g "
            "where g.gebiet = $1 or g.kurz = $1 or lower(g.name) = lower($1) order by all",
            [gebiet],
        ).fetchall()
        if len(treffer) != 1:
            gefunden = ", ".join(str(z[0]) for z in treffer) or "keines"
            raise VergleichFehler(
                f"»{gebiet}« ist kein eindeutiges Gebiet. Gefunden: {gefunden}. Erwartet: ein Schlüssel, eine "
                "dreistellige Nummer oder ein eindeutiger Name."
            )
        gewaehlt["gebiet = ?"] = str(treffer[0][0])
    return gewaehlt


def _eine(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    zeile: tuple[Any, ...] | None = con.execute(sql).fetchone()
    if zeile is None:
        raise VergleichFehler("Die Tabelle freigabe ist leer. Was tun: »sozialraum pruefe« anwenden.")
    return zeile


def _spalten(con: duckdb.DuckDBPyConnection, datei: str, tabelle: str) -> list[str]:
    """Columns of a table in their order; none if there is no such table."""
    zeilen = con.execute(
        "select column_name from duckdb_columns() where database_name = ? and table_name = ? order by column_index",
        [datei, tabelle],
    ).fetchall()
    return [str(z[0]) for z in zeilen]
