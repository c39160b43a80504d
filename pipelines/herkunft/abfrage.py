"""Asks the released file for a figure and its source cells.

Belongs here: opening the file safely and the queries. Does not belong here: how the answer is shown (``darstellung``).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import DATEI
from pipelines.herkunft.formel import Rechenart, formel
from pipelines.herkunft.modell import Herkunft, HerkunftFehler, Kennzahl, Zelle
from pipelines.herkunft.suche import finde_gebiet, finde_indikator

_GLIEDERUNG = (
    "geschlecht",
    "alter_von",
    "alter_bis",
    "staatsangehoerigkeit",
    "staat",
    "schulform",
    "art",
    "einrichtung",
)


def _tag(stichtag: date | str) -> date:
    if isinstance(stichtag, date):
        return stichtag
    try:
        return date.fromisoformat(stichtag.strip())
    except ValueError as fehler:
        raise HerkunftFehler(f"»{stichtag}« ist kein Datum. Erwartet: JJJJ-MM-TT, z. B. 2023-12-31.") from fehler


def oeffne(freigabe_ordner: Path) -> duckdb.DuckDBPyConnection:
    """The released file, read-only and without access to anything outside it. Raises ``HerkunftFehler``."""
    datei = freigabe_ordner / DATEI
    if not datei.is_file():
        raise HerkunftFehler(
            f"Unter {freigabe_ordner} liegt keine Freigabe. Erwartet: {datei.name}. Was tun: »sozialraum lauf« starten."
        )
    try:
        con = duckdb.connect(str(datei.resolve()), read_only=True, config={"enable_external_access": "false"})
        con.execute("set timezone = 'UTC'")
        con.execute("set lock_configuration = true")
    except duckdb.Error as fehler:
        raise HerkunftFehler(
            f"{datei.name} lässt sich nicht lesen: {fehler}. Was tun: die Freigabe prüfen (»sozialraum pruefe«)."
        ) from fehler
    return con


def herkunft(freigabe_ordner: Path, indikator: str, gebiet: str, stichtag: date | str) -> Herkunft:
    """Where a figure comes from. ``indikator`` and ``gebiet`` as ``finde_indikator`` and ``finde_gebiet`` accept them.

    A figure without value is an answer too (``status``). Raises ``HerkunftFehler`` if there is no such figure.
    """
    with oeffne(freigabe_ordner) as con:
        id_, schluessel, tag = finde_indikator(con, indikator), finde_gebiet(con, gebiet), _tag(stichtag)
        katalog = con.execute(
            "select k.name, k.beschreibung, k.zaehler, k.nenner, k.methode, k.form, k.faktor, k.ziel "
            "from indikator_katalog as k "
            "where k.indikator = ?",
            [id_],
        ).fetchone()
        ort = con.execute("select min(g.name) from gebiete as g where g.gebiet = ?", [schluessel]).fetchone()
        lauf = con.execute("select f.id from freigabe as f").fetchone()
        if katalog is None or ort is None or lauf is None:
            raise HerkunftFehler("Die Freigabe ist unvollständig. Was tun: sie prüfen (»sozialraum pruefe«).")
        name, beschreibung, zaehler, nenner, methode, *rechenart = katalog
        zellen = _zellen(con, id_, schluessel, tag)
        kennzahlen = _kennzahlen(con, (id_, schluessel, tag), Rechenart(*rechenart), zellen)
        if not kennzahlen:
            raise HerkunftFehler(_was_es_gibt(con, id_, schluessel, str(ort[0]), tag))
        quellen = {z.quelle for k in kennzahlen for z in k.zellen}
        nennungen = dict(con.execute("select q.quelle, q.namensnennung from quellen as q order by all").fetchall())
    return Herkunft(
        freigabe=str(lauf[0]),
        indikator=id_,
        name=name,
        beschreibung=beschreibung,
        zaehler=zaehler,
        nenner=nenner,
        methode=methode or "",
        gebiet=schluessel,
        gebietsname=str(ort[0]),
        stichtag=tag,
        kennzahlen=kennzahlen,
        namensnennungen={q: n for q, n in nennungen.items() if q in quellen},
    )


def _zellen(con: duckdb.DuckDBPyConnection, indikator: str, gebiet: str, tag: date) -> list[Zelle]:
    ergebnis = con.execute("select * from herkunft(?, ?, ?)", [indikator, gebiet, tag])
    namen = [s[0] for s in ergebnis.description]
    zellen = []
    for werte in ergebnis.fetchall():
        z = dict(zip(namen, werte, strict=True))
        zellen.append(
            Zelle(
                **{f: z[f] for f in Zelle.__dataclass_fields__ if f not in ("gliederung", "abgerufen_am")},
                gliederung=_gliederung(z),
                abgerufen_am=z["abgerufen_am"].isoformat(timespec="seconds") if z["abgerufen_am"] else "",
            )
        )
    return zellen


def _gliederung(zelle: dict[str, Any]) -> str:
    von, bis = zelle["alter_von"], zelle["alter_bis"]
    teile = [str(zelle[s]) for s in _GLIEDERUNG if not s.startswith("alter") and zelle[s] is not None]
    if von is not None:
        teile.insert(0, f"{von} Jahre" if von == bis else f"ab {von} Jahren" if bis is None else f"{von}–{bis} Jahre")
    return ", ".join(teile)


def _kennzahlen(
    con: duckdb.DuckDBPyConnection, frage: tuple[str, str, date], art: Rechenart, zellen: list[Zelle]
) -> tuple[Kennzahl, ...]:
    zeilen = con.execute(
        """
        select i.basis, i.wert, i.einheit, i.zaehler, i.nenner, i.status, coalesce(s.bedeutung, ''), i.vertraulichkeit,
            i.datenart
        from indikatoren as i
        left join status as s on s.status = i.status
        where i.indikator = ? and i.gebiet = ? and i.stichtag = ?
        order by i.basis
        """,
        list(frage),
    ).fetchall()
    return tuple(
        Kennzahl(
            basis, wert, einheit, zaehler, nenner, status, bedeutung, vertraulichkeit, datenart,
            formel=formel(art, wert, einheit, zaehler, nenner, bedeutung),
            zellen=tuple(z for z in zellen if z.basis in (basis, "") or basis == ""),
        )
        for basis, wert, einheit, zaehler, nenner, status, bedeutung, vertraulichkeit, datenart in zeilen
    )  # fmt: skip


def _was_es_gibt(con: duckdb.DuckDBPyConnection, indikator: str, gebiet: str, name: str, tag: date) -> str:
    tage = con.execute(
        "select distinct i.stichtag from indikatoren as i where i.indikator = ? and i.gebiet = ? order by all",
        [indikator, gebiet],
    ).fetchall()
    if tage:
        return f"{indikator} gibt es für {name} nicht zum {tag}. Vorhanden: {', '.join(str(t[0]) for t in tage)}."
    ebenen = con.execute(
        "select distinct i.ebene from indikatoren as i where i.indikator = ? order by all", [indikator]
    )
    vorhanden = ", ".join(str(z[0]) for z in ebenen.fetchall()) or "keine"
    return f"{indikator} gibt es für {name} ({gebiet}) nicht. Ebenen, für die es ihn gibt: {vorhanden}."
