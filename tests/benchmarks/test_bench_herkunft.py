"""The benchmarks of lineage and audit on a release that takes no time: same answers at every size, ratios reported."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "pipelines"))
from bench_beleg import SPALTEN, bericht_groesse, bericht_pruefe, groessen
from bench_herkunft import Messung, bericht, fragen, miss, vergroessere
from bench_nachtlauf import Messung as Prozess
from kleinlager import baue_kleinlager

from pipelines.freigabe import freigeben


@pytest.fixture(scope="module")
def datei(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ordner = tmp_path_factory.mktemp("klein")
    klein = baue_kleinlager(ordner)
    frei = freigeben(klein.lager, klein.manifest, ordner / "freigaben", klein.archiv, klein.id)
    return frei.ordner / "sozialraum.duckdb"


def test_vergroesserte_datei_gibt_dieselben_antworten(datei: Path, tmp_path: Path) -> None:
    gross = tmp_path / "gross.duckdb"
    assert vergroessere(datei, gross, 5000) >= 5000
    auswahl = fragen(datei, 8, saat=1)
    klein_, gross_ = miss(datei, auswahl), miss(gross, auswahl)
    assert klein_.zeilen == gross_.zeilen > 0
    assert (klein_.beobachtungen, gross_.beobachtungen >= 5000) == (22, True)
    with duckdb.connect(str(gross), read_only=True) as con:
        gelesen = con.execute("select gebiet, stichtag from beobachtungen").fetchall()
    assert [z[1] for z in gelesen] == sorted(z[1] for z in gelesen)
    assert fragen(datei, 8, saat=1) == auswahl != fragen(datei, 8, saat=2)


def test_bericht_vergleicht_mit_scan_und_logarithmus() -> None:
    zeilen = bericht([Messung(1000, 0.02, 0.01, 0.01, 5), Messung(1_000_000, 0.03, 0.015, 0.3, 5)]).splitlines()
    assert zeilen[1].split() == ["1000", "20.0", "10.0", "10.0", "|", "2.00", "1.00", "1.00"]
    assert zeilen[2].split() == ["1000000", "30.0", "15.0", "300.0", "|", "0.10", "1.50", "2.00"]


def test_groesse_mit_und_ohne_herkunft(datei: Path, tmp_path: Path) -> None:
    ergebnis = groessen(datei, tmp_path)
    for art in ("parquet", "csv"):
        assert ergebnis[art]["ganz"] > ergebnis[art]["ohne_spalten"] > ergebnis[art]["ohne_beides"]
    with duckdb.connect(str(tmp_path / "ohne_spalten" / "alle.duckdb"), read_only=True) as con:
        spalten = {z[0] for z in con.execute("select column_name from (describe beobachtungen)").fetchall()}
        assert con.execute("select count(*) from beobachtungen").fetchall() == [(22,)]
    assert not spalten & SPALTEN
    assert "wert" in spalten


def test_berichte_nennen_anteile_und_verhaeltnisse() -> None:
    je = {"ganz": 1_000_000, "ohne_spalten": 750_000, "ohne_beides": 600_000}
    zeilen = bericht_groesse({"csv": je}).splitlines()
    assert zeilen[1].split() == zeilen[2].replace("zusammen", "csv").split() == ["csv", "1.0", "|", "25.0%", "40.0%"]
    zeilen = bericht_pruefe({"dbt": [Prozess(10, 8, 200)], "pruefe": [Prozess(25, 20, 400)]}).splitlines()
    assert zeilen[2].split() == ["pruefe", "25.00", "20.00", "400", "|", "2.50", "2.50", "2.00"]
