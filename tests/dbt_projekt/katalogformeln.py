"""Every declared indicator once more, as a formula in Python over the observations of a district.

Nothing is read from the dbt project: the formulas are those of the indicator catalogue and of the publishers. They look
up single cells and know neither classes nor terms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

TEXTE = ("basis", "geschlecht", "staatsangehoerigkeit", "staat", "art", "schulform", "rechtsform", "schulbetrieb")
ZEHN = ("BG", "RO", "SY", "PL", "UA", "TR", "IT", "RS", "MK", "NL")
KEINE_SCHULEN = ("0A", "50", "51", "52", "56", "58")
ALLGEMEIN = ("02", "04", "08", "10", "15", "17", "20", "mehrere_bildungsgaenge")


class Zellen:
    """The observations by Merkmal, date and district; totals of the sources are left out."""

    def __init__(self, beobachtungen: pd.DataFrame) -> None:
        einzeln = beobachtungen.loc[~beobachtungen["ist_summe"]].copy()
        einzeln["alter_bis"] = einzeln["alter_bis"].fillna(999).where(einzeln["alter_von"].notna())
        self.gruppen = dict(iter(einzeln.groupby(["merkmal", "stichtag", "gebiet"], sort=False)))

    def summe(self, merkmal: str, tag: date, gebiete: tuple[str, ...], **wahl: object) -> float:
        """Sum of the cells that lie wholly inside. ``alter`` is a pair; other breakdowns one code or several."""
        teile = [
            g for g in (self.gruppen.get((merkmal, pd.Timestamp(tag), gebiet)) for gebiet in gebiete) if g is not None
        ]
        if not teile:
            return np.nan
        t = pd.concat(teile) if len(teile) > 1 else teile[0]
        if "basis" in wahl:
            basen = wahl.pop("basis")
            t = t.loc[t["basis"].isin(basen if isinstance(basen, tuple) else (basen,))]
            if t.empty:
                return np.nan
        drin = pd.Series(True, index=t.index)
        for spalte, soll in wahl.items():
            if soll is None:
                continue
            if spalte == "alter":
                von, bis = soll  # type: ignore[misc]
                drin &= (t["alter_von"] >= von) & (t["alter_bis"] <= (999 if bis is None else bis))
            elif spalte == "ohne_schulform":
                drin &= ~t["schulform"].isin(soll)  # type: ignore[arg-type]
            else:
                drin &= t[spalte].isin(soll if isinstance(soll, tuple) else (soll,))
        return float(t.loc[drin, "wert"].sum(skipna=False))


@dataclass(frozen=True)
class Ort:
    """One district at one date on one population basis."""

    zellen: Zellen
    teile: tuple[str, ...]
    ortsteile: tuple[str, ...]
    tag: date
    basis: str
    flaeche: float

    def vor(self, jahre: int) -> date:
        """The same day some years before."""
        return date(self.tag.year - jahre, self.tag.month, self.tag.day)

    def n(self, von: int = 0, bis: int | None = None, jahre: int = 0, **wahl: object) -> float:
        """Residents from one age to another (both included), ``jahre`` ago."""
        alter = None if (von, bis) == (0, None) else (von, bis)
        w = {"basis": self.basis, "alter": alter, "tag": self.vor(jahre)} | wahl
        return self.zellen.summe("einwohner", w.pop("tag"), self.teile, **w)  # type: ignore[arg-type]

    def f(self, von: int = 0, bis: int | None = None, jahre: int = 0, **wahl: object) -> float:
        """Residents without a German passport."""
        return self.n(von, bis, jahre, staatsangehoerigkeit="nichtdeutsch", **wahl)

    def mittel(self, von: int = 0, bis: int | None = None, jahre: int = 0, **wahl: object) -> float:
        """Mean of the residents at the end of the year and of the year before."""
        return (self.n(von, bis, jahre, **wahl) + self.n(von, bis, jahre + 1, **wahl)) / 2

    def z(self, *merkmale: str, jahre: int = 0, **wahl: object) -> float:
        """What was counted, one or several Merkmale, on this basis or without any."""
        w = {"basis": (self.basis, "")} | wahl
        return sum(self.zellen.summe(m, self.vor(jahre), self.teile, **w) for m in merkmale)

    def jahrgang(self, alter: int, tag: date | None = None) -> float:
        """One single year of age of the official population."""
        return self.zellen.summe("bevoelkerung_altersjahre", tag or self.tag, self.teile, alter=(alter, alter))

    def altersjahre(self) -> npt.NDArray[np.float64]:
        """Residents by single years of age, 0 to 100."""
        return np.array([self.n(a, a if a < 100 else None) for a in range(101)])

    def je_ortsteil(self, merkmal: str, **wahl: object) -> npt.NDArray[np.float64]:
        """One number per Ortsteil."""
        werte = [self.zellen.summe(merkmal, self.tag, (o,), basis=self.basis, **wahl) for o in self.ortsteile]
        return np.array(werte)

    @property
    def jahresende_davor(self) -> date:
        """The 31 December before this date."""
        return date(self.tag.year - 1, 12, 31)


Formel = Callable[[Ort], float]
Z, F = ("zuzuege_aussen", "zuzuege_innen"), ("fortzuege_aussen", "fortzuege_innen")
GZ, GF = "zuzuege_gemeindegrenze", "fortzuege_gemeindegrenze"


def _anteil(von: int, bis: int | None, o: Ort) -> float:
    return 100 * o.n(von, bis) / o.n()


def _fremd(von: int, bis: int | None, o: Ort) -> float:
    return 100 * (1 - o.n(von, bis, staatsangehoerigkeit="deutsch") / o.n(von, bis))


def _entwicklung(von: int, bis: int | None, jahre: int, o: Ort) -> float:
    return 100 * (o.n(von, bis) / o.n(von, bis, jahre) - 1)


def _staat(code: str, o: Ort) -> float:
    return 100 * o.z("staatsangehoerige", staat=code) / o.n()


def _median(o: Ort) -> float:
    bis_hier = np.concatenate([[0.0], np.cumsum(o.altersjahre())])
    return float(np.interp(bis_hier[-1] / 2, bis_hier, np.arange(len(bis_hier))))


def _simpson(o: Ort) -> float:
    gruppen = [o.z("staatsangehoerige", staat=s) for s in ZEHN] + [o.n(staatsangehoerigkeit="deutsch")]
    anteile = np.array([*gruppen, o.n() - sum(gruppen)]) / o.n()
    return float(1 - anteile @ anteile)


def _ungleich(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    """Index of dissimilarity as the area of surpluses: where a's share is larger, by how much."""
    mehr = a / a.sum() - b / b.sum()
    return float(mehr.clip(min=0).sum())


