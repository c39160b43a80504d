"""ZIP and XML as somebody might send them who errs or means harm.

Belongs here: packing and unpacking one file, and the disturbances of the wrapping. Does not belong here: disturbances
of what is inside (``verfaelschen``). All of it is deterministic: equal input gives equal bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache

HUELLEN = ("zip-bombe", "zip-pfade", "zip-zwei-dateien")
XML_ARTEN = ("xml-fremde-entitaet", "xml-entitaetenbombe")
BOMBE_BYTES = 40_000_000
_DATUM = (2024, 1, 1, 0, 0, 0)
_WURZEL = re.compile(r"<([A-Za-z_][\w.:-]*)[^<>]*?(?<!/)>")


def entpackt(daten: bytes) -> tuple[str, bytes]:
    """Name and bytes of the first file of a ZIP. Raises ``zipfile.BadZipFile`` for anything else."""
    with zipfile.ZipFile(io.BytesIO(daten)) as archiv:
        if not archiv.namelist():
            raise zipfile.BadZipFile("leer")
        name = archiv.namelist()[0]
        return name, archiv.read(name)


def gepackt(name: str, daten: bytes, *weitere: tuple[str, bytes]) -> bytes:
    """A ZIP with fixed dates of one file (and ``weitere``), so that equal input gives equal bytes."""
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as archiv:
        for eintrag, inhalt in ((name, daten), *weitere):
            archiv.writestr(zipfile.ZipInfo(eintrag, _DATUM), inhalt, zipfile.ZIP_DEFLATED)
    return puffer.getvalue()


def ist_mappe(daten: bytes) -> bool:
    """Whether a ZIP is an Excel workbook."""
    return b"xl/workbook.xml" in daten


def neu_gehuellt(art: str, daten: bytes) -> bytes:
    """A file (or what is in a ZIP) in the wrapping ``art`` of ``HUELLEN``."""
    name, inneres = entpackt(daten) if daten.startswith(b"PK") else ("daten.csv", daten)
    if art == "zip-bombe":
        return _bombe(name)
    if art == "zip-pfade":
        return gepackt(f"../../{name}", inneres)
    return gepackt(name, inneres, ("liesmich.txt", "Erläuterungen\n".encode()))


@cache
def _bombe(name: str) -> bytes:
    """A small ZIP that unpacks to ``BOMBE_BYTES``."""
    return gepackt(name, b"0" * BOMBE_BYTES)


def xml_mit_entitaet(art: str, text: str) -> str:
    """XML with a document type that defines an entity, used in the first element; other text unchanged.

    ``xml-fremde-entitaet`` reads a file of the machine, ``xml-entitaetenbombe`` grows to a thousand million letters.
    """
    ohne = re.sub(r"\s*<!DOCTYPE[^>\[]*(\[.*?\])?\s*>", "", text, count=1, flags=re.DOTALL)
    wurzel = _WURZEL.search(ohne)
    if wurzel is None or not text.lstrip("\ufeff \r\n\t").startswith("<"):
        return text
    if art == "xml-fremde-entitaet":
        inhalt = '<!ENTITY boese SYSTEM "file:///etc/hostname">'
    else:
        stufen = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
        inhalt = "".join(['<!ENTITY l0 "lol">', *stufen, '<!ENTITY boese "&l9;">'])
    vorspann = f"<!DOCTYPE {wurzel[1]} [{inhalt}]>\n"
    return ohne[: wurzel.start()] + vorspann + wurzel[0] + "&boese;" + ohne[wurzel.end() :]
