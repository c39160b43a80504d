"""Loads a source's raw tables from the newest retrievals whose contract holds.

Belongs here: replacing raw tables as a whole, in one transaction per source, and the state of the source. Does not
belong here: which retrieval counts (``auswahl``, ``kette``, ``zusammen``), writing single tables (``tabellen``), and
the rules of the contract (``quellen.vertrag``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from pipelines.fingerabdruck import gesamt
from pipelines.rohtabellen.archiveintraege import verzeichne_eintraege
from pipelines.rohtabellen.auswahl import kandidaten
from pipelines.rohtabellen.deklarationstext import deklarationstext
from pipelines.rohtabellen.kette import Teilwahl, waehle
from pipelines.rohtabellen.pruefstand import Pruefstand
from pipelines.rohtabellen.tabellen import anzahl, ersetze_beiwerk, ersetze_rohtabelle, passt, rohspalten
from pipelines.rohtabellen.zusammen import Kandidaten, waehle_zusammen
from quellen.annahmen import Annahme, annahmen
from quellen.archiv import Archiv
from quellen.fehler import Befund, QuellenFehler
from quellen.modell import Quelle

__all__ = ["GUT", "LETZTER_GUTER_STAND", "OHNE_DATEN", "Ladebericht", "lade_quelle", "rohspalten"]

GUT = "gut"
LETZTER_GUTER_STAND = "letzter guter Stand"
OHNE_DATEN = "ohne Daten"


@dataclass
class Ladebericht:
    """What a load did: state of the source, rows per raw table, message if the newest retrieval was refused.

    ``abweichungen`` is what was accepted although it differs from what was declared or known, a line each.
    """

    quelle: str
    zustand: str
    meldung: str
    neu_geladen: bool
    zeilen: dict[str, int] = field(default_factory=dict)
    abweichungen: str = ""


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
    data. Nothing is read again if neither retrievals nor declarations nor code changed. Never raises for bad data: if
    the records themselves are damaged, the raw tables stay as they were loaded.
    """
    verzeichne_eintraege(con, archiv, quelle.id)
    try:
        auswahl: Kandidaten = kandidaten(quelle, archiv.abrufe(quelle.id), mit_beispiel=mit_beispiel)
        angenommen = annahmen(archiv, quelle.id)
    except QuellenFehler as fehler:
        return _unlesbar(con, quelle, "\n".join(m for m in (abrufmeldung, str(fehler)) if m))
    abdruck = gesamt([definitionen, mit_beispiel, *_grundlage(auswahl), *angenommen])
    bekannt = con.execute("select fingerabdruck from raw.ladestand where quelle = ?", [quelle.id]).fetchone()
    if bekannt and bekannt[0] == abdruck:
        return _unveraendert(con, quelle, abrufmeldung)
    wahl = _waehle(con, quelle, archiv, verzeichnisse, auswahl, angenommen)
    nie_abgerufen, unbrauchbar = _ohne_daten(quelle, auswahl, wahl)
    fehler_ = [b for w in wahl.values() for b in w.befunde] + unbrauchbar
    vertragsmeldung = "\n".join(map(str, fehler_))
    meldung = "\n".join(m for m in (abrufmeldung, vertragsmeldung) if m)
    zustand = _zustand(any(w.gelesen for w in wahl.values()), meldung)
    abweichungen = "\n".join(map(str, [*nie_abgerufen, *(b for w in wahl.values() for b in w.abweichungen)]))
    bericht = Ladebericht(quelle.id, zustand, meldung, True, abweichungen=abweichungen)
    con.execute("begin")
    try:
        for name in quelle.teile:
            bericht.zeilen[quelle.rohtabelle(name)] = ersetze_rohtabelle(con, quelle, name, wahl[name].gelesen)
        ersetze_beiwerk(con, quelle, {name: w.gelesen for name, w in wahl.items()})
        con.execute("delete from raw.ladestand where quelle = ?", [quelle.id])
        con.execute("insert into raw.ladestand values (?, ?)", [quelle.id, abdruck])
        _ersetze_quelle(con, quelle, bericht, vertragsmeldung)
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return bericht


def _grundlage(auswahl: Kandidaten) -> list[object]:
    """What the outcome depends on of every candidate; its day, because tolerances and corrections expire."""
    return [
        (teil, scheibe, a.inhalt, a.stand, a.jahrgang, a.datenart, a.abgerufen_am.date())
        for teil, scheiben in auswahl.items()
        for scheibe, liste in scheiben.items()
        for a in liste
    ]


