"""Every kind of manipulation once, at a random place: found, and the place named. By hand with any number."""

from __future__ import annotations

import pytest
from manipulation import ARTEN, REIHE, Tat, Welt, kleine_welt, versuche


@pytest.fixture(scope="module")
def kleine(tmp_path_factory: pytest.TempPathFactory) -> Welt:
    return kleine_welt(tmp_path_factory.mktemp("kleine_welt"))


def test_jede_art_kommt_vor() -> None:
    assert set(REIHE) == set(ARTEN)


@pytest.mark.parametrize("nummer", range(len(REIHE)))
def test_zufaellige_manipulation_wird_gefunden_und_benannt(kleine: Welt, nummer: int) -> None:
    e = versuche(kleine, nummer, saat=4)
    assert (e.gefunden, e.benannt) == (True, True), f"{e.art}: {e.tat}"


def test_ohne_manipulation_ist_nichts_zu_finden(kleine: Welt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copying alone is no fault, so what is found above is the manipulation."""
    monkeypatch.setitem(ARTEN, REIHE[0], lambda welt, wuerfel: Tat("nichts", (("",),)))
    e = versuche(kleine, 0, saat=4)
    assert (e.gefunden, e.benannt) == (False, False)
