"""What a source cell means, found out from the declaration alone: the second way beside dbt's staging models.

Belongs here: text → value, status, district, date and breakdowns. Does not belong here: comparing (``quellzellen``).
"""

from __future__ import annotations

import math
from collections.abc import Collection

import pandas as pd

from quellen.modell import Quelle, Teil
from quellen.vertrag import Rohsatz

_GLIEDERUNGEN = ("geschlecht", "staatsangehoerigkeit", "staat", "alter_von", "alter_bis")


def deute(satz: Rohsatz, quelle: Quelle, teil: Teil, merkmale: Collection[str]) -> pd.DataFrame:
    """One row per cell that can be an observation: ``zeile``, ``spalte``, ``originaltext`` and what must stand there.

    Only columns that follow from the declaration are there; ``kurz`` is the district's key as the source writes it,
    ``stichtag`` an ISO date or a year. A field whose texts stand for ``merkmale`` says what is counted.
    """
    daten = satz.daten
    soll = daten[["zeile", "spalte", "originaltext"]].copy()
    if teil.form == "liste":
        soll["wert"], soll["status"], soll["vertraulichkeit"] = 1.0, "A", "F"
        return soll
    soll["merkmal"] = daten["merkmal"]
    _werte(soll, satz, quelle)
    kurz = schluesselspalte(teil)
    if kurz:
        soll["kurz"] = daten[kurz]
    bedeutung: dict[str, dict[str, str]] = {}
    for feld, text, wert in satz.zuordnungen:
        bedeutung.setdefault(feld, {})[text] = wert
    for spalte in _GLIEDERUNGEN:
        feld = "alter" if spalte.startswith("alter") else spalte
        if (
            feld in daten
            and spalte in bedeutung
            and not any(w.startswith("insgesamt_") for w in bedeutung[spalte].values())
        ):
            werte = {t: None if w in ("", "insgesamt") else w for t, w in bedeutung[spalte].items()}
            soll[spalte] = daten[feld].map(werte)
    for feld, angaben in teil.felder.items():
        if angaben.werte and set(angaben.werte.values()) <= set(merkmale):
            soll["merkmal"] = daten[feld].map(angaben.werte)
        elif angaben.typ == "datum" and feld == "stichtag":
            soll["stichtag"] = daten[feld].map(bedeutung[feld])
        elif angaben.typ == "jahr":
            soll["stichtag"] = daten[feld].map(bedeutung[feld]).str[:4]
    return soll


def _werte(soll: pd.DataFrame, satz: Rohsatz, quelle: Quelle) -> None:
    """Value and statuses of each cell: what its sign stands for, else the number in the file's own notation."""
    je_text: dict[str, tuple[float, str, str]] = {}
    for text in soll["originaltext"].unique():
        zeichen = quelle.zeichen.get(text)
        if zeichen is not None:
            wert = math.nan if zeichen.wert is None else zeichen.wert
            je_text[text] = (wert, zeichen.status, zeichen.vertraulichkeit)
        else:
            ohne = text.replace(satz.tausender, "") if satz.tausender else text
            je_text[text] = (float(ohne.replace(satz.dezimal, ".")), "A", "F")
    for nr, spalte in enumerate(("wert", "status", "vertraulichkeit")):
        soll[spalte] = soll["originaltext"].map({text: werte[nr] for text, werte in je_text.items()})
    if "total_fehlt" in satz.daten:
        unbekannt = satz.daten["total_fehlt"].astype(bool)
        soll.loc[unbekannt, "wert"] = math.nan
        soll.loc[unbekannt, "status"] = "O"


def schluesselspalte(teil: Teil) -> str | None:
    """The field that holds the district's key: the Ortsteil if there is one, else the Kreis."""
    for verzeichnis in ("ortsteil", "kreis"):
        for name, feld in teil.felder.items():
            if feld.verzeichnis == verzeichnis:
                return name
    return None
