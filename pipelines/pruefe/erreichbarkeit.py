"""Recalculates reach and the spans of need from released tables, with matrices in numpy.

Belongs here: the second way for the figures of where things lie (``einrichtungen``, ``nachfragepunkte``,
``reichweiten``) and of gaps by enrolled children. Does not belong here: figures that follow from observations alone
(``kennzahlen``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.deutung import Datei
from pipelines.pruefe.fusswege import Wegenetz
from pipelines.pruefe.zellsummen import kaum_verortet

Zahlen = npt.NDArray[np.float64]
_OFFEN, _SINNLOS, _UNSICHER, _GESCHAETZT = "O", "M", "U", "E"
_SCHLUESSEL = ["indikator", "gebiet", "stichtag", "basis"]
_ZIELE = {"u3_luecke": 0.32, "ue3_luecke": 0.95}


class Soll(NamedTuple):
    """One figure as recalculated. ``status``: the one it must have, empty if any with a value is right."""

    zaehler: float | None
    nenner: float | None
    status: str = ""


class _Tabellen(NamedTuple):
    einrichtungen: pd.DataFrame
    punkte: pd.DataFrame
    regeln: pd.DataFrame
    kinder: pd.DataFrame
    teile: pd.DataFrame
    netz: Wegenetz


def pruefe_erreichbarkeit(con: duckdb.DuckDBPyConnection, dateien: Iterable[Datei] = ()) -> Pruefpunkt:
    """Compare all released figures of reach with their recalculation, and what the release says goes into them.

    ``dateien``: the archived files, among them those of the network of footpaths if there is one.
    """
    frei = con.execute(
        "select i.indikator, i.gebiet, i.stichtag, i.basis, i.wert, i.zaehler, i.nenner, i.status, k.faktor "
        "from indikatoren as i inner join indikator_katalog as k on k.indikator = i.indikator "
        "where k.thema = 'erreichbarkeit' order by all"
    ).df()
    punkt = Pruefpunkt("Erreichbarkeit", len(frei), einheit="Kennzahlen")
    soll = rechne(_lies(con, Wegenetz(dateien)))
    for z in frei.itertuples():
        schluessel = (str(z.indikator), str(z.gebiet), pd.Timestamp(str(z.stichtag)), str(z.basis))
        punkt.maengel += _vergleiche(z, soll.pop(schluessel, None))
    punkt.maengel += [f"{i} {g} {str(tag)[:10]} {b}: fehlt in der Freigabe" for i, g, tag, b in sorted(soll)]
    punkt.maengel += _pruefe_ableitungen(con, frei)
    return punkt


def _vergleiche(z: Any, soll: Soll | None) -> list[str]:  # noqa: ANN401 - a row of pandas
    name = f"{z.indikator} {z.gebiet} {str(z.stichtag)[:10]} {z.basis}"
    if soll is None:
        return [f"{name}: aus Einrichtungen und Nachfragepunkten ergibt sich keine solche Kennzahl"]
    maengel = []
    wert = None if soll.zaehler is None or not soll.nenner else float(z.faktor) * soll.zaehler / soll.nenner
    for spalte, ist, erwartet in (
        ("wert", z.wert, wert),
        ("zaehler", z.zaehler, soll.zaehler),
        ("nenner", z.nenner, soll.nenner),
    ):
        gleich = np.isclose(
            np.float64(ist), np.nan if erwartet is None else erwartet, rtol=1e-7, atol=1e-6, equal_nan=True
        )
        if not gleich:
            maengel.append(f"{name}: {spalte} ist freigegeben als {ist}, nachgerechnet {erwartet}")
    if soll.status and z.status != soll.status:
        maengel.append(f"{name}: status ist freigegeben als {z.status}, nachgerechnet {soll.status}")
    return maengel


def _lies(con: duckdb.DuckDBPyConnection, netz: Wegenetz) -> _Tabellen:
    regeln = con.execute("select r.* from reichweiten as r order by r.angebot").df()
    texte = ["merkmal", "indikator_plaetze", "indikator_nah", "indikator_grenze", "indikator_weg"]
    regeln[texte] = regeln[texte].fillna("")
    kinder = con.execute(
        "select i.indikator, i.gebiet, i.stichtag, i.basis, i.wert, i.status from indikatoren as i "
        "where i.ebene = 'ortsteil' and i.indikator in (select r.nachfrage from reichweiten as r)"
    ).df()
    return _Tabellen(
        con.execute("select e.* from einrichtungen as e").df(),
        con.execute("select n.* from nachfragepunkte as n order by n.gebiet, n.punkt").df(),
        regeln,
        kinder,
        con.execute("select g.gebiet, g.teil from gebietszuordnung as g where not g.umgerechnet").df(),
        netz,
    )


def rechne(t: _Tabellen) -> dict[tuple[str, str, pd.Timestamp, str], Soll]:
    """Key of a figure → numerator, denominator and status."""
    ergebnis: dict[tuple[str, str, pd.Timestamp, str], Soll] = {}
    schule = t.einrichtungen["art"] == "grundschule"
    for regel in t.regeln.to_dict("records"):
        haeuser = t.einrichtungen.loc[schule == (regel["angebot"] == "grundschule")]
        for tag, je_tag in haeuser.groupby("stichtag"):
            alle = t.kinder.loc[(t.kinder["indikator"] == regel["nachfrage"]) & (t.kinder["stichtag"] == tag)]
            for basis, kinder in alle.groupby("basis"):
                for indikator, je_ortsteil in _je_indikator(regel, je_tag, kinder, t):
                    for gebiet, soll in _hinauf(je_ortsteil, t.teile):
                        ergebnis[indikator, gebiet, pd.Timestamp(str(tag)), str(basis)] = soll
    return ergebnis


def _je_indikator(
    regel: Mapping[Any, Any], haeuser: pd.DataFrame, kinder: pd.DataFrame, t: _Tabellen
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Indicator → numerator, children and status of each Ortsteil."""
    punkte = t.punkte
    bekannt = dict(zip(kinder["gebiet"], kinder["wert"].astype(float), strict=True))
    n = punkte["gebiet"].map(bekannt).fillna(0).to_numpy(float) * punkte["anteil"].to_numpy(float)
    if regel["indikator_plaetze"]:
        verortet = haeuser.loc[haeuser["x"].notna()]
        wege = _wege(verortet, t, regel)
        plaetze = verortet[str(regel["merkmal"])].to_numpy(float)
        erhalten, unbekannt = _zwei_schritte(
            wege, plaetze, n, float(regel["grenze_m"]), float(regel["gewicht_am_rand"])
        )
        genug = len(verortet) >= float(regel["verortet_ab"]) * len(haeuser)
        status = _status(kinder, punkte, ja=genug and not np.isnan(plaetze).all() and len(plaetze) > 0)
        unsicher = set(punkte.loc[unbekannt, "gebiet"])
        status = {g: _UNSICHER if s == _GESCHAETZT and g in unsicher else s for g, s in status.items()}
        yield str(regel["indikator_plaetze"]), _tabelle(punkte, erhalten, kinder, status)
    if not regel["indikator_weg"]:
        return
    alle = haeuser.loc[haeuser["art"] == regel["angebot"]]
    if alle.empty:
        return
    ziele = alle.loc[alle["x"].notna()]
    wege = _wege(ziele, t, regel)
    naechster = wege.min(axis=0) if len(ziele) else np.full(len(punkte), np.inf)
    status = _status(kinder, punkte, ja=0 < len(ziele) >= float(regel["verortet_ab"]) * len(alle))
    for spalte, beitrag in (
        ("indikator_nah", n * (naechster <= float(regel["nah_m"]))),
        ("indikator_grenze", n * (naechster <= float(regel["grenze_m"]))),
        ("indikator_weg", n * np.where(np.isfinite(naechster), naechster, 0)),
    ):
        yield str(regel[spalte]), _tabelle(punkte, beitrag, kinder, status)


