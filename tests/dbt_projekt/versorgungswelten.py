"""Small cities with facilities and points of demand, each in a year of its own, and the truths about supply.

Belongs here: what goes into the raw tables. Does not belong here: what must come out (the tests).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from gebaut import Gebaut
from rohbau import Kita, Rohbau, Schule

ORTSTEILE = ("101", "202", "203", "508")
AM_NETZ, OHNE_VERBINDUNG, ABSEITS = "601", "602", "603"
OHNE_PUNKTE = "702"
UMRISSE = (*ORTSTEILE, "509", OHNE_PUNKTE, AM_NETZ, OHNE_VERBINDUNG, ABSEITS)
PUNKTE = {
    "101": [((0.0, 0.0), 0.5), ((400.0, 0.0), 0.3), ((0.0, 700.0), 0.2)],
    "202": [((900.0, 200.0), 1.0)],
    "203": [((1500.0, 1500.0), 0.25), ((1800.0, 1300.0), 0.75)],
    "508": [((20000.0, 0.0), 0.6), ((20300.0, 300.0), 0.4)],
    AM_NETZ: [((40000.0, 0.0), 0.5), ((40600.0, 0.0), 0.5)],
    OHNE_VERBINDUNG: [((50000.0, 0.0), 1.0)],
    ABSEITS: [((60000.0, 0.0), 1.0)],
}
KNOTEN = [
    (1, 40000.0, 0.0), (2, 40600.0, 0.0), (3, 40300.0, 0.0), (4, 40900.0, 0.0),
    (5, 50000.0, 0.0), (6, 50000.0, 900.0), (7, 50200.0, 0.0), (8, 50200.0, 900.0), (9, 60000.0, 0.0),
]  # fmt: skip
KANTEN = [(1, 3, 300.0), (3, 2, 1200.0), (2, 4, 310.0), (5, 6, 900.0), (7, 8, 900.0), (9, 9, 5.0)]
"""Between 3 and 2 one has to go round something; 5 and 6 are apart from 7 and 8; 9 is 400 m from the nearest Kita."""
HERKUNFT = {"203": "rest"}
ALTER = ((0, 0), (1, 2), (3, 5), (6, 6), (7, 7), (8, 9), (10, None))
ZUFALL_AB, ZUFALL_ANZAHL = 1901, 25
WAHRHEIT, EINSCHULUNG, OHNE_ORT, NUR_SUMMEN, LUECKENHAFT, NETZ = 2023, 2010, 2013, 2016, 2019, 2004
KINDER_U3, KINDER_UE3 = 14259, 15069
"""W45/W46: children under 3; W47: so many children of 3 to 5 that 95 % of them, rounded up, are 14,316."""


@dataclass
class Stadt:
    """What one year holds: children by Ortsteil and age group, facilities by kind."""

    kinder: dict[str, dict[tuple[int, int | None], int]] = field(default_factory=dict)
    kitas: list[Kita] = field(default_factory=list)
    schulen: list[Schule] = field(default_factory=list)

    def zahl(self, ortsteil: str, von: int, bis: int) -> int:
        """Children of an Ortsteil between two ages."""
        return sum(n for (a, b), n in self.kinder[ortsteil].items() if von <= a and b is not None and b <= bis)


@dataclass
class Versorgungswelt(Gebaut):
    """All of them in one warehouse, by the year in which the Kita year ends."""

    staedte: dict[int, Stadt]


def baue() -> tuple[Rohbau, dict[int, Stadt]]:
    """The raw tables and what was put into them."""
    bau = Rohbau(UMRISSE)
    for ortsteil, punkte in PUNKTE.items():
        for nr, (ort, anteil) in enumerate(punkte, 1):
            bau.punkt(ortsteil, nr, ort, anteil, HERKUNFT.get(ortsteil, "adressen"))
    staedte = {ZUFALL_AB + 2 * nr: _zufall(nr) for nr in range(ZUFALL_ANZAHL)}
    staedte |= {
        WAHRHEIT: _wahrheit(),
        OHNE_ORT: _ohne_ort(),
        NUR_SUMMEN: _nur_summen(),
        LUECKENHAFT: _lueckenhaft(),
        NETZ: _netz(),
    }
    for ende, stadt in staedte.items():
        for ortsteil, gruppen in stadt.kinder.items():
            for alter, zahl in gruppen.items():
                text = f"{zahl:,}".replace(",", ".") if zahl else "-"
                bau.einwohner(date(ende - 1, 12, 31), ortsteil, "deutsch", alter, "weiblich", text)
        bau.kitas(ende, stadt.kitas)
        bau.schulen(ende, stadt.schulen)
    _einschulung(bau)
    return bau, staedte


def _gruppen(zahlen: tuple[int, ...]) -> dict[tuple[int, int | None], int]:
    return dict(zip(ALTER, zahlen, strict=True))


def _zufall(saat: int) -> Stadt:
    """A random city; some Ortsteile are without children, some facilities without places."""
    r = random.Random(saat)
    stadt = Stadt({o: _gruppen(tuple(0 if r.random() < 0.25 else r.randrange(90) for _ in ALTER)) for o in ORTSTEILE})
    for nr in range(r.randrange(1, 9)):
        ort = r.choice(ORTSTEILE)
        mitte = PUNKTE[ort][0][0]
        lage = (mitte[0] + r.uniform(-700, 700), mitte[1] + r.uniform(-700, 700))
        tagespflege = r.random() < 0.3
        stadt.kitas.append(
            Kita(
                f"{saat:02d}{nr:02d}",
                ort,
                str(r.randrange(30)),
                "-" if tagespflege else str(r.randrange(90)),
                "120",
                "Großtagespflege" if tagespflege else "Kindertageseinrichtung",
                lage,
            )
        )
        if r.random() < 0.6:
            stadt.schulen.append(Schule(f"3{saat:02d}{nr:03d}", ort, "02", "1", str(r.randrange(400)), lage=lage))
    stadt.kitas.append(Kita(f"{saat:02d}90", "Moers", "9", "9", "18"))
    return stadt


def _wahrheit() -> Stadt:
    """The city's places and children of 2023/24, all in two Ortsteile."""
    return Stadt(
        {
            "202": _gruppen((4000, 8000, 10000, 100, 100, 200, 1000)),
            "508": _gruppen((759, 1500, 5069, 0, 0, 0, 0)),
        },
        [
            Kita("1", "202", "2643", "14450", "17093", lage=(900.0, 200.0)),
            Kita("2", "508", "1691", "-", "1691", "Großtagespflege", (20000.0, 0.0)),
        ],
        [Schule("900001", "202", "02", "1", "300", lage=(900.0, 200.0))],
    )


