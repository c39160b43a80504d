"""The command line inside this process, and files of the example archive to call it with."""

from __future__ import annotations

from pathlib import Path

import pytest
from laufhilfe import BEISPIELARCHIV, Lauf
from rich.console import Console
from typer.testing import CliRunner

from pipelines.cli import app, gemeinsam
from quellen.archiv import Archiv


def ruf(*argumente: str) -> Lauf:
    """The command inside this process, where no process of its own is needed."""
    with pytest.MonkeyPatch.context() as breit:
        breit.setattr(gemeinsam, "konsole", Console(width=200))  # the width is read once, when the module is loaded
        ergebnis = CliRunner().invoke(app, list(argumente), env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert ergebnis.exception is None or isinstance(ergebnis.exception, SystemExit), ergebnis.exception
    return Lauf(ergebnis.exit_code, ergebnis.output)


def beispieldatei(quelle: str, teil: str, ordner: Path) -> Path:
    """A file of the example archive under the name that it came with."""
    archiv = Archiv(BEISPIELARCHIV)
    [abruf] = [a for a in archiv.abrufe(quelle) if a.teil == teil]
    datei = ordner / abruf.objekte[0].datei
    datei.write_bytes(archiv.lesen(abruf.objekte[0].sha256))
    return datei
