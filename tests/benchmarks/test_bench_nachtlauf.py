"""The benchmark's own arithmetic and measuring, on processes that take no time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bench_nachtlauf import Messung, bericht, leere, mediane, miss, verhaeltnis

_ARBEIT = "b'x' * (600 * 2**20); sum(range(3_000_000))"


def test_misst_zeit_und_spitze_des_kindprozesses():
    klein = miss([sys.executable, "-c", "pass"])
    gross = miss([sys.executable, "-c", _ARBEIT])
    assert gross.speicher_mib > klein.speicher_mib + 100
    assert gross.cpu_s > klein.cpu_s
    assert gross.wand_s > 0


def test_einstellungen_dieser_maschine_erreichen_die_messung_nicht(monkeypatch):
    monkeypatch.setenv("SOZIALRAUM_DATEN", "/nirgends")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    frage = "import os, sys; sys.exit('SOZIALRAUM_DATEN' in os.environ or 'PYTHONDONTWRITEBYTECODE' in os.environ)"
    miss([sys.executable, "-c", frage])
    with pytest.raises(RuntimeError):
        miss([sys.executable, "-c", frage], {"SOZIALRAUM_DATEN": "/anderswo"})


def test_ein_gescheiterter_lauf_ist_keine_messung():
    with pytest.raises(RuntimeError, match=r"endete mit 3:\n.*so nicht"):
        miss([sys.executable, "-c", "import sys; print('so nicht'); sys.exit(3)"])


def test_mediane_und_verhaeltnisse():
    dbt = [Messung(10, 8, 200), Messung(12, 8, 200), Messung(50, 9, 220)]
    voll = [Messung(18, 12, 300), Messung(90, 12, 310), Messung(15, 10, 300)]
    assert mediane(dbt) == Messung(12, 8, 200)
    assert verhaeltnis(voll, dbt) == Messung(1.5, 1.5, 1.5)


def test_bericht_nennt_jede_variante_und_ihr_ziel():
    dbt, voll = [Messung(10, 8, 200)], [Messung(15, 12, 300)]
    zeilen = bericht({"dbt": dbt, "voll": voll}).splitlines()
    assert zeilen[1].split() == ["dbt", "10.00", "8.00", "200", "|", "1.00", "1.00", "1.00"]
    assert zeilen[2].split() == ["voll", "15.00", "12.00", "300", "|", "1.50", "1.50", "1.50", "<=", "1.6"]


def test_leeren_laesst_nur_was_dbt_gelesen_hat(tmp_path: Path):
    for name in ("dbt", "archiv"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "datei").write_text("x", encoding="utf-8")
    (tmp_path / "lager.duckdb").write_text("x", encoding="utf-8")
    leere(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["dbt"]
    assert (tmp_path / "dbt" / "datei").exists()
