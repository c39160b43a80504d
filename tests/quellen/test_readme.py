"""The page for people who add a source says the same as the models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from quellen import modell
from quellen.modell import GLIEDERUNGEN, Quelle

README = Path(modell.__file__).parent.parent / "README.md"
MODELLE = {
    name: klasse
    for name in modell.__all__
    if isinstance(klasse := getattr(modell, name), type) and issubclass(klasse, BaseModel)
}


def tabellen() -> dict[str, dict[str, bool]]:
    """Heading ``### `Name` `` → word → whether it is marked as needed (*)."""
    abschnitte = re.findall(r"^### `(\w+)`.*?\n(.*?)(?=^#|\Z)", README.read_text(encoding="utf-8"), re.M | re.S)
    ergebnis: dict[str, dict[str, bool]] = {}
    for name, text in abschnitte:
        worte: dict[str, bool] = {}
        for zeile in re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE):
            for wort, stern in re.findall(r"`(\w+)`( \(\*\))?", zeile):
                assert wort not in worte, f"{name}.{wort} steht zweimal da"
                worte[wort] = bool(stern)
        ergebnis[name] = worte
    return ergebnis


def test_jedes_modell_hat_seinen_abschnitt() -> None:
    assert set(tabellen()) == set(MODELLE)


@pytest.mark.parametrize("name", sorted(MODELLE))
def test_die_worte_sind_die_des_modells(name: str) -> None:
    felder = {wort: feld.is_required() for wort, feld in MODELLE[name].model_fields.items()}
    assert tabellen()[name] == felder


def test_gliederungen() -> None:
    text = README.read_text(encoding="utf-8")
    satz = re.search(r"^Fields called (.*?) are\s+breakdowns", text, re.MULTILINE | re.DOTALL)
    assert satz
    assert tuple(re.findall(r"`(\w+)`", satz.group(1))) == GLIEDERUNGEN


def test_die_deklaration_ist_eine() -> None:
    [text] = re.findall(r"^```yaml\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    quelle = Quelle.model_validate(yaml.safe_load(text))
    assert quelle.bestaetigt
    assert quelle.teile["tabelle"].beobachtung is not None
