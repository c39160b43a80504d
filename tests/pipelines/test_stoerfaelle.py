"""The fault table against the replica over real sockets: what the user reads, what is kept, what is released."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from stoerfaelle_quellen import GESTERN, SEITE, katalog, vorrat
from stoerfaelle_tabelle import FAELLE, Fall
from stoerfaelle_werkbank import Nacht, nacht_in

from pipelines.rohtabellen.laden import GUT, LETZTER_GUTER_STAND
from quellen.modell import Quelle
from quellen.portal import Portal, parse_stoerung, starten
from quellen.portal.stoerung import ARTEN

STELLE = ("abruf", "zeile", "spalte", "spaltenname")
"""Columns of a raw table that say where a figure stood; drift may change them, the figures never."""
NEUE_ABRUFE = {"nichts geholt": 0, "abgelehnt": 1, "angenommen": 1, "unverändert": 1}


@dataclass(frozen=True)
class Ausgangslage:
    """What every row starts from: the replica, and per source a folder after one good night."""

    portal: Portal
    katalog: dict[str, Quelle]
    ordner: Path


@pytest.fixture(autouse=True)
def konto(monkeypatch: pytest.MonkeyPatch, saubere_umgebung: None) -> None:
    for name in ("BENUTZER", "PASSWORT"):
        monkeypatch.setenv(f"SOZIALRAUM_GENESIS_{name}", "beispiel")


@pytest.fixture(scope="module")
def lage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ausgangslage]:
    ordner, quellen = tmp_path_factory.mktemp("stoerfaelle"), katalog()
    with (
        pytest.MonkeyPatch.context() as umgebung,
        starten(vorrat(ordner / "vorrat"), quellen, seitengroesse=SEITE) as portal,
    ):
        for name in ("BENUTZER", "PASSWORT"):
            umgebung.setenv(f"SOZIALRAUM_GENESIS_{name}", "beispiel")
        for name, quelle in quellen.items():
            (ordner / name).mkdir()
            with nacht_in(ordner / name, quelle, portal) as nacht:
                meldung = nacht.hole(jetzt=GESTERN)
                assert (meldung, nacht.lade(meldung).zustand) == ("", GUT)
        yield Ausgangslage(portal, quellen, ordner)


@pytest.fixture
def nacht(lage: Ausgangslage, fall: Fall, tmp_path: Path) -> Iterator[Nacht]:
    """A copy of the good state, and the replica disturbed as the row says."""
    ordner = tmp_path / "daten"
    shutil.copytree(lage.ordner / fall.quelle, ordner)
    quelle = lage.katalog[fall.quelle]
    quelle = quelle.model_copy(update={"zugang": quelle.zugang.model_copy(update=dict(fall.zugang))})
    lage.portal.stoeren(*(parse_stoerung(text) for text in dict.fromkeys(fall.stoerungen)))
    with nacht_in(ordner, quelle, lage.portal) as offen:
        yield offen
    lage.portal.stoeren()


@pytest.mark.parametrize("fall", FAELLE, ids=lambda fall: fall.name)
def test_stoerfall(nacht: Nacht, fall: Fall) -> None:
    dateien, abrufe, zeilen = nacht.dateien(), nacht.archiv.abrufe(fall.quelle), nacht.gefuehrt()
    werte, draussen = nacht.gefuehrt(*STELLE), _draussen(nacht)
    abrufmeldung = fall.weise(nacht)
    nacht.lade(abrufmeldung)
    zustand, meldung, abweichungen = nacht.stand()

    # what the user reads
    gelesen = abweichungen if fall.ausgang == "angenommen" else meldung
    assert [stueck for stueck in fall.liest if stueck not in gelesen] == [], gelesen
    assert bool(abrufmeldung) == (fall.ausgang == "nichts geholt"), abrufmeldung
    assert bool(meldung) == (zustand != GUT)
    assert bool(abweichungen) == (fall.ausgang == "angenommen"), abweichungen
    for satz in gelesen.splitlines():
        assert satz.startswith(f"{fall.quelle}/tabelle"), "every message names its place"
        assert all(teil in satz for teil in (". Gefunden: ", ". Erwartet: ", ". Was tun: ")), satz
    assert fall.pausen is None or tuple(nacht.uhr.pausen) == fall.pausen

    # what is kept
    nacht.pruefe_archiv()
    assert _draussen(nacht) == draussen, "nothing is written outside the archive and the warehouse"
    neue = nacht.archiv.abrufe(fall.quelle)[len(abrufe) :]
    assert len(neue) == NEUE_ABRUFE[fall.ausgang] * nacht.abrufe
    jetzt = nacht.dateien()
    assert {name: jetzt.get(name) for name in dateien} == dateien, "what is there stays as it is"
    if fall.ausgang == "nichts geholt":
        assert jetzt == dateien, "nothing of a failed fetch stays"
    alter_inhalt = {a.inhalt for a in neue} <= {abrufe[-1].inhalt}
    assert alter_inhalt == (fall.ausgang in ("nichts geholt", "unverändert"))

    # what is released
    assert zustand == (GUT if fall.ausgang in ("angenommen", "unverändert") else LETZTER_GUTER_STAND)
    assert nacht.gefuehrt(*STELLE) == werte, "the same figures, whatever happened"
    if fall.ausgang == "angenommen":
        assert {zeile[0] for zeile in nacht.gefuehrt()} == {o.sha256 for o in neue[-1].objekte}, "of the new retrieval"
    else:
        assert nacht.gefuehrt() == zeilen, "of the last good retrieval"


def test_der_tag_danach_ist_wieder_gut(lage: Ausgangslage, tmp_path: Path) -> None:
    """A refused retrieval between two good ones: the message goes, the history stays."""
    ordner = tmp_path / "daten"
    shutil.copytree(lage.ordner / "zaehlung", ordner)
    with nacht_in(ordner, lage.katalog["zaehlung"], lage.portal) as nacht:
        lage.portal.stoeren(parse_stoerung("gebiet-unbekannt"))
        assert nacht.lade(nacht.hole()).zustand == LETZTER_GUTER_STAND
        lage.portal.stoeren()
        bericht = nacht.lade(nacht.hole(jetzt=GESTERN.replace(day=23)))
        assert (bericht.zustand, bericht.meldung) == (GUT, "")
        assert len(nacht.archiv.abrufe("zaehlung")) == 3


def test_die_tabelle_ist_vollstaendig() -> None:
    namen = [fall.name for fall in FAELLE]
    assert len(namen) >= 34
    assert len(set(namen)) == len(namen)
    benutzt = {parse_stoerung(text).art for fall in FAELLE for text in fall.stoerungen}
    assert set(ARTEN) - benutzt == set(), "every kind of the replica has a row"


def _draussen(nacht: Nacht) -> set[str]:
    """Files beside the archive in the data folder and in its parent, without those that a row's own tools leave."""
    gefunden = {str(p) for p in nacht.ordner.parent.rglob("*") if p.is_file()}
    archiv = str(nacht.archiv.ordner)
    return {p for p in gefunden if not p.startswith(archiv) and "auftrag-" not in p and "lager.duckdb" not in p}
