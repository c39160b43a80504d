"""Files fetched by hand: check one against its contract, then archive it as a retrieval.

Belongs here: the order "check first, then record", and which year a file holds. Does not belong here: the record
(``quellen.eingang``), the contract (``quellen.vertrag``), and the watched folder (``eingangsordner``).

Rules that can be accepted (change gate, ranges) do not keep a file out: they decide in the next run, whose message says
how to accept it, and only what is archived can be accepted.
"""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path

from pipelines.gebietsverzeichnis import verzeichnisse
from quellen.archiv import Abruf, Archiv
from quellen.eingang import lege_ab
from quellen.fehler import Befund, QuellenFehler
from quellen.modell import Quelle
from quellen.vertrag import BEREICH, Rohsatz, Umstaende, lies_und_pruefe
from quellen.zugang.gemeinsam import berliner_tag

VORLAEUFIG = "beim Ablegen nur gemeldet, der nächste Lauf entscheidet"


def pruefe_und_lege_ab(
    quelle: Quelle, datei: Path, archiv: Archiv, *, stand: date | None, teil: str | None, jetzt: datetime
) -> tuple[Abruf, Rohsatz]:
    """Archive a file if its contract holds; otherwise raise ``QuellenFehler`` and leave the archive as it was.

    What the next run may refuse stands in ``Rohsatz.abweichungen``.
    """
    umstaende = Umstaende(tag=berliner_tag(jetzt), angenommen={BEREICH: VORLAEUFIG})
    with tempfile.TemporaryDirectory() as ordner:
        probe = Archiv(Path(ordner))
        abruf = lege_ab(quelle, datei, probe, stand=stand, teil=teil, jetzt=jetzt)
        objekt = abruf.objekte[0]
        daten = probe.lesen(objekt.sha256)
        satz = lies_und_pruefe(daten, quelle, abruf.teil, objekt.datei, verzeichnisse(), umstaende)
        if quelle.teile[abruf.teil].jahrgaenge is not None:
            abruf = abruf.model_copy(update={"jahrgang": _jahrgang(archiv, abruf, satz)})
        archiv.ablegen(daten)
    archiv.verzeichnen(abruf)
    return abruf, satz


def _jahrgang(archiv: Archiv, abruf: Abruf, satz: Rohsatz) -> int | None:
    """The only year of a file; ``None`` for several, which count as long as no retrieval is of one year only."""
    jahre = sorted({int(tag[:4]) for tag in satz.kennzahlen.stichtage})
    if len(jahre) == 1:
        return jahre[0]
    je_jahr = {a.jahrgang for a in archiv.abrufe(abruf.quelle) if a.teil == abruf.teil and a.datenart != "beispiel"}
    if je_jahr - {None}:
        raise QuellenFehler(
            Befund(
                regel="Die Datei hat mehrere Jahre",
                gefunden=f"die Jahre {', '.join(map(str, jahre)) or 'keine'}; im Archiv liegt diese Tabelle je Jahr",
                erwartet="eine Datei mit einem Jahr",
                tun="je Jahr eine Datei ablegen, sonst gälte diese neben denen im Archiv nicht",
                quelle=abruf.quelle,
                teil=abruf.teil,
                datei=abruf.objekte[0].datei,
            )
        )
    return None
