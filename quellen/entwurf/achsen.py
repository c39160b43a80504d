"""Axes of a GENESIS flat CSV as fields: which variable codes stand on one axis, and what they break down by.

Belongs here: the fields of an ffcsv. Does not belong here: other formats (``bauen``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from quellen.entwurf.feld import Feldentwurf, Namen, kreisfeld, stufen
from quellen.entwurf.spalten import Spaltenbild, betrachte, ist_insgesamt, zaehle
from quellen.lesen.alter import alter_grenzen
from quellen.lesen.ffcsv import achsen
from quellen.lesen.texttabelle import Texttabelle

REGIONEN = frozenset(
    {"KREISE", "REGBEZ", "STATREG", "DLAND", "DINSG", "GEMEIN", "KREISE1", "GEOBL1", "GEOLK4", "GEODL6"}
)
"""Variable codes of regional axes."""
_NAMEN = (("GES", "geschlecht"), ("NAT", "staatsangehoerigkeit"), ("ALT", "alter"))


def achsenfelder(tabelle: Texttabelle, verzeichnisse: Mapping[str, frozenset[str]], namen: Namen) -> list[Feldentwurf]:
    """The fields of a flat CSV: the period, then one per axis (a regional axis also gives the district's name)."""
    zeit = betrachte("time", tabelle.daten["time"], verzeichnisse)
    was = " ".join(zaehle(tabelle.daten["time_label"]))
    felder = [
        Feldentwurf(
            namen.neu("stichtag" if zeit.typ == "datum" else "zeitraum"),
            {"typ": "zeitraum"},
            {"spalte": "time"},
            (f"{was}: {', '.join(zeit.texte[:6])}; es zählt der letzte Tag",),
            "time",
        )
    ]
    gruppen = _gruppen(tabelle.daten, achsen(tabelle.spalten))
    weitere = 0
    for codes in gruppen:
        zeilen = _texte(tabelle, codes)
        fehlt = len(zeilen) < len(tabelle.daten)
        ort: dict[str, Any] = {"variable": sorted(codes, key=list(codes).index)}
        if fehlt:
            ort["pflicht"] = False
        label = " / ".join(codes.values())
        kopf = f"Achse {', '.join(codes)}: {label}; {zeilen['code'].nunique()} Ausprägungen"
        bekannt = next((n for anfang, n in _NAMEN if all(c.startswith(anfang) for c in codes)), "")
        bild = betrachte("schluessel", zeilen["code"], verzeichnisse)
        if bild.typ == "kreis" or REGIONEN & set(codes):
            felder += _region(bild, zeilen, ort, kopf, namen)
            continue
        weitere += not bekannt
        name = namen.neu(bekannt or ("art" if weitere == 1 else label))
        felder.append(_achsenfeld(name, zeilen, ort, kopf))
    return felder


def _gruppen(daten: pd.DataFrame, nummern: tuple[int, ...]) -> list[dict[str, str]]:
    """Variable codes (with label) that mean one field: those that stand on the same axis in different rows."""
    gruppen: list[dict[str, str]] = []
    for nummer in nummern:
        spalten = [f"{nummer}_variable_code", f"{nummer}_variable_label"]
        paare = daten[spalten].drop_duplicates()
        codes = {str(c): str(t) for c, t in paare.itertuples(index=False) if c}
        beruehrt = [g for g in gruppen if set(g) & set(codes)]
        for gruppe in beruehrt:
            codes = gruppe | codes
            gruppen.remove(gruppe)
        if codes:
            gruppen.append(codes)
    return gruppen


def _texte(tabelle: Texttabelle, codes: Mapping[str, str]) -> pd.DataFrame:
    """``code`` and ``label`` of the rows that have one of the axes."""
    teile = []
    for nummer in achsen(tabelle.spalten):
        hier = tabelle.daten[f"{nummer}_variable_code"].isin(list(codes))
        teil = tabelle.daten.loc[hier, [f"{nummer}_variable_attribute_code", f"{nummer}_variable_attribute_label"]]
        teile.append(teil.set_axis(["code", "label"], axis=1))
    return pd.concat(teile)


def _region(bild: Spaltenbild, zeilen: pd.DataFrame, ort: dict[str, Any], kopf: str, namen: Namen) -> list[Feldentwurf]:
    bekannt = {str(c): str(t) for c, t in zeilen.drop_duplicates("code").itertuples(index=False)}
    if bild.typ == "kreis":
        feld, kommentare = kreisfeld(bild, bekannt)
    else:
        feld, kommentare = {"typ": "text"}, ["kein Verzeichnis kennt diese Schlüssel: bitte prüfen"]
    return [
        Feldentwurf(namen.neu("region"), feld, ort, (kopf, *kommentare), "region"),
        Feldentwurf(namen.neu("region_name"), {"typ": "text"}, {**ort, "nimm": "label"}),
    ]


def _achsenfeld(name: str, zeilen: pd.DataFrame, ort: dict[str, Any], kopf: str) -> Feldentwurf:
    paare = list(zeilen.drop_duplicates().itertuples(index=False, name=None))
    labels = list(dict.fromkeys(str(t) for _, t in paare))
    if any(alter_grenzen(t) for t in labels) and all(alter_grenzen(t) or ist_insgesamt(t) for t in labels):
        ganz = [t for t in labels if ist_insgesamt(t)]
        feld = {"typ": "alter", **({"insgesamt": ganz} if ganz else {})}
        return Feldentwurf(name, feld, {**ort, "nimm": "label"}, (kopf,), name)
    eindeutig = len({c for c, _ in paare}) == len(paare)
    if not eindeutig:
        ort = {**ort, "nimm": "label"}
    werte = stufen((str(c if eindeutig else t), str(t)) for c, t in paare)
    if "pflicht" in ort:
        werte.setdefault("", "insgesamt")
    mehr = ("»insgesamt« kennzeichnet Summenzeilen",) if "insgesamt" in werte.values() else ()
    if len(werte) <= 30:
        mehr = (*mehr, *(f"{c or '(leer)'}: {t}" for c, t in paare if eindeutig))
    return Feldentwurf(name, {"typ": "auspraegung", "werte": werte}, ort, (kopf, *mehr), name)
