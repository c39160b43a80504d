"""Running dbt inside the process, on a small project of its own."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.einstellungen import Einstellungen
from pipelines.transformation import dbt_lauf
from pipelines.transformation.dbt_lauf import DbtFehler, Knotenergebnis, baue

DATEIEN = {
    "dbt_project.yml": "name: klein\nversion: '1.0'\nprofile: klein\nmodel-paths: [models]\ntest-paths: [tests]\n"
    "flags:\n  send_anonymous_usage_stats: false\n",
    "profiles.yml": "klein:\n  target: lager\n  outputs:\n    lager:\n      type: duckdb\n      path: "
    "\"{{ env_var('SOZIALRAUM_LAGER') }}\"\n      schema: main\n      threads: 1\n",
    "models/eins.sql": "select 1 as zahl union all select 2 as zahl\n",
    "models/zwei.sql": "select sum(zahl) as summe from {{ ref('eins') }}\n",
    "tests/keine_drei.sql": "select * from {{ ref('zwei') }} where summe = 3\n",
}


@pytest.fixture
def projekt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two models, one after the other, and a test that fails on the second."""
    ordner = tmp_path / "projekt"
    for name, text in DATEIEN.items():
        (ordner / name).parent.mkdir(parents=True, exist_ok=True)
        (ordner / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(dbt_lauf, "DBT_ORDNER", ["--project-dir", str(ordner), "--profiles-dir", str(ordner)])
    monkeypatch.setattr(dbt_lauf, "gelesenes_manifest", lambda _: None)  # that is the one of the real project
    monkeypatch.chdir(tmp_path)
    return ordner


@pytest.fixture
def einstellungen(tmp_path: Path) -> Einstellungen:
    (tmp_path / "daten").mkdir()
    return Einstellungen(daten=tmp_path / "daten")


def nach_name(ergebnisse: list[Knotenergebnis]) -> dict[str, Knotenergebnis]:
    return {e.knoten.split(".")[2]: e for e in ergebnisse}


@pytest.mark.usefixtures("projekt")
def test_gute_und_gescheiterte_knoten(einstellungen: Einstellungen) -> None:
    meldungen: list[str] = []
    ergebnisse = nach_name(baue(einstellungen, melde=meldungen.append))
    assert {n: (e.art, e.status, e.gut) for n, e in ergebnisse.items()} == {
        "eins": ("model", "success", True),
        "zwei": ("model", "success", True),
        "keine_drei": ("test", "fail", False),
    }
    assert ergebnisse["keine_drei"].fehlschlaege == 1
    assert "1" in ergebnisse["keine_drei"].meldung
    assert "sum(zahl) as summe" in ergebnisse["zwei"].sql
    assert len(meldungen) == 3
    assert "zwei: success" in meldungen


@pytest.mark.usefixtures("projekt")
def test_danach_laesst_sich_das_lager_wieder_oeffnen(einstellungen: Einstellungen) -> None:
    baue(einstellungen)
    with duckdb.connect(str(einstellungen.lager), read_only=True) as con:
        assert con.execute("from zwei").fetchall() == [(3,)]


def test_ein_fehler_im_sql_haelt_das_folgende_an_und_nennt_den_grund(
    projekt: Path, einstellungen: Einstellungen
) -> None:
    (projekt / "models" / "eins.sql").write_text("select gibt_es_nicht as zahl\n", encoding="utf-8")
    ergebnisse = nach_name(baue(einstellungen))
    assert ergebnisse["eins"].status == "error"
    assert "gibt_es_nicht" in ergebnisse["eins"].meldung
    assert ergebnisse["zwei"].status == "skipped"
    assert not ergebnisse["zwei"].gut


def test_was_sich_nicht_lesen_laesst_ist_ein_dbt_fehler(projekt: Path, einstellungen: Einstellungen) -> None:
    (projekt / "models" / "zwei.sql").write_text("select * from {{ ref('fremd') }}\n", encoding="utf-8")
    with pytest.raises(DbtFehler, match="fremd"):
        baue(einstellungen)


@pytest.mark.usefixtures("projekt")
def test_eine_auswahl(einstellungen: Einstellungen) -> None:
    assert set(nach_name(baue(einstellungen, ["--select", "eins"]))) == {"eins"}
