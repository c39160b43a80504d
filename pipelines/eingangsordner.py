"""The folder ``daten/eingang/<quelle>/``: files that staff drop, checked one by one, archived or left with a report.

Belongs here: which files wait, moving accepted ones aside, reports beside refused ones. Does not belong here: checking
and archiving a file (``handablage``) and watching (``assets.eingang``).

The folder is open to many people: links, pipes and folders are never followed, names are never built into paths.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from pipelines.handablage import pruefe_und_lege_ab
from quellen.archiv import Archiv
from quellen.fehler import Befund, QuellenFehler
from quellen.modell import Quelle

BERLIN = ZoneInfo("Europe/Berlin")
ANGENOMMEN = "angenommen"
BERICHT = ".bericht.txt"
_UNFERTIG = re.compile(r"\..*|~.*|.*~|.*\.(?:part|partial|crdownload|download|tmp|swp|lock)", re.IGNORECASE)
_STUECK = 1 << 20


@dataclass(frozen=True)
class Wartend:
    """Something in the folder that has to be dealt with. ``groesse`` in bytes, ``geaendert`` in nanoseconds."""

    quelle: str
    pfad: Path
    groesse: int
    geaendert: int

    @property
    def merkmal(self) -> tuple[int, int]:
        """What changes when somebody still writes."""
        return self.groesse, self.geaendert


@dataclass(frozen=True)
class Vorgang:
    """What became of one file: archived (``zeilen``, ``sha256``), or refused with a text (``meldung``).

    ``gemeldet`` is what the next run may refuse, or what was accepted although it differs from the declaration.
    """

    datei: Path
    quelle: str
    meldung: str = ""
    zeilen: int = 0
    sha256: str = ""
    ziel: Path | None = None
    gemeldet: tuple[str, ...] = ()

    @property
    def angenommen(self) -> bool:
        """Whether the file is in the archive now."""
        return not self.meldung


def wartende(eingang: Path) -> list[Wartend]:
    """All that lies in the folder and is neither a report nor unfinished, in alphabetical order."""
    gefunden = []
    for oben in _inhalt(eingang):
        if not stat.S_ISDIR(oben.geprueft.st_mode):
            gefunden.append(_wartend("", oben))
            continue
        for eintrag in _inhalt(oben.pfad):
            if eintrag.pfad.name != ANGENOMMEN or not stat.S_ISDIR(eintrag.geprueft.st_mode):
                gefunden.append(_wartend(oben.pfad.name, eintrag))
    return gefunden


def zu_pruefen(eingang: Path, katalog: Mapping[str, Quelle]) -> list[Wartend]:
    """Those of ``wartende`` that were not refused already as they are, under the declaration as it is."""
    return [w for w in wartende(eingang) if abdruck(w, katalog) != _berichteter_abdruck(w)]


def abdruck(wartend: Wartend, katalog: Mapping[str, Quelle]) -> str:
    """sha256 of a file's name, content and declaration; of what is no readable file, of its name and size."""
    quelle = katalog.get(wartend.quelle)
    summe = hashlib.sha256(f"{wartend.quelle}/{wartend.pfad.name}\0".encode("utf-8", "surrogateescape"))
    if quelle is None:
        return summe.hexdigest()
    summe.update(quelle.fingerabdruck().encode())
    if wartend.groesse > quelle.zugang.hoechstbytes:
        summe.update(str(wartend.groesse).encode())
        return summe.hexdigest()
    with suppress(OSError), _oeffne(wartend.pfad) as datei:
        while stueck := datei.read(_STUECK):
            summe.update(stueck)
    return summe.hexdigest()


