"""The change gate: a retrieval against the last accepted one of the same Teil.

Belongs here: comparing two sets of ``Kennzahlen`` under the declared tolerances, and drift that only a comparison
shows. Does not belong here: which retrieval is the last accepted one (the loader walks the history).
"""

from __future__ import annotations

from quellen.modell import Teil, Toleranz
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.kennzahlen import Kennzahlen
from quellen.vertrag.umstaende import AENDERUNG, Umstaende, Vorgaenger, ausweg


def pruefe_aenderung(teil: Teil, neu: Kennzahlen, umstaende: Umstaende, sammler: Sammler) -> None:
    """Report what changed more than declared. Without a predecessor or a gate there is nothing to compare.

    Rows count at the reference dates that both have, so that a new one is no change; rows without dates count
    altogether. Sums are compared per Merkmal and shared date. Against another slice (a year before) only rows and
    districts are compared.
    """
    vorher, regel = umstaende.vorher, teil.aenderung
    if vorher is None or regel is None:
        return
    alt, gate = vorher.kennzahlen, _Gate(umstaende, vorher, sammler)
    gate.menge("zeilen", "Zeilen", regel.zeilen, *_zeilen(alt, neu))
    gate.schwund("gebiete", "Gebiete", regel.gebiete, alt.gebiete, neu.gebiete)
    if not vorher.gleiche_scheibe:
        return
    gate.schwund("stichtage", "Stichtage", regel.stichtage, alt.stichtage, neu.stichtage)
    if regel.summen is None:
        return
    gemeinsam = set(neu.stichtage) if alt.stichtage else {""}
    for merkmal, je_tag in alt.summen.items():
        for tag, summe in je_tag.items():
            if tag in gemeinsam:
                was = f"Summe von {merkmal}" + (f" zum {tag}" if tag else "")
                gate.menge("summen", was, regel.summen, summe, neu.summen.get(merkmal, {}).get(tag, 0.0))


def _zeilen(alt: Kennzahlen, neu: Kennzahlen) -> tuple[int, int]:
    gemeinsam = alt.zeilen_je.keys() & neu.zeilen_je.keys()
    if not gemeinsam:
        return alt.zeilen, neu.zeilen
    return sum(alt.zeilen_je[t] for t in gemeinsam), sum(neu.zeilen_je[t] for t in gemeinsam)


class _Gate:
    """Tolerances of one comparison, and the form of its findings."""

    def __init__(self, umstaende: Umstaende, vorher: Vorgaenger, sammler: Sammler) -> None:
        self.umstaende = umstaende
        self.vorher = vorher
        self.sammler = sammler

    def erlaubt(self, toleranz: Toleranz | None, alt: float) -> float:
        """How much may change of the earlier number."""
        if toleranz is None or self.umstaende.abgelaufen(toleranz.bis):
            return 0.0
        return abs(alt) * toleranz.prozent / 100 if toleranz.prozent is not None else float(toleranz.anzahl or 0)

    def menge(self, name: str, was: str, toleranz: Toleranz, alt: float, neu: float) -> None:
        """A number that may grow or shrink within its tolerance."""
        if abs(neu - alt) <= self.erlaubt(toleranz, alt) + 1e-9 * max(1.0, abs(alt)):
            return
        anteil = f" ({(neu - alt) / abs(alt) * 100:+.1f} %)".replace(".", ",") if alt else ""
        self._melde(name, f"{was}: {neu:.15g} statt {alt:.15g}{anteil}", toleranz)

    def schwund(
        self, name: str, was: str, toleranz: Toleranz | None, alt: tuple[str, ...], neu: tuple[str, ...]
    ) -> None:
        """A list of which entries may vanish within its tolerance; further ones may always appear."""
        weg = sorted(set(alt) - set(neu))
        if len(weg) <= self.erlaubt(toleranz, len(alt)) + 1e-9:
            return
        liste = ", ".join(weg[:20]) + (f" … und {len(weg) - 20} weitere" if len(weg) > 20 else "")
        self._melde(name, f"{was}: {len(weg)} von {len(alt)} verschwunden: {liste}", toleranz)

    def _melde(self, name: str, gefunden: str, toleranz: Toleranz | None) -> None:
        gegen = f"gegenüber dem letzten angenommenen Abruf ({self.vorher.name})"
        if toleranz is None:
            erwartet, ablauf = f"nichts verschwindet {gegen}", ""
        else:
            mass = f"{toleranz.prozent:g} %" if toleranz.prozent is not None else f"{toleranz.anzahl}"
            toleriert = f"Toleranz {mass}, Grund: {toleranz.grund}"
            if self.umstaende.abgelaufen(toleranz.bis):
                erwartet = f"keine Änderung {gegen}; die {toleriert}, ist am {toleranz.bis:%d.%m.%Y} abgelaufen"
                ablauf = ", dort auch prüfen, ob die Toleranz weiter gilt, und bis verlängern"
            else:
                erwartet, ablauf = f"höchstens {mass} Änderung {gegen}; {toleriert}", ""
        self.sammler.melde(
            "Der Abruf weicht zu stark vom vorigen ab",
            gefunden,
            erwartet,
            ausweg(self.sammler, AENDERUNG, f"aenderung.{name}") + ablauf,
        )


def melde_reihenfolge(neu: Kennzahlen, vorher: Vorgaenger, hinweise: Sammler) -> None:
    """Report that the columns which both retrievals have stand in another order; they are found by name."""
    beide = set(neu.spalten) & set(vorher.kennzahlen.spalten)
    jetzt, frueher = ([s for s in k.spalten if s in beide] for k in (neu, vorher.kennzahlen))
    if jetzt == frueher:
        return
    erste = next(i for i, (a, b) in enumerate(zip(jetzt, frueher, strict=True)) if a != b)
    hinweise.melde(
        "Die Spalten stehen in anderer Reihenfolge",
        f"»{jetzt[erste]}«, wo bisher »{frueher[erste]}« stand",
        f"die Reihenfolge des vorigen Abrufs ({vorher.name})",
        "nichts, die Spalten werden am Namen erkannt",
        spalte=neu.spalten.index(jetzt[erste]) + 1,
    )
