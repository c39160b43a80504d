"""The fetching step: retries what may heal, reports what does not, and never stops the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from laufhilfe import BEISPIELARCHIV, GENESIS

from pipelines.assets.abruf import abruf_asset
from pipelines.ressourcen import Haus
from quellen import holen
from quellen.archiv import Archiv
from quellen.modell import lade_katalog
from quellen.portal import Portal, parse_stoerung, starten


@pytest.fixture
def portal() -> Iterator[Portal]:
    with starten(Archiv(BEISPIELARCHIV), lade_katalog()) as nachbau:
        yield nachbau


@pytest.fixture
def live(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a live run against the replica, without pauses; returns the runtime folder."""
    werte = {
        "SOZIALRAUM_PORTAL": portal.url,
        "SOZIALRAUM_BETRIEB": "live",
        "SOZIALRAUM_DATEN": str(tmp_path),
        "SOZIALRAUM_WARTEZEIT": "0",
    }
    for name, wert in (werte | GENESIS).items():
        monkeypatch.setenv(name, wert)
    monkeypatch.setattr(holen, "PAUSE_S", 0.0)
    return tmp_path


def hole(quelle: str) -> dg.ExecuteInProcessResult:
    """Run the fetching step of one source as a job of its own."""
    asset = abruf_asset(lade_katalog()[quelle])
    with dg.DagsterInstance.ephemeral() as instanz:
        return dg.materialize([asset], resources={"haus": Haus()}, instance=instanz, raise_on_error=False)


def ereignisse(ergebnis: dg.ExecuteInProcessResult, art: str) -> list[dg.DagsterEvent]:
    return [e for e in ergebnis.all_events if e.event_type_value == art]


def pruefung(ergebnis: dg.ExecuteInProcessResult) -> dg.AssetCheckEvaluation:
    [auswertung] = ergebnis.get_asset_check_evaluations()
    return auswertung


def abrufe(daten: Path, quelle: str) -> int:
    return len(Archiv(daten / "archiv").abrufe(quelle))


def test_ein_guter_abruf(live: Path) -> None:
    ergebnis = hole("schulen")
    assert ergebnis.success
    assert pruefung(ergebnis).passed
    [material] = ergebnis.asset_materializations_for_node("archiv__schulen")
    objekt = Archiv(live / "archiv").abrufe("schulen")[0].objekte[0]
    assert material.metadata["sha256"].value == objekt.sha256
    assert material.metadata["Neue Inhalte"].value == 1
    assert material.metadata["Lizenz"].value == "dl-de/by-2-0"
    assert objekt.sha256 in material.metadata["Abrufe"].value
    assert json.loads((live / "zustand" / "schulen.json").read_text(encoding="utf-8"))["meldung"] == ""


def test_was_das_portal_heilt_wird_wiederholt(live: Path, portal: Portal) -> None:
    """503 until the requests of the first attempt are used up: the step itself is retried and then succeeds."""
    portal.stoeren(parse_stoerung(f"status-503:schuldaten@{holen.VERSUCHE}"))
    ergebnis = hole("schulen")
    assert ergebnis.success
    assert len(ereignisse(ergebnis, "STEP_UP_FOR_RETRY")) == 1
    assert pruefung(ergebnis).passed
    assert [e.status for e in portal.protokoll] == [503] * holen.VERSUCHE + [200]
    assert abrufe(live, "schulen") == 1


def test_ein_abgeschnittenes_zip_wird_wiederholt(live: Path, portal: Portal) -> None:
    portal.stoeren(parse_stoerung("zip-abgeschnitten:tablefile@1"))
    ergebnis = hole("bevoelkerung_kreis")
    assert len(ereignisse(ergebnis, "STEP_UP_FOR_RETRY")) == 1
    assert pruefung(ergebnis).passed
    assert abrufe(live, "bevoelkerung_kreis") == 1


