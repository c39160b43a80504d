"""Observations summed by district, date, basis and class, as matrices: the first half of recalculating figures.

Belongs here: summing, and what absence means in a directory. Does not belong here: indicators (``kennzahlen``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

DATENARTEN = ("amtlich", "eingang", "beispiel")
MASSE = ("wert", "alter_mitte", "sozialindexstufe")
"""What may be summed for a term (``indikator_zuordnung.mass``): the figure, it times age + 0.5 or times the step."""
_ZELLE = ["gebiet", "stichtag", "basis"]


@dataclass(frozen=True)
class Zellsummen:
    """Matrices over cells (district × date × basis, rows of ``zellen``) and classes (``klassen``: class → column).

    ``summen`` (one matrix per measure) and ``ohne_wert`` are 0 and the ranks -1 where a cell has no observation of a
    class (``da`` is false). ``je_alter``: sums by cell, class and age.
    """

    zellen: pd.DataFrame
    klassen: Mapping[int, int]
    summen: Mapping[str, npt.NDArray[np.float64]]
    ohne_wert: npt.NDArray[np.int64]
    raenge: Mapping[str, npt.NDArray[np.int64]]
    beginn: npt.NDArray[np.int64]
    da: npt.NDArray[np.bool_]
    basen: list[str]
    je_alter: pd.DataFrame

    def beitraege(self, zuordnung: pd.DataFrame) -> pd.DataFrame:
        """What one term (rows of ``indikator_zuordnung``) is in each cell that has observations of it."""
        bekannt = zuordnung.loc[zuordnung["klasse"].isin(list(self.klassen))]
        spalten = bekannt["klasse"].map(self.klassen).to_numpy(dtype=np.int64)
        gewichte = bekannt["gewicht"].fillna(0).to_numpy(dtype=np.float64)
        zeilen = np.flatnonzero(self.da[:, spalten].any(axis=1))
        auswahl = np.ix_(zeilen, spalten)
        ergebnis = self.zellen.iloc[zeilen].reset_index(drop=True)
        masse = bekannt["mass"].to_numpy()
        ergebnis["summe"] = sum(
            self.summen[mass][auswahl] @ np.where(masse == mass, gewichte, 0.0) for mass in sorted(set(masse))
        )
        ergebnis["ohne_wert"] = self.ohne_wert[auswahl].sum(axis=1)
        for name, matrix in self.raenge.items():
            ergebnis[name] = matrix[auswahl].max(axis=1, initial=-1)
        beginn = self.beginn[auswahl].min(axis=1, initial=np.iinfo(np.int64).max)
        ohne = beginn == np.iinfo(np.int64).max
        ergebnis["zeitraum_von"] = pd.to_datetime(pd.Series(np.where(ohne, 0, beginn)), unit="D").where(~ohne)
        return ergebnis


def bilde_zellsummen(con: duckdb.DuckDBPyConnection, umrisse: Mapping[tuple[str, str], str]) -> Zellsummen:
    """Sum all released observations that have a class. ``umrisse``: level and number of districts with an outline."""
    b = con.execute(
        "select b.gebiet, b.stichtag, b.basis, b.klasse, b.merkmal, b.wert, b.status, b.vertraulichkeit, b.datenart, "
        "b.zeitraum_von, b.alter_von, b.sozialindexstufe from beobachtungen as b where b.klasse is not null"
    ).df()
    b["stichtag"] = pd.to_datetime(b["stichtag"])
    b["beginn"] = _tage(b["zeitraum_von"])
    b["ohne_wert"] = b["wert"].isna().astype(np.int64)
    b["wert"] = b["wert"].fillna(0.0)
    b["alter_mitte"] = b["wert"] * (b["alter_von"].astype(float) + 0.5).fillna(0.0)
    b["sozialindexstufe"] = b["wert"] * b["sozialindexstufe"].astype(float).fillna(0.0)
    raenge = {
        "status_rang": dict(con.execute("select s.status, s.rang from status as s").fetchall()),
        "vertraulichkeit_rang": dict(
            con.execute("select v.vertraulichkeit, v.rang from vertraulichkeit as v").fetchall()
        ),
        "datenart_rang": {name: rang for rang, name in enumerate(DATENARTEN)},
    }
    for name, werte in raenge.items():
        b[name] = b[name.removesuffix("_rang")].map(werte).astype(np.int64)
    je_gebiet = _hochgerechnet(con, _summiere(b, [*_ZELLE, "klasse"]))
    je_alter = _hochgerechnet(con, _summiere(b.loc[b["alter_von"].notna()], [*_ZELLE, "klasse", "alter_von"]))
    je_gebiet = pd.concat([je_gebiet, _abdeckung(con, b, umrisse)], ignore_index=True)
    je_gebiet = _summiere(je_gebiet, [*_ZELLE, "klasse"])
    return _matrizen(je_gebiet, list(raenge), je_alter)


def _hochgerechnet(con: duckdb.DuckDBPyConnection, summiert: pd.DataFrame) -> pd.DataFrame:
    """The sums of every district's parts; former districts count with their weight until they ended, as converted."""
    huelle = con.execute(
        "select g.gebiet as ganzes, g.teil as gebiet, g.gewicht, g.umgerechnet, g.gilt_bis from gebietszuordnung as g"
    ).df()
    umgerechnet = dict(con.execute("select s.status, s.rang from status as s").fetchall())["I"]
    alle = summiert.merge(huelle, on="gebiet").drop(columns="gebiet").rename(columns={"ganzes": "gebiet"})
    bis = pd.to_datetime(alle["gilt_bis"])
    alle = alle.loc[bis.isna() | (alle["stichtag"] <= bis)].copy()
    for mass in MASSE:
        alle[mass] *= alle["gewicht"]
    alle["status_rang"] = np.where(
        alle["umgerechnet"], np.maximum(alle["status_rang"], umgerechnet), alle["status_rang"]
    )
    return alle.drop(columns=["gewicht", "umgerechnet", "gilt_bis"])