def _wege(haeuser: pd.DataFrame, t: _Tabellen, regel: Mapping[Any, Any]) -> Zahlen:
    """Walking distances, facilities × points: in the network, else the straight line times the detour factor."""
    orte, punkte = (tabelle[["x", "y"]].to_numpy(float) for tabelle in (haeuser, t.punkte))
    luftlinie = np.hypot(*(orte[:, None, :] - punkte[None, :, :]).transpose(2, 0, 1))
    netz = t.netz.wege(orte, punkte, float(regel.get("anschluss_m") or 0))
    wege: Zahlen = np.where(np.isnan(netz), float(regel["umwegfaktor"]) * luftlinie, netz)
    return wege


def _zwei_schritte(
    wege: Zahlen, plaetze: Zahlen, n: Zahlen, grenze: float, am_rand: float
) -> tuple[Zahlen, npt.NDArray[np.bool_]]:
    """Places that the children of each point get, and where a facility without known places is in reach of children."""
    gewicht = np.where(wege <= grenze, am_rand ** ((wege / grenze) ** 2), 0.0)
    nachfrage = gewicht @ n
    je_kind = np.divide(np.nan_to_num(plaetze), nachfrage, out=np.zeros_like(nachfrage), where=nachfrage > 0)
    unbekannt = ((gewicht > 0) & np.isnan(plaetze)[:, None]).any(axis=0) & (n > 0)
    return (je_kind @ gewicht) * n, unbekannt


