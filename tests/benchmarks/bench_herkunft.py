"""``herkunft`` from a released file: how long it takes, and how that grows with the number of observations.

Belongs here: the measurement, run by hand: ``python -m tests.benchmarks.bench_herkunft --datei sozialraum.duckdb``.
Does not belong here: limits that fail a build. The observations of a release are multiplied by copies in other
districts, written sorted as a release writes them; the questions stay the same. Side by side, in turns: the macro, and
a scan of all observations for one district and day that no sorting helps.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.freigabe.bauen import STORAGE_VERSION
from pipelines.freigabe.makro import als_sql
from pipelines.freigabe.tabellen import sortierung

ZIEL_S = 0.05
"""Aim for the median on the example release."""
_SCAN = (
    "select count(*), sum(b.wert) from beobachtungen as b "
    "where concat(b.gebiet, b.stichtag) = concat(?::varchar, ?::date)"
)
Frage = tuple[str, str, object]


@dataclass(frozen=True)
class Messung:
    """Medians at one size, in seconds, and rows that the macro gave in all.

    Growth is judged by processor time, which a busy machine does not change.
    """

    beobachtungen: int
    herkunft_s: float
    herkunft_cpu_s: float
    scan_s: float
    zeilen: int


def vergroessere(quelle: Path, ziel: Path, mindestens: int, saat: int = 1) -> int:
    """Write a file like a released one with at least so many observations; returns how many."""
    with duckdb.connect() as con:
        con.execute(f"attach '{quelle}' as alt (read_only)")
        con.execute(f"attach '{ziel}' as neu (storage_version '{STORAGE_VERSION}')")
        con.execute("use neu")
        alle = con.execute("select table_name from duckdb_tables() where database_name = 'alt'").fetchall()
        for (tabelle,) in alle:
            if tabelle != "beobachtungen":
                con.execute(f"create table {tabelle} as from alt.main.{tabelle}")
        spalten = [str(z[0]) for z in con.execute("describe alt.main.beobachtungen").fetchall()]
        vorhanden = int(con.execute("select count(*) from alt.main.beobachtungen").fetchall()[0][0])
        kopien = max(0, math.ceil(mindestens / max(vorhanden, 1)) - 1)
        vorsilben = random.Random(saat).sample(range(1000, 17000), kopien)
        con.execute("create temp table kopien as select unnest(?::integer[]) as kopie", [vorsilben])
        con.execute(
            "create table beobachtungen as from alt.main.beobachtungen union all "
            "select b.* replace (printf('%05d', k.kopie) || 'x' || substr(b.gebiet, 6) as gebiet) "
            f"from alt.main.beobachtungen as b cross join kopien as k order by {sortierung('beobachtungen', spalten)}"
        )
        for makro in als_sql().values():
            con.execute(makro)
        return int(con.execute("select count(*) from beobachtungen").fetchall()[0][0])


def fragen(datei: Path, anzahl: int, saat: int) -> list[Frage]:
    """Seeded random figures."""
    with duckdb.connect(str(datei), read_only=True) as con:
        alle = con.execute("select distinct indikator, gebiet, stichtag from indikatoren order by all").fetchall()
    return random.Random(saat).sample(alle, min(anzahl, len(alle)))


def miss(datei: Path, auswahl: Sequence[Frage]) -> Messung:
    """Every question once by the macro and once by a scan, in turns, after one that is not counted."""
    with duckdb.connect(str(datei), read_only=True) as con:
        beobachtungen = int(con.execute("select count(*) from beobachtungen").fetchall()[0][0])
        je, cpu, voll, zeilen = [], [], [], 0
        for nr, (indikator, gebiet, tag) in enumerate([auswahl[0], *auswahl]):
            makro, gerechnet, gefunden = _zeit(lambda i=indikator, g=gebiet, t=tag: _rufe(con, i, g, t))
            scan, _, _ = _zeit(lambda g=gebiet, t=tag: len(con.execute(_SCAN, [g, t]).fetchall()))
            if nr:
                je.append(makro)
                cpu.append(gerechnet)
                voll.append(scan)
                zeilen += gefunden
    return Messung(beobachtungen, statistics.median(je), statistics.median(cpu), statistics.median(voll), zeilen)


def _rufe(con: duckdb.DuckDBPyConnection, *frage: object) -> int:
    return len(con.execute("from herkunft(?, ?, ?)", list(frage)).fetchall())


def _zeit(arbeit: Callable[[], int]) -> tuple[float, float, int]:
    beginn, gerechnet = time.perf_counter(), time.process_time()
    ergebnis = arbeit()
    return time.perf_counter() - beginn, time.process_time() - gerechnet, ergebnis


def bericht(messungen: Sequence[Messung]) -> str:
    """One line per size: times, against the scan, against the smallest size, and what the logarithm would allow."""
    erste = messungen[0]
    zeilen = ["Beobachtungen  herkunft ms  CPU ms   scan ms | herkunft/scan  CPU gewachsen  Logarithmus"]
    for m in messungen:
        logarithmus = math.log(m.beobachtungen) / math.log(erste.beobachtungen)
        zeilen.append(
            f"{m.beobachtungen:13d} {1000 * m.herkunft_s:12.1f} {1000 * m.herkunft_cpu_s:7.1f} "
            f"{1000 * m.scan_s:9.1f} | "
            f"{m.herkunft_s / m.scan_s:13.2f} {m.herkunft_cpu_s / erste.herkunft_cpu_s:14.2f} {logarithmus:12.2f}"
        )
    return "\n".join(zeilen)


def main() -> None:
    """Measure the release as it is, then multiplied."""
    wahl = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wahl.add_argument("--datei", type=Path, required=True, help="freigegebene sozialraum.duckdb")
    wahl.add_argument("--groessen", type=int, nargs="*", default=[1_000_000, 3_000_000, 10_000_000])
    wahl.add_argument("--fragen", type=int, default=100)
    wahl.add_argument("--saat", type=int, default=1)
    w = wahl.parse_args()
    auswahl = fragen(w.datei, w.fragen, w.saat)
    messungen = [miss(w.datei, auswahl)]
    for groesse in w.groessen:
        with tempfile.TemporaryDirectory(prefix="herkunft-") as ordner:
            ziel = Path(ordner) / "gross.duckdb"
            vergroessere(w.datei.resolve(), ziel, groesse)
            messungen.append(miss(ziel, auswahl))
    sys.stdout.write(f"{bericht(messungen)}\nZiel: {1000 * ZIEL_S:.0f} ms beim Beispiel\n")


if __name__ == "__main__":
    main()