def _tage(spalte: pd.Series[Any]) -> pd.Series[int]:
    """Days since 1970, the greatest number where there is no date."""
    zeit = pd.to_datetime(spalte)
    tage = (zeit - pd.Timestamp("1970-01-01")).dt.days
    return tage.fillna(np.iinfo(np.int64).max).astype(np.int64) if zeit.notna().any() else _ohne_datum(spalte)


def _ohne_datum(spalte: pd.Series[Any]) -> pd.Series[int]:
    return pd.Series(np.iinfo(np.int64).max, index=spalte.index, dtype=np.int64)


def _summiere(daten: pd.DataFrame, je: list[str]) -> pd.DataFrame:
    return daten.groupby(je, as_index=False, observed=True).agg(
        wert=("wert", "sum"),
        alter_mitte=("alter_mitte", "sum"),
        sozialindexstufe=("sozialindexstufe", "sum"),
        ohne_wert=("ohne_wert", "sum"),
        status_rang=("status_rang", "max"),
        vertraulichkeit_rang=("vertraulichkeit_rang", "max"),
        datenart_rang=("datenart_rang", "max"),
        beginn=("beginn", "min"),
    )


def _abdeckung(
    con: duckdb.DuckDBPyConnection, beobachtet: pd.DataFrame, umrisse: Mapping[tuple[str, str], str]
) -> pd.DataFrame:
    """In a directory absence means none where the district's outline is known (always for the city), else unknown.

    In another Kreis it means none if the directory lists anything there. Below the city it is unknown as well if too
    few of the city's facilities have a place (``merkmale.verortet_ab``).
    """
    verzeichnisse = [z[0] for z in con.execute("select m.merkmal from merkmale as m where m.verzeichnis").fetchall()]
    gebiete = con.execute("select distinct g.gebiet, g.kurz, g.ebene from gebiete as g").fetchall()
    zeilen = [
        (gebiet, 0, 0, umrisse.get((ebene, kurz)) == "beispiel")
        if ebene in ("stadt", "kreis") or (ebene, kurz) in umrisse
        else (gebiet, 1, 9, False)
        for gebiet, kurz, ebene in gebiete
        if ebene in ("ortsteil", "stadtbezirk", "stadt", "kreis")
    ]
    felder = pd.DataFrame(zeilen, columns=["gebiet", "ohne_wert", "status_rang", "umriss_modelliert"])
    # a date counts for a Merkmal as soon as anybody has an observation of it, whatever its class
    daten = con.execute(
        "select b.merkmal, b.stichtag, min(b.zeitraum_von) as zeitraum_von, "
        "list(distinct b.datenart) as datenarten from beobachtungen as b group by b.merkmal, b.stichtag"
    ).df()
    daten["stichtag"] = pd.to_datetime(daten["stichtag"])
    daten["beginn"] = _tage(daten["zeitraum_von"])
    daten["datenart_rang"] = [max(DATENARTEN.index(d) for d in arten) for arten in daten["datenarten"]]
    klassen = beobachtet[["merkmal", "klasse"]].drop_duplicates()
    klassen = klassen.loc[klassen["merkmal"].isin(verzeichnisse)].merge(
        daten.drop(columns=["zeitraum_von", "datenarten"]), on="merkmal"
    )
    ergebnis = _ohne_ungelistete_kreise(con, klassen.merge(felder, how="cross")).assign(
        basis="", vertraulichkeit_rang=0, **dict.fromkeys(MASSE, 0.0)
    )
    modelliert = ergebnis.pop("umriss_modelliert").astype(bool)
    ergebnis["datenart_rang"] = ergebnis["datenart_rang"].where(~modelliert, DATENARTEN.index("beispiel"))
    zu_wenige = ergebnis.merge(kaum_verortet(con), on=["merkmal", "stichtag"], how="left")["kaum"].notna().to_numpy()
    immer = [g for g, _, ebene in gebiete if ebene in ("stadt", "kreis")]
    zu_wenige = zu_wenige & ~ergebnis["gebiet"].isin(immer).to_numpy()
    ergebnis.loc[zu_wenige, "ohne_wert"] = 1
    ergebnis.loc[zu_wenige, "status_rang"] = 9
    return ergebnis


