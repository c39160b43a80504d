"""The command ``sozialraum`` as a person meets it: exit status 0, 1, 2 and German messages, never a traceback."""

from __future__ import annotations

import json
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cliruf import beispieldatei, ruf
from kleinlager import Kleinfreigabe
from laufhilfe import PROJEKT, Szene, befehl, sozialraum, umgebung

from quellen.archiv import Archiv
from quellen.modell import lade_katalog


class TestAufruf:
    def test_ohne_alles_kommt_die_hilfe(self) -> None:
        hilfe = ruf()
        assert hilfe.code == 2
        for name in ("lauf", "quellen", "ablegen", "herkunft", "pruefe", "portal", "lesen", "quelle", "eingang"):
            assert f" {name} " in hilfe.text

    @pytest.mark.parametrize(
        ("argumente", "satz"),
        [
            (("gibtsnicht",), "gibtsnicht"),
            (("lauf", "--betrieb", "nachts"), "nachts"),
            (("lauf", "--quelle", "wetter"), "unbekannte Quelle wetter; es gibt: abgaenge_kreis, "),
            (("ablegen", "wetter", "datei.csv"), "unbekannte Quelle wetter"),
            (("ablegen", "schulen", "datei.csv", "--stand", "8.9.2021"), "8.9.2021"),
            (("herkunft", "einwohner", "Marxloh", "gestern"), "gestern"),
            (("portal", "--stoerung", "erdbeben"), "erdbeben"),
            (("portal", "--stoerung", "status-503:["), "Muster"),
        ],
    )
    def test_falscher_gebrauch_ist_zwei(self, tmp_path: Path, argumente: tuple[str, ...], satz: str) -> None:
        ergebnis = ruf(*argumente, *(() if argumente[0] == "gibtsnicht" else ("--daten", str(tmp_path))))
        assert ergebnis.code == 2
        assert satz in ergebnis.text
        assert "Traceback" not in ergebnis.text

    def test_eine_falsche_umgebungsvariable_ist_auch_falscher_gebrauch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOZIALRAUM_BETRIEB", "nachts")
        ergebnis = ruf("quellen")
        assert ergebnis.code == 2
        assert "SOZIALRAUM_BETRIEB" in ergebnis.text
        assert "nachts" in ergebnis.text

    def test_eine_kaputte_deklaration_ist_eine_meldung(self, tmp_path: Path) -> None:
        (tmp_path / "eins.yaml").write_text("id: eins\ntitell: Eins\n", encoding="utf-8")
        ergebnis = sozialraum("quellen", "--daten", str(tmp_path), weitere={"SOZIALRAUM_KATALOG": str(tmp_path)})
        assert ergebnis.code == 1
        assert "Datei eins.yaml: Die Deklaration ist nicht lesbar. Gefunden: " in ergebnis.text
        assert "titell" in ergebnis.text
        assert "Traceback" not in ergebnis.text


class TestQuellen:
    def test_vor_dem_ersten_lauf(self, tmp_path: Path) -> None:
        ergebnis = ruf("quellen", "--daten", str(tmp_path))
        assert ergebnis.code == 0
        assert ergebnis.text.count("noch kein Abruf") == len(lade_katalog())

    def test_nach_einem_lauf(self, beispiel_freigabe: Szene) -> None:
        ergebnis = ruf("quellen", "--daten", str(beispiel_freigabe.daten))
        assert ergebnis.code == 0
        for quelle in lade_katalog().values():
            [zeile] = [z for z in ergebnis.text.splitlines() if f" {quelle.id} " in z]
            letzter, datenart, zustand, zeilen, lizenz, fmt = [t.strip() for t in zeile.strip("│ ").split("│")][1:]
            assert (letzter, datenart, zustand) == ("01.11.2026 03:30", "beispiel", "gut")
            [(summe,)] = beispiel_freigabe.frage("select sum(zeilen) from abrufe where quelle = ?", quelle.id)
            assert int(zeilen) == summe
            assert lizenz == quelle.lizenz.id
            assert fmt == ("bestätigt" if quelle.bestaetigt else "unbestätigt")


