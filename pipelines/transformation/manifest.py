"""dbt's manifest: built when it is missing or older than the project's files, kept otherwise.

Belongs here: where the manifest lies and when it is rebuilt. Does not belong here: what is made of it (assets,
release).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipelines.einstellungen import DBT_PROJEKT, Einstellungen
from pipelines.fingerabdruck import definitionen

DBT_ORDNER = ["--project-dir", str(DBT_PROJEKT), "--profiles-dir", str(DBT_PROJEKT)]


_gelesen: dict[str, Any] = {}
"""Project fingerprint → dbt's own manifest object, if this process read the project; a build need not do so again."""


class ManifestFehler(Exception):
    """dbt could not read its project."""


def ziel(einstellungen: Einstellungen) -> Path:
    """Folder for everything that dbt writes, inside the runtime folder."""
    return einstellungen.daten.resolve() / "dbt"


@contextmanager
def umgebung(einstellungen: Einstellungen) -> Iterator[None]:
    """Set the variables that dbt and ``profiles.yml`` read, and put back what was there."""
    werte = {
        "SOZIALRAUM_LAGER": str(einstellungen.lager),
        "DBT_TARGET_PATH": str(ziel(einstellungen)),
        "DBT_LOG_PATH": str(ziel(einstellungen) / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    vorher = {name: os.environ.get(name) for name in werte}
    os.environ.update(werte)
    try:
        yield
    finally:
        for name, wert in vorher.items():
            if wert is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = wert


def manifest(einstellungen: Einstellungen) -> dict[str, Any]:
    """The manifest of the project as it is now. Raises ``ManifestFehler`` with dbt's own words if it is wrong."""
    ordner = ziel(einstellungen)
    datei, marke = ordner / "manifest.json", ordner / "manifest.fingerabdruck"
    abdruck = definitionen(einstellungen, ["dbt_projekt"])
    ordner.mkdir(parents=True, exist_ok=True)
    with FileLock(ordner / "manifest.sperre"):
        if not (datei.exists() and marke.exists() and marke.read_text(encoding="utf-8") == abdruck):
            _gelesen.clear()
            _gelesen[abdruck] = _parse(einstellungen)
            marke.write_text(abdruck, encoding="utf-8")
        inhalt: dict[str, Any] = json.loads(datei.read_text(encoding="utf-8"))
    return inhalt


def gelesenes_manifest(einstellungen: Einstellungen) -> Any | None:  # noqa: ANN401 - dbt's class is not typed
    """dbt's manifest object if this process read the project as it is now, else ``None``."""
    return _gelesen.get(definitionen(einstellungen, ["dbt_projekt"]))


def _parse(einstellungen: Einstellungen) -> Any:  # noqa: ANN401 - dbt's class is not typed
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - three seconds that an unchanged project does not need

    with umgebung(einstellungen):
        ergebnis = dbtRunner().invoke(["--quiet", "parse", *DBT_ORDNER])
    if not ergebnis.success:
        raise ManifestFehler(f"dbt kann sein Projekt nicht lesen: {ergebnis.exception}")
    return ergebnis.result