def _isolation(a: npt.NDArray[np.float64], alle: npt.NDArray[np.float64]) -> float:
    return float(np.average(a / alle, weights=a))


def _fremde(o: Ort, alter: tuple[int, int] | None = None) -> npt.NDArray[np.float64]:
    return o.je_ortsteil("einwohner", staatsangehoerigkeit="nichtdeutsch", alter=alter)


def _deutsche(o: Ort, alter: tuple[int, int] | None = None) -> npt.NDArray[np.float64]:
    return o.je_ortsteil("einwohner", staatsangehoerigkeit="deutsch", alter=alter)


def _eu2(o: Ort) -> npt.NDArray[np.float64]:
    return o.je_ortsteil("staatsangehoerige", staat=("BG", "RO"))


def _zwei(alter: tuple[int, int | None] | None, o: Ort) -> float:
    """Register minus official population, in percent of the latter."""
    von, bis = alter or (0, None)
    return 100 * (o.n(von, bis, basis="melderegister") / o.n(von, bis, basis="fortschreibung") - 1)


def _zensus(o: Ort) -> float:
    return o.zellen.summe("bevoelkerung_zensus", date(o.tag.year, 5, 15), o.teile)


def _drei(oben: Callable[[Ort, int], float], unten: Callable[[Ort, int], float], o: Ort) -> float:
    """Three years as one."""
    return 1000 * sum(oben(o, j) for j in range(3)) / sum(unten(o, j) for j in range(3))


