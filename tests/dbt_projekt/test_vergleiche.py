"""Smoothing, ranks and the difference to the rest of the city: known answers, outside packages, what always holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest
from vergleichswelt import ANTEIL, ANZAHL, BUND, KREIS, RATE, Figur, Welt, rechne, stadt_aus, vergleiche

from pipelines.pruefe.vergleiche import pruefe_vergleiche

ORTE = ("101", "102", "201", "202", "203", "301", "302", "401")


def _stadt(indikator: str, *zellen: tuple[float, float], jahr: int = 2023) -> list[Figur]:
    teile = [Figur(indikator, ort, jahr, x, n) for ort, (x, n) in zip(ORTE, zellen, strict=False)]
    return [*teile, stadt_aus(teile)]


@st.composite
def staedte(draw: st.DrawFn) -> list[Figur]:
    """A city of one to eight Ortsteile, some of them too small to be shown, some equal."""
    indikator = draw(st.sampled_from([ANTEIL, RATE]))
    nenner = draw(st.lists(st.sampled_from([20, 150, 150, 400, 5000, 17000]), min_size=1, max_size=8))
    anteile = st.sampled_from([0.0, 0.01, 0.1, 0.1, 0.3, 0.97, 1.0])
    return _stadt(indikator, *[(math.floor(n * draw(anteile)), n) for n in nenner])


def _gezeigt(figuren: list[Figur]) -> list[Figur]:
    return [f for f in figuren if f.ebene == "ortsteil" and f.n >= 100 and f.x >= 3]


@settings(max_examples=40, deadline=None)
@given(figuren=staedte(), richtung=st.sampled_from(["neutral", "hoch_ist_belastung", "niedrig_ist_belastung"]))
def test_kleine_staedte(figuren: list[Figur], richtung: str) -> None:
    ist = vergleiche(Welt(figuren, richtung))
    assert len(ist) == len(figuren)
    faktor = 100 if figuren[0].indikator == ANTEIL else 1000
    _pruefe_glaettung(ist, figuren, faktor)
    gereiht = [f for f in _gezeigt(figuren) if f.x >= 20]
    vorzeichen = 1 if richtung == "niedrig_ist_belastung" else -1
    soll = stats.rankdata([vorzeichen * f.x / f.n for f in gereiht], method="min") if gereiht else []
    for f, rang in zip(gereiht, soll, strict=True):
        z = ist[f.indikator, f.ort, f.jahr]
        if len(gereiht) == 1:
            assert z["rang"] is z["rang_von"] is z["rang_bis"] is z["gebiete_im_rang"] is None
            continue
        assert (z["rang"], z["gebiete_im_rang"]) == (rang, len(gereiht))
        assert 1 <= z["rang_von"] <= z["rang"] <= z["rang_bis"] <= len(gereiht)
    for f in figuren:
        z = ist[f.indikator, f.ort, f.jahr]
        if f not in gereiht and f.ort:
            assert z["rang"] is z["rang_von"] is z["rang_bis"] is z["gebiete_im_rang"] is None
        _pruefe_abstand(z, f, figuren[-1], faktor)
    for z in ist.values():
        assert not any(isinstance(w, float) and not math.isfinite(w) for w in z.values())


def _pruefe_glaettung(ist: Mapping[Any, Mapping[str, Any]], figuren: list[Figur], faktor: float) -> None:
    """Marshall by hand over the Ortsteile that are shown; a hidden one has and gives nothing."""
    orte = _gezeigt(figuren)
    for f in figuren:
        if f not in orte:
            assert ist[f.indikator, f.ort, f.jahr]["geglaettet"] is None
    if not orte:
        return
    gesamt = sum(f.n for f in orte)
    m = sum(f.x for f in orte) / gesamt
    v = m * (1 - m) if orte[0].indikator == ANTEIL else m
    a = max(0, sum(f.n * (f.x / f.n - m) ** 2 for f in orte) / gesamt - v / (gesamt / len(orte)))
    for f in orte:
        z, r = ist[f.indikator, f.ort, f.jahr], f.x / f.n
        c = a / (a + v / f.n) if a > 1e-15 else 0
        assert z["geglaettet"] == pytest.approx(faktor * (c * r + (1 - c) * m), rel=1e-9)
        assert min(r, m) - 1e-12 <= z["geglaettet"] / faktor <= max(r, m) + 1e-12


def _pruefe_abstand(z: Mapping[str, Any], f: Figur, stadt: Figur, faktor: float) -> None:
    sichtbar = f.n >= 100 and f.x >= 3
    stadt_sichtbar = stadt.n >= 100 and stadt.x >= 3
    assert z["stadt_wert"] == (pytest.approx(faktor * stadt.x / stadt.n) if stadt_sichtbar else None)
    if not sichtbar:
        assert z["differenz"] is z["index_stadt"] is z["rest_wert"] is z["p_wert"] is z["urteil"] is z["wert"] is None
        return
    assert z["differenz"] == pytest.approx(faktor * (f.x / f.n - stadt.x / stadt.n), abs=1e-9)
    assert z["index_stadt"] == pytest.approx(100 * (f.x / f.n) / (stadt.x / stadt.n))
    x2, n2 = stadt.x - f.x, stadt.n - f.n
    if not f.ort or n2 < 100 or x2 < 3:
        assert z["rest_wert"] is z["differenz_von"] is z["differenz_bis"] is z["p_wert"] is z["urteil"] is None
        return
    assert z["rest_wert"] == pytest.approx(faktor * x2 / n2)
    von, bis, p = _outside(f, x2, n2)
    assert z["differenz_von"] == pytest.approx(faktor * von, abs=1e-6)
    assert z["differenz_bis"] == pytest.approx(faktor * bis, abs=1e-6)
    assert z["p_wert"] == pytest.approx(p, rel=1e-6, abs=1e-12)
    assert z["differenz_von"] <= z["wert"] - z["rest_wert"] + 1e-9
    assert z["differenz_bis"] >= z["wert"] - z["rest_wert"] - 1e-9
    if p >= 0.05 or von <= 0 <= bis:
        assert z["urteil"] == "nicht unterscheidbar"
    else:
        assert z["urteil"] == f"{'höher' if f.x / f.n > x2 / n2 else 'niedriger'} als der Rest der Stadt"


def _outside(f: Figur, x2: float, n2: float) -> tuple[float, float, float]:
    """Interval and p-value as outside packages give them."""
    if f.indikator == ANTEIL:
        von, bis = confint_proportions_2indep(f.x, f.n, x2, n2, method="newcomb", compare="diff")
        p = 1.0 if f.x + x2 in (0, f.n + n2) else float(proportions_ztest([f.x, x2], [f.n, n2])[1])
        return float(von), float(bis), p
    grenzen = [
        (stats.chi2.ppf(0.025, 2 * x) / 2 / n, x / n, stats.chi2.ppf(0.975, 2 * x + 2) / 2 / n)
        for x, n in ((f.x, f.n), (x2, n2))
    ]
    (l1, r1, u1), (l2, r2, u2) = grenzen
    binomial = stats.binom(f.x + x2, f.n / (f.n + n2))
    p = min(1, 2 * min(binomial.cdf(f.x), binomial.sf(f.x - 1)))
    return r1 - r2 - math.hypot(r1 - l1, u2 - r2), r1 - r2 + math.hypot(u1 - r1, r2 - l2), p


@pytest.mark.parametrize(("x", "n", "von", "bis"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)])
def test_bekannte_grenzen_stecken_im_abstand(x: int, n: int, von: float, bis: float) -> None:
    """Newcombe's published Wilson limits are what the difference to a huge rest comes down to."""
    assert proportion_confint(x, n, method="wilson") == pytest.approx((von, bis), abs=5e-5)
    z = vergleiche(Welt(_stadt(ANTEIL, (x, n), (x * 10**9, n * 10**9))))[ANTEIL, ORTE[0], 2023]
    assert z["rest_wert"] + z["differenz_von"] == pytest.approx(100 * von, abs=0.01)
    assert z["rest_wert"] + z["differenz_bis"] == pytest.approx(100 * bis, abs=0.01)
    assert z["urteil"] == "nicht unterscheidbar"


