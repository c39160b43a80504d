"""Reading declarations: ``katalog/<quelle>.yaml`` and, beside it, ``<quelle>.korrekturen.yaml``.

Belongs here: files to models, with messages that name the place of a fault. Does not belong here: the models.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import yaml
from pydantic import ValidationError

from quellen.fehler import Befund, QuellenFehler
from quellen.modell.quelle import Quelle

KATALOG = Path(__file__).parent.parent / "katalog"
KORREKTUREN = ".korrekturen"


def lade_quelle(datei: Path) -> Quelle:
    """Read one declaration with its corrections. Raises ``QuellenFehler`` with the place of every fault in it."""
    inhalt = _lies(datei)
    korrekturen = datei.with_name(f"{datei.stem}{KORREKTUREN}.yaml")
    if isinstance(inhalt, dict) and korrekturen.exists():
        if "korrekturen" in inhalt:
            _scheitere(datei, "korrekturen stehen in der Deklaration selbst", f"sie stehen in {korrekturen.name}")
        inhalt["korrekturen"] = _lies(korrekturen)
    try:
        quelle = Quelle.model_validate(inhalt)
    except ValidationError as fehler:
        orte = (f"{'.'.join(map(str, f['loc'])) or 'oberste Ebene'}: {f['msg']}" for f in fehler.errors())
        _scheitere(datei, " | ".join(orte), "die Schlüssel aus quellen/modell", fehler)
    if quelle.id != datei.stem:
        raise QuellenFehler(
            Befund(
                regel="Dateiname und id stimmen nicht überein",
                gefunden=f"id {quelle.id}",
                erwartet=datei.stem,
                tun="eines von beiden umbenennen",
                datei=datei.name,
            )
        )
    return quelle


def lade_katalog(ordner: Path = KATALOG) -> dict[str, Quelle]:
    """All declarations of a folder by id, in alphabetical order."""
    dateien = sorted(d for d in ordner.glob("*.yaml") if not d.stem.endswith(KORREKTUREN))
    return {q.id: q for q in map(lade_quelle, dateien)}


def _lies(datei: Path) -> Any:  # noqa: ANN401 - whatever stands in the file
    try:
        return yaml.load(datei.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # ten times faster than SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as fehler:
        _scheitere(datei, str(fehler).replace("\n", " | "), "eine lesbare YAML-Datei in UTF-8", fehler)


def _scheitere(datei: Path, gefunden: str, erwartet: str, ursache: Exception | None = None) -> NoReturn:
    raise QuellenFehler(
        Befund(
            regel="Die Deklaration ist nicht lesbar",
            gefunden=gefunden,
            erwartet=erwartet,
            tun="die genannte Stelle in der YAML-Datei berichtigen",
            datei=datei.name,
        )
    ) from ursache
