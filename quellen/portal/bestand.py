"""What the replica serves: the newest complete retrieval of every declared Teil, on every way to it.

Belongs here: choosing records from an archive and the headers that follow from a record. Does not belong
here: any protocol of a portal, and any change of the bytes (``verfaelschen``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from quellen.archiv import Abruf, Archiv, Objekt, sha256
from quellen.modell import Quelle, Teil

_TYPEN = {
    ".csv": "text/csv",
    ".zip": "application/zip",
    ".json": "application/json;charset=UTF-8",
    ".geojson": "application/geo+json;charset=utf-8",
    ".xml": "text/xml",
}


@dataclass(frozen=True)
class Posten:
    """One declared Teil and its newest complete retrieval (``None`` if the archive holds none)."""

    quelle: Quelle
    teil_id: str
    teil: Teil
    abruf: Abruf | None
    archiv: Archiv

    @property
    def objekte(self) -> tuple[Objekt, ...]:
        """The archived files of the retrieval, in their order; empty without a retrieval."""
        return self.abruf.objekte if self.abruf else ()

    @property
    def name(self) -> str:
        """``quelle/teil``, for messages."""
        return f"{self.quelle.id}/{self.teil_id}"

    def daten(self, objekt: Objekt) -> bytes:
        """The archived bytes. Raises ``QuellenFehler`` if they are missing or were changed."""
        return self.archiv.lesen(objekt.sha256)

    def geaendert(self, objekt: Objekt) -> datetime:
        """Last change at the portal: the recorded header, else noon UTC of the Stand, else the retrieval."""
        kopf = {name.lower(): wert for name, wert in objekt.kopf.items()}
        try:
            zeit = parsedate_to_datetime(kopf.get("last-modified", ""))
            return zeit if zeit.tzinfo else zeit.replace(tzinfo=UTC)
        except ValueError:
            pass
        if self.abruf is None:
            return datetime(1970, 1, 1, tzinfo=UTC)
        if self.abruf.stand is not None:
            return datetime.combine(self.abruf.stand, time(12), UTC)
        zeit = self.abruf.abgerufen_am
        return (zeit if zeit.tzinfo else zeit.replace(tzinfo=UTC)).replace(microsecond=0)

    def etag(self, objekt: Objekt) -> str:
        """The recorded ETag, else one made from the sha256."""
        kopf = {name.lower(): wert for name, wert in objekt.kopf.items()}
        return kopf.get("etag") or etag_aus(objekt.sha256)

    def typ(self, objekt: Objekt) -> str:
        """The recorded Content-Type, else the usual one of the file name's suffix."""
        kopf = {name.lower(): wert for name, wert in objekt.kopf.items()}
        return kopf.get("content-type") or _TYPEN.get(endung(objekt.datei), "application/octet-stream")


def endung(datei: str) -> str:
    """Suffix of a file name in lower case, with its dot."""
    return PurePosixPath(datei).suffix.lower()


def etag_aus(hash_: str) -> str:
    """A strong ETag made from a sha256."""
    return f'"{hash_[:32]}"'


def etag_fuer(daten: bytes) -> str:
    """A strong ETag of bytes."""
    return etag_aus(sha256(daten))


def http_datum(zeit: datetime) -> str:
    """IMF-fixdate of RFC 9110, e.g. ``Fri, 03 Jan 2025 10:00:00 GMT``."""
    return format_datetime(zeit.astimezone(UTC).replace(microsecond=0), usegmt=True)


def urlpfad(objekt: Objekt) -> str:
    """Percent-decoded path of the URL from which an object came; empty if it did not come over HTTP."""
    teile = urlsplit(objekt.url)
    return unquote(teile.path) if teile.scheme in ("http", "https") else ""


def lade_bestand(archiv: Archiv, katalog: Mapping[str, Quelle]) -> tuple[Posten, ...]:
    """For every way of every Teil its newest retrieval whose objects are all there; for a yearly one, of each year.

    A way serves what last came by it, by hand or from the example, and only without that what came by another way.
    Raises ``QuellenFehler`` if a record is damaged.
    """
    bestand = []
    for quelle in katalog.values():
        ganz = [
            a for a in archiv.abrufe(quelle.id) if a.objekte and all(archiv.pfad(o.sha256).exists() for o in a.objekte)
        ]
        wege = quelle.wege()
        for gesehen in wege:
            andere = {weg.zugang.name for weg in wege} - {gesehen.zugang.name}
            for teil_id, teil in gesehen.teile.items():
                for abruf in _neueste([a for a in ganz if a.teil == teil_id], andere):
                    bestand.append(Posten(gesehen, teil_id, teil, abruf, archiv))
    return tuple(bestand)


def _neueste(abrufe: list[Abruf], andere: set[str]) -> list[Abruf | None]:
    """The newest retrieval of each year (``None``, for a Teil that is not yearly, is a year too), older years first."""
    je_jahr: dict[int | None, Abruf] = {}
    for abruf in [*(a for a in abrufe if a.weg in andere), *(a for a in abrufe if a.weg not in andere)]:
        je_jahr[abruf.jahrgang] = abruf
    if not je_jahr:
        return [None]
    return [je_jahr[jahr] for jahr in sorted(je_jahr, key=lambda jahr: jahr or 0)]