def test_gleichstand_laesst_eine_luecke_und_bricht_nicht() -> None:
    figuren = _stadt(ANTEIL, (300, 1000), (200, 1000), (40, 200), (100, 1000))
    ist = vergleiche(Welt(figuren))
    assert [ist[ANTEIL, ort, 2023]["rang"] for ort in ORTE[:4]] == [1, 2, 2, 4]
    ist = vergleiche(Welt(figuren, "niedrig_ist_belastung"))
    assert [ist[ANTEIL, ort, 2023]["rang"] for ort in ORTE[:4]] == [4, 2, 2, 1]


def test_was_eingeschraenkt_ist_steht_nicht_im_rang() -> None:
    ist = vergleiche(Welt(_stadt(ANTEIL, (900, 1000), (19, 1000), (2, 1000), (300, 1000))))
    assert [ist[ANTEIL, ort, 2023]["rang"] for ort in ORTE[:4]] == [1, None, None, 2]
    assert [ist[ANTEIL, ort, 2023]["geglaettet"] is None for ort in ORTE[:4]] == [False, False, True, False]


def test_ein_verdeckter_ortsteil_aendert_an_den_anderen_nichts() -> None:
    """What is hidden cannot be told from smoothed rates and ranks: they are the same whatever it is."""
    spalten = ("geglaettet", "rang", "rang_von", "rang_bis", "gebiete_im_rang")
    gesehen = []
    for x, n in ((0, 99), (2, 5000), (90, 90)):
        ist = vergleiche(Welt(_stadt(ANTEIL, (500, 900), (300, 1000), (x, n))))
        gesehen.append([ist[ANTEIL, ort, 2023][spalte] for ort in ORTE[:2] for spalte in spalten])
    assert gesehen[0] == gesehen[1] == gesehen[2]
    assert None not in gesehen[0]


