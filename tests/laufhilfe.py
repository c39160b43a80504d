"""Starting the command line from tests, and work that a whole test session does once.

Belongs here: how a run is started and what it said. Does not belong here: what is expected of it.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

PROJEKT = Path(__file__).resolve().parent.parent
BEISPIELARCHIV = PROJEKT / "quellen" / "beispiel" / "archiv"
GENESIS = {"SOZIALRAUM_GENESIS_BENUTZER": "beispiel", "SOZIALRAUM_GENESIS_PASSWORT": "beispiel"}


@dataclass(frozen=True)
class Lauf:
    """What one command printed (both streams) and its exit status."""

    code: int
    text: str


@dataclass(frozen=True)
class Szene:
    """A runtime folder and the commands that filled it, in order."""

    daten: Path
    laeufe: tuple[Lauf, ...]

    @property
    def freigabe(self) -> Path:
        """Folder of the current release."""
        return (self.daten / "freigaben" / "aktuell").resolve()

    @property
    def datei(self) -> Path:
        """The released DuckDB file."""
        return self.freigabe / "sozialraum.duckdb"

    def schein(self) -> dict[str, object]:
        """The release note ``freigabe.json``."""
        inhalt: dict[str, object] = json.loads((self.freigabe / "freigabe.json").read_text(encoding="utf-8"))
        return inhalt

    def frage(self, sql: str, *werte: object) -> list[tuple[object, ...]]:
        """Rows of a query on the released file."""
        return frage(self.datei, sql, *werte)


def frage(datei: Path, sql: str, *werte: object) -> list[tuple[object, ...]]:
    """Rows of a query on a DuckDB file, opened for reading only."""
    with duckdb.connect(str(datei), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        return con.execute(sql, list(werte)).fetchall()


def umgebung(weitere: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a command: none of this machine's settings, wide lines, no waiting between retries."""
    rein = {k: v for k, v in os.environ.items() if not k.startswith(("SOZIALRAUM_", "DAGSTER_", "DBT_"))}
    return rein | {"COLUMNS": "200", "NO_COLOR": "1", "SOZIALRAUM_WARTEZEIT": "0"} | dict(weitere or {})


def befehl() -> str:
    """The installed command, beside the interpreter that runs the tests."""
    gefunden = shutil.which("sozialraum", path=str(Path(sys.executable).parent)) or shutil.which("sozialraum")
    assert gefunden, "der Befehl sozialraum ist nicht installiert: pip install -e ."
    return gefunden


def sozialraum(*argumente: str, weitere: Mapping[str, str] | None = None, zeit_s: float = 600) -> Lauf:
    """Run the installed command in a process of its own."""
    ergebnis = subprocess.run(
        [befehl(), *argumente],
        env=umgebung(weitere),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=zeit_s,
        check=False,
    )
    return Lauf(ergebnis.returncode, ergebnis.stdout)


def einmal(wurzel: Path, name: str, mache: Callable[[Path], list[Lauf]]) -> Szene:
    """Let ``mache`` fill the folder ``wurzel/name`` once, however many workers ask for it; others wait for it."""
    ordner = wurzel / name
    merkzettel = wurzel / f"{name}.json"
    with FileLock(wurzel / f"{name}.sperre"):
        if not merkzettel.exists():
            shutil.rmtree(ordner, ignore_errors=True)
            ordner.mkdir(parents=True)
            laeufe = mache(ordner)
            merkzettel.write_text(json.dumps([asdict(lauf) for lauf in laeufe], ensure_ascii=False), encoding="utf-8")
    gelesen = json.loads(merkzettel.read_text(encoding="utf-8"))
    return Szene(ordner, tuple(Lauf(**lauf) for lauf in gelesen))


def gemeinsam(wurzel: Path, name: str, mache: Callable[[Path], Any]) -> Any:
    """What ``mache`` makes in the folder ``wurzel/name``, made by one worker and read by all."""
    ordner, ergebnis = wurzel / name, wurzel / f"{name}.pickle"
    with FileLock(wurzel / f"{name}.sperre"):
        if not ergebnis.exists():
            shutil.rmtree(ordner, ignore_errors=True)
            ordner.mkdir(parents=True)
            ergebnis.write_bytes(pickle.dumps(mache(ordner)))
    return pickle.loads(ergebnis.read_bytes())


Einmal = Callable[[str, Callable[[Path], list[Lauf]]], Szene]
"""``szene(name, mache)``: the fixture that calls ``einmal`` for the session."""
Gemeinsam = Callable[[str, Callable[[Path], Any]], Any]
"""``welt(name, mache)``: the fixture that calls ``gemeinsam`` for the session."""
