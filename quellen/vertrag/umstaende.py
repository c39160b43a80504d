"""What a contract depends on besides file and declaration: the day, the retrieval before, what was accepted.

Belongs here: these three and the rules that can be accepted. Does not belong here: finding them in an archive
(``quellen.annahmen``, the loader).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from quellen.fehler import Befund
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.kennzahlen import Kennzahlen

AENDERUNG = "aenderung"
BEREICH = "bereich"
ANNEHMBAR = (AENDERUNG, BEREICH)
"""Rules that judge plausibility; structure, signs and keys cannot be accepted, only declared."""


@dataclass(frozen=True)
class Vorgaenger:
    """The last accepted retrieval: its figures and, in words, which one it is.

    ``gleiche_scheibe`` is false where it holds another year: then reference dates and sums cannot be compared.
    """

    kennzahlen: Kennzahlen
    name: str
    gleiche_scheibe: bool = True


@dataclass(frozen=True)
class Umstaende:
    """``tag``: day of the retrieval, against which expiry dates count; without it nothing has expired.

    ``angenommen``: rule → reason and person, for rules that this content need not keep.
    """

    tag: date | None = None
    vorher: Vorgaenger | None = None
    angenommen: Mapping[str, str] = field(default_factory=dict)

    def abgelaufen(self, bis: date) -> bool:
        """Whether something that holds up to a day holds no longer."""
        return self.tag is not None and self.tag > bis


def ausweg(sammler: Sammler, regel: str, abschnitt: str) -> str:
    """What to do about a rule that can be accepted: the command, or the place in the declaration."""
    stelle = sammler.stelle
    return (
        f"beim Herausgeber nachfragen; ist es richtig, diesen Abruf annehmen mit »sozialraum quelle annehmen "
        f'{stelle.quelle} {stelle.teil} --regel {regel} --grund "…"« oder die Deklaration berichtigen: '
        f"{stelle.deklaration(abschnitt)}"
    )


def uebernimm(regel: str, pruefung: Sammler, umstaende: Umstaende, sammler: Sammler) -> list[Befund]:
    """Findings of an acceptable rule: added to ``sammler``, or returned as accepted with the reason."""
    grund = umstaende.angenommen.get(regel)
    if grund is None:
        sammler.uebernimm(pruefung)
        return []
    return [
        Befund(
            regel=f"Angenommen: {b.regel}",
            gefunden=b.gefunden,
            erwartet=b.erwartet,
            tun=f"nichts, angenommen: {grund}",
            quelle=b.quelle,
            teil=b.teil,
            datei=b.datei,
            zeile=b.zeile,
            spalte=b.spalte,
        )
        for b in pruefung.auswahl()
    ]
