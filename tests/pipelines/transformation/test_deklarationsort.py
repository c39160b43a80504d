"""Messages of dbt's macros get the line of the column that they name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pipelines.einstellungen import DBT_PROJEKT, Einstellungen
from pipelines.transformation import dbt_lauf, deklarationsort
from pipelines.transformation.dbt_lauf import DbtFehler, baue
from pipelines.transformation.deklarationsort import mit_zeilen, zeile_der_spalte

YML = """version: 2

models:
  - name: eins
    columns:
      - {name: gebiet, data_type: varchar}
      - name: anteil
        description: "ein Anteil"
  - {name: ohne_spalten}
  - name: zwei
    columns:
      - data_type: double
        name: anteil
"""
DATEI = "models/themen/probe.yml"


@pytest.fixture
def projekt(tmp_path: Path) -> Path:
    (tmp_path / "models" / "themen").mkdir(parents=True)
    (tmp_path / DATEI).write_text(YML, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("modell", "spalte", "zeile"),
    [
        ("eins", "gebiet", 6),
        ("eins", "anteil", 7),
        ("zwei", "anteil", 12),
        ("zwei", "gebiet", None),
        ("ohne_spalten", "anteil", None),
        ("drei", "anteil", None),
    ],
)
def test_die_zeile_ist_die_der_spalte_des_genannten_modells(
    projekt: Path, modell: str, spalte: str, zeile: int | None
) -> None:
    assert zeile_der_spalte(projekt / DATEI, modell, spalte) == zeile


def test_in_der_meldung_steht_die_zeile_hinter_der_datei(projekt: Path) -> None:
    meldung = f"Compilation Error\n  {DATEI}, Modell zwei, Spalte anteil, zaehler: stimmt nicht."
    assert mit_zeilen(meldung, projekt) == (
        f"Compilation Error\n  {DATEI}, Zeile 12, Modell zwei, Spalte anteil, zaehler: stimmt nicht."
    )
    assert mit_zeilen(mit_zeilen(meldung, projekt), projekt) == mit_zeilen(meldung, projekt)


@pytest.mark.parametrize(
    "meldung",
    [
        "",
        "Binder Error: Referenced column nicht_da not found",
        f"{DATEI}, Modell drei, Spalte anteil: stimmt nicht.",
        "models/themen/fehlt.yml, Modell eins, Spalte anteil: stimmt nicht.",
    ],
)
def test_was_keine_spalte_nennt_bleibt_wie_es_ist(projekt: Path, meldung: str) -> None:
    assert mit_zeilen(meldung, projekt) == meldung


@pytest.mark.parametrize("inhalt", ["models: [", "", "models: nichts", "- models", "models:\n  - name: [eins]\n"])
def test_eine_unlesbare_datei_bringt_die_meldung_nicht_um(projekt: Path, inhalt: str) -> None:
    (projekt / DATEI).write_text(inhalt, encoding="utf-8")
    meldung = f"{DATEI}, Modell eins, Spalte anteil: stimmt nicht."
    assert mit_zeilen(meldung, projekt) == meldung


@pytest.mark.parametrize("datei", sorted(p.name for p in DBT_PROJEKT.glob("models/indikatoren/*.yml")))
def test_jede_deklarierte_spalte_wird_an_ihrer_zeile_gefunden(datei: str) -> None:
    pfad = DBT_PROJEKT / "models" / "indikatoren" / datei
    zeilen = pfad.read_text(encoding="utf-8").splitlines()
    for nummer, zeile in enumerate(zeilen, 1):
        treffer = re.match(r"      - (?:\{)?name: (\w+)", zeile)
        if treffer:
            assert zeile_der_spalte(pfad, pfad.stem, treffer[1]) == nummer


def test_ein_bau_nennt_die_zeile_der_falschen_deklaration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real build of a copy of the project, in which a condition was misspelt."""
    projekt = tmp_path / "projekt"
    shutil.copytree(DBT_PROJEKT, projekt, ignore=shutil.ignore_patterns("target", "logs", "dbt_packages", ".user.yml"))
    yml = projekt / "models" / "indikatoren" / "bevoelkerung.yml"
    text = yml.read_text(encoding="utf-8")
    falsch = "zaehler: {merkmal: einwohner, altr: [3, 5]}"
    assert text.count("zaehler: {merkmal: einwohner, alter: [3, 5]}") == 1
    yml.write_text(text.replace("zaehler: {merkmal: einwohner, alter: [3, 5]}", falsch), encoding="utf-8")
    for modul in (dbt_lauf, deklarationsort):
        monkeypatch.setattr(modul, "DBT_PROJEKT", projekt, raising=False)
    monkeypatch.setattr(dbt_lauf, "DBT_ORDNER", ["--project-dir", str(projekt), "--profiles-dir", str(projekt)])
    monkeypatch.setattr(dbt_lauf, "gelesenes_manifest", lambda _: None)
    (tmp_path / "daten").mkdir()
    try:
        ergebnisse = baue(Einstellungen(daten=tmp_path / "daten"), ["--select", "indikator_definitionen"])
        meldung = "\n".join(e.meldung for e in ergebnisse)
    except DbtFehler as fehler:
        meldung = str(fehler)
    zeile = text.splitlines().index("      - name: anteil_3_5") + 1
    assert (
        f"models/indikatoren/bevoelkerung.yml, Zeile {zeile}, Modell bevoelkerung, Spalte anteil_3_5, zaehler: "
        in meldung
    )
    assert "Gefunden: Schlüssel altr. Erwartet: einer von merkmal, alter" in meldung
