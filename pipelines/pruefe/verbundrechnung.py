"""The composite index calculated with numpy from released figures and the released rules.

Belongs here: which figures enter at which date, standardising, summing, classes. Does not belong here: comparing the
result with the release (``verbund``). Spread below ``RUNDUNG`` times the size of the numbers is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from pipelines.pruefe.brueche import DANACH, DAVOR, GEMISCHT, Lagen, gemeinsam

RUNDUNG = 1e-12
LAGE, BEWEGUNG = "status", "dynamik"
Zahlen = np.ndarray[Any, np.dtype[np.floating[Any]]]


@dataclass(frozen=True)
class Stand:
    """The components at one date of the index: rows are districts, columns components in their declared order."""

    stichtag: pd.Timestamp
    eingang: Mapping[str, pd.Timestamp]
    wert: pd.DataFrame
    rang: pd.DataFrame
    basis: pd.DataFrame
    stadt: Mapping[str, float]
    einwohner: pd.Series[float]
    einwohner_rang: pd.Series[int]


@dataclass(frozen=True)
class Aufgabe:
    """What is standardised at one date: values or changes, and how large the numbers are that they come from."""

    art: str
    jetzt: Stand
    wert: pd.DataFrame
    groesse: pd.DataFrame
    rang: pd.DataFrame
    stadt: Mapping[str, float]
    einwohner: pd.Series[float]
    einwohner_rang: pd.Series[int]
    damals: Stand | None = None
    neu: bool = False
    """Whether it is the first of a new series: of other components, or behind a break, than the one before."""

    def teilnehmer(self, mindestens: float) -> pd.Index[Any]:
        """Districts that have every component and enough inhabitants."""
        return self.wert.index[self.wert.notna().all(axis=1) & (self.einwohner >= mindestens)]


@dataclass
class Ergebnis:
    """Index, class and what they are made of, of one date in one variant."""

    mitte: dict[str, float] = field(default_factory=dict)
    streuung: dict[str, float] = field(default_factory=dict)
    z: pd.DataFrame = field(default_factory=pd.DataFrame)
    beitrag: pd.DataFrame = field(default_factory=pd.DataFrame)
    summe: pd.Series[float] = field(default_factory=lambda: pd.Series(dtype=float))
    teiler: float = float("nan")
    klasse: pd.Series[float] = field(default_factory=lambda: pd.Series(dtype=float))

    @property
    def wert(self) -> pd.Series[float]:
        """The index."""
        return self.summe / self.teiler


def staende(kennzahlen: pd.DataFrame, regel: Mapping[str, Any], teile: Sequence[Mapping[str, Any]]) -> list[Stand]:
    """The dates of the index with the figures that count at them.

    ``kennzahlen``: rows of ``indikatoren`` with rank of status (``rang``), form and factor of the indicator.
    """
    eigene = kennzahlen.loc[kennzahlen["basis"].isin(["", regel["basis"]])]
    auf_ebene = eigene.loc[eigene["ebene"] == regel["ebene"]]
    namen = [t["indikator"] for t in teile]
    tragend = [t["indikator"] for t in teile if t["bezug"] == "stichtag"]
    ergebnis = []
    for tag in sorted(auf_ebene.loc[auf_ebene["indikator"].isin(tragend), "stichtag"].unique()):
        eingang = {}
        for teil in teile:
            reihe = auf_ebene.loc[auf_ebene["indikator"] == teil["indikator"]]
            passend = _passende_tage(reihe, teil, pd.Timestamp(tag))
            if len(passend) and reihe.loc[reihe["stichtag"] == passend.max(), "wert"].notna().any():
                eingang[teil["indikator"]] = passend.max()
        if not eingang:
            continue
        zeilen = pd.concat(
            [auf_ebene.loc[(auf_ebene["indikator"] == k) & (auf_ebene["stichtag"] == t)] for k, t in eingang.items()]
        )
        felder = sorted(zeilen["gebiet"].unique())
        spalten = [n for n in namen if n in eingang]
        menschen = eigene.loc[
            (eigene["indikator"] == regel["bevoelkerung"])
            & (eigene["stichtag"] == tag)
            & (eigene["basis"] == regel["basis"])
        ].set_index("gebiet")
        quer = {s: zeilen.pivot(index="gebiet", columns="indikator", values=s) for s in ("wert", "rang", "basis")}
        ergebnis.append(
            Stand(
                pd.Timestamp(tag),
                eingang,
                quer["wert"].reindex(index=felder, columns=spalten),
                quer["rang"].reindex(index=felder, columns=spalten).fillna(9).astype(int),
                quer["basis"].reindex(index=felder, columns=spalten),
                {k: _stadtwert(eigene, k, t, str(regel["ebene"])) for k, t in eingang.items()},
                menschen["wert"].reindex(felder),
                menschen["rang"].reindex(felder).fillna(9).astype(int),
            )
        )
    return ergebnis


def _passende_tage(reihe: pd.DataFrame, teil: Mapping[str, Any], tag: pd.Timestamp) -> pd.Series[Any]:
    tage: pd.Series[Any] = reihe["stichtag"]
    if teil["bezug"] == "stichtag":
        return tage[tage == tag]
    if teil["bezug"] == "zeitraum":
        return tage[(reihe["zeitraum_von"] <= tag) & (tag <= tage)]
    alter = (tag - tage).dt.days
    passend: pd.Series[Any] = tage[(alter >= 0) & (alter <= teil["hoechstens_tage"])]
    return passend


def _stadtwert(eigene: pd.DataFrame, indikator: str, tag: pd.Timestamp, ebene: str) -> float:
    zeilen = eigene.loc[(eigene["indikator"] == indikator) & (eigene["stichtag"] == tag)]
    stadt = zeilen.loc[zeilen["ebene"] == "stadt", "wert"].dropna()
    if len(stadt):
        return float(stadt.max())
    teile = zeilen.loc[zeilen["ebene"] == ebene]
    if teile["nenner"].isna().any() or (zeilen["form"] != "quotient").any() or teile["nenner"].sum() == 0:
        return float("nan")
    return float(teile["faktor"].iloc[0] * teile["zaehler"].sum() / teile["nenner"].sum())


def aufgaben(
    alle: Sequence[Stand], regel: Mapping[str, Any], teile: Sequence[Mapping[str, Any]], lagen: Lagen
) -> list[Aufgabe]:
    """Values of every date and changes since the declared number of years, where there are enough components.

    Components whose figures lie on both sides of a break in series (``lagen``) have no change.
    """
    je_tag = {s.stichtag: s for s in alle}
    ergebnis = []
    for jetzt in alle:
        lage = Aufgabe(
            LAGE, jetzt, jetzt.wert, jetzt.wert.abs(), jetzt.rang, jetzt.stadt, jetzt.einwohner, jetzt.einwohner_rang
        )
        kandidaten = [lage]
        damals = je_tag.get(jetzt.stichtag - pd.DateOffset(years=int(regel["dynamik_jahre"])))
        if damals is not None:
            kandidaten.append(_veraenderung(jetzt, damals, teile, _gebrochene(jetzt, damals, lagen)))
        ergebnis += [a for a in kandidaten if a.wert.shape[1] >= max(1, regel["mindestkomponenten"])]
    return _mit_reihen(ergebnis, lagen)


def _mit_reihen(aufgaben_: Sequence[Aufgabe], lagen: Lagen) -> list[Aufgabe]:
    vorige: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
    ergebnis = []
    for a in aufgaben_:
        hier = gemeinsam(
            lagen,
            (
                (name, stand.eingang[name].date(), basis)
                for stand in filter(None, (a.jetzt, a.damals))
                for name in a.wert.columns
                for basis in set(stand.basis[name].dropna())
            ),
        )
        reihe = frozenset(a.wert.columns), frozenset(b for b, lage in hier.items() if lage.seite == DANACH)
        gemischt = any(lage.seite == GEMISCHT for lage in hier.values())
        ergebnis.append(replace(a, neu=gemischt or vorige.get(a.art, reihe) != reihe))
        vorige[a.art] = reihe
    return ergebnis


def _gebrochene(jetzt: Stand, damals: Stand, lagen: Lagen) -> set[str]:
    """Components that a break separates from their earlier figures."""
    gefunden = set()
    for name in jetzt.eingang.keys() & damals.eingang.keys():
        for basis in set(jetzt.basis[name].dropna()):
            neu, alt = (lagen.get((name, s.eingang[name].date(), basis), {}) for s in (jetzt, damals))
            if any({neu[b].seite, alt[b].seite} not in ({DAVOR}, {DANACH}) for b in neu.keys() & alt.keys()):
                gefunden.add(name)
    return gefunden


def _veraenderung(jetzt: Stand, damals: Stand, teile: Sequence[Mapping[str, Any]], gebrochen: set[str]) -> Aufgabe:
    namen = [
        t["indikator"]
        for t in teile
        if t["dynamik"]
        and t["indikator"] not in gebrochen
        and t["indikator"] in jetzt.eingang
        and t["indikator"] in damals.eingang
        and damals.eingang[t["indikator"]] < jetzt.eingang[t["indikator"]]
    ]
    neu = jetzt.wert[namen]
    alt = damals.wert[namen].reindex(neu.index)
    rang = damals.rang[namen].reindex(neu.index).fillna(9).astype(int).clip(lower=jetzt.rang[namen])
    menschen = pd.concat([jetzt.einwohner, damals.einwohner.reindex(neu.index)], axis=1)
    rang_menschen = damals.einwohner_rang.reindex(neu.index).fillna(9).astype(int).clip(lower=jetzt.einwohner_rang)
    return Aufgabe(
        BEWEGUNG,
        jetzt,
        neu - alt,
        pd.DataFrame(np.fmax(neu.abs(), alt.abs()), neu.index, neu.columns),
        rang,
        {n: jetzt.stadt[n] - damals.stadt[n] for n in namen},
        menschen.min(axis=1, skipna=False),
        rang_menschen,
        damals,
    )


def rechne(
    aufgabe: Aufgabe, regel: Mapping[str, Any], teile: Sequence[Mapping[str, Any]], *, ohne: str = ""
) -> Ergebnis:
    """Index and classes of one date as ``regel`` says, without one component if asked."""
    wer = aufgabe.teilnehmer(regel["mindestbevoelkerung"])
    ergebnis = Ergebnis()
    benutzt = [t for t in teile if t["indikator"] in aufgabe.wert.columns and t["indikator"] != ohne]
    if wer.empty or not benutzt:
        return ergebnis
    ddof = 1 if regel["streuung"] == "n-1" else 0
    z, beitrag = {}, {}
    for teil in benutzt:
        name = str(teil["indikator"])
        x = aufgabe.wert.loc[wer, name].to_numpy(dtype=np.float64)
        mitte = aufgabe.stadt[name] if regel["mitte"] == "stadtwert" else float(x.mean())
        streuung = _streuung(x, ddof, float(aufgabe.groesse.loc[wer, name].max()))
        ergebnis.mitte[name], ergebnis.streuung[name] = mitte, streuung
        z[name] = teil["vorzeichen"] * (x - mitte) / streuung
        beitrag[name] = teil["gewicht"] * z[name]
    ergebnis.z, ergebnis.beitrag = pd.DataFrame(z, index=wer), pd.DataFrame(beitrag, index=wer)
    ergebnis.summe = ergebnis.beitrag.sum(axis=1, skipna=False)
    groesse = float(ergebnis.beitrag.abs().sum(axis=1).max())
    ergebnis.teiler = (
        _streuung(ergebnis.summe.to_numpy(dtype=np.float64), ddof, groesse)
        if regel["neu_standardisiert"]
        else float(sum(t["gewicht"] for t in benutzt))
    )
    grenzen = (
        ("status_ab_mittel", "status_bis_mittel", "status_bis_niedrig")
        if aufgabe.art == LAGE
        else ("dynamik_ab_stabil", "dynamik_bis_stabil")
    )
    ergebnis.klasse = klassen(ergebnis.wert, [float(regel[g]) for g in grenzen])
    return ergebnis


def klassen(wert: pd.Series[float], grenzen: Sequence[float]) -> pd.Series[float]:
    """Below the first limit 1, up to and with the second 2 and so on; nothing for nothing."""
    gerundet = wert.round(9)
    klasse = 1.0 + (gerundet >= grenzen[0])
    for grenze in grenzen[1:]:
        klasse += gerundet > grenze
    return klasse.where(wert.notna())


def _streuung(x: Zahlen, ddof: int, groesse: float) -> float:
    if np.isnan(x).any() or len(x) <= ddof:
        return float("nan")
    streuung = float(x.std(ddof=ddof))
    return streuung if streuung > RUNDUNG * groesse else float("nan")
