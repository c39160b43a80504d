"""Wrappings around a file: ZIP with one file in it, GENESIS answers with the table as a JSON string.

Belongs here: taking the wrapping off, within limits. Does not belong here: reading what was inside, and
the meaning of GENESIS' codes for a running job (``zugang``).
"""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO, Any

from quellen.fehler import QuellenFehler
from quellen.lesen.bloecke import Lesbar
from quellen.lesen.mappe import ist_mappe
from quellen.lesen.texttabelle import Stelle

VERHAELTNIS = 250
"""A ZIP that unpacks to more than this many times its size is refused (real GENESIS answers: 10 to 25)."""

_KLEIN = 1_000_000
_ZIPMARKEN = (b"PK\x03\x04", b"PK\x05\x06")


def entpacken(
    daten: bytes, datei: str, grenze_bytes: int, *, quelle: str = "", teil: str = "", innen: str | None = None
) -> tuple[bytes, str]:
    """The inner bytes and the inner file name; what is not wrapped comes back unchanged, and so does a workbook.

    ``innen`` is a pattern of the one file meant in a ZIP that holds several (``Teil.innen``).
    Raises ``QuellenFehler`` for a damaged ZIP, one with several files, one that unpacks beyond ``grenze_bytes``
    or out of proportion, and for a GENESIS answer that carries an error in place of a table. Names inside a ZIP
    are never used as paths.
    """
    if ist_mappe(daten):
        return daten, datei
    if daten[:4] in _ZIPMARKEN:
        daten, datei = _zip(daten, grenze_bytes, Stelle(quelle, teil, datei), innen)
    return _genesis(daten, Stelle(quelle, teil, datei)), datei


@dataclass
class Strom:
    """A stream that was opened by ``oeffne``, with the name of the file that comes out of it.

    ``read`` raises ``QuellenFehler`` if a ZIP is damaged or unpacks beyond its limit.
    """

    strom: Lesbar
    datei: str
    stelle: Stelle
    grenze: int = 0
    erlaubt: int | None = None
    gelesen: int = 0

    def read(self, anzahl: int, /) -> bytes:
        """At most ``anzahl`` bytes; none at the end."""
        if self.erlaubt is None:
            return self.strom.read(anzahl)
        with _lesbares_zip(self.stelle):
            block = self.strom.read(anzahl)
        self.gelesen += len(block)
        if self.gelesen > self.erlaubt:
            deklaration = Stelle(self.stelle.quelle).deklaration("zugang")
            raise self.stelle.fehler(
                "Der Inhalt des ZIP ist zu groß",
                f"mehr als {self.erlaubt} Bytes",
                f"höchstens {self.grenze} Bytes und höchstens das {VERHAELTNIS}-Fache des ZIP",
                f"ist das richtig, hoechstbytes erhöhen in {deklaration}"
                if self.erlaubt >= self.grenze
                else "nicht öffnen, so packt keine Tabelle; beim Herausgeber nachfragen. Ist die Datei echt, "
                "die ausgepackte mit »sozialraum ablegen« ablegen",
            )
        return block


@contextmanager
def oeffne(strom: IO[bytes], grenze_bytes: int, stelle: Stelle, innen: str | None = None) -> Iterator[Strom]:
    """The stream itself, or that of the file in a ZIP (``innen`` as in ``entpacken``), unpacked while it is read.

    A ZIP in a stream that cannot be searched is copied to a temporary file first. Raises like ``entpacken``.
    """
    with ExitStack() as stapel:
        if not strom.seekable():
            kopie = stapel.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(strom, kopie)
            kopie.seek(0)
            strom = kopie
        anfang = strom.tell()
        marke = strom.read(4)
        strom.seek(0, io.SEEK_END)
        groesse = strom.tell() - anfang
        strom.seek(anfang)
        if marke not in _ZIPMARKEN:
            yield Strom(strom, stelle.datei, stelle)
            return
        with _lesbares_zip(stelle):
            archiv = stapel.enter_context(zipfile.ZipFile(strom))
            eintrag = _gemeint(archiv, stelle, innen)
            inhalt = stapel.enter_context(archiv.open(eintrag))
        erlaubt = min(grenze_bytes, max(_KLEIN, VERHAELTNIS * groesse))
        yield Strom(inhalt, _innenname(eintrag), stelle, grenze_bytes, erlaubt)


@contextmanager
def _lesbares_zip(stelle: Stelle) -> Iterator[None]:
    """Turns what ``zipfile`` raises into ``QuellenFehler``."""
    try:
        yield
    except QuellenFehler:
        raise
    except Exception as fehler:  # damaged archives bring out more than zipfile names, e.g. IndexError for an empty name
        raise stelle.fehler(
            "Das ZIP ist nicht lesbar",
            f"{type(fehler).__name__}: {fehler}",
            "ein vollständiges ZIP",
            "die Datei erneut abrufen; sie ist unvollständig angekommen oder anders gepackt",
        ) from fehler


def _gemeint(archiv: zipfile.ZipFile, stelle: Stelle, innen: str | None) -> zipfile.ZipInfo:
    """The only file, or the one whose name ``innen`` matches as a whole."""
    alle = [e for e in archiv.infolist() if not e.is_dir()]
    eintraege = alle if innen is None else [e for e in alle if re.fullmatch(innen, _innenname(e))]
    if len(eintraege) != 1:
        raise stelle.fehler(
            "Das ZIP enthält nicht genau eine Datei",
            ", ".join(e.filename for e in (eintraege or alle)[:20]) or "keine Datei",
            "genau eine Datei" + (f", deren Name {innen} entspricht" if innen else ""),
            f"innen anpassen in {stelle.deklaration('innen')}"
            if innen
            else "die gemeinte Datei auspacken und einzeln mit »sozialraum ablegen« ablegen, oder bei der Quelle unter "
            "innen sagen, welche gemeint ist",
        )
    return eintraege[0]


def _innenname(eintrag: zipfile.ZipInfo) -> str:
    return eintrag.filename.replace("\\", "/").rpartition("/")[2]


def _zip(daten: bytes, grenze: int, stelle: Stelle, innen: str | None) -> tuple[bytes, str]:
    with oeffne(io.BytesIO(daten), grenze, stelle, innen) as strom:
        return b"".join(iter(partial(strom.read, _KLEIN), b"")), strom.datei


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
