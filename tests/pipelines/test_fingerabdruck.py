"""Hashes of what a release depends on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines import fingerabdruck
from pipelines.einstellungen import Einstellungen
from pipelines.fingerabdruck import code_stand, definitionen, gesamt


@pytest.fixture
def projekt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project in place of this one."""
    for pfad, text in {
        "quellen/modell.py": "a = 1\n",
        "quellen/katalog/eins.yaml": "id: eins\n",
        "quellen/beispiel/archiv/objekte/x.csv": "1\n",
        "pipelines/lauf.py": "b = 2\n",
        "dbt_projekt/models/eins.sql": "select 1\n",
        "dbt_projekt/seeds/gebiete.csv": "gebiet\n",
        "dbt_projekt/target/eins.sql": "select 1\n",
        "README.md": "hallo\n",
    }.items():
        datei = tmp_path / pfad
        datei.parent.mkdir(parents=True, exist_ok=True)
        datei.write_text(text, encoding="utf-8")
    monkeypatch.setattr(fingerabdruck, "PROJEKT", tmp_path)
    return tmp_path


def abdruck(projekt: Path) -> str:
    return definitionen(Einstellungen(katalog=projekt / "quellen" / "katalog"))


@pytest.mark.parametrize(
    "datei",
    [
        "quellen/modell.py",
        "quellen/katalog/eins.yaml",
        "pipelines/lauf.py",
        "dbt_projekt/models/eins.sql",
        "dbt_projekt/seeds/gebiete.csv",
    ],
)
def test_code_modelle_und_deklarationen_zaehlen(projekt: Path, datei: str) -> None:
    vorher = abdruck(projekt)
    assert abdruck(projekt) == vorher
    pfad = projekt / datei
    pfad.write_text(pfad.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert abdruck(projekt) != vorher


@pytest.mark.parametrize("datei", ["README.md", "dbt_projekt/target/eins.sql", "quellen/beispiel/archiv/objekte/x.csv"])
def test_anderes_zaehlt_nicht(projekt: Path, datei: str) -> None:
    vorher = abdruck(projekt)
    (projekt / datei).write_text("ganz anders\n", encoding="utf-8")
    assert abdruck(projekt) == vorher


def test_ein_anderer_dateiname_zaehlt(projekt: Path) -> None:
    vorher = abdruck(projekt)
    (projekt / "pipelines" / "lauf.py").rename(projekt / "pipelines" / "weg.py")
    assert abdruck(projekt) != vorher


def test_ein_katalog_ausserhalb_zaehlt_mit(projekt: Path, tmp_path: Path) -> None:
    draussen = tmp_path / "anderswo"
    shutil.copytree(projekt / "quellen" / "katalog", draussen)
    einstellungen = Einstellungen(katalog=draussen)
    vorher = definitionen(einstellungen)
    (draussen / "eins.yaml").write_text("id: zwei\n", encoding="utf-8")
    assert definitionen(einstellungen) != vorher


def test_am_selben_ort_ist_er_ueberall_derselbe(projekt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vorher = abdruck(projekt)
    kopie = tmp_path / "kopie"
    for wurzel in ("quellen", "pipelines", "dbt_projekt"):
        shutil.copytree(projekt / wurzel, kopie / wurzel)
    monkeypatch.setattr(fingerabdruck, "PROJEKT", kopie)
    assert abdruck(kopie) == vorher


def test_gesamt_unterscheidet_grenzen_und_reihenfolge() -> None:
    assert gesamt(["ab", "c"]) != gesamt(["a", "bc"])
    assert gesamt(["a", "b"]) != gesamt(["b", "a"])
    assert gesamt([None]) != gesamt(["None"])
    assert gesamt(["a"]) == gesamt(iter(["a"]))


class TestCodeStand:
    def test_ausserhalb_von_git(self, projekt: Path) -> None:
        assert code_stand() == "unbekannt"

    def test_commit_und_aenderung(self, projekt: Path) -> None:
        def git(*befehl: str) -> str:
            kopf = ["git", "-C", str(projekt), "-c", "user.name=a", "-c", "user.email=a@b.example"]
            return subprocess.run([*kopf, *befehl], check=True, capture_output=True, text=True).stdout.strip()

        git("init", "-q")
        git("add", ".")
        git("commit", "-q", "-m", "eins")
        commit = git("rev-parse", "HEAD")
        assert code_stand() == commit
        (projekt / "neu.txt").write_text("unverfolgt", encoding="utf-8")
        assert code_stand() == commit
        (projekt / "README.md").write_text("anders", encoding="utf-8")
        assert code_stand() == f"{commit}-geändert"
