"""The events of a run: what the published OpenLineage schema asks for, and what happened."""

from __future__ import annotations

import io
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import jsonschema
import pytest
from laufhilfe import Szene
from rich.console import Console

from pipelines.laufereignisse import LAGER, Datensatz, EreignisFehler, Laufereignisse, Schritt
from pipelines.nachtlauf import Nachtergebnis, _Fortschritt
from pipelines.ressourcen import Haus

LAUF = "55dd5e3d-e3ad-4540-8448-7389e145a979"
JETZT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)

# What OpenLineage.json 2-0-2 and its facets require of what is written here.
_TEXT = {"type": "string", "minLength": 1}
_URI = {"type": "string", "format": "uri", "pattern": "^[a-z]+:.+"}
_UUID = {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"}


def _objekt(felder: dict[str, Any], *freiwillig: str) -> dict[str, Any]:
    return {"type": "object", "properties": felder, "required": [f for f in felder if f not in freiwillig]}


def _facette(**felder: Any) -> dict[str, Any]:
    return _objekt({"_producer": _URI, "_schemaURL": _URI, **felder})


_SPALTE = _objekt({"name": _TEXT, "type": _TEXT, "description": _TEXT, "ordinal_position": {"type": "integer"}}, "type")
_SPALTE["required"] = ["name"]
_QUELLE = _objekt({"namespace": _TEXT, "name": _TEXT, "field": _TEXT})
_FELD = _objekt({"inputFields": {"type": "array", "items": _QUELLE}})
_DATENSATZFACETTEN = {
    "schema": _facette(fields={"type": "array", "items": _SPALTE}),
    "documentation": _facette(description=_TEXT),
    "columnLineage": _facette(fields={"type": "object", "additionalProperties": _FELD}),
}
_DATENSATZ = _objekt(
    {"namespace": _TEXT, "name": _TEXT, "facets": {"type": "object", "properties": _DATENSATZFACETTEN}}, "facets"
)
_ELTERN = _facette(run=_objekt({"runId": _UUID}), job=_objekt({"namespace": _TEXT, "name": _TEXT}))
_LAUFFACETTEN = {"parent": _ELTERN, "errorMessage": _facette(message=_TEXT, programmingLanguage=_TEXT)}
SCHEMA = _objekt(
    {
        "eventTime": {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"},
        "producer": _URI,
        "schemaURL": {"const": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"},
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "run": _objekt({"runId": _UUID, "facets": {"type": "object", "properties": _LAUFFACETTEN}}, "facets"),
        "job": _objekt({"namespace": _TEXT, "name": _TEXT}),
        "inputs": {"type": "array", "items": _DATENSATZ},
        "outputs": {"type": "array", "items": _DATENSATZ},
    },
    "inputs",
    "outputs",
)


def lies(datei: Path) -> list[dict[str, Any]]:
    """All events of a file, each of which keeps the schema."""
    ereignisse = [json.loads(zeile) for zeile in datei.read_text(encoding="utf-8").splitlines()]
    for e in ereignisse:
        jsonschema.validate(e, SCHEMA)
    return ereignisse


def _schritt(fehler: str = "") -> Schritt:
    aus = Datensatz(LAGER, "b.neu", "Neue Zahlen", {"wert": ("DOUBLE", "Wert")}, {"wert": [(LAGER, "a.alt", "text")]})
    return Schritt("b.neu", JETZT, JETZT + timedelta(seconds=2), [Datensatz(LAGER, "a.alt")], [aus], fehler)


def test_ein_guter_lauf(tmp_path: Path) -> None:
    lauf = Laufereignisse(tmp_path / "openlineage" / "x.ndjson", LAUF, "nachtlauf")
    lauf.beginnt(JETZT)
    lauf.schritte([_schritt()])
    lauf.endet(JETZT + timedelta(minutes=1), [])
    erstes, beginn, ende, letztes = lies(lauf.datei)
    assert [e["eventType"] for e in (erstes, beginn, ende, letztes)] == ["START", "START", "COMPLETE", "COMPLETE"]
    assert erstes["run"]["runId"] == letztes["run"]["runId"] == LAUF
    assert beginn["run"]["runId"] == ende["run"]["runId"] == str(uuid.uuid5(uuid.UUID(LAUF), "b.neu"))
    assert ende["run"]["facets"]["parent"]["run"]["runId"] == LAUF
    assert (beginn["eventTime"], ende["eventTime"]) == ("2026-11-24T02:30:00+00:00", "2026-11-24T02:30:02+00:00")
    (aus,) = ende["outputs"]
    assert aus["facets"]["documentation"]["description"] == "Neue Zahlen"
    assert aus["facets"]["schema"]["fields"][0]["type"] == "DOUBLE"
    quelle = aus["facets"]["columnLineage"]["fields"]["wert"]["inputFields"][0]
    assert (quelle["name"], quelle["field"]) == ("a.alt", "text")


def test_ein_gescheiterter_schritt_und_lauf(tmp_path: Path) -> None:
    lauf = Laufereignisse(tmp_path / "x.ndjson", LAUF, "nachtlauf")
    lauf.schritte([_schritt("Spalte »wert« fehlt")])
    lauf.endet(JETZT, ["dbt: Spalte »wert« fehlt"])
    _, schritt, ende = lies(lauf.datei)
    assert (schritt["eventType"], ende["eventType"]) == ("FAIL", "FAIL")
    assert schritt["run"]["facets"]["errorMessage"]["message"] == "Spalte »wert« fehlt"
    assert schritt["outputs"][0]["facets"] == {}
    assert ende["run"]["facets"]["errorMessage"]["message"] == "dbt: Spalte »wert« fehlt"


def test_was_sich_nicht_schreiben_laesst_sagt_es(tmp_path: Path) -> None:
    (tmp_path / "openlineage").write_text("im Weg", encoding="utf-8")
    lauf = Laufereignisse(tmp_path / "openlineage" / "x.ndjson", LAUF, "nachtlauf")
    with pytest.raises(EreignisFehler, match=r"lassen sich nicht nach openlineage/x\.ndjson schreiben: .*Was tun"):
        lauf.beginnt(JETZT)


def _job(schlaegt_fehl: bool) -> dg.JobDefinition:
    @dg.op
    def schritt(haus: Haus) -> None:
        assert haus.einstellungen.daten.exists()
        if schlaegt_fehl:
            raise dg.Failure(description="so geht es nicht", allow_retries=False)

    @dg.job(resource_defs={"haus": Haus()}, executor_def=dg.in_process_executor)
    def probe() -> None:
        schritt()

    return probe


class TestHaus:
    @pytest.fixture(autouse=True)
    def daten(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("SOZIALRAUM_DATEN", str(tmp_path))
        return tmp_path

    @pytest.mark.parametrize("schlaegt_fehl", [False, True])
    def test_jeder_lauf_meldet_anfang_und_ende(self, daten: Path, schlaegt_fehl: bool) -> None:
        with dg.DagsterInstance.ephemeral() as instanz:
            ergebnis = _job(schlaegt_fehl).execute_in_process(instance=instanz, raise_on_error=False)
        beginn, ende = lies(daten / "openlineage" / f"{ergebnis.run_id}.ndjson")
        assert ergebnis.success is not schlaegt_fehl
        assert (beginn["eventType"], ende["eventType"]) == ("START", "FAIL" if schlaegt_fehl else "COMPLETE")
        assert (beginn["job"]["name"], beginn["run"]["runId"]) == ("probe", ergebnis.run_id)
        if schlaegt_fehl:
            assert ende["run"]["facets"]["errorMessage"]["message"] == "schritt: so geht es nicht"

    def test_ohne_ort_fuer_die_ereignisse_scheitert_der_lauf_und_sagt_warum(self, daten: Path) -> None:
        (daten / "openlineage").write_text("im Weg", encoding="utf-8")
        with dg.DagsterInstance.ephemeral() as instanz:
            ergebnis = _job(False).execute_in_process(instance=instanz, raise_on_error=False)
            meldungen = [str(e.message) + str(e.engine_event_data.error) for e in ergebnis.all_events if (
                e.event_type_value == "RESOURCE_INIT_FAILURE")]  # fmt: skip
        assert not ergebnis.success
        assert "Die Ereignisse des Laufs lassen sich nicht nach openlineage/" in meldungen[0]

    def test_was_erst_am_ende_scheitert_steht_auch_auf_dem_terminal(self, daten: Path) -> None:
        @dg.op
        def schritt(haus: Haus) -> None:
            (datei,) = (haus.einstellungen.daten / "openlineage").iterdir()
            datei.unlink()
            datei.mkdir()

        @dg.job(resource_defs={"haus": Haus()}, executor_def=dg.in_process_executor)
        def probe() -> None:
            schritt()

        ergebnis = Nachtergebnis(False, "", "")
        with dg.DagsterInstance.ephemeral() as instanz:
            instanz.add_event_listener(LAUF, _Fortschritt(Console(file=io.StringIO()), ergebnis))
            probe.execute_in_process(instance=instanz, run_id=LAUF, raise_on_error=False)
        assert [f.startswith("Die Ereignisse des Laufs lassen sich nicht nach") for f in ergebnis.fehler] == [True]


class TestBeispiel:
    def test_der_lauf_und_jedes_modell_von_anfang_bis_ende(self, beispiel_freigabe: Szene) -> None:
        lauf = str(beispiel_freigabe.schein()["lauf"])
        ereignisse = lies(beispiel_freigabe.daten / "openlineage" / f"{lauf}.ndjson")
        assert (ereignisse[0]["run"]["runId"], ereignisse[-1]["run"]["runId"]) == (lauf, lauf)
        assert ereignisse[-1]["eventType"] == "COMPLETE"
        je_job: dict[str, list[str]] = {}
        for e in ereignisse:
            je_job.setdefault(e["job"]["name"], []).append(e["eventType"])
        modelle = {p.stem for p in (beispiel_freigabe.freigabe / "belege" / "sql").glob("*.sql")}
        assert set(je_job) == modelle | {"nachtlauf", "freigabe"}
        assert {tuple(arten) for arten in je_job.values()} == {("START", "COMPLETE")}

    def test_jede_spalte_jedes_modells_hat_ihre_herkunft(self, beispiel_freigabe: Szene) -> None:
        lauf = str(beispiel_freigabe.schein()["lauf"])
        ereignisse = lies(beispiel_freigabe.daten / "openlineage" / f"{lauf}.ndjson")
        fertig = {e["job"]["name"]: e for e in ereignisse if e["eventType"] == "COMPLETE"}
        freigegeben = {d["name"] for d in fertig["freigabe"]["outputs"]}
        assert {"main.indikatoren", "main.spaltenherkunft"} <= freigegeben
        for name, ereignis in fertig.items():
            for aus in ereignis["outputs"]:
                spalten = [f["name"] for f in aus["facets"]["schema"]["fields"]]
                assert sorted(spalten) == sorted(aus["facets"]["columnLineage"]["fields"]), name

    def test_auch_eine_nacht_ohne_neues_ist_ein_lauf(self, beispiel_freigabe: Szene) -> None:
        laenge = sorted(len(lies(d)) for d in (beispiel_freigabe.daten / "openlineage").glob("*.ndjson"))
        assert laenge[0] == 2
        assert len(laenge) == 2
