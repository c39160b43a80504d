"""Makes a release current: build, check, switch, in one atomic step at the end.

Belongs here: folder names and the pointer ``aktuell``. Does not belong here: what is built (``bauen``) or checked
(``pruefen``). A reader that opened the old release keeps it; releases are never changed or removed here.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.bauen import baue
from pipelines.freigabe.fehler import FreigabeFehler, Pruefung
from pipelines.freigabe.pruefen import pruefe_bau
from quellen.archiv import Archiv

ZEIGER = "aktuell"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,99}")


@dataclass(frozen=True)
class Freigabe:
    """A release that is current: its id, folder, the passed checks and the rows of each table."""

    id: str
    ordner: Path
    pruefungen: tuple[Pruefung, ...]
    zeilen: Mapping[str, int]


def freigeben(lager: Path, manifest: Mapping[str, Any], freigaben: Path, archiv: Archiv, id: str) -> Freigabe:
    """Build, check and make current the release ``id``, which the private file's table ``freigabe`` must carry too.

    Raises ``FreigabeFehler`` if anything fails; then nothing is left of the new release and the previous one stays.
    """
    ziel = _ziel(freigaben, id)
    neu = freigaben / f".neu-{id}"
    if neu.exists():
        shutil.rmtree(neu)
    try:
        bau = baue(lager, manifest, neu, archiv=archiv)
        pruefungen = pruefe_bau(neu, zeilen=bau.zeilen, archiv=archiv, id_=id)
        gescheitert = [p for p in pruefungen if not p.bestanden]
        if gescheitert:
            raise FreigabeFehler(
                f"Die Freigabe {id} hat {len(gescheitert)} von {len(pruefungen)} Prüfungen nicht bestanden und wurde "
                "verworfen; die vorige bleibt aktuell.",
                gescheitert,
            )
        mache_aktuell(freigaben, id)
    except (duckdb.Error, OSError) as fehler:
        raise FreigabeFehler(
            f"Die Freigabe {id} ließ sich nicht bauen: {fehler}. Erwartet: ein lesbares Lager und Platz unter "
            f"{freigaben.name}/. Was tun: die Ursache beheben und den Lauf wiederholen; die vorige bleibt aktuell."
        ) from fehler
    finally:
        shutil.rmtree(neu, ignore_errors=True)
    return Freigabe(id, ziel, tuple(pruefungen), bau.zeilen)


def mache_aktuell(freigaben: Path, id: str) -> Path:
    """Give the built folder ``.neu-<id>`` its name and point ``aktuell`` at it.

    A folder that has its name already is only pointed at if nothing was built (going back to an older release). Raises
    ``FreigabeFehler`` if there is neither, or both: an existing release is never overwritten.
    """
    if not _ID.fullmatch(id) or id == ZEIGER:
        raise _ungueltig(id)
    neu, ziel = freigaben / f".neu-{id}", freigaben / id
    zeiger, daneben = freigaben / ZEIGER, freigaben / f".{ZEIGER}-{os.getpid()}"
    if zeiger.exists() and not zeiger.is_symlink():
        raise FreigabeFehler(
            f"{freigaben.name}/{ZEIGER} ist kein Verweis und wird nicht ersetzt. Was tun: es umbenennen und den Lauf "
            "wiederholen."
        )
    if neu.is_dir():
        _ziel(freigaben, id)
        neu.rename(ziel)
    elif not (ziel / "freigabe.json").is_file():
        raise FreigabeFehler(
            f"Die Freigabe {id} gibt es nicht. Vorhanden: {', '.join(vorhandene(freigaben)) or 'keine'}. Was tun: eine "
            "davon nennen oder einen Lauf starten."
        )
    with suppress(FileNotFoundError):
        daneben.unlink()
    daneben.symlink_to(id, target_is_directory=True)
    daneben.replace(zeiger)
    _sichere_ordner(freigaben)
    return ziel


def aktuelle(freigaben: Path) -> Path | None:
    """Folder of the current release (under its own name, not the pointer), ``None`` if there is none."""
    zeiger = freigaben / ZEIGER
    return zeiger.resolve() if (zeiger / "freigabe.json").is_file() else None


def vorhandene(freigaben: Path) -> list[str]:
    """Ids of all releases, in alphabetical order."""
    if not freigaben.is_dir():
        return []
    return sorted(
        p.name
        for p in freigaben.iterdir()
        if p.name[0] != "." and not p.is_symlink() and (p / "freigabe.json").is_file()
    )


def _ziel(freigaben: Path, id_: str) -> Path:
    if not _ID.fullmatch(id_) or id_ == ZEIGER:
        raise _ungueltig(id_)
    ziel = freigaben / id_
    if ziel.exists() or ziel.is_symlink():
        raise FreigabeFehler(
            f"Die Freigabe {id_} besteht schon und wird nicht überschrieben. Was tun: den Lauf unter neuer Kennung "
            "wiederholen."
        )
    return ziel


def _ungueltig(id_: str) -> FreigabeFehler:
    return FreigabeFehler(
        f"»{id_}« ist keine Kennung einer Freigabe. Erwartet: Buchstaben, Ziffern, Punkt, Unterstrich und Bindestrich, "
        f"nicht »{ZEIGER}«."
    )


def _sichere_ordner(ordner: Path) -> None:
    deskriptor = os.open(ordner, os.O_RDONLY)
    try:
        os.fsync(deskriptor)
    finally:
        os.close(deskriptor)
