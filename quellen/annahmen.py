"""Accepting once what a contract refuses: records in the archive, with reason and person.

Belongs here: writing and finding these records. Does not belong here: which rules may be accepted and what they check
(``vertrag``).

Layout: ``annahmen/<quelle>/<UTC time>-<first digits>.json`` in the archive, only ever added. An acceptance holds for
one content: the next one that breaks the rule is refused again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quellen.archiv import Abruf, Archiv, sha256
from quellen.fehler import Befund, QuellenFehler

ORDNER = "annahmen"
Regel = Literal["aenderung", "bereich"]
"""The rules that judge plausibility (``vertrag.ANNEHMBAR``); structure, signs and keys are declared, not accepted."""


class Annahme(BaseModel):
    """One acceptance: the content (``Abruf.inhalt``) of a Teil need not keep ``regel``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    quelle: str
    teil: str
    inhalt: str = Field(min_length=1)
    regel: Regel
    grund: str = Field(min_length=10)
    wer: str = Field(min_length=1)
    wann: datetime

    @property
    def wortlaut(self) -> str:
        """Reason, person and day, as messages show them."""
        return f"{self.grund} ({self.wer}, {self.wann:%d.%m.%Y})"


def nimm_an(archiv: Archiv, quelle: str, teil: str, regel: str, grund: str, wer: str, jetzt: datetime) -> Annahme:
    """Accept the newest retrieval of a Teil, and return the record.

    Of a table fetched by year all years of the newest run are accepted; the record of the latest year is returned. The
    same acceptance twice is one. Raises ``QuellenFehler`` if there is no retrieval, or rule, reason or person will not
    do.
    """
    abrufe = [a for a in archiv.abrufe(quelle) if a.teil == teil]
    if not abrufe:
        raise _fehler(quelle, teil, "kein Abruf", "ein archivierter Abruf dieses Teils", "erst abrufen oder ablegen")
    if regel not in get_args(Regel):
        raise _fehler(
            quelle,
            teil,
            f"die Regel »{regel}«",
            f"eine der Regeln {', '.join(get_args(Regel))}",
            "andere Regeln sind nicht annehmbar: die Deklaration berichtigen oder beim Herausgeber nachfragen",
        )
    if len(grund.strip()) < 10 or not wer.strip():
        raise _fehler(
            quelle,
            teil,
            f"der Grund »{grund}« von »{wer}«",
            "ein Grund von mindestens 10 Zeichen und wer ihn nennt",
            "begründen, woher bekannt ist, dass die Werte richtig sind",
        )
    bisher: dict[tuple[str, str, str], Annahme] = {(a.teil, a.inhalt, a.regel): a for a in annahmen(archiv, quelle)}
    for abruf in _neueste(abrufe):
        schluessel = (teil, abruf.inhalt, regel)
        if schluessel not in bisher:
            annahme = Annahme.model_validate(
                {
                    "quelle": quelle,
                    "teil": teil,
                    "inhalt": abruf.inhalt,
                    "regel": regel,
                    "grund": grund.strip(),
                    "wer": wer.strip(),
                    "wann": jetzt,
                }
            )
            text = annahme.model_dump_json(indent=1) + "\n"
            zeit = jetzt.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
            archiv.vermerken(f"{ORDNER}/{quelle}/{zeit}-{sha256(text.encode())[:12]}.json", text)
            bisher[schluessel] = annahme
    return bisher[schluessel]


def annahmen(archiv: Archiv, quelle: str) -> list[Annahme]:
    """All acceptances of a source, oldest first. A damaged record is a ``QuellenFehler``."""
    gefunden = []
    for datei in sorted((archiv.ordner / ORDNER / quelle).glob("*.json")):
        try:
            gefunden.append(Annahme.model_validate_json(datei.read_bytes()))
        except (ValidationError, OSError) as fehler:
            raise QuellenFehler(
                Befund(
                    regel="Eine Annahme im Archiv ist beschädigt",
                    gefunden=str(fehler).replace("\n", " | "),
                    erwartet="die Felder aus quellen/annahmen.py",
                    tun="den Eintrag aus der Sicherung wiederherstellen",
                    quelle=quelle,
                    datei=datei.name,
                )
            ) from fehler
    return sorted(gefunden, key=lambda a: a.wann)


def angenommen(liste: list[Annahme], teil: str, inhalt: str) -> dict[str, str]:
    """Rule → reason and person, for one content of a Teil; as ``vertrag.Umstaende`` wants it."""
    return {a.regel: a.wortlaut for a in liste if (a.teil, a.inhalt) == (teil, inhalt)}


def _neueste(abrufe: list[Abruf]) -> list[Abruf]:
    """The retrievals of the newest run, the latest year last."""
    wann = max(a.abgerufen_am for a in abrufe)
    return sorted((a for a in abrufe if a.abgerufen_am == wann), key=lambda a: a.jahrgang or 0)


def _fehler(quelle: str, teil: str, gefunden: str, erwartet: str, tun: str) -> QuellenFehler:
    return QuellenFehler(
        Befund(
            regel="Es lässt sich nichts annehmen",
            gefunden=gefunden,
            erwartet=erwartet,
            tun=tun,
            quelle=quelle,
            teil=teil,
        )
    )