def test_ein_rest_der_selbst_verdeckt_waere_wird_nicht_gezeigt() -> None:
    ist = vergleiche(Welt(_stadt(ANTEIL, (500, 900), (2, 1000))))[ANTEIL, ORTE[0], 2023]
    assert ist["differenz"] is not None
    assert ist["rest_wert"] is ist["p_wert"] is ist["urteil"] is None


def test_ein_einziger_ortsteil_und_lauter_gleiche() -> None:
    eins = vergleiche(Welt(_stadt(RATE, (50, 4000))))[RATE, ORTE[0], 2023]
    assert eins["rang"] is eins["rang_von"] is eins["rang_bis"] is eins["gebiete_im_rang"] is None
    assert (eins["geglaettet"], eins["differenz"], eins["index_stadt"], eins["urteil"]) == (12.5, 0, 100, None)
    gleiche = vergleiche(Welt(_stadt(ANTEIL, (100, 1000), (200, 2000), (50, 500))))
    for ort in ORTE[:3]:
        z = gleiche[ANTEIL, ort, 2023]
        assert z["geglaettet"] == pytest.approx(10)
        assert (z["rang"], z["p_wert"], z["urteil"]) == (1, 1, "nicht unterscheidbar")
    voll = vergleiche(Welt(_stadt(ANTEIL, (1000, 1000), (2000, 2000))))[ANTEIL, ORTE[0], 2023]
    assert (voll["geglaettet"], voll["p_wert"], voll["urteil"]) == (100, 1, "nicht unterscheidbar")


