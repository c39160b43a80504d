"""Loading raw tables: all or nothing, last good data, nothing twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from rohhilfe import KOPF, Rohlager, zaehlung

from pipelines.rohtabellen import laden, pruefstand
from pipelines.rohtabellen.laden import GUT, LETZTER_GUTER_STAND, OHNE_DATEN, rohspalten
from quellen.modell import lade_katalog

GUTE, NEUERE = KOPF + "101;10\n102;-\n", KOPF + "101;11\n103;7\n"
SCHLECHTE = KOPF + "101;§\n"
ZELLEN = "select ort, originaltext from raw.zaehlung__anzahlen order by all"


@pytest.fixture
def lager(tmp_path: Path) -> Rohlager:
    return Rohlager(tmp_path, zaehlung())


class TestGut:
    def test_jede_zelle_behaelt_abruf_zeile_spalte_und_text(self, lager: Rohlager) -> None:
        abruf = lager.kommt(GUTE)
        bericht = lager.lade()
        assert (bericht.zustand, bericht.meldung, bericht.neu_geladen) == (GUT, "", True)
        assert bericht.zeilen == {"zaehlung__anzahlen": 2}
        hash_ = abruf.objekte[0].sha256
        assert lager.frage(
            "select abruf, zeile, spalte, spaltenname, merkmal, ort, originaltext from raw.zaehlung__anzahlen"
        ) == [
            (hash_, 2, 2, "Anzahl", "zahl", "101", "10"),
            (hash_, 3, 2, "Anzahl", "zahl", "102", "-"),
        ]

    def test_alle_spalten_sind_text_ausser_der_stelle(self) -> None:
        for quelle in lade_katalog().values():
            for teil in quelle.teile.values():
                spalten = rohspalten(teil)
                assert {s for s, typ in spalten.items() if typ != "varchar"} <= {
                    "zeile",
                    "spalte",
                    "ist_davon",
                    "total_fehlt",
                }
                assert {*teil.felder, "originaltext", "abruf"} <= set(spalten)

    def test_der_abruf_steht_mit_seinem_zahlenformat_da(self, lager: Rohlager) -> None:
        lager.kommt(GUTE, datenart="eingang", stand=date(2025, 12, 31))
        lager.lade()
        [zeile] = lager.frage(
            "select quelle, teil, datei, datenart, stand, dezimal, tausender, format, zeilen from raw.abrufe"
        )
        assert zeile == ("zaehlung", "anzahlen", "anzahlen.csv", "eingang", "2025-12-31", ",", "", "csv", 2)

    def test_die_zeichen_kommen_aus_der_deklaration(self, lager: Rohlager) -> None:
        lager.kommt(GUTE)
        lager.lade()
        assert lager.frage("select zeichen, wert, status, vertraulichkeit from raw.zeichen") == [("-", 0.0, "A", "F")]

    def test_ohne_abruf_gibt_es_leere_tabellen(self, lager: Rohlager) -> None:
        bericht = lager.lade()
        assert (bericht.zustand, bericht.zeilen) == (OHNE_DATEN, {"zaehlung__anzahlen": 0})
        assert lager.frage(ZELLEN) == []


class TestNichtsZweimal:
    def test_unveraendertes_wird_nicht_noch_einmal_gelesen(
        self, lager: Rohlager, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lager.kommt(GUTE)
        lager.lade()
        lager.kommt(GUTE)

        def verboten(*_: object) -> None:
            raise AssertionError("noch einmal gelesen")

        monkeypatch.setattr(pruefstand, "lies_und_pruefe", verboten)
        bericht = lager.lade()
        assert (bericht.zustand, bericht.neu_geladen, bericht.zeilen) == (GUT, False, {"zaehlung__anzahlen": 2})

    @pytest.mark.parametrize("anders", [{"definitionen": "d2"}, {"mit_beispiel": False}])
    def test_andere_deklarationen_oder_anderer_betrieb_lesen_neu(self, lager: Rohlager, anders: dict[str, str]) -> None:
        lager.kommt(GUTE)
        lager.lade()
        assert lager.lade(**anders).neu_geladen

    def test_neuer_inhalt_ersetzt_den_alten_ganz(self, lager: Rohlager) -> None:
        lager.kommt(GUTE)
        lager.lade()
        neu = lager.kommt(NEUERE)
        assert lager.lade().neu_geladen
        assert lager.frage(ZELLEN) == [("101", "11"), ("103", "7")]
        assert lager.frage("select abruf from raw.abrufe") == [(neu.objekte[0].sha256,)]

    def test_zwei_schuljahre_stehen_nebeneinander(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, zaehlung({"aus": "abruf", "art": "schuljahr"}))
        lager.kommt(GUTE, stand=date(2024, 10, 15))
        lager.kommt(NEUERE, stand=date(2025, 10, 15))
        lager.lade()
        assert lager.frage(ZELLEN) == [("101", "10"), ("101", "11"), ("102", "-"), ("103", "7")]
        assert lager.frage("select stand from raw.abrufe order by all") == [("2024-10-15",), ("2025-10-15",)]

    def test_dieselbe_datei_gilt_nicht_fuer_zwei_schuljahre(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, zaehlung({"aus": "abruf", "art": "schuljahr"}))
        lager.kommt(GUTE, stand=date(2023, 10, 15))
        lager.kommt(NEUERE, stand=date(2024, 10, 15))
        lager.kommt(GUTE, stand=date(2025, 10, 15))
        lager.lade()
        assert lager.frage("select stand from raw.abrufe order by all") == [("2024-10-15",), ("2025-10-15",)]
        assert len(lager.frage(ZELLEN)) == 4


class TestSeiten:
    def test_seiten_einer_antwort_ergaenzen_sich(self, lager: Rohlager) -> None:
        lager.kommt(KOPF + "101;10\n", KOPF + "102;7\n")
        assert lager.lade().zustand == GUT
        assert lager.frage(ZELLEN) == [("101", "10"), ("102", "7")]

    def test_ein_satz_auf_zwei_seiten_wird_abgelehnt(self, lager: Rohlager) -> None:
        lager.kommt(KOPF + "101;10\n", KOPF + "101;10\n102;7\n")
        bericht = lager.lade()
        assert bericht.zustand == OHNE_DATEN
        assert "Seiten einer Antwort überschneiden sich" in bericht.meldung
        assert "1 Schlüssel auf mehreren Seiten: 101" in bericht.meldung


class TestLetzterGuterStand:
    def test_eine_schlechte_datei_laesst_die_letzte_gute_stehen(self, lager: Rohlager) -> None:
        gut = lager.kommt(GUTE)
        lager.lade()
        lager.kommt(SCHLECHTE)
        bericht = lager.lade()
        assert bericht.zustand == LETZTER_GUTER_STAND
        for stueck in (
            "zaehlung/anzahlen",
            "Datei anzahlen.csv",
            "Zeile 2",
            "Spalte 2",
            "»§«",
            "Erwartet: ",
            "Was tun: ",
        ):
            assert stueck in bericht.meldung
        assert lager.frage(ZELLEN) == [("101", "10"), ("102", "-")]
        assert lager.frage("select abruf from raw.abrufe") == [(gut.objekte[0].sha256,)]
        assert lager.frage("select zustand, meldung from raw.quellen") == [(LETZTER_GUTER_STAND, bericht.meldung)]

    def test_ueber_mehrere_schlechte_hinweg_und_die_meldung_gilt_der_neuesten(self, lager: Rohlager) -> None:
        lager.kommt(GUTE)
        lager.kommt(SCHLECHTE)
        lager.kommt(KOPF + "999;1\n")
        bericht = lager.lade()
        assert "»999«" in bericht.meldung
        assert "§" not in bericht.meldung
        assert lager.frage(ZELLEN) == [("101", "10"), ("102", "-")]

    def test_ein_neues_lager_kommt_zum_selben_stand(self, lager: Rohlager) -> None:
        """The state is a function of the archive, not of what was loaded before."""
        lager.kommt(GUTE)
        lager.lade()
        lager.kommt(SCHLECHTE)
        vorher, zellen = lager.lade(), lager.frage(ZELLEN)
        (lager.ordner / "lager.duckdb").unlink()
        nachher = lager.lade()
        assert (nachher.zustand, nachher.meldung) == (vorher.zustand, vorher.meldung)
        assert lager.frage(ZELLEN) == zellen

    def test_ohne_gute_datei_ist_die_quelle_ohne_daten(self, lager: Rohlager) -> None:
        lager.kommt(SCHLECHTE)
        bericht = lager.lade()
        assert bericht.zustand == OHNE_DATEN
        assert "»§«" in bericht.meldung

    def test_die_meldung_bleibt_bis_eine_gute_datei_kommt(self, lager: Rohlager) -> None:
        lager.kommt(GUTE)
        lager.kommt(SCHLECHTE)
        erste, zweite = lager.lade(), lager.lade()
        assert not zweite.neu_geladen
        assert (zweite.zustand, zweite.meldung) == (erste.zustand, erste.meldung)
        lager.kommt(NEUERE)
        assert lager.lade().zustand == GUT
        assert lager.frage("select zustand, meldung from raw.quellen") == [(GUT, "")]

    def test_ein_gescheiterter_abruf_zaehlt_auch_wenn_nichts_neues_zu_laden_ist(self, lager: Rohlager) -> None:
        lager.kommt(GUTE)
        lager.lade()
        bericht = lager.lade("zaehlung: Das Portal antwortet nicht.")
        assert (bericht.zustand, bericht.neu_geladen) == (LETZTER_GUTER_STAND, False)
        assert bericht.meldung == "zaehlung: Das Portal antwortet nicht."
        assert lager.lade().zustand == GUT

    def test_ein_fehlendes_objekt_im_archiv_nimmt_den_stand_davor(self, lager: Rohlager) -> None:
        lager.kommt(GUTE)
        weg = lager.kommt(NEUERE)
        lager.archiv.pfad(weg.objekte[0].sha256).unlink()
        bericht = lager.lade()
        assert bericht.zustand == LETZTER_GUTER_STAND
        assert "Ein archiviertes Objekt fehlt" in bericht.meldung
        assert lager.frage(ZELLEN) == [("101", "10"), ("102", "-")]


class TestGanzOderGarNicht:
    def test_scheitert_das_laden_bleibt_alles_wie_es_war(
        self, lager: Rohlager, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lager.kommt(GUTE)
        lager.lade()
        alles = (
            "raw.zaehlung__anzahlen",
            "raw.abrufe",
            "raw.quellen",
            "raw.zeichen",
            "raw.ladestand",
            "raw.zuordnungen",
        )
        vorher = {t: lager.frage(f"from {t} order by all") for t in alles}
        lager.kommt(NEUERE)

        def voll(*_: object) -> None:
            raise duckdb.IOException("No space left on device")

        monkeypatch.setattr(laden, "_ersetze_quelle", voll)
        with pytest.raises(duckdb.IOException, match="No space left"):
            lager.lade()
        assert {t: lager.frage(f"from {t} order by all") for t in alles} == vorher
        monkeypatch.undo()
        assert lager.lade().neu_geladen
        assert lager.frage(ZELLEN) == [("101", "11"), ("103", "7")]

    def test_quellen_beruehren_sich_nicht(self, lager: Rohlager, tmp_path: Path) -> None:
        lager.kommt(GUTE)
        lager.lade()
        andere = Rohlager(tmp_path, zaehlung(id="andere"))
        andere.kommt(NEUERE)
        andere.lade()
        assert lager.frage(ZELLEN) == [("101", "10"), ("102", "-")]
        assert lager.frage("select quelle, zustand from raw.quellen order by all") == [
            ("andere", GUT),
            ("zaehlung", GUT),
        ]
        assert lager.frage("select distinct quelle from raw.zeichen order by all") == [("andere",), ("zaehlung",)]
