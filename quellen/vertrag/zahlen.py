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

    def ohne(self, stellen: npt.NDArray[np.bool_]) -> Figuren:
        """The same with these figures unknown."""
        return Figuren(np.where(stellen, np.nan, self.wert), self.nichts)


@dataclass(frozen=True)
class Forderung:
    """What figures must keep: signs of the source, rules of the Teil, notation of the format.

    ``gefuehrt``: per figure whether it is carried. A figure that is not must be a number or sign as well, but need not
    be whole or large enough.
    """

    quelle: Quelle
    teil: Teil
    format: Format
    gefuehrt: npt.NDArray[np.bool_]


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


def deute_zahlen(texte: Texte, orte: tuple[Nummern, Nummern], verlangt: Forderung, sammler: Sammler) -> Figuren:
    """Check every figure. ``orte`` are line and column of each; ``verlangt`` the declarations that apply.

    Signs go before numbers; neither is stripped. Every distinct text that is neither is one finding.
    """
    muster = zahlmuster(verlangt.format)
    nummern, verschiedene = pd.factorize(texte)
    stellen = _stellen(nummern, np.ones(len(nummern), dtype=bool))
    gefuehrte = _stellen(nummern, verlangt.gefuehrt)
    werte = np.full(len(verschiedene), np.nan)
    nichts = np.zeros(len(verschiedene), dtype=bool)
    for nummer, roh in enumerate(verschiedene):
        text = str(roh)
        zeichen = verlangt.quelle.zeichen.get(text)
        if zeichen is not None:
            if zeichen.wert is not None:
                werte[nummer], nichts[nummer] = zeichen.wert, zeichen.wert == 0
            continue
        grund, stelle = "unbekannt", stellen[nummer]
        if muster.fullmatch(text):
            werte[nummer] = zahl(text, verlangt.format)
            grund = _verstoss(text, float(werte[nummer]), verlangt) if nummer in gefuehrte else ""
            stelle = gefuehrte.get(nummer, stelle)
        if grund:
            erste, anzahl = stelle
            mehr = f" (an {anzahl} Stellen)" if anzahl > 1 else ""
            _melde(text, mehr, grund, (int(orte[0][erste]), int(orte[1][erste])), verlangt, sammler)
    return Figuren(werte[nummern], nichts[nummern])


def _stellen(nummern: Nummern, gilt: npt.NDArray[np.bool_]) -> dict[int, tuple[int, int]]:
    """Number of a distinct text → its first place and how many there are, among the places that count."""
    wo = np.flatnonzero(gilt)
    welche, erste, anzahl = np.unique(nummern[wo], return_index=True, return_counts=True)
    return {int(w): (int(wo[e]), int(a)) for w, e, a in zip(welche, erste, anzahl, strict=True)}


def _verstoss(text: str, wert: float, verlangt: Forderung) -> str:
    teil = verlangt.teil
    if teil.ganzzahl and (
        not wert.is_integer() or re.fullmatch(rf"-?[0-9]{{1,3}}{re.escape(verlangt.format.dezimal)}[0-9]{{3}}", text)
    ):
        return "ganzzahl"
    return "minimum" if teil.minimum is not None and wert < teil.minimum else ""


def _hinweis(text: str, format_: Format) -> str:
    """What a text looks like that is no number in the declared notation."""
    treffer = re.fullmatch(r"-?[0-9]{1,3}(?:([.,' \u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]+)?", text)
    if treffer and treffer[1] not in (format_.tausender, ""):
        return f"; sieht nach einem Tausendertrenner »{treffer[1]}« aus, deklariert ist {format_.tausender!r}"
    if re.fullmatch(r"-?[0-9]+[.,][0-9]+", text):
        return f"; sieht nach einer Kommazahl aus, deklariert ist dezimal {format_.dezimal!r}"
    return "; mit Leerraum am Rand" if text.strip() != text else ""


def _melde(text: str, mehr: str, grund: str, ort: tuple[int, int], verlangt: Forderung, sammler: Sammler) -> None:
    quelle, teil, stelle = verlangt.quelle, verlangt.teil, sammler.stelle
    if grund == "ganzzahl":
        form = verlangt.format
        sammler.melde(
            "Eine Zahl ist nicht ganz",
            f"»{text}«{mehr}, gelesen mit dezimal {form.dezimal!r} und tausender {form.tausender!r}",
            "eine ganze Zahl",
            f"trennt »{form.dezimal}« hier Tausender, dezimal und tausender berichtigen in "
            f"{stelle.deklaration('formate')}; sind Kommazahlen richtig, ganzzahl: false in "
            f"{stelle.deklaration('ganzzahl')}",
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
        sammler.melde(
            "Weder Zahl noch bekanntes Zeichen",
            f"»{text}«{mehr}{_hinweis(text, verlangt.format)}",
            f"eine Zahl oder eines der Zeichen {bekannt}",
            "die Zeichenerklärung des Herausgebers lesen und das Zeichen mit seiner Bedeutung eintragen in "
            f"quellen/katalog/{quelle.id}.yaml unter zeichen (bei anderer Zahlenschreibweise: dezimal und tausender "
            f"unter teile.{stelle.teil}.formate)",
            *ort,
        )
