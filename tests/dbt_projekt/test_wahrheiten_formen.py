"""Published figures whose inputs were published too, each through the compiled SQL of the form it has.

Figures of Duisburg that open data do not give (SGB II by age, places of one year) have no indicator in the catalogue;
here their inputs go through the same compiler, declared on the spot. Numbers and sources: newspapers, council papers,
mirrors of Wikipedia and yearbooks, as named; shares of foreign residents are in ``test_wahrheiten``.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.transformation.statistik import registriere

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from indikatorbank import fuelle, uebersetzt


@dataclass(frozen=True)
class Wahrheit:
    """A published figure: what was counted (Merkmal → number), how it is declared, and as it was printed."""

    id: str
    eingaben: Mapping[str, float]
    deklaration: Mapping[str, Any]
    wert: float
    stellen: int

    @property
    def meta(self) -> dict[str, Any]:
        """The declaration, as a theme's yml would hold it."""
        grund = {"name": self.id, "einheit": "je", "modul": "R", "definition": "veröffentlicht"}
        return grund | dict(self.deklaration)


def _quotient(faktor: float = 1) -> dict[str, Any]:
    return {"zaehler": {"merkmal": "z"}, "nenner": {"merkmal": "n"}, "faktor": faktor}


def _summe(*merkmale: str) -> dict[str, Any]:
    return {"zaehler": [{"merkmal": m} for m in merkmale]}


WAHRHEITEN = (
    Wahrheit("W05 Marxloh, Dichte 2022 (Wikipedia-Spiegel)", {"z": 22106, "n": 7.58}, _quotient(), 2916, 0),
    Wahrheit("W10 Obermarxloh, Dichte 2023 (Wikipedia-Spiegel)", {"z": 14070, "n": 2.09}, _quotient(), 6732, 0),
    Wahrheit("W20 Einwohner 2022, Meldung 2024 (NRZ)", {"z": 508652, "y": 1559},
             {"zaehler": [{"merkmal": "z"}, {"merkmal": "y", "faktor": -1}]}, 507093, 0),
    Wahrheit("W22 Register minus Fortschreibung 2021 (WAZ)", {"z": 499439, "y": 495152},
             {"zaehler": [{"merkmal": "z"}, {"merkmal": "y", "faktor": -1}]}, 4287, 0),
    Wahrheit("W23 Register minus Fortschreibung 2022 (WAZ)", {"z": 507073, "y": 502211},
             {"zaehler": [{"merkmal": "z"}, {"merkmal": "y", "faktor": -1}]}, 4862, 0),
    Wahrheit("W27 Mündelheim mit Serm 2016 (WAZ)", {"z": 3562, "y": 2323}, _summe("z", "y"), 5885, 0),
    Wahrheit("W33 Bilanz 2011 (WAZ)", {"z": 316, "y": -1870}, _summe("z", "y"), -1554, 0),
    Wahrheit("W36 SGB II bis 15 Jahre 2021 (Ratsanfrage)", {"z": 23543, "n": 78559}, _quotient(100), 29.97, 2),
    Wahrheit("W45 U3-Plätze 2023/24 (WAZ)", {"z": 2643, "y": 1691, "n": 14259},
             {"zaehler": {"merkmal": ["z", "y"]}, "nenner": {"merkmal": "n"}, "faktor": 100}, 30.4, 1),
    Wahrheit("W46 U3-Fehlplätze bei 32 % (WAZ)", {"z": 4334, "n": 14259},
             {**_quotient(), "form": "luecke", "ziel": 0.32}, 229, 0),
    Wahrheit("W47 Ü3-Fehlplätze bei 95 % (WAZ)", {"z": 14450, "y": 274, "n": 15069},
             {"form": "luecke", "ziel": 0.95, "nenner": {"merkmal": "n"},
              "zaehler": [{"merkmal": "z"}, {"merkmal": "y", "faktor": -1}]}, 140, 0),
    Wahrheit("W51 U3-Betreuungsquote 2019 (RP, IT.NRW)", {"z": 2611, "n": 15542}, _quotient(100), 16.8, 1),
    Wahrheit("W52 U3-Plätze je 1- und 2-Jährige 2019 (RP, Stadt)", {"z": 4250, "n": 10366}, _quotient(100), 41, 0),
    Wahrheit("W55 Anmeldequote 2020/21 (WR)", {"z": 4466, "n": 4634}, _quotient(100), 96.375, 3),
    Wahrheit("W57 Anmeldungen je Registerkind 2020/21 (WR)", {"z": 77, "n": 159}, _quotient(100), 48.4, 1),
    Wahrheit("W67 Rumänien und Bulgarien 2011 (RP)", {"z": 1082, "y": 2790}, _summe("z", "y"), 3872, 0),
    Wahrheit("W67 Rumänien und Bulgarien 2015 (WAZ)", {"z": 6313, "y": 6604}, _summe("z", "y"), 12917, 0),
    Wahrheit("W67 Rumänien und Bulgarien 2016 (WAZ)", {"z": 7356, "y": 7434}, _summe("z", "y"), 14790, 0),
)  # fmt: skip


@pytest.mark.parametrize("w", WAHRHEITEN, ids=lambda w: w.id.split(" (")[0])
def test_wie_veroeffentlicht(tmp_path: Path, w: Wahrheit) -> None:
    fuelle(tmp_path / "w.duckdb", 1, False)
    with duckdb.connect(str(tmp_path / "w.duckdb")) as con:
        registriere(con)
        con.execute("delete from alle where stichtag != '1900-12-31' or gebiet != '05112000-101'")
        con.execute("create temp table muster as select * from alle limit 1")
        con.execute("delete from alle")
        for merkmal, zahl in w.eingaben.items():
            con.execute(
                "insert into alle select * replace (? as merkmal, ?::double as wert, null as geschlecht, "
                "null as alter_von, null as alter_bis, null as staatsangehoerigkeit) from muster",
                [merkmal, zahl],
            )
        for befehl in uebersetzt([w], merkmale=list(w.eingaben)):
            con.execute(befehl)
        zeilen = con.execute("select wert, status from ergebnis").fetchall()
    assert len(zeilen) == 1
    assert zeilen[0][1] == "A"
    assert round(zeilen[0][0], w.stellen) == w.wert
