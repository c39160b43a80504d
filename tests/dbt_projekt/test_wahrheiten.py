"""Published figures come out of the compiled SQL from their published inputs."""

from __future__ import annotations

import math

import pytest
from gebaut import Kleinwelt, zeilen
from wahrheiten import ABHAENGIGKEIT, AUSLAENDERANTEIL, WILSON, WILSON_TAG, Wahrheit


@pytest.mark.parametrize("w", AUSLAENDERANTEIL, ids=lambda w: w.nr)
def test_auslaenderanteil_wie_veroeffentlicht(kleinwelt: Kleinwelt, w: Wahrheit) -> None:
    z = kleinwelt.zeile("auslaenderanteil", w.gebiet, w.tag, "melderegister")
    assert z is not None
    assert round(z["wert"], w.stellen) == w.wert
    assert z["zaehler"] == sum(fremd for _, fremd, _ in w.teile)
    assert z["nenner"] == sum(alle for *_, alle in w.teile)
    einwohner = kleinwelt.zeile("einwohner", w.gebiet, w.tag, "melderegister")
    assert einwohner is not None
    assert einwohner["wert"] == z["nenner"]


def test_w74_jugend_und_altenquotient_ergeben_den_abhaengigkeitsquotienten(kleinwelt: Kleinwelt) -> None:
    ort, tag, *_ = ABHAENGIGKEIT
    werte = [kleinwelt.zeile(f"{q}quotient", ort, tag, "melderegister") for q in ("jugend", "alten", "gesamt")]
    assert [round(z["wert"], 1) for z in werte if z is not None] == [27.9, 30.2, 58.1]


@pytest.mark.parametrize(("ort", "zaehler", "nenner", "von", "bis"), WILSON)
def test_wilson_bekannte_intervalle(
    kleinwelt: Kleinwelt, ort: str, zaehler: int, nenner: int, von: float, bis: float
) -> None:
    z = kleinwelt.zeile("auslaenderanteil", ort, WILSON_TAG, "melderegister")
    assert z is not None
    assert (z["zaehler"], z["nenner"]) == (zaehler, nenner)
    assert round(z["unsicher_von"] / 100, 4) == von
    assert round(z["unsicher_bis"] / 100, 4) == bis


def test_wilson_loest_seine_bestimmungsgleichung(kleinwelt: Kleinwelt) -> None:
    """The bounds are the shares at which the observed share lies exactly 1.96 standard errors away."""
    t = kleinwelt.indikatoren
    t = t.loc[t.unsicher_von.notna()]
    assert len(t) > 1000
    for z in zeilen(t):
        anteil = z.zaehler / z.nenner
        for grenze in (z.unsicher_von / 100, z.unsicher_bis / 100):
            abstand = 1.959963984540054 * math.sqrt(grenze * (1 - grenze) / z.nenner)
            assert abs(anteil - grenze) == pytest.approx(abstand, abs=1e-7)
        assert 0 <= z.unsicher_von <= z.wert + 1e-9
        assert z.wert - 1e-9 <= z.unsicher_bis <= 100
