"""A tiny city whose figures a test calculates itself, with everything that can change between two releases.

Two Ortsteile and a dissolved one in a city; a source of residents and one of births; a share, a rate, a count, a
density made of the count, and a class made of the density. What must be the reason of a change is found from the
inputs, without SQL.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kennzahlfelder import FELDER

S, A, B, ALT = "S", "A", "B", "ALT"
TAGE = (date(2023, 12, 31), date(2024, 12, 31))
Zelle = tuple[str, str, date, str]  # source, district, date, nationality
Schluessel = tuple[str, str, date]
ZELLEN: list[Zelle] = [
    *(("qa", ort, tag, staat) for ort in (A, B) for tag in TAGE for staat in ("deutsch", "nichtdeutsch")),
    *(("qa", ALT, tag, "deutsch") for tag in TAGE),  # the second one after it was dissolved: never counted
    *(("qb", ort, TAGE[1], "") for ort in (A, B)),
]
MERKMAL = {"qa": "einwohner", "qb": "geburten"}


@dataclass
class Welt:
    """The state of everything at one release. ``zaehlt``: which nationalities are in the numerator of the share."""

    texte: dict[Zelle, str]
    korrekturen: dict[Zelle, str] = field(default_factory=dict)
    strich: dict[str, int] = field(default_factory=lambda: {"qa": 0, "qb": 0})
    faktor: float = 100.0
    zaehlt: tuple[str, ...] = ("nichtdeutsch",)
    mindestbasis: int = 10
    gewicht: float = 0.5
    flaeche: float = 2.0
    programm: int = 0

    @property
    def definitionen(self) -> str:
        """What the hash of code and declarations would tell apart."""
        return str(
            (
                self.korrekturen,
                self.strich,
                self.faktor,
                self.zaehlt,
                self.mindestbasis,
                self.gewicht,
                self.flaeche,
                self.programm,
            )
        )

    def abruf(self, quelle: str) -> str:
        """The retrieval that these texts came with."""
        return hashlib.sha256(
            str([(z, t) for z, t in sorted(self.texte.items()) if z[0] == quelle]).encode()
        ).hexdigest()

    def wert(self, zelle: Zelle) -> float:
        """What a cell counts."""
        text = self.korrekturen.get(zelle, self.texte[zelle])
        return float(self.strich[zelle[0]] if text == "-" else text)

    def huelle(self) -> dict[str, dict[str, float]]:
        """District → part → weight."""
        alt = {ALT: self.gewicht} if self.gewicht else {}
        return {A: {A: 1.0}, B: {B: 1.0} | alt, S: {S: 1.0, A: 1.0, B: 1.0} | alt}

    def teile(self, gebiet: str, tag: date) -> dict[str, float]:
        """Parts that count on that day."""
        return {t: w for t, w in self.huelle()[gebiet].items() if t != ALT or tag == TAGE[0]}

    def summe(self, quelle: str, gebiet: str, tag: date, staaten: tuple[str, ...]) -> float | None:
        """Weighted sum of the cells; nothing if there are none."""
        teile = self.teile(gebiet, tag)
        eigene = [z for z in ZELLEN if z[0] == quelle and z[2] == tag and z[3] in staaten and z[1] in teile]
        return sum(teile[z[1]] * self.wert(z) for z in eigene) if eigene else None

    def kennzahlen(self) -> dict[Schluessel, dict[str, Any]]:
        """All figures."""
        gefunden: dict[Schluessel, dict[str, Any]] = {}
        for gebiet in (S, A, B):
            for tag in TAGE:
                alle = self.summe("qa", gebiet, tag, ("deutsch", "nichtdeutsch"))
                assert alle is not None
                gefunden["anzahl", gebiet, tag] = _zeile(alle, alle, None)
                teil = self.summe("qa", gebiet, tag, self.zaehlt)
                gefunden["anteil", gebiet, tag] = (
                    _zeile(None, None, None, "Q", "D")
                    if alle < self.mindestbasis
                    else _zeile(self.faktor * teil / alle if alle else None, teil, alle, "A" if alle else "M")
                )
                geburten = self.summe("qb", gebiet, tag, ("",))
                if geburten is not None:
                    wert = 1000 * geburten / alle + self.programm if alle else None
                    gefunden["rate", gebiet, tag] = _zeile(wert, geburten, alle, "A" if alle else "M")
            if gebiet == S:
                for tag in TAGE:
                    dichte = gefunden["anzahl", S, tag]["wert"] / self.flaeche
                    gefunden["dichte", S, tag] = _zeile(dichte, gefunden["anzahl", S, tag]["wert"], self.flaeche)
                    gefunden["klasse", S, tag] = _zeile(float(dichte > 40), None, None)
        return gefunden


def _zeile(wert: Any, zaehler: Any, nenner: Any, status: str = "A", stufe: str | None = None) -> dict[str, Any]:
    zeile = dict.fromkeys(FELDER) | {"ebene": "ortsteil", "einheit": "E", "datenart": "amtlich"}
    return zeile | {
        "wert": wert, "zaehler": zaehler, "nenner": nenner, "status": status, "zuverlaessigkeit": stufe,
        "vertraulichkeit": "A" if stufe else "F",
    }  # fmt: skip


def anders(alt: Welt, neu: Welt) -> set[Schluessel]:
    """Figures that differ."""
    vorher, nachher = alt.kennzahlen(), neu.kennzahlen()
    return {k for k in vorher | nachher if vorher.get(k) != nachher.get(k)}


def gruende(alt: Welt, neu: Welt, schluessel: Schluessel) -> set[tuple[str, str]]:
    """What must be the reasons of this change, as (anlass, quelle)."""
    indikator, gebiet, tag = schluessel
    if indikator == "klasse":
        return gruende(alt, neu, ("dichte", S, tag))
    if indikator == "dichte":
        von_oben = gruende(alt, neu, ("anzahl", S, tag)) if ("anzahl", S, tag) in anders(alt, neu) else set()
        return von_oben | ({("gebietsstand", "")} if alt.flaeche != neu.flaeche else set())
    gefunden = {g for z in _zellen(alt, neu, indikator, gebiet, tag) for g in _zellgruende(alt, neu, z)}
    if alt.gewicht != neu.gewicht and tag == TAGE[0] and gebiet in (S, B):
        gefunden.add(("gebietsstand", ""))
    vorher, nachher = alt.kennzahlen()[schluessel], neu.kennzahlen()[schluessel]
    if indikator == "anteil":
        if alt.zaehlt != neu.zaehlt or (alt.faktor != neu.faktor and vorher["wert"] != nachher["wert"]):
            gefunden.add(("definition", ""))
        if (vorher["status"] == "Q") != (nachher["status"] == "Q"):
            sichtbar, regel = (nachher, alt) if vorher["status"] == "Q" else (vorher, neu)
            if alt.mindestbasis != neu.mindestbasis and sichtbar["nenner"] < regel.mindestbasis:
                gefunden.add(("geheimhaltung", ""))
    return gefunden or {("programm", "")}


def _zellen(alt: Welt, neu: Welt, indikator: str, gebiet: str, tag: date) -> list[Zelle]:
    teile = {*alt.teile(gebiet, tag), *neu.teile(gebiet, tag)}
    quellen = ("qa", "qb") if indikator == "rate" else ("qa",)
    return [z for z in ZELLEN if z[0] in quellen and z[1] in teile and z[2] == tag]


def _zellgruende(alt: Welt, neu: Welt, zelle: Zelle) -> set[tuple[str, str]]:
    if alt.wert(zelle) == neu.wert(zelle):
        return set()
    gefunden = set()
    if alt.texte[zelle] != neu.texte[zelle]:
        gefunden.add(("quelle", zelle[0]))
    if alt.korrekturen.get(zelle) != neu.korrekturen.get(zelle):
        gefunden.add(("korrektur", zelle[0]))
    return gefunden or {("definition", zelle[0])}


def tabellen(welt: Welt) -> dict[str, list[dict[str, Any]]]:
    """The tables of a release of this world, as the models read them."""
    klasse = {("qa", "deutsch"): 1, ("qa", "nichtdeutsch"): 2, ("qb", ""): 3}
    beobachtungen = [
        {
            "merkmal": MERKMAL[q], "gebiet": ort, "stichtag": tag, "staatsangehoerigkeit": staat or None,
            "ist_summe": False, "wert": welt.wert(z), "status": "A", "vertraulichkeit": "F", "basis": "", "quelle": q,
            "abruf": welt.abruf(q), "zeile": n, "spalte": 1, "originaltext": welt.texte[z],
            "korrigiert": welt.korrekturen.get(z),
            "korrektur": f"laut Amt {welt.korrekturen[z]}" if z in welt.korrekturen else None,
            "datenart": "amtlich", "klasse": klasse[q, staat],
        }
        for n, z in enumerate(ZELLEN)
        for q, ort, tag, staat in [z]
    ]  # fmt: skip
    rollen = [
        ("anzahl", "zaehler", 1), ("anzahl", "zaehler", 2), ("anteil", "nenner", 1), ("anteil", "nenner", 2),
        ("rate", "zaehler", 3), ("rate", "nenner", 1), ("rate", "nenner", 2),
        *(("anteil", "zaehler", klasse["qa", s]) for s in welt.zaehlt),
    ]  # fmt: skip
    kennzahlen = welt.kennzahlen()
    return {
        "beobachtungen": beobachtungen,
        "merkmale": [{"merkmal": m, "verzeichnis": False} for m in MERKMAL.values()],
        "klassenzuordnung": [
            {"indikator": i, "klasse": k, "rolle": r, "bezug": "stichtag", "versatz": 0, "basis": "", "gewicht": 1.0,
             "mass": "wert", "gemischt": False}
            for i, r, k in rollen
        ],
        "gebietshuelle": [
            {"gebiet": g, "teil": t, "gewicht": w, "umgerechnet": t == ALT, "gilt_bis": TAGE[0] if t == ALT else None}
            for g, teile in welt.huelle().items()
            for t, w in teile.items()
        ],
        "gebiete": [
            {"gebiet": g, "ebene": "ortsteil", "flaeche_km2": welt.flaeche if g == S else 1.0} for g in (S, A, B)
        ],
        "indikatoren": [
            {"indikator": i, "gebiet": g, "stichtag": t, "basis": "", "revision": 0} | felder
            for (i, g, t), felder in kennzahlen.items()
        ],
        "indikator_katalog": [
            {"indikator": "anzahl", "thema": "t", "form": "quotient", "zaehler": "einwohner", "nenner": "",
             "faktor": "1"},
            {"indikator": "rate", "thema": "t", "form": "quotient", "zaehler": "geburten", "nenner": "einwohner",
             "faktor": "1000"},
            {"indikator": "anteil", "thema": "t", "form": "quotient", "zaehler": f"einwohner {welt.zaehlt}",
             "nenner": "einwohner", "faktor": str(welt.faktor), "mindestbasis": str(welt.mindestbasis)},
            {"indikator": "dichte", "thema": "siedlung", "form": "abgeleitet", "zaehler": "anzahl", "nenner": "Fläche"},
            {"indikator": "klasse", "thema": "u", "form": "abgeleitet", "zaehler": "dichte", "nenner": ""},
        ],
        "ableitungen": [
            {"indikator": i, "gebiet": S, "stichtag": t, "basis": "", "rolle": "komponente", "merkmal": m,
             "eingang_gebiet": S,
             "eingang_stichtag": t, "eingang_basis": "", "wert": kennzahlen[m, S, t]["wert"], "gewicht": 1.0}
            for i, m in (("dichte", "anzahl"), ("klasse", "dichte"))
            for t in TAGE
        ],
        "raw.abrufe": [
            {"abruf": welt.abruf(q), "quelle": q, "teil": "t", "abgerufen_am": "2026-01-01T00:00:00+00:00"}
            for q in MERKMAL
        ],
        "raw.quellen": [
            {"quelle": q, "zustand": "gut", "deklaration": f"zeichen.-.wert = {welt.strich[q]}\nbasis = 1"}
            for q in MERKMAL
        ],
    }  # fmt: skip
