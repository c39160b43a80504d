"""Fixtures of the replica's tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from portal_archiv import Ablage, kleines_archiv

from quellen.modell import Quelle, lade_katalog
from quellen.portal import Portal, Stoerung, parse_stoerung, starten


@pytest.fixture(scope="session")
def katalog() -> dict[str, Quelle]:
    return lade_katalog()


@pytest.fixture(scope="session")
def vorlage(tmp_path_factory: pytest.TempPathFactory) -> Ablage:
    return kleines_archiv(tmp_path_factory.mktemp("vorlage"))


@pytest.fixture
def ablage(vorlage: Ablage, tmp_path: Path) -> Ablage:
    """A copy of the small archive that a test may change."""
    shutil.copytree(vorlage.archiv.ordner, tmp_path / "archiv")
    kopie = Ablage(tmp_path / "archiv")
    kopie.dateien = dict(vorlage.dateien)
    return kopie


Oeffner = Callable[..., Portal]


@pytest.fixture
def oeffne(ablage: Ablage, katalog: dict[str, Quelle]) -> Iterator[Oeffner]:
    """Starts replicas of the small archive with disturbances in text form; stops them at the end."""
    offen: list[Portal] = []

    def _oeffne(*stoerungen: str | Stoerung, **weitere: object) -> Portal:
        gelesen = [s if isinstance(s, Stoerung) else parse_stoerung(s) for s in stoerungen]
        portal = starten(ablage.archiv, katalog, stoerungen=gelesen, **weitere)
        offen.append(portal)
        return portal

    yield _oeffne
    for portal in offen:
        portal.stoppen()


@pytest.fixture
def portal(oeffne: Oeffner) -> Portal:
    return oeffne()
