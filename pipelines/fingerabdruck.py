"""Hashes that tell whether code, declarations or the archive changed.

Belongs here: what a release depends on, as hashes. Does not belong here: hashes of archived bytes (``quellen.archiv``)
or of released files (``pipelines.freigabe``).
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from pipelines.einstellungen import PROJEKT, Einstellungen

_WURZELN = ("quellen", "pipelines", "dbt_projekt")
_ENDUNGEN = {".py", ".sql", ".yml", ".yaml", ".csv"}
_NICHT = {"target", "logs", "dbt_packages", "__pycache__", "archiv"}


def _dateien(wurzel: Path) -> Iterable[Path]:
    for ordner, unterordner, namen in os.walk(wurzel):
        unterordner[:] = sorted(u for u in unterordner if u not in _NICHT)
        yield from (Path(ordner) / name for name in sorted(namen) if Path(name).suffix in _ENDUNGEN)


def definitionen(einstellungen: Einstellungen, wurzeln: Iterable[str] = _WURZELN) -> str:
    """sha256 over all code, models and declarations that a release depends on."""
    hash_ = hashlib.sha256()
    ordner = [PROJEKT / w for w in wurzeln]
    if einstellungen.katalog.resolve() != (PROJEKT / "quellen" / "katalog"):
        ordner.append(einstellungen.katalog)
    for wurzel in ordner:
        for datei in _dateien(wurzel):
            hash_.update(f"{datei.relative_to(wurzel).as_posix()}\0".encode())
            hash_.update(datei.read_bytes())
    return hash_.hexdigest()


def code_stand() -> str:
    """The git commit of this code, ``-geändert`` appended if files differ from it; ``unbekannt`` outside git."""
    try:
        commit = _git("rev-parse", "HEAD")
        geaendert = _git("status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unbekannt"
    return f"{commit}-geändert" if geaendert else commit


def _git(*befehl: str) -> str:
    ergebnis = subprocess.run(  # noqa: S603 - fixed arguments
        ["git", "-C", str(PROJEKT), *befehl],  # noqa: S607 - git from PATH
        check=True,
        capture_output=True,
        text=True,
        timeout=30,
    )
    return ergebnis.stdout.strip()


def gesamt(teile: Iterable[object]) -> str:
    """sha256 over a sequence of values in their given order."""
    hash_ = hashlib.sha256()
    for teil in teile:
        hash_.update(f"{teil!r}\n".encode())
    return hash_.hexdigest()
