"""What it costs that a release proves itself: the audit against ``dbt build``, and the size of provenance.

Belongs here: both measurements, run by hand: ``python -m tests.benchmarks.bench_beleg --daten DIR`` on a runtime folder
after a run. Does not belong here: limits that fail a build. ``dbt build`` and ``sozialraum pruefe`` take turns, each a
process of its own with its imports. For the size all tables are written as a release writes them, with and without the
columns, and without the tables, that hold nothing but provenance.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))
from bench_nachtlauf import BIN, Messung, mediane, miss, verhaeltnis

from pipelines.freigabe.bauen import STORAGE_VERSION
from pipelines.freigabe.inhalt import spaltentypen
from pipelines.freigabe.tabellen import bezeichner, sortierung

ZIEL_PRUEFE, ZIEL_GROESSE = 3.0, 0.3
SPALTEN = frozenset({"abruf", "zeile", "spalte", "originaltext", "korrigiert", "korrektur", "klasse"})
"""Columns that say where a value comes from."""
TABELLEN = frozenset({"abrufe", "ableitungen", "indikator_zuordnung", "spaltenherkunft"})
"""Tables that say nothing else."""


def laufe(daten: Path, ordner: Path, wiederholungen: int) -> dict[str, list[Messung]]:
    """``dbt build`` on a copy of the private file, and the audit of the current release, in turns."""
    dbt = [str(BIN / "dbt"), "--quiet", "build", "--project-dir", "dbt_projekt", "--profiles-dir", "dbt_projekt"]
    umgebung = {
        "SOZIALRAUM_LAGER": str(ordner / "lager.duckdb"),
        "DBT_TARGET_PATH": str(ordner / "target"),
        "DBT_LOG_PATH": str(ordner / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    shutil.copyfile(daten / "lager.duckdb", ordner / "lager.duckdb")
    miss(dbt, umgebung)
    ergebnis: dict[str, list[Messung]] = {"dbt": [], "pruefe": []}
    for _ in range(wiederholungen):
        ergebnis["dbt"].append(miss(dbt, umgebung))
        ergebnis["pruefe"].append(miss([str(BIN / "sozialraum"), "pruefe", "--daten", str(daten)]))
    return ergebnis


def groessen(datei: Path, ordner: Path) -> dict[str, dict[str, int]]:
    """Format → variant → bytes of all tables: whole, without provenance columns, without provenance tables too."""
    varianten: Mapping[str, tuple[Collection[str], Collection[str]]] = {
        "ganz": ((), ()),
        "ohne_spalten": (SPALTEN, ()),
        "ohne_beides": (SPALTEN, TABELLEN),
    }
    ergebnis: dict[str, dict[str, int]] = {"duckdb": {}, "parquet": {}, "csv": {}}
    for variante, (spalten, tabellen) in varianten.items():
        ziel = ordner / variante
        ziel.mkdir()
        _schreibe(datei, ziel, spalten, tabellen)
        for art, je in ergebnis.items():
            je[variante] = sum(p.stat().st_size for p in ziel.glob(f"*.{art}"))
    return ergebnis


def _schreibe(datei: Path, ziel: Path, ohne_spalten: Collection[str], ohne_tabellen: Collection[str]) -> None:
    with duckdb.connect() as con:
        con.execute(f"attach '{datei}' as alt (read_only)")
        con.execute(f"attach '{ziel}/alle.duckdb' as neu (storage_version '{STORAGE_VERSION}')")
        con.execute("use neu")
        con.execute("begin")
        namen = con.execute(
            "select table_name from duckdb_tables() where database_name = 'alt' order by table_name"
        ).fetchall()
        for (name,) in namen:
            alle = list(spaltentypen(con, f"alt.main.{bezeichner(name)}"))
            bleibt = [s for s in alle if s not in ohne_spalten or name in TABELLEN]
            if name in ohne_tabellen:
                continue
            con.execute(
                f"create table {bezeichner(name)} as select {', '.join(map(bezeichner, bleibt))} "
                f"from alt.main.{bezeichner(name)} order by {sortierung(name, alle)}"
            )
            con.execute(f"copy {bezeichner(name)} to '{ziel}/{name}.parquet' (format parquet, compression zstd)")
            con.execute(f"copy {bezeichner(name)} to '{ziel}/{name}.csv' (format csv, header true)")
        con.execute("commit")
        con.execute("checkpoint neu")


def bericht_groesse(ergebnis: Mapping[str, Mapping[str, int]]) -> str:
    """Bytes and shares per format and of all together."""
    zeilen = ["Format      ganz MB | Anteil der Spalten  der Spalten und Tabellen"]
    summe = {v: sum(je[v] for je in ergebnis.values()) for v in ("ganz", "ohne_spalten", "ohne_beides")}
    for art, je in {**ergebnis, "zusammen": summe}.items():
        anteile = [1 - je[v] / je["ganz"] for v in ("ohne_spalten", "ohne_beides")]
        zeilen.append(f"{art:<9} {je['ganz'] / 1e6:9.1f} | {anteile[0]:18.1%} {anteile[1]:25.1%}")
    return "\n".join(zeilen)


def bericht_pruefe(ergebnis: Mapping[str, Sequence[Messung]]) -> str:
    """Medians and ratios to ``dbt build``."""
    zeilen = ["Variante   Wand s   CPU s  Spitze MiB | gegen dbt: Wand   CPU  Spitze"]
    for name, messungen in ergebnis.items():
        m, v = mediane(messungen), verhaeltnis(messungen, ergebnis["dbt"])
        zeilen.append(
            f"{name:<9} {m.wand_s:7.2f} {m.cpu_s:7.2f} {m.speicher_mib:11.0f} | "
            f"{v.wand_s:15.2f} {v.cpu_s:5.2f} {v.speicher_mib:7.2f}"
        )
    return "\n".join(
        [*zeilen, f"Ziele: pruefe <= {ZIEL_PRUEFE} der Wandzeit, Anteil der Spalten <= {ZIEL_GROESSE:.0%}"]
    )


def main() -> None:
    """Measure a runtime folder."""
    wahl = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wahl.add_argument("--daten", type=Path, required=True)
    wahl.add_argument("-n", "--wiederholungen", type=int, default=2)
    w = wahl.parse_args()
    datei = (w.daten / "freigaben" / "aktuell" / "sozialraum.duckdb").resolve()
    with tempfile.TemporaryDirectory(prefix="beleg-") as ordner:
        print(bericht_groesse(groessen(datei, Path(ordner))))
    with tempfile.TemporaryDirectory(prefix="beleg-") as ordner:
        print(bericht_pruefe(laufe(w.daten.resolve(), Path(ordner), w.wiederholungen)))


if __name__ == "__main__":
    main()