def _status(kinder: pd.DataFrame, punkte: pd.DataFrame, *, ja: bool) -> dict[str, str]:
    herkunft = punkte.groupby("gebiet")["herkunft"].max().to_dict()
    ergebnis = {}
    spalten = (kinder["gebiet"], kinder["wert"].astype(float), kinder["status"])
    for gebiet, wert, eigener in zip(*spalten, strict=True):
        if math.isnan(wert):
            ergebnis[gebiet] = str(eigener)
        elif (wert > 0 and gebiet not in herkunft) or not ja:
            ergebnis[gebiet] = _OFFEN
        else:
            ergebnis[gebiet] = _UNSICHER if herkunft.get(gebiet) in ("rest", "umriss") else _GESCHAETZT
    return ergebnis


def _tabelle(punkte: pd.DataFrame, beitrag: Zahlen, kinder: pd.DataFrame, status: Mapping[str, str]) -> pd.DataFrame:
    summen = pd.Series(beitrag).groupby(punkte["gebiet"].to_numpy()).sum()
    tabelle = kinder[["gebiet", "wert"]].rename(columns={"gebiet": "teil", "wert": "kinder"})
    return tabelle.assign(zaehler=tabelle["teil"].map(summen).fillna(0.0), status=tabelle["teil"].map(dict(status)))


def _hinauf(je_ortsteil: pd.DataFrame, teile: pd.DataFrame) -> Iterator[tuple[str, Soll]]:
    """The Ortsteile and all that contains them; one without a value leaves the whole without."""
    rang = {s: r for r, s in enumerate("APEFBIUMLOQ")}
    for gebiet, gruppe in je_ortsteil.merge(teile, on="teil").groupby("gebiet"):
        schlimmster = max(gruppe["status"], key=lambda s: rang[s])
        nenner = float(gruppe["kinder"].sum())
        if rang[schlimmster] > rang[_UNSICHER]:
            yield str(gebiet), Soll(None, None, schlimmster)
        elif nenner == 0:
            yield str(gebiet), Soll(None, None, _SINNLOS)
        else:
            yield str(gebiet), Soll(float(gruppe["zaehler"].sum()), nenner, schlimmster)


def _pruefe_ableitungen(con: duckdb.DuckDBPyConnection, frei: pd.DataFrame) -> list[str]:
    """The facilities that a figure names must make up its numerator."""
    summen = con.execute(
        "select a.indikator, a.gebiet, a.stichtag, a.basis, sum(a.wert * a.gewicht) as summe from ableitungen as a "
        "where a.rolle = 'einrichtung' group by all"
    ).df()
    beide = frei.merge(summen, on=_SCHLUESSEL, how="left")
    ist, soll = beide["summe"].fillna(0).to_numpy(float), beide["zaehler"].fillna(0).to_numpy(float)
    anders = ~np.isclose(ist, soll, rtol=1e-7, atol=1e-6)
    return [
        f"{z.indikator} {z.gebiet} {str(z.stichtag)[:10]}: die genannten Einrichtungen ergeben {z.summe}, der Zähler "
        f"ist {z.zaehler}"
        for z in beide.loc[anders].itertuples()
    ]


