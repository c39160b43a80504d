"""Reading GENESIS flat CSV against ``pandas.read_csv`` of the same bytes: time and memory as ratios.

Belongs here: the measurement, run by hand: ``python -m tests.benchmarks.bench_lesen``. Does not belong here: limits
that fail a build. All variants take turns within one run and medians are compared. Each is a process of its own, which
times its reading without imports (small files several times over); its peak memory includes them.

- ``pandas``: ``pandas.read_csv(BytesIO(bytes), sep=";", dtype=str)``, which keeps no line numbers and checks nothing
- ``lesen``: ``quellen.lesen.lesen`` of the same bytes, whole table
- ``stueckweise``: ``quellen.lesen.lesen_stueckweise`` of the file, every piece looked at and dropped
- ``stueckweise_zip``: the same from inside a ZIP
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench_nachtlauf import Messung, mediane, miss, verhaeltnis

ZIEL = 1.5
"""Aim for the time relative to ``pandas``."""
_DATEN, _STROM = "d = open(p, 'rb').read()", "d = b''"
_STUECKE = "n = sum(len(t.daten) for t in lesen_stueckweise(open({}, 'rb'), f, datei='x'))"
VARIANTEN = {
    "pandas": (_DATEN, "n = len(pd.read_csv(io.BytesIO(d), sep=';', dtype=str))"),
    "lesen": (_DATEN, "n = len(lesen(d, f, datei='x').daten)"),
    "stueckweise": (_STROM, _STUECKE.format("p")),
    "stueckweise_zip": (_STROM, _STUECKE.format("p + '.zip'")),
}
"""Per variant: what is done before the time starts, and what is timed (``p``: path, ``n``: records seen)."""
_PROGRAMM = """
import io, statistics, sys, time
import pandas as pd
from quellen.lesen import lesen, lesen_stueckweise
from quellen.modell import Format
f = Format(art='ffcsv', kodierung='utf-8-sig', orte={{}})
p, ziel, soll, mal = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
{vorher}
wand, cpu = [], []
for _ in range(mal):
    w, c = time.perf_counter(), time.process_time()
    {gemessen}
    wand.append(time.perf_counter() - w)
    cpu.append(time.process_time() - c)
    if n != soll:
        sys.exit(f'{{n}} statt {{soll}} Zeilen')
