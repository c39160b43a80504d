"""Dagster's UI as a process of its own, for as long as a test lasts.

Belongs here: starting it, waiting until it answers, stopping it without leaving anything behind. Does not belong
here: what a visitor looks at.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import requests
from laufhilfe import PROJEKT, umgebung

START_S = 240
ENDE_S = 60


@dataclass(frozen=True)
class Dienst:
    """A running UI: its address and the runtime folder it works on."""

    url: str
    daten: Path


def freier_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def dagster_dev(ordner: Path) -> Iterator[Dienst]:
    """``dagster dev`` on a free port, with run history and runtime data in ``ordner``."""
    heim, port = ordner / "dagster", freier_port()
    heim.mkdir()
    shutil.copyfile(PROJEKT / "pipelines" / "dagster.yaml", heim / "dagster.yaml")
    dienst = Dienst(f"http://127.0.0.1:{port}", ordner / "daten")
    umg = umgebung({"DAGSTER_HOME": str(heim), "SOZIALRAUM_DATEN": str(dienst.daten)})
    umg.pop("PYTHONDONTWRITEBYTECODE", None)
    # a shell that runs the tests in the background has its children ignore SIGINT; the UI must not inherit that
    befehl = ["env", "--default-signal=INT", str(Path(sys.executable).parent / "dagster"), "dev"]
    befehl += ["-w", "workspace.yaml", "-p", str(port)]
    with (ordner / "dagster.log").open("wb") as log:
        prozess = subprocess.Popen(befehl, cwd=PROJEKT, env=umg, stdout=log, stderr=log, start_new_session=True)
    try:
        _warte(dienst, prozess, ordner / "dagster.log")
        yield dienst
    finally:
        prozess.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            prozess.wait(ENDE_S)
        uebrig = _beende(heim)
    assert prozess.returncode == 0, f"dagster dev endete mit {prozess.returncode}"
    assert not uebrig, f"nach dem Ende liefen noch: {uebrig}"


def _warte(dienst: Dienst, prozess: subprocess.Popen[bytes], log: Path) -> None:
    ende = time.monotonic() + START_S
    while time.monotonic() < ende and prozess.poll() is None:
        with suppress(requests.RequestException):
            requests.get(f"{dienst.url}/server_info", timeout=5).raise_for_status()
            return
        time.sleep(0.5)
    raise AssertionError(f"die Oberfläche antwortet nicht:\n{log.read_text(encoding='utf-8')[-3000:]}")


def nachkommen(heim: Path) -> dict[int, str]:
    """Processes that work with this run history: number → command line."""
    gefunden = {}
    for ordner in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"DAGSTER_HOME={heim}\0".encode() in (ordner / "environ").read_bytes():
                gefunden[int(ordner.name)] = (ordner / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return gefunden


def _beende(heim: Path) -> dict[int, str]:
    """Let children finish for a moment, end those that stay; returns the latter."""
    ende = time.monotonic() + ENDE_S / 2
    while nachkommen(heim) and time.monotonic() < ende:
        time.sleep(0.5)
    uebrig = nachkommen(heim)
    for nummer in uebrig:
        with suppress(ProcessLookupError):
            os.kill(nummer, signal.SIGKILL)
    return uebrig
