"""The fetching step: retries what may heal, reports what does not, and never stops the others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from laufhilfe import BEISPIELARCHIV, GENESIS

from pipelines.assets.abruf import CHECK, abruf_asset, schluessel
from pipelines.ressourcen import Haus
from quellen import holen
from quellen.abrufen.nacht import WIEDERHOLUNGEN
from quellen.archiv import Archiv
from quellen.modell import Weg, lade_katalog
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


def hole(*namen: str) -> dg.ExecuteInProcessResult:
    """Run the fetching step for some sources of the catalogue, as the UI does for selected assets."""
    with dg.DagsterInstance.ephemeral() as offen:
        return dg.materialize(
            [abruf_asset(lade_katalog().values())],
            resources={"haus": Haus()},
            instance=offen,
            raise_on_error=False,
            selection=[schluessel(name) for name in namen],
        )


def pruefungen(ergebnis: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {a.asset_key.path[-1]: a for a in ergebnis.get_asset_check_evaluations()}


def pruefung(ergebnis: dg.ExecuteInProcessResult) -> dg.AssetCheckEvaluation:
    [auswertung] = ergebnis.get_asset_check_evaluations()
    return auswertung


def material(ergebnis: dg.ExecuteInProcessResult, quelle: str) -> dg.AssetMaterialization:
    [eines] = [m for m in ergebnis.asset_materializations_for_node("abruf") if m.asset_key == schluessel(quelle)]
    return eines


def abrufe(daten: Path, quelle: str) -> int:
    return len(Archiv(daten / "archiv").abrufe(quelle))


def test_ein_guter_abruf(live: Path) -> None:
    ergebnis = hole("schulen")
    assert ergebnis.success
    assert pruefung(ergebnis).passed
    neues = material(ergebnis, "schulen")
    objekt = Archiv(live / "archiv").abrufe("schulen")[0].objekte[0]
    assert neues.metadata["sha256"].value == objekt.sha256
    assert neues.metadata["Neue Inhalte"].value == 1
    assert neues.metadata["Lizenz"].value == "dl-de/by-2-0"
    assert neues.metadata["Weg"].value == "direkt"
    assert neues.metadata["Umwege"].value == "keine"
    assert objekt.sha256 in neues.metadata["Abrufe"].value
    assert json.loads((live / "zustand" / "schulen.json").read_text(encoding="utf-8"))["meldung"] == ""


def test_was_das_portal_heilt_wird_wiederholt(live: Path, portal: Portal) -> None:
    """503 until the requests of the first attempt are used up: the source comes once more at the end and succeeds."""
    portal.stoeren(parse_stoerung(f"status-503:schuldaten@{holen.VERSUCHE}"))
    ergebnis = hole("schulen")
    assert ergebnis.success
    assert pruefung(ergebnis).passed
    assert [e.status for e in portal.protokoll] == [503] * holen.VERSUCHE + [200]
    assert abrufe(live, "schulen") == 1


def test_ein_abgeschnittenes_zip_wird_wiederholt(live: Path, portal: Portal) -> None:
    portal.stoeren(parse_stoerung("zip-abgeschnitten:tablefile@1"))
    ergebnis = hole("bevoelkerung_kreis")
    assert pruefung(ergebnis).passed
    assert len([e for e in portal.protokoll if e.pfad.endswith("tablefile")]) == 2
    assert abrufe(live, "bevoelkerung_kreis") == 1


def test_was_nicht_heilt_endet_in_einer_meldung_nicht_in_einem_absturz(live: Path, portal: Portal) -> None:
    portal.stoeren(parse_stoerung("status-503:schuldaten"))
    ergebnis = hole("schulen")
    assert ergebnis.success, "die anderen Quellen sollen weiterlaufen"
    assert len(portal.protokoll) == holen.VERSUCHE * (1 + WIEDERHOLUNGEN)
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
    neues = material(ergebnis, "schulen")
    assert neues.metadata["Neue Inhalte"].value == 0
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
        neues = material(hole("schulen_schluessel"), "schulen_schluessel")
        assert neues.metadata["Neue Inhalte"].value == erwartet
    assert {a.datenart for a in Archiv(tmp_path / "archiv").abrufe("schulen_schluessel")} == {"beispiel"}


def test_alle_quellen_in_einem_schritt(live: Path, portal: Portal) -> None:
    """One source's fault leaves its check red and everything else untouched."""
    portal.stoeren(parse_stoerung("html-200:anzahlen"))
    ergebnis = hole(*lade_katalog())
    assert ergebnis.success
    assert {q: a.passed for q, a in pruefungen(ergebnis).items()} == {q: q != "schuelerzahlen" for q in lade_katalog()}
    assert {q for q in lade_katalog() if abrufe(live, q)} == set(lade_katalog()) - {"schuelerzahlen"}
    assert [e.step_key for e in ergebnis.all_events if e.event_type_value == "STEP_START"] == ["abruf"]


