"""The one error type of this package, and the form of its messages.

Belongs here: ``QuellenFehler`` and ``Befund`` (one finding about a source, with its place and the way out), and which
errors of the standard library mean the same damage.
Does not belong here: the rules that produce findings (``vertrag``) or the retries around them (``holen``).
Messages are German because the data team and auditors read them in the UI, on the terminal and in
the release.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

ZIP_FEHLER = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError,
    ValueError, LookupError, OSError,
)  # fmt: skip
"""What a damaged ZIP brings out of ``zipfile`` while it is opened or read, whatever it is packed with."""


@dataclass(frozen=True)
class Befund:
    """One finding: what was found, what was expected, where, and what to do next.

    ``zeile`` and ``spalte`` count from 1 as an editor shows them (header lines included); ``None`` means
    that the finding concerns the whole file.
    """

    regel: str
    gefunden: str
    erwartet: str
    tun: str
    quelle: str = ""
    teil: str = ""
    datei: str = ""
    zeile: int | None = None
    spalte: int | None = None

    @property
    def ort(self) -> str:
        """The place in words, e.g. ``schulen, Datei schuldaten.csv, Zeile 7, Spalte 3``."""
        name = self.quelle + (f"/{self.teil}" if self.teil and self.teil != self.quelle else "")
        stellen = [name] if name else []
        if self.datei:
            stellen.append(f"Datei {self.datei}")
        if self.zeile is not None:
            stellen.append(f"Zeile {self.zeile}")
        if self.spalte is not None:
            stellen.append(f"Spalte {self.spalte}")
        return ", ".join(stellen)

    def __str__(self) -> str:
        ort = f"{self.ort}: " if self.ort else ""
        return f"{ort}{self.regel}. Gefunden: {self.gefunden}. Erwartet: {self.erwartet}. Was tun: {self.tun}."


class QuellenFehler(Exception):
    """A source could not be fetched, read or accepted. Carries one or more findings.

    ``voruebergehend`` marks faults that may vanish by themselves (time-out, 503): only those are retried.
    """

    def __init__(self, befunde: Befund | Sequence[Befund], *, voruebergehend: bool = False) -> None:
        self.befunde: tuple[Befund, ...] = (befunde,) if isinstance(befunde, Befund) else tuple(befunde)
        self.voruebergehend = voruebergehend
        super().__init__("\n".join(str(befund) for befund in self.befunde))


class NochNichtDa(QuellenFehler):
    """The portal says clearly that the asked year of a yearly table holds nothing (yet).

    Protocols raise it only for a fetch by year. No fault for the current and the previous year, which are published
    late; for an earlier year it is one like any other.
    """
