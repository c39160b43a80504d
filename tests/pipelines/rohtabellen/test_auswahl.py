"""Which retrieval counts."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rohhilfe import KOPF, Rohlager, zaehlung

from pipelines.rohtabellen.auswahl import kandidaten, scheibe
from quellen.archiv import Abruf

SCHULJAHR = {"aus": "abruf", "art": "schuljahr"}
A, B = KOPF + "101;1\n", KOPF + "101;2\n"


@pytest.fixture
def lager(tmp_path: Path) -> Rohlager:
    return Rohlager(tmp_path, zaehlung())


def waehle(lager: Rohlager, *, mit_beispiel: bool = True) -> dict[str, list[Abruf]]:
    """Slices of the only Teil."""
    return kandidaten(lager.quelle, lager.archiv.abrufe(lager.quelle.id), mit_beispiel=mit_beispiel)["anzahlen"]


def test_das_neueste_steht_vorn(lager: Rohlager) -> None:
    alt, neu = lager.kommt(A), lager.kommt(B)
    assert waehle(lager) == {"": [neu, alt]}


def test_ohne_abruf_gibt_es_keine_scheibe(lager: Rohlager) -> None:
    assert waehle(lager) == {}


def test_gleicher_inhalt_zaehlt_als_sein_erster_abruf(lager: Rohlager) -> None:
    erster = lager.kommt(A)
    lager.kommt(A)
    lager.kommt(A)
    assert waehle(lager) == {"": [erster]}


def test_zurueck_auf_den_alten_inhalt_ist_wieder_neu(lager: Rohlager) -> None:
    """A → B → A: the publisher took B back, so A counts again, as the retrieval that brought it back."""
    erster, zweiter, dritter = lager.kommt(A), lager.kommt(B), lager.kommt(A)
    lager.kommt(A)
    assert waehle(lager) == {"": [dritter, zweiter, erster]}


def test_amtliches_schlaegt_neueres_beispiel(lager: Rohlager) -> None:
    amtlich = lager.kommt(A)
    lager.kommt(B, datenart="beispiel")
    assert waehle(lager) == {"": [amtlich]}


def test_von_hand_abgelegtes_schlaegt_neueres_beispiel(lager: Rohlager) -> None:
    lager.kommt(B, datenart="beispiel")
    eingang = lager.kommt(A, datenart="eingang")
    lager.kommt(B, datenart="beispiel")
    assert waehle(lager) == {"": [eingang]}


def test_ein_echter_teil_verdraengt_das_beispiel_aller_teile(tmp_path: Path) -> None:
    """Modelled residents by nationality beside real ones by age would contradict each other."""
    lager = Rohlager(tmp_path, zaehlung(teile=("anzahlen", "weitere")))
    lager.kommt(A, teil="weitere", datenart="beispiel")
    echt = lager.kommt(A)
    gewaehlt = kandidaten(lager.quelle, lager.archiv.abrufe("zaehlung"), mit_beispiel=True)
    assert gewaehlt == {"anzahlen": {"": [echt]}, "weitere": {}}


def test_live_kommt_kein_beispiel_hinein(lager: Rohlager) -> None:
    beispiel = lager.kommt(A, datenart="beispiel")
    assert waehle(lager, mit_beispiel=False) == {}
    assert waehle(lager) == {"": [beispiel]}


class TestScheiben:
    @pytest.fixture
    def lager(self, tmp_path: Path) -> Rohlager:
        return Rohlager(tmp_path, zaehlung(SCHULJAHR))

    def test_jedes_schuljahr_bleibt_stehen(self, lager: Rohlager) -> None:
        alt = lager.kommt(A, stand=date(2025, 7, 31))
        neu = lager.kommt(B, stand=date(2025, 8, 1))
        assert waehle(lager) == {"2024-08-01": [alt], "2025-08-01": [neu]}

    def test_im_selben_schuljahr_loest_das_neuere_ab(self, lager: Rohlager) -> None:
        herbst = lager.kommt(A, stand=date(2024, 10, 15))
        fruehjahr = lager.kommt(B, stand=date(2025, 3, 1))
        assert waehle(lager) == {"2024-08-01": [fruehjahr, herbst]}

    def test_ein_anderes_schuljahr_dazwischen_macht_gleiches_nicht_neu(self, lager: Rohlager) -> None:
        """Staff put down last year's file while the portal goes on giving this year's: nothing changed there."""
        erster = lager.kommt(A, stand=date(2025, 10, 15))
        vorjahr = lager.kommt(B, stand=date(2024, 10, 15))
        lager.kommt(A, stand=date(2025, 10, 15))
        assert waehle(lager) == {"2025-08-01": [erster], "2024-08-01": [vorjahr]}

    def test_derselbe_inhalt_fuer_ein_weiteres_jahr_gilt_dort_auch(self, lager: Rohlager) -> None:
        eines = lager.kommt(A, datenart="eingang", stand=date(2024, 10, 15))
        anderes = lager.kommt(A, datenart="eingang", stand=date(2025, 10, 15))
        assert waehle(lager) == {"2024-08-01": [eines], "2025-08-01": [anderes]}

    def test_ein_stichtag_aus_dem_dateinamen_ist_eine_eigene_scheibe(self) -> None:
        quelle = zaehlung({"aus": "dateiname", "muster": r"(?P<jahr>\d{4})"})
        abruf = Abruf.model_construct(stand=date(2024, 12, 31))
        assert scheibe(quelle.teile["anzahlen"], abruf) == "2024-12-31"

    def test_tragen_die_zeilen_ihr_datum_gibt_es_nur_eine(self) -> None:
        quelle = zaehlung({"aus": "inhalt"})
        assert scheibe(quelle.teile["anzahlen"], Abruf.model_construct(stand=date(2024, 12, 31))) == ""


class TestJahrgaenge:
    def test_jedes_jahr_ist_eine_scheibe(self, lager: Rohlager) -> None:
        alt, neu, neuer = (lager.kommt(t, jahrgang=j) for t, j in ((A, 2023), (A, 2024), (B, 2024)))
        assert waehle(lager) == {"2023": [alt], "2024": [neuer, neu]}

    def test_abrufe_ohne_jahr_zaehlen_nur_solange_es_keine_mit_jahr_gibt(self, lager: Rohlager) -> None:
        """The file of many years may hold the same rows as those by year."""
        mehrere = lager.kommt(A)
        assert waehle(lager) == {"": [mehrere]}
        eines = lager.kommt(B, jahrgang=2024)
        lager.kommt(A)
        assert waehle(lager) == {"2024": [eines]}

    def test_ein_beispiel_mit_jahr_verdraengt_nichts_amtliches(self, lager: Rohlager) -> None:
        lager.kommt(B, jahrgang=2024, datenart="beispiel")
        amtlich = lager.kommt(A)
        assert waehle(lager) == {"": [amtlich]}


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from([2023, 2024, 2025])), max_size=12))
def test_vorn_steht_je_scheibe_immer_der_letzte_inhalt(folge: list[tuple[str, int]]) -> None:
    """Whatever came in which order: the head of a slice has its last content, and neighbours always differ."""
    quelle = zaehlung(SCHULJAHR)
    abrufe = [
        Abruf.model_construct(
            quelle="zaehlung", teil="anzahlen", datenart="amtlich", inhalt=inhalt, stand=date(jahr, 10, 15)
        )
        for inhalt, jahr in folge
    ]
    gewaehlt = kandidaten(quelle, abrufe, mit_beispiel=False)["anzahlen"]
    assert {s: liste[0].inhalt for s, liste in gewaehlt.items()} == {f"{jahr}-08-01": inhalt for inhalt, jahr in folge}
    for liste in gewaehlt.values():
        assert all(a.inhalt != b.inhalt for a, b in pairwise(liste))