def test_eine_einzelne_quelle_laesst_sich_wiederholen(live: Path, portal: Portal) -> None:
    ergebnis = hole("schulen", "gebiete")
    assert set(pruefungen(ergebnis)) == {"schulen", "gebiete"}
    hole("schulen")
    assert (abrufe(live, "schulen"), abrufe(live, "schuelerzahlen")) == (2, 0)
    assert {m.asset_key for m in ergebnis.asset_materializations_for_node("abruf")} == {
        schluessel("schulen"),
        schluessel("gebiete"),
    }


def test_ein_asset_auch_ohne_seine_pruefung(live: Path) -> None:
    auswahl = dg.AssetSelection.assets(schluessel("schulen")).without_checks()
    with dg.DagsterInstance.ephemeral() as instanz:
        ergebnis = dg.materialize(
            [abruf_asset(lade_katalog().values())], resources={"haus": Haus()}, instance=instanz, selection=auswahl
        )
    assert ergebnis.success
    assert not ergebnis.get_asset_check_evaluations()
    assert abrufe(live, "schulen") == 1


def test_jede_quelle_hat_asset_pruefung_und_beschreibung() -> None:
    katalog = lade_katalog()
    asset = abruf_asset(katalog.values())
    assert asset.keys == {schluessel(q) for q in katalog}
    assert {(k.asset_key, k.name) for k in asset.check_keys} == {(schluessel(q), CHECK) for q in katalog}
    for spec in asset.specs:
        quelle = katalog[spec.key.path[-1]]
        assert quelle.titel in str(spec.description)
        assert spec.kinds == {quelle.zugang.portal}
        assert spec.metadata["Namensnennung"] == quelle.lizenz.namensnennung


def test_das_protokoll_nennt_jede_anfrage_und_jede_pause(live: Path, portal: Portal) -> None:
    portal.stoeren(parse_stoerung("status-503:schuldaten@1"))
    with dg.DagsterInstance.ephemeral() as instanz:
        lauf = dg.materialize(
            [abruf_asset([lade_katalog()["schulen"]])], resources={"haus": Haus()}, instance=instanz
        ).run_id
        zeilen = [e.user_message for e in instanz.all_logs(lauf) if e.user_message]
    assert any(
        re.fullmatch(r"www\.schulministerium\.nrw\.de: schuldaten\.csv, [\d,]+ kB in [\d,]+ s", z) for z in zeilen
    )
    assert any("HTTP 503" in z and z.endswith("neuer Versuch in 0,0 s") for z in zeilen)


def test_der_weg_und_die_umwege_stehen_am_asset(live: Path, portal: Portal, tmp_path: Path) -> None:
    """The first way is refused, the second one leads to the file: both can be read at the asset."""
    schulen = lade_katalog()["schulen"]
    hauptweg = schulen.zugang.model_copy(update={"id": "haupt"})
    kaputt = {t: r.model_copy(update={"zugang": {"pfad": "/fort_[x].csv"}}) for t, r in schulen.teile.items()}
    zweiter = Weg(zugang=schulen.zugang, teile={t: r.zugang for t, r in schulen.teile.items()})
    quelle = schulen.model_copy(update={"zugang": hauptweg, "teile": kaputt, "weitere_wege": (zweiter,)})
    with dg.DagsterInstance.ephemeral() as instanz:
        ergebnis = dg.materialize([abruf_asset([quelle])], resources={"haus": Haus()}, instance=instanz)
    neues = material(ergebnis, "schulen")
    assert pruefung(ergebnis).passed
    assert neues.metadata["Weg"].value == "direkt"
    assert str(neues.metadata["Umwege"].value).startswith("- verzeichnis: haupt: schulen/verzeichnis: Die Adresse gibt")
    assert "fort\\_" in str(neues.metadata["Umwege"].value), "what a portal wrote is text, not markup"


@pytest.mark.parametrize("betrieb", ["live", "beispiel"])
def test_ein_beschaedigter_eintrag_haelt_nur_seine_quelle_an(
    live: Path, monkeypatch: pytest.MonkeyPatch, betrieb: str
) -> None:
    monkeypatch.setenv("SOZIALRAUM_BETRIEB", betrieb)
    ordner = live / "archiv" / "abrufe" / "schulen"
    ordner.mkdir(parents=True)
    (ordner / "1.json").write_text("{", encoding="utf-8")
    ergebnis = hole("schulen", "gebiete")
    assert ergebnis.success
    assert {q: a.passed for q, a in pruefungen(ergebnis).items()} == {"schulen": False, "gebiete": True}
    assert "Ein Abrufverzeichnis-Eintrag ist beschädigt" in str(pruefungen(ergebnis)["schulen"].description)
    assert "beschädigt" in str(material(ergebnis, "schulen").metadata["Stand"].value)
    assert abrufe(live, "gebiete") > 0


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