def test_was_nicht_heilt_endet_in_einer_meldung_nicht_in_einem_absturz(live: Path, portal: Portal) -> None:
    portal.stoeren(parse_stoerung("status-503:schuldaten"))
    ergebnis = hole("schulen")
    assert ergebnis.success, "die anderen Quellen sollen weiterlaufen"
    assert len(ereignisse(ergebnis, "STEP_UP_FOR_RETRY")) == 2
    auswertung = pruefung(ergebnis)
    assert not auswertung.passed
    assert auswertung.severity == dg.AssetCheckSeverity.ERROR
    assert "schulen/verzeichnis" in str(auswertung.description)
    assert "503" in str(auswertung.description)
    gemerkt = json.loads((live / "zustand" / "schulen.json").read_text(encoding="utf-8"))["meldung"]
    assert gemerkt == auswertung.description
    assert abrufe(live, "schulen") == 0


def test_was_ein_mensch_beheben_muss_wird_nicht_wiederholt(live: Path, portal: Portal) -> None:
    portal.stoeren(parse_stoerung("html-200:schuldaten"))
    ergebnis = hole("schulen")
    assert not ereignisse(ergebnis, "STEP_UP_FOR_RETRY")
    assert not pruefung(ergebnis).passed
    assert len(portal.protokoll) == 1


def test_ein_kaputter_teil_haelt_die_anderen_teile_nicht_auf(live: Path, portal: Portal) -> None:
    portal.stoeren(parse_stoerung("leer-200:key_traeger"))
    ergebnis = hole("schulen_schluessel")
    assert not pruefung(ergebnis).passed
    assert "schulen_schluessel/traeger" in str(pruefung(ergebnis).description)
    assert {a.teil for a in Archiv(live / "archiv").abrufe("schulen_schluessel")} == {
        "schulform",
        "rechtsform",
        "schulbetrieb",
        "bezirksregierung",
    }


def test_die_zweite_nacht_bringt_nichts_neues(live: Path, portal: Portal) -> None:
    hole("schulen")
    ergebnis = hole("schulen")
    [material] = ergebnis.asset_materializations_for_node("archiv__schulen")
    assert material.metadata["Neue Inhalte"].value == 0
    assert portal.protokoll[-1].status == 304


def test_ohne_zugangsdaten_sagt_die_meldung_welche(live: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOZIALRAUM_GENESIS_PASSWORT")
    meldung = str(pruefung(hole("bevoelkerung_kreis")).description)
    assert "SOZIALRAUM_GENESIS_PASSWORT leer" in meldung
    assert "Was tun: " in meldung


def test_nicht_ausgewaehltes_wird_nicht_gefragt(live: Path, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOZIALRAUM_QUELLEN", "gebiete")
    assert pruefung(hole("schulen")).passed
    assert portal.protokoll == []


def test_das_beispiel_wird_uebernommen_ohne_netz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOZIALRAUM_DATEN", str(tmp_path))
    monkeypatch.setenv("SOZIALRAUM_PORTAL", "http://127.0.0.1:9")
    for erwartet in (5, 0):
        [material] = hole("schulen_schluessel").asset_materializations_for_node("archiv__schulen_schluessel")
        assert material.metadata["Neue Inhalte"].value == erwartet
    assert {a.datenart for a in Archiv(tmp_path / "archiv").abrufe("schulen_schluessel")} == {"beispiel"}


def test_jeder_lauf_hat_seine_eigene_uhr_und_seine_eigenen_einstellungen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One code location serves many nights: neither time nor settings may stick to when it was loaded."""
    gesehen: list[tuple[object, str]] = []

    @dg.asset
    def schaut(haus: Haus) -> None:
        gesehen.append((haus.jetzt, haus.einstellungen.daten.name))

    haus = Haus()
    for name in ("eins", "zwei"):
        monkeypatch.setenv("SOZIALRAUM_DATEN", str(tmp_path / name))
        assert dg.materialize([schaut], resources={"haus": haus}, instance=dg.DagsterInstance.ephemeral()).success
    assert [name for _, name in gesehen] == ["eins", "zwei"]
    assert gesehen[0][0] < gesehen[1][0]  # type: ignore[operator]
