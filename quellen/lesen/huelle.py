"""Wrappings around a file: ZIP with one file in it, GENESIS answers with the table as a JSON string.

Belongs here: taking the wrapping off, within limits. Does not belong here: reading what was inside, and
the meaning of GENESIS' codes for a running job (``zugang``).
"""

from __future__ import annotations

import io
import json
import lzma
import zipfile
import zlib
from typing import Any

from quellen.lesen.texttabelle import Stelle

VERHAELTNIS = 250
"""A ZIP that unpacks to more than this many times its size is refused (real GENESIS answers: 10 to 25)."""

_KLEIN = 1_000_000


def entpacken(daten: bytes, datei: str, grenze_bytes: int, *, quelle: str = "", teil: str = "") -> tuple[bytes, str]:
    """The inner bytes and the inner file name; what is not wrapped comes back unchanged.

    Raises ``QuellenFehler`` for a damaged ZIP, one with several files, one that unpacks beyond ``grenze_bytes``
    or out of proportion, and for a GENESIS answer that carries an error in place of a table. Names inside a ZIP
    are never used as paths.
    """
    if daten[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        daten, datei = _zip(daten, grenze_bytes, Stelle(quelle, teil, datei))
    return _genesis(daten, Stelle(quelle, teil, datei)), datei


def _zip(daten: bytes, grenze: int, stelle: Stelle) -> tuple[bytes, str]:
    kaputt = "die Datei erneut abrufen; sie ist unvollständig angekommen oder anders gepackt"
    try:
        with zipfile.ZipFile(io.BytesIO(daten)) as archiv:
            eintraege = [e for e in archiv.infolist() if not e.is_dir()]
            if len(eintraege) != 1:
                raise stelle.fehler(
                    "Das ZIP enthält nicht genau eine Datei",
                    ", ".join(e.filename for e in eintraege[:20]) or "keine Datei",
                    "genau eine Datei",
                    "die gemeinte Datei auspacken und einzeln mit »sozialraum ablegen« ablegen",
                )
            erlaubt = min(grenze, max(_KLEIN, VERHAELTNIS * len(daten)))
            with archiv.open(eintraege[0]) as strom:
                inhalt = strom.read(erlaubt + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
        OverflowError,
    ) as fehler:
        raise stelle.fehler("Das ZIP ist nicht lesbar", str(fehler), "ein vollständiges ZIP", kaputt) from fehler
    if len(inhalt) > erlaubt:
        raise stelle.fehler(
            "Der Inhalt des ZIP ist zu groß",
            f"mehr als {erlaubt} Bytes aus {len(daten)} Bytes ZIP",
            f"höchstens {grenze} Bytes und höchstens das {VERHAELTNIS}-Fache",
            f"ist das richtig, hoechstbytes erhöhen in {Stelle(stelle.quelle).deklaration('zugang')}",
        )
    return inhalt, eintraege[0].filename.replace("\\", "/").rpartition("/")[2]


def _genesis(daten: bytes, stelle: Stelle) -> bytes:
    """The table inside ``Object.Content``, as UTF-8; other bytes unchanged."""
    if not daten[:64].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") or b'"Object"' not in daten:
        return daten
    try:
        antwort = json.loads(daten)
    except (ValueError, RecursionError):
        return daten
    if not isinstance(antwort, dict) or "Status" not in antwort or "Object" not in antwort:
        return daten
    objekt: Any = antwort["Object"]
    if objekt is None:
        status = antwort["Status"] if isinstance(antwort["Status"], dict) else {"Content": antwort["Status"]}
        raise stelle.fehler(
            "GENESIS hat statt der Tabelle eine Meldung geschickt",
            f"Code {status.get('Code')}: {' '.join(str(status.get('Content')).split())}",
            "eine Tabelle",
            "den Namen der Tabelle und den gewünschten Zeitraum prüfen, dann erneut abrufen",
        )
    # in a description of a table (metadata/table), which has a structure, Content is its title
    inhalt = objekt.get("Content") if isinstance(objekt, dict) and "Structure" not in objekt else None
    if not isinstance(inhalt, str):
        return daten
    try:
        return inhalt.encode()
    except UnicodeEncodeError as fehler:
        raise stelle.fehler(
            "Die Tabelle in der GENESIS-Antwort ist kein gültiges Unicode", str(fehler), "UTF-8", "erneut abrufen"
        ) from fehler
