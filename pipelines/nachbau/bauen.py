"""Rebuilds a release in a temporary folder and compares every table's content hash.

Belongs here: the order of the rebuild, the process it runs in, the comparison. Does not belong here: what it is made of
(``auftrag``), its code (``code``), the steps of the night (``schritte``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.einstellungen import PROJEKT, Einstellungen
from pipelines.nachbau.auftrag import Auftrag, NachbauFehler, lies_schein, stelle_bereit
from pipelines.nachbau.code import hole_code
from quellen.archiv import Archiv

_SCHRITTE = "pipelines/nachbau/schritte.py"


@dataclass(frozen=True)
class Nachbau:
    """What came out: for each table whether its contents are the same; ``programm``: which code built it."""

    freigabe: str
    programm: str
    gleich: tuple[str, ...]
    verschieden: tuple[str, ...]
    hinweise: tuple[str, ...] = field(default=())

    @property
    def gelungen(self) -> bool:
        """Whether every table has the same contents."""
        return not self.verschieden and bool(self.gleich)

    def als_json(self) -> dict[str, Any]:
        """Ready for ``json.dumps``."""
        tabellen = dict.fromkeys(self.gleich, "gleich") | dict.fromkeys(self.verschieden, "verschieden")
        return {
            "freigabe": self.freigabe,
            "gelungen": self.gelungen,
            "programm": self.programm,
            "tabellen": dict(sorted(tabellen.items())),
            "hinweise": list(self.hinweise),
        }

    def als_text(self) -> str:
        """One line per table, then the verdict."""
        zeilen = [f"Nachbau der Freigabe {self.freigabe} mit {self.programm}"]
        for name, urteil in self.als_json()["tabellen"].items():
            zeilen.append(f"{'gleich     ' if urteil == 'gleich' else 'VERSCHIEDEN'} {name}")
        zeilen += [f"Hinweis: {h}" for h in self.hinweise]
        alle = len(self.gleich) + len(self.verschieden)
        zeilen.append(
            f"Ergebnis: alle {alle} Tabellen haben denselben Inhalt."
            if self.gelungen
            else f"Ergebnis: {len(self.verschieden)} von {alle} Tabellen haben einen anderen Inhalt. Was tun: "
            "»sozialraum pruefe« auf die Freigabe anwenden; andere Programmbibliotheken als damals sind eine mögliche "
            "Ursache."
        )
        return "\n".join(zeilen)


def baue_nach(
    ordner: Path, archiv: Archiv, einstellungen: Einstellungen, melde: Callable[[str], None] = lambda _text: None
) -> Nachbau:
    """Build the release of this folder again and compare. Raises ``NachbauFehler`` if it cannot be built.

    Only a temporary folder is written; ``melde`` gets one line per step.
    """
    schein = lies_schein(ordner)
    with tempfile.TemporaryDirectory(prefix="nachbau-") as nebenan:
        daten = Path(nebenan) / "daten"
        daten.mkdir()
        code = hole_code(einstellungen, str(schein["code"]), str(schein["definitionen"]), Path(nebenan) / "code")
        programm = "dem installierten Programm" if code == PROJEKT else f"dem Programm des Commits {schein['code']}"
        melde(f"Nachbau mit {programm}")
        auftrag, hinweise = stelle_bereit(ordner, schein, archiv, daten)
        _laufe(auftrag, code, einstellungen, Path(nebenan) / "auftrag.json")
        neu = lies_schein(daten / "freigaben" / auftrag.id)
    return _vergleiche(schein, neu, programm, hinweise)


def _laufe(auftrag: Auftrag, code: Path, einstellungen: Einstellungen, datei: Path) -> None:
    datei.write_text(auftrag.als_json(), encoding="utf-8")
    schritte = code / _SCHRITTE
    ergebnis = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(schritte if schritte.is_file() else PROJEKT / _SCHRITTE), str(datei)],
        cwd=code,
        env=_umgebung(code, einstellungen),
        capture_output=True,
        text=True,
        check=False,
    )
    if ergebnis.returncode:
        grund = ergebnis.stderr.strip()
        if "Traceback" in grund:
            grund = f"das Programm von damals brach ab: {grund.splitlines()[-1]}"
        raise NachbauFehler(f"Die Freigabe {auftrag.id} ließ sich nicht nachbauen. {grund}")


def _umgebung(code: Path, einstellungen: Einstellungen) -> dict[str, str]:
    """No setting of a run reaches the rebuild, except another folder of declarations."""
    rein = {k: v for k, v in os.environ.items() if not k.startswith(("SOZIALRAUM_", "DAGSTER_", "DBT_", "PYTHONPATH"))}
    if einstellungen.katalog.resolve() != PROJEKT / "quellen" / "katalog":
        rein["SOZIALRAUM_KATALOG"] = str(einstellungen.katalog.resolve())
    return rein | {"PYTHONPATH": str(code)}


def _vergleiche(alt: Mapping[str, Any], neu: Mapping[str, Any], programm: str, hinweise: list[str]) -> Nachbau:
    tabellen = sorted({*alt["tabellen"], *neu["tabellen"]})
    gleich = [t for t in tabellen if _inhalt(alt, t) == _inhalt(neu, t)]
    return Nachbau(
        str(alt["id"]), programm, tuple(gleich), tuple(t for t in tabellen if t not in gleich), tuple(hinweise)
    )


def _inhalt(schein: Mapping[str, Any], tabelle: str) -> str:
    angaben = schein["tabellen"].get(tabelle)
    return json.dumps(angaben, sort_keys=True) if angaben is not None else ""
