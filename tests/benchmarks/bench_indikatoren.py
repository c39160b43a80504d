"""100 indicators over a million and more observations: the compiled SQL against a scan, FILTER clauses and pandas.

Belongs here: the measurement, run by hand: ``python -m tests.benchmarks.bench_indikatoren``. Does not belong here:
limits that fail a build, and what is measured (``indikatorbank``). All shapes take turns within one run on the same
file and medians are compared. Each is a process of its own, which times its work without imports; its peak memory
includes them.

- ``boden``: one scan that reads the same columns and sums by district and date
- ``filter``: the same 100 indicators as two FILTER clauses each, one row per district and date
- ``filter_lang``: the same, one row per figure with its numerator and denominator
- ``uebersetzen``: making the compiler's SQL, whatever the number of observations; not part of the shapes below
- ``summen``: the compiler's way to the same numerators and denominators, from finding the classes on
- ``summen_gespeichert``: the same from the sums of the classes (``zaehlungen``), as the warehouse stores them once a
  night for all themes
- ``klassen``: the project's models from observations to figures, from finding the classes on; one row per figure with
  numerator, denominator, status, interval and reliability, which ``filter`` does not give
- ``klassen_gespeichert``: the same from the sums of the classes: what a theme's model does every night
- ``pandas``: one mask and grouped sum per side
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench_nachtlauf import Messung, mediane, miss, verhaeltnis
from indikatorbank import ABLAGE, fuelle

GESPEICHERT = "summen_gespeichert"
FORMEN = (
    "boden", "filter", "filter_lang", "uebersetzen", "summen", GESPEICHERT, "klassen", "klassen_gespeichert", "pandas",
)  # fmt: skip
ZIELE = {"filter": 8.0, "pandas": 20.0}
"""Aims: how many times as long as the compiler the others take at least, which answer the same question."""
PANDAS_BIS = 20_000_000
"""More observations than this do not fit into memory with pandas."""
_PROGRAMM = """
import sys, time
sys.path.insert(0, sys.argv[1])
from indikatorbank import messe
messe(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])
"""


def laufe(datei: Path, anzahl: int, wiederholungen: int, formen: Sequence[str]) -> dict[str, list[Messung]]:
    """Measurements of all shapes, taking turns."""
    ergebnis: dict[str, list[Messung]] = {form: [] for form in formen}
    with tempfile.TemporaryDirectory() as ordner:
        zettel = Path(ordner) / "zeit"

        def einmal(form: str) -> Messung:
            hier = str(Path(__file__).parent)
            gemessen = miss([sys.executable, "-c", _PROGRAMM, hier, form, str(datei), str(anzahl), str(zettel)])
            wand, cpu = map(float, zettel.read_text(encoding="utf-8").split())
            return replace(gemessen, wand_s=wand, cpu_s=cpu)

        einmal(ABLAGE)
        for _ in range(wiederholungen):
            for form in formen:
                ergebnis[form].append(einmal(form))
    return ergebnis


def bericht(titel: str, ergebnis: Mapping[str, Sequence[Messung]]) -> str:
    """A table: medians and how many times the time of ``summen``, also from stored classes, each shape takes."""
    zeilen = [
        titel,
        f"{'Form':19} {'Wand s':>9} {'CPU s':>9} {'MiB':>7} | × summen (Wand, CPU) | × {GESPEICHERT} (Wand, CPU)",
    ]
    for form, messungen in ergebnis.items():
        m = mediane(messungen)
        s, k = (verhaeltnis(messungen, ergebnis[womit]) for womit in ("summen", GESPEICHERT))
        ziel = f"  >= {ZIELE[form]:g}" if form in ZIELE else ""
        zeilen.append(
            f"{form:19} {m.wand_s:9.3f} {m.cpu_s:9.3f} {m.speicher_mib:7.0f} | {s.wand_s:8.2f} {s.cpu_s:8.2f} "
            f"| {k.wand_s:8.2f} {k.cpu_s:8.2f}{ziel}"
        )
    return "\n".join(zeilen)


def haupt() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beobachtungen", type=float, nargs="+", default=[1e6, 1e7])
    parser.add_argument("--indikatoren", type=int, default=100)
    parser.add_argument("-n", "--wiederholungen", type=int, default=3)
    parser.add_argument("--duenn", action="store_true", help="one of four cells only")
    parser.add_argument("--staaten", type=int, default=0, help="foreigners by so many states: more cells, fewer dates")
    parser.add_argument("--formen", nargs="+", choices=FORMEN, default=FORMEN, help="only these, besides summen")
    argumente = parser.parse_args()
    for anzahl in argumente.beobachtungen:
        with tempfile.TemporaryDirectory() as ordner:
            datei = Path(ordner) / "bank.duckdb"
            zeilen = fuelle(datei, int(anzahl), argumente.duenn, argumente.staaten)
            gewaehlt = {"summen", GESPEICHERT, *argumente.formen}
            formen = [f for f in FORMEN if f in gewaehlt and (f != "pandas" or zeilen <= PANDAS_BIS)]
            art = ", dünn" * argumente.duenn + f", {argumente.staaten} Staaten" * bool(argumente.staaten)
            titel = f"{zeilen:,} Beobachtungen{art}, {argumente.indikatoren} Indikatoren"
            print(bericht(titel, laufe(datei, argumente.indikatoren, argumente.wiederholungen, formen)), flush=True)


if __name__ == "__main__":
    haupt()
