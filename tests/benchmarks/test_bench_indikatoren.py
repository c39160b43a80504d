"""The benchmark of the compiler on a file that takes no time: all shapes give the same figures, ratios are reported."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest
from bench_indikatoren import FORMEN, bericht, laufe
from bench_nachtlauf import Messung
from indikatorbank import (
    EINSTELLUNGEN,
    Anteil,
    als_filter,
    als_lange_filter,
    anteile,
    fuelle,
    in_pandas,
    lege_ab,
    nur_summen,
    uebersetzt,
)

from pipelines.transformation.statistik import registriere


@pytest.mark.parametrize(("duenn", "staaten"), [(False, 0), (True, 0), (False, 3)])
def test_alle_formen_rechnen_dasselbe(tmp_path: Path, duenn: bool, staaten: int):
    indikatoren = anteile(40)
    zeilen = fuelle(tmp_path / "b.duckdb", 40_000, duenn, staaten)
    assert 30_000 < zeilen < 50_000
    with duckdb.connect(str(tmp_path / "b.duckdb")) as con:
        con.execute(EINSTELLUNGEN)
        registriere(con)
        for befehl in uebersetzt(indikatoren):
            con.execute(befehl)
        lang = con.execute(
            "select gebiet, stichtag, indikator, wert, zaehler, nenner, zuverlaessigkeit from ergebnis"
        ).df()
        for befehl in nur_summen(indikatoren):
            con.execute(befehl)
        seiten = con.execute("select gebiet, stichtag, indikator, zaehler, nenner from ergebnis").df()
        lege_ab(con, indikatoren)
        con.execute("drop view temp.beobachtungen")
        con.execute(nur_summen(indikatoren)[-1])
        gespeichert = con.execute("select gebiet, stichtag, indikator, zaehler, nenner from ergebnis").df()
        for befehl in als_lange_filter(indikatoren):
            con.execute(befehl)
        lange = con.execute("select gebiet, stichtag, indikator, zaehler, nenner from ergebnis").df()
        for befehl in als_filter(indikatoren):
            con.execute(befehl)
        breit = con.execute("select * from ergebnis").df()
        mit_pandas = in_pandas(con, indikatoren)
    soll = breit.melt(id_vars=["gebiet", "stichtag"], var_name="indikator", value_name="soll")
    beide = lang.merge(soll, on=["gebiet", "stichtag", "indikator"], how="outer", validate="1:1")
    schluessel = ["gebiet", "stichtag", "indikator"]
    pd.testing.assert_frame_equal(*(d.sort_values(schluessel, ignore_index=True) for d in (seiten, gespeichert)))
    mit_filtern = seiten.merge(lange, on=schluessel, suffixes=("", "_filter"), validate="1:1")
    assert len(mit_filtern) == len(seiten)
    for seite in ("zaehler", "nenner"):
        assert mit_filtern[seite].to_numpy() == pytest.approx(mit_filtern[f"{seite}_filter"].fillna(0).to_numpy())
    gleich = lang.merge(seiten, on=["gebiet", "stichtag", "indikator"], suffixes=("", "_summe"), validate="1:1")
    gleich = gleich.loc[gleich.zaehler.notna()]
    assert gleich.zaehler.tolist() == gleich.zaehler_summe.tolist()
    assert gleich.nenner.tolist() == gleich.nenner_summe.tolist()
    gezeigt = beide.loc[beide.zuverlaessigkeit != "D"]
    assert len(gezeigt) > 0.8 * len(soll)
    assert gezeigt.wert.to_numpy() == pytest.approx(gezeigt.soll.to_numpy(), rel=1e-12, nan_ok=True)
    for i in indikatoren:
        p = mit_pandas[i.id].rename("soll").reset_index()
        p[["gebiet", "stichtag"]] = p[["gebiet", "stichtag"]].astype({"gebiet": str, "stichtag": "datetime64[us]"})
        eigene = breit[["gebiet", "stichtag", i.id]].merge(p, on=["gebiet", "stichtag"], validate="1:1")
        assert len(eigene) == len(breit)
        assert eigene[i.id].to_numpy() == pytest.approx(eigene.soll.to_numpy(), rel=1e-12, nan_ok=True)


def test_misst_alle_formen_und_nennt_verhaeltnisse(tmp_path: Path):
    fuelle(tmp_path / "b.duckdb", 20_000, False)
    formen = [f for f in FORMEN if f not in ("filter_lang", "summen", "klassen")]
    ergebnis = laufe(tmp_path / "b.duckdb", 5, 1, ["summen", *formen])
    assert all(m.wand_s > 0 and m.speicher_mib > 0 for messungen in ergebnis.values() for m in messungen)
    zeilen = bericht("klein", ergebnis).splitlines()
    assert [z.split()[0] for z in zeilen[2:]] == ["summen", *formen]


def test_bericht_nennt_ziele():
    ergebnis = {
        "summen_gespeichert": [Messung(2, 1, 100)],
        "summen": [Messung(1, 1, 100)],
        "filter": [Messung(18, 9, 100)],
    }
    zeile = bericht("x", ergebnis).splitlines()[4]
    assert zeile.split() == ["filter", "18.000", "9.000", "100", "|", "18.00", "9.00", "|", "9.00", "9.00", ">=", "8"]


def test_gleiche_saat_gibt_gleiche_indikatoren():
    assert anteile(30) == anteile(30) != anteile(30, saat=6)
    assert isinstance(anteile(1)[0], Anteil)
    assert sum("gewicht" in i.zaehler for i in anteile(30)) == 3
