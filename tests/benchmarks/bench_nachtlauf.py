"""The nightly run on the example archive against bare ``dbt build`` of the same project: time and memory as ratios.

Belongs here: the measurement, run by hand: ``python -m tests.benchmarks.bench_nachtlauf``. Does not belong here:
limits that fail a build; wall time on a shared machine is no test. All variants take turns within one run, so that a
busy minute hits all of them, and medians are compared. Each variant is a process of its own, import included, as a
person or cron starts it.

- ``dbt``: the ``dbt build`` command on the loaded private file, project parsed before
- ``voll``: ``sozialraum lauf`` without archive, warehouse or release, project parsed before
- ``nichts_neues``: ``sozialraum lauf`` once more
- ``kalt`` (once, with ``--kalt``): ``sozialraum lauf`` in an empty folder
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

PROJEKT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
ZIELE = {"voll": 1.6, "nichts_neues": 0.6}
"""Aims for the wall time relative to ``dbt``."""


@dataclass(frozen=True)
class Messung:
    """One process: wall time, processor time of it and its children, and peak memory (the largest process) in MiB.

    Linux counts the memory of whoever started a process as part of that process's peak, so the starter has to be small.
    """

    wand_s: float
    cpu_s: float
    speicher_mib: float


_WAECHTER = """
import json, os, subprocess, sys, time
beginn = time.perf_counter()
prozess = subprocess.Popen(sys.argv[2:])
_, status, v = os.wait4(prozess.pid, 0)
werte = [time.perf_counter() - beginn, v.ru_utime + v.ru_stime, v.ru_maxrss, os.waitstatus_to_exitcode(status)]
open(sys.argv[1], "w").write(json.dumps(werte))
"""
"""A small process in between: until it runs its own program, a child counts its parent's memory as its own."""


def miss(befehl: Sequence[str], weitere: Mapping[str, str] | None = None) -> Messung:
    """Run a command to its end and measure it. Raises ``RuntimeError`` with its output if it fails."""
    umgebung = {k: v for k, v in os.environ.items() if not k.startswith(("SOZIALRAUM_", "DAGSTER_", "DBT_"))}
    umgebung.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as ausgabe, tempfile.NamedTemporaryFile() as zettel:
        subprocess.run(
            [sys.executable, "-S", "-c", _WAECHTER, zettel.name, *befehl],
            env=umgebung | dict(weitere or {}),
            cwd=PROJEKT,
            stdout=ausgabe,
            stderr=subprocess.STDOUT,
            check=True,
        )
        wand, cpu, spitze, code = json.loads(Path(zettel.name).read_text())
        if code:
            ausgabe.seek(0)
            raise RuntimeError(f"{befehl} endete mit {code}:\n{ausgabe.read().decode()}")
    return Messung(wand, cpu, spitze / (1024**2 if sys.platform == "darwin" else 1024))


def mediane(messungen: Sequence[Messung]) -> Messung:
    """The median of each figure."""
    return Messung(*(statistics.median(werte) for werte in zip(*(asdict(m).values() for m in messungen), strict=True)))


def verhaeltnis(variante: Sequence[Messung], grundlage: Sequence[Messung]) -> Messung:
    """Medians of one variant divided by those of another."""
    v, g = mediane(variante), mediane(grundlage)
    return Messung(v.wand_s / g.wand_s, v.cpu_s / g.cpu_s, v.speicher_mib / g.speicher_mib)


def leere(daten: Path) -> None:
    """Remove everything but what dbt parsed."""
    for pfad in daten.iterdir():
        if pfad.name == "dbt":
            continue
        if pfad.is_dir():
            shutil.rmtree(pfad)
        else:
            pfad.unlink()


def laufe(ordner: Path, wiederholungen: int, kalt: bool) -> dict[str, list[Messung]]:
    """All measurements; ``ordner`` is an empty folder to work in."""
    daten = ordner / "daten"
    lauf = [str(BIN / "sozialraum"), "lauf", "--daten", str(daten)]
    dbt = [str(BIN / "dbt"), "--quiet", "build", "--project-dir", "dbt_projekt", "--profiles-dir", "dbt_projekt"]
    dbt_umgebung = {
        "SOZIALRAUM_LAGER": str(ordner / "dbt" / "lager.duckdb"),
        "DBT_TARGET_PATH": str(ordner / "dbt" / "target"),
        "DBT_LOG_PATH": str(ordner / "dbt" / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    erster = miss(lauf)
    (ordner / "dbt").mkdir()
    shutil.copyfile(daten / "lager.duckdb", ordner / "dbt" / "lager.duckdb")
    miss(dbt, dbt_umgebung)
    ergebnis: dict[str, list[Messung]] = {"dbt": [], "voll": [], "nichts_neues": []}
    for _ in range(wiederholungen):
        ergebnis["dbt"].append(miss(dbt, dbt_umgebung))
        leere(daten)
        ergebnis["voll"].append(miss(lauf))
        ergebnis["nichts_neues"].append(miss(lauf))
    if kalt:
        shutil.rmtree(daten)
        ergebnis["kalt"] = [miss(lauf)]
        ergebnis["allererster"] = [erster]
    return ergebnis


def bericht(ergebnis: Mapping[str, Sequence[Messung]]) -> str:
    """The measurements as a table: medians, and ratios to ``dbt``."""
    zeilen = ["Variante        Wand s   CPU s  Spitze MiB | gegen dbt: Wand   CPU  Spitze  Ziel (Wand)"]
    for name, messungen in ergebnis.items():
        m, v = mediane(messungen), verhaeltnis(messungen, ergebnis["dbt"])
        ziel = f"<= {ZIELE[name]}" if name in ZIELE else ""
        zeilen.append(
            f"{name:<14} {m.wand_s:7.2f} {m.cpu_s:7.2f} {m.speicher_mib:11.0f} |"
            f" {v.wand_s:15.2f} {v.cpu_s:5.2f} {v.speicher_mib:7.2f}  {ziel}"
        )
    return "\n".join(zeilen)


def haupt() -> None:
    """Measure and print."""
    optionen = argparse.ArgumentParser(description="Nachtlauf gegen bloßes dbt build")
    optionen.add_argument("-n", "--wiederholungen", type=int, default=3)
    optionen.add_argument("--kalt", action="store_true", help="auch einen Lauf in leerem Ordner messen")
    optionen.add_argument("--json", action="store_true", help="die einzelnen Messungen statt der Tabelle")
    gewaehlt = optionen.parse_args()
    with tempfile.TemporaryDirectory() as ordner:
        ergebnis = laufe(Path(ordner), gewaehlt.wiederholungen, gewaehlt.kalt)
    if gewaehlt.json:
        print(json.dumps({name: [asdict(m) for m in messungen] for name, messungen in ergebnis.items()}, indent=1))
    else:
        print(bericht(ergebnis))


if __name__ == "__main__":
    haupt()
