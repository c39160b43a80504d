"""A small release for tests of releasing, lineage and audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from kleinlager import Klein, baue_kleinlager
from laufhilfe import Szene

from pipelines.freigabe import Freigabe, freigeben


@dataclass
class Kleinfreigabe:
    """A released small warehouse."""

    klein: Klein
    freigabe: Freigabe
    freigaben: Path


def gib_frei(klein: Klein, freigaben: Path) -> Freigabe:
    """Release a small warehouse."""
    return freigeben(klein.lager, klein.manifest, freigaben, klein.archiv, klein.id)


@pytest.fixture
def klein(tmp_path: Path) -> Klein:
    """A warehouse that was not released yet."""
    return baue_kleinlager(tmp_path)


@pytest.fixture
def kleinfreigabe(klein: Klein, tmp_path: Path) -> Kleinfreigabe:
    """The same, released."""
    return Kleinfreigabe(klein, gib_frei(klein, tmp_path / "freigaben"), tmp_path / "freigaben")


@pytest.fixture
def freigabe_machen() -> Callable[[Klein, Path], Freigabe]:
    """The function that releases."""
    return gib_frei


@pytest.fixture(scope="session")
def nachtlauf_defs(beispiel_freigabe: Szene) -> dg.Definitions:
    """What Dagster loads. Its steps read their settings from the environment of the test that runs them."""
    with pytest.MonkeyPatch.context() as umgebung:
        umgebung.setenv("SOZIALRAUM_DATEN", str(beispiel_freigabe.daten))
        from pipelines.definitions import defs  # noqa: PLC0415 - loading reads the environment
    return defs