def verarbeite(
    wartend: Wartend, eingang: Path, katalog: Mapping[str, Quelle], archiv: Archiv, jetzt: datetime
) -> Vorgang:
    """Check one file and archive it, or write a report beside it. Never raises for what lies in the folder."""
    try:
        quelle = _quelle(wartend, eingang, katalog)
        _pruefe_datei(wartend, quelle)
        vorgang = _nimm(wartend, quelle, archiv, jetzt)
    except QuellenFehler as fehler:
        vorgang = Vorgang(wartend.pfad, wartend.quelle, str(fehler))
    bericht = _berichtspfad(wartend.pfad)
    if vorgang.angenommen:
        with suppress(OSError):
            bericht.unlink(missing_ok=True)
    else:
        _schreibe_bericht(bericht, wartend, vorgang, abdruck(wartend, katalog), jetzt)
    return vorgang


@dataclass(frozen=True)
class _Eintrag:
    pfad: Path
    geprueft: os.stat_result


def _inhalt(ordner: Path) -> Iterator[_Eintrag]:
    try:
        namen = sorted(e.name for e in os.scandir(ordner))
    except OSError:
        return
    for name in namen:
        if name.endswith(BERICHT) or _UNFERTIG.fullmatch(name):
            continue
        with suppress(OSError):
            yield _Eintrag(ordner / name, (ordner / name).lstat())


def _wartend(quelle: str, eintrag: _Eintrag) -> Wartend:
    ist_datei = stat.S_ISREG(eintrag.geprueft.st_mode)
    return Wartend(
        quelle,
        eintrag.pfad,
        eintrag.geprueft.st_size if ist_datei else 0,
        eintrag.geprueft.st_mtime_ns if ist_datei else 0,
    )


def _quelle(wartend: Wartend, eingang: Path, katalog: Mapping[str, Quelle]) -> Quelle:
    bekannt = ", ".join(katalog)
    if wartend.pfad.parent == eingang:
        raise _abgelehnt(
            "Die Datei liegt in keinem Ordner einer Quelle",
            wartend.pfad.name,
            f"ein Ordner namens {bekannt}",
            "die Datei in den Ordner ihrer Quelle legen; fehlt er, ihn anlegen",
        )
    if wartend.quelle not in katalog:
        raise _abgelehnt(
            "Der Ordner heißt wie keine Quelle",
            f"Ordner {wartend.quelle}",
            f"einer von {bekannt}",
            "die Datei in den Ordner ihrer Quelle legen; eine neue Quelle zuerst deklarieren (quellen/README.md)",
        )
    return katalog[wartend.quelle]


def _pruefe_datei(wartend: Wartend, quelle: Quelle) -> None:
    try:
        art = wartend.pfad.lstat().st_mode
    except OSError as fehler:
        raise _abgelehnt(
            "Die Datei ist nicht mehr da", fehler.strerror or str(fehler), "eine Datei", "sie noch einmal ablegen"
        ) from None
    if not stat.S_ISREG(art):
        was = "eine Verknüpfung" if stat.S_ISLNK(art) else "ein Unterordner" if stat.S_ISDIR(art) else "keine Datei"
        raise _abgelehnt(
            "Hier werden nur Dateien gelesen, Verknüpfungen und Ordnern wird nicht gefolgt",
            was,
            f"eine Datei unmittelbar im Ordner {wartend.quelle}",
            "die Dateien selbst hineinlegen und dies entfernen",
        )
    if wartend.groesse > quelle.zugang.hoechstbytes:
        raise _abgelehnt(
            "Die Datei ist zu groß",
            f"{wartend.groesse} Bytes",
            f"höchstens {quelle.zugang.hoechstbytes} Bytes",
            "prüfen, ob es die richtige Datei ist; wenn ja, zugang.hoechstbytes der Quelle anheben",
        )


