"""Which retrievals are accepted: the history walked under the change gate, with and without what was kept of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rohhilfe import ANFANG, Rohlager, mit_regeln

from pipelines.rohtabellen import pruefstand
from pipelines.rohtabellen.laden import GUT, LETZTER_GUTER_STAND
from quellen.annahmen import nimm_an

KOPF = "Jahr;Ort;Anzahl\n"
GRUND = "Bestände ändern sich langsam"
ZELLEN = "select tag, ort, originaltext from raw.zaehlung__anzahlen order by all"


def toleranz(bis: date = date(2030, 1, 1), **mass: float) -> dict[str, Any]:
    return {**mass, "grund": GRUND, "bis": bis}


def gate(**regeln: Any) -> dict[str, Any]:
    return {"aenderung": {"zeilen": toleranz(anzahl=0), "summen": toleranz(prozent=10), **regeln}}


def datei(*zahlen: int, jahr: int = 2025) -> str:
    return KOPF + "".join(f"{jahr};{101 + i};{n}\n" for i, n in enumerate(zahlen))


@pytest.fixture
def lager(tmp_path: Path) -> Rohlager:
    return Rohlager(tmp_path, mit_regeln(**gate()))


def werte(lager: Rohlager) -> list[int]:
    return [int(n) for _, _, n in lager.frage(ZELLEN)]


class TestGate:
    def test_eine_zu_grosse_aenderung_laesst_den_letzten_angenommenen_stehen(self, lager: Rohlager) -> None:
        lager.kommt(datei(100, 100))
        lager.kommt(datei(100, 160))
        bericht = lager.lade()
        assert (bericht.zustand, werte(lager)) == (LETZTER_GUTER_STAND, [100, 100])
        assert "Summe von zahl zum 2025-12-31: 260 statt 200 (+30,0 %)" in bericht.meldung
        assert "abgerufen am 02.01.2026" in bericht.meldung
        assert "»sozialraum quelle annehmen zaehlung anzahlen --regel aenderung" in bericht.meldung

    def test_ein_abgelehnter_abruf_wird_nie_zur_grundlage(self, lager: Rohlager) -> None:
        """Ten per cent of 100 twice: the second is measured against 100, not against the refused one."""
        for zahl in (100, 120, 125, 109):
            lager.kommt(datei(zahl))
        bericht = lager.lade()
        assert (bericht.zustand, werte(lager)) == (GUT, [109])
        lager.kommt(datei(125))
        assert "125 statt 109" in lager.lade().meldung

    def test_kleine_schritte_gehen_weit(self, lager: Rohlager) -> None:
        for zahl in (100, 109, 118, 128):
            lager.kommt(datei(zahl))
        assert (lager.lade().zustand, werte(lager)) == (GUT, [128])

    def test_der_erste_abruf_hat_keinen_vergleich(self, lager: Rohlager) -> None:
        lager.kommt(datei(5))
        assert lager.lade().zustand == GUT

    def test_beispiel_und_amtliches_werden_nie_verglichen(self, lager: Rohlager) -> None:
        lager.kommt(datei(100, 100, 100), datenart="beispiel")
        lager.lade()
        lager.kommt(datei(7))
        assert (lager.lade().zustand, werte(lager)) == (GUT, [7])

    def test_auch_von_hand_abgelegtes_muss_zum_amtlichen_passen(self, lager: Rohlager) -> None:
        lager.kommt(datei(100))
        lager.kommt(datei(300), datenart="eingang")
        assert "300 statt 100" in lager.lade().meldung

    def test_die_toleranz_endet_mit_dem_tag_des_abrufs_nicht_mit_dem_des_laufs(self, tmp_path: Path) -> None:
        bis = ANFANG.date() + timedelta(days=2)
        lager = Rohlager(tmp_path, mit_regeln(**gate(summen=toleranz(bis, prozent=50))))
        for zahl in (100, 110, 120):
            lager.kommt(datei(zahl))
        bericht = lager.lade()
        assert werte(lager) == [110]
        assert f"ist am {bis:%d.%m.%Y} abgelaufen" in bericht.meldung

    def test_nach_einer_annahme_gilt_der_abruf_und_wird_zur_grundlage(self, lager: Rohlager) -> None:
        lager.kommt(datei(100))
        lager.kommt(datei(300))
        assert lager.lade().zustand == LETZTER_GUTER_STAND
        nimm_an(lager.archiv, "zaehlung", "anzahlen", "aenderung", "Neuer Zensus bestätigt", "Meier", ANFANG)
        bericht = lager.lade()
        assert (bericht.zustand, bericht.neu_geladen, werte(lager)) == (GUT, True, [300])
        assert "Angenommen: Der Abruf weicht zu stark vom vorigen ab" in bericht.abweichungen
        assert "Neuer Zensus bestätigt (Meier, 01.01.2026)" in bericht.abweichungen
        lager.kommt(datei(310))
        assert (lager.lade().zustand, werte(lager)) == (GUT, [310])

    def test_eine_annahme_hilft_nicht_gegen_einen_gebrochenen_vertrag(self, lager: Rohlager) -> None:
        lager.kommt(datei(100))
        lager.kommt(KOPF + "2025;101;§\n")
        nimm_an(lager.archiv, "zaehlung", "anzahlen", "aenderung", "Neuer Zensus bestätigt", "Meier", ANFANG)
        assert (lager.lade().zustand, werte(lager)) == (LETZTER_GUTER_STAND, [100])

    def test_bereiche_sind_annehmbar(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, mit_regeln(bereiche=[{"merkmal": "zahl", "bis": 50}]))
        lager.kommt(datei(60))
        assert "--regel bereich" in lager.lade().meldung
        nimm_an(lager.archiv, "zaehlung", "anzahlen", "bereich", "Neuer Zensus bestätigt", "Meier", ANFANG)
        bericht = lager.lade()
        assert (bericht.zustand, werte(lager)) == (GUT, [60])
        assert "außerhalb des plausiblen Bereichs" in bericht.abweichungen


class TestJahrgaenge:
    def test_ein_neues_jahr_misst_sich_am_letzten_ein_altes_an_keinem(self, lager: Rohlager) -> None:
        lager.kommt(datei(10, 20, jahr=2024), jahrgang=2024)
        lager.kommt(datei(500, 600, jahr=2025), jahrgang=2025)  # other sums: another year
        lager.kommt(datei(7, jahr=2011), jahrgang=2011)  # fetched afterwards, before the reform
        assert (lager.lade().zustand, len(werte(lager))) == (GUT, 5)
        lager.kommt(datei(10, jahr=2026), jahrgang=2026)
        bericht = lager.lade()
        assert len(werte(lager)) == 5
        assert "Zeilen: 1 statt 2" in bericht.meldung
        assert "Gebiete: 1 von 2 verschwunden: 102" in bericht.meldung
        assert "Stichtage" not in bericht.meldung

    def test_dasselbe_jahr_misst_sich_an_seinem_letzten_abruf(self, lager: Rohlager) -> None:
        lager.kommt(datei(100, jahr=2024), jahrgang=2024)
        lager.kommt(datei(900, jahr=2025), jahrgang=2025)
        lager.kommt(datei(150, jahr=2024), jahrgang=2024)
        assert "Summe von zahl zum 2024-12-31: 150 statt 100" in lager.lade().meldung
        assert werte(lager) == [100, 900]


class TestPruefstand:
    def test_jeder_inhalt_wird_einmal_gelesen(self, lager: Rohlager, monkeypatch: pytest.MonkeyPatch) -> None:
        gelesen: list[bytes] = []
        echt = pruefstand.lies_und_pruefe

        def zaehle(daten: bytes, *args: Any) -> Any:
            gelesen.append(daten)
            return echt(daten, *args)

        monkeypatch.setattr(pruefstand, "lies_und_pruefe", zaehle)
        for zahl in (100, 101, 102):
            lager.kommt(datei(zahl))
        lager.lade()
        assert sorted(gelesen) == sorted(datei(n).encode() for n in (100, 101, 102))
        gelesen.clear()
        lager.kommt(datei(103))
        lager.lade()
        assert gelesen == [datei(103).encode()]

    def test_ohne_gate_wird_nur_das_neueste_und_sein_vorgaenger_gelesen(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gelesen: list[bytes] = []
        echt = pruefstand.lies_und_pruefe
        monkeypatch.setattr(pruefstand, "lies_und_pruefe", lambda d, *a: (gelesen.append(d), echt(d, *a))[1])
        lager = Rohlager(tmp_path, mit_regeln())
        for zahl in range(5):
            lager.kommt(datei(zahl))
        lager.lade()
        assert gelesen == [datei(4).encode(), datei(3).encode()]

    def test_geaenderte_deklaration_entwertet_das_gemerkte(self, lager: Rohlager) -> None:
        lager.kommt(datei(60))
        assert lager.lade().zustand == GUT
        lager.quelle = mit_regeln(**gate(), bereiche=[{"merkmal": "zahl", "bis": 50}])
        assert "außerhalb" in lager.lade(definitionen="d2").meldung
        assert lager.frage("select count(*), count(distinct lesestand) from raw.pruefstand") == [(1, 1)]

    def test_ein_fehlendes_objekt_wird_nicht_gemerkt(self, lager: Rohlager) -> None:
        lager.kommt(datei(100))
        weg = lager.kommt(datei(101))
        lager.lade()
        pfad = lager.archiv.pfad(weg.objekte[0].sha256)
        daten = pfad.read_bytes()
        pfad.unlink()
        assert "Ein archiviertes Objekt fehlt" in lager.lade(definitionen="d2").meldung
        assert werte(lager) == [100]
        pfad.write_bytes(daten)
        assert (lager.lade(definitionen="d3").zustand, werte(lager)) == (GUT, [101])

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.sampled_from([90, 100, 105, 118, 150, -1]), min_size=1, max_size=6))
    def test_die_kette_ist_eine_funktion_des_archivs(
        self, tmp_path_factory: pytest.TempPathFactory, folge: list[int]
    ) -> None:
        """Loaded every night or all at once: the same, and as a plain loop over the history says."""
        lager = Rohlager(tmp_path_factory.mktemp("kette"), mit_regeln(**gate()))
        gilt: int | None = None
        for zahl in folge:
            lager.kommt(datei(zahl))
            naechtlich = lager.lade()
            if zahl >= 0 and (gilt is None or 10 * abs(zahl - gilt) <= gilt):
                gilt = zahl
            assert werte(lager) == ([] if gilt is None else [gilt])
        (lager.ordner / "lager.duckdb").unlink()
        neu = lager.lade()
        assert (neu.zustand, neu.meldung, neu.abweichungen) == (
            naechtlich.zustand,
            naechtlich.meldung,
            naechtlich.abweichungen,
        )
        assert werte(lager) == ([] if gilt is None else [gilt])


def test_andere_spaltenreihenfolge_als_zuvor_wird_gemeldet(tmp_path: Path) -> None:
    for regeln in ({}, gate()):
        lager = Rohlager(tmp_path / str(len(regeln)), mit_regeln(**regeln))
        lager.kommt(datei(100))
        lager.kommt("Ort;Jahr;Anzahl\n101;2025;100\n")
        bericht = lager.lade()
        assert bericht.zustand == GUT
        assert "Die Spalten stehen in anderer Reihenfolge" in bericht.abweichungen
