"""What Dagster knows of the project: the graph, its checks, the job, the schedule."""

from __future__ import annotations

import dagster as dg
import pytest
from laufhilfe import Szene

from pipelines.assets.dbt import KENNUNG
from pipelines.assets.jahrgaenge import GRUPPE as NACHHOLEN
from pipelines.assets.jahrgaenge import jaehrliche_teile
from pipelines.assets.roh import BEIWERK, GESTALT, ORTE
from pipelines.transformation.manifest import manifest
from quellen.modell import lade_katalog

pytestmark = pytest.mark.langsam


@pytest.fixture(scope="session")
def graph(nachtlauf_defs: dg.Definitions) -> dg.AssetGraph:
    return nachtlauf_defs.resolve_asset_graph()


@pytest.fixture
def dbt_manifest(beispiel_freigabe: Szene, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, dict[str, str]]]:
    from pipelines.einstellungen import Einstellungen  # noqa: PLC0415

    return manifest(Einstellungen(daten=beispiel_freigabe.daten))


def test_alles_laesst_sich_laden(nachtlauf_defs: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(nachtlauf_defs)


def test_die_assets_sind_genau_die_aus_katalog_und_manifest(graph: dg.AssetGraph, dbt_manifest: dict) -> None:
    katalog = lade_katalog()
    erwartet = {f"archiv/{q}" for q in katalog}
    erwartet |= {f"raw/{q.rohtabelle(t)}" for q in katalog.values() for t in q.teile}
    erwartet |= {f"raw/{name}" for name in [*BEIWERK, *GESTALT, *ORTE, "verortung", "fusswege"]}
    erwartet |= {"freigabe/sozialraum", "bericht/quellenzustand"}
    erwartet |= {f"jahrgaenge/{q.id}" for q in katalog.values() if jaehrliche_teile(q)}
    vom_dbt = {k for k, n in dbt_manifest["nodes"].items() if n["resource_type"] in ("model", "seed")}
    gefunden = {s.to_user_string() for s in graph.get_all_asset_keys()}
    mit_kennung = {
        k: n.metadata[KENNUNG]
        for k, n in ((k, graph.get(k)) for k in graph.get_all_asset_keys())
        if KENNUNG in n.metadata
    }
    assert set(mit_kennung.values()) == vom_dbt
    assert gefunden - {k.to_user_string() for k in mit_kennung} == erwartet


def test_jede_quelle_des_dbt_projekts_ist_ein_asset_von_uns(graph: dg.AssetGraph, dbt_manifest: dict) -> None:
    """Tables of figures reach dbt through ``raw/figuren``; all others of ours are its sources.

    A source that is released itself is written after dbt, so no model may read it.
    """
    danach = {k for k, s in dbt_manifest["sources"].items() if s["config"]["meta"].get("freigabe")}
    assert not danach & {k for n in dbt_manifest["nodes"].values() for k in n.get("depends_on", {}).get("nodes", [])}
    raw = {f"raw/{s['identifier']}" for k, s in dbt_manifest["sources"].items() if k not in danach}
    unsere = {k.to_user_string() for k in graph.get_all_asset_keys() if k.path[0] == "raw"}
    assert raw <= unsere
    assert unsere - raw <= {f"raw/{q.rohtabelle(t)}" for q in lade_katalog().values() for t in q.teile}


def test_es_gibt_keine_leeren_huellen(graph: dg.AssetGraph) -> None:
    """Every asset that another one depends on is made by a step here."""
    for schluessel in graph.get_all_asset_keys():
        knoten = graph.get(schluessel)
        assert knoten.is_materializable, schluessel
        assert not knoten.is_external, schluessel
        assert all(graph.get(oben).is_materializable for oben in knoten.parent_keys), schluessel


def test_der_weg_von_jeder_quelle_zur_freigabe(graph: dg.AssetGraph) -> None:
    ziel = dg.AssetKey(["freigabe", "sozialraum"])
    oben: set[dg.AssetKey] = set()
    offen = [ziel]
    while offen:
        for schluessel in graph.get(offen.pop()).parent_keys - oben:
            oben.add(schluessel)
            offen.append(schluessel)
    assert {dg.AssetKey(["archiv", q]) for q in lade_katalog()} <= oben


def test_die_pruefungen_sind_genau_die_aus_katalog_und_manifest(graph: dg.AssetGraph, dbt_manifest: dict) -> None:
    katalog = lade_katalog()
    erwartet = {(f"archiv/{q}", "abruf") for q in katalog}
    erste = {f"raw/{q.rohtabelle(next(iter(q.teile)))}" for q in katalog.values()}
    erwartet |= {(tabelle, pruefung) for tabelle in erste for pruefung in ("vertrag", "abweichungen")}
    erwartet |= {("freigabe/sozialraum", "pruefungen")}
    gefunden = {(k.asset_key.to_user_string(), k.name) for k in graph.asset_check_keys}
    vom_dbt = gefunden - erwartet
    assert gefunden - vom_dbt == erwartet
    tests = {n["name"] for n in dbt_manifest["nodes"].values() if n["resource_type"] == "test"}
    assert {name for _, name in vom_dbt} == tests
    assert len(vom_dbt) == len(tests)


def test_gruppen_sind_die_raeume(graph: dg.AssetGraph) -> None:
    gruppen = {graph.get(k).group_name for k in graph.get_all_asset_keys()}
    assert gruppen - {NACHHOLEN} == {
        "abruf",
        "rohtabellen",
        "stammdaten",
        "staging",
        "beobachtungen",
        "indikatoren",
        "revisionen",
        "freigabe",
    }


def test_jedes_asset_hat_eine_beschreibung(graph: dg.AssetGraph, dbt_manifest: dict) -> None:
    """In the UI German stands, so a model must be described in its declaration: comments in SQL are English."""
    for schluessel in graph.get_all_asset_keys():
        text = graph.get(schluessel).description or ""
        assert len(text) >= 15, schluessel
        assert "```" not in text, schluessel
    modelle = [n for n in dbt_manifest["nodes"].values() if n["resource_type"] in ("model", "seed")]
    assert [n["name"] for n in modelle if not n["description"]] == []


def test_der_eingang_wird_beobachtet_wenn_jemand_es_will(nachtlauf_defs: dg.Definitions) -> None:
    [waechter] = nachtlauf_defs.sensors
    assert (waechter.name, waechter.job_name) == ("eingang", "eingang")
    assert nachtlauf_defs.resolve_job_def("eingang").executor_def is dg.in_process_executor


def test_zeitplan(nachtlauf_defs: dg.Definitions) -> None:
    [plan] = nachtlauf_defs.schedules
    assert (plan.name, plan.cron_schedule, plan.execution_timezone) == ("nachtlauf", "30 2 * * *", "Europe/Berlin")
    assert plan.job_name == "nachtlauf"


def test_der_job_laeuft_in_einem_prozess_und_umfasst_alles(
    nachtlauf_defs: dg.Definitions, graph: dg.AssetGraph
) -> None:
    job = nachtlauf_defs.resolve_job_def("nachtlauf")
    assert job.executor_def is dg.in_process_executor
    alle = {k for k in graph.get_all_asset_keys() if graph.get(k).group_name != NACHHOLEN}
    assert set(job.asset_layer.executable_asset_keys) == alle
    schritte = {n.name for n in job.nodes}
    assert {"abruf", "dbt"} <= schritte
    assert not [s for s in schritte if s.startswith("archiv__")], "all sources are fetched in one step"


def test_die_beschreibung_einer_quelle_nennt_lizenz_und_vermerk(graph: dg.AssetGraph) -> None:
    for quelle in lade_katalog().values():
        metadaten = graph.get(dg.AssetKey(["archiv", quelle.id])).metadata
        assert metadaten["Namensnennung"] == quelle.lizenz.namensnennung
        assert metadaten["Lizenz"].value == quelle.lizenz.url
        assert metadaten["Format bestätigt"] == quelle.bestaetigt
