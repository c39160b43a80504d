"""Reads the archived files again and compares them with the released observations, cell by cell.

Belongs here: that each released value stands in the source, means there what it means here, and that no source row got
lost. Does not belong here: what is calculated from the values (``kennzahlen``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.deutung import Datei, deute
from quellen.annahmen import angenommen, annahmen
from quellen.archiv import Archiv
from quellen.fehler import QuellenFehler
from quellen.modell import Quelle
from quellen.vertrag import Umstaende, lies_und_pruefe
from quellen.zugang.gemeinsam import berliner_tag

_STELLE = ["zeile", "spalte"]
_UNGEZAEHLT = "schueler"
"""The Merkmal of an observation without value that stands for a row of a directory (``schulen``)."""
_JE_EBENE = {"ortsteil": "ortsteil", "stadtbezirk": "stadtbezirk", "stadt": "kreis", "kreis": "kreis"} | {
    "land": "kreis",
    "bund": "kreis",
}


@dataclass
class Quellen:
    """All files of the release, read again. ``umrisse``: number of a district whose outline is known → kind of data.

    ``verzeichnisse``: the keys that the declarations' directories hold.
    """

    dateien: list[Datei] = field(default_factory=list)
    umrisse: dict[tuple[str, str], str] = field(default_factory=dict)
    verzeichnisse: dict[str, frozenset[str]] = field(default_factory=dict)


def lies_quellen(
    con: duckdb.DuckDBPyConnection, archiv: Archiv, katalog: Mapping[str, Quelle]
) -> tuple[Quellen, Pruefpunkt]:
    """Read every archived file of the release under its contract, as it was read when the release was made."""
    verzeichnisse: dict[str, set[str]] = {}
    for ebene, kurz in con.execute("select distinct g.ebene, g.kurz from gebiete as g").fetchall():
        verzeichnisse.setdefault(_JE_EBENE[str(ebene)], set()).add(str(kurz))
    fest = {name: frozenset(werte) for name, werte in verzeichnisse.items()}
    zeilen = con.execute(
        "select a.abruf, a.quelle, a.teil, a.datei, a.datenart, a.stand, a.abgerufen_am from abrufe as a "
        "order by a.quelle, a.teil, a.abruf"
    ).fetchall()
    quellen, punkt = Quellen(verzeichnisse=fest), Pruefpunkt("Quelldateien", len(zeilen), einheit="Dateien")
    for abruf, quelle, teil, name, datenart, stand, wann in zeilen:
        if quelle not in katalog or teil not in katalog[quelle].teile:
            punkt.maengel.append(f"{quelle}/{teil} ist nicht deklariert; die Datei {name} ist nicht prüfbar")
            continue
        try:
            umstaende = _umstaende(archiv, quelle, teil, abruf, wann)
            satz = lies_und_pruefe(archiv.lesen(abruf), katalog[quelle], teil, name, fest, umstaende)
        except QuellenFehler as fehler:
            punkt.maengel.append(f"{quelle}, Datei {name}: {fehler.befunde[0]}")
            continue
        datei = Datei(abruf, katalog[quelle], teil, name, satz, stand, berliner_tag(wann))
        quellen.dateien.append(datei)
        if datei.ist_umriss:
            ebene = "ortsteil" if teil == "ortsteile" else "stadtbezirk"
            for nummer in satz.daten["nummer"]:
                kurz = nummer if ebene == "ortsteil" else f"{nummer[-1]}00"
                quellen.umrisse[(ebene, kurz)] = datenart
    return quellen, punkt


def _umstaende(archiv: Archiv, quelle: str, teil: str, abruf: str, zeit: datetime) -> Umstaende:
    """Day of a retrieval and what was accepted of its content, as when the release was made."""
    inhalte = {a.inhalt for a in archiv.abrufe(quelle) if a.teil == teil and abruf in {o.sha256 for o in a.objekte}}
    liste = annahmen(archiv, quelle)
    gilt = {regel: grund for i in sorted(inhalte) for regel, grund in angenommen(liste, teil, i).items()}
    return Umstaende(tag=berliner_tag(zeit), angenommen=gilt)


def pruefe_zellen(con: duckdb.DuckDBPyConnection, quellen: Quellen) -> Pruefpunkt:
    """Every observation against the cell it names: text, value, status, district, date and breakdowns."""
    beobachtet = con.execute(
        """
        select b.*, g.kurz
        from beobachtungen as b
        left join (select distinct x.gebiet, x.kurz from gebiete as x) as g on g.gebiet = b.gebiet
        order by b.abruf, b.zeile, b.spalte, b.merkmal
        """
    ).df()
    punkt = Pruefpunkt("Quellzellen", len(beobachtet), einheit="Beobachtungen")
    je_datei: dict[Any, list[Datei]] = {}  # the same file can be two Teile of one source
    for d in quellen.dateien:
        if d.wird_beobachtet:
            je_datei.setdefault((d.quelle.id, d.abruf), []).append(d)
    for schluessel, gruppe in beobachtet.groupby(["quelle", "abruf"], sort=True):
        dateien = je_datei.get(schluessel)
        if dateien is None:
            punkt.maengel.append(
                f"{len(gruppe)} Beobachtungen nennen den Abruf {schluessel[1]}, der nicht gelesen wurde"
            )
            continue
        erwartet = pd.concat([deute(d, quellen.verzeichnisse) for d in dateien])
        punkt.maengel += _pruefe_datei(dateien[0], gruppe, erwartet)
    return punkt


def _pruefe_datei(datei: Datei, gruppe: pd.DataFrame, erwartet: pd.DataFrame) -> list[str]:
    beide = gruppe.merge(erwartet, on=_STELLE, how="left", suffixes=("", "_soll"), indicator="_da")
    maengel = [
        f"{datei.ort}, Zeile {z.zeile}, Spalte {z.spalte}: dort steht keine Zelle mit einem Wert, die Freigabe nennt "
        f"»{z.originaltext}«"
        for z in beide.loc[beide["_da"] == "left_only", [*_STELLE, "originaltext"]].itertuples()
    ]
    beide = beide.loc[beide["_da"] == "both"].copy()
    if datei.teil.form == "liste":
        ungezaehlt = beide["merkmal"] == _UNGEZAEHLT
        beide["wert_soll"] = beide["wert_soll"].mask(ungezaehlt)
        beide["status_soll"] = beide["status_soll"].mask(ungezaehlt, "O")
    maengel += [
        f"{datei.ort}, Zeile {z.zeile}, Spalte {z.spalte}: angenommen, obwohl die Deklaration diese Zeile ausschließt"
        for z in beide.loc[~beide["gefuehrt"].astype(bool), _STELLE].itertuples()
    ]
    spalten = [s.removesuffix("_soll") for s in beide.columns if str(s).endswith("_soll")]
    for spalte in spalten:
        ist, soll = beide[spalte], beide[f"{spalte}_soll"]
        if spalte in ("stichtag", "zeitraum_von"):
            ist = pd.to_datetime(ist).dt.strftime("%Y-%m-%d")
        if spalte in ("wert", "alter_von", "alter_bis"):
            ist, soll = pd.to_numeric(ist).astype(float), pd.to_numeric(soll).astype(float)
        anders = ~((ist == soll) | (ist.isna() & soll.isna()))
        if not anders.any():
            continue
        for z, i, s in zip(beide.loc[anders, _STELLE].itertuples(), ist[anders], soll[anders], strict=True):
            ort = f"{datei.ort}, Zeile {z.zeile}, Spalte {z.spalte}"
            maengel.append(f"{ort}: {spalte} ist in der Freigabe »{i}«, in der Quelle »{s}«")
    return maengel


def pruefe_vollstaendig(con: duckdb.DuckDBPyConnection, quellen: Quellen) -> Pruefpunkt:
    """Every source row is in the release: each figure an observation, else its row in ``abgewiesen`` with its text."""
    punkt = Pruefpunkt("Vollständigkeit", 0, einheit="Quellzeilen")
    zellen = con.execute("select b.quelle, b.abruf, b.zeile, b.spalte from beobachtungen as b").df()
    abgewiesen = con.execute("select a.quelle, a.abruf, a.zeile, a.text from abgewiesen as a").df()
    schluessel = con.execute("select s.abruf, s.zeile, s.schluessel, s.bezeichnung from schluessel as s").fetchall()
    benannt = set(schluessel)
    orte = _orte(con)
    for datei in quellen.dateien:
        daten = datei.satz.daten
        punkt.geprueft += datei.satz.zeilen
        if datei.ist_schluessel:
            punkt.maengel += _pruefe_schluessel(datei, benannt)
        if not datei.wird_beobachtet:
            continue
        eigene = zellen.loc[(zellen["abruf"] == datei.abruf) & (zellen["quelle"] == datei.quelle.id)]
        weg = abgewiesen.loc[(abgewiesen["abruf"] == datei.abruf) & (abgewiesen["quelle"] == datei.quelle.id)]
        doppelt = sorted(set(eigene["zeile"]) & set(weg["zeile"]))
        punkt.maengel += [f"{datei.ort}, Zeile {z}: zugleich angenommen und abgewiesen" for z in doppelt]
        erwartet = deute(datei, quellen.verzeichnisse) if datei.teil.beobachtung is not None else None
        offen = daten.loc[~daten["zeile"].isin(weg["zeile"])].merge(
            pd.concat([eigene[_STELLE], _ausgenommen(erwartet)]).drop_duplicates(),
            on=_STELLE,
            how="left",
            indicator="_da",
        )
        punkt.maengel += [
            f"{datei.ort}, Zeile {z.zeile}, Spalte {z.spalte}: »{z.originaltext}« ist weder angenommen noch abgewiesen"
            for z in offen.loc[offen["_da"] == "left_only", [*_STELLE, "originaltext"]].itertuples()
        ]
        punkt.maengel += _pruefe_abgewiesene(datei, weg)
        if erwartet is not None and not weg.empty:
            punkt.maengel += _pruefe_grund(datei, weg, erwartet, orte)
    return punkt


def _ausgenommen(erwartet: pd.DataFrame | None) -> pd.DataFrame:
    """Cells that the declaration keeps out by their column, in rows of which other figures are accepted."""
    if erwartet is None:
        return pd.DataFrame({s: [] for s in _STELLE}, dtype="int64")
    return erwartet.loc[~erwartet["gefuehrt"], _STELLE]


def _pruefe_schluessel(datei: Datei, benannt: set[tuple[Any, ...]]) -> list[str]:
    """Table ``schluessel`` must hold exactly the rows of a key file."""
    spalten = datei.satz.daten[["zeile", "schluessel", "bezeichnung"]]
    soll = {(datei.abruf, int(z), s, b) for z, s, b in spalten.itertuples(index=False)}
    ist = {z for z in benannt if z[0] == datei.abruf}
    return [
        f"{datei.ort}, Zeile {z[1]}: Schlüssel {z[2]} fehlt in der Freigabe oder heißt dort anders"
        for z in sorted(soll ^ ist, key=str)
    ]


def _pruefe_abgewiesene(datei: Datei, abgewiesen: pd.DataFrame) -> list[str]:
    """The text of a rejected row must be that of its cells in the source."""
    daten = datei.satz.daten.loc[datei.satz.daten["zeile"].isin(abgewiesen["zeile"])].sort_values(["zeile", "spalte"])
    soll = daten.groupby("zeile")["originaltext"].agg("; ".join).to_dict()
    return [
        f"{datei.ort}, Zeile {z}: abgewiesen ist »{text}«, in der Quelle steht »{soll.get(z, 'keine Zeile')}«"
        for z, text in zip(abgewiesen["zeile"], abgewiesen["text"], strict=True)
        if soll.get(z) != text
    ]


@dataclass(frozen=True)
class _Orte:
    """Districts with the last day of their validity (``9999-12-31``: still valid), and facilities with a district."""

    gueltig_bis: dict[str, str]
    einrichtungen: frozenset[str]


def _orte(con: duckdb.DuckDBPyConnection) -> _Orte:
    gueltig = con.execute(
        "select g.kurz, max(coalesce(cast(g.gueltig_bis as varchar), '9999-12-31')) from gebiete as g group by g.kurz"
    ).fetchall()
    einrichtungen = con.execute(
        "select b.einrichtung from beobachtungen as b where b.merkmal = 'schulen' "
        "union select e.einrichtung from einrichtungen as e where e.quelle = 'kitas'"
    ).fetchall()
    return _Orte(dict(gueltig), frozenset(str(z[0]) for z in einrichtungen))


def _pruefe_grund(datei: Datei, abgewiesen: pd.DataFrame, erwartet: pd.DataFrame, orte: _Orte) -> list[str]:
    """A row of figures is rejected only if the declaration keeps it out or its district or facility does not exist."""
    erwartet = erwartet.loc[erwartet["zeile"].isin(abgewiesen["zeile"]) & erwartet["gefuehrt"]]
    if "kurz" in erwartet:
        bis = erwartet["kurz"].map(orte.gueltig_bis).fillna("")
        zu_unrecht = erwartet.loc[bis >= erwartet["stichtag"].fillna("9999-12-31")]
    else:
        zu_unrecht = erwartet.loc[erwartet["einrichtung"].isin(orte.einrichtungen)]
    return [
        f"{datei.ort}, Zeile {z}: abgewiesen, obwohl nichts dagegen spricht"
        for z in sorted(set(zu_unrecht["zeile"].tolist()))
    ]
