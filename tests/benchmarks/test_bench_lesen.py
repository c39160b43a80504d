"""The benchmark of reading on a file that takes no time: every variant sees all records, ratios are reported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bench_lesen import VARIANTEN, bericht, erzeuge, laufe
from bench_nachtlauf import Messung


def test_misst_alle_varianten_und_nennt_verhaeltnisse(tmp_path: Path):
    pfad = tmp_path / "klein.csv"
    assert erzeuge(pfad, 0.1) == sum(1 for _ in pfad.open(encoding="utf-8-sig")) - 1
    ergebnis = laufe(pfad, 1)
    assert set(ergebnis) == set(VARIANTEN)
    zeilen = bericht("klein", ergebnis).splitlines()
    for name in ("lesen", "stueckweise", "stueckweise_zip"):
        (zeile,) = [z for z in zeilen if z.split()[0] == name]
        assert re.search(r"\|( +[0-9]+\.[0-9]{2}){3} +<= 1\.5$", zeile)
        assert all(m.speicher_mib > 0 for m in ergebnis[name])


def test_bericht_vergleicht_mit_pandas():
    ergebnis = {"pandas": [Messung(2, 1, 100)], "lesen": [Messung(3, 1, 150)]}
    zeilen = bericht("x", ergebnis).splitlines()
    assert zeilen[2].split() == ["pandas", "2.000", "1.000", "100", "|", "1.00", "1.00", "1.00"]
    assert zeilen[3].split() == ["lesen", "3.000", "1.000", "150", "|", "1.50", "1.00", "1.50", "<=", "1.5"]


def test_gleiche_saat_gibt_gleiche_bytes(tmp_path: Path):
    for name in ("a", "b"):
        erzeuge(tmp_path / name, 0.05, saat=7)
    erzeuge(tmp_path / "c", 0.05, saat=8)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b != c


def test_verlorene_zeilen_sind_keine_messung(tmp_path: Path, monkeypatch):
    pfad = tmp_path / "klein.csv"
    erzeuge(pfad, 0.05)
    monkeypatch.setattr("bench_lesen.VARIANTEN", {"lesen": ("", "n = 3")})
    with pytest.raises(RuntimeError, match="3 statt"):
        laufe(pfad, 1)
