"""Rules of the tree that a machine can check and no linter does.

Belongs here: sizes, names, what may lie where, and that README.md and CI say the same. Does not belong here: style
(ruff, sqlfluff), types (mypy) and import directions (import-linter).
"""

from __future__ import annotations

import ast
import hashlib
import os
import re
import shlex
import statistics
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from pipelines.cli import app

PROJEKT = Path(__file__).resolve().parent.parent
OBEN = {
    "README.md", "constraints.txt", "dbt_projekt", "pipelines", "pyproject.toml", "quellen", "tests", "workspace.yaml",
}  # fmt: skip
ZEILEN_JE_DATEI = 400
ZEILEN_JE_FUNKTION = {"quellen": 60, "pipelines": 60, "tests": 110}  # tests also list data
MEDIAN_JE_DATEI = 80
TESTZEILEN_JE_QUELLZEILE = 0.8
BEISPIEL_HOECHSTENS = 10_000_000
BEISPIELARCHIV = PROJEKT / "quellen" / "beispiel" / "archiv"


@cache
def dateien() -> tuple[Path, ...]:
    """Everything git holds or would hold."""
    befehl = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    namen = subprocess.run(befehl, cwd=PROJEKT, check=True, capture_output=True).stdout.decode().split("\0")
    return tuple(PROJEKT / n for n in sorted(namen) if n and (PROJEKT / n).is_file())


@cache
def texte() -> dict[Path, str]:
    """All files that are text, without the example archive, which belongs to publishers' formats."""
    gelesen = {}
    for pfad in dateien():
        if BEISPIELARCHIV not in pfad.parents:
            gelesen[pfad.relative_to(PROJEKT)] = pfad.read_text(encoding="utf-8")
    return gelesen


def programme(*ordner: str) -> dict[Path, str]:
    """Python files below the given top folders."""
    return {p: t for p, t in texte().items() if p.suffix == ".py" and p.parts[0] in ordner}


