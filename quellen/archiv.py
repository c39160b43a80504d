"""The archive: immutable bytes named by their sha256, and one record per retrieval.

Belongs here: storing and finding bytes and retrieval records. Does not belong here: fetching
(``holen``, ``zugang``) and any look into the bytes (``lesen``).

Layout: ``objekte/<first two digits>/<sha256>`` and ``abrufe/<quelle>/<UTC time>-<first digits>.json``. Both are
only ever added: a file is written aside, flushed to disk and then linked to its final name, so that a
reader sees a whole file or none.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quellen.fehler import Befund, QuellenFehler

Datenart = Literal["amtlich", "beispiel", "eingang"]


class Objekt(BaseModel):
    """One archived file of a retrieval: its bytes' hash and how they came."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    bytes: int
    datei: str
    url: str
    http_status: int | None = None
    kopf: dict[str, str] = {}


class Abruf(BaseModel):
    """The record of one retrieval of one Teil. Paged answers have one ``Objekt`` per page.

    ``inhalt`` is the hash that decides whether something changed (see ``lesen.inhaltshash``); ``stand`` is the
    reference date of the file where its rows carry none; ``jahrgang`` the year of a table that is fetched by year.
    ``weg`` is the way it came by, ``umwege`` what failed on the ways tried before, ``hinweise`` what the portal said
    about its own answer.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    quelle: str
    teil: str
    abgerufen_am: datetime
    datenart: Datenart
    weg: str
    lizenz: str
    inhalt: str
    objekte: tuple[Objekt, ...]
    stand: date | None = None
    jahrgang: int | None = None
    umwege: tuple[str, ...] = ()
    hinweise: tuple[str, ...] = ()

    @property
    def etag(self) -> str:
        """ETag of the first object, empty if the portal sent none."""
        return self.objekte[0].kopf.get("etag", "")


def sha256(daten: bytes) -> str:
    """Hex sha256 of bytes."""
    return hashlib.sha256(daten).hexdigest()


class Archiv:
    """A folder of objects and retrieval records. Several processes may add to it at once."""

    def __init__(self, ordner: Path) -> None:
        self.ordner = ordner

    def pfad(self, hash_: str) -> Path:
        """Where the object with this sha256 lies (whether or not it exists)."""
        return self.ordner / "objekte" / hash_[:2] / hash_

    def ablegen(self, daten: bytes) -> str:
        """Keep bytes; returns their sha256. Bytes already there are left as they are.

        Raises ``QuellenFehler`` if the disk refuses (nothing half is left under the final name), or if what lies there
        already has another length and so was damaged.
        """
        hash_ = sha256(daten)
        ziel = self.pfad(hash_)
        if not ziel.exists():
            self._schreiben(ziel, daten)
        elif ziel.stat().st_size != len(daten):
            raise _veraendert(ziel, f"{ziel.stat().st_size} Bytes")
        return hash_

    def lesen(self, hash_: str) -> bytes:
        """The bytes with this sha256. Raises ``QuellenFehler`` if they are missing or were changed."""
        pfad = self.pfad(hash_)
        try:
            daten = pfad.read_bytes()
        except OSError as fehler:
            raise _fehlt(pfad, fehler) from fehler
        if sha256(daten) != hash_:
            raise _veraendert(pfad, f"sha256 {sha256(daten)}")
        return daten

    def oeffne(self, hash_: str) -> BinaryIO:
        """The object as a stream at its beginning, for files too large for memory; the caller closes it.

        Its hash is compared first, piece by piece over the same open file. Raises ``QuellenFehler`` like ``lesen``.
        """
        pfad = self.pfad(hash_)
        try:
            strom = pfad.open("rb")
        except OSError as fehler:
            raise _fehlt(pfad, fehler) from fehler
        try:
            gefunden = hashlib.file_digest(strom, "sha256").hexdigest()
            strom.seek(0)
        except OSError as fehler:
            strom.close()
            raise _fehlt(pfad, fehler) from fehler
        if gefunden != hash_:
            strom.close()
            raise _veraendert(pfad, f"sha256 {gefunden}")
        return strom

    def verzeichnen(self, abruf: Abruf) -> Path:
        """Add a retrieval record. Its objects must be in the archive already."""
        for objekt in abruf.objekte:
            if not self.pfad(objekt.sha256).exists():
                raise ValueError(f"Objekt {objekt.sha256} ist nicht archiviert")
        text = abruf.model_dump_json(indent=1, exclude_defaults=True) + "\n"
        zeit = abruf.abgerufen_am.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
        name = f"{zeit}-{abruf.teil}-{sha256(text.encode())[:12]}.json"
        ziel = self.ordner / "abrufe" / abruf.quelle / name
        if not ziel.exists():
            self._schreiben(ziel, text.encode())
        return ziel

    def abrufe(self, quelle: str) -> list[Abruf]:
        """All retrieval records of a source, oldest first; of one moment by Teil and year.

        Raises ``QuellenFehler`` if one is damaged or cannot be read: a record that is skipped would be history lost in
        silence. Callers that go through several sources catch it for each of them.
        """
        ordner = self.ordner / "abrufe" / quelle
        try:
            dateien = sorted(d for d in ordner.iterdir() if d.suffix == ".json")
        except FileNotFoundError:
            return []
        except OSError as fehler:
            raise _beschaedigt(quelle, ordner, fehler.strerror or str(fehler)) from fehler
        gefunden = []
        for datei in dateien:
            try:
                abruf = Abruf.model_validate_json(datei.read_bytes())
            except (ValidationError, OSError) as fehler:
                raise _beschaedigt(quelle, datei, str(fehler).replace("\n", " | ")) from fehler
            if abruf.quelle != quelle:
                raise _beschaedigt(quelle, datei, f"ein Eintrag der Quelle {abruf.quelle}")
            gefunden.append(abruf)
        return sorted(gefunden, key=lambda a: (a.abgerufen_am, a.teil, a.jahrgang or 0))

    def uebernehmen(self, anderes: Archiv, quelle: str) -> int:
        """Copy a source's objects and records from another archive; returns the number of new records."""
        neu = 0
        vorhanden = self.abrufe(quelle)
        for abruf in anderes.abrufe(quelle):
            if abruf in vorhanden:
                continue
            for objekt in abruf.objekte:
                self.ablegen(anderes.lesen(objekt.sha256))
            self.verzeichnen(abruf)
            neu += 1
        return neu

    def vermerken(self, name: str, text: str) -> Path:
        """Add a record of another kind under a name inside the archive; one that is there already stays as it is."""
        ziel = self.ordner / name
        if not ziel.exists():
            self._schreiben(ziel, text.encode())
        return ziel

    def _schreiben(self, ziel: Path, daten: bytes) -> None:
        try:
            ziel.parent.mkdir(parents=True, exist_ok=True)
            deskriptor, name = tempfile.mkstemp(dir=ziel.parent, prefix=".neu-")
        except OSError as fehler:
            raise _schreibfehler(ziel, fehler) from fehler
        neben = Path(name)
        try:
            with os.fdopen(deskriptor, "wb") as datei:
                datei.write(daten)
                datei.flush()
                os.fsync(datei.fileno())
            neben.chmod(0o444)
            os.link(neben, ziel)
            _sichere_ordner(ziel.parent)
        except FileExistsError:
            pass  # somebody else wrote the same bytes
        except OSError as fehler:
            raise _schreibfehler(ziel, fehler) from fehler
        finally:
            neben.unlink(missing_ok=True)


