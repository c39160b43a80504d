"""Files fetched by hand: check one against its contract, then archive it as a retrieval.

Belongs here: the order "check first, then record". Does not belong here: the record (``quellen.eingang``), the
contract (``quellen.vertrag``), and the watched folder (``eingangsordner``).
"""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path

from pipelines.gebietsverzeichnis import verzeichnisse
from quellen.archiv import Abruf, Archiv
from quellen.eingang import lege_ab
from quellen.modell import Quelle
from quellen.vertrag import Rohsatz, lies_und_pruefe


def pruefe_und_lege_ab(
    quelle: Quelle, datei: Path, archiv: Archiv, *, stand: date | None, teil: str | None, jetzt: datetime
) -> tuple[Abruf, Rohsatz]:
    """Archive a file if its contract holds; otherwise raise ``QuellenFehler`` and leave the archive as it was."""
    with tempfile.TemporaryDirectory() as ordner:
        probe = Archiv(Path(ordner))
        abruf = lege_ab(quelle, datei, probe, stand=stand, teil=teil, jetzt=jetzt)
        objekt = abruf.objekte[0]
        satz = lies_und_pruefe(probe.lesen(objekt.sha256), quelle, abruf.teil, objekt.datei, verzeichnisse())
        archiv.ablegen(probe.lesen(objekt.sha256))
    archiv.verzeichnen(abruf)
    return abruf, satz
