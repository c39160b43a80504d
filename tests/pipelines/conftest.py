"""A small release for tests of releasing, lineage and audit: built once, copied for every test."""

from __future__ import annotations

import copy
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from kleinlager import Klein, Kleinfreigabe, baue_kleinlager
from laufhilfe import Einmal, Szene
from livenaechte import vier_naechte

from pipelines.freigabe import freigeben
from quellen.archiv import Archiv


@pytest.fixture(scope="session")
def _vorlage(tmp_path_factory: pytest.TempPathFactory) -> Kleinfreigabe:
    ordner = tmp_path_factory.mktemp("vorlage")
    klein = baue_kleinlager(ordner)
    freigaben = ordner / "freigaben"
    return Kleinfreigabe(klein, freigeben(klein.lager, klein.manifest, freigaben, klein.archiv, klein.id), freigaben)


@pytest.fixture
def klein(_vorlage: Kleinfreigabe, tmp_path: Path) -> Klein:
    """A warehouse of its own that was not released yet."""
    shutil.copy(_vorlage.klein.lager, tmp_path / "lager.duckdb")
    shutil.copytree(_vorlage.klein.archiv.ordner, tmp_path / "archiv")
    return Klein(
        tmp_path / "lager.duckdb",
        copy.deepcopy(_vorlage.klein.manifest),
        Archiv(tmp_path / "archiv"),
        dict(_vorlage.klein.katalog),
        _vorlage.klein.id,
    )


@pytest.fixture
def kleinfreigabe(_vorlage: Kleinfreigabe, klein: Klein, tmp_path: Path) -> Kleinfreigabe:
    """The same, released; may be spoiled."""
    freigaben = tmp_path / "freigaben"
    shutil.copytree(_vorlage.freigaben, freigaben, symlinks=True)
    for datei in freigaben.rglob("*"):
        if datei.is_file():
            datei.chmod(0o644)
    return Kleinfreigabe(klein, replace(_vorlage.freigabe, ordner=freigaben / klein.id), freigaben)


@pytest.fixture(scope="session")
def live(szene: Einmal, tmp_path_factory: pytest.TempPathFactory) -> Szene:
    """Four nights against the replica, see ``livenaechte``. Not to be changed by tests."""
    return szene("live", lambda daten: vier_naechte(daten, tmp_path_factory.mktemp("portal")))
