"""Published figures whose inputs were published as well, fed into the warehouse as cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rohbau import Rohbau, deutsch


@dataclass(frozen=True)
class Wahrheit:
    """A share of foreign residents as a newspaper or yearbook printed it, with the counts it printed beside it."""

    nr: str
    teile: tuple[tuple[str, int, int], ...]
    gebiet: str
    tag: date
    wert: float
    stellen: int


AUSLAENDERANTEIL = (
    Wahrheit("W01 Marxloh", (("202", 6077, 17494),), "202", date(2008, 12, 31), 34.74, 2),
    Wahrheit("W03 Marxloh", (("202", 13821, 22106),), "202", date(2022, 12, 31), 62.5, 1),
    Wahrheit("W07 Hochfeld", (("508", 11014, 18312),), "508", date(2020, 12, 31), 60.1, 1),
    Wahrheit("W12 Aldenrade", (("104", 2191, 13896),), "104", date(2023, 12, 31), 15.8, 1),
    Wahrheit("W15 Duisburg", (("101", 4689, 18218), ("710", 70000, 470000)), "05112", date(2010, 12, 31), 15.3, 1),
)
WILSON = (
    # Newcombe 1998, as recomputed in the indicator catalogue
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 10, 0.0, 0.2775),
    (1, 10, 0.0179, 0.4042),
)
ABHAENGIGKEIT = ("701", date(2009, 12, 31), 279, 1000, 302)


def fuelle(bau: Rohbau) -> None:
    """Put all of them in; ages carry no meaning here, except for the dependency ratio (279 : 1000 : 302)."""
    for w in AUSLAENDERANTEIL:
        for ort, fremd, alle in w.teile:
            _paar(bau, w.tag, ort, fremd, alle)
    ort, tag, jung, mitte, alt = ABHAENGIGKEIT
    for alter, zahl in (((0, 17), jung), ((18, 64), mitte), ((65, None), alt)):
        bau.einwohner(tag, ort, "deutsch", alter, "weiblich", deutsch(zahl))


def _paar(bau: Rohbau, tag: date, ort: str, fremd: int, alle: int) -> None:
    bau.einwohner(tag, ort, "nichtdeutsch", (0, None), "weiblich", deutsch(fremd))
    bau.einwohner(tag, ort, "deutsch", (0, None), "maennlich", deutsch(alle - fremd))
