"""What a rebuild needs and what it says if it cannot have it; a whole one is in ``test_geschichte``."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import duckdb
import pytest
from cliruf import ruf
from kleinlager import Kleinfreigabe

from pipelines.einstellungen import Einstellungen
from pipelines.fingerabdruck import definitionen
from pipelines.nachbau import Nachbau, NachbauFehler, baue_nach
from pipelines.nachbau import code as nachbau_code
from pipelines.nachbau.auftrag import lies_schein, stelle_bereit
from pipelines.nachbau.code import hole_code

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def eintragsdateien(frei: Kleinfreigabe) -> list[Path]:
    """The archive's records of retrievals, all of which the release knew."""
    return sorted((frei.klein.archiv.ordner / "abrufe").glob("*/*.json"))


def bereit(frei: Kleinfreigabe, daten: Path, **anders: object) -> tuple[dict[str, object], list[str]]:
    daten.mkdir()
    schein = lies_schein(frei.freigabe.ordner) | anders
    auftrag, hinweise = stelle_bereit(frei.freigabe.ordner, schein, frei.klein.archiv, daten)
    return json.loads(auftrag.als_json()), hinweise


class TestAuftrag:
    def test_archiv_von_damals_ohne_was_spaeter_kam(self, kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
        dateien = eintragsdateien(kleinfreigabe)
        spaeter = dateien[0].with_name("29990101T000000000000-alter-0.json")
        spaeter.write_text("{}", encoding="utf-8")
        auftrag, hinweise = bereit(kleinfreigabe, tmp_path / "neu")
        damals = lies_schein(kleinfreigabe.freigabe.ordner)["definitionen"]
        neu = tmp_path / "neu" / "archiv"
        assert sorted(p.name for p in neu.glob("abrufe/*/*.json")) == sorted(d.name for d in dateien)
        assert (neu / "objekte").resolve() == (kleinfreigabe.klein.archiv.ordner / "objekte").resolve()
        assert hinweise == []
        assert auftrag | {"daten": ""} == {
            "daten": "", "id": "f1", "erstellt_am": "2024-05-01T02:31:00+00:00", "definitionen": damals,
            "code": "c0ffee", "lauf": "lauf-1", "betrieb": "beispiel", "vorgaenger": "", "mit_beispiel": True,
            "meldungen": {},
        }  # fmt: skip

    def test_ein_geaenderter_oder_fehlender_eintrag(self, kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
        datei = eintragsdateien(kleinfreigabe)[0]
        datei.chmod(0o644)
        datei.write_text(datei.read_text(encoding="utf-8") + " ", encoding="utf-8")
        with pytest.raises(NachbauFehler, match=rf"{datei.name} des Archivs ist nicht mehr, was er war"):
            bereit(kleinfreigabe, tmp_path / "a")
        datei.unlink()
        with pytest.raises(NachbauFehler, match="Gefunden: nichts"):
            bereit(kleinfreigabe, tmp_path / "b")

    def test_meldungen_eines_gescheiterten_abrufs_gehen_mit(self, kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
        with duckdb.connect(str(kleinfreigabe.datei)) as con:
            con.execute("update quellen set meldung = 'Zeitüberschreitung' where quelle = 'schulen'")
        assert bereit(kleinfreigabe, tmp_path / "neu")[0]["meldungen"] == {"schulen": "Zeitüberschreitung"}

    def test_aeltere_freigabe_ohne_eintraege_nimmt_die_zeit(self, kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
        with duckdb.connect(str(kleinfreigabe.datei)) as con:
            con.execute("drop table archiveintraege")
        _, hinweise = bereit(kleinfreigabe, tmp_path / "a")
        assert "nennt die Einträge des Archivs noch nicht" in hinweise[0]
        assert len(list((tmp_path / "a" / "archiv").glob("abrufe/*/*.json"))) == 6
        bereit(kleinfreigabe, tmp_path / "b", erstellt_am="2024-04-01T00:00:00+00:00")
        assert list((tmp_path / "b" / "archiv").glob("abrufe/*/*.json")) == []

    def test_der_vorgaenger_muss_unveraendert_daneben_liegen(
        self, kleinfreigabe: Kleinfreigabe, tmp_path: Path
    ) -> None:
        schein = kleinfreigabe.freigabe.ordner / "freigabe.json"
        sha256 = hashlib.sha256(schein.read_bytes()).hexdigest()
        auftrag, _ = bereit(kleinfreigabe, tmp_path / "a", vorgaenger="f1", vorgaenger_sha256=sha256)
        assert auftrag["vorgaenger"] == "f1"
        assert (tmp_path / "a" / "freigaben" / "f1").resolve() == kleinfreigabe.freigabe.ordner.resolve()
        with pytest.raises(NachbauFehler, match=r"vorige Freigabe f1 liegt nicht unverändert .* Gefunden: eine andere"):
            bereit(kleinfreigabe, tmp_path / "b", vorgaenger="f1", vorgaenger_sha256="0")
        with pytest.raises(NachbauFehler, match=r"vorige Freigabe f0 .* Gefunden: nichts"):
            bereit(kleinfreigabe, tmp_path / "c", vorgaenger="f0", vorgaenger_sha256="0")

    @pytest.mark.parametrize(
        "inhalt",
        [
            "",
            "{",
            "[]",
            "{}",
            '{"id": "f1"}',
            json.dumps(dict.fromkeys(("id", "erstellt_am", "definitionen", "code", "lauf", "tabellen"), "x")),
        ],
    )
    def test_ein_unbrauchbarer_freigabeschein(self, kleinfreigabe: Kleinfreigabe, inhalt: str) -> None:
        (kleinfreigabe.freigabe.ordner / "freigabe.json").write_text(inhalt, encoding="utf-8")
        lauf = ruf("nachbau", "f1", "--daten", str(kleinfreigabe.freigaben.parent))
        assert lauf.code == 1
        assert "f1/freigabe.json ist nicht brauchbar: " in lauf.text
        assert "Was tun: " in lauf.text


class TestCode:
    def test_gleiche_definitionen_brauchen_kein_git(self, tmp_path: Path) -> None:
        e = Einstellungen()
        assert hole_code(e, "unbekannt", definitionen(e), tmp_path / "code") == nachbau_code.PROJEKT
        assert not (tmp_path / "code").exists()

    @pytest.mark.parametrize("code", ["unbekannt", f"{COMMIT}-geändert", "--output=/tmp/x", ""])
    def test_ein_stand_ohne_commit_laesst_sich_nicht_nachbauen(self, code: str, tmp_path: Path) -> None:
        with pytest.raises(NachbauFehler, match="steht in keinem git-Commit"):
            hole_code(Einstellungen(), code, "0" * 64, tmp_path)

    def test_ein_unbekannter_commit(self, tmp_path: Path) -> None:
        with pytest.raises(NachbauFehler, match=f"Der Commit {COMMIT} lässt sich nicht holen"):
            hole_code(Einstellungen(), COMMIT, "0" * 64, tmp_path)

    def test_ein_commit_wird_daneben_ausgepackt(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        projekt = tmp_path / "projekt"
        (projekt / "pipelines").mkdir(parents=True)

        def git(*befehl: str) -> str:
            kopf = ["git", "-C", str(projekt), "-c", "user.name=t", "-c", "user.email=t@example.org"]
            return subprocess.run([*kopf, *befehl], check=True, capture_output=True, text=True).stdout.strip()

        git("init", "-q")
        datei = projekt / "pipelines" / "a.py"
        for inhalt in ("ALT = 1\n", "NEU = 2\n"):
            datei.write_text(inhalt, encoding="utf-8")
            git("add", ".")
            git("commit", "-q", "-m", inhalt.strip())
        monkeypatch.setattr(nachbau_code, "PROJEKT", projekt)
        ziel = hole_code(Einstellungen(), git("rev-parse", "HEAD~1"), "0" * 64, tmp_path / "code")
        assert (ziel / "pipelines" / "a.py").read_text(encoding="utf-8") == "ALT = 1\n"
        assert datei.read_text(encoding="utf-8") == "NEU = 2\n"
        assert git("status", "--porcelain") == ""


def test_was_die_schritte_melden_steht_in_der_meldung(kleinfreigabe: Kleinfreigabe) -> None:
    """The small release was not made by the nightly run: its archive gives another one."""
    datei = kleinfreigabe.freigabe.ordner / "freigabe.json"
    e = Einstellungen(daten=kleinfreigabe.freigaben.parent)
    schein = json.loads(datei.read_text(encoding="utf-8")) | {"definitionen": definitionen(e)}
    datei.write_text(json.dumps(schein), encoding="utf-8")
    with pytest.raises(
        NachbauFehler, match=r"ließ sich nicht nachbauen\. Aus diesem Archiv entsteht die Freigabe 2024.* Erwartet: f1"
    ):
        baue_nach(kleinfreigabe.freigabe.ordner, kleinfreigabe.klein.archiv, e)


def test_ergebnis_in_worten_und_als_json() -> None:
    gut = Nachbau("f1", "dem installierten Programm", ("a", "b"), ())
    assert gut.gelungen
    assert gut.als_text().endswith("Ergebnis: alle 2 Tabellen haben denselben Inhalt.")
    schlecht = Nachbau("f1", "dem Programm des Commits c", ("a",), ("b",), ("ein Hinweis",))
    assert not schlecht.gelungen
    assert "VERSCHIEDEN b" in schlecht.als_text()
    assert "1 von 2 Tabellen haben einen anderen Inhalt. Was tun: " in schlecht.als_text()
    assert schlecht.als_json()["tabellen"] == {"a": "gleich", "b": "verschieden"}
    assert not Nachbau("f1", "", (), ()).gelungen
