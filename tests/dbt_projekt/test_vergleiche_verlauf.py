"""Change, trend and breaks: against scipy and plain counting, and what a break inside the window forbids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import combinations
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makros import lade_makros
from scipy import stats
from vergleichswelt import ANTEIL, ANZAHL, RATE, Figur, Welt, vergleiche

from pipelines.pruefe.brueche import Bruch, Lage, hinter_bruch, mit_bruch, tag_der_kennzahl, verschoben

ORT, ERSTES = "202", 2005


def _reihe(werte: Sequence[int | None], indikator: str = ANZAHL, basis: str = "melderegister") -> list[Figur]:
    return [Figur(indikator, ORT, ERSTES + i, w, 10_000, basis) for i, w in enumerate(werte) if w is not None]


def _trend(werte: Sequence[int | None]) -> dict[int, dict[str, Any]]:
    return {jahr: z for (_, _, jahr), z in vergleiche(Welt(_reihe(werte))).items()}


def _mann_kendall(werte: Sequence[float]) -> tuple[int, float]:
    """S counted pair by pair, its variance from the sizes of the groups of equal values."""
    s = sum((b > a) - (b < a) for a, b in combinations(werte, 2))
    n = len(werte)
    gruppen = [werte.count(w) for w in set(werte)]
    varianz = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in gruppen)) / 18
    return s, 1.0 if s == 0 else float(2 * stats.norm.sf((abs(s) - 1) / math.sqrt(varianz)))


@settings(max_examples=40, deadline=None)
@given(werte=st.lists(st.one_of(st.none(), st.integers(100, 112)), min_size=6, max_size=16))
def test_trend_wie_von_hand_gezaehlt(werte: list[int | None]) -> None:
    ist = _trend(werte)
    bisher: list[float] = []
    for i, wert in enumerate(werte):
        if wert is None:
            continue
        bisher.append(wert)
        z = ist[ERSTES + i]
        assert z["trend_punkte"] == len(bisher)
        for jahre in (1, 5):
            frueher = werte[i - jahre] if i >= jahre else None
            assert z[f"veraenderung_{jahre}"] == (None if frueher is None else wert - frueher)
        if len(bisher) < 8:
            assert z["trend"] is z["trend_p"] is None
            continue
        s, p = _mann_kendall(bisher)
        assert z["trend_p"] == pytest.approx(p, rel=1e-9)
        assert z["trend"] == ("kein Trend nachweisbar" if p >= 0.05 else "steigend" if s > 0 else "fallend")


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(100, 110)))
def test_s_und_varianz_sind_die_von_kendalls_tau(werte: list[int]) -> None:
    """Without ties scipy's tau-b is S over all pairs, and its asymptotic p-value the same test without continuity."""
    tau, p_ohne = stats.kendalltau(range(10), werte, method="asymptotic")
    z = _trend(werte)[ERSTES + 9]
    s = round(tau * 45)
    assert z["trend_p"] >= p_ohne - 1e-12
    varianz = 10 * 9 * 25 / 18
    assert stats.norm.sf(abs(s) / math.sqrt(varianz)) * 2 == pytest.approx(p_ohne)
    soll = 1.0 if s == 0 else 2 * stats.norm.sf((abs(s) - 1) / math.sqrt(varianz))
    assert z["trend_p"] == pytest.approx(soll)


def test_lauter_gleiche_haben_keinen_trend() -> None:
    z = _trend([500] * 9)[ERSTES + 8]
    assert (z["trend"], z["trend_p"], z["trend_punkte"], z["veraenderung_5"]) == ("kein Trend nachweisbar", 1, 9, 0)