class TestAblegen:
    def test_eine_gute_datei(self, tmp_path: Path) -> None:
        datei = beispieldatei("schulen", "verzeichnis", tmp_path)
        ergebnis = ruf("ablegen", "schulen", str(datei), "--stand", "2026-01-31", "--daten", str(tmp_path / "daten"))
        assert ergebnis.code == 0, ergebnis.text
        [abruf] = Archiv(tmp_path / "daten" / "archiv").abrufe("schulen")
        assert (abruf.datenart, abruf.weg, str(abruf.stand)) == ("eingang", "eingang", "2026-01-31")
        assert f"schulen/verzeichnis, 297 Zeilen, Stand 2026-01-31, sha256 {abruf.objekte[0].sha256}" in ergebnis.text
        assert "sozialraum lauf" in ergebnis.text

    def test_eine_schlechte_wird_nicht_archiviert(self, tmp_path: Path) -> None:
        datei = beispieldatei("schulen", "verzeichnis", tmp_path)
        datei.write_bytes(datei.read_bytes().replace(b"Schulform", b"Schulart", 1))
        ergebnis = ruf("ablegen", "schulen", str(datei), "--daten", str(tmp_path / "daten"))
        assert ergebnis.code == 1
        for stueck in (
            "Nicht abgelegt.",
            f"Datei {datei.name}, Zeile 2",
            "»Schulart«",
            "Erwartet: »Schulform«",
            "Was tun: ",
        ):
            assert stueck in ergebnis.text
        assert not list((tmp_path / "daten").rglob("*.json"))
        assert not list((tmp_path / "daten").rglob("objekte/*/*"))

    @pytest.mark.parametrize(
        ("name", "inhalt", "satz"),
        [
            ("schuldaten.csv", b"", "0 Bytes"),
            ("schuldaten.csv", b"<!DOCTYPE html><html><title>Anmeldung</title></html>", "Anmeldung"),
            ("schuldaten.csv", b"%PDF-1.4 nein", "Erwartet: "),
            ("schuldaten.csv", None, "Die Datei ist nicht brauchbar"),
        ],
    )
    def test_was_keine_daten_sind(self, tmp_path: Path, name: str, inhalt: bytes | None, satz: str) -> None:
        datei = tmp_path / name
        if inhalt is not None:
            datei.write_bytes(inhalt)
        ergebnis = ruf("ablegen", "schulen", str(datei), "--daten", str(tmp_path / "daten"))
        assert ergebnis.code == 1
        assert satz in ergebnis.text
        assert "Was tun: " in ergebnis.text

    def test_unklarer_teil(self, tmp_path: Path) -> None:
        datei = tmp_path / "daten.csv"
        datei.write_text("Schluessel;Bezeichnung\n02;GS\n", encoding="utf-8")
        orte = ("--daten", str(tmp_path / "d"))
        unklar = ruf("ablegen", "schulen_schluessel", str(datei), *orte)
        assert unklar.code == 1
        assert "Es ist unklar, welcher Teil" in unklar.text
        klar = ruf("ablegen", "schulen_schluessel", str(datei), "--teil", "schulform", "--stand", "2026-01-01", *orte)
        assert klar.code == 0, klar.text


