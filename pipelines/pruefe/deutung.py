"""What a source cell means, found out from the declaration alone: the second way beside dbt's staging model.

Belongs here: text → value, status, district, date and breakdowns. Does not belong here: comparing (``quellzellen``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from quellen.modell import GLIEDERUNGEN, Feld, Quelle, Teil, schuljahr
from quellen.vertrag import Rohsatz

INSGESAMT = "insgesamt"
_EINRICHTUNGEN = ("schulnummer", "einrichtung")
"""Fields that name a facility in the place of a district."""
_JE_SCHULE = ("schulform", "rechtsform", "schulbetrieb")
"""What figures of schools take from the directory of schools, not from their own source."""


@dataclass(frozen=True)
class Datei:
    """One archived file, read again. ``stand``: its own reference date; ``tag``: the day of its retrieval."""

    abruf: str
    quelle: Quelle
    teil_name: str
    name: str
    satz: Rohsatz
    stand: date | None = None
    tag: date | None = None

    @property
    def teil(self) -> Teil:
        """The declaration of what it is a file of."""
        return self.quelle.teile[self.teil_name]

    @property
    def ort(self) -> str:
        """How findings name it."""
        return f"{self.quelle.id}, Datei {self.name}"

    @property
    def ist_umriss(self) -> bool:
        """Whether it holds outlines of districts: what lies in them is checked through the schools."""
        return "geometrie" in self.teil.felder

    @property
    def ist_schluessel(self) -> bool:
        """Whether it is a list of keys with their labels."""
        return {"schluessel", "bezeichnung"} <= set(self.teil.felder)

    @property
    def wird_beobachtet(self) -> bool:
        """Whether its rows must be in the release: figures with a way to observations, and the directory of schools."""
        return self.teil.beobachtung is not None or (self.quelle.id, self.teil_name) == ("schulen", "verzeichnis")


def deute(datei: Datei, verzeichnisse: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    """One row per cell that can be an observation: ``zeile``, ``spalte``, ``originaltext`` and what must stand there.

    ``gefuehrt`` is false for cells of rows that the declaration keeps out. ``kurz`` is the district's key; figures of
    schools have none here, because their district comes from the directory of schools.
    """
    daten, teil = datei.satz.daten, datei.teil
    soll = daten[["zeile", "spalte", "originaltext"]].copy()
    soll["gefuehrt"] = True
    soll["korrigiert"], soll["korrektur"] = None, None
    if teil.form == "liste" or teil.beobachtung is None:
        soll["wert"], soll["status"], soll["vertraulichkeit"] = 1.0, "A", "F"
        return soll
    _korrekturen(soll, datei)
    _werte(soll, datei)
    for name, feld in teil.felder.items():
        fort = {t for t in daten[name].unique() if not _gefuehrt(feld, t, verzeichnisse)}
        soll["gefuehrt"] &= ~daten[name].isin(fort)
    soll["merkmal"] = daten["merkmal"]
    if teil.beobachtung.merkmal:
        soll["merkmal"] = _codes(daten, teil, teil.beobachtung.merkmal)
    ort = teil.felder[teil.beobachtung.gebiet]
    je_schule = teil.beobachtung.gebiet in _EINRICHTUNGEN and ort.verzeichnis is None
    soll["einrichtung" if je_schule else "kurz"] = _codes(daten, teil, teil.beobachtung.gebiet)
    soll["basis"] = datei.quelle.basis
    _zeiten(soll, datei)
    _gliederung(soll, datei, je_schule)
    return soll


def _korrekturen(soll: pd.DataFrame, datei: Datei) -> None:
    """The text that counts, and why, in cells for which the declaration has a correction that holds."""
    daten = datei.satz.daten
    for k in datei.quelle.korrekturen:
        if k.teil != datei.teil_name or (datei.tag is not None and datei.tag > k.bis):
            continue
        hier = (daten["spaltenname"] == k.spalte) & (daten["originaltext"] == k.alt)
        for feld, text in k.schluessel.items():
            hier &= daten[feld] == text
        soll.loc[hier, "korrigiert"] = k.neu
        soll.loc[hier, "korrektur"] = f"{k.grund} (gemeldet von {k.gemeldet_von})"


def _werte(soll: pd.DataFrame, datei: Datei) -> None:
    """Value and statuses of each cell: what its sign stands for, else the number in the file's own notation."""
    satz = datei.satz
    gilt = soll["korrigiert"].where(soll["korrigiert"].notna(), soll["originaltext"])
    je_text: dict[str, tuple[float, str, str]] = {}
    for text in gilt.unique():
        zeichen = datei.quelle.zeichen.get(text)
        if zeichen is not None:
            wert = math.nan if zeichen.wert is None else zeichen.wert
            je_text[text] = (wert, zeichen.status, zeichen.vertraulichkeit)
        else:
            ohne = text.replace(satz.tausender, "") if satz.tausender else text
            je_text[text] = (float(ohne.replace(satz.dezimal, ".")), "A", "F")
    for nr, spalte in enumerate(("wert", "status", "vertraulichkeit")):
        soll[spalte] = gilt.map({text: werte[nr] for text, werte in je_text.items()})
    if "total_fehlt" in satz.daten:
        unbekannt = satz.daten["total_fehlt"].astype(bool)
        soll.loc[unbekannt, "wert"] = math.nan
        soll.loc[unbekannt, "status"] = "O"