def _saldo(alter: tuple[int, int | None] | None, o: Ort) -> float:
    return o.z(*Z, alter=alter) - o.z(*F, alter=alter)


def _ueber_grenze(o: Ort, *alter: tuple[int, int | None]) -> float:
    """Balance over the borders of municipalities per 1000 of the mean population of these ages."""
    rein = sum(o.z(GZ, alter=a) - o.z(GF, alter=a) for a in alter)
    return 1000 * rein / sum(o.mittel(*a) for a in alter)


def _frauen(von: int, bis: int, jahre: int = 0) -> Formel:
    return lambda o: o.mittel(von, bis, jahre, geschlecht="weiblich")


def schulneulinge(o: Ort, tag: date) -> float:
    """Born from October to December seven, or from January to September six years before the summer of school entry."""
    return (o.n(6, 6, tag=tag) + 3 * o.n(5, 5, tag=tag)) / 4


def _quotienten(jung: int, mitte: int) -> dict[str, Formel]:
    """Young, old and total dependency with one cut."""
    return {
        "jugendquotient": lambda o: 100 * o.n(0, jung) / o.n(mitte, 64),
        "altenquotient": lambda o: 100 * o.n(65) / o.n(mitte, 64),
        "gesamtquotient": lambda o: 100 * (o.n() - o.n(mitte, 64)) / o.n(mitte, 64),
    }


GRUPPEN: Mapping[str, tuple[int, int | None]] = {
    "u3": (0, 2), "3_5": (3, 5), "6_9": (6, 9), "10_15": (10, 15), "16_20": (16, 20), "u18": (0, 17),
    "65plus": (65, None), "80plus": (80, None),
}  # fmt: skip

