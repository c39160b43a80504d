"""How an indicator follows from its numerator and denominator, as one German line.

Belongs here: a sentence per form of the catalogue. Does not belong here: calculating (dbt's macros, and the audit's
second way), and what numerator and denominator are (the catalogue).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FORMEN = {
    "median": "Alter, unter dem die Hälfte des Zählers liegt, im Altersjahr interpoliert",
    "simpson": "1 − Σ (Anteil jeder Bedingung des Zählers und des Rests am Nenner)²",
    "dissimilaritaet": "½ Σ |a ÷ A − b ÷ B| über die Ortsteile (a: Zähler, b: Nenner; A, B: ihre Summen)",
    "segregation": "½ Σ |a ÷ A − b ÷ B| über die Ortsteile (a: Zähler, b: Nenner minus Zähler; A, B: ihre Summen)",
    "isolation": "Σ (a ÷ A) × (a ÷ t) über die Ortsteile (a: Zähler, t: Nenner; A: Summe von a)",
    "kleinere_seite": "die kleinere der beiden Bedingungen des Zählers ÷ Nenner",
    "abgeleitet": "aus anderen Kennzahlen oder der Lage von Einrichtungen",
}

_JE_TERM = ("simpson", "kleinere_seite", "abgeleitet")
"""Forms whose terms stand for themselves."""


def formel(indikator: Mapping[str, Any]) -> str:
    """The formula of a row of the catalogue; a form that is not known here is named as it is."""
    form, hat_nenner = str(indikator["form"]), bool(indikator["nenner"])
    if form == "quotient":
        text = "Zähler ÷ Nenner" if hat_nenner else "Zähler"
    elif form == "luecke":
        return f"{zahl(indikator['ziel'])} × Nenner, aufgerundet, minus Zähler"
    else:
        text = _FORMEN.get(form, form)
    faktor = zahl(indikator["faktor"])
    return text if faktor in ("", "1") else f"{faktor} × {text}"


def bruchseite(indikator: Mapping[str, Any], rolle: str) -> str:
    """Numerator or denominator (``rolle``) of a row of the catalogue as a sum, where its terms are added up."""
    text = str(indikator[rolle] or "")
    if indikator["form"] in _JE_TERM:
        return text
    return text.replace("; − ", " − ").replace("; ", " + ")


def zahl(wert: float | None) -> str:
    """A number the German way, without a fraction that is none; nothing for a missing one."""
    if wert is None:
        return ""
    return f"{wert:g}".replace(".", ",") if abs(wert) < 1e6 else f"{wert:.0f}"
