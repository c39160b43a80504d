"""The one list of districts as contracts see it."""

from __future__ import annotations

import csv
from pathlib import Path

from pipelines.gebietsverzeichnis import SEED, verzeichnisse


def test_ortsteile_und_stadtbezirke_sind_vollstaendig() -> None:
    verzeichnis = verzeichnisse()
    assert len(verzeichnis["ortsteil"]) == 46
    assert verzeichnis["stadtbezirk"] == {f"{n}00" for n in range(1, 8)}
    assert {o[0] for o in verzeichnis["ortsteil"]} == set("1234567")


def test_die_regionen_der_kreistabelle_sind_bund_laender_und_kreise() -> None:
    kreis = verzeichnisse()["kreis"]
    assert {"DG", "05", "05112", "05334", "05354", "03152"} <= kreis
    assert "05112000" not in kreis
    assert "05334002" not in kreis


def test_jeder_schluessel_der_liste_steht_in_genau_einem_verzeichnis() -> None:
    with SEED.open(encoding="utf-8", newline="") as datei:
        zeilen = list(csv.DictReader(datei))
    alle = [s for namen in verzeichnisse().values() for s in namen]
    assert sorted(alle) == sorted({z["kurz"] for z in zeilen})


def test_eine_andere_liste(tmp_path: Path) -> None:
    seed = tmp_path / "gebiete.csv"
    seed.write_text("gebiet,kurz,ebene\n05112000,05112,stadt\n05112000-101,101,ortsteil\n", encoding="utf-8")
    assert verzeichnisse(seed) == {"kreis": {"05112"}, "ortsteil": {"101"}}
