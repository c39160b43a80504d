"""The audit of the comparisons: one changed value in any column is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep
from vergleichswelt import ANTEIL, ANZAHL, RATE, Figur, Welt, rechne, stadt_aus

from pipelines.freigabe.tabellen import PFLICHT
from pipelines.pruefe.vergleiche import pruefe_vergleiche
from pipelines.pruefe.vergleichsformeln import Zelle, gegen_rest, geglaettet, mann_kendall, raenge

_ORTE = ("101", "102", "202", "203")
_SCHLUESSEL = ("indikator", "gebiet", "stichtag", "basis")


def _welt() -> Welt:
    """Twelve years of four Ortsteile with a share, a rate and a number; one Ortsteil is hidden, one too uncertain."""
    figuren: list[Figur] = []
    for jahr in range(2012, 2024):
        for indikator, faelle in ((ANTEIL, (300, 2, 15, 400)), (RATE, (40, 60, 25, 0)), (ANZAHL, (900, 800, 700, 600))):
            teile = [
                Figur(indikator, ort, jahr, x + (jahr - 2012) * (x > 20), 1000 + 10 * i)
                for i, (ort, x) in enumerate(zip(_ORTE, faelle, strict=True))
            ]
            figuren += [*teile, stadt_aus(teile)]
    return Welt(figuren, brueche=[("b", date(2013, 6, 1), "")])


@pytest.fixture(scope="module")
def gebaut() -> Iterator[duckdb.DuckDBPyConnection]:
    """The comparisons of that world, as a release holds them."""
    with rechne(_welt()) as con:
        con.execute("create table gut as from vergleiche")
        yield con


@pytest.fixture
def con(gebaut: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same with everything in order."""
    gebaut.execute("create or replace table vergleiche as from gut")
    return gebaut


def test_gute_vergleiche_bestehen(con: duckdb.DuckDBPyConnection) -> None:
    punkt = pruefe_vergleiche(con)
    assert punkt.maengel == []
    assert (punkt.geprueft, punkt.einheit) == (180, "Vergleiche")


def test_jede_freigegebene_spalte_kommt_vor(con: duckdb.DuckDBPyConnection) -> None:
    spalten = [z[0] for z in con.execute("describe vergleiche").fetchall()]
    assert set(spalten) == set(PFLICHT["vergleiche"])
    gefuellt = con.execute(f"select {', '.join(f'count({s})' for s in spalten)} from vergleiche").fetchone()
    assert gefuellt is not None
    assert min(gefuellt) > 0
    assert {z[0] for z in con.execute("select distinct urteil from vergleiche").fetchall()} == {
        None, "nicht unterscheidbar", "höher als der Rest der Stadt", "niedriger als der Rest der Stadt",
    }  # fmt: skip


@pytest.mark.parametrize("spalte", [s for s in PFLICHT["vergleiche"] if s not in _SCHLUESSEL])
def test_ein_veraenderter_wert_wird_gefunden(con: duckdb.DuckDBPyConnection, spalte: str) -> None:
    typ = dict(z[:2] for z in con.execute("describe vergleiche").fetchall())[spalte]
    anders = {
        "DOUBLE": f"{spalte} + greatest(1e-6, abs({spalte}) * 1e-6)",
        "INTEGER": f"{spalte} + 1",
        "DATE": f"{spalte} + 1",
    }.get(typ, f"{spalte} || '!'")
    eine = f"select min(rowid) from vergleiche where {spalte} is not null"
    con.execute(f"update vergleiche set {spalte} = {anders} where rowid = ({eine})")
    punkt = pruefe_vergleiche(con)
    assert len(punkt.maengel) == 1
    assert f": {spalte} ist freigegeben als " in punkt.maengel[0]


@pytest.mark.parametrize(
    "spalte", [s for s in PFLICHT["vergleiche"] if s not in (*_SCHLUESSEL, "datenart", "freigabe")]
)
def test_ein_fehlender_und_ein_erfundener_wert_werden_gefunden(con: duckdb.DuckDBPyConnection, spalte: str) -> None:
    con.execute(
        f"update vergleiche set {spalte} = null where rowid = (select min(rowid) from gut where {spalte} is not null)"
    )
    maengel = pruefe_vergleiche(con).maengel
    assert len(maengel) == 1
    assert f": {spalte} ist freigegeben als None, nachgerechnet " in maengel[0]
    if con.execute(f"select count(*) from gut where {spalte} is null").fetchone() != (0,):
        eines = f"(select any_value({spalte}) from gut where {spalte} is not null)"
        con.execute("create or replace table vergleiche as from gut")
        leere = f"(select min(rowid) from gut where {spalte} is null)"
        con.execute(f"update vergleiche set {spalte} = {eines} where rowid = {leere}")
        assert len(pruefe_vergleiche(con).maengel) == 1