def _nimm(wartend: Wartend, quelle: Quelle, archiv: Archiv, jetzt: datetime) -> Vorgang:
    """Work on a private copy, so that nobody can change the file between check and archive."""
    with tempfile.TemporaryDirectory() as ordner:
        kopie = Path(ordner) / wartend.pfad.name
        try:
            with _oeffne(wartend.pfad) as datei, kopie.open("wb") as neu:
                rest = quelle.zugang.hoechstbytes + 1
                while rest > 0 and (stueck := datei.read(min(_STUECK, rest))):
                    neu.write(stueck)
                    rest -= len(stueck)
        except OSError as fehler:
            raise _abgelehnt(
                "Die Datei ist nicht lesbar", fehler.strerror or str(fehler), "eine lesbare Datei", "Rechte prüfen"
            ) from None
        abruf, satz = pruefe_und_lege_ab(quelle, kopie, archiv, stand=None, teil=None, jetzt=jetzt)
    ziel = _raeume_weg(wartend, jetzt)
    return Vorgang(
        wartend.pfad,
        quelle.id,
        zeilen=satz.zeilen,
        sha256=abruf.objekte[0].sha256,
        ziel=ziel,
        gemeldet=tuple(map(str, satz.abweichungen)),
    )


def _raeume_weg(wartend: Wartend, jetzt: datetime) -> Path:
    """Move an accepted file aside; a file that changed meanwhile stays and is looked at again."""
    ordner = wartend.pfad.parent / ANGENOMMEN
    try:
        if ordner.is_symlink():
            raise OSError("der Ordner ist eine Verknüpfung")
        ordner.mkdir(exist_ok=True)
        jetzt_da = wartend.pfad.lstat()
        if (jetzt_da.st_size, jetzt_da.st_mtime_ns) != wartend.merkmal:
            return wartend.pfad
        nummer, ziel = 1, ordner / f"{jetzt:%Y%m%dT%H%M%S}_{wartend.pfad.name}"
        while ziel.exists() or ziel.is_symlink():
            nummer += 1
            ziel = ordner / f"{jetzt:%Y%m%dT%H%M%S}-{nummer}_{wartend.pfad.name}"
        wartend.pfad.rename(ziel)
    except OSError as fehler:
        raise _abgelehnt(
            "Die Datei ist im Archiv, ließ sich aber nicht wegräumen",
            fehler.strerror or str(fehler),
            f"Schreibrecht im Ordner {wartend.quelle}",
            "Rechte berichtigen und die Datei von Hand löschen; sie gilt schon",
        ) from None
    return ziel


def _oeffne(pfad: Path) -> BinaryIO:
    """Open a regular file without following a link and without waiting for a pipe."""
    deskriptor = os.open(pfad, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(deskriptor).st_mode):
        os.close(deskriptor)
        raise OSError("keine Datei")
    return os.fdopen(deskriptor, "rb")


def _abgelehnt(regel: str, gefunden: str, erwartet: str, tun: str) -> QuellenFehler:
    return QuellenFehler(Befund(regel=regel, gefunden=gefunden, erwartet=erwartet, tun=tun))


def _berichtspfad(pfad: Path) -> Path:
    return pfad.with_name(pfad.name + BERICHT)


def _berichteter_abdruck(wartend: Wartend) -> str:
    """The last line of the report beside a file, which names what was refused; empty without one."""
    try:
        with _oeffne(_berichtspfad(wartend.pfad)) as datei:
            zeilen = datei.read(_STUECK).decode("utf-8", "replace").split()
    except OSError:
        return ""
    return zeilen[-1] if zeilen else ""


def _schreibe_bericht(bericht: Path, wartend: Wartend, vorgang: Vorgang, abdruck_: str, jetzt: datetime) -> None:
    """Beside the file, written aside and renamed: a link under the report's name is replaced, not followed."""
    text = (
        f"{wartend.pfad.name} wurde am {jetzt.astimezone(BERLIN):%d.%m.%Y um %H:%M} Uhr geprüft und bleibt liegen.\n\n"
        f"{vorgang.meldung}\n\n"
        "Die Datei ist unverändert. Sie wird wieder geprüft, sobald sie oder die Deklaration der "
        "Quelle sich ändert, oder mit »sozialraum eingang«.\n"
        f"Abdruck: {abdruck_}\n"
    )
    with suppress(OSError):
        deskriptor, neben = tempfile.mkstemp(dir=bericht.parent, prefix=".bericht-")
        with os.fdopen(deskriptor, "w", encoding="utf-8", errors="replace") as datei:
            datei.write(text)
        Path(neben).chmod(0o644)
        Path(neben).replace(bericht)
