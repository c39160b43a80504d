"""Figures as text: numbers in the declared form, or known signs.

Belongs here: the form of numbers and the signs of a source. Does not belong here: what a sign means for an
indicator (dbt staging decides from the same declaration) and sums over several figures (``regeln``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from quellen.modell import Format, Quelle, Teil
from quellen.vertrag.befunde import Sammler

Texte = npt.NDArray[np.object_]
Zahlen = npt.NDArray[np.float64]
Nummern = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Figuren:
    """Figures as numbers: ``wert`` is NaN where a sign stands for an unknown; ``nichts`` marks signs that mean zero."""

    wert: Zahlen
    nichts: npt.NDArray[np.bool_]


def zahlmuster(format_: Format) -> re.Pattern[str]:
    """How a number is written in this format; groups of thousands must be complete."""
    ganz = "[0-9]+"
    if format_.tausender:
        ganz = f"(?:[0-9]{{1,3}}(?:{re.escape(format_.tausender)}[0-9]{{3}})+|[0-9]+)"
    return re.compile(f"-?{ganz}(?:{re.escape(format_.dezimal)}[0-9]+)?")


def zahl(text: str, format_: Format) -> float:
    """The value of a text that ``zahlmuster`` matches."""
    return float(
        text.replace(format_.tausender, "").replace(format_.dezimal, ".")
        if format_.tausender
        else text.replace(format_.dezimal, ".")
    )


def deute_zahlen(
    texte: Texte, orte: tuple[Nummern, Nummern], format_: Format, verlangt: tuple[Quelle, Teil], sammler: Sammler
) -> Figuren:
    """Check every figure. ``orte`` are line and column of each; ``verlangt`` the declarations that apply.

    Signs go before numbers; neither is stripped. Every distinct text that is neither is one finding.
    """
    quelle, teil = verlangt
    muster = zahlmuster(format_)
    nummern, verschiedene = pd.factorize(texte)
    _, erste, anzahl = np.unique(nummern, return_index=True, return_counts=True)
    werte = np.full(len(verschiedene), np.nan)
    nichts = np.zeros(len(verschiedene), dtype=bool)
    for nummer, roh in enumerate(verschiedene):
        text = str(roh)
        zeichen = quelle.zeichen.get(text)
        if zeichen is not None:
            if zeichen.wert is not None:
                werte[nummer], nichts[nummer] = zeichen.wert, zeichen.wert == 0
            continue
        grund = "unbekannt"
        if muster.fullmatch(text):
            werte[nummer] = zahl(text, format_)
            grund = _verstoss(float(werte[nummer]), teil)
        if grund:
            ort = (int(orte[0][erste[nummer]]), int(orte[1][erste[nummer]]))
            _melde(text, grund, int(anzahl[nummer]), ort, sammler, verlangt)
    return Figuren(werte[nummern], nichts[nummern])


def _verstoss(wert: float, teil: Teil) -> str:
    if teil.ganzzahl and not wert.is_integer():
        return "ganzzahl"
    return "minimum" if teil.minimum is not None and wert < teil.minimum else ""


def _melde(
    text: str, grund: str, anzahl: int, ort: tuple[int, int], sammler: Sammler, verlangt: tuple[Quelle, Teil]
) -> None:
    quelle, teil = verlangt
    mehr = f" (an {anzahl} Stellen)" if anzahl > 1 else ""
    stelle = sammler.stelle
    if grund == "ganzzahl":
        sammler.melde(
            "Eine Zahl ist nicht ganz",
            f"»{text}«{mehr}",
            "eine ganze Zahl",
            f"dezimal und tausender prüfen in {stelle.deklaration('formate')}; sind Kommazahlen richtig, "
            f"ganzzahl: false in {stelle.deklaration('ganzzahl')}",
            *ort,
        )
    elif grund == "minimum":
        sammler.melde(
            "Eine Zahl ist zu klein",
            f"»{text}«{mehr}",
            f"mindestens {teil.minimum:g}",
            f"beim Herausgeber nachfragen; ist sie richtig, {stelle.deklaration('minimum')} anpassen",
            *ort,
        )
    else:
        bekannt = ", ".join(f"»{z}«" for z in quelle.zeichen) or "keine"
        rand = "; mit Leerraum am Rand" if text.strip() != text else ""
        sammler.melde(
            "Weder Zahl noch bekanntes Zeichen",
            f"»{text}«{mehr}{rand}",
            f"eine Zahl oder eines der Zeichen {bekannt}",
            "die Zeichenerklärung des Herausgebers lesen und das Zeichen mit seiner Bedeutung eintragen in "
            f"quellen/katalog/{quelle.id}.yaml unter zeichen (bei anderer Zahlenschreibweise: dezimal und tausender "
            f"unter teile.{stelle.teil}.formate)",
            *ort,
        )