def _ohne_ungelistete_kreise(con: duckdb.DuckDBPyConnection, felder: pd.DataFrame) -> pd.DataFrame:
    """Without the Kreise of which the directory lists nothing at that date."""
    gelistet = con.execute(
        "select distinct b.merkmal, b.stichtag, b.gebiet, true as gelistet from beobachtungen as b"
    ).df()
    gelistet["stichtag"] = pd.to_datetime(gelistet["stichtag"])
    kreise = con.execute("select distinct g.gebiet from gebiete as g where g.ebene = 'kreis'").df()["gebiet"]
    da = felder.merge(gelistet, on=["merkmal", "stichtag", "gebiet"], how="left")["gelistet"].notna().to_numpy()
    behalten: pd.DataFrame = felder.loc[da | ~felder["gebiet"].isin(kreise).to_numpy()].reset_index(drop=True)
    return behalten


def kaum_verortet(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Merkmal and date of directories too few of whose facilities in the city lie in a known part of it."""
    je = con.execute(
        "select b.merkmal, b.stichtag, m.verortet_ab, g.ebene != 'stadt' as verortet from beobachtungen as b "
        "inner join merkmale as m on m.merkmal = b.merkmal "
        "inner join (select distinct x.gebiet, x.ebene from gebiete as x) as g on g.gebiet = b.gebiet "
        "where m.verortet_ab is not null and b.einrichtung is not null "
        "and g.ebene in ('ortsteil', 'stadtbezirk', 'stadt')"
    ).df()
    anteil = je.groupby(["merkmal", "stichtag"], as_index=False).agg(
        anteil=("verortet", "mean"), kaum=("verortet_ab", "max")
    )
    anteil["stichtag"] = pd.to_datetime(anteil["stichtag"])
    zu_wenige: pd.DataFrame = anteil.loc[
        anteil["anteil"].astype(float) < anteil["kaum"].astype(float), ["merkmal", "stichtag", "kaum"]
    ]
    return zu_wenige


def _matrizen(je_gebiet: pd.DataFrame, raenge: list[str], je_alter: pd.DataFrame) -> Zellsummen:
    zellen = je_gebiet[_ZELLE].drop_duplicates().reset_index(drop=True)
    zeile = je_gebiet[_ZELLE].merge(zellen.reset_index(names="_zeile"), on=_ZELLE, how="left")["_zeile"].to_numpy()
    klassen = {int(k): i for i, k in enumerate(sorted(je_gebiet["klasse"].unique()))}
    spalte = je_gebiet["klasse"].map(klassen).to_numpy()
    form = (len(zellen), len(klassen))

    def matrix(name: str, leer: float, art: type[np.generic]) -> npt.NDArray[Any]:
        ergebnis: npt.NDArray[Any] = np.full(form, leer, dtype=art)
        ergebnis[zeile, spalte] = je_gebiet[name].to_numpy()
        return ergebnis

    da = np.zeros(form, dtype=np.bool_)
    da[zeile, spalte] = True
    return Zellsummen(
        zellen=zellen,
        klassen=klassen,
        summen={mass: matrix(mass, 0.0, np.float64) for mass in MASSE},
        ohne_wert=matrix("ohne_wert", 0, np.int64),
        raenge={name: matrix(name, -1, np.int64) for name in raenge},
        beginn=matrix("beginn", np.iinfo(np.int64).max, np.int64),
        da=da,
        basen=sorted(b for b in zellen["basis"].unique() if b),
        je_alter=je_alter,
    )
