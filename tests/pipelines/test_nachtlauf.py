"""What the command line makes of a run: progress, summary, and who may run at the same time."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from laufhilfe import Szene
from rich.console import Console

from pipelines import ressourcen
from pipelines.einstellungen import Einstellungen
from pipelines.lager import sperre
from pipelines.nachtlauf import (
    Nachtergebnis,
    _Fortschritt,
    dagster_ordner,
    laufe,
    quellentabelle,
    zeige_zusammenfassung,
)
from quellen.modell import lade_katalog


@pytest.fixture
def konsole() -> Console:
    return Console(file=io.StringIO(), width=200)


def gesagt(konsole: Console) -> str:
    assert isinstance(konsole.file, io.StringIO)
    return konsole.file.getvalue()


@pytest.mark.langsam
@pytest.mark.usefixtures("nachtlauf_defs")
def test_zwei_laeufe_zugleich_gibt_es_nicht(
    beispiel_kopie: Szene, konsole: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that cannot get the private file says so; it does not say that there is nothing new."""
    monkeypatch.setenv("SOZIALRAUM_DATEN", str(beispiel_kopie.daten))
    monkeypatch.setattr(ressourcen, "WARTEZEIT_AUF_SPERRE_S", 0)
    einstellungen = Einstellungen()
    with sperre(einstellungen.lager):
        ergebnis = laufe(einstellungen, konsole)
        zeige_zusammenfassung(einstellungen, ergebnis, konsole)
    assert not ergebnis.erfolg
    assert "✗ Ein anderer Lauf schreibt gerade lager.duckdb." in gesagt(konsole)
    assert f"Keine neue Freigabe: {beispiel_kopie.freigabe.name} bleibt aktuell." in gesagt(konsole)
    assert "Nichts Neues" not in gesagt(konsole)


