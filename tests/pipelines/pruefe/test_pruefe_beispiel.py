"""The audit on a real release of the whole example archive, as an auditor starts it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from laufhilfe import sozialraum

if TYPE_CHECKING:
    from laufhilfe import Szene


def test_jede_kennzahl_des_beispiels_wird_nachgerechnet(beispiel_freigabe: Szene) -> None:
    lauf = sozialraum("pruefe", "--daten", str(beispiel_freigabe.daten))
    assert lauf.code == 0, lauf.text
    assert "Ergebnis: bestanden" in lauf.text


def test_ein_veraendertes_byte_wird_gefunden_und_benannt(beispiel_kopie: Szene) -> None:
    """A byte of the file itself: its content is not looked at then, so this answer is quick."""
    inhalt = bytearray(beispiel_kopie.datei.read_bytes())
    inhalt[len(inhalt) // 2] ^= 1
    beispiel_kopie.datei.chmod(0o644)
    beispiel_kopie.datei.write_bytes(inhalt)
    lauf = sozialraum("pruefe", "--json", "--daten", str(beispiel_kopie.daten))
    assert lauf.code == 1
    bericht = json.loads(lauf.text)
    assert "sozialraum.duckdb wurde verändert" in json.dumps(bericht, ensure_ascii=False)
