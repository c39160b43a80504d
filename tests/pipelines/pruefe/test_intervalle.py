"""The audit's intervals against statsmodels and against what a limit means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from pipelines.pruefe.intervalle import Zahlen, grenzen


def _reihe(*werte: float) -> Zahlen:
    return np.array(werte, dtype=np.float64)


@given(n=st.integers(1, 600_000), anteil=st.floats(0, 1))
def test_wilson_wie_statsmodels(n: int, anteil: float) -> None:
    x = round(anteil * n)
    (unten,), (oben,) = grenzen(_reihe(x), _reihe(n), anteil=True)
    assert (unten, oben) == pytest.approx(proportion_confint(x, n, method="wilson"), abs=1e-12)
    assert 0 <= unten <= x / n + 1e-12 <= oben + 2e-12 <= 1 + 2e-12


@given(x=st.integers(0, 20_000), n=st.integers(1, 600_000))
def test_an_der_grenze_ist_der_befund_noch_zu_zweieinhalb_prozent_moeglich(x: int, n: int) -> None:
    (unten,), (oben,) = grenzen(_reihe(x), _reihe(n), anteil=False)
    assert stats.poisson.cdf(x, oben * n) == pytest.approx(0.025, rel=1e-6)
    if x:
        assert stats.poisson.sf(x - 1, unten * n) == pytest.approx(0.025, rel=1e-6)
    else:
        assert unten == 0


@pytest.mark.parametrize("anteil", [True, False])
def test_wo_nichts_ist_ist_kein_intervall(anteil: bool) -> None:
    with np.errstate(all="ignore"):
        unten, oben = grenzen(_reihe(np.nan, 3, 3), _reihe(10, np.nan, 10), anteil=anteil)
    assert np.isnan(unten).tolist() == np.isnan(oben).tolist() == [True, True, False]