def test_ein_bruch_im_fenster_trennt_die_reihe() -> None:
    bruch = ("zensus", date(ERSTES + 4, 5, 15), "fortschreibung")
    werte = list(range(100, 113))
    ist = {
        basis: {j: z for (_, _, j), z in vergleiche(Welt(_reihe(werte, basis=basis), brueche=[bruch])).items()}
        for basis in ("fortschreibung", "melderegister")
    }
    hier = ist["fortschreibung"]
    assert [hier[j]["bruch"] for j in (ERSTES + 3, ERSTES + 4)] == [None, date(ERSTES + 4, 5, 15)]
    assert hier[ERSTES + 4]["bruch_grund"] == "Grund zensus"
    assert [hier[j]["veraenderung_1"] for j in range(ERSTES, ERSTES + 7)] == [None, 1, 1, 1, None, 1, 1]
    assert [j for j, z in hier.items() if z["veraenderung_5"] is not None] == [*range(ERSTES + 9, ERSTES + 13)]
    assert [hier[j]["trend_punkte"] for j in (ERSTES + 3, ERSTES + 4, ERSTES + 12)] == [4, 1, 9]
    assert [j for j, z in hier.items() if z["trend"]] == [ERSTES + 11, ERSTES + 12]
    dort = ist["melderegister"]
    assert {z["bruch"] for z in dort.values()} == {None}
    assert [j for j, z in dort.items() if z["trend"]] == [*range(ERSTES + 7, ERSTES + 13)]


def test_eine_mittlere_bevoelkerung_von_beiden_seiten_ist_mit_nichts_vergleichbar() -> None:
    """The denominator of the year of the break is half old, half new."""
    figuren = _reihe([30, 31, 32, 33, 34, 35], RATE)
    ist = vergleiche(Welt(figuren, brueche=[("b", date(ERSTES + 3, 1, 1), "")]))
    zeilen = [ist[RATE, ORT, ERSTES + i] for i in range(6)]
    assert [z["veraenderung_1"] is None for z in zeilen] == [True, False, False, True, True, False]
    assert [z["trend_punkte"] for z in zeilen] == [1, 2, 3, 0, 1, 2]
    assert [z["bruch"] is None for z in zeilen] == [True, True, True, False, False, False]


def test_verdeckte_jahre_zaehlen_nicht_und_werden_nicht_ersetzt() -> None:
    werte: list[int | None] = [50, 2, 52, 53, 54, 55, 56, 57, 58, 59]
    ist = {j: z for (_, _, j), z in vergleiche(Welt(_reihe(werte, ANTEIL))).items()}
    verdeckt = ist[ERSTES + 1]
    assert verdeckt["wert"] is verdeckt["trend_punkte"] is verdeckt["veraenderung_1"] is verdeckt["trend"] is None
    assert ist[ERSTES + 2]["veraenderung_1"] is None
    assert (ist[ERSTES + 9]["trend_punkte"], ist[ERSTES + 9]["trend"]) == (9, "steigend")


def test_ein_index_steht_auf_der_seite_seiner_komponenten() -> None:
    jahre = (2020, 2021, 2022, 2023)
    figuren = [Figur(i, ORT, j, 500 + j % 7, 1000) for i in (ANTEIL, "index") for j in jahre]
    tage = {j: date(j, 12, 31) for j in (2019, *jahre)}
    komponenten = [
        ("index", "05112000-202", tage[j], "melderegister", "komponente", ANTEIL, tage[k], "melderegister")
        for j in jahre
        for k in ([j] if j != 2022 else [j, j - 1])
    ]
    welt = Welt(figuren, brueche=[("b", date(2022, 1, 1), "")], komponenten=komponenten)
    ist = vergleiche(welt)
    assert [ist["index", ORT, j]["bruch"] for j in jahre] == [None, None, date(2022, 1, 1), date(2022, 1, 1)]
    assert [ist["index", ORT, j]["trend_punkte"] for j in jahre] == [1, 2, 0, 1]
    assert [ist[ANTEIL, ORT, j]["trend_punkte"] for j in jahre] == [1, 2, 1, 2]


def test_eine_klasse_steht_auf_der_seite_dessen_was_hinter_ihrem_index_steht() -> None:
    jahre = (2020, 2021, 2022, 2023)
    figuren = [Figur(i, ORT, j, 500 + j % 7, 1000) for i in (ANTEIL, "index", RATE) for j in jahre]
    tage = {j: date(j, 12, 31) for j in jahre}
    reg = "melderegister"
    komponenten = [("index", "05112000-202", tage[j], reg, "komponente", RATE, tage[j], reg) for j in jahre]
    komponenten += [(RATE, "05112000-202", tage[j], reg, "komponente", ANTEIL, tage[j], reg) for j in jahre]
    ist = vergleiche(Welt(figuren, brueche=[("b", date(2022, 1, 1), "")], komponenten=komponenten))
    assert [ist["index", ORT, j]["bruch"] for j in jahre] == [None, None, date(2022, 1, 1), date(2022, 1, 1)]
    assert [ist["index", ORT, j]["trend_punkte"] for j in jahre] == [1, 2, 0, 1]


