"""When dbt's manifest is made anew."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from pipelines import fingerabdruck
from pipelines.einstellungen import DBT_PROJEKT, Einstellungen
from pipelines.transformation import manifest as m
from pipelines.transformation.manifest import ManifestFehler, gelesenes_manifest, manifest, umgebung, ziel


@pytest.fixture
def einstellungen(tmp_path: Path) -> Einstellungen:
    return Einstellungen(daten=tmp_path / "daten")


class TestMitDbt:
    def test_fehlt_es_wird_es_gebaut_und_dann_behalten(
        self, einstellungen: Einstellungen, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gebaut = manifest(einstellungen)
        assert "model.sozialraum.indikatoren" in gebaut["nodes"]
        assert (ziel(einstellungen) / "manifest.json").exists()

        def verboten(_: Einstellungen) -> None:
            raise AssertionError("noch einmal gelesen")

        monkeypatch.setattr(m, "_parse", verboten)
        assert manifest(einstellungen) == gebaut

    def test_ein_kaputtes_projekt_endet_mit_dbts_worten(
        self, einstellungen: Einstellungen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        projekt = tmp_path / "dbt_projekt"
        shutil.copytree(DBT_PROJEKT, projekt, ignore=shutil.ignore_patterns("target", "logs", "*env_var*"))
        (projekt / "models" / "freigabe" / "kaputt.sql").write_text(
            "select * from {{ ref('gibt_es_nicht') }}", encoding="utf-8"
        )
        monkeypatch.setattr(m, "DBT_ORDNER", ["--project-dir", str(projekt), "--profiles-dir", str(projekt)])
        with pytest.raises(ManifestFehler, match="gibt_es_nicht"):
            manifest(einstellungen)
        assert not (ziel(einstellungen) / "manifest.fingerabdruck").exists()


class TestVeraltet:
    @pytest.fixture(autouse=True)
    def _nichts_gelesen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(m, "_gelesen", {})

    @pytest.fixture
    def geparst(self, einstellungen: Einstellungen, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """Counts the parses; each writes its number as the manifest."""
        zaehler: list[int] = []

        def parse(e: Einstellungen) -> int:
            zaehler.append(len(zaehler) + 1)
            (ziel(e) / "manifest.json").write_text(json.dumps({"nummer": zaehler[-1]}), encoding="utf-8")
            return zaehler[-1]

        monkeypatch.setattr(m, "_parse", parse)
        return zaehler

    @pytest.fixture
    def projekt(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "p" / "dbt_projekt").mkdir(parents=True)
        (tmp_path / "p" / "dbt_projekt" / "eins.sql").write_text("select 1", encoding="utf-8")
        monkeypatch.setattr(fingerabdruck, "PROJEKT", tmp_path / "p")
        return tmp_path / "p"

    def test_ein_geaendertes_modell_baut_neu(
        self, einstellungen: Einstellungen, geparst: list[int], projekt: Path
    ) -> None:
        assert manifest(einstellungen) == manifest(einstellungen) == {"nummer": 1}
        (projekt / "dbt_projekt" / "eins.sql").write_text("select 2", encoding="utf-8")
        assert manifest(einstellungen) == {"nummer": 2}
        assert geparst == [1, 2]

    def test_der_bau_bekommt_nie_ein_altes_objekt(
        self, einstellungen: Einstellungen, geparst: list[int], projekt: Path
    ) -> None:
        """What this process read is handed to the build only as long as the project is as it was read."""
        manifest(einstellungen)
        assert gelesenes_manifest(einstellungen) == 1
        (projekt / "dbt_projekt" / "eins.sql").write_text("select 2", encoding="utf-8")
        assert gelesenes_manifest(einstellungen) is None
        manifest(einstellungen)
        assert gelesenes_manifest(einstellungen) == 2

    @pytest.mark.parametrize("weg", ["manifest.json", "manifest.fingerabdruck"])
    def test_fehlt_eine_der_dateien_wird_neu_gebaut(
        self, einstellungen: Einstellungen, geparst: list[int], projekt: Path, weg: str
    ) -> None:
        manifest(einstellungen)
        (ziel(einstellungen) / weg).unlink()
        assert manifest(einstellungen) == {"nummer": 2}

    def test_ein_abgebrochener_bau_hinterlaesst_keine_marke(
        self, einstellungen: Einstellungen, projekt: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def bricht_ab(_: Einstellungen) -> None:
            raise ManifestFehler("abgebrochen")

        monkeypatch.setattr(m, "_parse", bricht_ab)
        with pytest.raises(ManifestFehler):
            manifest(einstellungen)
        assert not (ziel(einstellungen) / "manifest.fingerabdruck").exists()


def test_die_umgebung_wird_zurueckgestellt(einstellungen: Einstellungen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOZIALRAUM_LAGER", "vorher")
    monkeypatch.delenv("DBT_TARGET_PATH", raising=False)
    with pytest.raises(RuntimeError, match="mittendrin"), umgebung(einstellungen):
        assert os.environ["SOZIALRAUM_LAGER"] == str(einstellungen.lager)
        assert os.environ["DBT_TARGET_PATH"] == str(ziel(einstellungen))
        raise RuntimeError("mittendrin")
    assert os.environ["SOZIALRAUM_LAGER"] == "vorher"
    assert "DBT_TARGET_PATH" not in os.environ
