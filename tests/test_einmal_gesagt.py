"""What an indicator is called and what it means stands in one place of the repository.

Belongs here: the search for second copies. Does not belong here: whether catalogue, dictionary and Dagster show the one
place (``tests/pipelines/woerterbuch``). Tests are left out: they say on their own what they expect.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
import yaml
from test_regeln import PROJEKT, texte

THEMEN = PROJEKT / "dbt_projekt" / "models" / "indikatoren"
FEHLENDE = Path("dbt_projekt/seeds/nicht_verfuegbar.csv")
ZWEI_WORTE = re.compile(r"\w{2,}\W+\w{2,}")


@cache
def erklaerte() -> tuple[tuple[str, str, str], ...]:
    """Id, name and definition of every indicator that the project declares or says that it lacks."""
    gefunden = []
    for datei in sorted(THEMEN.glob("*.yml")):
        for modell in yaml.safe_load(datei.read_text(encoding="utf-8"))["models"]:
            for spalte in modell.get("columns", []):
                meta = spalte.get("config", {}).get("meta", {})
                if meta.get("zaehler") or meta.get("abgeleitet"):
                    gefunden.append((spalte["name"], meta["name"], spalte["description"]))
    for zeile in csv.DictReader(texte()[FEHLENDE].splitlines()):
        gefunden.append((zeile["indikator"], zeile["name"], zeile["beschreibung"]))
    return tuple(gefunden)


def stellen(gesucht: str, ohne: Iterable[str] = ()) -> list[str]:
    """Files and lines outside the tests that hold a text, as often as they hold it, but not as a part of ``ohne``."""
    gefunden = []
    for pfad, inhalt in texte().items():
        if gesucht in inhalt and pfad.parts[0] != "tests":
            uebrig = inhalt
            for laenger in ohne:
                uebrig = uebrig.replace(laenger, "")
            zeilen = enumerate(uebrig.splitlines(), 1)
            gefunden += [f"{pfad}:{nr}" for nr, zeile in zeilen for _ in range(zeile.count(gesucht))]
    return gefunden


def test_die_suche_findet_alle_deklarationen() -> None:
    assert len(erklaerte()) >= 85 + 40


@pytest.mark.parametrize("was", [0, 1, 2], ids=["kennung", "name", "definition"])
def test_zwei_indikatoren_heissen_oder_bedeuten_nicht_dasselbe(was: int) -> None:
    worte = [e[was] for e in erklaerte()]
    assert sorted({w for w in worte if worte.count(w) > 1}) == []


def test_jede_definition_steht_genau_einmal_im_projekt() -> None:
    alle = [definition for _, _, definition in erklaerte()]
    doppelt = {}
    for kennung, _, definition in erklaerte():
        laengere = [d for d in alle if definition in d and definition != d]
        if len(orte := stellen(definition, laengere)) != 1:
            doppelt[kennung] = orte
    assert doppelt == {}


def test_kein_name_steht_ein_zweites_mal_als_text_da() -> None:
    """Names of one word are words of the language and are left out."""
    doppelt = {}
    for kennung, name, _ in erklaerte():
        orte = [o for form in (f'"{name}"', f"'{name}'") for o in stellen(form)]
        if ZWEI_WORTE.search(name) and len(orte) > 1:
            doppelt[kennung] = orte
    assert doppelt == {}


def test_eine_kopie_wuerde_gefunden(monkeypatch: pytest.MonkeyPatch) -> None:
    _, name, definition = erklaerte()[0]
    kopie = texte() | {Path("pipelines/kopie.py"): f'NAME = "{name}"\nTEXT = "{definition}"\n'}
    monkeypatch.setattr("test_einmal_gesagt.texte", lambda: kopie)
    assert len(stellen(definition)) == 2
    assert "pipelines/kopie.py:2" in stellen(definition)
