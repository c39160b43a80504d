"""Recalculates every released figure in pandas from the released observations and the rules released with them.

Belongs here: the second way of summing, and the comparison. Does not belong here: where observations come from
(``quellzellen``), what follows from the sums (``formen``), figures made of other figures. The rules:
``indikator_zuordnung`` says with which weight a class of observations enters which side of which indicator,
``gebietszuordnung`` which districts make up a district, ``indikator_katalog`` the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.brueche import STATUS as BRUCH
from pipelines.pruefe.brueche import bruchlagen, mit_bruch
from pipelines.pruefe.formen import bewerte, formwerte
from pipelines.pruefe.zellsummen import DATENARTEN, Zellsummen, bilde_zellsummen

_SCHLUESSEL = ["indikator", "gebiet", "stichtag", "basis"]
_ZAHLEN = ["wert", "zaehler", "nenner", "unsicher_von", "unsicher_bis"]
_TEXTE = ["status", "vertraulichkeit", "datenart", "zuverlaessigkeit", "einheit", "ebene", "zeitraum_von"]


def pruefe_kennzahlen(con: duckdb.DuckDBPyConnection, umrisse: Mapping[tuple[str, str], str]) -> Pruefpunkt:
    """Compare all figures with their recalculation: value, numerator, denominator, status, interval and the rest."""
    frei = con.execute(
        "select i.* from indikatoren as i inner join indikator_katalog as k on k.indikator = i.indikator "
        "where k.form != 'abgeleitet'"
    ).df()
    frei["stichtag"] = pd.to_datetime(frei["stichtag"])
    punkt = Pruefpunkt("Kennzahlen", len(frei), einheit="Kennzahlen")
    gerechnet = rechne(con, umrisse)
    beide = frei.merge(gerechnet, on=_SCHLUESSEL, how="left", suffixes=("", "_soll"), indicator="_da", validate="m:1")
    for z in beide.loc[beide["_da"] == "left_only"].itertuples():
        punkt.maengel.append(f"{_name(z)}: aus den Beobachtungen ergibt sich keine solche Kennzahl")
    beide = beide.loc[beide["_da"] == "both"].copy()
    _hebe_status_hinter_bruechen(con, beide)
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
    if not anders.any():
        return []
    return [
        f"{_name(z)}: {spalte} ist freigegeben als {i}, nachgerechnet {s}"
        for z, i, s in zip(beide.loc[anders, _SCHLUESSEL].itertuples(), ist[anders], soll[anders], strict=True)
    ]


def rechne(con: duckdb.DuckDBPyConnection, umrisse: Mapping[tuple[str, str], str]) -> pd.DataFrame:
    """All figures that the observations give, with the columns of ``indikatoren`` that are calculated."""
    summen = bilde_zellsummen(con, umrisse)
    zuordnung = con.execute("select z.* from indikator_zuordnung as z where z.rolle in ('zaehler', 'nenner')").df()
    katalog = con.execute("select k.* from indikator_katalog as k").df().set_index("indikator")
    ebenen = dict(con.execute("select distinct g.gebiet, g.ebene from gebiete as g").fetchall())
    huelle = con.execute("select g.gebiet as ganzes, g.teil from gebietszuordnung as g").df()
    ortsteile = huelle.loc[huelle["teil"].map(ebenen) == "ortsteil"]
    raenge = dict(con.execute("select s.status, s.rang from status as s").fetchall())
    vertraulichkeit = dict(con.execute("select v.rang, v.vertraulichkeit from vertraulichkeit as v").fetchall())
    gruppen = {str(indikator): gruppe for indikator, gruppe in zuordnung.groupby("indikator", sort=True)}
    beitraege = {indikator: _beitraege(gruppe, summen) for indikator, gruppe in gruppen.items()}
    zellen = _je_zelle(pd.concat([b.assign(indikator=i) for i, b in beitraege.items()], ignore_index=True))
    teile = []
    for indikator, gruppiert in zellen.groupby("indikator", sort=True):
        regel, je = katalog.loc[indikator], gruppiert.reset_index(drop=True)
        form = str(regel["form"])
        einzeln = _je_alter(gruppen[str(indikator)], summen) if form == "median" else beitraege[str(indikator)]
        je["formwert"], je["ohne_fall"] = formwerte(form, je, einzeln, ortsteile)
        teile.append(bewerte(je, regel, raenge))
    alle = pd.concat(teile, ignore_index=True)
    alle["vertraulichkeit"] = alle["vertraulichkeit_rang"].map(vertraulichkeit)
    alle.loc[alle["zuverlaessigkeit"] == "D", "vertraulichkeit"] = "A"
    alle["datenart"] = alle["datenart_rang"].map(dict(enumerate(DATENARTEN)))
    alle["ebene"] = alle["gebiet"].map(ebenen)
    return alle[_SCHLUESSEL + _ZAHLEN + [s for s in _TEXTE if s != "status"] + ["rang"]]


def _hebe_status_hinter_bruechen(con: duckdb.DuckDBPyConnection, beide: pd.DataFrame) -> None:
    """Put ``status_soll`` in: that of the sums, at least B for a calculable figure behind a break in its series."""
    status = dict(con.execute("select s.rang, s.status from status as s").fetchall())
    bruch = {name: rang for rang, name in status.items()}.get(BRUCH, 0)
    gerechnet = beide[[*_SCHLUESSEL, "rang"]].assign(
        wert=beide["wert_soll"], zuverlaessigkeit=beide["zuverlaessigkeit_soll"]
    )
    beide["status_soll"] = mit_bruch(gerechnet, bruchlagen(con), bruch).map(status)


def _beitraege(zuordnung: pd.DataFrame, summen: Zellsummen) -> pd.DataFrame:
    """What every term of one indicator is in every cell."""
    teile: list[pd.DataFrame] = []
    gruppen = ["rolle", "term", "bezug", "versatz", "basis"]
    for (rolle, term, bezug, versatz, basis), gruppe in zuordnung.groupby(gruppen, sort=True):
        teil = summen.beitraege(gruppe)
        if basis:
            teil = teil.loc[teil["basis"] == basis].assign(basis="")
        teil = _verschoben(teil, str(bezug), int(str(versatz)))
        if bool(gruppe["gemischt"].iloc[0]):
            teil = _auf_jede_basis(teil, summen.basen)
        teile.append(teil.assign(rolle=str(rolle), term=f"{rolle}{term}"))
    return pd.concat(teile, ignore_index=True)


def _je_alter(zuordnung: pd.DataFrame, summen: Zellsummen) -> pd.DataFrame:
    """Persons of every cell by age (``stelle``), of the classes that the numerator takes."""
    teile = []
    for (bezug, versatz, basis), gruppe in zuordnung.groupby(["bezug", "versatz", "basis"], sort=True):
        teil = summen.je_alter.merge(gruppe[["klasse", "gewicht"]], on="klasse")
        if basis:
            teil = teil.loc[teil["basis"] == basis].assign(basis="")
        teil = _verschoben(teil, str(bezug), int(str(versatz)))
        teile.append(teil.assign(summe=teil["wert"] * teil["gewicht"], stelle=teil["alter_von"]))
    return pd.concat(teile, ignore_index=True)


def _je_zelle(beitraege: pd.DataFrame) -> pd.DataFrame:
    """The contributions of all indicators added up for each of their figures."""
    b = beitraege.copy()
    for rolle in ("zaehler", "nenner"):
        b[rolle] = b["summe"].where(b["rolle"] == rolle, 0.0)
    b.loc[b["rolle"] != "zaehler", "zeitraum_von"] = pd.NaT
    return b.groupby(_SCHLUESSEL, as_index=False).agg(
        zaehler=("zaehler", "sum"),
        nenner=("nenner", "sum"),
        ohne_wert=("ohne_wert", "sum"),
        status_rang=("status_rang", "max"),
        vertraulichkeit_rang=("vertraulichkeit_rang", "max"),
        datenart_rang=("datenart_rang", "max"),
        zeitraum_von=("zeitraum_von", "min"),
        terme=("term", "nunique"),
    )


def _verschoben(beitraege: pd.DataFrame, bezug: str, versatz: int) -> pd.DataFrame:
    """Contributions at the date of the figure they belong to."""
    tage = pd.to_datetime(beitraege["stichtag"])
    if bezug in ("schuljahr", "maerz"):
        zum_jahresende = (tage.dt.month == 12) & (tage.dt.day == 31)
        beitraege, tage = beitraege.loc[zum_jahresende], tage[zum_jahresende]
        ende = {"month": 7, "day": 31} if bezug == "schuljahr" else {"month": 3, "day": 1}
        tage = pd.to_datetime(pd.DataFrame({"year": tage.dt.year + 1, **ende}, index=tage.index))
    elif bezug == "jahresende":
        tage = tage + pd.offsets.YearEnd(0)
    return beitraege.assign(stichtag=tage + pd.DateOffset(years=versatz))


def _auf_jede_basis(beitraege: pd.DataFrame, basen: list[str]) -> pd.DataFrame:
    """What has no population basis belongs to every one."""
    ohne = beitraege.loc[beitraege["basis"] == ""].drop(columns="basis")
    jede = ohne.merge(pd.DataFrame({"basis": basen}), how="cross")
    return pd.concat([beitraege.loc[beitraege["basis"] != ""], jede], ignore_index=True)


def pruefe_breite_tabellen(con: duckdb.DuckDBPyConnection) -> Pruefpunkt:
    """The wide tables must hold exactly the values of the long one."""
    punkt = Pruefpunkt("Breite Tabellen", 0, einheit="Werte")
    for thema, indikator in con.execute(
        "select k.thema, k.indikator from indikator_katalog as k where k.verfuegbar order by all"
    ).fetchall():
        breit = f'"indikatoren_{thema}"'
        lang = con.execute(
            "select i.gebiet, i.stichtag, i.basis, i.wert from indikatoren as i where i.indikator = ?", [indikator]
        ).df()
        quer = con.execute(f'select b.gebiet, b.stichtag, b.basis, b."{indikator}" as wert from {breit} as b').df()  # noqa: S608
        punkt.geprueft += len(lang)
        beide = lang.merge(
            quer.dropna(subset="wert"), on=["gebiet", "stichtag", "basis"], how="outer", suffixes=("", "_breit")
        )
        gleich = (beide["wert"] == beide["wert_breit"]) | (beide["wert"].isna() & beide["wert_breit"].isna())
        for z in beide.loc[~gleich].itertuples():
            punkt.maengel.append(
                f"{indikator} {z.gebiet} {str(z.stichtag)[:10]} {z.basis}: in indikatoren {z.wert}, in "
                f"indikatoren_{thema} {z.wert_breit}"
            )
    return punkt
