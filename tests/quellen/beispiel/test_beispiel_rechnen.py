"""Whole numbers that add up, and random numbers that stay the same."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.beispiel.rechnen import Zufall, kurve, stuetzen, verteilen, ziehen

_GEWICHTE = st.lists(st.floats(0, 1000), min_size=1, max_size=60).filter(lambda g: math.fsum(g) > 0.01)


@given(st.integers(0, 100_000), _GEWICHTE)
def test_verteilen_trifft_die_summe_und_bleibt_nah(summe: int, gewichte: list[float]) -> None:
    teile = verteilen(summe, gewichte)
    assert sum(teile) == summe
    gesamt = math.fsum(gewichte)
    assert all(abs(t - summe * g / gesamt) < 1.0001 for t, g in zip(teile, gewichte, strict=True))


@given(st.integers(0, 100_000), _GEWICHTE, st.floats(0, 0.999))
def test_ziehen_trifft_die_summe_und_bleibt_nah(summe: int, gewichte: list[float], anfang: float) -> None:
    teile = ziehen(summe, gewichte, anfang)
    assert sum(teile) == summe
    gesamt = math.fsum(gewichte)
    assert all(t >= 0 and abs(t - summe * g / gesamt) < 1.0001 for t, g in zip(teile, gewichte, strict=True))


def test_verteilen_groesste_reste_bei_gleichstand_die_ersten() -> None:
    assert verteilen(5, [1, 1, 1]) == [2, 2, 1]
    assert verteilen(10, [0.5, 0.3, 0.2]) == [5, 3, 2]
    assert verteilen(1, [0.2, 0.5, 0.3]) == [0, 1, 0]


def test_ziehen_gibt_auch_kleinen_eine_moeglichkeit() -> None:
    gewichte = [0.1, 0.9]
    assert ziehen(1, gewichte, 0.0) == [0, 1]
    assert ziehen(1, gewichte, 0.95) == [1, 0]


@pytest.mark.parametrize("funktion", [verteilen, lambda s, g: ziehen(s, g, 0.5)])
def test_unmoegliches_wird_verweigert(funktion) -> None:
    assert funktion(0, [0.0, 0.0]) == [0, 0]
    with pytest.raises(ValueError, match="lässt sich nicht"):
        funktion(3, [0.0, 0.0])
    with pytest.raises(ValueError, match="lässt sich nicht"):
        funktion(-1, [1.0])


def test_stuetzen_zwischen_und_jenseits_der_punkte() -> None:
    punkte = {2016: 10.0, 2020: 18.0}
    assert [stuetzen(punkte, j) for j in (2010, 2016, 2017, 2020, 2025)] == [10.0, 10.0, 12.0, 18.0, 18.0]
    assert kurve({0: 0.0, 4: 8.0}, 6) == [0.0, 2.0, 4.0, 6.0, 8.0, 8.0]


def test_zufall_ist_je_strom_fest() -> None:
    """Pinned: another numpy must not change the example files unnoticed."""
    assert Zufall(1).zahl() == Zufall(1).zahl()
    assert Zufall(1).zahl() != Zufall(2).zahl()
    zufall = Zufall(99)
    assert [int(zufall.zahl(0, 1000)) for _ in range(5)] == [790, 183, 964, 197, 344]
    assert all(3 <= zufall.zahl(3, 4) < 4 for _ in range(50))


def test_mischen_behaelt_alles() -> None:
    werte = list(range(200))
    gemischt = Zufall(5).mischen(werte)
    assert gemischt != werte
    assert sorted(gemischt) == werte
    assert gemischt == Zufall(5).mischen(werte)
