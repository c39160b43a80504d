"""The audit on a damaged release of the whole example archive, as an auditor starts it.

On good ones it is started where releases have something of their own to recalculate: ``test_quelle_nur_deklariert``
(the example archive and one source more) and ``test_echtdaten``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from laufhilfe import sozialraum

if TYPE_CHECKING:
    from laufhilfe import Szene


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
