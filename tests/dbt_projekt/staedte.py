"""Random small cities: hypothesis chooses the shape (districts, age groups, gaps), a seeded stream fills the cells.

All cities of a test session go into one warehouse, each with years of its own, because a dbt build costs seconds.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rohbau import JEDES, Alter, Rohbau, Schule, deutsch

T = TypeVar("T")
ORTSTEILE = ("101", "104", "202", "203", "508", "509", "710")
OHNE_UMRISS = ("203", "710")
KREISE = ("05111", "05113", "05154", "05382", "05914", "09162")
STAATEN = ("deutsch", "nichtdeutsch")
GESCHLECHTER = ("maennlich", "weiblich")
BEWEGUNGEN = (
    "Zuzüge über die Stadtgrenze",
    "Fortzüge über die Stadtgrenze",
    "Zuzüge innerhalb der Stadt",
    "Fortzüge innerhalb der Stadt",
    "Geburten",
    "Sterbefälle",
)
BEWEGUNGSALTER: tuple[Alter, ...] = ((0, 5), (6, 17), (18, None))
KANTEN = (3, 6, 10, 15, 16, 18, 21, 50, 65, 80)
AMTLICH = (3, 6, 10, 15, 18, 20, *range(25, 95, 5))


def gruppen(kanten: tuple[int, ...] | list[int]) -> list[Alter]:
    """Age groups between these lower bounds, the last one open."""
    unten = [0, *sorted(set(kanten))]
    return [(a, b - 1) for a, b in pairwise(unten)] + [(unten[-1], None)]


EINZELN: list[Alter] = [(j, j) for j in (0, 2, 3, 5, 6, 9, 10, 14, 15, 17, 18, 20, 33, 49, 50, 64, 65, 79, 80)] + [
    (100, None)
]


@dataclass(frozen=True)
class Stadt:
    """The shape of one random city. ``luecken``: one of so many cells is a sign; 0 for none."""

    saat: int
    ortsteile: tuple[str, ...]
    alter: tuple[Alter, ...]
    geschlecht: bool
    luecken: int
    vorjahr: bool
    bilanz: bool
    leer: bool
    schulen: int


@dataclass(frozen=True)
class Kreis:
    """The shape of one random Kreis table."""

    saat: int
    kreis: str
    alter: tuple[Alter, ...]
    luecken: int


@st.composite
def _kanten(draw: st.DrawFn) -> list[Alter]:
    art = draw(st.sampled_from(["einzeln", "passend", "passend", "irgendwie", "amtlich"]))
    if art == "einzeln":
        return EINZELN
    if art == "passend":
        return gruppen(KANTEN)
    if art == "amtlich":
        return gruppen(AMTLICH)
    return gruppen(draw(st.lists(st.integers(1, 99), min_size=1, max_size=9)))


staedte = st.builds(
    Stadt,
    saat=st.integers(0, 2**32),
    ortsteile=st.lists(st.sampled_from(ORTSTEILE), min_size=1, max_size=4, unique=True).map(tuple),
    alter=_kanten().map(tuple),
    geschlecht=st.sampled_from([True, True, True, False]),
    luecken=st.sampled_from([0, 0, 0, 60, 8]),
    vorjahr=st.sampled_from([True, True, True, False]),
    bilanz=st.booleans(),
    leer=st.sampled_from([False] * 7 + [True]),
    schulen=st.integers(0, 9),
)
kreise = st.builds(
    Kreis,
    saat=st.integers(0, 2**32),
    kreis=st.sampled_from(KREISE),
    alter=_kanten().map(tuple),
    luecken=st.sampled_from([0, 0, 60, 8]),
)


def ziehe(strategie: st.SearchStrategy[T], anzahl: int) -> list[T]:
    """So many examples of a strategy, at most; no shrinking, because they are used together."""
    gezogen: list[T] = []

    @settings(
        max_examples=anzahl,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategie)
    def sammle(beispiel: T) -> None:
        gezogen.append(beispiel)

    sammle()
    return gezogen


class Zufall:
    """Cell texts of one case."""

    def __init__(self, saat: int, luecken: int, zeichen: tuple[str, ...]) -> None:
        self.strom = random.Random(saat)
        self.luecken = luecken
        self.zeichen = zeichen

    def text(self, hoechstens: int, tausender: str = ".") -> str:
        """A number, ``-`` for none, or (rarely) a sign."""
        if self.luecken and self.strom.randrange(self.luecken) == 0:
            return self.strom.choice(self.zeichen)
        zahl = self.strom.choice((0, 1, 2, self.strom.randrange(hoechstens)))
        if zahl == 0:
            return self.strom.choice(("-", "0"))
        return deutsch(zahl) if tausender else str(zahl)


def baue_stadt(bau: Rohbau, stadt: Stadt, jahr: int) -> None:
    """Put a city into the raw tables: stock at the end of ``jahr`` and of the year before, moves, a school year."""
    z = Zufall(stadt.saat, stadt.luecken, (".", "", "-"))
    geschlechter = GESCHLECHTER if stadt.geschlecht else (None,)
    for ortsteil in stadt.ortsteile:
        bestand = {}
        for j in (jahr - 1, jahr) if stadt.vorjahr else (jahr,):
            tag, summe = date(j, 12, 31), dict.fromkeys(STAATEN, 0)
            for staat in STAATEN:
                for alter in stadt.alter:
                    for geschlecht in geschlechter:
                        text = "-" if stadt.leer else z.text(1500)
                        bau.einwohner(tag, ortsteil, staat, alter, geschlecht, text)
                        summe[staat] += _zahl(text)
                bau.staat(tag, ortsteil, staat, deutsch(summe[staat]))
            for name in ("Bulgarien", "Rumänien", "Türkei"):
                bau.staat(tag, ortsteil, name, deutsch(summe["nichtdeutsch"] // 4))
            bestand[j] = sum(summe.values())
        rest = bestand[jahr] - bestand.get(jahr - 1, 0)
        for staat in STAATEN:
            for alter in BEWEGUNGSALTER:
                for art in BEWEGUNGEN:
                    if stadt.bilanz and (staat, alter) == ("nichtdeutsch", (18, None)) and art.endswith("Stadtgrenze"):
                        continue
                    text = z.text(40)
                    bau.bewegung(jahr, ortsteil, staat, alter, art, text)
                    rest -= _zahl(text) * (1 if art[:2] in ("Zu", "Ge") else -1)
        if stadt.bilanz:
            bau.bewegung(jahr, ortsteil, "nichtdeutsch", (18, None), BEWEGUNGEN[0], deutsch(max(rest, 0)))
            bau.bewegung(jahr, ortsteil, "nichtdeutsch", (18, None), BEWEGUNGEN[1], deutsch(max(-rest, 0)))
    bau.schulen(jahr + 1, [_schule(z, stadt, jahr, nr) for nr in range(stadt.schulen)])


def _schule(z: Zufall, stadt: Stadt, jahr: int, nr: int) -> Schule:
    s = z.strom
    mit_umriss = [o for o in stadt.ortsteile if o not in OHNE_UMRISS] or ["500"]
    return Schule(
        nummer=f"{jahr % 1000:03d}{nr:03d}",
        ort=s.choice([*mit_umriss, "500", "", "05111", "05113"]),
        form=s.choice(("02", "02", "15", "20", "0A")),
        betrieb=s.choice(("1", "1", "1", "8")),
        schueler=s.choice((None, z.text(400, ""), str(s.randrange(400)), str(s.randrange(400)))),
        index=s.choice((None, "ohne", "1", "3", "6", "7", "9", "9")),
    )


def baue_kreis(bau: Rohbau, kreis: Kreis, jahr: int) -> None:
    """Put a Kreis table into the raw tables, with the totals that must not be counted."""
    z = Zufall(kreis.saat, kreis.luecken, (".", "...", "/", "x", "-"))
    tag = date(jahr, 12, 31)
    for alter in kreis.alter:
        for staat in STAATEN:
            for geschlecht in GESCHLECHTER:
                fehlt = kreis.luecken == 8 and z.strom.randrange(40) == 0
                bau.kreis(tag, kreis.kreis, alter, geschlecht, staat, z.text(9000, ""), total_fehlt=fehlt)
            bau.kreis(tag, kreis.kreis, alter, "insgesamt", staat, "77777")
    for staat in (*STAATEN, "insgesamt"):
        bau.kreis(tag, kreis.kreis, "Insgesamt", "insgesamt", staat, "99999")


def _zahl(text: str) -> int:
    return int(text.replace(".", "")) if text[:1].isdigit() else 0


__all__ = ["JEDES", "KREISE", "OHNE_UMRISS", "ORTSTEILE", "Kreis", "Stadt", "baue_kreis", "baue_stadt", "ziehe"]
