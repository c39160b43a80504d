"""From sums to figures, a second time: what each form, interval and reliability class gives.

Belongs here: formulas in numpy and scipy. Does not belong here: summing and comparing (``kennzahlen``). Sources of the
formulas: the indicator's ``definition``; intervals: ``intervalle``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.pruefe.intervalle import grenzen

Zahlen = npt.NDArray[np.float64]
_ZELLE = ["gebiet", "stichtag", "basis"]


def formwerte(
    form: str, je: pd.DataFrame, beitraege: pd.DataFrame, ortsteile: pd.DataFrame
) -> tuple[Zahlen, npt.NDArray[np.bool_]]:
    """Value of each cell (rows of ``je``) for forms that are more than a quotient, and whether there is no case at all.

    ``ortsteile``: larger district (``ganzes``) and Ortsteil (``teil``). NaN: not calculable.
    """
    je_form: Mapping[str, Callable[[], dict[tuple[Any, ...], tuple[float, bool]]]] = {
        "median": lambda: _mediane(beitraege),
        "simpson": lambda: _vielfalt(je, beitraege),
        "dissimilaritaet": lambda: _verteilungen(form, je, ortsteile),
        "segregation": lambda: _verteilungen(form, je, ortsteile),
        "isolation": lambda: _verteilungen(form, je, ortsteile),
        "kleinere_seite": lambda: _kleinere_seiten(je, beitraege),
    }
    werte = je_form[form]() if form in je_form else {}
    gefunden = [werte.get(z, (np.nan, False)) for z in je[_ZELLE].itertuples(index=False, name=None)]
    return np.array([w for w, _ in gefunden], dtype=float), np.array([o for _, o in gefunden], dtype=bool)


def _mediane(beitraege: pd.DataFrame) -> dict[tuple[Any, ...], tuple[float, bool]]:
    """The age at half of the persons, on the line through the numbers younger than each age."""
    ergebnis = {}
    for zelle, gruppe in beitraege.groupby(_ZELLE, sort=False):
        je_jahr = gruppe.groupby("stelle")["summe"].sum().sort_index()
        jahre, personen = je_jahr.index.to_numpy(dtype=float), je_jahr.to_numpy(dtype=float)
        gesamt = personen.sum()
        if gesamt <= 0:
            ergebnis[zelle] = (np.nan, True)
            continue
        juenger = np.concatenate([[0.0], np.cumsum(personen)])
        nr = int(np.argmax(juenger[1:] >= gesamt / 2))
        ergebnis[zelle] = (float(jahre[nr] + (gesamt / 2 - juenger[nr]) / personen[nr]), False)
    return ergebnis


def _vielfalt(je: pd.DataFrame, beitraege: pd.DataFrame) -> dict[tuple[Any, ...], tuple[float, bool]]:
    """1 minus the chance that two persons drawn with replacement are of one category."""
    kategorien = beitraege.loc[beitraege["rolle"] == "zaehler"].groupby([*_ZELLE, "term"])["summe"].sum()
    je_zelle: dict[Any, Zahlen] = {z: g.to_numpy(dtype=float) for z, g in kategorien.groupby(level=[0, 1, 2])}
    ergebnis = {}
    for zelle, nenner in zip(je[_ZELLE].itertuples(index=False, name=None), je["nenner"], strict=True):
        bekannte = je_zelle.get(zelle, np.zeros(0))
        rest = nenner - bekannte.sum()
        if nenner <= 0 or rest < 0:
            ergebnis[zelle] = (np.nan, False)
        else:
            ergebnis[zelle] = (
                float(1 - (np.append(bekannte, rest) / nenner) @ (np.append(bekannte, rest) / nenner)),
                False,
            )
    return ergebnis


def _kleinere_seiten(je: pd.DataFrame, beitraege: pd.DataFrame) -> dict[tuple[Any, ...], tuple[float, bool]]:
    """The smaller of the numerator's two terms, divided by the denominator."""
    seiten = beitraege.loc[beitraege["rolle"] == "zaehler"].pivot_table(
        index=_ZELLE, columns="term", values="summe", aggfunc="sum"
    )
    nenner = je.set_index(_ZELLE)["nenner"].reindex(seiten.index)
    beide = seiten.min(axis=1, skipna=False) / nenner.where(nenner != 0)
    return dict(zip(beide.index.tolist(), ((float(wert), False) for wert in beide), strict=True))


