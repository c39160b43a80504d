"""Files by hand: what is taken in, what stays with a report, when the sensor starts a run, what a run shows."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from cliruf import beispieldatei, ruf

from pipelines.assets.eingang import eingang_job, eingang_sensor, nimm_an
from pipelines.eingangsordner import ANGENOMMEN, BERICHT, wartende
from pipelines.einstellungen import Einstellungen
from quellen.archiv import Archiv
from quellen.modell import KATALOG


@pytest.fixture
def haus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Einstellungen:
    """Runtime data and a catalogue of its own, with the folder of one source."""
    katalog = tmp_path / "katalog"
    shutil.copytree(KATALOG, katalog)
    monkeypatch.setenv("SOZIALRAUM_DATEN", str(tmp_path / "daten"))
    monkeypatch.setenv("SOZIALRAUM_KATALOG", str(katalog))
    einstellungen = Einstellungen()
    (einstellungen.eingang / "schulen").mkdir(parents=True)
    return einstellungen


@pytest.fixture
def instanz() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as offen:
        yield offen


def lege(haus: Einstellungen, *, gut: bool, name: str = "schuldaten.csv") -> Path:
    datei = beispieldatei("schulen", "verzeichnis", haus.eingang / "schulen")
    datei = datei.rename(datei.with_name(name))
    if not gut:
        datei.write_bytes(datei.read_bytes().replace(b"Schulform", b"Schulart", 1))
    return datei


def blick(instanz: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    ergebnis = eingang_sensor(dg.build_sensor_context(instance=instanz, cursor=cursor))
    assert isinstance(ergebnis, dg.SensorResult)
    return ergebnis


def lauf(instanz: dg.DagsterInstance, anfrage: dg.RunRequest | None = None) -> dg.ExecuteInProcessResult:
    return eingang_job.execute_in_process(
        run_config=anfrage.run_config if anfrage else None, instance=instanz, raise_on_error=False
    )


class TestOrdner:
    def test_eine_gute_datei_geht_ins_archiv_und_aus_dem_weg(self, haus: Einstellungen) -> None:
        datei = lege(haus, gut=True)
        inhalt = datei.read_bytes()
        [vorgang] = nimm_an(haus, None)
        assert vorgang.angenommen
        assert not datei.exists()
        [weggelegt] = (datei.parent / ANGENOMMEN).iterdir()
        assert weggelegt.read_bytes() == inhalt
        assert weggelegt.name.endswith("_schuldaten.csv")
        [abruf] = Archiv(haus.archiv).abrufe("schulen")
        assert (abruf.weg, abruf.datenart) == ("eingang", "eingang")
        assert Archiv(haus.archiv).lesen(abruf.objekte[0].sha256) == inhalt
        assert nimm_an(haus, None) == []

    def test_eine_schlechte_bleibt_mit_bericht_und_haelt_die_gute_nicht_auf(self, haus: Einstellungen) -> None:
        schlecht = lege(haus, gut=False, name="a_schuldaten.csv")
        gut = lege(haus, gut=True, name="b_schuldaten.csv")
        vorgaenge = nimm_an(haus, None)
        assert [v.angenommen for v in vorgaenge] == [False, True]
        assert schlecht.exists()
        assert not gut.exists()
        bericht = Path(f"{schlecht}{BERICHT}").read_text(encoding="utf-8")
        for stueck in (
            "geprüft und bleibt liegen",
            "»Schulart«",
            "Erwartet: »Schulform«",
            "Was tun: ",
            "sozialraum eingang",
        ):
            assert stueck in bericht
        assert vorgaenge[0].meldung in bericht
        assert len(Archiv(haus.archiv).abrufe("schulen")) == 1

    def test_wird_die_datei_gut_verschwindet_der_bericht(self, haus: Einstellungen) -> None:
        schlecht = lege(haus, gut=False)
        nimm_an(haus, None)
        schlecht.write_bytes(schlecht.read_bytes().replace(b"Schulart", b"Schulform", 1))
        assert nimm_an(haus, [])[0].angenommen
        assert not Path(f"{schlecht}{BERICHT}").exists()

    def test_was_abgelehnt_wurde_wartet_auf_eine_aenderung(self, haus: Einstellungen) -> None:
        schlecht = lege(haus, gut=False)
        nimm_an(haus, [])
        assert nimm_an(haus, []) == []
        schlecht.touch()
        assert nimm_an(haus, []) == []
        yaml = haus.katalog / "schulen.yaml"
        yaml.write_text(
            yaml.read_text(encoding="utf-8").replace("spalte: Schulform}", "spalte: [Schulform, Schulart]}"),
            encoding="utf-8",
        )
        assert [v.angenommen for v in nimm_an(haus, [])] == [True]

    @pytest.mark.parametrize(
        "name", [".versteckt", "~$a.xlsx", "a.csv.part", "a.crdownload", "a.csv~", f"a.csv{BERICHT}"]
    )
    def test_unfertiges_wird_nicht_angefasst(self, haus: Einstellungen, name: str) -> None:
        (haus.eingang / "schulen" / name).write_bytes(b"x")
        assert wartende(haus.eingang) == []

    def test_verknuepfungen_wird_nicht_gefolgt(self, haus: Einstellungen, tmp_path: Path) -> None:
        geheim = tmp_path / "geheim.csv"
        geheim.write_text("nicht deins", encoding="utf-8")
        link = haus.eingang / "schulen" / "schuldaten.csv"
        link.symlink_to(geheim)
        ordner = haus.eingang / "gebiete"
        ordner.symlink_to(tmp_path)
        vorgaenge = nimm_an(haus, None)
        assert {v.datei.name: "Verknüpfung" in v.meldung or "keinem Ordner" in v.meldung for v in vorgaenge} == {
            "gebiete": True,
            "schuldaten.csv": True,
        }
        assert link.is_symlink()
        assert geheim.exists()
        assert not list(haus.daten.rglob("objekte/*/*"))

    def test_ein_bericht_ueberschreibt_kein_ziel_einer_verknuepfung(self, haus: Einstellungen, tmp_path: Path) -> None:
        opfer = tmp_path / "opfer.txt"
        opfer.write_text("wichtig", encoding="utf-8")
        datei = lege(haus, gut=False)
        Path(f"{datei}{BERICHT}").symlink_to(opfer)
        nimm_an(haus, None)
        assert opfer.read_text(encoding="utf-8") == "wichtig"
        assert "Schulart" in Path(f"{datei}{BERICHT}").read_text(encoding="utf-8")

    def test_was_keine_datei_einer_quelle_ist(self, haus: Einstellungen) -> None:
        (haus.eingang / "lose.csv").write_text("x", encoding="utf-8")
        (haus.eingang / "wetter").mkdir()
        (haus.eingang / "wetter" / "a.csv").write_text("x", encoding="utf-8")
        (haus.eingang / "schulen" / "unter").mkdir()
        os.mkfifo(haus.eingang / "schulen" / "rohr")
        meldungen = {v.datei.name: v.meldung for v in nimm_an(haus, None)}
        assert "keinem Ordner einer Quelle" in meldungen["lose.csv"]
        assert "Ordner heißt wie keine Quelle" in meldungen["a.csv"]
        assert "ein Unterordner" in meldungen["unter"]
        assert "keine Datei" in meldungen["rohr"]
        for name in ("lose.csv", "wetter/a.csv", "schulen/unter", "schulen/rohr"):
            assert (haus.eingang / f"{name}{BERICHT}").exists()
        assert nimm_an(haus, []) == []

    def test_zu_grosses_wird_nicht_gelesen(self, haus: Einstellungen) -> None:
        yaml = haus.katalog / "schulen.yaml"
        yaml.write_text(
            yaml.read_text(encoding="utf-8").replace("hoechstbytes: 50000000", "hoechstbytes: 1000"),
            encoding="utf-8",
        )
        lege(haus, gut=True)
        [vorgang] = nimm_an(haus, None)
        assert "Die Datei ist zu groß" in vorgang.meldung
        assert "höchstens 1000 Bytes" in vorgang.meldung
        assert nimm_an(haus, []) == []

    def test_zwei_gleiche_namen_nacheinander(self, haus: Einstellungen) -> None:
        for _ in range(2):
            lege(haus, gut=True)
            assert nimm_an(haus, None)[0].angenommen
        assert len(list((haus.eingang / "schulen" / ANGENOMMEN).iterdir())) == 2


class TestWaechter:
    def test_er_ist_aus_bis_ihn_jemand_einschaltet(self) -> None:
        assert eingang_sensor.default_status == dg.DefaultSensorStatus.STOPPED
        assert eingang_sensor.minimum_interval_seconds >= 60

    def test_erst_wenn_eine_datei_nicht_mehr_waechst(self, haus: Einstellungen, instanz: dg.DagsterInstance) -> None:
        datei = lege(haus, gut=True)
        erster = blick(instanz)
        assert not erster.run_requests
        with datei.open("ab") as offen:
            offen.write(b"\n")
        zweiter = blick(instanz, erster.cursor)
        assert not zweiter.run_requests
        dritter = blick(instanz, zweiter.cursor)
        [anfrage] = dritter.run_requests or []
        assert anfrage.run_config["ops"]["dateien_annehmen"]["config"] == {"dateien": ["schulen/schuldaten.csv"]}
        [gleiche] = blick(instanz, dritter.cursor).run_requests or []
        assert gleiche.run_key == anfrage.run_key  # Dagster starts a run key once

    def test_ein_lauf_je_blick_und_nur_mit_dem_was_ruht(self, haus: Einstellungen, instanz: dg.DagsterInstance) -> None:
        lege(haus, gut=True, name="a_schuldaten.csv")
        lege(haus, gut=False, name="b_schuldaten.csv")
        vorher = blick(instanz)
        lege(haus, gut=True, name="c_schuldaten.csv")
        [anfrage] = blick(instanz, vorher.cursor).run_requests or []
        ergebnis = lauf(instanz, anfrage)
        assert not ergebnis.success
        assert sorted(p.name for p in (haus.eingang / "schulen").iterdir() if p.is_file()) == [
            "b_schuldaten.csv",
            f"b_schuldaten.csv{BERICHT}",
            "c_schuldaten.csv",
        ]

    def test_nach_einer_ablehnung_ist_ruhe(self, haus: Einstellungen, instanz: dg.DagsterInstance) -> None:
        lege(haus, gut=False)
        cursor = blick(instanz).cursor
        [anfrage] = blick(instanz, cursor).run_requests or []
        lauf(instanz, anfrage)
        danach = blick(instanz, cursor)
        assert not danach.run_requests
        assert danach.skip_reason

    def test_ohne_ordner(self, haus: Einstellungen, instanz: dg.DagsterInstance) -> None:
        shutil.rmtree(haus.eingang)
        ergebnis = blick(instanz)
        assert not ergebnis.run_requests
        assert json.loads(ergebnis.cursor or "") == {}


class TestLauf:
    def test_rot_mit_demselben_text_wie_im_bericht(self, haus: Einstellungen, instanz: dg.DagsterInstance) -> None:
        datei = lege(haus, gut=False)
        ergebnis = lauf(instanz)
        assert not ergebnis.success
        [schritt] = [e for e in ergebnis.all_events if e.event_type_value == "STEP_FAILURE"]
        fehler = schritt.step_failure_data.user_failure_data
        assert fehler is not None
        assert fehler.metadata["abgelehnt"].value == 1
        bericht = Path(f"{datei}{BERICHT}").read_text(encoding="utf-8")
        meldung = next(z for z in bericht.splitlines() if "Schulart" in z)
        assert meldung in (fehler.description or "")
        assert "Schulart" in fehler.metadata["Dateien"].value

    def test_gruen_mit_zeilen_und_hash(self, haus: Einstellungen, instanz: dg.DagsterInstance) -> None:
        lege(haus, gut=True)
        ergebnis = lauf(instanz)
        assert ergebnis.success
        [ausgabe] = [e for e in ergebnis.all_events if e.event_type_value == "STEP_OUTPUT"]
        metadaten = ausgabe.event_specific_data.metadata  # type: ignore[union-attr]
        sha = Archiv(haus.archiv).abrufe("schulen")[0].objekte[0].sha256
        assert sha in metadaten["Dateien"].value
        assert metadaten["angenommen"].value == 1


class TestBefehl:
    def test_alles_gut_und_nichts_da(self, haus: Einstellungen) -> None:
        lege(haus, gut=True)
        ergebnis = ruf("eingang", "--daten", str(haus.daten))
        assert ergebnis.code == 0, ergebnis.text
        assert "✓ schulen/schuldaten.csv: 297 Zeilen" in ergebnis.text
        leer = ruf("eingang", "--daten", str(haus.daten))
        assert leer.code == 0
        assert "wartet keine Datei" in leer.text

    def test_eine_ablehnung_ist_eins_und_wird_wiederholt(self, haus: Einstellungen) -> None:
        lege(haus, gut=False)
        for _ in range(2):
            ergebnis = ruf("eingang", "--daten", str(haus.daten))
            assert ergebnis.code == 1
            assert "bleibt liegen" in ergebnis.text
            assert "Was tun: " in ergebnis.text
