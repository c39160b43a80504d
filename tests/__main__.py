"""Everything that must hold before a change lands: ``python -m tests``; what follows is handed to pytest.

Belongs here: which checks there are and in which order. Does not belong here: what they check. The checks that only
read run one after another beside pytest, which has two workers. Ends with 1 and the names of what failed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

PROJEKT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Schritt:
    """One check: its name, its command line and what it needs in the environment."""

    name: str
    befehl: Sequence[str]
    umgebung: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ergebnis:
    """What a check said, whether it passed, and how long it took."""

    schritt: Schritt
    bestanden: bool
    text: str
    sekunden: float


def lesende(zwischen: Path) -> list[Schritt]:
    """The checks that read the tree only, the longest first; ``zwischen`` takes what dbt writes on the way."""
    dbt = {
        "SOZIALRAUM_LAGER": str(zwischen / "lager.duckdb"),
        "DBT_TARGET_PATH": str(zwischen / "target"),
        "DBT_LOG_PATH": str(zwischen / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    sqlfluff = ["sqlfluff", "lint", "--disable-progress-bar", *eigenes_sql()]
    return [
        Schritt("sqlfluff", sqlfluff, dbt),
        Schritt("mypy", ["mypy"]),
        Schritt("ruff check", ["ruff", "check", "."]),
        Schritt("ruff format", ["ruff", "format", "--check", "."]),
        Schritt("lint-imports", ["lint-imports"]),
    ]


def eigenes_sql() -> list[str]:
    """Models and tests in which somebody wrote SQL. A file that is one call of a macro holds nothing to lint, and what
    the compiler makes of it takes minutes to parse."""
    ordner = PROJEKT / "dbt_projekt"
    dateien = [*sorted((ordner / "models").rglob("*.sql")), *sorted((ordner / "tests").glob("*.sql"))]
    nur_aufruf = re.compile(r"\{\{\s*\w+\('\w+'\)\s*\}\}")
    return [
        str(d.relative_to(PROJEKT)) for d in dateien if not nur_aufruf.fullmatch(d.read_text(encoding="utf-8").strip())
    ]


def fuehre_aus(schritt: Schritt) -> Ergebnis:
    """Run one check in the project's folder and keep its output."""
    beginn = time.monotonic()
    name, *argumente = schritt.befehl
    lauf = subprocess.run(
        [str(BIN / name), *argumente],
        cwd=PROJEKT,
        env=os.environ | schritt.umgebung,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Ergebnis(schritt, lauf.returncode == 0, lauf.stdout, time.monotonic() - beginn)


def melde(ergebnis: Ergebnis) -> None:
    """One line for what passed; the whole output of what did not."""
    wort = "bestanden" if ergebnis.bestanden else "NICHT bestanden"
    print(f"{ergebnis.schritt.name}: {wort} ({ergebnis.sekunden:.0f} s)", flush=True)
    if not ergebnis.bestanden:
        print(ergebnis.text, flush=True)


def haupt(argumente: Sequence[str]) -> int:
    """Run all checks; returns the exit status."""
    with tempfile.TemporaryDirectory() as ordner, ThreadPoolExecutor(1) as daneben:
        lesend = [daneben.submit(fuehre_aus, schritt) for schritt in lesende(Path(ordner))]
        pytest = subprocess.run(
            [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", *argumente], cwd=PROJEKT, check=False
        )
        ergebnisse = [gelaufen.result() for gelaufen in lesend]
    for ergebnis in ergebnisse:
        melde(ergebnis)
    gescheitert = [e.schritt.name for e in ergebnisse if not e.bestanden] + ["pytest"] * bool(pytest.returncode)
    print("Nicht bestanden: " + ", ".join(gescheitert) if gescheitert else "Alles bestanden", flush=True)
    return 1 if gescheitert else 0


if __name__ == "__main__":
    sys.exit(haupt(sys.argv[1:]))