BESTAND: Mapping[str, Formel] = {
    **{f"anteil_{k}": partial(_anteil, *a) for k, a in GRUPPEN.items()},
    **{f"auslaenderanteil_{k}": partial(_fremd, *a) for k, a in GRUPPEN.items() if k != "80plus"},
    **_quotienten(17, 18),
    **{f"{k}_15_64": f for k, f in _quotienten(14, 15).items()},
    **{f"{k}_20_64": f for k, f in _quotienten(19, 20).items()},
    **{f"anteil_{s}": partial(_staat, s.upper()) for s in ("tr", "sy", "ua")},
    **{f"entwicklung_{k}_5j": partial(_entwicklung, *GRUPPEN[k], 5) for k in ("u3", "3_5", "6_9", "u18")},
    **{f"einwohnerentwicklung_{j}j": partial(_entwicklung, 0, None, j) for j in (1, 5)},
    "einwohner": lambda o: o.n(),
    "bevoelkerungsdichte": lambda o: o.n() / o.flaeche,
    "auslaenderanteil": partial(_fremd, 0, None),
    "anteil_bg_ro": lambda o: (
        100 * (o.z("staatsangehoerige", staat="BG") + o.z("staatsangehoerige", staat="RO")) / o.n()
    ),
    "anteil_nichtdeutsche_0": partial(_fremd, 0, 0),
    "entwicklung_nichtdeutsche_1j": lambda o: 100 * (o.f() / o.f(jahre=1) - 1),
    "entwicklung_nichtdeutsche_5j": lambda o: 100 * (o.f() / o.f(jahre=5) - 1),
    "durchschnittsalter": lambda o: float(np.average(np.arange(101) + 0.5, weights=o.altersjahre())),
    "durchschnittsalter_vollendet": lambda o: float(np.average(np.arange(101), weights=o.altersjahre())),
    "medianalter": _median,
    "billeter_mass": lambda o: (o.n(0, 14) - o.n(50)) / o.n(15, 49),
    "geschlechterproportion": lambda o: 100 * o.n(geschlecht="maennlich") / o.n(geschlecht="weiblich"),
    "altersstrukturkoeffizient": lambda o: 100 * o.n(65) / o.n(0, 14),
    "greying_index": lambda o: 100 * o.n(80) / o.n(60),
    "kinder_frauen_verhaeltnis_15_49": lambda o: 1000 * o.n(0, 4) / o.n(15, 49, geschlecht="weiblich"),
    "kinder_frauen_verhaeltnis_20_44": lambda o: 1000 * o.n(0, 4) / o.n(20, 44, geschlecht="weiblich"),
    "saeuglinge_je_1000": lambda o: 1000 * o.n(0, 0) / o.n(),
    "kinder_u3": lambda o: o.n(0, 2),
    "kinder_3_5": lambda o: o.n(3, 5),
    "kinder_6_9": lambda o: o.n(6, 9),
    "jugendliche_10_15": lambda o: o.n(10, 15),
    "jugendliche_16_20": lambda o: o.n(16, 20),
    "schulneulinge": lambda o: schulneulinge(o, o.tag),
    "schulneulinge_fortschreibung": lambda o: 0.25 * o.jahrgang(6) + 0.75 * o.jahrgang(5),
    "vielfalt_staatsangehoerigkeit": _simpson,
    "segregation_auslaender": lambda o: _ungleich(_fremde(o), _deutsche(o)),
    "dissimilaritaet_nichtdeutsch_deutsch": lambda o: _ungleich(_fremde(o), _deutsche(o)),
    "dissimilaritaet_bg_ro_deutsch": lambda o: _ungleich(_eu2(o), _deutsche(o)),
    "segregation_bg_ro": lambda o: _ungleich(_eu2(o), o.je_ortsteil("einwohner") - _eu2(o)),
    "segregation_nichtdeutsche_u18": lambda o: _ungleich(_fremde(o, (0, 17)), _deutsche(o, (0, 17))),
    "isolation_nichtdeutsche": lambda o: _isolation(_fremde(o), _fremde(o) + _deutsche(o)),
    "isolation_bg_ro": lambda o: _isolation(_eu2(o), o.je_ortsteil("einwohner")),
    "einwohner_melderegister": lambda o: o.n(basis="melderegister"),
    "einwohner_fortschreibung": lambda o: o.n(basis="fortschreibung"),
    "einwohner_gemeindeverzeichnis": lambda o: o.z("gemeinde_bevoelkerung", basis="fortschreibung"),
    "abgleich_register_gemeindeverzeichnis": lambda o: (
        o.n(basis="melderegister") - o.z("gemeinde_bevoelkerung", basis="fortschreibung")
    ),
    "einwohner_zensus": lambda o: o.z("bevoelkerung_zensus", basis="zensus2022"),
    "abgleich_register_fortschreibung": lambda o: o.n(basis="melderegister") - o.n(basis="fortschreibung"),
    "register_fortschreibung_differenz": partial(_zwei, None),
    **{f"abgleich_register_fortschreibung_{k}": partial(_zwei, GRUPPEN[k]) for k in ("u3", "3_5", "6_9", "u18")},
    "abgleich_fortschreibung_zensus": lambda o: o.n(basis="fortschreibung") - _zensus(o),
    "abgleich_fortschreibung_zensus_prozent": lambda o: 100 * (o.n(basis="fortschreibung") / _zensus(o) - 1),
    "abgleich_register_zensus": lambda o: o.n(basis="melderegister") - _zensus(o),
    "abgleich_register_zensus_prozent": lambda o: 100 * (o.n(basis="melderegister") / _zensus(o) - 1),
}