def test_je_groesser_der_nenner_desto_naeher_am_eigenen_wert() -> None:
    abstand = []
    for n in (200, 2_000, 20_000, 2_000_000):
        zellen = [(n // 10, n), (30_000, 100_000), (20_000, 100_000)]
        z = vergleiche(Welt(_stadt(ANTEIL, *zellen)))[ANTEIL, ORTE[0], 2023]
        abstand.append(abs(z["geglaettet"] - z["wert"]))
    assert abstand == sorted(abstand, reverse=True)
    assert abstand[-1] < 1e-3 < abstand[0]


def test_die_stadt_steht_unter_den_kreisen_und_wird_nicht_gegen_sie_getestet() -> None:
    kreise = [
        Figur(ANTEIL, k, 2023, x, 100_000, "fortschreibung") for k, x in (("", 20_000), (KREIS, 30_000), (BUND, 15_000))
    ]
    ist = vergleiche(Welt(kreise))
    assert [(ist[ANTEIL, k, 2023]["rang"], ist[ANTEIL, k, 2023]["gebiete_im_rang"]) for k in ("", KREIS, BUND)] == [
        (2, 2), (1, 2), (None, None),
    ]  # fmt: skip
    assert [ist[ANTEIL, k, 2023]["differenz"] for k in ("", KREIS, BUND)] == [0, 10, -5]
    assert {ist[ANTEIL, k, 2023]["urteil"] for k in ("", KREIS, BUND)} == {None}


def test_anzahlen_haben_rang_und_verlauf_aber_keinen_abstand() -> None:
    figuren = _stadt(ANZAHL, (500, 0), (700, 0)) + _stadt(ANZAHL, (450, 0), (720, 0), jahr=2022)
    z = vergleiche(Welt(figuren))[ANZAHL, ORTE[0], 2023]
    assert (z["rang"], z["veraenderung_1"], z["stadt_wert"]) == (2, 50, 1200)
    assert z["differenz"] is z["index_stadt"] is z["rang_von"] is z["geglaettet"] is z["urteil"] is None


def test_zwei_berechnungen_geben_dasselbe_in_jeder_reihenfolge() -> None:
    figuren = _stadt(RATE, (30, 2000), (35, 2100), (28, 1900), (90, 5000)) + _stadt(ANTEIL, (30, 2000), (35, 2100))
    vorwaerts, rueckwaerts = vergleiche(Welt(figuren)), vergleiche(Welt(figuren[::-1]))
    assert vorwaerts == rueckwaerts
    assert vorwaerts[RATE, ORTE[0], 2023]["rang_von"] < vorwaerts[RATE, ORTE[0], 2023]["rang_bis"]


def test_die_schlechteste_datenart_zaehlt() -> None:
    teile = [Figur(ANTEIL, o, 2023, 50, 500, datenart=a) for o, a in zip(ORTE, ("amtlich", "eingang"), strict=False)]
    spaeter = Figur(ANTEIL, ORTE[0], 2024, 60, 500)
    frueher = Figur(ANTEIL, ORTE[0], 2022, 60, 500, datenart="beispiel")
    ist = vergleiche(Welt([*teile, stadt_aus(teile), spaeter]))
    assert {z["datenart"] for k, z in ist.items() if k[1] and k[2] == 2023} == {"eingang"}
    assert ist[ANTEIL, ORTE[0], 2024]["datenart"] == "amtlich"
    ist = vergleiche(Welt([*teile, stadt_aus(teile), spaeter, frueher]))
    assert [ist[ANTEIL, ORTE[0], j]["datenart"] for j in (2022, 2023, 2024)] == ["beispiel"] * 3
    assert ist[ANTEIL, ORTE[1], 2023]["datenart"] == "eingang"


@settings(max_examples=15, deadline=None)
@given(figuren=staedte(), weitere=staedte(), ab=st.integers(2015, 2023))
def test_die_pruefung_kommt_auf_jedem_weg_zum_selben(figuren: list[Figur], weitere: list[Figur], ab: int) -> None:
    alle = {(f.indikator, f.ort, jahr): Figur(f.indikator, f.ort, jahr, f.x + (jahr * 7) % 5, f.n + 9)
            for jahr in range(2013, 2024) for f in (figuren if jahr % 3 else weitere)}  # fmt: skip
    with rechne(Welt(list(alle.values()), brueche=[("b", date(ab, 5, 1), "")])) as con:
        punkt = pruefe_vergleiche(con)
    assert punkt.maengel == []
    assert punkt.geprueft == len(alle)
