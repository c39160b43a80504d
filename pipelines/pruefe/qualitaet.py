"""Recalculates the figures about the pipeline itself from the released tables.

Belongs here: counting in pandas what ``werte_qualitaet`` counts, and the comparison. Does not belong here: those
figures that are compiled from observations like any other (``kennzahlen``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.tabellenvergleich import vergleiche

_STADTTEILE = ("ortsteil", "stadtbezirk", "stadt")
_DATENARTEN = ("amtlich", "eingang", "beispiel")


def pruefe_qualitaet(con: duckdb.DuckDBPyConnection) -> Pruefpunkt:
    """Compare the quality figures, what was counted for them and the table of sources with a second count."""
    punkt = Pruefpunkt("Qualitätskennzahlen", 0, einheit="Angaben")
    katalog = con.execute(
        "select k.indikator, k.zaehler, k.nenner, k.faktor, k.einheit from indikator_katalog as k "
        "where k.thema = 'qualitaet' and k.form = 'abgeleitet'"
    ).df()
    if katalog.empty:
        return punkt
    gezaehlt = zaehle(con)
    soll = gezaehlt.merge(katalog, on="indikator", suffixes=("", "_text"))
    sinnvoll = soll["zaehler"].notna() & (soll["nenner"] != 0)
    soll["status"] = np.select([soll["zaehler"].isna(), soll["nenner"] == 0], ["O", "M"], "A")
    wert = soll["faktor"] * soll["zaehler"] / soll["nenner"].fillna(1)
    kennzahlen = soll.assign(wert=wert.where(sinnvoll), basis="", vertraulichkeit="F")
    for spalte in ("zaehler", "nenner"):
        kennzahlen[spalte] = kennzahlen[spalte].where(sinnvoll)
    filter_ = "inner join indikator_katalog as k on k.indikator = t.indikator"
    filter_ += " where k.thema = 'qualitaet' and k.form = 'abgeleitet'"
    ist = con.execute(f"select t.* from indikatoren as t {filter_}").df()  # noqa: S608 - fixed text
    schluessel = ["indikator", "gebiet", "stichtag", "basis"]
    spalten = ["wert", "zaehler", "nenner", "status", "vertraulichkeit", "datenart", "einheit", "ebene"]
    punkt.maengel += vergleiche("indikatoren", ist, kennzahlen, schluessel, spalten)
    eingaenge = con.execute(f"select t.* from ableitungen as t {filter_}").df()  # noqa: S608 - fixed text
    punkt.maengel += _pruefe_ableitungen(eingaenge, soll)
    quellen = con.execute("select q.* from qualitaet_quellen as q").df()
    punkt.maengel += vergleiche(
        "qualitaet_quellen",
        quellen,
        je_quelle(con),
        ["quelle"],
        ["zustand", "letzter_abruf", "neuester_stichtag", "alter_tage", "beobachtungen", "verdeckt", "abgewiesen"],
    )
    punkt.geprueft = len(ist) + len(eingaenge) + len(quellen)
    return punkt


def _pruefe_ableitungen(ist: pd.DataFrame, soll: pd.DataFrame) -> list[str]:
    seiten = [
        soll.assign(rolle=rolle, merkmal=soll[f"{rolle}_text"], wert=soll[rolle], gewicht=1.0)
        for rolle in ("zaehler", "nenner")
    ]
    seiten[1] = seiten[1].loc[seiten[1]["merkmal"].fillna("") != ""]
    erwartet = pd.concat(seiten, ignore_index=True)
    return vergleiche(
        "ableitungen", ist, erwartet, ["indikator", "gebiet", "stichtag", "rolle"], ["merkmal", "wert", "gewicht"]
    )


def zaehle(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Numerator and denominator of every figure about the pipeline, with district, date and kind of data."""
    tag = _abruftag(con)
    gebiete = con.execute("select distinct g.gebiet, g.ebene, g.eltern from gebiete as g").df().set_index("gebiet")
    kennzahlen = con.execute(
        "select i.gebiet, i.stichtag, i.wert, i.status, i.revision, i.datenart from indikatoren as i "
        "inner join indikator_katalog as k on k.indikator = i.indikator where k.thema != 'qualitaet'"
    ).df()
    kennzahlen["stichtag"] = pd.to_datetime(kennzahlen["stichtag"])
    eltern: Mapping[str, Any] = gebiete["eltern"].to_dict()
    eigen = gebiete.index[gebiete["ebene"].isin(_STADTTEILE)]
    zeilen: list[dict[str, Any]] = []
    for gebiet in eigen:
        teile = [g for g in eigen if gebiet in _aufwaerts(g, eltern)]
        zeilen += _aus_kennzahlen(gebiet, kennzahlen.loc[kennzahlen["gebiet"].isin(teile)], tag)
    zeilen += _aus_einrichtungen(con, gebiete, eltern)
    zeilen += _aus_quellen(con, gebiete)
    if pd.isna(tag):
        zeilen = []
    leer: dict[str, list[Any]] = {"indikator": [], "gebiet": [], "zaehler": [], "nenner": [], "datenart": []}
    tabelle = pd.DataFrame(zeilen) if zeilen else pd.DataFrame(leer)
    return tabelle.assign(stichtag=tag, ebene=tabelle["gebiet"].map(gebiete["ebene"]))