def _ohne_ort() -> Stadt:
    """Two of three Kitas could not be located: nothing can be said below the city."""
    kinder = {o: _gruppen((10, 20, 30, 10, 10, 20, 100)) for o in ORTSTEILE}
    return Stadt(
        kinder,
        [Kita("1", "202", "10", "20", "30", lage=(900.0, 200.0))] + [Kita(n, "", "5", "6", "11") for n in ("2", "3")],
    )


def _nur_summen() -> Stadt:
    """The list names places without saying for which age."""
    kinder = {o: _gruppen((10, 20, 30, 10, 10, 20, 100)) for o in ORTSTEILE}
    return Stadt(kinder, [Kita("1", "202", plaetze="50", lage=(900.0, 200.0))])


def _lueckenhaft() -> Stadt:
    """One Kita's places are not told; children live in an Ortsteil without any point."""
    kinder = {o: _gruppen((10, 20, 30, 10, 10, 20, 100)) for o in (*ORTSTEILE, OHNE_PUNKTE)}
    return Stadt(
        kinder,
        [
            Kita("1", "202", "10", "20", "30", lage=(900.0, 200.0)),
            Kita("2", "101", "", "-", "40", lage=(0.0, 100.0)),
            Kita("3", "508", "7", "8", "15", lage=(20000.0, 0.0)),
        ],
    )


def _netz() -> Stadt:
    """Two Kitas that a network joins with the points of one Ortsteil, and one each where it does not."""
    return Stadt(
        {o: _gruppen((10, 20, 30, 10, 10, 20, 100)) for o in (AM_NETZ, OHNE_VERBINDUNG, ABSEITS)},
        [
            Kita("1", AM_NETZ, "10", "20", "30", lage=(40300.0, 0.0)),
            Kita("2", AM_NETZ, "40", "50", "90", lage=(40900.0, 0.0)),
            Kita("3", OHNE_VERBINDUNG, "5", "6", "11", lage=(50200.0, 0.0)),
            Kita("4", ABSEITS, "7", "8", "15", lage=(60000.0, 400.0)),
        ],
        [Schule("900003", AM_NETZ, "02", "1", "44", lage=(40300.0, 0.0))],
    )


def _einschulung(bau: Rohbau) -> None:
    """W55: 4,634 children are to start school, 4,466 do, and 31 at a special school; a quarter are 7 years old."""
    tag = date(EINSCHULUNG - 1, 12, 31)
    for alter, zahl in (((6, 6), 4634), ((7, 7), 4634)):
        bau.einwohner(tag, "202", "deutsch", alter, "weiblich", f"{zahl:,}".replace(",", "."))
    schulen = [Schule("900002", "202", "02", "1", "17000"), Schule("900004", "202", "08", "1", "200")]
    bau.schulen(EINSCHULUNG, schulen)
    bau.schulklassen(EINSCHULUNG, "900002", {"01": "4466", "02": "4400"})
    bau.schulklassen(EINSCHULUNG, "900004", {"01": "31"})