def bloecke(name: str, datei: str = "README.md") -> list[str]:
    """Command lines of a page's code blocks of one language, comments left out."""
    readme = texte()[Path(datei)]
    gefunden = re.findall(rf"^```{name}\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    return [z for block in gefunden for z in block.splitlines() if z and not z.startswith("#")]


def test_oben_liegt_nur_vereinbartes():
    oben = {p.parts[0] for p in (d.relative_to(PROJEKT) for d in dateien())}
    assert {name for name in oben if not name.startswith(".")} == OBEN


def test_keine_datei_ist_zu_lang():
    lang = {str(p): t.count("\n") for p, t in texte().items() if p.suffix in {".py", ".sql", ".yaml"}}
    assert {p: n for p, n in lang.items() if n > ZEILEN_JE_DATEI} == {}


def test_die_mittlere_datei_ist_klein(record_property):
    laengen = [t.count("\n") for t in programme("quellen", "pipelines").values()]
    median = statistics.median(laengen)
    record_property("median_zeilen_je_datei", median)
    print(f"Median der Dateien: {median} Zeilen (angestrebt: {MEDIAN_JE_DATEI})")
    assert median <= 2 * MEDIAN_JE_DATEI


def test_keine_funktion_ist_zu_lang():
    lang = []
    for pfad, text in programme("quellen", "pipelines", "tests").items():
        for knoten in ast.walk(ast.parse(text)):
            if isinstance(knoten, ast.FunctionDef | ast.AsyncFunctionDef):
                zeilen = (knoten.end_lineno or 0) - knoten.lineno + 1
                if zeilen > ZEILEN_JE_FUNKTION[pfad.parts[0]]:
                    lang.append(f"{pfad}:{knoten.lineno} {knoten.name}: {zeilen} Zeilen")
    assert lang == []


def test_jedes_modul_sagt_was_hineingehoert():
    """Also for tests; ruff's rules for docstrings are switched off there."""
    ohne = [
        str(p) for p, t in programme("quellen", "pipelines", "tests").items() if not ast.get_docstring(ast.parse(t))
    ]
    assert ohne == []
    stumm = [
        str(p)
        for p, t in programme("quellen", "pipelines").items()
        if "elongs here" not in (ast.get_docstring(ast.parse(t)) or "")
    ]
    assert stumm == []


def test_es_gibt_genug_tests():
    quelle = sum(t.count("\n") for t in programme("quellen", "pipelines").values())
    tests = sum(t.count("\n") for t in programme("tests").values())
    assert tests >= TESTZEILEN_JE_QUELLZEILE * quelle


@pytest.mark.parametrize(
    ("muster", "was"),
    [
        (r"(?i)\b(?:test\.)?py" + r"pi\.(?:org|io)", "Adresse eines Paketverzeichnisses"),
        (
            r"(?i)pythonh" + r"osted\.org|registry\.npm" + r"js|deb\.deb" + r"ian\.org",
            "Adresse eines Paketverzeichnisses",
        ),
        (r"(?<![\w.])/(?:root|home/\w+|Users/\w+)/", "Pfad einer Maschine"),
        (r"(?i)\bTO" + r"DO\b|\bFIX" + r"ME\b|raise NotImpl" + r"emented", "unfertige Stelle"),
    ],
)
def test_keine_datei_enthaelt(muster: str, was: str):
    gefunden = [
        f"{pfad}:{nr}: {was}: {zeile.strip()}"
        for pfad, text in texte().items()
        for nr, zeile in enumerate(text.splitlines(), 1)
        if re.search(muster, zeile)
    ]
    assert gefunden == []


def test_das_beispielarchiv_ist_klein():
    gross = sum(d.stat().st_size for d in dateien() if BEISPIELARCHIV in d.parents)
    assert 0 < gross < BEISPIEL_HOECHSTENS


def test_keine_echte_datei_liegt_im_projekt(echtdaten: Path):
    """Real files are looked at where they lie; their licences and sizes do not belong in this repository."""
    echte = {hashlib.sha256(p.read_bytes()).hexdigest(): p.name for p in echtdaten.rglob("*") if p.is_file()}
    hier = {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in dateien() if p.stat().st_size}
    assert echte
    assert {str(hier[h].relative_to(PROJEKT)): echte[h] for h in hier.keys() & echte.keys()} == {}


def test_modelle_nennen_ihre_spalten():
    """``SELECT *`` and PIVOT break the column lineage."""
    gefunden = []
    for pfad, text in texte().items():
        if pfad.parts[:2] in {("dbt_projekt", "models"), ("dbt_projekt", "macros")} and pfad.suffix == ".sql":
            ohne = re.sub(r"\{#.*?#\}|--[^\n]*|'[^']*'", " ", text, flags=re.DOTALL)
            ohne = re.sub(r"count\(\s*\*\s*\)", " ", ohne)
            gefunden += [
                f"{pfad}: {t}" for t in re.findall(r"(?i)\bpivot\b|\bselect\s+\*|^\s*\*\s*,?\s*$", ohne, re.MULTILINE)
            ]
    assert gefunden == []


def test_das_sternmuster_trifft():
    """The rule above would see a star that stands on a line of its own."""
    assert re.findall(r"(?i)\bpivot\b|\bselect\s+\*|^\s*\*\s*,?\s*$", "select\n    *,\n  a", re.MULTILINE)


def test_festlegungen_nennen_nur_versionen():
    zeilen = [z for z in texte()[Path("constraints.txt")].splitlines() if z and not z.startswith("#")]
    falsch = [z for z in zeilen if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", z)]
    assert falsch == []
    namen = [re.sub(r"[-_.]+", "-", z.split("==")[0]).lower() for z in zeilen]
    assert len(namen) == len(set(namen))
    fest = dict(z.split("==") for z in zeilen)
    assert fest["duckdb"] == "1.5.5"
    assert fest["dbt-core"] == "1.11.16"


def test_readme_und_ci_sagen_dasselbe():
    """The first block of README.md holds the two lines; CI runs the second one word for word."""
    haupt, tests = bloecke("bash")[:2]
    for zeile in (haupt, tests):
        assert zeile.startswith("python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e ")
    assert haupt.endswith("&& .venv/bin/sozialraum lauf")
    assert tests.endswith("&& .venv/bin/python -m tests")
    ci = texte()[Path(".ci/run")].splitlines()
    assert tests in ci
    assert os.access(PROJEKT / ".ci" / "run", os.X_OK)
    assert "unset PYTHONDONTWRITEBYTECODE" in ci


@pytest.mark.parametrize(
    ("readme", "mindestens"),
    [
        ("README.md", {"lauf", "quellen", "ablegen", "herkunft", "pruefe", "portal"}),
        (
            "quellen/README.md",
            {"lesen", "quelle neu", "quelle pruefe", "quelle annehmen", "ablegen", "lauf", "eingang"},
        ),
    ],
)
def test_befehle_der_readme_gibt_es(readme: str, mindestens: set[str]):
    """Every ``sozialraum`` line of a page names a command that exists, with options that it has; also in the text."""
    text = texte()[Path(readme)]
    zeilen = [z.split(".venv/bin/sozialraum ", 1)[1].partition(" | ")[0] for z in bloecke("bash", readme)
              if ".venv/bin/sozialraum " in z]  # fmt: skip
    zeilen += [z for z in re.findall(r"`sozialraum ([^`]+)`", text) if not z.startswith("--")]
    genannt = set()
    for zeile in zeilen:
        name, befehl, rest = finde_befehl(shlex.split(zeile.replace("…", "x")))
        genannt.add(name)
        bekannt = {o for p in befehl.params for o in p.opts} | {"--help"}
        optionen = {w for w in rest if w.startswith("--")}
        assert optionen <= bekannt, f"{name}: {optionen - bekannt}"
    assert genannt >= mindestens


def finde_befehl(worte: list[str]) -> tuple[str, Any, list[str]]:
    """Full name, command and remaining words of a command line; goes down into groups such as ``quelle``."""
    befehl: Any = get_command(app)
    name = []
    while hasattr(befehl, "commands") and worte:
        assert worte[0] in befehl.commands, " ".join([*name, worte[0]])
        befehl = befehl.commands[worte[0]]
        name.append(worte[0])
        worte = worte[1:]
    return " ".join(name), befehl, worte