class TestHerkunftUndPruefe:
    def test_ohne_freigabe_sagt_die_meldung_was_zu_tun_ist(self, tmp_path: Path) -> None:
        for argumente in (("herkunft", "einwohner", "Marxloh", "2023-12-31"), ("pruefe",)):
            ergebnis = ruf(*argumente, "--daten", str(tmp_path))
            assert ergebnis.code == 1
            assert "gibt es keine Freigabe. Was tun: zuerst »sozialraum lauf«." in ergebnis.text

    def test_die_zellen_ergeben_die_zahl(self, beispiel_freigabe: Szene) -> None:
        """The sum of the listed source cells is the figure (issue: auslaenderanteil Marxloh)."""
        orte = ("--daten", str(beispiel_freigabe.daten))
        ergebnis = ruf("herkunft", "auslaenderanteil", "Marxloh", "2023-12-31", "--json", *orte)
        assert ergebnis.code == 0, ergebnis.text
        json.loads(ergebnis.text)
        summen = dict(
            beispiel_freigabe.frage(
                "select rolle, sum(wert) from herkunft('auslaenderanteil', '05112000-202', '2023-12-31') group by rolle"
            )
        )
        assert summen == {"zaehler": 13952.0, "nenner": 22010.0}

    @pytest.mark.parametrize(
        "argumente",
        [
            ("gibtsnicht", "Marxloh", "2023-12-31"),
            ("einwohner", "Atlantis", "2023-12-31"),
            ("einwohner", "Marxloh", "1900-12-31"),
        ],
    )
    def test_was_es_nicht_gibt(self, beispiel_freigabe: Szene, argumente: tuple[str, ...]) -> None:
        ergebnis = ruf("herkunft", *argumente, "--daten", str(beispiel_freigabe.daten))
        assert ergebnis.code == 1
        assert any(a in ergebnis.text for a in argumente)
        assert "Traceback" not in ergebnis.text

    def test_pruefe_gegen_den_schluessel_des_amtes(self, kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
        """An unsigned release passes, but not before the one who knows that it must be signed."""
        assert "Geheim: " in ruf("schluessel", str(tmp_path / "amt.key")).text
        assert ruf("schluessel", str(tmp_path / "amt.key")).code == 1
        aufruf = ("pruefe", str(kleinfreigabe.freigabe.ordner), "--daten", str(tmp_path))
        ohne = ruf(*aufruf)
        assert ohne.code == 0, ohne.text
        assert "Hinweis: Die Freigabe ist nicht unterschrieben." in ohne.text
        assert "Quellen sind hier anders deklariert" in ohne.text
        mit = ruf(*aufruf, "--schluessel", str(tmp_path / "amt.key.pub"))
        assert mit.code == 1
        assert "freigabe.json.minisig fehlt" in mit.text
        assert ruf(*aufruf, "--schluessel", "unsinn").code == 2

    def test_eine_freigabe_die_es_nicht_gibt_ist_falscher_gebrauch(self, beispiel_freigabe: Szene) -> None:
        ergebnis = ruf("pruefe", "nie", "--daten", str(beispiel_freigabe.daten))
        assert ergebnis.code == 2
        assert beispiel_freigabe.freigabe.name in ergebnis.text


@contextmanager
def laufendes_portal(*argumente: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``sozialraum portal`` in a process of its own and the address that it printed."""
    with subprocess.Popen(
        [befehl(), "portal", *argumente],
        env=umgebung({"PYTHONUNBUFFERED": "1"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=PROJEKT,
    ) as prozess:
        try:
            assert prozess.stdout
            zeile = prozess.stdout.readline()
            assert zeile.startswith("Portal unter http://127.0.0.1:"), zeile + prozess.stdout.read()
            yield prozess, zeile.removeprefix("Portal unter ").strip()
        finally:
            if prozess.poll() is None:
                prozess.kill()


class TestPortal:
    @pytest.mark.parametrize("zeichen", [signal.SIGINT, signal.SIGTERM])
    def test_es_antwortet_und_hoert_auf_wenn_man_es_bittet(self, zeichen: signal.Signals) -> None:
        with laufendes_portal() as (prozess, url):
            with urllib.request.urlopen(f"{url}/opendata-duisburg.de/data.json", timeout=30) as antwort:
                titel = [d["title"] for d in json.load(antwort)["dataset"]]
            assert any("Einwohner" in t for t in titel)
            prozess.send_signal(zeichen)
            assert prozess.wait(30) == 0
            assert prozess.stdout
            rest = prozess.stdout.read()
            assert f"SOZIALRAUM_PORTAL={url}" in rest
            assert "Traceback" not in rest

    def test_mit_stoerung(self) -> None:
        with (
            laufendes_portal("--stoerung", "html-200:data\\.json") as (_, url),
            urllib.request.urlopen(f"{url}/opendata-duisburg.de/data.json", timeout=30) as antwort,
        ):
            assert antwort.status == 200
            assert "Wartungsarbeiten" in antwort.read().decode()

    def test_ein_belegter_port_ist_eine_meldung(self) -> None:
        with laufendes_portal() as (_, url):
            zweites = sozialraum("portal", "--port", url.rsplit(":", 1)[1], zeit_s=60)
        assert zweites.code == 1
        assert "Das Portal kann den Port nicht öffnen" in zweites.text
        assert "Traceback" not in zweites.text
