"""The benchmark of reading on a file that takes no time: every variant sees all records, ratios are reported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bench_lesen import VARIANTEN, bericht, erzeuge, laufe, verhaeltnis
from bench_nachtlauf import Messung


def test_misst_alle_varianten_und_nennt_verhaeltnisse(tmp_path: Path):
    pfad = tmp_path / "klein.csv"
    assert erzeuge(pfad, 0.1) == sum(1 for _ in pfad.open(encoding="utf-8-sig")) - 1
    ergebnis = laufe(pfad, 1)
    assert set(ergebnis) == set(VARIANTEN)
    zeilen = bericht("klein", ergebnis).splitlines()
    for name in ("lesen", "stueckweise", "stueckweise_zip"):
        (zeile,) = [z for z in zeilen if z.split()[0] == name]
        assert re.search(r"\| +-?[0-9.]+ +<= 1\.5$", zeile)
        assert all(m.speicher_mib > 0 for m in ergebnis[name])


def test_import_und_einlesen_der_bytes_zaehlen_nicht():
    def m(wand):
        return [Messung(wand, wand, 100)]

    ergebnis = {"import": m(1), "bytes": m(2), "pandas": m(4), "lesen": m(5), "stueckweise": m(3)}
    assert verhaeltnis(ergebnis, "lesen") == pytest.approx(1.5)
    assert verhaeltnis(ergebnis, "stueckweise") == pytest.approx(1.0)


def test_gleiche_saat_gibt_gleiche_bytes(tmp_path: Path):
    for name in ("a", "b"):
        erzeuge(tmp_path / name, 0.05, saat=7)
    erzeuge(tmp_path / "c", 0.05, saat=8)
    a, b, c = ((tmp_path / name).read_bytes() for name in "abc")
    assert a == b != c


def test_verlorene_zeilen_sind_keine_messung(tmp_path: Path, monkeypatch):
    pfad = tmp_path / "klein.csv"
    erzeuge(pfad, 0.05)
    monkeypatch.setattr("bench_lesen.VARIANTEN", {"lesen": "n = 3; "})
    with pytest.raises(RuntimeError, match="3 statt"):
        laufe(pfad, 1)
