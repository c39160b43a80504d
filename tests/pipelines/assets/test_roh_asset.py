"""The loading step in Dagster: the contract as an error, deviations as a warning that stops nothing."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from rohhilfe import Rohlager, zaehlung

from pipelines.assets.roh import ABWEICHUNGEN, CHECK, roh_asset
from pipelines.ressourcen import Haus


@pytest.fixture
def lager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rohlager:
    monkeypatch.setenv("SOZIALRAUM_DATEN", str(tmp_path))
    return Rohlager(tmp_path, zaehlung())


def lade(lager: Rohlager) -> dict[str, dg.AssetCheckEvaluation]:
    """Run the step; its checks by name."""
    with dg.DagsterInstance.ephemeral() as instanz:
        ergebnis = dg.materialize([roh_asset(lager.quelle)], resources={"haus": Haus()}, instance=instanz)
    assert ergebnis.success
    return {c.check_name: c for c in ergebnis.get_asset_check_evaluations()}


def test_ohne_abweichung_bestehen_beide(lager: Rohlager) -> None:
    lager.kommt("Ort;Anzahl\n101;10\n")
    pruefungen = lade(lager)
    assert {name: c.passed for name, c in pruefungen.items()} == {CHECK: True, ABWEICHUNGEN: True}
    assert pruefungen[ABWEICHUNGEN].description == "keine"


def test_drift_ist_eine_warnung_und_der_vertrag_gilt(lager: Rohlager) -> None:
    lager.kommt("ORT;Anzahl\n101;10\n")
    pruefungen = lade(lager)
    assert {name: c.passed for name, c in pruefungen.items()} == {CHECK: True, ABWEICHUNGEN: False}
    assert pruefungen[ABWEICHUNGEN].severity == dg.AssetCheckSeverity.WARN
    assert "Eine Spalte ist anders geschrieben. Gefunden: »ORT«" in str(pruefungen[ABWEICHUNGEN].description)


def test_ein_beschaedigter_eintrag_ist_ein_fehler_des_vertrags_und_haelt_nichts_an(lager: Rohlager) -> None:
    lager.kommt("Ort;Anzahl\n101;10\n")
    datei = lager.archiv.ordner / "abrufe" / "zaehlung" / "20991231T000000000000-kaputt.json"
    datei.write_text("{halb", encoding="utf-8")
    pruefungen = lade(lager)
    assert (pruefungen[CHECK].passed, pruefungen[CHECK].severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert datei.name in str(pruefungen[CHECK].description)