def test_fehlende_doppelte_und_fremde_zeilen(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from vergleiche where rowid = 3")
    con.execute("insert into vergleiche select * from gut where rowid = 5")
    con.execute("insert into vergleiche select * replace ('05112000-710' as gebiet) from gut where rowid = 7")
    maengel = sorted(m.split(": ", 1)[1] for m in pruefe_vergleiche(con).maengel)
    assert maengel == ["der Vergleich fehlt"] + ["zu diesem Vergleich steht keine Kennzahl in indikatoren"] * 2


@pytest.mark.parametrize(
    "befehl",
    [
        "update lager.indikatoren.alle_werte set zaehler = zaehler + 1 where gebiet = '05112000-101'",
        "update lager.stammdaten.brueche set ab = '2015-06-01'",
        "update lager.indikatoren.indikator_definitionen set richtung = 'niedrig_ist_belastung'",
        "delete from lager.beobachtungen.beobachtungen where stichtag < '2013-01-01'",
    ],
)
def test_ein_veraenderter_eingang_passt_nicht_zu_den_vergleichen(befehl: str) -> None:
    with rechne(_welt()) as con:
        con.execute(befehl)
        assert pruefe_vergleiche(con).maengel


@settings(max_examples=60, deadline=None)
@given(
    x1=st.integers(0, 300),
    n1=st.integers(300, 900),
    x2=st.integers(0, 3000),
    n2=st.integers(3000, 9000),
    anteil=st.booleans(),
)
def test_abstand_zweier_gebiete(x1: int, n1: int, x2: int, n2: int, anteil: bool) -> None:
    eine, andere = Zelle(x1, n1, anteil), Zelle(x2, n2, anteil)
    hin, her = gegen_rest([(eine, andere), (andere, eine)])
    assert (hin.von, hin.bis) == pytest.approx((-her.bis, -her.von))
    assert hin.p == pytest.approx(her.p)
    assert hin.von <= x1 / n1 - x2 / n2 <= hin.bis
    if anteil:
        assert (hin.von, hin.bis) == pytest.approx(
            confint_proportions_2indep(x1, n1, x2, n2, method="newcomb"), abs=1e-9
        )
        if 0 < x1 + x2 < n1 + n2:
            tafel = [[x1, n1 - x1], [x2, n2 - x2]]
            assert hin.p == pytest.approx(stats.chi2_contingency(tafel, correction=False).pvalue, rel=1e-6, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(3, 90), st.integers(100, 9000)), min_size=1, max_size=9), st.booleans())
def test_glaettung_zieht_zum_mittel_und_kleine_staerker(zellen: list[tuple[int, int]], anteil: bool) -> None:
    m = sum(x for x, _ in zellen) / sum(n for _, n in zellen)
    glatt = geglaettet([Zelle(x, n, anteil) for x, n in zellen])
    reste = []
    for (x, n), theta in zip(zellen, glatt, strict=True):
        assert min(x / n, m) - 1e-12 <= theta <= max(x / n, m) + 1e-12
        if abs(x / n - m) > 1e-6:
            reste.append((n, round((theta - m) / (x / n - m), 6)))
    assert [c for _, c in sorted(reste)] == sorted(c for _, c in reste)


def test_gleiche_raten_bleiben_und_leere_gruppen_auch() -> None:
    assert geglaettet([Zelle(10, 100, True), Zelle(50, 500, True)]) == pytest.approx([0.1, 0.1])
    assert geglaettet([]) == []
    assert raenge([3.0, 5.0, 5.0, 9.0], hoch_zuerst=True) == [4, 2, 2, 1]
    assert raenge([3.0, 5.0, 5.0, 9.0], hoch_zuerst=False) == [1, 2, 2, 4]


def test_mann_kendall_mit_bekannter_antwort() -> None:
    """Ten rising values: S = 45, variance 125, z = 44/√125."""
    assert mann_kendall([float(i) for i in range(10)]) == (45, pytest.approx(2 * stats.norm.sf(44 / 125**0.5)))
    assert mann_kendall([1.0] * 9) == (0, 1.0)
    s, p = mann_kendall([1, 2, 2, 3, 3, 3, 4, 5])
    assert (s, p) == (24, pytest.approx(2 * stats.norm.sf(23 / ((8 * 7 * 21 - 2 * 1 * 9 - 3 * 2 * 11) / 18) ** 0.5)))