def test_aus_anderen_bestandteilen_ist_nichts_zu_vergleichen() -> None:
    jahre = (2020, 2021, 2022)
    figuren = [Figur(i, ORT, j, 500 + j % 7, 1000) for i in (ANTEIL, "index", RATE) for j in jahre]
    reg = "melderegister"
    komponenten = [
        ("index", "05112000-202", date(j, 12, 31), reg, "komponente", k, date(j, 12, 31), reg)
        for j in jahre
        for k in ([ANTEIL] if j == 2020 else [ANTEIL, RATE])
    ]
    ist = vergleiche(Welt(figuren, komponenten=komponenten))
    assert [ist["index", ORT, j]["trend_punkte"] for j in jahre] == [1, 1, 2]
    assert ist["index", ORT, 2021]["veraenderung_1"] is None
    assert ist["index", ORT, 2022]["veraenderung_1"] is not None
    assert ist["index", ORT, 2021]["bruch"] is None


def test_wo_sich_die_werte_ueberlappen_kein_test_auf_einen_trend() -> None:
    reihe = _reihe(list(range(150, 160)), ANTEIL)
    for ueberlappt, trend in ((False, "steigend"), (True, None)):
        letzte = vergleiche(Welt(reihe, ueberlappt=ueberlappt))[ANTEIL, ORT, ERSTES + 9]
        assert (letzte["trend"], letzte["trend_p"] is None, letzte["trend_punkte"]) == (trend, ueberlappt, 10)
        assert letzte["veraenderung_5"] is not None


@pytest.mark.parametrize(
    ("tag", "jahre", "soll"),
    [
        ("2024-02-29", 1, "2023-02-28"),
        ("2025-02-28", 1, "2024-02-29"),
        ("2024-12-31", 5, "2019-12-31"),
        ("2024-03-01", 1, "2023-03-01"),
        ("2023-04-30", 5, "2018-04-30"),
    ],
)
def test_ein_monatsletzter_bleibt_einer(tag: str, jahre: int, soll: str) -> None:
    ausdruck = lade_makros()["jahre_frueher"](f"date '{tag}'", jahre)
    assert duckdb.sql(f"select cast({ausdruck} as date)").fetchall() == [(date.fromisoformat(soll),)]
    assert verschoben(date.fromisoformat(tag), -jahre, monatsende=True) == date.fromisoformat(soll)


BASIS, REIHE = "fortschreibung", ("a", "05113", "fortschreibung")
SEITEN = ("davor", "danach", "gemischt")


@st.composite
def reihen(draw: st.DrawFn) -> tuple[list[date], dict[tuple[str, date, str], dict[str, Lage]]]:
    """Dates of one series, and where each of them lies for one or two breaks; the last count up to a year earlier."""
    jahre = draw(st.lists(st.integers(2010, 2024), min_size=1, max_size=7, unique=True))
    tage = [date(j, 12, 31) for j in jahre]
    lagen: dict[tuple[str, date, str], dict[str, Lage]] = {}
    for name in draw(st.sampled_from([("x",), ("x", "y")])):
        bruch = Bruch(name, date(draw(st.integers(2009, 2025)), draw(st.sampled_from([1, 5, 12])), 31), "", "")
        for tag in tage:
            bis = verschoben(tag, -draw(st.integers(0, 1)))
            seite = draw(st.sampled_from(SEITEN)) if bis >= bruch.ab else "davor"
            lagen.setdefault(("a", tag, BASIS), {})[name] = Lage(bruch, seite, bis)
    return tage, lagen