def _code(feld: Feld, text: str) -> str | None:
    """Our code of a text: total, declared meaning, or the key it spells; ``None`` for no text."""
    if text in feld.insgesamt:
        return INSGESAMT
    if text in feld.werte:
        return feld.werte[text]
    for regel in feld.normierung:
        treffer = re.fullmatch(regel.muster, text)
        if treffer:
            return treffer.expand(regel.ersatz)
    return text or None


def _codes(daten: pd.DataFrame, teil: Teil, feld: str) -> pd.Series[Any]:
    codes = {text: _code(teil.felder[feld], text) for text in daten[feld].unique()}
    return daten[feld].map(codes).astype(object)


def _gefuehrt(feld: Feld, text: str, verzeichnisse: Mapping[str, frozenset[str]]) -> bool:
    """Whether a row with this text is carried."""
    if text in feld.insgesamt or text in feld.werte:
        return True
    if feld.verzeichnis and _code(feld, text) in verzeichnisse.get(feld.verzeichnis, frozenset()):
        return True
    return not any(re.fullmatch(regel.muster, text) for regel in feld.nicht_gefuehrt)


def _zeiten(soll: pd.DataFrame, datei: Datei) -> None:
    """``stichtag`` and ``zeitraum_von`` as ISO dates, ``None`` where there is none."""
    teil = datei.teil
    if teil.beobachtung is None or teil.beobachtung.stichtag == "stand":
        tage = pd.Series([datei.stand and datei.stand.isoformat()] * len(soll), soll.index, dtype=object)
        von = pd.Series([None] * len(soll), soll.index, dtype=object)
    else:
        feld = teil.beobachtung.stichtag
        bedeutung = _bedeutung(datei.satz)
        texte = datei.satz.daten[feld]
        tage = texte.map(bedeutung.get(feld, {})).astype(object)
        von = texte.map(bedeutung.get(f"{feld}_von", {})).astype(object)
        if teil.felder[feld].typ == "jahr":
            von = tage.str[:4] + "-01-01"
    if teil.stand.art == "schuljahr":
        jahre = {tag: schuljahr(date.fromisoformat(tag)) for tag in tage.dropna().unique()}
        von = tage.map({tag: jahr[0].isoformat() for tag, jahr in jahre.items()})
        tage = tage.map({tag: jahr[1].isoformat() for tag, jahr in jahre.items()})
    soll["stichtag"], soll["zeitraum_von"] = tage, von.where((von != tage) & (von != ""), None)


def _gliederung(soll: pd.DataFrame, datei: Datei, je_schule: bool) -> None:
    """The breakdowns, and whether the cell is a total over one of them."""
    daten, teil, b = datei.satz.daten, datei.teil, datei.teil.beobachtung
    vergeben = {b.gebiet, b.stichtag, b.merkmal} if b else set()
    soll["ist_summe"] = False
    for rolle in GLIEDERUNGEN:
        codes = pd.Series([None] * len(soll), soll.index, dtype=object)
        if rolle in teil.felder and rolle not in vergeben:
            codes = _codes(daten, teil, rolle)
        soll["ist_summe"] |= codes == INSGESAMT
        if rolle == "alter":
            for grenze in ("alter_von", "alter_bis"):
                soll[grenze] = _altersgrenze(datei, grenze) if codes.notna().any() else None
        elif not (je_schule and rolle in _JE_SCHULE):
            soll[rolle] = codes.where(codes != INSGESAMT, None)
    staat = soll["staat"].astype("string")
    ganz = staat.str.startswith(f"{INSGESAMT}_").fillna(value=False).astype(bool)
    fremd = staat.notna() & ~ganz & ~staat.isin(["DE", "DE_plus"])
    abgeleitet = pd.Series([None] * len(soll), soll.index, dtype=object)
    abgeleitet[staat.notna()] = "deutsch"
    abgeleitet[fremd] = "nichtdeutsch"
    abgeleitet[ganz] = staat[ganz].str.removeprefix(f"{INSGESAMT}_").astype(object)
    eigene = soll["staatsangehoerigkeit"]
    soll["staatsangehoerigkeit"] = eigene.where(eigene.notna(), abgeleitet)
    soll["staat"] = soll["staat"].where(~ganz, None)


def _altersgrenze(datei: Datei, grenze: str) -> pd.Series[Any]:
    return pd.to_numeric(datei.satz.daten["alter"].map(_bedeutung(datei.satz).get(grenze, {})), errors="coerce")


def _bedeutung(satz: Rohsatz) -> dict[str, dict[str, str]]:
    """Field → text → what the contract read in it (ages, dates and periods)."""
    gefunden: dict[str, dict[str, str]] = {}
    for feld, text, wert in satz.zuordnungen:
        gefunden.setdefault(feld, {})[text] = wert
    return gefunden
