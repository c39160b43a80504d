"""Recalculates every released comparison in plain Python, numpy and scipy from the released figures.

Belongs here: which figures are compared with which, and finding what differs. Does not belong here: the formulas
(``vergleichsformeln``), breaks (``brueche``), and the figures themselves (``kennzahlen``).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import duckdb

from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.brueche import (
    DANACH,
    DAVOR,
    GEMISCHT,
    Kennzahl,
    Lage,
    Lagen,
    Reihenpunkt,
    bruchlagen,
    gemeinsam,
    verschoben,
)
from pipelines.pruefe.vergleichsformeln import (
    Unterschied,
    Zelle,
    gegen_rest,
    geglaettet,
    mann_kendall,
    raenge,
    rangintervalle,
)
from pipelines.pruefe.zellsummen import DATENARTEN

OHNE_VERGLEICH = frozenset({"qualitaet"})
"""Themes about the pipeline itself: their figures count the others and are not compared."""
Abschnitt = tuple[frozenset[str], frozenset[str]]
"""A stretch of a series: the breaks behind it, and the components of its figures."""
_AUS_DER_KENNZAHL = ("ebene", "wert", "freigabe")


class Zeile(NamedTuple):
    """A released figure with what the catalogue says about its indicator."""

    indikator: str
    gebiet: str
    stichtag: date
    basis: str
    ebene: str
    wert: float | None
    zaehler: float | None
    nenner: float | None
    status: str
    von: float | None
    bis: float | None
    datenart: str
    freigabe: str
    form: str
    faktor: float
    verhaeltnis: bool
    hoch_zuerst: bool
    unsicherheit: str
    mindestbasis: float | None
    ueberlappt: bool

    @property
    def zelle(self) -> Zelle | None:
        """Numerator and denominator of a shown share or rate with an interval."""
        if self.form != "quotient" or self.von is None or self.wert is None or not self.unsicherheit:
            return None
        return Zelle(float(self.zaehler or 0), float(self.nenner or 0), self.unsicherheit == "wilson")

    @property
    def gruppe(self) -> str:
        """Among which districts it is ranked: a city is a Kreis."""
        return "kreis" if self.ebene == "stadt" else self.ebene


_ABFRAGE = r"""
select
    i.indikator, i.gebiet, i.stichtag, i.basis, i.ebene, i.wert, i.zaehler, i.nenner, i.status, i.unsicher_von,
    i.unsicher_bis, i.datenart, i.freigabe, k.form, coalesce(k.faktor, 1), (k.nenner != '' and k.form != 'luecke')
        or k.form = 'median' or k.einheit = 'Prozent',
    k.richtung != 'niedrig_ist_belastung', lower(split_part(replace(k.unsicherheit, 'Exaktes ', ''), '-', 1)),
    k.mindestbasis, regexp_matches(concat_ws(' ', k.zaehler, k.nenner), '\d Jahre (zusammen|früher)'), k.thema
