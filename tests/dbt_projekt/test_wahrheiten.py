"""Published figures come out of the compiled SQL from their published inputs."""

from __future__ import annotations

import math

import duckdb
import pytest
from gebaut import Kleinwelt, zeilen
from hypothesis import given, settings
from hypothesis import strategies as st
from makros import lade_makros
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from wahrheiten import ABHAENGIGKEIT, AUSLAENDERANTEIL, WILSON, Wahrheit

from pipelines.transformation.statistik import registriere


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


def intervall(art: str, zaehler: float, nenner: float, faktor: float = 1) -> tuple[float, float]:
    """Both bounds from the compiled SQL."""
    grenzen = ", ".join(lade_makros()["intervallgrenze"](zeichen) for zeichen in "-+")
    with duckdb.connect() as con:
        registriere(con)
        frage = "select ?::varchar as unsicherheit, ?::double as zaehler, ?::double as nenner, ?::double as faktor"
        gerechnet = f"select *, zaehler / nenner as p, 1.959963984540054 as z from ({frage})"
        zeile = con.execute(
            f"select {grenzen} from ({gerechnet}) as gerechnet", [art, zaehler, nenner, faktor]
        ).fetchone()
    assert zeile is not None
    return zeile[0], zeile[1]


@pytest.mark.parametrize(("zaehler", "nenner", "von", "bis"), WILSON)
def test_wilson_bekannte_intervalle(zaehler: int, nenner: int, von: float, bis: float) -> None:
    assert [round(grenze, 4) for grenze in intervall("wilson", zaehler, nenner)] == [von, bis]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**7), st.data())
def test_wilson_wie_statsmodels(nenner: int, data: st.DataObject) -> None:
    zaehler = data.draw(st.integers(0, nenner))
    soll = proportion_confint(zaehler, nenner, method="wilson")
    assert intervall("wilson", zaehler, nenner) == pytest.approx(soll, rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 10**7))
def test_poisson_wie_aus_der_chi_quadrat_verteilung(zaehler: int, nenner: int) -> None:
    unten = stats.chi2.ppf(0.025, 2 * zaehler) / 2 if zaehler else 0.0
    oben = stats.chi2.ppf(0.975, 2 * zaehler + 2) / 2
    soll = (1000 * unten / nenner, 1000 * oben / nenner)
    assert intervall("poisson", zaehler, nenner, 1000) == pytest.approx(soll, rel=1e-7)


def test_die_grenzen_erfuellen_ihre_bestimmungsgleichung(kleinwelt: Kleinwelt) -> None:
    """Wilson: the observed share lies exactly 1.96 standard errors away. Poisson: each tail holds exactly 2.5 %."""
    katalog = kleinwelt.frage("select indikator, unsicherheit, faktor from freigabe.indikator_katalog")
    faktoren = katalog.set_index("indikator")["faktor"]
    wilson = set(katalog.loc[katalog.unsicherheit.str.startswith("Wilson"), "indikator"])
    t = kleinwelt.indikatoren
    t = t.loc[t.unsicher_von.notna()]
    gesehen = {True: 0, False: 0}
    for z in zeilen(t):
        von, bis = z.unsicher_von / faktoren[z.indikator], z.unsicher_bis / faktoren[z.indikator]
        assert von <= z.zaehler / z.nenner + 1e-12
        assert z.zaehler / z.nenner <= bis + 1e-12
        gesehen[z.indikator in wilson] += 1
        if z.indikator in wilson:
            assert von >= 0
            assert bis <= 1
            for grenze in (von, bis):
                abstand = 1.959963984540054 * math.sqrt(grenze * (1 - grenze) / z.nenner)
                assert abs(z.zaehler / z.nenner - grenze) == pytest.approx(abstand, abs=1e-7)
        elif float(z.zaehler).is_integer():
            assert stats.poisson.sf(z.zaehler - 1, von * z.nenner) == pytest.approx(0.025, rel=1e-6)
            assert stats.poisson.cdf(z.zaehler, bis * z.nenner) == pytest.approx(0.025, rel=1e-6)
    assert gesehen[True] > 500
    assert gesehen[False] > 50
