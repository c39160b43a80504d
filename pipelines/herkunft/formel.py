"""How a figure came from its sums, as one line for people.

Belongs here: the wording per form. Does not belong here: calculating (dbt) and recalculating (``pipelines.pruefe``).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.herkunft.modell import zahl


@dataclass(frozen=True)
class Rechenart:
    """``form``, ``faktor`` and ``ziel`` of an indicator, as in the catalogue."""

    form: str
    faktor: float | None
    ziel: float | None


def formel(
    art: Rechenart, wert: float | None, einheit: str, zaehler: float | None, nenner: float | None, bedeutung: str
) -> str:
    """The calculation in one line, e.g. ``100 × 13.821 / 22.106 = 62,521487 Prozent``."""
    if wert is None:
        return f"kein Wert: {bedeutung}"
    ergebnis = f" = {zahl(wert)} {einheit}"
    if art.form == "quotient":
        mal = "" if art.faktor == 1 else f"{zahl(art.faktor)} × "
        geteilt = "" if nenner is None else f" / {zahl(nenner)}"
        return f"{mal}{zahl(zaehler)}{geteilt}{ergebnis}"
    if art.form == "luecke":
        return f"{zahl(art.ziel)} × {zahl(nenner)}, aufgerundet, − {zahl(zaehler)}{ergebnis}"
    paar = f"½ Summe der Abstände zweier Verteilungen über die Ortsteile ({zahl(zaehler)} und {zahl(nenner)})"
    worte = {
        "median": f"Median über {zahl(zaehler)} Personen",
        "simpson": f"1 − Summe der quadrierten Anteile an {zahl(nenner)}",
        "dissimilaritaet": paar,
        "segregation": paar,
        "isolation": f"mittlerer Anteil der Gruppe ({zahl(zaehler)} von {zahl(nenner)}) im Ortsteil ihrer Mitglieder",
        "kleinere_seite": f"kleinere der beiden Seiten, geteilt durch {zahl(nenner)}",
    }
    summen = "" if zaehler is None else f" ({zahl(zaehler)}{'' if nenner is None else f' / {zahl(nenner)}'})"
    return worte.get(art.form, f"abgeleitet{summen}") + ergebnis
