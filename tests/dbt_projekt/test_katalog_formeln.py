"""Every declared indicator has a second definition in Python that gives the same figures from the observations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from gebaut import Gebaut, zeilen
from katalogformeln import BESTAND, TEXTE, Ort, Zellen
from katalogformeln_kreis import FORMELN, SCHULE

JE_EBENE = 3
"""Figures that are recomputed per indicator, level and basis: the first and the last and some between."""


@pytest.fixture(scope="module")
def zellen(beispiel: Gebaut) -> Zellen:
    spalten = ", ".join(
        ["merkmal", "gebiet", "stichtag", "alter_von", "alter_bis", "ist_summe", "wert", "sozialindexstufe", *TEXTE]
    )
    return Zellen(beispiel.frage(f"select {spalten} from beobachtungen.beobachtungen"))


@pytest.fixture(scope="module")
def gebiete(beispiel: Gebaut) -> pd.DataFrame:
    return beispiel.frage("select gebiet, eltern, ebene, flaeche_km2 from stammdaten.gebiete").set_index("gebiet")


@pytest.fixture(scope="module")
def definitionen(beispiel: Gebaut) -> pd.DataFrame:
    return beispiel.frage("select * from indikatoren.indikator_definitionen").set_index("indikator")


def teile(gebiet: str, gebiete: pd.DataFrame) -> tuple[str, ...]:
    """The district and, inside the city, everything below it."""
    if gebiete.loc[gebiet, "ebene"] not in ("stadt", "stadtbezirk"):
        return (gebiet,)
    kinder = gebiete.index[gebiete["eltern"] == gebiet]
    return (gebiet, *(t for k in kinder for t in teile(k, gebiete)))


def ort(zeile: Any, zellen: Zellen, gebiete: pd.DataFrame) -> Ort:
    """Where and when a figure is."""
    alle = teile(zeile.gebiet, gebiete)
    ortsteile = tuple(t for t in alle if gebiete.loc[t, "ebene"] == "ortsteil")
    return Ort(zellen, alle, ortsteile, zeile.stichtag, zeile.basis, float(gebiete.loc[zeile.gebiet, "flaeche_km2"]))


def stichprobe(werte: pd.DataFrame) -> Iterator[Any]:
    """Some figures of every level and basis, the same ones in every run."""
    for _, gruppe in werte.groupby(["ebene", "basis"], sort=True):
        geordnet = gruppe.sort_values(["stichtag", "gebiet"])
        stellen = np.unique(np.linspace(0, len(geordnet) - 1, JE_EBENE).round().astype(int))
        yield from zeilen(geordnet.iloc[stellen])


def test_jeder_indikator_hat_eine_zweite_definition_und_umgekehrt(definitionen: pd.DataFrame) -> None:
    eigene = set(definitionen.index[definitionen["form"] != "abgeleitet"])
    andernorts = set(definitionen.index[definitionen["thema"] == "versorgung"])  # test_versorgung recomputes these
    assert eigene - set(FORMELN) - andernorts == set()
    assert set(FORMELN) - set(definitionen.index) == set()
    assert len(eigene) >= 85


@pytest.mark.parametrize("indikator", sorted(FORMELN))
def test_die_zweite_definition_gibt_dieselben_werte(
    beispiel: Gebaut, zellen: Zellen, gebiete: pd.DataFrame, indikator: str
) -> None:
    alle = beispiel.indikatoren.loc[beispiel.indikatoren["indikator"] == indikator]
    werte = alle.loc[alle["wert"].notna()]
    assert not werte.empty, f"{indikator} hat im Beispiel keinen Wert"
    for zeile in stichprobe(werte):
        soll = FORMELN[indikator](ort(zeile, zellen, gebiete))
        assert zeile.wert == pytest.approx(soll, rel=1e-9, abs=1e-9), (zeile.gebiet, zeile.stichtag, zeile.basis)


@pytest.fixture(scope="module")
def ohne_umriss(beispiel: Gebaut) -> set[str]:
    """Districts of which nobody knows whether a school lies in them."""
    return set(beispiel.frage("select distinct gebiet from beobachtungen.abdeckung where wert is null")["gebiet"])


@pytest.mark.parametrize("indikator", sorted(FORMELN))
def test_wo_kein_wert_ist_gibt_es_einen_grund(
    beispiel: Gebaut, zellen: Zellen, gebiete: pd.DataFrame, ohne_umriss: set[str], indikator: str
) -> None:
    """Without a value the second definition has none either, unless the figure is hidden or its district unknown."""
    alle = beispiel.indikatoren.loc[beispiel.indikatoren["indikator"] == indikator]
    for zeile in stichprobe(alle.loc[alle["wert"].isna()]):
        assert zeile.status in ("M", "O", "Q")
        if zeile.status == "Q" or (indikator in SCHULE and zeile.gebiet in ohne_umriss):
            continue
        with np.errstate(all="ignore"):
            try:
                soll = FORMELN[indikator](ort(zeile, zellen, gebiete))
            except ZeroDivisionError:
                soll = float("nan")
        assert not np.isfinite(soll), (zeile.gebiet, zeile.stichtag, zeile.basis, soll)


@pytest.mark.parametrize("schnitt", ["", "_15_64", "_20_64"])
def test_der_gesamtquotient_ist_die_summe_der_beiden_anderen(beispiel: Gebaut, schnitt: str) -> None:
    werte = beispiel.indikatoren.pivot_table(
        index=["gebiet", "stichtag", "basis"], columns="indikator", values="wert", aggfunc="first"
    )
    summe = werte[f"jugendquotient{schnitt}"] + werte[f"altenquotient{schnitt}"]
    assert np.allclose(summe, werte[f"gesamtquotient{schnitt}"], rtol=1e-12, equal_nan=True)
    assert summe.notna().sum() > 500


def test_die_fluktuationsquoten_liegen_zueinander_wie_ihre_formeln(beispiel: Gebaut) -> None:
    werte = beispiel.indikatoren.pivot_table(index=["gebiet", "stichtag", "basis"], columns="indikator", values="wert")
    summe, halb, klein = (
        werte[f"fluktuationsquote_{k}"].dropna() for k in ("zusammen", "halbe_summe", "kleinere_seite")
    )
    assert np.allclose(summe, 2 * halb)
    assert (klein <= halb + 1e-9).all()
    saldo = werte["aussenwanderungssaldo"].dropna() / 10
    assert np.allclose(klein, halb - saldo.abs() / 2)


def test_ein_halbes_jahr_liegt_zwischen_den_durchschnittsaltern(beispiel: Gebaut) -> None:
    werte = beispiel.indikatoren.pivot_table(index=["gebiet", "stichtag"], columns="indikator", values="wert")
    unterschied = (werte["durchschnittsalter"] - werte["durchschnittsalter_vollendet"]).dropna()
    assert len(unterschied) > 500
    assert np.allclose(unterschied, 0.5)


def test_die_zweite_definition_merkt_eine_andere_altersgrenze(
    beispiel: Gebaut, zellen: Zellen, gebiete: pd.DataFrame
) -> None:
    """The comparison can fail: one year of age more is seen."""
    werte = beispiel.indikatoren.loc[beispiel.indikatoren["indikator"] == "anteil_u3"].dropna(subset=["wert"])
    zeile = next(stichprobe(werte.loc[werte["ebene"] == "ortsteil"]))
    o = ort(zeile, zellen, gebiete)
    assert BESTAND["anteil_u3"](o) == pytest.approx(zeile.wert)
    assert 100 * o.n(0, 3) / o.n() != pytest.approx(zeile.wert)
