"""The README's section for auditors: each line works with DuckDB's command line, and tells when something is wrong."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kleinkatalog import EINWOHNER
from kleinlager import Kleinfreigabe, baue_kleinlager

from pipelines.freigabe import freigeben
from pipelines.freigabe.signatur import schreibe_paar

if TYPE_CHECKING:
    from laufhilfe import Szene

README = Path(__file__).parents[2] / "README.md"


def abschnitt() -> str:
    (text,) = re.findall(r"^## For auditors\n(.*?)^## ", README.read_text(encoding="utf-8"), re.M | re.S)
    return str(text)


def bloecke(sprache: str) -> list[str]:
    return re.findall(rf"^```{sprache}\n(.*?)^```", abschnitt(), re.M | re.S)


def schritte() -> dict[int, str]:
    """The numbered steps of the one SQL block."""
    (sql,) = bloecke("sql")
    teile = re.split(r"^-- (\d+)\. .*\n", sql, flags=re.M)
    return {int(nr): text for nr, text in zip(teile[1::2], teile[2::2], strict=True)}


def duckdb_befehl() -> str:
    befehl = shutil.which("duckdb", path=str(Path(sys.executable).parent))
    assert befehl, "die Kommandozeile von DuckDB fehlt: pip install -e '.[test]'"
    return befehl


def gehe(daten: Path, ordner: Path) -> dict[int, list[dict[str, Any]]]:
    """Run all steps in one session, as a person does, in a folder that holds ``daten/``; the rows of each."""
    ordner.mkdir(exist_ok=True)
    if not (ordner / "daten").exists():
        (ordner / "daten").symlink_to(daten)
    befehle = [".mode json", ".bail on"]
    for nr, sql in schritte().items():
        befehle += [f".print @{nr}", sql]
    (aufruf,) = [b for b in bloecke("bash") if b.startswith("duckdb -readonly")]
    lauf = subprocess.run(
        [duckdb_befehl(), *aufruf.split()[1:]],
        cwd=ordner, input="\n".join(befehle), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert lauf.returncode == 0 and not lauf.stderr, lauf.stderr
    teile = re.split(r"^@(\d+)\n", lauf.stdout, flags=re.M)
    return {
        int(nr): json.loads(text) if text.strip() else [] for nr, text in zip(teile[1::2], teile[2::2], strict=True)
    }


def test_jeder_schritt_antwortet(beispiel_freigabe: Szene, tmp_path: Path) -> None:
    antwort = gehe(beispiel_freigabe.daten, tmp_path)
    assert list(antwort) == list(range(1, 12))
    assert antwort[1][0]["id"] == beispiel_freigabe.schein()["id"]
    assert {z["rolle"] for z in antwort[2]} == {"zaehler", "nenner"}
    (kennzahl,) = antwort[3]
    assert kennzahl["nachgerechnet"] == pytest.approx(kennzahl["wert"], rel=1e-12)
    assert len(antwort[4]) == 1 and antwort[4][0]["namensnennung"]
    assert [z["unveraendert"] for z in antwort[5]] == [True]
    assert len(antwort[6]) == len(antwort[2]) and all(z["steht_dort"] for z in antwort[6])
    assert {"freigabe", "modell", "quelltext"} & {z["quellart"] for z in antwort[7]}
    assert antwort[9] == []
    assert len(antwort[10]) == 1
    assert antwort[11] and {z["freigabe"] for z in antwort[11]} == {beispiel_freigabe.schein()["id"]}


@pytest.fixture
def klein_daten(tmp_path: Path) -> Path:
    """A runtime folder with two small releases."""
    daten = tmp_path / "daten"
    for id_, vorgaenger, einwohner in (("f1", "", EINWOHNER), ("f2", "f1", EINWOHNER.replace("2.510", "2.600"))):
        klein = baue_kleinlager(tmp_path / id_, id_=id_, vorgaenger=vorgaenger, einwohner=einwohner)
        freigeben(klein.lager, klein.manifest, daten / "freigaben", klein.archiv, id_)
    shutil.copytree(klein.archiv.ordner, daten / "archiv")
    for datei in daten.rglob("*"):
        if datei.is_file():
            datei.chmod(0o644)
    return daten


def test_was_nicht_stimmt_faellt_auf(klein_daten: Path, tmp_path: Path) -> None:
    """An archived cell, a released file and the predecessor were changed; each step says so, and only that one."""
    gut = gehe(klein_daten, tmp_path / "vorher")
    assert (gut[5][0]["unveraendert"], gut[9], gut[10][0]) == (True, [], {"vorgaenger": "f1", "unveraendert": True})
    assert gut[6] and all(z["steht_dort"] for z in gut[6])
    objekt = tmp_path / "vorher" / gut[5][0]["datei"]
    objekt.chmod(0o644)
    objekt.write_text(objekt.read_text(encoding="utf-8").replace("2.600", "2.601"), encoding="utf-8")
    for datei in ("f2/LIESMICH.txt", "f1/freigabe.json"):
        with (klein_daten / "freigaben" / datei).open("a", encoding="utf-8") as strom:
            strom.write(" ")
    schlecht = gehe(klein_daten, tmp_path / "nachher")
    assert schlecht[5][0]["unveraendert"] is False
    assert {z["originaltext"] for z in schlecht[6] if not z["steht_dort"]} == {"2.600"}
    assert schlecht[9] == [{"datei": "LIESMICH.txt"}]
    assert schlecht[10] == [{"vorgaenger": "f1", "unveraendert": False}]
    assert schlecht[3] == gut[3]


def test_sha256sum_nennt_den_namen(klein_daten: Path, tmp_path: Path) -> None:
    (befehl,) = re.findall(r"`(sha256sum [^`]+)`", abschnitt())
    lauf = subprocess.run(["sh", "-c", befehl], cwd=tmp_path, capture_output=True, text=True, check=True)
    zeilen = [z.split() for z in lauf.stdout.splitlines()]
    assert len(zeilen) == 6
    assert all(Path(datei).name == hash_ for hash_, datei in zeilen)


def test_minisign_erkennt_die_unterschrift(
    kleinfreigabe: Kleinfreigabe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    befehl = next(z for b in bloecke("bash") for z in b.splitlines() if z.startswith("minisign "))
    if not shutil.which("minisign"):
        pytest.skip("minisign ist nicht installiert")
    schreibe_paar(tmp_path / "amt.key")
    monkeypatch.setenv("SOZIALRAUM_SIGNATURSCHLUESSEL", str(tmp_path / "amt.key"))
    klein = kleinfreigabe.klein
    frei = freigeben(klein.lager, klein.manifest, tmp_path / "daten" / "freigaben", klein.archiv, klein.id)
    gut = subprocess.run(["sh", "-c", befehl], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert gut.returncode == 0, gut.stderr
    schein = frei.ordner / "freigabe.json"
    schein.chmod(0o644)
    schein.write_bytes(schein.read_bytes() + b" ")
    schlecht = subprocess.run(["sh", "-c", befehl], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert schlecht.returncode != 0
