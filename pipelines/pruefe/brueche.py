"""Breaks in series, found a second way: from the released observations and the words of the catalogue.

Belongs here: on which side of which break the figures of an indicator lie, and which of them stand behind one. Does not
belong here: the status that follows (``kennzahlen``) and the comparisons that a break forbids (``vergleiche``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd

STATUS = "B"
"""The least status of a figure behind a break."""
DAVOR, GEMISCHT, DANACH = "davor", "gemischt", "danach"


class Bruch(NamedTuple):
    """A row of ``brueche``."""

    bruch: str
    ab: date
    basis: str
    grund: str


class Lage(NamedTuple):
    """On which side of a break the counts of a figure lie, and the last of their dates."""

    bruch: Bruch
    seite: str
    bis: date


Reihenpunkt = tuple[str, date, str]
"""Indicator, date and basis: all its districts lie on the same side of a break."""
Lagen = Mapping[Reihenpunkt, Mapping[str, Lage]]
"""What every figure of such a point lies before, behind or across, by break."""
Kennzahl = tuple[str, str, date, str]
"""Indicator, district, date and basis."""


def bruchlagen(con: duckdb.DuckDBPyConnection) -> Lagen:
    """The sides of all figures that a break concerns."""
    betroffen = _betroffene(con)
    basen = [
        z[0] for z in con.execute("select distinct b.basis from beobachtungen as b where b.basis != ''").fetchall()
    ]
    tage: defaultdict[tuple[Reihenpunkt, Bruch], set[date]] = defaultdict(set)
    for indikator, merkmal, tag, gezaehlt, bezug, versatz, basis, gemischt in con.execute(
        "with gezaehlt as (select distinct b.klasse, b.merkmal, b.stichtag, b.basis from beobachtungen as b) "
        "select distinct z.indikator, b.merkmal, b.stichtag, b.basis, z.bezug, z.versatz, z.basis, z.gemischt "
        "from indikator_zuordnung as z inner join gezaehlt as b on b.klasse = z.klasse "
        "where z.rolle in ('zaehler', 'nenner') and z.basis in ('', b.basis)"
    ).fetchall():
        stichtag = tag_der_kennzahl(tag, bezug, versatz)
        for bruch in betroffen.get((indikator, merkmal), ()):
            if stichtag is not None and bruch.basis in ("", gezaehlt):
                for eigene in [""] if basis else basen if gemischt and not gezaehlt else [gezaehlt]:
                    tage[(indikator, stichtag, eigene), bruch].add(tag)
    lagen: defaultdict[Reihenpunkt, dict[str, Lage]] = defaultdict(dict)
    for (punkt, bruch), gezaehlte in tage.items():
        seite = DANACH if min(gezaehlte) >= bruch.ab else DAVOR if max(gezaehlte) < bruch.ab else GEMISCHT
        lagen[punkt][bruch.bruch] = Lage(bruch, seite, max(gezaehlte))
    return lagen


def gemeinsam(lagen: Lagen, punkte: Iterable[Reihenpunkt]) -> dict[str, Lage]:
    """On which side of every break lies what is made of these points: across it, if they lie on both."""
    hier: dict[str, Lage] = {}
    for punkt in punkte:
        for name, lage in lagen.get(punkt, {}).items():
            einig = name not in hier or hier[name].seite == lage.seite
            hier[name] = lage if einig else lage._replace(seite=GEMISCHT)
    return hier


def _betroffene(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[str, str], set[Bruch]]:
    """Which breaks concern what an indicator counts, by indicator and Merkmal, read from the catalogue's words."""
    katalog = con.execute(
        "select k.indikator, concat_ws('; ', k.zaehler, k.nenner) from indikator_katalog as k where k.verfuegbar"
    ).fetchall()
    betroffen: defaultdict[tuple[str, str], set[Bruch]] = defaultdict(set)
    for bruch, ab, basis, grund, merkmale, gliederung in con.execute(
        "select b.bruch, b.ab, coalesce(b.basis, ''), b.grund, b.merkmale, coalesce(b.gliederung, '') from brueche as b"
    ).fetchall():
        for eintrag in merkmale.split():
            merkmal, _, auswahl = eintrag.removesuffix("]").partition("[")
            for indikator, terme in katalog:
                if any(_nennt(t, merkmal) and _waehlt(t, auswahl or gliederung) for t in terme.split("; ")):
                    betroffen[indikator, merkmal].add(Bruch(bruch, ab, basis, grund))
    return betroffen