@settings(max_examples=60, deadline=None)
@given(reihen())
def test_bruchstellen_des_sql_sind_die_der_pruefung(
    gezogen: tuple[list[date], dict[tuple[str, date, str], dict[str, Lage]]],
) -> None:
    tage, lagen = gezogen
    makro = lade_makros(ref=lambda name: name)["bruchstellen"]()
    with duckdb.connect() as con:
        con.execute("create table bewertet (indikator text, gebiet text, stichtag date, basis text, berechenbar bool)")
        spalten = "indikator text, stichtag date, basis text, bruch text, ab date, lage text, gezaehlt_bis date"
        con.execute(f"create table bruchlagen ({spalten})")
        for i, tag in enumerate(tage):
            con.execute("insert into bewertet values (?, ?, ?, ?, ?)", ["a", "05113", tag, BASIS, i % 4 != 3])
        for (indikator, tag, basis), je in lagen.items():
            for lage in je.values():
                zeile = [indikator, tag, basis, lage.bruch.bruch, lage.bruch.ab, lage.seite, lage.bis]
                con.execute("insert into bruchlagen values (?, ?, ?, ?, ?, ?, ?)", zeile)
        ist = con.execute(f"with {makro} nichts as (select 1) select * from bruchstellen").fetchall()
    berechenbar = [("a", "05113", tag, BASIS) for i, tag in enumerate(tage) if i % 4 != 3]
    assert len(ist) == len(set(ist))
    assert set(ist) == hinter_bruch(berechenbar, lagen)


def _lage(ab: date, *gezaehlt: date) -> dict[str, Lage]:
    seite = "danach" if min(gezaehlt) >= ab else "davor" if max(gezaehlt) < ab else "gemischt"
    return {"b": Lage(Bruch("b", ab, "", ""), seite, max(gezaehlt))}


def test_hinter_einem_bruch_steht_wer_als_erster_danach_zaehlt_oder_beides_mischt() -> None:
    ab, tage = date(2022, 5, 15), [date(j, 12, 31) for j in range(2020, 2025)]
    einfach = {("a", t, BASIS): _lage(ab, t) for t in tage}
    gemittelt = {("a", t, BASIS): _lage(ab, t, verschoben(t, -1)) for t in tage}
    reihe = [("a", "05113", t, BASIS) for t in tage]
    assert [t.year for _, _, t, _ in hinter_bruch(reihe, einfach)] == [2022]
    assert sorted(t.year for _, _, t, _ in hinter_bruch(reihe, gemittelt)) == [2022, 2023]
    assert [t.year for _, _, t, _ in hinter_bruch(reihe[2:], einfach)] == [2022]
    assert hinter_bruch(reihe[3:], einfach) == set()
    assert [t.year for _, _, t, _ in hinter_bruch([reihe[0], reihe[3], reihe[4]], einfach)] == [2023]
    assert hinter_bruch(reihe, {}) == set()


def test_der_rang_steigt_nur_hinter_dem_bruch_und_nur_bis_b() -> None:
    ab, tage = date(2022, 5, 15), [date(j, 12, 31) for j in (2020, 2021, 2022, 2023)]
    lagen = {("a", t, BASIS): _lage(ab, t) for t in tage}

    def rang(raenge: list[int], werte: list[float | None], klassen: list[str | None]) -> list[int]:
        spalten = {"indikator": "a", "gebiet": "05113", "stichtag": tage, "basis": BASIS, "wert": werte}
        kennzahlen = pd.DataFrame(spalten | {"zuverlaessigkeit": klassen, "rang": raenge})
        return [int(r) for r in mit_bruch(kennzahlen, lagen, 4)]

    ohne: list[str | None] = [None] * 4
    assert rang([0, 0, 0, 0], [1.0, 1.0, 1.0, 1.0], ohne) == [0, 0, 4, 0]
    assert rang([0, 0, 6, 0], [1.0, 1.0, 1.0, 1.0], ohne) == [0, 0, 6, 0]
    assert rang([0, 0, 9, 1], [1.0, 1.0, None, 1.0], ohne) == [0, 0, 9, 4]
    assert rang([0, 0, 10, 1], [1.0, 1.0, None, 1.0], [None, None, "D", None]) == [0, 0, 10, 1]


def test_tag_der_kennzahl_wie_im_makro() -> None:
    makro = lade_makros()["tag_der_kennzahl"]
    tage = [date(2023, 12, 31), date(2024, 2, 29), date(2024, 3, 1), date(2024, 7, 31)]
    for tag in tage:
        for bezug in ("stichtag", "schuljahr", "maerz", "jahresende"):
            for versatz in (0, 1, 3):
                ausdruck = makro(f"date '{tag}'", f"'{bezug}'", versatz)
                assert duckdb.sql(f"select {ausdruck}").fetchall() == [(tag_der_kennzahl(tag, bezug, versatz),)]
