"""``sozialraum lesen``: the table of any file as CSV, guesses on the error stream, quiet end of a pipe."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest
from cliruf import beispieldatei
from laufhilfe import PROJEKT, befehl, umgebung
from typer.testing import CliRunner

from pipelines import texttabellen
from pipelines.cli import app
from pipelines.texttabellen import schreibe_csv
from quellen.lesen import lesen
from quellen.lesen.huelle import entpacken
from quellen.modell import Format

SCHULEN = 'sep=;\n"Nr";"Größe";\n"1";"a;b"\n"2";"zwei\nZeilen"\n'


def lies(*argumente: str) -> tuple[int, str, str]:
    """The command in this process with both streams apart."""
    ergebnis = CliRunner().invoke(app, ["lesen", *argumente], env={"NO_COLOR": "1", "COLUMNS": "200"})
    assert ergebnis.exception is None or isinstance(ergebnis.exception, SystemExit), ergebnis.exception
    return ergebnis.exit_code, ergebnis.stdout, ergebnis.stderr


def tabelle(datei: Path, **angaben: object) -> tuple[list[list[str]], list[str]]:
    """Rows and remarks, in this process."""
    aus, bemerkt = io.BytesIO(), list[str]()
    schreibe_csv(datei, angaben, aus, bemerkt.append)
    return list(csv.reader(io.StringIO(aus.getvalue().decode("utf-8"), newline=""))), bemerkt


def test_csv_mit_allem(tmp_path: Path) -> None:
    datei = tmp_path / "schulen.csv"
    datei.write_bytes(SCHULEN.replace("sep=;\n", "").encode("cp850"))
    code, aus, fehler = lies(str(datei))
    assert code == 0, fehler
    assert list(csv.reader(io.StringIO(aus))) == [
        ["zeile", "Nr", "Größe"],
        ["2", "1", "a;b"],
        ["3", "2", "zwei\nZeilen"],
    ]
    assert "Erkannt: --format csv --kodierung cp850 --trenner ;" in fehler


def test_die_zeilen_sind_die_der_datei(tmp_path: Path) -> None:
    datei = tmp_path / "schulen.csv"
    datei.write_text(SCHULEN, encoding="utf-8")
    zeilen, _ = tabelle(datei)
    assert [z[0] for z in zeilen] == ["zeile", "3", "4"]


def test_gegebenes_wird_nicht_geraten(tmp_path: Path) -> None:
    datei = tmp_path / "a.csv"
    datei.write_bytes("a|ü;b\n1|2;3\n".encode("iso-8859-1"))
    zeilen, bemerkt = tabelle(datei, art="csv", kodierung="iso-8859-1", trenner="|")
    assert zeilen == [["zeile", "a", "ü;b"], ["2", "1", "2;3"]]
    assert bemerkt == []


@pytest.mark.parametrize("quelle", ["bevoelkerung_kreis/tabelle", "schulen/verzeichnis", "gebiete/stadtbezirke"])
def test_dieselbe_tabelle_wie_die_leser(tmp_path: Path, quelle: str) -> None:
    """Also out of a ZIP: cell by cell what the contract sees."""
    datei = beispieldatei(*quelle.split("/"), tmp_path)
    zeilen, bemerkt = tabelle(datei)
    inhalt, innen = entpacken(datei.read_bytes(), datei.name, 10**9)
    art = next(b for b in bemerkt if b.startswith("Erkannt")).split()[2]
    erwartet = lesen(inhalt, Format.model_validate({"art": art, "kodierung": "utf-8-sig", "orte": {}}), datei=innen)
    assert zeilen[0] == ["zeile", *erwartet.spalten]
    assert zeilen[1:] == erwartet.daten.astype(str).to_numpy().tolist()
    assert (innen == datei.name) == (f"Ausgepackt: {innen}" not in bemerkt)


def test_eine_genesis_antwort_mit_meldung(tmp_path: Path) -> None:
    datei = tmp_path / "a.json"
    antwort = {"Status": {"Code": 104, "Content": "Es gibt keine Objekte"}, "Object": None}
    datei.write_text(json.dumps(antwort), encoding="utf-8")
    code, aus, fehler = lies(str(datei))
    assert (code, aus) == (1, "")
    assert "Code 104: Es gibt keine Objekte" in fehler


@pytest.mark.parametrize(
    ("inhalt", "argumente", "satz"),
    [
        (b"a;b\n1;2;3\n", (), "Zeile 2: Die Zeile hat zu viele Zellen"),
        (b"", (), "leer"),
        (b"a;b\n1;2\n", ("--kodierung", "gibtsnicht"), "Kodierung gibt es nicht"),
        (b"a;b\n1;2\n", ("--fuss", "["), "Die Angaben zum Format sind unbrauchbar"),
        (b"PK\x03\x04kaputt", (), "Das ZIP ist nicht lesbar"),
        (b"a;b\n1;2\n", ("--format", "ffcsv"), "keine GENESIS-Flat-CSV"),
        (None, (), "Die Datei ist nicht lesbar"),
    ],
)
def test_fehler_sind_meldungen(tmp_path: Path, inhalt: bytes | None, argumente: tuple[str, ...], satz: str) -> None:
    datei = tmp_path / "a.csv"
    if inhalt is not None:
        datei.write_bytes(inhalt)
    code, aus, fehler = lies(*argumente, str(datei))
    assert (code, aus) == (1, "")
    assert satz in fehler
    assert "Was tun: " in fehler
    assert "Traceback" not in fehler


def test_ein_zip_mit_mehreren_dateien(tmp_path: Path) -> None:
    datei = tmp_path / "zwei.zip"
    with zipfile.ZipFile(datei, "w") as archiv:
        archiv.writestr("a.csv", "a;b\n1;2\n")
        archiv.writestr("LIESMICH.txt", "nur Text")
    code, _, fehler = lies(str(datei))
    assert code == 1
    assert "nicht genau eine Datei" in fehler
    assert lies("--innen", r".*\.csv", str(datei))[:2] == (0, "zeile,a,b\n2,1,2\n")
    assert lies("--innen", "[", str(datei))[0] == 2


def test_unbekanntes_format_ist_falscher_gebrauch(tmp_path: Path) -> None:
    code, _, fehler = lies("--format", "docx", str(tmp_path / "a"))
    assert code == 2
    assert "ffcsv" in fehler


def test_wer_genug_gesehen_hat_beendet_es_still(tmp_path: Path) -> None:
    """``| head -2``: no message, no traceback, whatever is left unwritten."""
    datei = tmp_path / "lang.csv"
    datei.write_text("a;b\n" + "1;2\n" * 300_000, encoding="utf-8")
    ende = subprocess.run(
        f"'{befehl()}' lesen '{datei}' 2>'{tmp_path}/fehler' | head -2; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        env=umgebung(),
        check=False,
        timeout=120,
        cwd=PROJEKT,
    )
    assert ende.stdout.splitlines() == ["zeile,a,b", "2,1,2", "0"]
    assert (tmp_path / "fehler").read_text(
        encoding="utf-8"
    ).strip() == "Erkannt: --format csv --kodierung utf-8-sig --trenner ;"


@pytest.mark.parametrize("als_zip", [False, True])
def test_grosses_kommt_in_stuecken_und_gleich(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, als_zip: bool) -> None:
    datei = tmp_path / "gross.csv"
    datei.write_text("a;ü\n" + "".join(f"{i};{'x' * 50}\n" for i in range(60_000)), encoding="utf-8")
    if als_zip:
        with zipfile.ZipFile(tmp_path / "gross.zip", "w", zipfile.ZIP_DEFLATED) as archiv:
            archiv.write(datei, "gross.csv")
        datei = tmp_path / "gross.zip"
    ganz, _ = tabelle(datei)
    monkeypatch.setattr(texttabellen, "GANZ_BYTES", 1)
    monkeypatch.setattr(texttabellen, "PROBE_BYTES", 1000)
    stuecke, bemerkt = tabelle(datei)
    assert stuecke == ganz
    assert len(ganz) == 60_001
    assert "Erkannt: --format csv --kodierung utf-8-sig --trenner ;" in bemerkt
