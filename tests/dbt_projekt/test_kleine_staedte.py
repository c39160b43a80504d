"""Random small cities: every figure against the recomputation, and what must hold in any city whatever its numbers."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
from gebaut import Kleinwelt, status_ohne_bruch, zeilen
from nachrechnung import FORMELN, rechne, teile_in
from rohbau import STADT


def test_jede_zeile_stimmt_mit_der_nachrechnung(kleinwelt: Kleinwelt) -> None:
    soll = rechne(kleinwelt.bau)
    bekannt = kleinwelt.indikatoren.loc[kleinwelt.indikatoren.indikator.isin(list(FORMELN))]
    ist = {(z.indikator, z.gebiet, z.stichtag, z.basis): z for z in zeilen(bekannt)}
    assert sorted(soll.keys() - ist.keys()) == []
    assert sorted(ist.keys() - soll.keys()) == []
    falsch = []
    for schluessel, s in soll.items():
        z = ist[schluessel]
        paare = ((z.wert, s.wert), (z.zaehler, s.zaehler), (z.nenner, s.nenner))
        if status_ohne_bruch(z.status) != s.status or not all(_gleich(i, t) for i, t in paare):
            falsch.append((schluessel, (z.status, z.wert, z.zaehler, z.nenner), s, _stadt(kleinwelt, schluessel[2])))
    assert falsch[:3] == []
    assert {i for i, *_ in soll} == set(FORMELN), "ein Indikator kam in keiner Stadt vor"
    assert {s.status for s in soll.values()} == {"A", "U", "M", "O", "Q"}


def _gleich(ist: float, soll: float | None) -> bool:
    return math.isnan(ist) if soll is None else math.isclose(ist, soll, rel_tol=1e-12, abs_tol=1e-9)


def _stadt(welt: Kleinwelt, tag: date) -> object:
    return welt.staedte.get(tag.year) or welt.staedte.get(tag.year + 1) or welt.staedte.get(tag.year - 1)


def _breit(welt: Kleinwelt, spalte: str = "wert") -> pd.DataFrame:
    t = welt.indikatoren
    return t.pivot_table(
        index=["gebiet", "stichtag", "basis"], columns="indikator", values=spalte, aggfunc="sum", min_count=1
    )


def test_anteile_disjunkter_altersgruppen_ergeben_zusammen_einen_anteil(kleinwelt: Kleinwelt) -> None:
    b = _breit(kleinwelt)[
        ["anteil_u3", "anteil_3_5", "anteil_6_9", "anteil_10_15", "anteil_16_20", "anteil_u18"]
    ].dropna()
    jung = b[["anteil_u3", "anteil_3_5", "anteil_6_9", "anteil_10_15"]].sum(axis=1)
    assert len(b) > 10
    assert (jung <= b["anteil_u18"] + 1e-9).all()
    assert (jung + b["anteil_16_20"] + 1e-9 >= b["anteil_u18"]).all()
    alt = _breit(kleinwelt)[["anteil_u18", "anteil_65plus", "anteil_80plus"]].dropna()
    assert (alt["anteil_80plus"] <= alt["anteil_65plus"] + 1e-9).all()
    assert (alt["anteil_u18"] + alt["anteil_65plus"] <= 100 + 1e-9).all()


def test_jung_mittel_und_alt_sind_alle(kleinwelt: Kleinwelt) -> None:
    zaehler, nenner = _breit(kleinwelt, "zaehler"), _breit(kleinwelt, "nenner")
    alle = (zaehler["gesamtquotient"] + nenner["gesamtquotient"]).dropna()
    assert len(alle) > 20
    pd.testing.assert_series_equal(alle, zaehler["einwohner"].loc[alle.index], check_names=False)


def test_gesamtquotient_ist_jugend_plus_alten(kleinwelt: Kleinwelt) -> None:
    b = _breit(kleinwelt)[["jugendquotient", "altenquotient", "gesamtquotient"]].dropna()
    assert len(b) > 20
    summe = b["jugendquotient"] + b["altenquotient"]
    assert ((summe - b["gesamtquotient"]).abs() <= 1e-12 * summe.abs() + 1e-12).all()


def test_die_stadt_ist_die_summe_ihrer_teile(kleinwelt: Kleinwelt) -> None:
    t = kleinwelt.indikatoren
    jahre = {tag for tag in t.stichtag if tag.year < 2000}
    t = t.loc[
        t.stichtag.isin(jahre)
        & (t.basis == "melderegister")
        & t.indikator.isin(set(FORMELN) - {"schueler_je_100_6_9", "binnenzuzugsziffer", "binnenfortzugsziffer"})
    ]
    stadt = t.loc[(t.gebiet == STADT) & t.wert.notna()].set_index(["indikator", "stichtag"])
    schluessel = pd.MultiIndex.from_frame(t[["indikator", "stichtag"]])
    t = t.loc[schluessel.isin(stadt.index)]
    assert len(stadt) > 50
    for ebene in ("ortsteil", "stadtbezirk"):
        teile = t.loc[t.ebene == ebene]
        ergebnisse = teile.groupby(["indikator", "stichtag"])["status"].agg("".join)
        vergleichbar = ergebnisse.index[[set(alle) == {"A"} for alle in ergebnisse]]
        for mass in ("zaehler", "nenner"):
            summe = teile.groupby(["indikator", "stichtag"])[mass].sum(min_count=1).loc[vergleichbar]
            soll = stadt[mass].reindex(vergleichbar)
            pd.testing.assert_series_equal(summe, soll, check_names=False, check_exact=False, rtol=1e-12)
        assert len(vergleichbar) > 50


def test_wanderungssaldo_ist_zugang_minus_abgang(kleinwelt: Kleinwelt) -> None:
    b = _breit(kleinwelt)
    ortsteile = kleinwelt.indikatoren.loc[kleinwelt.indikatoren.ebene == "ortsteil", "gebiet"].unique()
    b = b.loc[b.index.isin(ortsteile, level="gebiet")]
    spalten = [
        "zuzugsziffer",
        "binnenzuzugsziffer",
        "fortzugsziffer",
        "binnenfortzugsziffer",
        "wanderungssaldo",
        "mobilitaetsziffer",
    ]
    b = b[spalten].dropna()
    saldo = b["zuzugsziffer"] + b["binnenzuzugsziffer"] - b["fortzugsziffer"] - b["binnenfortzugsziffer"]
    assert len(b) > 10
    assert ((saldo - b["wanderungssaldo"]).abs() < 1e-9 * (1 + b["mobilitaetsziffer"])).all()
    assert (
        (b["zuzugsziffer"] + b["fortzugsziffer"] - b["mobilitaetsziffer"]).abs() < 1e-9 * (1 + b["mobilitaetsziffer"])
    ).all()


def test_geschlechterproportion_umgekehrt(kleinwelt: Kleinwelt) -> None:
    zaehler, nenner = _breit(kleinwelt, "zaehler"), _breit(kleinwelt, "nenner")
    beide = (zaehler["geschlechterproportion"] + nenner["geschlechterproportion"]).dropna()
    assert len(beide) > 20
    pd.testing.assert_series_equal(beide, zaehler["einwohner"].loc[beide.index], check_names=False)
    wert = _breit(kleinwelt)["geschlechterproportion"].loc[beide.index]
    umgekehrt = 100 * nenner["geschlechterproportion"] / zaehler["geschlechterproportion"]
    paare = pd.concat([wert, umgekehrt.loc[beide.index]], axis=1).loc[
        zaehler["geschlechterproportion"].loc[beide.index] > 0
    ]
    assert ((paare.iloc[:, 0] * paare.iloc[:, 1] - 10_000).abs() < 1e-6).all()


def test_billeter_mass_ist_negativ_wo_mehr_alte_als_kinder_wohnen(kleinwelt: Kleinwelt) -> None:
    t = kleinwelt.indikatoren
    t = t.loc[(t.indikator == "billeter_mass") & t.wert.notna()]
    assert (t.wert < 0).any()
    assert (t.wert > 0).any()
    kinder_minus_alte = {(f.gebiet, f.stichtag): 0.0 for f in kleinwelt.bau.fakten if f.basis == "melderegister"}
    for f in kleinwelt.bau.fakten:
        if f.merkmal == "einwohner" and f.basis == "melderegister" and f.alter[0] is not None:
            vorzeichen = 1 if f.alter[1] is not None and f.alter[1] < 15 else -1 if f.alter[0] >= 50 else 0
            kinder_minus_alte[(f.gebiet, f.stichtag)] += vorzeichen * (f.wert or 0)
    for z in zeilen(t.loc[t.ebene == "ortsteil"]):
        assert (z.wert > 0) == (kinder_minus_alte[(z.gebiet, z.stichtag)] > 0)


def test_bilanzrest_ist_genau_dann_null_wenn_die_bilanz_aufgeht(kleinwelt: Kleinwelt) -> None:
    t = kleinwelt.indikatoren
    t = t.loc[(t.indikator == "bilanzrest") & (t.ebene == "ortsteil")]
    aufgehend = 0
    for jahr, stadt in kleinwelt.staedte.items():
        werte = t.loc[[tag == date(jahr, 12, 31) for tag in t.stichtag]]
        if not stadt.vorjahr:
            assert werte.wert.isna().all()
            assert set(werte.status) <= {"O", "Q"}
        elif stadt.bilanz and not stadt.luecken:
            assert (werte.wert == 0).all()
            aufgehend += len(werte)
        elif not stadt.luecken:
            assert (werte.wert != 0).any()
    assert aufgehend > 0


def test_kein_wert_ist_keine_zahl_und_jeder_fehlende_hat_einen_grund(kleinwelt: Kleinwelt) -> None:
    spalten = ("wert", "zaehler", "nenner", "unsicher_von", "unsicher_bis")
    bedingung = " or ".join(f"isnan({s}) or isinf({s})" for s in spalten)
    assert kleinwelt.frage(f"select * from freigabe.indikatoren where {bedingung}").empty
    t = kleinwelt.indikatoren
    ohne = t.wert.isna()
    assert set(t.loc[ohne, "status"]) == {"M", "O", "Q"}
    assert t.loc[ohne, ["zaehler", "nenner", "unsicher_von", "unsicher_bis"]].isna().all(axis=None)
    assert set(t.loc[ohne, "zuverlaessigkeit"].dropna()) == {"D"}
    assert set(t.loc[~ohne, "status"]) <= {"A", "E", "B", "U"}
    assert set(t.loc[t.status == "Q", "vertraulichkeit"]) == {"A"}
    assert set(t.loc[t.status != "Q", "vertraulichkeit"]) == {"F"}


def test_wo_eine_zelle_verdeckt_ist_steht_nirgends_ihre_summe(kleinwelt: Kleinwelt) -> None:
    oben = teile_in()
    verdeckt = {
        (g, f.stichtag, f.basis)
        for f in kleinwelt.bau.fakten
        if f.merkmal == "einwohner" and f.status == "Q"
        for g in oben[f.gebiet]
    }
    t = kleinwelt.indikatoren
    einwohner = t.loc[t.indikator == "einwohner"]
    getroffen = [(z.gebiet, z.stichtag, z.basis) in verdeckt for z in zeilen(einwohner)]
    assert sum(getroffen) == len(verdeckt) > 0
    assert set(einwohner.loc[getroffen, "status"]) == {"Q"}
    assert einwohner.loc[getroffen, "wert"].isna().all()


def test_breite_tabelle_sagt_dasselbe_wie_die_lange(kleinwelt: Kleinwelt) -> None:
    lang = _breit(kleinwelt).stack().dropna().sort_index()
    breit = []
    for (thema,) in kleinwelt.frage(
        "select distinct thema from freigabe.indikator_katalog where verfuegbar order by all"
    ).itertuples(index=False, name=None):
        t = kleinwelt.frage(f"select * from freigabe.indikatoren_{thema}")
        t["stichtag"] = [x.date() for x in t["stichtag"]]
        t = t.drop(columns=["name", "ebene", "enthaelt_beispiel"]).set_index(["gebiet", "stichtag", "basis"])
        breit.append(t.rename_axis(columns="indikator").stack().dropna())
    assert pd.concat(breit).to_dict() == lang.to_dict()
