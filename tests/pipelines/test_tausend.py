"""Random figures of the example: what ``herkunft`` names stands in the archived bytes and gives the figure."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import pytest
from kleinlager import MARXLOH, Kleinfreigabe
from tausend import Pruefer, deutungen, zellen

if TYPE_CHECKING:
    from laufhilfe import Szene


def test_zweihundert_zufaellige_kennzahlen(beispiel_freigabe: Szene) -> None:
    """A thousand by hand: ``python -m tests.pipelines.tausend --daten DIR``."""
    pruefer = Pruefer(beispiel_freigabe.datei, beispiel_freigabe.daten / "archiv")
    for k in pruefer.kennzahlen(200, saat=4):
        pruefer.pruefe(k)
    anzahl = pruefer.befund.anzahl
    assert pruefer.befund.maengel == []
    assert (anzahl["Kennzahlen"], anzahl["Werte"] > 150, anzahl["Zellen"] > 10_000) == (200, True, True)


@pytest.fixture
def pruefer(kleinfreigabe: Kleinfreigabe) -> Pruefer:
    return Pruefer(kleinfreigabe.datei, kleinfreigabe.klein.archiv.ordner)


def _alle(pruefer: Pruefer) -> list[str]:
    for k in pruefer.kennzahlen(10**6, saat=1):
        pruefer.pruefe(k)
    return pruefer.befund.maengel


def test_die_kleine_freigabe_stimmt_ganz(pruefer: Pruefer) -> None:
    assert _alle(pruefer) == []
    assert pruefer.befund.anzahl["Kennzahlen"] == 32


def test_eine_andere_zelle_im_archiv_faellt_auf(kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
    archiv = tmp_path / "anders"
    shutil.copytree(kleinfreigabe.klein.archiv.ordner, archiv)
    for datei in archiv.glob("objekte/*/*"):
        datei.chmod(0o644)
        datei.write_bytes(datei.read_bytes().replace(b"2.510", b"2.511"))
    maengel = _alle(Pruefer(kleinfreigabe.datei, archiv))
    assert any("dort steht »2.511«, herkunft nennt »2.510«" in m for m in maengel)


@pytest.mark.parametrize(
    ("befehl", "meldung"),
    [
        ("update beobachtungen set wert = wert + 1 where zeile = 9 and spalte = 4", "gilt als"),
        ("update beobachtungen set spalte = spalte - 1 where zeile = 9 and spalte = 5", "dort steht"),
        (f"update indikatoren set zaehler = zaehler + 1 where gebiet = '{MARXLOH}'", "die Zellen ergeben"),
        (f"update indikatoren set wert = wert + 1 where gebiet = '{MARXLOH}'", "Wert"),
    ],
)
def test_eine_andere_zahl_in_der_freigabe_faellt_auf(kleinfreigabe: Kleinfreigabe, befehl: str, meldung: str) -> None:
    with duckdb.connect(str(kleinfreigabe.datei)) as con:
        con.execute(befehl)
    maengel = _alle(Pruefer(kleinfreigabe.datei, kleinfreigabe.klein.archiv.ordner))
    assert any(meldung in m for m in maengel)


class TestZellen:
    def test_csv_mit_umbruch_in_einer_zelle(self) -> None:
        lies = zellen('\ufeffa;b\n"x\ny";2\nz;3\n'.encode(), "a.csv")
        assert [lies(1, 1), lies(2, 2), lies(4, 1), lies(4, 2)] == ["a", "2", "z", "3"]

    def test_alte_zeichensaetze_und_kommas(self) -> None:
        assert zellen("Straße,Wert\nMülheim,1\n".encode("cp1252"), "a.csv")(2, 1) == "Mülheim"

    def test_zip_und_arbeitsmappe(self) -> None:
        mappe, strom = openpyxl.Workbook(), io.BytesIO()
        mappe.active.cell(3, 2, 12)
        mappe.save(strom)
        assert zellen(strom.getvalue(), "a.xlsx")(3, 2) == "12"
        with zipfile.ZipFile(paket := io.BytesIO(), "w") as z:
            z.writestr("t.csv", "a;b\n1;2\n")
        assert zellen(paket.getvalue(), "t.zip")(2, 2) == "2"

    def test_json_hat_keine(self) -> None:
        with pytest.raises(ValueError, match="keine Zeilen und Spalten"):
            zellen(b'[{"a": 1}]', "a.json")

    def test_was_ein_text_heissen_kann(self) -> None:
        assert deutungen("1.100") == {1.1, 1100.0}
        assert deutungen("12,5") == {12.5, 125.0}
        assert deutungen(".") == {None, 0.0}