@pytest.mark.gruendlich
@pytest.mark.langsam
@pytest.mark.usefixtures("nachtlauf_defs")
def test_ein_beschaedigter_eintrag_im_archiv_endet_mit_einer_meldung(
    beispiel_kopie: Szene, konsole: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOZIALRAUM_DATEN", str(beispiel_kopie.daten))
    eintrag = next((beispiel_kopie.daten / "archiv" / "abrufe" / "schulen").glob("*.json"))
    eintrag.chmod(0o644)
    eintrag.write_text("{", encoding="utf-8")
    ergebnis = laufe(Einstellungen(), konsole)
    zeige_zusammenfassung(Einstellungen(), ergebnis, konsole)
    assert not ergebnis.erfolg
    assert "schulen" in gesagt(konsole)
    assert "Ein Abrufverzeichnis-Eintrag ist beschädigt. Gefunden: " in gesagt(konsole)
    assert "aus der Sicherung wiederherstellen" in gesagt(konsole)
    zustaende = dict(beispiel_kopie.frage("select quelle, zustand from quellen"))
    assert ergebnis.freigabe_nachher == beispiel_kopie.freigabe.name
    assert zustaende.pop("schulen") == "letzter guter Stand"
    assert set(zustaende.values()) == {"gut"}


@pytest.mark.parametrize(
    ("passed", "text", "zeile"),
    [
        (True, "vollständig, 2 neu", "    ✓ schulen: vollständig, 2 neu"),
        (False, "schulen/verzeichnis: Das Portal [rot] meldet …", "    ✗ schulen: nicht vollständig"),
    ],
)
def test_eine_zeile_je_quelle_sobald_ihr_abruf_endet(konsole: Console, passed: bool, text: str, zeile: str) -> None:
    """The step of all sources tells of each one as it ends; the message itself stands in the closing summary."""

    @dg.multi_asset(
        name="abruf",
        specs=[dg.AssetSpec(["archiv", "schulen"])],
        check_specs=[dg.AssetCheckSpec("abruf", asset=["archiv", "schulen"])],
    )
    def abruf() -> Iterator[dg.MaterializeResult]:
        pruefung = dg.AssetCheckResult(passed=passed, description=text)
        yield dg.MaterializeResult(asset_key=["archiv", "schulen"], check_results=[pruefung])

    ergebnis, lauf = Nachtergebnis(False, "", ""), str(uuid.uuid4())
    with dg.DagsterInstance.ephemeral() as instanz:
        instanz.add_event_listener(lauf, _Fortschritt(konsole, ergebnis))
        job = dg.Definitions([abruf]).resolve_implicit_global_asset_job_def()
        job.execute_in_process(instance=instanz, run_id=lauf)
    assert gesagt(konsole).splitlines() == ["  … abruf", zeile, "  ✓ abruf"]
    assert ergebnis.pruefungen == 1
    assert ergebnis.pruefungen_schlecht == ([] if passed else [f"archiv/schulen: abruf: {text}"])


class TestZusammenfassung:
    @pytest.fixture
    def einstellungen(self, tmp_path: Path) -> Einstellungen:
        return Einstellungen(daten=tmp_path)

    @pytest.mark.parametrize(
        ("ergebnis", "satz"),
        [
            (Nachtergebnis(True, "", "f1"), "Neue Freigabe f1"),
            (Nachtergebnis(False, "f1", "f2", ["bericht: schulen"]), "Neue Freigabe f2"),
            (Nachtergebnis(True, "f1", "f1"), "Nichts Neues: die Freigabe f1 bleibt aktuell."),
            (Nachtergebnis(False, "f1", "f1", ["dbt: kaputt"]), "Keine neue Freigabe: f1 bleibt aktuell."),
            (Nachtergebnis(False, "f1", "f1"), "Keine neue Freigabe: f1 bleibt aktuell."),
            (Nachtergebnis(False, "", ""), "Es gibt noch keine Freigabe."),
        ],
    )
    def test_der_schlusssatz(
        self, einstellungen: Einstellungen, konsole: Console, ergebnis: Nachtergebnis, satz: str
    ) -> None:
        zeige_zusammenfassung(einstellungen, ergebnis, konsole)
        saetze = ("Neue Freigabe", "Nichts Neues", "Keine neue Freigabe", "Es gibt noch keine Freigabe")
        assert satz in gesagt(konsole)
        assert sum(s in gesagt(konsole) for s in saetze) == 1

    def test_jede_nicht_bestandene_pruefung_steht_da(self, einstellungen: Einstellungen, konsole: Console) -> None:
        ergebnis = Nachtergebnis(False, "", "f1", ["bericht: [rot] fehlt"], 5, ["raw/x: vertrag: Zeile 7"])
        zeige_zusammenfassung(einstellungen, ergebnis, konsole)
        assert "Prüfungen: 4 bestanden, 1 nicht bestanden" in gesagt(konsole)
        assert "✗ raw/x: vertrag: Zeile 7" in gesagt(konsole)
        assert "✗ bericht: [rot] fehlt" in gesagt(konsole)

    def test_ohne_lager_bleibt_die_tabelle_leer(self, einstellungen: Einstellungen) -> None:
        assert quellentabelle(einstellungen).row_count == 0

    def test_die_tabelle_zaehlt_abrufe_und_zeilen(self, beispiel_freigabe: Szene, konsole: Console) -> None:
        tabelle = quellentabelle(Einstellungen(daten=beispiel_freigabe.daten))
        assert tabelle.row_count == len(lade_katalog())
        konsole.print(tabelle)
        zeilen = beispiel_freigabe.frage(
            "select quelle, count(*), sum(zeilen) from abrufe group by quelle order by quelle"
        )
        for quelle, anzahl, summe in zeilen:
            [zeile] = [z for z in gesagt(konsole).splitlines() if f" {quelle} " in z]
            assert [t.strip() for t in zeile.strip("│ ").split("│")][1:4] == ["gut", str(anzahl), str(summe)]

    def test_haelt_jemand_das_lager_offen_fehlt_nur_die_tabelle(self, einstellungen: Einstellungen) -> None:
        """DuckDB refuses a second configuration in one process like it refuses a second process."""
        with duckdb.connect(str(einstellungen.lager)):
            pass
        with duckdb.connect(str(einstellungen.lager), read_only=True):
            assert quellentabelle(einstellungen).row_count == 0


class TestDagsterOrdner:
    def test_unter_den_laufzeitdaten_mit_unserer_einstellung(self, tmp_path: Path) -> None:
        ordner = dagster_ordner(Einstellungen(daten=tmp_path))
        assert ordner == tmp_path / "dagster"
        assert "enabled: false" in (ordner / "dagster.yaml").read_text(encoding="utf-8")

    def test_dagster_home_geht_vor_und_was_dort_steht_bleibt(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "heim"))
        (tmp_path / "heim").mkdir()
        (tmp_path / "heim" / "dagster.yaml").write_text("{}\n", encoding="utf-8")
        assert dagster_ordner(Einstellungen(daten=tmp_path)) == tmp_path / "heim"
        assert (tmp_path / "heim" / "dagster.yaml").read_text(encoding="utf-8") == "{}\n"