def _verteilungen(form: str, je: pd.DataFrame, ortsteile: pd.DataFrame) -> dict[tuple[Any, ...], tuple[float, bool]]:
    """How differently two groups are spread over the Ortsteile of a larger district."""
    teile = je.merge(ortsteile.loc[ortsteile["ganzes"] != ortsteile["teil"]], left_on="gebiet", right_on="teil")
    gruppen = dict(list(teile.groupby(["ganzes", "stichtag", "basis"], sort=False)))
    ergebnis = {}
    for zeile in je.itertuples(index=False):
        zelle = (zeile.gebiet, zeile.stichtag, zeile.basis)
        if zelle not in gruppen:
            continue
        a, b = gruppen[zelle]["zaehler"].to_numpy(dtype=float), gruppen[zelle]["nenner"].to_numpy(dtype=float)
        summe_a, summe_b = float(str(zeile.zaehler)), float(str(zeile.nenner))
        if form == "segregation":
            b, summe_b = b - a, summe_b - summe_a
        if abs(a.sum() - summe_a) > 1e-6 or abs(b.sum() - summe_b) > 1e-6 or summe_a == 0 or summe_b == 0:
            ergebnis[zelle] = (np.nan, summe_a == 0 or summe_b == 0)
        elif form == "isolation":
            mit = b != 0
            ergebnis[zelle] = (float((a[mit] / summe_a) @ (a[mit] / b[mit])), False)
        else:
            ergebnis[zelle] = (float(np.abs(a / summe_a - b / summe_b).sum() / 2), False)
    return ergebnis


def bewerte(je: pd.DataFrame, regel: pd.Series[Any], raenge: Mapping[str, int]) -> pd.DataFrame:
    """Status, value, reliability and interval from the sums. ``regel``: the indicator's row of the catalogue."""
    form, hat_nenner = str(regel["form"]), bool(regel["nenner"])
    teilt = hat_nenner and form != "luecke"
    vollstaendig = je["terme"] == int(regel["terme"])
    nenner_null = (je["nenner"] == 0) if teilt else pd.Series(False, index=je.index)
    ohne_form = je["formwert"].isna() if form not in ("quotient", "luecke") else pd.Series(False, index=je.index)
    berechenbar = vollstaendig & (je["ohne_wert"] == 0) & ~nenner_null & ~ohne_form
    ohne_wert = np.where(je["status_rang"] < raenge["M"], raenge["O"], je["status_rang"])
    ersatz = np.maximum(je["status_rang"], np.where(je["ohne_fall"], raenge["M"], raenge["O"]))
    art = str(regel["unsicherheit"] or "")
    klasse = _zuverlaessigkeit(je, regel, berechenbar, art)
    endgueltig = np.maximum(je["status_rang"], raenge[str(regel["mindeststatus"])])
    je["rang"] = np.select(
        [~vollstaendig, je["ohne_wert"] > 0, nenner_null, ohne_form, klasse == "D", klasse == "C"],
        [
            np.maximum(je["status_rang"], raenge["O"]), ohne_wert, raenge["M"], ersatz, raenge["Q"],
            np.maximum(endgueltig, raenge["U"]),
        ],
        endgueltig,
    )  # fmt: skip
    gezeigt = berechenbar & (klasse != "D")
    zaehler, nenner = je["zaehler"].where(gezeigt), je["nenner"].where(gezeigt)
    faktor = float(str(regel["faktor"]))
    if form == "quotient":
        je["wert"] = faktor * zaehler / (nenner if hat_nenner else 1.0)
    elif form == "luecke":
        je["wert"] = np.ceil(np.round(float(str(regel["ziel"])) * nenner, 9)) - zaehler
    else:
        je["wert"] = faktor * je["formwert"].where(gezeigt)
    if form == "kleinere_seite":
        zaehler = je["formwert"] * nenner
    je["unsicher_von"], je["unsicher_bis"] = _intervall(zaehler, nenner, art, faktor)
    je["zaehler"], je["nenner"] = zaehler, nenner if hat_nenner else np.nan
    je["einheit"] = regel["einheit"]
    je["zuverlaessigkeit"] = pd.Series(klasse, index=je.index).replace({"": None})
    return je


def _zuverlaessigkeit(
    je: pd.DataFrame, regel: pd.Series[Any], berechenbar: pd.Series[bool], art: str
) -> npt.NDArray[np.str_]:
    if pd.isna(regel["mindestbasis"]):
        return np.full(len(je), "", dtype="<U1")
    n, x = je["nenner"], je["zaehler"]
    stufen = np.select(
        [~berechenbar, (n < float(str(regel["mindestbasis"]))) | (x < 3), x < 20, n < 300], ["", "D", "C", "B"], "A"
    )
    return np.where((stufen == "D") | _hat_intervall(x, n, art) | (art == ""), stufen, "")


def _hat_intervall(zaehler: pd.Series[float], nenner: pd.Series[float], art: str) -> pd.Series[bool]:
    if art.startswith("Wilson"):
        return (zaehler >= 0) & (zaehler <= nenner)
    return (zaehler >= 0) & (nenner > 0) & ("Poisson" in art)


def _intervall(zaehler: pd.Series[float], nenner: pd.Series[float], art: str, faktor: float) -> tuple[Any, Any]:
    """95 % interval of the figures, NaN where there is none."""
    x, n = (np.asarray(s, dtype=np.float64) for s in (zaehler.where(_hat_intervall(zaehler, nenner, art)), nenner))
    with np.errstate(divide="ignore", invalid="ignore"):
        unten, oben = grenzen(x, n, anteil=art.startswith("Wilson"))
    return faktor * unten, faktor * oben
