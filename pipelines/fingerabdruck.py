"""Hashes that tell whether code, declarations or the archive changed.

Belongs here: what a release depends on, as hashes. Does not belong here: hashes of archived bytes (``quellen.archiv``)
or of released files (``pipelines.freigabe``).
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines.einstellungen import PROJEKT, Einstellungen
from quellen.archiv import sha256

_WURZELN = ("quellen", "pipelines", "dbt_projekt")
_ENDUNGEN = {".py", ".sql", ".yml", ".yaml", ".csv"}
_NICHT = {"target", "logs", "dbt_packages", "__pycache__", "archiv"}


KATALOG = "quellen/katalog"
"""Where the source declarations stand in every list of files, wherever the folder in use lies."""
STAMMDATEN = "dbt_projekt/seeds"
"""Where dbt's seeds stand."""


def dateien(einstellungen: Einstellungen, wurzeln: Iterable[str] = _WURZELN) -> dict[str, Path]:
    """All code, models and declarations that a release depends on: path inside the project → file, sorted.

    A folder of declarations that lies elsewhere takes the place of the project's own.
    """
    gefunden = {f"{w}/{name}": datei for w in wurzeln for name, datei in _dateien(PROJEKT / w)}
    if "quellen" in wurzeln and einstellungen.katalog.resolve() != PROJEKT / KATALOG:
        gefunden = {name: datei for name, datei in gefunden.items() if not name.startswith(f"{KATALOG}/")}
        gefunden |= {f"{KATALOG}/{name}": datei for name, datei in _dateien(einstellungen.katalog)}
    return dict(sorted(gefunden.items()))


def _dateien(wurzel: Path) -> Iterable[tuple[str, Path]]:
    for ordner, unterordner, namen in os.walk(wurzel):
        unterordner[:] = sorted(u for u in unterordner if u not in _NICHT)
        for datei in (Path(ordner) / name for name in namen if Path(name).suffix in _ENDUNGEN):
            yield datei.relative_to(wurzel).as_posix(), datei


def deklarationen(einstellungen: Einstellungen, wurzeln: Iterable[str] = _WURZELN) -> dict[str, str]:
    """Path inside the project → sha256 of everything that a release depends on."""
    return {name: sha256(datei.read_bytes()) for name, datei in dateien(einstellungen, tuple(wurzeln)).items()}


def abdruck(hashes: Mapping[str, str]) -> str:
    """The one hash of such a list: sha256 over its lines ``path NUL sha256``, sorted by path."""
    zeilen = (f"{name}\0{hash_}\n" for name, hash_ in sorted(hashes.items()))
    return sha256("".join(zeilen).encode())


def definitionen(einstellungen: Einstellungen, wurzeln: Iterable[str] = _WURZELN) -> str:
    """One hash over all code, models and declarations that a release depends on."""
    return abdruck(deklarationen(einstellungen, wurzeln))


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
