"""What a load says besides the state: deviations, corrections, Teile without data, damaged records, Merkmale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rohhilfe import ANFANG, Rohlager, mit_regeln, zaehlung

from pipelines.rohtabellen.laden import GUT, LETZTER_GUTER_STAND, OHNE_DATEN
from pipelines.rohtabellen.tabellen import passt, rohspalten
from quellen.annahmen import nimm_an
from quellen.modell import Quelle

KOPF, GUTE = "Ort;Anzahl\n", "Ort;Anzahl\n101;10\n102;7\n"


@pytest.fixture
def lager(tmp_path: Path) -> Rohlager:
    return Rohlager(tmp_path, zaehlung())


class TestAbweichungen:
    def test_drift_laesst_die_quelle_gut_und_steht_in_den_quellen(self, lager: Rohlager) -> None:
        lager.kommt("ORT;Anzahl1)\n101;10\n")
        bericht = lager.lade()
        assert (bericht.zustand, bericht.meldung) == (GUT, "")
        assert len(bericht.abweichungen.splitlines()) == 2
        assert "Eine Spalte ist anders geschrieben. Gefunden: »ORT«. Erwartet: »Ort«." in bericht.abweichungen
        assert lager.frage("select zustand, meldung, abweichungen from raw.quellen") == [
            (GUT, "", bericht.abweichungen)
        ]

    def test_auch_wenn_nichts_neu_geladen_wird(self, lager: Rohlager) -> None:
        lager.kommt("ORT;Anzahl\n101;10\n")
        erste, zweite = lager.lade(), lager.lade()
        assert (zweite.neu_geladen, zweite.abweichungen) == (False, erste.abweichungen)
        lager.kommt(GUTE)
        assert lager.lade().abweichungen == ""

    def test_gleiches_auf_mehreren_seiten_steht_einmal_da(self, lager: Rohlager) -> None:
        lager.kommt("ORT;Anzahl\n101;10\n", "ORT;Anzahl\n102;10\n")
        assert len(lager.lade().abweichungen.splitlines()) == 1


def korrektur(**anders: Any) -> dict[str, Any]:
    return {
        "teil": "anzahlen", "schluessel": {"tag": "2024", "ort": "101"}, "spalte": "Anzahl", "alt": "99", "neu": "9",
        "grund": "Zahlendreher in der Lieferung", "gemeldet_von": "Meier", "bis": "2030-01-01", **anders,
    }  # fmt: skip


class TestKorrekturen:
    def test_berichtigtes_steht_neben_dem_original(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, mit_regeln(korrekturen=[korrektur()]))
        lager.kommt("Jahr;Ort;Anzahl\n2024;101;99\n2024;102;7\n")
        assert lager.lade().abweichungen == ""
        assert lager.frage("select korrigiert, korrektur, originaltext from raw.zaehlung__anzahlen order by zeile") == [
            ("9", "Zahlendreher in der Lieferung (gemeldet von Meier)", "99"),
            (None, None, "7"),
        ]
        namen = [s for (s,) in lager.frage("select column_name from (describe raw.zaehlung__anzahlen)")]
        assert namen[-3:] == ["korrigiert", "korrektur", "originaltext"]

    def test_listen_haben_keine_spalten_fuer_korrekturen(self, lager: Rohlager) -> None:
        teil = lager.quelle.teile["anzahlen"]
        assert {"korrigiert", "korrektur"} <= set(rohspalten(teil))
        assert not {"korrigiert", "korrektur"} & set(rohspalten(teil.model_copy(update={"form": "liste"})))

    def test_nicht_angewandt_wird_gemeldet_auch_aus_dem_gemerkten(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, mit_regeln(korrekturen=[korrektur()]))
        lager.kommt("Jahr;Ort;Anzahl\n2024;101;98\n")
        for lauf in ("d1", "d2"):
            abweichungen = lager.lade(definitionen=lauf).abweichungen
            assert "Eine Korrektur wurde nicht angewandt. Gefunden: »98«" in abweichungen

    def test_ein_anderes_jahr_muss_die_zelle_nicht_haben(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, mit_regeln(korrekturen=[korrektur()]))
        lager.kommt("Jahr;Ort;Anzahl\n2024;101;99\n", jahrgang=2024)
        lager.kommt("Jahr;Ort;Anzahl\n2025;101;50\n", "Jahr;Ort;Anzahl\n2025;102;50\n", jahrgang=2025)
        assert lager.lade().abweichungen == ""
        assert lager.frage("select count(korrigiert) from raw.zaehlung__anzahlen") == [(1,)]

    def test_die_frist_zaehlt_am_tag_des_abrufs(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, mit_regeln(korrekturen=[korrektur(bis=ANFANG.date())]))
        lager.kommt("Jahr;Ort;Anzahl\n2024;101;99\n")
        assert "die Korrektur galt bis 01.01.2026" in lager.lade().abweichungen
        assert lager.frage("select count(korrigiert) from raw.zaehlung__anzahlen") == [(0,)]


class TestTeile:
    def test_ein_teil_ohne_abruf_wird_genannt_wenn_andere_daten_haben(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, zaehlung(teile=("anzahlen", "weitere")))
        lager.kommt(GUTE)
        bericht = lager.lade()
        assert (bericht.zustand, bericht.meldung) == (GUT, "")
        erwartet = "zaehlung/weitere: Ein Teil der Quelle ist ohne Daten. Gefunden: kein Abruf im Archiv"
        assert erwartet in bericht.abweichungen
        assert "sozialraum ablegen zaehlung DATEI --teil weitere" in bericht.abweichungen
        lager.kommt(GUTE, teil="weitere")
        assert lager.lade().abweichungen == ""

    def test_ein_teil_dessen_abrufe_alle_schlecht_sind_wird_mit_grund_genannt(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, zaehlung(teile=("anzahlen", "weitere")))
        lager.kommt(GUTE)
        lager.kommt(KOPF + "101;§\n", teil="weitere")
        meldung = lager.lade().meldung
        assert "»§«" in meldung
        assert "zaehlung/weitere: Ein Teil der Quelle ist ohne Daten. Gefunden: 1 Abruf" in meldung

    def test_sind_alle_ohne_sagt_es_schon_der_zustand(self, tmp_path: Path) -> None:
        lager = Rohlager(tmp_path, zaehlung(teile=("anzahlen", "weitere")))
        assert (lager.lade().zustand, lager.lade().meldung) == (OHNE_DATEN, "")


class TestBeschaedigtesArchiv:
    def kaputt(self, lager: Rohlager, ordner: str = "abrufe") -> Path:
        datei = lager.archiv.ordner / ordner / "zaehlung" / "20991231T000000000000-kaputt.json"
        datei.parent.mkdir(parents=True, exist_ok=True)
        datei.write_text("{halb", encoding="utf-8")
        return datei

    @pytest.mark.parametrize(
        ("ordner", "regel"),
        [("abrufe", "Ein Abrufverzeichnis-Eintrag ist beschädigt"), ("annahmen", "Eine Annahme im Archiv ist")],
    )
    def test_das_geladene_bleibt_und_die_meldung_sagt_warum(self, lager: Rohlager, ordner: str, regel: str) -> None:
        lager.kommt(GUTE)
        lager.lade()
        zellen = lager.frage("from raw.zaehlung__anzahlen")
        datei = self.kaputt(lager, ordner)
        bericht = lager.lade()
        assert (bericht.zustand, bericht.zeilen) == (LETZTER_GUTER_STAND, {"zaehlung__anzahlen": 2})
        assert regel in bericht.meldung
        assert datei.name in bericht.meldung
        assert lager.frage("from raw.zaehlung__anzahlen") == zellen
        assert lager.frage("select zustand, meldung from raw.quellen") == [(LETZTER_GUTER_STAND, bericht.meldung)]
        datei.unlink()
        assert (lager.lade().zustand, lager.lade().meldung) == (GUT, "")

    def test_war_nichts_geladen_gibt_es_leere_tabellen(self, lager: Rohlager) -> None:
        lager.kommt(GUTE)
        datei = self.kaputt(lager)
        bericht = lager.lade("zaehlung: Das Portal antwortet nicht.")
        assert (bericht.zustand, bericht.zeilen) == (OHNE_DATEN, {"zaehlung__anzahlen": 0})
        assert bericht.meldung.startswith("zaehlung: Das Portal antwortet nicht.\n")
        datei.unlink()
        assert lager.lade().zustand == GUT

    def test_passt_die_tabelle_nicht_mehr_wird_sie_leer_neu_angelegt(self, lager: Rohlager) -> None:
        lager.kommt(GUTE)
        lager.lade()
        lager.quelle = mit_regeln()
        self.kaputt(lager)
        bericht = lager.lade(definitionen="d2")
        assert (bericht.zustand, bericht.zeilen) == (OHNE_DATEN, {"zaehlung__anzahlen": 0})
        with lager.offen() as con:
            assert passt(con, lager.quelle)
            assert not passt(con, zaehlung())
        assert lager.frage("from raw.abrufe") == []

    def test_andere_quellen_gehen_weiter(self, lager: Rohlager, tmp_path: Path) -> None:
        andere = Rohlager(tmp_path, zaehlung(id="andere"))
        andere.kommt(GUTE)
        self.kaputt(lager)
        assert (lager.lade().zustand, andere.lade().zustand) == (OHNE_DATEN, GUT)


def test_merkmale_kommen_aus_der_deklaration(tmp_path: Path) -> None:
    merkmale = {
        "zahl": {"name": "Anzahl", "einheit": "Personen"},
        "a": {"name": "A", "einheit": "", "verzeichnis": True},
    }
    quelle: Quelle = mit_regeln(merkmale=merkmale)
    lager = Rohlager(tmp_path, quelle)
    lager.lade()
    lager.lade(definitionen="d2")
    assert lager.frage("from raw.merkmale order by all") == [
        ("zaehlung", "a", "A", "", True),
        ("zaehlung", "zahl", "Anzahl", "Personen", False),
    ]


def test_eine_annahme_laedt_neu_auch_wenn_sonst_nichts_geschah(lager: Rohlager) -> None:
    lager.kommt(GUTE)
    lager.lade()
    assert not lager.lade().neu_geladen
    nimm_an(lager.archiv, "zaehlung", "anzahlen", "aenderung", "vorsorglich angenommen", "Meier", ANFANG)
    bericht = lager.lade()
    assert (bericht.neu_geladen, bericht.zustand, bericht.abweichungen) == (True, GUT, "")
