"""What all tests share: a clean environment, real files if they are there, one nightly run on the example archive."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from laufhilfe import PROJEKT, Einmal, Gemeinsam, Lauf, Szene, einmal, gemeinsam, sozialraum

ECHTDATEN = "SOZIALRAUM_ECHTDATEN"


@pytest.fixture(autouse=True)
def saubere_umgebung() -> Iterator[None]:
    """No setting of this machine reaches a test, and none that a test makes outlives it."""
    vorher = dict(os.environ)
    for name in vorher:
        if name.startswith(("SOZIALRAUM_", "DAGSTER_")) and name != ECHTDATEN:
            del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(vorher)


@pytest.fixture(scope="session")
def echtdaten() -> Path:
    """Folder of real files of the publishers (``SOZIALRAUM_ECHTDATEN``); tests that need it are skipped without it."""
    ordner = Path(os.environ.get(ECHTDATEN) or PROJEKT.parent / "shared" / "daten")
    if not ordner.is_dir():
        pytest.skip(f"echte Dateien fehlen: {ECHTDATEN} zeigt auf keinen Ordner")
    return ordner


@pytest.fixture(scope="session")
def aller(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of this session share."""
    wurzel = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        wurzel = wurzel.parent
    ordner = wurzel / "szenen"
    ordner.mkdir(exist_ok=True)
    return ordner


@pytest.fixture(scope="session")
def szene(aller: Path) -> Einmal:
    """Runs something expensive once per session, also with several workers: ``szene(name, mache)``."""
    return lambda name, mache: einmal(aller, name, mache)


@pytest.fixture(scope="session")
def welt(aller: Path) -> Gemeinsam:
    """Builds something expensive once per session and gives every worker its own copy: ``welt(name, mache)``."""
    return lambda name, mache: gemeinsam(aller, name, mache)


@pytest.fixture(scope="session")
def beispiel_freigabe(szene: Einmal) -> Szene:
    """The nightly run on the example archive, twice: the second one finds nothing new. Not to be changed by tests."""

    def mache(daten: Path) -> list[Lauf]:
        return [sozialraum("lauf", "--daten", str(daten)) for _ in range(2)]

    szene_ = szene("beispiel", mache)
    assert (szene_.daten / "freigaben" / "aktuell").exists(), szene_.laeufe[0].text
    return szene_


@pytest.fixture
def beispiel_kopie(beispiel_freigabe: Szene, tmp_path: Path) -> Szene:
    """A copy of that runtime folder that a test may change."""
    ziel = tmp_path / "daten"
    shutil.copytree(beispiel_freigabe.daten, ziel, symlinks=True, ignore=shutil.ignore_patterns("dagster"))
    return Szene(ziel, beispiel_freigabe.laeufe)


@pytest.fixture(scope="session")
def nachtlauf_defs(beispiel_freigabe: Szene) -> dg.Definitions:
    """What Dagster loads. Its steps read their settings from the environment of the test that runs them."""
    with pytest.MonkeyPatch.context() as umgebung:
        umgebung.setenv("SOZIALRAUM_DATEN", str(beispiel_freigabe.daten))
        from pipelines.definitions import defs  # noqa: PLC0415 - loading reads the environment
    return defs
