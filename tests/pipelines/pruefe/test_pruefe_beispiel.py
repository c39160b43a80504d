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
    """In the database itself: then nothing in it is believed, and the audit ends early."""
    datei = beispiel_kopie.datei
    inhalt = datei.read_bytes()
    datei.chmod(0o644)
    datei.write_bytes(inhalt.replace(b"beispiel", b"amtlich!", 1))
    lauf = sozialraum("pruefe", "--json", "--daten", str(beispiel_kopie.daten))
    assert lauf.code == 1
    bericht = json.dumps(json.loads(lauf.text), ensure_ascii=False)
    assert "sozialraum.duckdb wurde verändert" in bericht
    assert "nicht geprüft: sozialraum.duckdb ist verändert" in bericht