open(ziel, 'w').write(f'{{statistics.median(wand)}} {{statistics.median(cpu)}}')
"""
KOPF = (
    "statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;"
    "1_variable_attribute_code;1_variable_attribute_label;2_variable_code;2_variable_label;2_variable_attribute_code;"
    "2_variable_attribute_label;value;value_unit;value_variable_code;value_variable_label\n"
)


def zeilen(saat: int) -> Iterator[str]:
    """Endless lines of a flat CSV, as table 12411-01-01-4 has them."""
    zufall = random.Random(saat)
    kreise = [(f"{zufall.randrange(1, 17):02d}{zufall.randrange(1000):03d}", f"Kreis Nummer {i}") for i in range(500)]
    geschlechter = [("GESM", "männlich"), ("GESW", "weiblich"), ("", "Insgesamt")]
    while True:
        (kreis, name), (code, wort) = zufall.choice(kreise), zufall.choice(geschlechter)
        wert = zufall.choice(["-", ".", *["x"] * 2]) if zufall.random() < 0.01 else zufall.randrange(2_000_000)
        yield (
            f"12411;Fortschreibung des Bevölkerungsstandes;STAG;Stichtag;{zufall.randrange(1990, 2026)}-12-31;KREISE;"
            f"Kreise und kreisfreie Städte;{kreis};{name}, Landkreis;GES;Geschlecht;{code};{wort};{wert};Anzahl;BEVSTD;"
            "Bevölkerungsstand\n"
        )


def erzeuge(pfad: Path, mb: float, saat: int = 1) -> int:
    """Write a synthetic flat CSV of about ``mb`` million bytes and a ZIP of it beside it; the number of records."""
    quelle, anzahl, bytes_ = zeilen(saat), 0, 0
    with pfad.open("wb") as datei:
        datei.write(("\ufeff" + KOPF).encode())
        while bytes_ < mb * 1e6:
            block = "".join(next(quelle) for _ in range(2000)).encode()
            bytes_ += datei.write(block)
            anzahl += 2000
    verpacke(pfad)
    return anzahl


def verpacke(pfad: Path) -> None:
    """A ZIP with the file in it, called like it with ``.zip``."""
    with zipfile.ZipFile(f"{pfad}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archiv:
        archiv.write(pfad, pfad.name)


def laufe(pfad: Path, wiederholungen: int) -> dict[str, list[Messung]]:
    """All measurements of one file; every variant has to see the same number of records."""
    ergebnis: dict[str, list[Messung]] = {name: [] for name in VARIANTEN}
    with pfad.open("rb") as datei:
        anzahl = sum(1 for _ in datei) - 1
    zeiten = pfad.with_suffix(".zeiten")
    mal = max(1, min(20, 20_000_000 // pfad.stat().st_size))
    for _ in range(wiederholungen):
        for name, (vorher, gemessen) in VARIANTEN.items():
            programm = _PROGRAMM.format(vorher=vorher, gemessen=gemessen)
            ganz = miss([sys.executable, "-c", programm, str(pfad), str(zeiten), str(anzahl), str(mal)])
            wand, cpu = map(float, zeiten.read_text(encoding="utf-8").split())
            ergebnis[name].append(Messung(wand, cpu, ganz.speicher_mib))
    return ergebnis


def bericht(titel: str, ergebnis: Mapping[str, Sequence[Messung]]) -> str:
    """The measurements of one file as a table: medians, and ratios to ``pandas``."""
    zeilen_ = [titel, "Variante          Wand s   CPU s  Spitze MiB | gegen pandas: Wand   CPU  Spitze  Ziel"]
    for name, messungen in ergebnis.items():
        m, v = mediane(messungen), verhaeltnis(messungen, ergebnis["pandas"])
        ziel = "" if name == "pandas" else f"<= {ZIEL}"
        zeilen_.append(
            f"{name:<16} {m.wand_s:7.3f} {m.cpu_s:7.3f} {m.speicher_mib:11.0f} |"
            f" {v.wand_s:18.2f} {v.cpu_s:5.2f} {v.speicher_mib:7.2f}  {ziel}".rstrip()
        )
    return "\n".join(zeilen_)


def haupt() -> None:
    """Measure and print."""
    optionen = argparse.ArgumentParser(description="Lesen von ffcsv gegen pandas.read_csv")
    optionen.add_argument("-n", "--wiederholungen", type=int, default=3)
    optionen.add_argument("--mb", type=float, default=500, help="Größe der erzeugten Datei in Millionen Bytes")
    optionen.add_argument("--datei", type=Path, action="append", default=[], help="auch diese ffcsv-Datei oder ihr ZIP")
    optionen.add_argument("--json", action="store_true", help="die einzelnen Messungen statt der Tabelle")
    gewaehlt = optionen.parse_args()
    with tempfile.TemporaryDirectory() as ordner:
        for nummer, quelle in enumerate([*gewaehlt.datei, None]):
            pfad = Path(ordner) / f"{nummer}.csv"
            if quelle is None:
                erzeuge(pfad, gewaehlt.mb)
            else:
                _hole(quelle, pfad)
            ergebnis = laufe(pfad, gewaehlt.wiederholungen)
            titel = f"{quelle.name if quelle else 'erzeugt'}: {pfad.stat().st_size / 1e6:.1f} MB"
            if gewaehlt.json:
                print(json.dumps({titel: {n: [asdict(m) for m in ms] for n, ms in ergebnis.items()}}, indent=1))
            else:
                print(bericht(titel, ergebnis), flush=True)


def _hole(quelle: Path, ziel: Path) -> None:
    if zipfile.is_zipfile(quelle):
        with zipfile.ZipFile(quelle) as archiv:
            ziel.write_bytes(archiv.read(archiv.namelist()[0]))
    else:
        ziel.write_bytes(quelle.read_bytes())
    verpacke(ziel)


if __name__ == "__main__":
    haupt()