def _abruftag(con: duckdb.DuckDBPyConnection) -> pd.Timestamp:
    abgerufen = pd.to_datetime(con.execute("select a.abgerufen_am from abrufe as a").df()["abgerufen_am"], utc=True)
    return pd.Timestamp(abgerufen.max()).tz_localize(None).normalize()


def _aufwaerts(gebiet: str, eltern: Mapping[str, Any]) -> list[str]:
    kette = [gebiet]
    while isinstance(eltern.get(kette[-1]), str):
        kette.append(eltern[kette[-1]])
    return kette


def _schlimmste(arten: pd.Series[Any]) -> str:
    return _DATENARTEN[max((_DATENARTEN.index(a) for a in arten.unique()), default=0)]


def _aus_kennzahlen(gebiet: str, eigene: pd.DataFrame, tag: pd.Timestamp) -> list[dict[str, Any]]:
    if eigene.empty:
        return []
    fertig = eigene.loc[eigene["wert"].notna() & (eigene["stichtag"] <= tag), "stichtag"]
    zeilen = {
        "anteil_verdeckt": ((eigene["status"] == "Q").sum(), len(eigene)),
        "anteil_revidiert": ((eigene["revision"] > 0).sum(), len(eigene)),
        "alter_neueste_kennzahl": ((tag - fertig.max()).days if len(fertig) else np.nan, np.nan),
    }
    art = _schlimmste(eigene["datenart"])
    return [
        {"indikator": i, "gebiet": gebiet, "zaehler": float(z), "nenner": float(n), "datenart": art}
        for i, (z, n) in zeilen.items()
    ]


def _aus_einrichtungen(
    con: duckdb.DuckDBPyConnection, gebiete: pd.DataFrame, eltern: Mapping[str, Any]
) -> list[dict[str, Any]]:
    schulen = con.execute(
        "select b.gebiet, b.datenart, b.abruf, a.stand from beobachtungen as b "
        "inner join abrufe as a on a.abruf = b.abruf and a.quelle = b.quelle "
        "where b.merkmal = 'schulen' and b.quelle = 'schulen'"
    ).df()
    umrisse = con.execute("select a.datenart from abrufe as a where a.quelle = 'gebiete'").df()["datenart"]
    neueste = schulen.loc[schulen["stand"] == schulen["stand"].max()]
    neueste = neueste.loc[neueste["gebiet"].map(gebiete["ebene"]).isin(_STADTTEILE)]
    zeilen = []
    for gebiet in gebiete.index[gebiete["ebene"].isin(("stadtbezirk", "stadt"))]:
        eigene = neueste.loc[[gebiet in _aufwaerts(g, eltern) for g in neueste["gebiet"]]]
        if len(eigene):
            verortet = int((eigene["gebiet"].map(gebiete["ebene"]) == "ortsteil").sum())
            art = _schlimmste(pd.concat([eigene["datenart"], umrisse]))
            zeilen.append(
                {"indikator": "anteil_verortet", "gebiet": gebiet, "datenart": art}
                | {"zaehler": float(verortet), "nenner": float(len(eigene))}
            )
    return zeilen


def _aus_quellen(con: duckdb.DuckDBPyConnection, gebiete: pd.DataFrame) -> list[dict[str, Any]]:
    zustand = con.execute("select q.zustand from quellen as q").df()["zustand"]
    art = _schlimmste(con.execute("select a.datenart from abrufe as a").df()["datenart"])
    gestoert = float((zustand != "gut").sum())
    stadt = gebiete.index[gebiete["ebene"] == "stadt"]
    return [
        {"indikator": indikator, "gebiet": g, "zaehler": gestoert, "nenner": nenner, "datenart": art}
        for g in stadt
        for indikator, nenner in (("anteil_quellen_gestoert", float(len(zustand))), ("quellen_gestoert", np.nan))
    ]


def je_quelle(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Table ``qualitaet_quellen`` as it should be."""
    tag = _abruftag(con)
    quellen = con.execute("select q.quelle, q.zustand from quellen as q").df().set_index("quelle")
    abrufe = con.execute("select a.quelle, a.abgerufen_am from abrufe as a").df()
    abrufe["tag"] = pd.to_datetime(abrufe["abgerufen_am"], utc=True).dt.tz_localize(None).dt.normalize()
    b = con.execute("select b.quelle, b.stichtag, b.wert, b.status from beobachtungen as b").df()
    b["stichtag"] = pd.to_datetime(b["stichtag"])
    weg = con.execute("select a.quelle from abgewiesen as a").df()["quelle"].value_counts()
    fertig = b.loc[b["wert"].notna() & (b["stichtag"] <= tag)].groupby("quelle")["stichtag"].max()
    quellen["letzter_abruf"] = abrufe.groupby("quelle")["tag"].max()
    quellen["neuester_stichtag"] = fertig
    quellen["alter_tage"] = (tag - pd.to_datetime(quellen["neuester_stichtag"])).dt.days
    zaehlungen = {
        "beobachtungen": b["quelle"].value_counts(),
        "verdeckt": b.loc[b["status"] == "Q", "quelle"].value_counts(),
        "abgewiesen": weg,
    }
    for name, anzahl in zaehlungen.items():
        quellen[name] = anzahl.reindex(quellen.index).fillna(0)
    ergebnis: pd.DataFrame = quellen.reset_index()
    return ergebnis