BEWEGUNG: Mapping[str, Formel] = {
    "zuzugsziffer": lambda o: 1000 * o.z(Z[0]) / o.mittel(),
    "fortzugsziffer": lambda o: 1000 * o.z(F[0]) / o.mittel(),
    "binnenzuzugsziffer": lambda o: 1000 * o.z(Z[1]) / o.mittel(),
    "binnenfortzugsziffer": lambda o: 1000 * o.z(F[1]) / o.mittel(),
    "wanderungssaldo": lambda o: 1000 * _saldo(None, o) / o.mittel(),
    "mobilitaetsziffer": lambda o: 1000 * o.z(Z[0], F[0]) / o.mittel(),
    "wanderungssaldo_u6": lambda o: 100 * _saldo((0, 5), o) / o.n(0, 5),
    "wanderungssaldo_6_17": lambda o: 100 * _saldo((6, 17), o) / o.n(6, 17),
    "aussenwanderungssaldo": lambda o: 1000 * (o.z(Z[0]) - o.z(F[0])) / o.mittel(),
    "aussenwanderungssaldo_3jahre": partial(
        _drei, lambda o, j: o.z(Z[0], jahre=j) - o.z(F[0], jahre=j), lambda o, j: o.mittel(jahre=j)
    ),
    "binnenwanderungssaldo": lambda o: 1000 * (o.z(Z[1]) - o.z(F[1])) / o.mittel(),
    "wanderungsvolumen": lambda o: 100 * o.z(*Z, *F) / o.mittel(),
    "fluktuationsquote_zusammen": lambda o: 100 * (o.z(Z[0]) + o.z(F[0])) / o.mittel(),
    "fluktuationsquote_halbe_summe": lambda o: 100 * (o.z(Z[0]) + o.z(F[0])) / (2 * o.mittel()),
    "fluktuationsquote_kleinere_seite": lambda o: 100 * min(o.z(Z[0]), o.z(F[0])) / o.mittel(),
    "wanderungseffektivitaet": lambda o: (o.z(Z[0]) - o.z(F[0])) / (o.z(Z[0]) + o.z(F[0])),
    "wanderungssaldo_nichtdeutsche": lambda o: (
        1000
        * (o.z(Z[0], staatsangehoerigkeit="nichtdeutsch") - o.z(F[0], staatsangehoerigkeit="nichtdeutsch"))
        / ((o.f() + o.f(jahre=1)) / 2)
    ),
    "anteil_nichtdeutsche_zuzuege": lambda o: 100 * (1 - o.z(Z[0], staatsangehoerigkeit="deutsch") / o.z(Z[0])),
    "anteil_binnenzuzuege": lambda o: 100 * o.z(Z[1]) / (o.z(Z[0]) + o.z(Z[1])),
    "zuzugsziffer_gemeindegrenze": lambda o: 1000 * o.z(GZ) / o.mittel(),
    "fortzugsziffer_gemeindegrenze": lambda o: 1000 * o.z(GF) / o.mittel(),
    "wanderungssaldo_gemeindegrenze": lambda o: _ueber_grenze(o, (0, None)),
    "familienwanderung": lambda o: _ueber_grenze(o, (0, 17), (30, 49)),
    "bildungswanderung": lambda o: _ueber_grenze(o, (18, 24)),
    "alterswanderung": lambda o: _ueber_grenze(o, (65, None)),
    "geburtenziffer": lambda o: 1000 * o.z("geburten") / o.mittel(),
    "geburtenziffer_3jahre": partial(_drei, lambda o, j: o.z("geburten", jahre=j), lambda o, j: o.mittel(jahre=j)),
    "sterbeziffer": lambda o: 1000 * o.z("sterbefaelle") / o.mittel(),
    "sterbeziffer_3jahre": partial(_drei, lambda o, j: o.z("sterbefaelle", jahre=j), lambda o, j: o.mittel(jahre=j)),
    "natuerlicher_saldo": lambda o: 1000 * (o.z("geburten") - o.z("sterbefaelle")) / o.mittel(),
    "lebendgeborene": lambda o: o.z("geburten"),
    "gestorbene": lambda o: o.z("sterbefaelle"),
    "fruchtbarkeitsziffer_15_44": lambda o: 1000 * o.z("geburten") / _frauen(15, 44)(o),
    "fruchtbarkeitsziffer_15_49": lambda o: 1000 * o.z("geburten") / _frauen(15, 49)(o),
    "fruchtbarkeitsziffer_15_44_3jahre": partial(
        _drei, lambda o, j: o.z("geburten", jahre=j), lambda o, j: _frauen(15, 44, j)(o)
    ),
    "anteil_nichtdeutsche_lebendgeborene": lambda o: (
        100 * o.z("geburten", staatsangehoerigkeit="nichtdeutsch") / o.z("geburten")
    ),
    "bilanzrest": lambda o: o.n() - (o.n(jahre=1) + o.z("geburten") - o.z("sterbefaelle") + _saldo(None, o)),
    "bilanzrest_anteil": lambda o: 100 * BEWEGUNG["bilanzrest"](o) / o.n(),
}
