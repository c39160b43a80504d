"""One dbt build for all hand-made cities and one for supply; the example archive is that of the nightly run."""

from __future__ import annotations

import os
from pathlib import Path

import faelle
import probequelle
import pytest
import versorgungswelten
import wahrheiten
from fusswegehilfe import schreibe_netz
from gebaut import Gebaut, Kleinwelt, baue_dbt, lies
from laufhilfe import Gemeinsam, Szene
from rohbau import Rohbau, gebiete
from staedte import OHNE_UMRISS, baue_kreis, baue_stadt, kreise, staedte, ziehe
from versorgungswelten import Versorgungswelt

from pipelines.lager import verbinden
from pipelines.rohtabellen.fusswege import berechne_fusswege

BEZIRKE_MIT_UMRISS = tuple("123567")
ANZAHL_STAEDTE, ANZAHL_KREISE = 30, 20


@pytest.fixture(scope="session")
def kleinwelt(welt: Gemeinsam) -> Kleinwelt:
    """Random cities, cases with a known answer and published figures, built once."""
    gebaut: Kleinwelt = welt("kleinwelt", _baue_kleinwelt)
    return gebaut


def _baue_kleinwelt(daten: Path) -> Kleinwelt:
    umrisse = [k for k, (_, ebene) in gebiete().items() if ebene == "ortsteil" and k not in OHNE_UMRISS]
    bau = Rohbau(umrisse, BEZIRKE_MIT_UMRISS)
    gezogen = {1901 + 3 * nr: stadt for nr, stadt in enumerate(ziehe(staedte, ANZAHL_STAEDTE))}
    kreistabellen = {1901 + 3 * nr: kreis for nr, kreis in enumerate(ziehe(kreise, ANZAHL_KREISE))}
    for jahr, stadt in gezogen.items():
        baue_stadt(bau, stadt, jahr)
    for jahr, kreis in kreistabellen.items():
        baue_kreis(bau, kreis, jahr)
    for nr, fall in enumerate(faelle.FAELLE):
        fall.fuelle(bau, faelle.jahr(nr))
    wahrheiten.fuelle(bau)
    bau.schreibe(daten / "lager.duckdb")
    probequelle.fuelle(daten / "lager.duckdb")
    gebaut = lies(daten, baue_dbt(daten))
    return Kleinwelt(gebaut.daten, gebaut.knoten, gebaut.indikatoren, bau, gezogen, kreistabellen)


@pytest.fixture(scope="session")
def versorgungswelt(welt: Gemeinsam) -> Versorgungswelt:
    """Small cities with facilities, points and children, a year each, and published figures of supply; built once."""
    gebaut: Versorgungswelt = welt("versorgungswelt", _baue_versorgungswelt)
    return gebaut


def _baue_versorgungswelt(daten: Path) -> Versorgungswelt:
    bau, staedte_ = versorgungswelten.baue()
    bau.schreibe(daten / "lager.duckdb")
    with verbinden(daten / "lager.duckdb") as con:
        schreibe_netz(con, versorgungswelten.KNOTEN, versorgungswelten.KANTEN)
        assert berechne_fusswege(con)[1] == ""
    gebaut = lies(daten, baue_dbt(daten))
    return Versorgungswelt(gebaut.daten, gebaut.knoten, gebaut.indikatoren, staedte_)


@pytest.fixture(scope="session", autouse=True)
def _ohne_umgebung() -> None:
    for name in [n for n in os.environ if n.startswith("SOZIALRAUM_") and n != "SOZIALRAUM_ECHTDATEN"]:
        os.environ.pop(name)


@pytest.fixture(scope="session")
def beispiel(beispiel_freigabe: Szene) -> Gebaut:
    """The private file of the nightly run on the example archive."""
    return lies(beispiel_freigabe.daten, [])