def pruefe_einrichtungsdichte(con: duckdb.DuckDBPyConnection, umrisse: Mapping[tuple[str, str], str]) -> Pruefpunkt:
    """Kitas counted again from the list of facilities, and where nobody knows how many there are.

    ``umrisse``: level and number of districts with an outline.
    """
    frei = con.execute(
        "select i.* from indikatoren as i where i.indikator in ('tageseinrichtungen', 'kitas_je_1000_u6')"
    ).df()
    punkt = Pruefpunkt("Einrichtungsdichte", len(frei), einheit="Kennzahlen")
    anzahl = con.execute(
        "select g.gebiet, e.stichtag, count(*) as anzahl from einrichtungen as e "
        "inner join gebietszuordnung as g on g.teil = e.gebiet and not g.umgerechnet where e.art = 'kita' group by all"
    ).df()
    kinder = con.execute(
        "select i.gebiet, i.stichtag, i.basis, i.wert as kinder from indikatoren as i "
        "where i.indikator = 'kinder_0_5_kitajahr'"
    ).df()
    beide = frei.merge(anzahl, on=["gebiet", "stichtag"], how="left").fillna({"anzahl": 0})
    beide = beide.merge(kinder, on=["gebiet", "stichtag", "basis"], how="left")
    dichte = beide["indikator"] == "kitas_je_1000_u6"
    soll = beide["anzahl"].where(~dichte, 1000 * beide["anzahl"] / beide["kinder"].where(beide["kinder"] > 0))
    bekannt = _bekannt(con, beide, umrisse)
    soll = soll.where(bekannt)
    falsch = ~np.isclose(beide["wert"].astype(float), soll.astype(float), rtol=1e-9, equal_nan=True)
    falsch |= ~bekannt.to_numpy() & ~beide["status"].isin(["O", "Q"]).to_numpy()
    for z in beide.assign(soll=soll).loc[falsch].itertuples():
        punkt.maengel.append(
            f"{z.indikator} {z.gebiet} {str(z.stichtag)[:10]} {z.basis}: wert ist freigegeben als {z.wert} mit Status "
            f"{z.status}, nachgerechnet {z.soll}"
        )
    return punkt


def _bekannt(
    con: duckdb.DuckDBPyConnection, werte: pd.DataFrame, umrisse: Mapping[tuple[str, str], str]
) -> pd.Series[bool]:
    """Whether no listed Kita means none: in the city always, below it with an outline and enough Kitas found."""
    kurz = dict(con.execute("select distinct g.gebiet, g.kurz from gebiete as g").fetchall())
    zu_wenige = kaum_verortet(con)
    kaum = zu_wenige.loc[zu_wenige["merkmal"].str.startswith("kita_plaetze"), "stichtag"]
    mit_umriss = [(e, kurz.get(g)) in umrisse for e, g in zip(werte["ebene"], werte["gebiet"], strict=True)]
    gefunden = ~pd.to_datetime(werte["stichtag"]).isin(kaum)
    return (werte["ebene"] == "stadt") | (pd.Series(mit_umriss, index=werte.index) & gefunden)


def pruefe_bedarfsspanne(con: duckdb.DuckDBPyConnection) -> Pruefpunkt:
    """Gaps by enrolled children, again from the released gaps by the register and the released rates."""
    werte = con.execute("select i.* from indikatoren as i").df()
    quoten = werte.loc[(werte["indikator"] == "einschulungsquote") & (werte["wert"] > 0)]
    spannen = werte.loc[werte["indikator"].isin([f"{i}_eingeschulte" for i in _ZIELE])]
    punkt = Pruefpunkt("Bedarfsspanne", len(spannen), einheit="Kennzahlen")
    for i, ziel in _ZIELE.items():
        eigene = werte.loc[werte["indikator"] == i].assign(indikator=f"{i}_eingeschulte")
        beide = eigene.merge(spannen, on=_SCHLUESSEL, how="outer", suffixes=("", "_spanne"), indicator="da")
        beide = beide.loc[beide["indikator"] == f"{i}_eingeschulte"]
        for z in beide.itertuples():
            name = f"{z.indikator} {z.gebiet} {str(z.stichtag)[:10]} {z.basis}"
            if z.da != "both":
                punkt.maengel.append(f"{name}: steht nicht zugleich nach dem Melderegister und nach Eingeschulten da")
                continue
            soll = _spanne(z, ziel, quoten)
            ist = (z.wert_spanne, z.unsicher_von_spanne, z.unsicher_bis_spanne)
            if not np.allclose(np.array(ist, dtype=float), soll, rtol=1e-9, atol=1e-9, equal_nan=True):
                punkt.maengel.append(f"{name}: freigegeben als {ist}, nachgerechnet {tuple(soll)}")
    return punkt


def _spanne(z: Any, ziel: float, quoten: pd.DataFrame) -> Zahlen:  # noqa: ANN401 - a row of pandas
    """Gap by enrolled children and the smaller and the greater of both gaps."""
    tag = pd.Timestamp(z.stichtag)
    gueltig = quoten.loc[
        (quoten["basis"] == z.basis)
        & (quoten["stichtag"] <= tag)
        & (quoten["stichtag"] > tag - pd.DateOffset(years=10))
    ]
    if gueltig.empty or pd.isna(z.wert):
        return np.full(3, np.nan)
    quote = min(float(gueltig.sort_values("stichtag")["wert"].iloc[-1]) / 100, 1.0)
    luecke = float(np.ceil(np.round(ziel * z.nenner * quote, 9)) - z.zaehler)
    return np.array([luecke, min(luecke, z.wert), max(luecke, z.wert)])
