"""The committed example archive and independent readers of its files (standard library only)."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path

import pytest

from quellen.archiv import Abruf, Archiv
from quellen.beispiel.__main__ import ARCHIV


class Leser:
    """Reads the archive's files without the project's own readers."""

    def __init__(self, archiv: Archiv) -> None:
        self.archiv = archiv

    def abrufe(self, quelle: str, teil: str) -> list[Abruf]:
        """All records of a Teil: one, or one per year, oldest year first."""
        gefunden = [a for a in self.archiv.abrufe(quelle) if a.teil == teil]
        return sorted(gefunden, key=lambda a: a.jahrgang or 0)

    def abruf(self, quelle: str, teil: str, jahrgang: int | None = None) -> Abruf:
        (abruf,) = [a for a in self.abrufe(quelle, teil) if a.jahrgang == jahrgang]
        return abruf

    def bytes(self, quelle: str, teil: str, jahrgang: int | None = None) -> list[bytes]:
        return [self.archiv.lesen(o.sha256) for o in self.abruf(quelle, teil, jahrgang).objekte]

    def innen(self, quelle: str, teil: str, jahrgang: int | None = None) -> bytes:
        """The only file of a Teil, out of its ZIP if it has one."""
        (daten,) = self.bytes(quelle, teil, jahrgang)
        if not daten.startswith(b"PK"):
            return daten
        with zipfile.ZipFile(io.BytesIO(daten)) as archiv:
            (name,) = archiv.namelist()
            return archiv.read(name)

    def flach(self, quelle: str, teil: str, jahrgang: int | None = None) -> list[dict[str, str]]:
        """The rows of a flat CSV."""
        text = self.innen(quelle, teil, jahrgang).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))

    def klassisch(self, quelle: str, teil: str, jahrgang: int | None = None) -> list[list[str]]:
        """The data rows of a classic CSV: those between the header and the line of underscores that hold a date."""
        zeilen = self.innen(quelle, teil, jahrgang).decode("iso-8859-1").split("__________")[0].splitlines()
        return [z.split(";") for z in zeilen if z[:4].isdigit() or z[:6] == "31.12."]

    def text(self, quelle: str, teil: str, kodierung: str = "utf-8") -> str:
        (daten,) = self.bytes(quelle, teil)
        return daten.decode(kodierung)

    def zeilen(self, quelle: str, teil: str, kodierung: str = "utf-8") -> list[dict[str, str]]:
        text = self.text(quelle, teil, kodierung).removeprefix("sep=;\n")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.fixture(scope="session")
def leser() -> Leser:
    return Leser(Archiv(ARCHIV))


@pytest.fixture(scope="session")
def alter(leser: Leser) -> list[dict[str, str]]:
    return leser.zeilen("einwohner_ortsteil", "alter")


@pytest.fixture(scope="session")
def staaten(leser: Leser) -> list[dict[str, str]]:
    return leser.zeilen("einwohner_ortsteil", "staatsangehoerigkeit")


@pytest.fixture(scope="session")
def bewegungen(leser: Leser) -> list[dict[str, str]]:
    return leser.zeilen("bewegungen_ortsteil", "bewegungen")


@pytest.fixture(scope="session")
def schulen(leser: Leser) -> list[dict[str, str]]:
    return leser.zeilen("schulen", "verzeichnis", "utf-8-sig")


@pytest.fixture(scope="session")
def bestand(alter: list[dict[str, str]]) -> dict[tuple[str, int, str], int]:
    """(Ortsteil, year, citizenship) → residents, added up from the single years of age."""
    summen = {}
    for z in alter:
        personen = sum(int(w) for k, w in z.items() if k.endswith((" m", " w")))
        summen[z["Ortsteil_ID"], int(z["Stichtag"][-4:]), z["Staatsangehörigkeit"]] = personen
    return summen


@pytest.fixture(scope="session")
def kreise(leser: Leser) -> dict[tuple[str, str, str, str, str], int]:
    """(year, region, age label, nationality code, sex code) → residents."""
    (daten,) = leser.bytes("bevoelkerung_kreis", "tabelle")
    with zipfile.ZipFile(io.BytesIO(daten)) as archiv:
        text = archiv.read(archiv.namelist()[0]).decode("utf-8-sig")
    werte = {}
    for z in csv.DictReader(io.StringIO(text), delimiter=";"):
        schluessel = (
            z["time"][:4],
            z["1_variable_attribute_code"],
            z["2_variable_attribute_label"],
            z["3_variable_attribute_code"],
            z["4_variable_attribute_code"],
        )
        assert schluessel not in werte
        werte[schluessel] = int(z["value"])
    return werte


@pytest.fixture(scope="session")
def echtdaten() -> Path:
    ordner = Path(os.environ.get("SOZIALRAUM_ECHTDATEN", Path(__file__).parents[4] / "shared" / "daten"))
    if not ordner.is_dir():
        pytest.skip(f"Echte Dateien liegen nicht unter {ordner} (SOZIALRAUM_ECHTDATEN)")
    return ordner
