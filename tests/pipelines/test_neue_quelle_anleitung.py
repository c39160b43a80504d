"""``quellen/README.md`` followed word by word: a real table becomes figures without a line of Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from laufhilfe import PROJEKT, Lauf, befehl, frage, umgebung

README = PROJEKT / "quellen" / "README.md"
ZIP = "21311-01-01-4-B_0.zip"
QUELLE = "studierende_kreis"

pytestmark = [pytest.mark.langsam, pytest.mark.gruendlich]


@dataclass(frozen=True)
class Weg:
    """The folder in which the page was followed, and what each of its commands said."""

    ordner: Path
    laeufe: dict[str, Lauf]

    @property
    def freigabe(self) -> Path:
        return self.ordner / "daten" / "freigaben" / "aktuell" / "sozialraum.duckdb"


def bloecke() -> Iterator[tuple[str, str]]:
    """Code blocks of the walk (before the words of a declaration), with their language."""
    weg = README.read_text(encoding="utf-8").partition("# The words of a declaration")[0]
    yield from re.findall(r"^```(\w+)\n(.*?)^```", weg, re.MULTILINE | re.DOTALL)


def tippe(zeile: str, ordner: Path) -> Lauf:
    """One line of the page, in a shell, in the folder of the project's copy."""
    ergebnis = subprocess.run(
        zeile,
        shell=True,
        executable="/bin/bash",
        cwd=ordner,
        env=umgebung(
            {"SOZIALRAUM_KATALOG": str(ordner / "quellen" / "katalog"), "SOZIALRAUM_DATEN": str(ordner / "daten")}
        ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    return Lauf(ergebnis.returncode, ergebnis.stdout)


@pytest.fixture(scope="module")
def weg(tmp_path_factory: pytest.TempPathFactory, echtdaten: Path) -> Weg:
    """Everything that the page says, done once: commands as they stand, the declaration put in place of the draft."""
    datei = echtdaten / "genesis" / "responses" / ZIP
    if not datei.exists():
        pytest.skip(f"{ZIP} ist nicht da")
    ordner = tmp_path_factory.mktemp("projekt")
    shutil.copytree(PROJEKT / "quellen" / "katalog", ordner / "quellen" / "katalog")
    shutil.copy(datei, ordner / ZIP)
    programme = ordner / ".venv" / "bin"
    programme.mkdir(parents=True)
    for name, ziel in (("sozialraum", befehl()), ("python", sys.executable)):
        (programme / name).write_text(f'#!/bin/sh\nexec "{ziel}" "$@"\n', encoding="utf-8")
        (programme / name).chmod(0o755)
    laeufe = {}
    for sprache, block in bloecke():
        if sprache == "yaml":
            ziel = ordner / "quellen" / "katalog" / f"{QUELLE}.yaml"
            assert "bestaetigt: false" in ziel.read_text(encoding="utf-8"), "der Entwurf fehlt"
            ziel.write_text(block, encoding="utf-8")
        else:
            laeufe.update((zeile, tippe(zeile, ordner)) for zeile in block.splitlines())
    return Weg(ordner, laeufe)


def test_jeder_befehl_gelingt(weg: Weg) -> None:
    assert len(weg.laeufe) == 6
    for zeile, lauf in weg.laeufe.items():
        assert lauf.code == 0, f"{zeile}\n{lauf.text}"
        assert "Traceback" not in lauf.text, zeile


def test_der_entwurf_sah_schon_fast_alles(weg: Weg) -> None:
    [neu] = [lauf for zeile, lauf in weg.laeufe.items() if " quelle neu " in zeile]
    assert "Der Entwurf nimmt diese Datei an." in neu.text
    [pruefe] = [lauf for zeile, lauf in weg.laeufe.items() if " quelle pruefe " in zeile]
    assert "Der Vertrag hält." in pruefe.text
    [ablegen] = [lauf for zeile, lauf in weg.laeufe.items() if " ablegen " in zeile]
    assert "studierende_kreis/tabelle, 44100 Zeilen" in ablegen.text


def test_die_zahlen_sind_beobachtungen(weg: Weg) -> None:
    """Every figure of Duisburg is there with the value of the file, at the last day of the winter term."""
    with zipfile.ZipFile(weg.ordner / ZIP) as archiv:
        zeilen = archiv.read(archiv.namelist()[0]).decode("utf-8-sig").splitlines()
    ist = {z: (w, str(t)) for z, w, t in frage(
        weg.freigabe, "select zeile, wert, stichtag from beobachtungen where quelle = ? and gebiet = '05112000'", QUELLE
    )}  # fmt: skip
    kopf = zeilen[0].split(";")
    soll = {nr: dict(zip(kopf, z.split(";"), strict=True)) for nr, z in enumerate(zeilen, 1)}
    duisburg = {nr: s for nr, s in soll.items() if s["1_variable_attribute_code"] == "05112"}
    assert ist.keys() == duisburg.keys()
    assert len(ist) == 90
    for nr, satz in duisburg.items():
        wert, tag = ist[nr]
        assert tag == "2024-03-31"
        assert wert == (0 if satz["value"] == "-" else float(satz["value"])), satz


def test_gliederungen_und_insgesamt(weg: Weg) -> None:
    """A total has no breakdown; of the others each is told apart."""
    zeilen = frage(
        weg.freigabe,
        "select wert, merkmal, einheit from beobachtungen where quelle = ? and gebiet = '05112000' and art is null "
        "and geschlecht is null and staatsangehoerigkeit is null",
        QUELLE,
    )
    assert zeilen == [(16797, "studierende", "Personen")]
    [(stufen,)] = frage(
        weg.freigabe,
        "select count(distinct art) from beobachtungen where quelle = ? and geschlecht = 'weiblich'",
        QUELLE,
    )
    assert stufen == 9


def test_nichts_geht_verloren_und_nichts_zaehlt_doppelt(weg: Weg) -> None:
    """Rows in = rows out: what is not carried stands in ``abgewiesen`` with the declared reason."""
    [(angenommen,)] = frage(weg.freigabe, "select count(*) from beobachtungen where quelle = ?", QUELLE)
    gruende = dict(frage(weg.freigabe, "select grund, count(*) from abgewiesen where quelle = ? group by 1", QUELLE))
    assert angenommen + sum(gruende.values()) == 44100
    assert sum(n for g, n in gruende.items() if "Teil eines Kreises" in str(g)) == 15 * 90
    hamburg = frage(
        weg.freigabe, "select count(*) from beobachtungen where quelle = ? and gebiet in ('02', '11')", QUELLE
    )
    assert hamburg == [(180,)]


def test_die_freigabe_nennt_die_quelle(weg: Weg) -> None:
    [(herausgeber, namensnennung)] = frage(
        weg.freigabe, "select herausgeber, namensnennung from quellen where quelle = ?", QUELLE
    )
    assert herausgeber == "Statistische Ämter des Bundes und der Länder"
    assert "21311-01-01-4-B" in str(namensnennung)