def _sichere_ordner(ordner: Path) -> None:
    """Flush a folder's entries, so that after a power cut no record is there whose objects are not."""
    deskriptor = os.open(ordner, os.O_RDONLY)
    try:
        os.fsync(deskriptor)
    finally:
        os.close(deskriptor)


def _beschaedigt(quelle: str, datei: Path, gefunden: str) -> QuellenFehler:
    return QuellenFehler(
        Befund(
            regel="Ein Abrufverzeichnis-Eintrag ist beschädigt",
            gefunden=gefunden,
            erwartet="ein lesbarer Eintrag mit den Feldern aus quellen/archiv.py",
            tun="den Eintrag aus der Sicherung wiederherstellen",
            quelle=quelle,
            datei=datei.name,
        )
    )


def _fehlt(pfad: Path, fehler: OSError) -> QuellenFehler:
    return QuellenFehler(
        Befund(
            regel="Ein archiviertes Objekt fehlt",
            gefunden=fehler.strerror or str(fehler),
            erwartet=f"Bytes mit sha256 {pfad.name}",
            tun="das Archiv aus der Sicherung wiederherstellen",
            datei=pfad.name,
        )
    )


def _veraendert(pfad: Path, gefunden: str) -> QuellenFehler:
    return QuellenFehler(
        Befund(
            regel="Ein archiviertes Objekt wurde verändert",
            gefunden=gefunden,
            erwartet=f"die Bytes mit sha256 {pfad.name}",
            tun="das Archiv aus der Sicherung wiederherstellen; es darf nur wachsen",
            datei=pfad.name,
        )
    )


def _schreibfehler(ziel: Path, fehler: OSError) -> QuellenFehler:
    return QuellenFehler(
        Befund(
            regel="Das Archiv konnte nicht geschrieben werden",
            gefunden=fehler.strerror or str(fehler),
            erwartet="Platz und Schreibrecht im Archivordner",
            tun="Platz schaffen oder Rechte setzen und den Lauf wiederholen; nichts Halbes blieb zurück",
            datei=ziel.name,
        )
    )
