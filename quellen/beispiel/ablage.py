"""What every module of the example hands over: the files of one Teil as the portal would have sent them.

Belongs here: the common form of the modelled files, writing of CSV lines and ZIPs. Does not belong here: content.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple

CSV = "text/csv"
GEOJSON = "application/geo+json"
ZIP = "application/zip"


class Datei(NamedTuple):
    """One modelled file: its name at the portal, the address it stands for, and its bytes."""

    name: str
    url: str
    inhalt: bytes
    medientyp: str


class Lieferung(NamedTuple):
    """All files of one retrieval of one Teil.

    ``geaendert``: the Last-Modified that the portal would send. ``jahrgang``: the year of a Teil with ``jahrgaenge``,
    which has one ``Lieferung`` per year.
    """

    quelle: str
    teil: str
    dateien: tuple[Datei, ...]
    geaendert: datetime
    jahrgang: int | None = None


def zeitpunkt(jahr: int, monat: int, tag: int, stunde: int = 9) -> datetime:
    """A moment in UTC."""
    return datetime(jahr, monat, tag, stunde, tzinfo=UTC)


def http_datum(moment: datetime) -> str:
    """A moment as HTTP headers write it, e.g. ``Mon, 15 Jun 2026 09:00:00 GMT``."""
    return format_datetime(moment, usegmt=True)


def gepackt(name: str, inhalt: bytes) -> bytes:
    """A ZIP that holds one file; the same bytes every time."""
    puffer = io.BytesIO()
    eintrag = zipfile.ZipInfo(name, (2026, 11, 1, 3, 30, 0))
    eintrag.compress_type = zipfile.ZIP_DEFLATED
    eintrag.create_system = 3
    with zipfile.ZipFile(puffer, "w") as archiv:
        archiv.writestr(eintrag, inhalt, compresslevel=9)
    return puffer.getvalue()


def tausender(zahl: int) -> str:
    """A whole number as the city writes it, with a dot between thousands."""
    return f"{zahl:,}".replace(",", ".")


def zeilen(reihen: Iterable[Sequence[str]]) -> str:
    """Lines of semicolon-separated cells without quotes, LF at the end of each line.

    Raises ``ValueError`` if a cell would need quotes.
    """
    ergebnis = []
    for reihe in reihen:
        if any(";" in zelle or '"' in zelle or "\n" in zelle for zelle in reihe):
            raise ValueError(f"Zelle braucht Anführungszeichen: {reihe}")
        ergebnis.append(";".join(reihe) + "\n")
    return "".join(ergebnis)


def ministerium(kopf: Sequence[str], reihen: Iterable[Sequence[str]], *, kopf_gequotet: bool = False) -> bytes:
    """A CSV as the school ministry writes it: UTF-8 with BOM, first line ``sep=;``, all values in quotes.

    The header is either unquoted with a semicolon too many, or in quotes.
    """

    def gequotet(reihe: Sequence[str]) -> str:
        return ";".join('"' + zelle.replace('"', '""') + '"' for zelle in reihe)

    erste = gequotet(kopf) if kopf_gequotet else ";".join(kopf) + ";"
    return ("\n".join(["sep=;", erste, *(gequotet(r) for r in reihen)]) + "\n").encode("utf-8-sig")