def _waehle(
    con: duckdb.DuckDBPyConnection,
    quelle: Quelle,
    archiv: Archiv,
    verzeichnisse: Mapping[str, frozenset[str]],
    auswahl: Kandidaten,
    angenommen: list[Annahme],
) -> dict[str, Teilwahl]:
    pruefstand = Pruefstand(con, quelle, archiv, verzeichnisse, angenommen)
    return waehle_zusammen(
        quelle.id, auswahl, lambda k: {name: waehle(pruefstand, name, scheiben) for name, scheiben in k.items()}
    )


def _ohne_daten(quelle: Quelle, auswahl: Kandidaten, wahl: Mapping[str, Teilwahl]) -> tuple[list[Befund], list[Befund]]:
    """Name the Teile that have no data while others do: never retrieved (a remark), or nothing usable (a fault)."""
    if not any(w.gelesen for w in wahl.values()):
        return [], []
    befunde = {
        name: Befund(
            regel="Ein Teil der Quelle ist ohne Daten",
            gefunden=f"{len({a.inhalt for liste in auswahl[name].values() for a in liste}) or 'kein'} "
            "Abruf im Archiv, keiner davon brauchbar",
            erwartet="ein Abruf, der den Vertrag erfüllt, wie bei den anderen Teilen",
            tun=f"abrufen oder eine Datei ablegen: sozialraum ablegen {quelle.id} DATEI --teil {name}",
            quelle=quelle.id,
            teil=name,
        )
        for name, w in wahl.items()
        if not w.gelesen
    }
    nie = [b for name, b in befunde.items() if not auswahl[name]]
    return nie, [b for name, b in befunde.items() if auswahl[name]]


def _zustand(hat_daten: bool, meldung: str) -> str:
    if not hat_daten:
        return OHNE_DATEN
    return LETZTER_GUTER_STAND if meldung else GUT


def _ersetze_quelle(con: duckdb.DuckDBPyConnection, quelle: Quelle, bericht: Ladebericht, vertragsmeldung: str) -> None:
    lizenz = quelle.lizenz
    con.execute("delete from raw.quellen where quelle = ?", [quelle.id])
    con.execute(
        "insert into raw.quellen values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
            bericht.abweichungen,
            deklarationstext(quelle),
        ],
    )
    con.execute("delete from raw.vertragsmeldung where quelle = ?", [quelle.id])
    con.execute("insert into raw.vertragsmeldung values (?, ?)", [quelle.id, vertragsmeldung])


def _unveraendert(con: duckdb.DuckDBPyConnection, quelle: Quelle, abrufmeldung: str) -> Ladebericht:
    gespeichert = con.execute(
        "select v.meldung, q.abweichungen from raw.vertragsmeldung as v join raw.quellen as q using (quelle) "
        "where quelle = ?",
        [quelle.id],
    ).fetchone()
    vertragsmeldung, abweichungen = gespeichert or ("", "")
    meldung = "\n".join(m for m in (abrufmeldung, vertragsmeldung) if m)
    zeilen = {quelle.rohtabelle(name): anzahl(con, quelle, name) for name in quelle.teile}
    zustand = _zustand(any(zeilen.values()), meldung)
    con.execute("update raw.quellen set zustand = ?, meldung = ? where quelle = ?", [zustand, meldung, quelle.id])
    return Ladebericht(quelle.id, zustand, meldung, False, zeilen, abweichungen)


def _unlesbar(con: duckdb.DuckDBPyConnection, quelle: Quelle, meldung: str) -> Ladebericht:
    """The source's records are damaged: keep what was loaded last, or have empty tables if they do not fit.

    What the last load said of the contract and of deviations stays known, and counts again once the records are mended.
    """
    gespeichert = con.execute(
        "select v.meldung, q.abweichungen from raw.vertragsmeldung as v join raw.quellen as q using (quelle) "
        "where quelle = ?",
        [quelle.id],
    ).fetchone()
    con.execute("begin")
    try:
        if not passt(con, quelle):
            gespeichert = None
            for name in quelle.teile:
                ersetze_rohtabelle(con, quelle, name, [])
            ersetze_beiwerk(con, quelle, {})
            con.execute("delete from raw.ladestand where quelle = ?", [quelle.id])
        vertragsmeldung, abweichungen = gespeichert or ("", "")
        zeilen = {quelle.rohtabelle(name): anzahl(con, quelle, name) for name in quelle.teile}
        zustand = _zustand(any(zeilen.values()), meldung)
        bericht = Ladebericht(quelle.id, zustand, meldung, False, zeilen, abweichungen)
        _ersetze_quelle(con, quelle, bericht, vertragsmeldung)
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise
    return bericht
