"""Recalculates every released figure in pandas from the released observations and the rules released with them.

Belongs here: the second way of calculating, and the comparison. Does not belong here: where observations come from
(``quellzellen``). The rules: ``indikator_zuordnung`` says with which weight a class of observations enters which
side of which indicator, ``gebietszuordnung`` which districts make up a district, ``indikator_katalog`` the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.zellsummen import DATENARTEN, Zellsummen, bilde_zellsummen

_SCHLUESSEL = ["indikator", "gebiet", "stichtag", "basis"]
_ZAHLEN = ["wert", "zaehler", "nenner", "unsicher_von", "unsicher_bis"]
_TEXTE = ["status", "vertraulichkeit", "datenart", "zuverlaessigkeit", "einheit", "ebene", "zeitraum_von"]
_Z95 = 1.959963984540054


def pruefe_kennzahlen(con: duckdb.DuckDBPyConnection, umrisse: Mapping[tuple[str, str], str]) -> Pruefpunkt:
    """Compare all figures with their recalculation: value, numerator, denominator, status, interval and the rest."""
    frei = con.execute("select i.* from indikatoren as i").df()
    frei["stichtag"] = pd.to_datetime(frei["stichtag"])
    punkt = Pruefpunkt("Kennzahlen", len(frei), einheit="Kennzahlen")
    gerechnet = rechne(con, umrisse)
    beide = frei.merge(gerechnet, on=_SCHLUESSEL, how="left", suffixes=("", "_soll"), indicator="_da", validate="m:1")
    for z in beide.loc[beide["_da"] == "left_only"].itertuples():
        punkt.maengel.append(f"{_name(z)}: aus den Beobachtungen ergibt sich keine solche Kennzahl")
    beide = beide.loc[beide["_da"] == "both"]
    for spalte in _ZAHLEN:
        ist = pd.to_numeric(beide[spalte]).astype(float)
        soll = pd.to_numeric(beide[f"{spalte}_soll"]).astype(float)
        gleich = np.isclose(ist, soll, rtol=1e-9, atol=1e-9, equal_nan=True)
        punkt.maengel += _abweichungen(beide, ~gleich, spalte, ist, soll)
    for spalte in _TEXTE:
        ist, soll = beide[spalte], beide[f"{spalte}_soll"]
        if spalte == "zeitraum_von":
            ist, soll = pd.to_datetime(ist), pd.to_datetime(soll)
        gleich = ((ist == soll) | (ist.isna() & soll.isna())).to_numpy(dtype=bool)
        punkt.maengel += _abweichungen(beide, ~gleich, spalte, ist, soll)
    return punkt


def _name(z: object) -> str:
    teile = [str(getattr(z, s)) for s in ("indikator", "gebiet")]
    return " ".join([*teile, str(getattr(z, "stichtag"))[:10], str(getattr(z, "basis"))]).rstrip()  # noqa: B009


def _abweichungen(
    beide: pd.DataFrame, anders: npt.NDArray[np.bool_], spalte: str, ist: pd.Series[Any], soll: pd.Series[Any]
) -> list[str]:
    return [
        f"{_name(z)}: {spalte} ist freigegeben als {i}, nachgerechnet {s}"
        for z, i, s in zip(beide.loc[anders].itertuples(), ist[anders], soll[anders], strict=True)
    ]


def rechne(con: duckdb.DuckDBPyConnection, umrisse: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """All figures that the observations give, with the columns of ``indikatoren`` that are calculated."""
    summen = bilde_zellsummen(con, umrisse)
    zuordnung = con.execute("select z.* from indikator_zuordnung as z where z.rolle in ('zaehler', 'nenner')").df()
    katalog = con.execute("select k.* from indikator_katalog as k").df().set_index("indikator")
    ebenen = dict(con.execute("select distinct g.gebiet, g.ebene from gebiete as g").fetchall())
    status = dict(con.execute("select s.rang, s.status from status as s").fetchall())
    vertraulichkeit = dict(con.execute("select v.rang, v.vertraulichkeit from vertraulichkeit as v").fetchall())
    teile = [
        _ein_indikator(str(indikator), gruppe, katalog.loc[indikator], summen)
        for indikator, gruppe in zuordnung.groupby("indikator", sort=True)
    ]
    alle = pd.concat([t for t in teile if not t.empty], ignore_index=True)
    alle["status"] = alle["rang"].map(status)
    alle["vertraulichkeit"] = alle["vertraulichkeit_rang"].map(vertraulichkeit)
    alle["datenart"] = alle["datenart_rang"].map(dict(enumerate(DATENARTEN)))
    alle["ebene"] = alle["gebiet"].map(ebenen)
    return alle[_SCHLUESSEL + _ZAHLEN + _TEXTE]


def _ein_indikator(indikator: str, zuordnung: pd.DataFrame, regel: pd.Series[Any], summen: Zellsummen) -> pd.DataFrame:
    teile: list[pd.DataFrame] = []
    for (rolle, term, bezug), gruppe in zuordnung.groupby(["rolle", "term", "bezug"], sort=True):
        gemischt = bool(gruppe["gemischt"].iloc[0])
        teil = _verschoben(summen.beitraege(gruppe), str(bezug), gemischt, summen.basen)
        teile.append(teil.assign(rolle=str(rolle), term=f"{rolle}{term}"))
    beitraege = pd.concat(teile, ignore_index=True)
    if beitraege.empty:
        return pd.DataFrame()
    for rolle in ("zaehler", "nenner"):
        beitraege[rolle] = beitraege["summe"].where(beitraege["rolle"] == rolle, 0.0)
    beitraege.loc[beitraege["rolle"] != "zaehler", "zeitraum_von"] = pd.NaT
    je = beitraege.groupby(["gebiet", "stichtag", "basis"], as_index=False).agg(
        zaehler=("zaehler", "sum"),
        nenner=("nenner", "sum"),
        ohne_wert=("ohne_wert", "sum"),
        status_rang=("status_rang", "max"),
        vertraulichkeit_rang=("vertraulichkeit_rang", "max"),
        datenart_rang=("datenart_rang", "max"),
        zeitraum_von=("zeitraum_von", "min"),
        terme=("term", "nunique"),
    )
    return _bewertet(je.assign(indikator=indikator), regel)


def _verschoben(beitraege: pd.DataFrame, bezug: str, gemischt: bool, basen: list[str]) -> pd.DataFrame:
    """Contributions at the date of the figure they belong to; without a basis they belong to every basis if mixed."""
    tage = pd.to_datetime(beitraege["stichtag"])
    if bezug == "vorjahr":
        tage = tage + pd.DateOffset(years=1)
    elif bezug == "schuljahr":
        zum_jahresende = (tage.dt.month == 12) & (tage.dt.day == 31)
        beitraege, tage = beitraege.loc[zum_jahresende], tage[zum_jahresende]
        tage = tage + pd.DateOffset(months=7)
    beitraege = beitraege.assign(stichtag=tage)
    if not gemischt:
        return beitraege
    ohne = (
        beitraege.loc[beitraege["basis"] == ""].drop(columns="basis").merge(pd.DataFrame({"basis": basen}), how="cross")
    )
    return pd.concat([beitraege.loc[beitraege["basis"] != ""], ohne], ignore_index=True)


def _bewertet(je: pd.DataFrame, regel: pd.Series[Any]) -> pd.DataFrame:
    """Status, value, reliability and interval from the sums."""
    hat_nenner = bool(regel["nenner"])
    soll_terme = sum(len(str(regel[seite]).split("; ")) for seite in ("zaehler", "nenner") if regel[seite])
    nenner_null = (je["nenner"] == 0) if hat_nenner else pd.Series(False, index=je.index)
    berechenbar = (je["terme"] == soll_terme) & (je["ohne_wert"] == 0) & ~nenner_null
    rang = je["status_rang"].where(~((je["ohne_wert"] == 0) & nenner_null), 7)
    je["rang"] = rang.where(je["terme"] == soll_terme, je["status_rang"].clip(lower=9))
    zaehler, nenner = je["zaehler"].where(berechenbar), je["nenner"].where(berechenbar)
    je["zaehler"], je["nenner"] = zaehler, nenner if hat_nenner else np.nan
    je["wert"] = float(str(regel["faktor"])) * zaehler / (nenner if hat_nenner else 1.0)
    je["einheit"] = regel["einheit"]
    je["zuverlaessigkeit"], je["unsicher_von"], je["unsicher_bis"] = None, np.nan, np.nan
    if str(regel["unsicherheit"] or "").startswith("Wilson"):
        je["zuverlaessigkeit"] = np.select(
            [~berechenbar, (nenner < 100) | (zaehler < 3), zaehler < 20, nenner < 300], ["", "D", "C", "B"], "A"
        )
        je["zuverlaessigkeit"] = je["zuverlaessigkeit"].replace({"": None})
        p = zaehler / nenner
        mitte = p + _Z95**2 / (2 * nenner)
        breite = _Z95 * np.sqrt((p * (1 - p) / nenner + _Z95**2 / (4 * nenner**2)).clip(lower=0))
        teiler, faktor = 1 + _Z95**2 / nenner, float(str(regel["faktor"]))
        je["unsicher_von"] = faktor * ((mitte - breite) / teiler).clip(0, 1)
        je["unsicher_bis"] = faktor * ((mitte + breite) / teiler).clip(0, 1)
    return je


def pruefe_breite_tabellen(con: duckdb.DuckDBPyConnection) -> Pruefpunkt:
    """The wide tables must hold exactly the values of the long one."""
    punkt = Pruefpunkt("Breite Tabellen", 0, einheit="Werte")
    for thema, indikator in con.execute(
        "select k.thema, k.indikator from indikator_katalog as k order by all"
    ).fetchall():
        breit = f'"indikatoren_{thema}"'
        lang = con.execute("select i.* from indikatoren as i where i.indikator = ?", [indikator]).df()
        quer = con.execute(f'select b.gebiet, b.stichtag, b.basis, b."{indikator}" as wert from {breit} as b').df()  # noqa: S608
        punkt.geprueft += len(lang)
        beide = lang[["gebiet", "stichtag", "basis", "wert"]].merge(
            quer.dropna(subset="wert"), on=["gebiet", "stichtag", "basis"], how="outer", suffixes=("", "_breit")
        )
        gleich = (beide["wert"] == beide["wert_breit"]) | (beide["wert"].isna() & beide["wert_breit"].isna())
        for z in beide.loc[~gleich].itertuples():
            punkt.maengel.append(
                f"{indikator} {z.gebiet} {str(z.stichtag)[:10]} {z.basis}: in indikatoren {z.wert}, in "
                f"indikatoren_{thema} {z.wert_breit}"
            )
    return punkt
