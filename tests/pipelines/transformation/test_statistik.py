"""Statistical functions for DuckDB: published answers, scipy and statsmodels, and that two calls agree."""

from __future__ import annotations

import hashlib

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.rates import confint_poisson

from pipelines.transformation.statistik import (
    FUNKTIONEN,
    ZIEHUNGEN,
    normal_ueberschreitung,
    poisson_grenze,
    poisson_vergleich,
    rangintervall,
    registriere,
)


@pytest.mark.parametrize(
    ("faelle", "unten", "oben"), [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (3, 0.6187, 8.7673), (10, 4.7954, 18.3904)]
)
def test_bekannte_grenzen_der_poissonverteilung(faelle: int, unten: float, oben: float) -> None:
    """Garwood's table to four digits."""
    assert poisson_grenze(faelle, 0.025) == pytest.approx(unten, abs=6e-5)
    assert poisson_grenze(faelle, 0.975) == pytest.approx(oben, abs=6e-5)


@settings(max_examples=60)
@given(st.integers(0, 5000))
def test_poissongrenzen_wie_chi_quadrat_und_statsmodels(faelle: int) -> None:
    unten, oben = poisson_grenze(faelle, 0.025), poisson_grenze(faelle, 0.975)
    assert oben == pytest.approx(stats.chi2.ppf(0.975, 2 * faelle + 2) / 2)
    if faelle:
        assert unten == pytest.approx(stats.chi2.ppf(0.025, 2 * faelle) / 2)
        assert (unten, oben) == pytest.approx(confint_poisson(faelle, 1, method="exact-c"))
    assert unten <= faelle <= oben


@settings(max_examples=60)
@given(st.floats(-30, 30))
def test_ueberschreitung_wie_scipy(z: float) -> None:
    assert normal_ueberschreitung(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)


@settings(max_examples=80)
@given(st.integers(0, 400), st.integers(0, 4000), st.floats(0.001, 0.999))
def test_bedingter_test_ist_der_verdoppelte_kleinere_schwanz(faelle: int, uebrige: int, anteil: float) -> None:
    binomial = stats.binom(faelle + uebrige, anteil)
    soll = min(1, 2 * min(binomial.cdf(faelle), binomial.sf(faelle - 1)))
    p = poisson_vergleich(faelle, uebrige, anteil)
    assert p == pytest.approx(soll, rel=1e-6, abs=1e-200)
    assert 0 <= p <= 1


def test_bedingter_test_ohne_faelle() -> None:
    assert poisson_vergleich(0, 0, 0.3) == 1
    assert poisson_vergleich(0, 10, 0.5) == pytest.approx(2 * 0.5**10)
    assert poisson_vergleich(10, 0, 0.5) == pytest.approx(2 * 0.5**10)


def _grenzen(art: str, x: list[float], n: list[float], *, hoch: bool = True, name: str = "a") -> list[tuple[int, int]]:
    grenzen = rangintervall(art, name, x, n, hoch)
    return list(zip(grenzen["von"], grenzen["bis"], strict=True))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["wilson", "poisson"]), st.lists(st.integers(0, 200), min_size=2, max_size=12), st.booleans())
def test_rangintervall_wie_ziehung_fuer_ziehung(art: str, x: list[int], hoch: bool) -> None:
    """The same stream, ranked by scipy row by row and counted out."""
    ist = rangintervall(art, "x|2023-12-31||ortsteil", [float(a) for a in x], [200.0] * len(x), hoch)
    saat = int.from_bytes(hashlib.sha256(b"x|2023-12-31||ortsteil").digest()[:8], "big")
    strom = np.random.Generator(np.random.PCG64(saat))
    if art == "wilson":
        gezogen = strom.binomial(200, np.array(x) / 200, (ZIEHUNGEN, len(x)))
    else:
        gezogen = strom.poisson(x, (ZIEHUNGEN, len(x)))
    raenge = np.array([stats.rankdata(-zeile if hoch else zeile, method="min") for zeile in gezogen])
    for i in range(len(x)):
        sortiert = sorted(raenge[:, i])
        assert (ist["von"][i], ist["bis"][i]) == (sortiert[ZIEHUNGEN // 20 - 1], sortiert[ZIEHUNGEN * 19 // 20 - 1])


def test_weit_entfernte_haben_sichere_raenge_und_nahe_nicht() -> None:
    assert _grenzen("wilson", [5_000, 10_000, 90_000], [100_000] * 3) == [(3, 3), (2, 2), (1, 1)]
    assert _grenzen("poisson", [5_000, 10_000, 90_000], [100_000] * 3, hoch=False) == [(1, 1), (2, 2), (3, 3)]
    nahe = _grenzen("wilson", [100] * 10, [1000] * 10)
    assert all(bis - von >= 6 for von, bis in nahe)


def test_der_schluessel_bestimmt_den_strom() -> None:
    x, n = [30.0 + i for i in range(30)], [1000.0] * 30
    assert _grenzen("wilson", x, n) == _grenzen("wilson", x, n)
    assert _grenzen("wilson", x, n) != _grenzen("wilson", x, n, name="b")


def test_raender_geben_keinen_unsinn() -> None:
    assert _grenzen("wilson", [7.0], [0.4]) == [(1, 1)]
    assert _grenzen("wilson", [0.0, 1000.0], [1000.0, 1000.0]) == [(2, 2), (1, 1)]
    assert _grenzen("poisson", [0.0, 0.0], [0.5, 0.5]) == [(1, 1), (1, 1)]
    assert _grenzen("wilson", [99.7, 300.2], [100.4, 1000.6]) == [(1, 1), (2, 2)]


def test_duckdb_kennt_alle_funktionen_und_leer_bleibt_leer() -> None:
    with duckdb.connect() as con:
        registriere(con)
        bekannt = {z[0] for z in con.execute("select function_name from duckdb_functions()").fetchall()}
        assert set(FUNKTIONEN) <= bekannt
        zeile = con.execute(
            "select poisson_grenze(0, 0.975), normal_ueberschreitung(0), poisson_vergleich(3, 4, null), "
            "rangintervall('wilson', 'a', [10, 900], [1000, 1000], true)"
        ).fetchone()
    assert zeile == (pytest.approx(3.6889, abs=1e-4), 1.0, None, {"von": [2, 1], "bis": [2, 1]})
