"""Recalculates the composite index of a release: figures, components, classes, sensitivity and what herkunft() shows.

Belongs here: the comparison. Does not belong here: the second way of calculating (``verbundrechnung``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines.freigabe.beilagen import zeilen_als_dict
from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.brueche import STATUS as BRUCH
from pipelines.pruefe.brueche import Lagen, bruchlagen
from pipelines.pruefe.tabellenvergleich import vergleiche
from pipelines.pruefe.verbundrechnung import BEWEGUNG, LAGE, Aufgabe, Ergebnis, aufgaben, rechne, staende
from pipelines.pruefe.zellsummen import DATENARTEN

_NAMEN = {LAGE: ("hoch", "mittel", "niedrig", "sehr niedrig"), BEWEGUNG: ("positiv", "stabil", "negativ")}
Beilage = dict[tuple[str, str, Any], tuple[str, str]]
"""Indicator, district and date → confidentiality and kind of data."""
_SCHLUESSEL = {
    "kennzahlen": ["indikator", "gebiet", "stichtag", "basis"],
    "komponenten": ["art", "gebiet", "stichtag", "indikator"],
    "klassen": ["gebiet", "stichtag"],
    "empfindlichkeit": ["art", "stichtag", "variante"],
    "ableitungen": ["indikator", "gebiet", "stichtag", "merkmal", "eingang_stichtag"],
}
_TABELLEN = {
    "kennzahlen": "indikatoren",
    "komponenten": "index_komponenten",
    "klassen": "index_klassen",
    "empfindlichkeit": "index_empfindlichkeit",
    "ableitungen": "ableitungen",
}


@dataclass
class _Soll:
    """Rows that the release should have, table by table."""

    zeilen: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {t: [] for t in _SCHLUESSEL})


def pruefe_verbund(con: duckdb.DuckDBPyConnection) -> Pruefpunkt:
    """Compare all tables of the index with their recalculation from the released figures and rules."""
    punkt = Pruefpunkt("Verbundindex", 0, einheit="Angaben")
    regeln = zeilen_als_dict(con, "select d.* from index_definition as d")
    if not regeln:
        return punkt
    regel, teile = regeln[0], zeilen_als_dict(con, "select b.* from index_bestandteile as b order by b.nummer")
    soll = rechne_tabellen(_kennzahlen(con, regel, teile), _stammdaten(con), regel, teile, bruchlagen(con))
    for tabelle, schluessel in _SCHLUESSEL.items():
        ist = con.execute(_abfrage(tabelle)).df()
        punkt.geprueft += len(ist)
        erwartet = pd.DataFrame(soll.zeilen[tabelle])
        if erwartet.empty:
            punkt.maengel += [f"{_TABELLEN[tabelle]}: {len(ist)} Zeilen zu viel"] if len(ist) else []
            continue
        spalten = [s for s in erwartet.columns if s not in schluessel]
        punkt.maengel += vergleiche(_TABELLEN[tabelle], ist, erwartet, schluessel, spalten)
    return punkt


def _abfrage(tabelle: str) -> str:
    if tabelle not in ("kennzahlen", "ableitungen"):
        return f"select t.* from {_TABELLEN[tabelle]} as t"  # noqa: S608 - fixed names
    return (
        f"select t.* from {_TABELLEN[tabelle]} as t "  # noqa: S608 - fixed names
        "inner join indikator_katalog as k on k.indikator = t.indikator where k.thema = 'index'"
    )


def _kennzahlen(
    con: duckdb.DuckDBPyConnection, regel: Mapping[str, Any], teile: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    namen = [*[t["indikator"] for t in teile], regel["bevoelkerung"]]
    tabelle: pd.DataFrame = con.execute(
        "select i.indikator, i.gebiet, i.ebene, i.stichtag, i.zeitraum_von, i.wert, i.zaehler, i.nenner, i.basis, "
        "i.status, s.rang, i.vertraulichkeit, i.datenart, k.form, k.faktor from indikatoren as i "
        "inner join indikator_katalog as k on k.indikator = i.indikator "
        "inner join status as s on s.status = i.status where i.indikator in (select unnest(?))",
        [namen],
    ).df()
    for spalte in ("stichtag", "zeitraum_von"):
        tabelle[spalte] = pd.to_datetime(tabelle[spalte])
    return tabelle


def _stammdaten(con: duckdb.DuckDBPyConnection) -> dict[str, dict[Any, Any]]:
    def paare(sql: str) -> dict[Any, Any]:
        return dict(con.execute(sql).fetchall())

    return {
        "status": paare("select s.rang, s.status from status as s"),
        "vertraulichkeit": paare("select v.vertraulichkeit, v.rang from vertraulichkeit as v"),
        "namen": paare("select g.gebiet, min(g.name) from gebiete as g group by g.gebiet"),
        "einheit": paare("select k.indikator, k.einheit from indikator_katalog as k where k.thema = 'index'"),
    }


def rechne_tabellen(
    kennzahlen: pd.DataFrame,
    stamm: Mapping[str, Mapping[Any, Any]],
    regel: Mapping[str, Any],
    teile: Sequence[Mapping[str, Any]],
    lagen: Lagen,
) -> _Soll:
    """All tables of the index as they should be."""
    soll = _Soll()
    einmal = kennzahlen.drop_duplicates(["indikator", "gebiet", "stichtag"])
    beilage: Beilage = {
        (str(z.indikator), str(z.gebiet), z.stichtag): (str(z.vertraulichkeit), str(z.datenart))
        for z in einmal[["indikator", "gebiet", "stichtag", "vertraulichkeit", "datenart"]].itertuples()
    }
    wie: dict[tuple[str, pd.Timestamp], Ergebnis] = {}
    weggelassen: dict[tuple[str, pd.Timestamp], dict[str, Ergebnis]] = {}
    alle = aufgaben(staende(kennzahlen, regel, teile), regel, teile, lagen)
    for a in alle:
        ergebnis = rechne(a, regel, teile)
        wie[a.art, a.jetzt.stichtag] = ergebnis
        je_komponente = weggelassen.setdefault((a.art, a.jetzt.stichtag), {})
        _schreibe_komponenten(soll, a, ergebnis, regel, teile, stamm)
        _schreibe_kennzahlen(soll, a, ergebnis, regel, stamm, beilage)
        _schreibe_ableitungen(soll, a, ergebnis, regel, teile)
        for variante, ohne, mitte, streuung in varianten(regel, teile):
            if ohne and ohne not in a.wert.columns:
                continue
            anders = rechne(a, {**regel, "mitte": mitte, "streuung": streuung}, teile, ohne=ohne)
            if ohne:
                je_komponente[ohne] = anders
            if not a.teilnehmer(regel["mindestbevoelkerung"]).empty and not anders.summe.empty:
                soll.zeilen["empfindlichkeit"].append(
                    _kopf(regel, a) | {"variante": variante, "ohne": ohne, "mitte": mitte, "streuung": streuung}
                    | _zaehle(ergebnis, anders)
                )  # fmt: skip
    for a in alle:
        if a.art == LAGE:
            bewegung = wie.get((BEWEGUNG, a.jetzt.stichtag), Ergebnis())
            ohne_je = weggelassen[LAGE, a.jetzt.stichtag]
            _schreibe_klassen(soll, a, wie[LAGE, a.jetzt.stichtag], bewegung, regel, ohne_je, stamm)
    return soll


def _kopf(regel: Mapping[str, Any], a: Aufgabe) -> dict[str, Any]:
    return {
        "verbund": regel["verbund"], "version": regel["version"], "art": a.art, "stichtag": a.jetzt.stichtag,
    }  # fmt: skip


def varianten(regel: Mapping[str, Any], teile: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    """Name, left-out component, centre and spread of every variant that is played through."""
    for t in teile:
        yield f"ohne {t['indikator']}", t["indikator"], regel["mitte"], regel["streuung"]
    for mitte in ("gebietsmittel", "stadtwert"):
        for streuung in ("n", "n-1"):
            if (mitte, streuung) != (regel["mitte"], regel["streuung"]):
                yield f"Mitte: {mitte}, Streuung: {streuung}", "", mitte, streuung


def _zaehle(wie: Ergebnis, anders: Ergebnis) -> dict[str, int]:
    beide = wie.klasse.notna() & anders.klasse.notna()
    return {
        "gebiete": int(wie.klasse.notna().sum()),
        "vergleichbar": int(beide.sum()),
        "wechsel": int((beide & (anders.klasse != wie.klasse)).sum()),
        "weniger_belastet": int((anders.klasse < wie.klasse).sum()),
        "mehr_belastet": int((anders.klasse > wie.klasse).sum()),
    }


def _zelle(tabelle: pd.DataFrame, gebiet: str, name: str) -> float:
    if gebiet not in tabelle.index or name not in tabelle:
        return float("nan")
    return float(tabelle[name].to_numpy(dtype=np.float64)[tabelle.index.get_loc(gebiet)])


def _schreibe_komponenten(
    soll: _Soll,
    a: Aufgabe,
    e: Ergebnis,
    regel: Mapping[str, Any],
    teile: Sequence[Mapping[str, Any]],
    stamm: Mapping[str, Mapping[Any, Any]],
) -> None:
    for t in teile:
        name = t["indikator"]
        for gebiet in a.wert.index if name in a.wert.columns else []:
            dabei = gebiet in e.z.index
            soll.zeilen["komponenten"].append(
                _kopf(regel, a)
                | {"gebiet": gebiet, "indikator": name, "nummer": t["nummer"]}
                | {"eingang_stichtag": a.jetzt.eingang[name], "eingang_basis": a.jetzt.basis.loc[gebiet, name]}
                | {"eingang_frueher": a.damals.eingang[name] if a.damals else pd.NaT}
                | {"wert_stichtag": a.jetzt.wert.loc[gebiet, name], "wert": a.wert.loc[gebiet, name]}
                | {"wert_frueher": _zelle(a.damals.wert, gebiet, name) if a.damals else np.nan}
                | {"status": stamm["status"][int(a.rang.loc[gebiet, name])]}
                | {"mitte": e.mitte[name] if dabei else np.nan, "streuung": e.streuung[name] if dabei else np.nan}
                | {"z": _zelle(e.z, gebiet, name), "beitrag": _zelle(e.beitrag, gebiet, name)}
                | {"gewicht": t["gewicht"], "vorzeichen": t["vorzeichen"]}
            )


def _schreibe_kennzahlen(
    soll: _Soll,
    a: Aufgabe,
    e: Ergebnis,
    regel: Mapping[str, Any],
    stamm: Mapping[str, Mapping[Any, Any]],
    beilage: Beilage,
) -> None:
    eingaenge = [(n, s.eingang[n]) for s in (a.jetzt, a.damals) if s for n in a.wert.columns]
    menschen = [(regel["bevoelkerung"], s.stichtag) for s in (a.jetzt, a.damals) if s]
    arten = [
        DATENARTEN.index(beilage[n, g, t][1])
        for g in a.wert.index
        for n, t in [*eingaenge, *menschen]
        if (n, g, t) in beilage
    ]
    mindestens = next(rang for rang, status in stamm["status"].items() if status == BRUCH) if a.neu else 0
    raenge = stamm["vertraulichkeit"]
    namen = {rang: name for name, rang in raenge.items()}
    werte = e.wert
    for gebiet in a.wert.index:
        wert = float(werte.get(gebiet, np.nan))
        da = not np.isnan(wert)
        rang = max(mindestens, _rang(a, gebiet, float(regel["mindestbevoelkerung"]), da=da))
        gezeigt = [beilage[n, gebiet, t][0] for n, t in eingaenge if (n, gebiet, t) in beilage]
        geheim = max((raenge[v] for v in gezeigt), default=0)
        for indikator, ergebnis, zaehler, nenner in (
            (f"{a.art}index", wert, e.summe.get(gebiet, np.nan), e.teiler),
            (f"{a.art}klasse", e.klasse.get(gebiet, np.nan), e.klasse.get(gebiet, np.nan), np.nan),
        ):
            soll.zeilen["kennzahlen"].append(
                {"indikator": indikator, "gebiet": gebiet, "stichtag": a.jetzt.stichtag, "basis": regel["basis"]}
                | {"ebene": regel["ebene"], "einheit": stamm["einheit"][indikator], "wert": float(ergebnis)}
                | {"zeitraum_von": a.damals.stichtag + pd.Timedelta(days=1) if a.damals else pd.NaT}
                | {"zaehler": zaehler if da else np.nan, "nenner": nenner if da else np.nan}
                | {"status": stamm["status"][rang]}
                | {"vertraulichkeit": namen[geheim], "datenart": DATENARTEN[max(arten)]}
            )


def _rang(a: Aufgabe, gebiet: str, mindestens: float, *, da: bool) -> int:
    zeile = int(np.flatnonzero(a.wert.index == gebiet)[0])
    raenge = a.rang.to_numpy(dtype=np.int64)[zeile]
    fehlend = raenge[a.wert.isna().to_numpy()[zeile]]
    if fehlend.size:
        return max(9, int(fehlend.max()))
    if np.isnan(a.einwohner[gebiet]):
        return max(9, int(a.einwohner_rang[gebiet]))
    if a.einwohner[gebiet] < mindestens or not da:
        return 7
    return max(int(raenge.max()), int(a.einwohner_rang[gebiet]))


def _schreibe_ableitungen(
    soll: _Soll, a: Aufgabe, e: Ergebnis, regel: Mapping[str, Any], teile: Sequence[Mapping[str, Any]]
) -> None:
    tag, werte = a.jetzt.stichtag, e.wert
    for gebiet in a.wert.index:
        kopf = {"gebiet": gebiet, "stichtag": tag, "basis": regel["basis"], "rolle": "komponente"}
        kopf |= {"eingang_gebiet": gebiet, "indikator": f"{a.art}index"}
        zeilen = soll.zeilen["ableitungen"]
        for t in teile:
            name = t["indikator"]
            if name not in a.wert.columns:
                continue
            gewicht = np.nan
            if not np.isnan(werte.get(gebiet, np.nan)):
                gewicht = t["vorzeichen"] * t["gewicht"] / e.streuung[name] / e.teiler
            for stand, mal in ((a.jetzt, 1), (a.damals, -1)):
                if stand:
                    zeilen.append(
                        kopf | {"merkmal": name, "eingang_stichtag": stand.eingang[name], "gewicht": mal * gewicht}
                        | {"wert": _zelle(stand.wert, gebiet, name)}
                    )  # fmt: skip
        menschen = {"merkmal": regel["bevoelkerung"], "eingang_stichtag": tag, "gewicht": 0.0}
        zeilen.append(kopf | menschen | {"wert": a.jetzt.einwohner[gebiet]})
        index = {"merkmal": f"{a.art}index", "eingang_stichtag": tag, "gewicht": 1.0, "indikator": f"{a.art}klasse"}
        zeilen.append(kopf | index | {"wert": float(werte.get(gebiet, np.nan))})


def _schreibe_klassen(
    soll: _Soll,
    a: Aufgabe,
    lage: Ergebnis,
    bewegung: Ergebnis,
    regel: Mapping[str, Any],
    ohne: Mapping[str, Ergebnis],
    stamm: Mapping[str, Mapping[Any, Any]],
) -> None:
    lagen, bewegungen = lage.wert, bewegung.wert
    for gebiet in a.wert.index:
        s, d = lage.klasse.get(gebiet, np.nan), bewegung.klasse.get(gebiet, np.nan)
        zeile: dict[str, Any] = {"gebiet": gebiet, "stichtag": a.jetzt.stichtag, "name": stamm["namen"][gebiet]}
        zeile |= {"verbund": regel["verbund"], "version": regel["version"]}
        zeile |= {"statusindex": float(lagen.get(gebiet, np.nan)), "statusklasse": s, "dynamikklasse": d}
        zeile |= {"dynamikindex": float(bewegungen.get(gebiet, np.nan))}
        zeile |= {"statusklasse_name": None if np.isnan(s) else _NAMEN[LAGE][int(s) - 1]}
        zeile |= {"dynamikklasse_name": None if np.isnan(d) else _NAMEN[BEWEGUNG][int(d) - 1]}
        zeile |= {"gruppe": 3 * (s - 1) + d, "treiber": None, "wechsel_ohne": None}
        if not np.isnan(s):
            zeile["treiber"] = treiber(lage.beitrag.loc[gebiet], float(lagen[gebiet]))
            klassen = {k: e.klasse.get(gebiet, np.nan) for k, e in ohne.items()}
            zeile["wechsel_ohne"] = ", ".join(k for k, v in klassen.items() if not np.isnan(v) and v != s)
        soll.zeilen["klassen"].append(zeile)


def treiber(beitrag: pd.Series[float], wert: float) -> str:
    """The components that push furthest in the direction of the index, or furthest at all where it is 0."""
    antrieb = (beitrag.abs() if round(wert, 9) == 0 else np.sign(wert) * beitrag).round(9)
    return ", ".join(str(n) for n in antrieb.index[antrieb == antrieb.max()])