from indikatoren as i
inner join indikator_katalog as k on k.indikator = i.indikator
"""


def pruefe_vergleiche(con: duckdb.DuckDBPyConnection) -> Pruefpunkt:
    """Compare all columns of ``vergleiche`` with their recalculation; every figure must have its row and no other."""
    soll = rechne(con)
    ergebnis = con.execute("select v.* from vergleiche as v")
    spalten = [str(s[0]) for s in ergebnis.description or []]
    punkt = Pruefpunkt("Vergleiche", 0, einheit="Vergleiche")
    gesehen: set[Kennzahl] = set()
    for werte in ergebnis.fetchall():
        ist = dict(zip(spalten, werte, strict=True))
        schluessel = (ist["indikator"], ist["gebiet"], ist["stichtag"], ist["basis"])
        punkt.geprueft += 1
        if schluessel not in soll or schluessel in gesehen:
            punkt.maengel.append(f"{_name(schluessel)}: zu diesem Vergleich steht keine Kennzahl in indikatoren")
            continue
        gesehen.add(schluessel)
        punkt.maengel += [
            f"{_name(schluessel)}: {spalte} ist freigegeben als {ist[spalte]}, nachgerechnet {wert}"
            for spalte, wert in soll[schluessel].items()
            if not _gleich(ist[spalte], wert)
        ]
    punkt.maengel += [f"{_name(fehlt)}: der Vergleich fehlt" for fehlt in sorted(soll.keys() - gesehen)]
    return punkt


def _name(schluessel: Kennzahl) -> str:
    return " ".join(str(s) for s in schluessel).rstrip()


def _gleich(ist: object, soll: object) -> bool:
    if isinstance(ist, float) and isinstance(soll, int | float):
        return math.isclose(ist, soll, rel_tol=1e-8, abs_tol=1e-9)
    return ist == soll


def rechne(con: duckdb.DuckDBPyConnection) -> dict[Kennzahl, dict[str, Any]]:
    """All columns of ``vergleiche`` but the key, by key."""
    zeilen = [Zeile(*z[:-1]) for z in con.execute(_ABFRAGE).fetchall() if z[-1] not in OHNE_VERGLEICH]
    bestandteile = _bestandteile(con)
    lagen = _mit_bestandteilen(bestandteile, bruchlagen(con))
    ergebnis: dict[Kennzahl, dict[str, Any]] = {
        _schluessel(z): {s: getattr(z, s) for s in _AUS_DER_KENNZAHL} | _bruch(lagen.get(_punkt(z), {})) for z in zeilen
    }
    schlechteste: defaultdict[Kennzahl, int] = defaultdict(int)
    for gruppe in _gruppiert(zeilen, lambda z: (*_punkt(z), z.gruppe)).values():
        for schluessel, felder in _gruppenvergleich(gruppe).items():
            ergebnis[schluessel] |= felder
        in_der_gruppe = max(DATENARTEN.index(z.datenart) for z in gruppe)
        for z in gruppe:
            schlechteste[_schluessel(z)] = in_der_gruppe
    staedte = {_punkt(z): z for z in zeilen if z.ebene == "stadt"}
    for z, felder in zip(zeilen, _stadtvergleiche(zeilen, staedte), strict=True):
        ergebnis[_schluessel(z)] |= felder
        if (stadt := staedte.get(_punkt(z))) is not None:
            schlechteste[_schluessel(z)] = max(schlechteste[_schluessel(z)], DATENARTEN.index(stadt.datenart))
    abschnitte = {
        punkt: _abschnitt(lagen.get(punkt, {}), {e[0] for e in bestandteile.get(punkt, ())})
        for punkt in {_punkt(z) for z in zeilen}
    }
    for reihe in _gruppiert(zeilen, lambda z: (z.indikator, z.gebiet, z.basis)).values():
        bisher = 0
        je_abschnitt: defaultdict[Abschnitt | None, dict[date, float]] = defaultdict(dict)
        for z in reihe:
            if z.wert is not None:
                je_abschnitt[abschnitte[_punkt(z)]][z.stichtag] = z.wert
        for z in sorted(reihe, key=lambda z: z.stichtag):
            bisher = max(bisher, DATENARTEN.index(z.datenart))
            abschnitt = abschnitte[_punkt(z)]
            ergebnis[_schluessel(z)] |= _verlauf(z, None if abschnitt is None else je_abschnitt[abschnitt]) | {
                "datenart": DATENARTEN[max(bisher, schlechteste[_schluessel(z)])]
            }
    return ergebnis


def _schluessel(z: Zeile) -> Kennzahl:
    return z.indikator, z.gebiet, z.stichtag, z.basis


def _punkt(z: Zeile) -> Reihenpunkt:
    return z.indikator, z.stichtag, z.basis


def _gruppiert(zeilen: Iterable[Zeile], wonach: Any) -> Mapping[Any, list[Zeile]]:  # noqa: ANN401 - any hashable
    gruppen: defaultdict[Any, list[Zeile]] = defaultdict(list)
    for z in zeilen:
        gruppen[wonach(z)].append(z)
    return gruppen


def _bestandteile(con: duckdb.DuckDBPyConnection) -> Mapping[Reihenpunkt, set[Reihenpunkt]]:
    """What every figure made of others is made of, at last: components of components, too."""
    direkt: defaultdict[Reihenpunkt, set[Reihenpunkt]] = defaultdict(set)
    for indikator, stichtag, basis, komponente, tag, woher in con.execute(
        "select distinct a.indikator, a.stichtag, a.basis, a.merkmal, a.eingang_stichtag, a.eingang_basis "
        "from ableitungen as a where a.rolle = 'komponente'"
    ).fetchall():
        direkt[indikator, stichtag, basis].add((komponente, tag, woher))
    alle: dict[Reihenpunkt, set[Reihenpunkt]] = {}
    for punkt, komponenten in direkt.items():
        offen, gefunden = list(komponenten), set(komponenten)
        while offen:
            neu = direkt.get(offen.pop(), set()) - gefunden
            gefunden |= neu
            offen += neu
        alle[punkt] = gefunden
    return alle


def _mit_bestandteilen(bestandteile: Mapping[Reihenpunkt, set[Reihenpunkt]], lagen: Lagen) -> Lagen:
    """A figure made of others lies before, behind or across what these lie before, behind or across."""
    return {**lagen} | {punkt: gemeinsam(lagen, [punkt, *eingaenge]) for punkt, eingaenge in bestandteile.items()}


def _bruch(hier: Mapping[str, Lage]) -> dict[str, Any]:
    juengster = max(
        (lage.bruch for lage in hier.values() if lage.seite != DAVOR), key=lambda b: (b.ab, b.bruch), default=None
    )
    return {"bruch": juengster and juengster.ab, "bruch_grund": juengster and juengster.grund}


def _gruppenvergleich(gruppe: list[Zeile]) -> dict[Kennzahl, dict[str, Any]]:
    """Rank, its interval and the smoothed rate of the districts that are ranked together on one date."""
    felder: dict[Kennzahl, dict[str, Any]] = {
        _schluessel(z): dict.fromkeys(("rang", "rang_von", "rang_bis", "gebiete_im_rang", "geglaettet")) for z in gruppe
    }
    gereiht = sorted((z for z in gruppe if z.wert is not None and z.status != "U"), key=lambda z: z.gebiet)
    if len(gereiht) > 1:
        hoch, erste = gereiht[0].hoch_zuerst, gereiht[0]
        folge = raenge([float(z.wert or 0) for z in gereiht], hoch_zuerst=hoch)
        zellen = [z.zelle for z in gereiht if z.zelle is not None]
        grenzen: list[tuple[int, int] | tuple[None, None]] = [(None, None)] * len(gereiht)
        if len(zellen) == len(gereiht):
            name = f"{erste.indikator}|{erste.stichtag}|{erste.basis}|{erste.gruppe}"
            grenzen = list(rangintervalle(name, zellen, folge, hoch_zuerst=hoch))
        for z, rang, (von, bis) in zip(gereiht, folge, grenzen, strict=True):
            felder[_schluessel(z)] |= {"rang": rang, "rang_von": von, "rang_bis": bis, "gebiete_im_rang": len(gereiht)}
    orte = sorted((z for z in gruppe if z.ebene == "ortsteil" and z.zelle is not None), key=lambda z: z.gebiet)
    for z, rate in zip(orte, geglaettet([z.zelle for z in orte if z.zelle is not None]), strict=True):
        felder[_schluessel(z)]["geglaettet"] = z.faktor * rate
    return felder


def _stadtvergleiche(zeilen: list[Zeile], staedte: Mapping[Reihenpunkt, Zeile]) -> list[dict[str, Any]]:
    """Difference to the city, and the test against the city without the district, of each figure in its order."""
    felder = [_abstand(z, staedte.get(_punkt(z))) for z in zeilen]
    paare = [(nummer, paar) for nummer, z in enumerate(zeilen) if (paar := _mit_rest(z, staedte.get(_punkt(z))))]
    for anteil in (True, False):
        gleiche = [(nummer, paar) for nummer, paar in paare if paar[0].anteil == anteil]
        unterschiede = gegen_rest([paar for _, paar in gleiche])
        for (nummer, (_, rest)), unterschied in zip(gleiche, unterschiede, strict=True):
            felder[nummer] |= _urteil(zeilen[nummer].faktor, rest, unterschied)
    return felder


def _abstand(z: Zeile, stadt: Zeile | None) -> dict[str, Any]:
    felder: dict[str, Any] = dict.fromkeys(
        ("stadt_wert", "differenz", "index_stadt", "rest_wert", "differenz_von", "differenz_bis", "p_wert", "urteil")
    )
    if stadt is None:
        return felder
    felder["stadt_wert"] = stadt.wert
    if z.verhaeltnis and z.wert is not None and stadt.wert is not None:
        felder["differenz"] = z.wert - stadt.wert
        if z.wert >= 0 and stadt.wert > 0:
            felder["index_stadt"] = 100 * z.wert / stadt.wert
    return felder


def _mit_rest(z: Zeile, stadt: Zeile | None) -> tuple[Zelle, Zelle] | None:
    """A district and the city without it, if both are large enough to be compared."""
    eigene, ganze = z.zelle, stadt and stadt.zelle
    if eigene is None or ganze is None or z.ebene not in ("ortsteil", "stadtbezirk"):
        return None
    rest = Zelle(ganze.x - eigene.x, ganze.n - eigene.n, eigene.anteil)
    zu_klein = rest.n < (z.mindestbasis or 0) or rest.x < 3
    return None if zu_klein or (rest.anteil and rest.x > rest.n) else (eigene, rest)


def _urteil(faktor: float, rest: Zelle, unterschied: Unterschied) -> dict[str, Any]:
    von, bis = faktor * unterschied.von, faktor * unterschied.bis
    urteil = "nicht unterscheidbar"
    if unterschied.p < 0.05 and (von > 0 or bis < 0):
        urteil = f"{'höher' if von > 0 else 'niedriger'} als der Rest der Stadt"
    return {
        "rest_wert": faktor * rest.x / rest.n,
        "differenz_von": von,
        "differenz_bis": bis,
        "p_wert": unterschied.p,
        "urteil": urteil,
    }


def _verlauf(z: Zeile, dort: Mapping[date, float] | None) -> dict[str, Any]:
    """Change over one and five years and trend. ``dort``: the series on the same side of all breaks, ``None``: none."""
    felder: dict[str, Any] = dict.fromkeys(("veraenderung_1", "veraenderung_5", "trend", "trend_p", "trend_punkte"))
    if z.wert is None:
        return felder
    felder["trend_punkte"] = 0
    if dort is None:
        return felder
    for jahre in (1, 5):
        frueher = dort.get(verschoben(z.stichtag, -jahre, monatsende=True))
        felder[f"veraenderung_{jahre}"] = None if frueher is None else z.wert - frueher
    punkte = [
        dort[tag]
        for tag in sorted(dort)
        if tag <= z.stichtag and tag == verschoben(z.stichtag, tag.year - z.stichtag.year, monatsende=True)
    ]
    felder["trend_punkte"] = len(punkte)
    if len(punkte) >= 8 and not z.ueberlappt:
        s, p = mann_kendall(punkte)
        felder |= {"trend_p": p, "trend": "kein Trend nachweisbar" if p >= 0.05 else "steigend" if s > 0 else "fallend"}
    return felder


def _abschnitt(hier: Mapping[str, Lage], bestandteile: set[str]) -> Abschnitt | None:
    """The breaks that lie behind a figure and what it is made of; ``None``: it mixes both sides of a break."""
    if any(lage.seite == GEMISCHT for lage in hier.values()):
        return None
    return frozenset(name for name, lage in hier.items() if lage.seite == DANACH), frozenset(bestandteile)