def _nennt(text: str, wort: str) -> bool:
    return re.search(rf"\b{re.escape(wort)}\b", text) is not None if wort else True


def _waehlt(term: str, auswahl: str) -> bool:
    """Whether a term tells apart by a breakdown, takes one value of it (``art=sgb2``), or all (``art=``)."""
    gliederung, gleich, wert = auswahl.partition("=")
    if not gleich:
        return _nennt(term, gliederung)
    gewaehlt = re.search(rf"\b{re.escape(gliederung)} ([\w/]+)", term)
    return wert in gewaehlt[1].split("/") if gewaehlt and wert else not (gewaehlt or wert)


def tag_der_kennzahl(tag: date, bezug: str, versatz: int) -> date | None:
    """The date of the figure to which a count of ``tag`` belongs; ``None``: to none."""
    if bezug in ("schuljahr", "maerz"):
        if (tag.month, tag.day) != (12, 31):
            return None
        tag = date(tag.year + 1, 7, 31) if bezug == "schuljahr" else date(tag.year + 1, 3, 1)
    elif bezug == "jahresende":
        tag = date(tag.year, 12, 31)
    return verschoben(tag, versatz)


def verschoben(tag: date, jahre: int, *, monatsende: bool = False) -> date:
    """The same day in another year; 29 February becomes the 28th. ``monatsende``: a last day of a month stays one."""
    letzter = (tag + timedelta(days=1)).month != tag.month
    jahr = tag.year + jahre
    if monatsende and letzter:
        return (date(jahr, tag.month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    schalttag = (tag.month, tag.day) == (2, 29)
    return date(jahr, 2, 28) if schalttag and not _ist_schaltjahr(jahr) else tag.replace(year=jahr)


def _ist_schaltjahr(jahr: int) -> bool:
    return (date(jahr, 3, 1) - timedelta(days=1)).day == 29


def hinter_bruch(kennzahlen: Iterable[Kennzahl], lagen: Lagen) -> set[Kennzahl]:
    """Those of the calculable figures (also of hidden ones) that have at least status ``B``.

    A figure stands behind a break if its counts lie after it and those of the figure before it in the series do not
    all, or if it mixes both sides. A series that begins after a break stands behind it if its last count is from the
    first year after it.
    """
    reihen: defaultdict[tuple[str, str, str], list[date]] = defaultdict(list)
    for indikator, gebiet, stichtag, basis in kennzahlen:
        reihen[indikator, gebiet, basis].append(stichtag)
    gefunden = set()
    for (indikator, gebiet, basis), tage in reihen.items():
        davor: Mapping[str, Lage] | None = None
        for tag in sorted(tage):
            hier = lagen.get((indikator, tag, basis), {})
            if any(_ist_hinter(lage, davor) for lage in hier.values()):
                gefunden.add((indikator, gebiet, tag, basis))
            davor = hier
    return gefunden


def mit_bruch(kennzahlen: pd.DataFrame, lagen: Lagen, rang_b: int) -> pd.Series[Any]:
    """The status ranks of recalculated figures, raised behind a break.

    ``kennzahlen`` has the key, ``rang``, ``wert`` and ``zuverlaessigkeit``; hidden figures (class D) are calculable.
    """
    berechenbar = kennzahlen["wert"].notna() | (kennzahlen["zuverlaessigkeit"] == "D")
    tage = [tag.date() for tag in pd.to_datetime(kennzahlen["stichtag"])]
    schluessel = list(zip(kennzahlen["indikator"], kennzahlen["gebiet"], tage, kennzahlen["basis"], strict=True))
    dahinter = hinter_bruch((s for s, gerechnet in zip(schluessel, berechenbar, strict=True) if gerechnet), lagen)
    rang = kennzahlen["rang"].copy()
    hinter = np.array([s in dahinter for s in schluessel], dtype=bool)
    rang[hinter] = rang[hinter].clip(lower=rang_b)
    return rang


def _ist_hinter(lage: Lage, davor: Mapping[str, Lage] | None) -> bool:
    if lage.seite != DANACH:
        return lage.seite == GEMISCHT
    if davor is None:
        return lage.bis < verschoben(lage.bruch.ab, 1)
    return lage.bruch.bruch in davor and davor[lage.bruch.bruch].seite != DANACH
