"""The whole way, started like an operator starts it: example archive, live against the replica, with broken sources.

Runs that several tests look at are made once per session (``szene``).
"""

from __future__ import annotations

import re
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from laufhilfe import Szene, frage, sozialraum
from livenaechte import GESTOERT, NEU, freigabe_von

from quellen.archiv import Archiv
from quellen.modell import lade_katalog

pytestmark = pytest.mark.langsam

MELDUNG = {
    "schulen": ("Datei schuldaten.csv, Zeile 2", "Gefunden: ", "»Schulnummer_neu«", "Erwartet: »Schulnummer«"),
    "bewegungen_ortsteil": (".csv, Zeile 2", "Gefunden: »999«", "Erwartet: "),
    "schuelerzahlen": ("Datei anzahlen.csv, Zeile 3, Spalte 2", "»§«", "Erwartet: "),
    "schulsozialindex": ("schulliste_sj_", "Wartungsarbeiten", "Erwartet: "),
    "bevoelkerung_kreis": ("Code -1 (Fehler): Es ist ein interner Fehler aufgetreten", "Erwartet: die Tabelle"),
    "gebiete": ("gebiete/ortsteile", "Gefunden: ", "Erwartet: "),
}
"""What each message must name."""
NUR_HERKUNFT = {
    "abgerufen_am",
    "url",
    "http_status",
    "etag",
    "weg",
    "freigabe",
    "freigabe_vorher",
    "freigabe_nachher",
    "revision",
}
HAENGT_AN_DER_GESCHICHTE = {
    "freigabe",
    "freigaben",
    "revisionen",
    "archiveintraege",
    "indikatoren_qualitaet",
    "qualitaet_quellen",
}
UEBER_DIE_NACHT = "select indikator from eine.main.indikator_katalog where thema = 'qualitaet'"
"""Figures about the nights themselves: what was revised depends on the release before."""


def _tabellen(datei: Path) -> dict[str, list[str]]:
    spalten: dict[str, list[str]] = {}
    for tabelle, spalte in frage(
        datei,
        "select table_name, column_name from information_schema.columns where table_schema = 'main' order by all",
    ):
        spalten.setdefault(str(tabelle), []).append(str(spalte))
    return spalten


def unterschiede(eine: Path, andere: Path, ohne: set[str]) -> dict[str, list[tuple[object, ...]]]:
    """Rows that stand in only one of two released files, per table; ``ohne``: tables that are not compared."""
    tabellen = _tabellen(eine)
    assert tabellen == _tabellen(andere)
    gefunden = {}
    with duckdb.connect() as con:
        con.execute(f"attach '{eine}' as eine (read_only)")
        con.execute(f"attach '{andere}' as andere (read_only)")
        for tabelle in sorted(set(tabellen) - ohne):
            liste = ", ".join(f'"{s}"' for s in tabellen[tabelle] if s not in NUR_HERKUNFT)
            wo = f"where indikator not in ({UEBER_DIE_NACHT})" if "indikator" in tabellen[tabelle] else ""
            links, rechts = (f"select {liste} from {db}.main.{tabelle} {wo}" for db in ("eine", "andere"))
            zeilen = con.execute(
                f"select 'nur hier', * from ({links} except all {rechts}) "
                f"union all select 'nur dort', * from ({rechts} except all {links}) limit 5"
            ).fetchall()
            if zeilen:
                gefunden[tabelle] = zeilen
    return gefunden


class TestBeispiel:
    def test_der_erste_lauf_endet_mit_einer_freigabe_und_sagt_wo(self, beispiel_freigabe: Szene) -> None:
        erster = beispiel_freigabe.laeufe[0]
        assert erster.code == 0, erster.text
        assert NEU.search(erster.text)
        assert str(beispiel_freigabe.daten / "freigaben" / "aktuell" / "sozialraum.duckdb") in erster.text
        assert "0 nicht bestanden" in erster.text
        assert "Traceback" not in erster.text
        for quelle in lade_katalog():
            assert re.search(rf"{quelle} +│ gut ", erster.text), quelle

    def test_der_zweite_findet_nichts_neues(self, beispiel_freigabe: Szene) -> None:
        zweiter = beispiel_freigabe.laeufe[1]
        assert zweiter.code == 0, zweiter.text
        assert f"Nichts Neues: die Freigabe {beispiel_freigabe.freigabe.name} bleibt aktuell." in zweiter.text
        assert not NEU.search(zweiter.text)
        assert freigabe_von(beispiel_freigabe, 0).parent == beispiel_freigabe.freigabe
        assert [p.name for p in (beispiel_freigabe.daten / "freigaben").iterdir() if p.is_dir() and p.name[0] == "2"]

    def test_alles_ist_als_beispiel_gekennzeichnet(self, beispiel_freigabe: Szene) -> None:
        assert beispiel_freigabe.frage("select distinct datenart from indikatoren") == [("beispiel",)]
        assert beispiel_freigabe.frage("select distinct datenart from beobachtungen") == [("beispiel",)]
        assert beispiel_freigabe.frage("select betrieb, enthaelt_beispiel from freigabe") == [("beispiel", True)]


class TestLive:
    def test_eine_von_anfang_an_kaputte_quelle_haelt_die_anderen_nicht_auf(self, live: Szene) -> None:
        erste = live.laeufe[0]
        assert erste.code == 1
        zustaende = dict(frage(freigabe_von(live, 0), "select quelle, zustand from quellen"))
        assert zustaende.pop("schuelerzahlen") == "ohne Daten"
        assert set(zustaende.values()) == {"gut"}
        da = {z[0] for z in frage(freigabe_von(live, 0), "select distinct indikator from indikatoren")}
        assert {"schulen", "einwohner", "zuzugsziffer"} <= da
        assert not {"schueler", "schueler_je_100_6_9", "sozialindex_mittel"} & da

    def test_geheilt_gibt_es_dieselben_inhalte_wie_das_beispielarchiv(
        self, live: Szene, beispiel_freigabe: Szene
    ) -> None:
        assert live.laeufe[1].code == 0, live.laeufe[1].text
        assert unterschiede(beispiel_freigabe.datei, freigabe_von(live, 1), HAENGT_AN_DER_GESCHICHTE) == {}

    def test_was_erst_jetzt_kam_steht_als_neu_in_den_revisionen(self, live: Szene) -> None:
        zeilen = frage(freigabe_von(live, 1), "select distinct indikator, art, wert_vorher, grund from revisionen")
        assert {z[0] for z in zeilen} >= {"schueler", "schueler_je_100_6_9", "sozialindex_mittel"}
        schueler = {z[1:] for z in zeilen if z[0] == "schueler"}
        assert {z[:2] for z in schueler} == {("neu", None)}
        assert all(
            re.fullmatch(r"Quelle geändert: schuelerzahlen \(neu: Abruf \w{12}… vom [\d.]+\)", str(z[2]))
            for z in schueler
        )

    def test_jeder_abruf_traegt_adresse_und_status(self, live: Szene) -> None:
        for url, status, weg in frage(freigabe_von(live, 1), "select url, http_status, weg from abrufe"):
            assert str(url).startswith("https://")
            assert status in (200, 304)
            assert weg in {w.zugang.name for q in lade_katalog().values() for w in q.wege()}

    def test_neuer_etag_und_andere_zeilenfolge_sind_nichts_neues(self, live: Szene) -> None:
        dritte = live.laeufe[2]
        assert dritte.code == 0, dritte.text
        assert "Nichts Neues: die Freigabe" in dritte.text
        assert not NEU.search(dritte.text)


class TestGestoert:
    @pytest.mark.parametrize("quelle", sorted(GESTOERT))
    def test_die_meldung_nennt_ort_gefundenes_und_erwartetes(self, live: Szene, quelle: str) -> None:
        assert live.laeufe[3].code == 1
        zustand, meldung = frage(
            freigabe_von(live, 3), "select zustand, meldung from quellen where quelle = ?", quelle
        )[0]
        assert zustand == "letzter guter Stand"
        for stueck in (*MELDUNG[quelle], "Was tun: "):
            assert stueck in str(meldung)
        assert str(meldung).split("\n")[0] in live.laeufe[3].text

    def test_kein_traceback(self, live: Szene) -> None:
        for lauf in live.laeufe:
            assert "Traceback" not in lauf.text

    def test_die_gute_quelle_ist_frisch(self, live: Szene) -> None:
        neu, alt = freigabe_von(live, 3), freigabe_von(live, 1)
        assert frage(neu, "select zustand from quellen where quelle = 'einwohner_ortsteil'") == [("gut",)]
        abrufe = "select abruf from abrufe where quelle = 'einwohner_ortsteil' order by all"
        assert not set(frage(neu, abrufe)) & set(frage(alt, abrufe))
        jahre = "select min(year(stichtag)) from beobachtungen where quelle = 'einwohner_ortsteil'"
        assert int(str(frage(neu, jahre)[0][0])) == int(str(frage(alt, jahre)[0][0])) + 1

    def test_die_kaputten_stehen_mit_ihren_letzten_guten_zahlen_da(self, live: Szene) -> None:
        neu, alt = freigabe_von(live, 3), freigabe_von(live, 1)
        erstes = str(
            frage(alt, "select max(stichtag) - interval 3 years from indikatoren where ebene = 'ortsteil'")[0][0]
        )
        zahlen = (
            "select i.indikator, i.gebiet, i.stichtag, i.basis, i.wert, i.zaehler, i.nenner, i.status "
            "from indikatoren as i inner join indikator_katalog as k on k.indikator = i.indikator "
            "where k.thema != 'qualitaet' "
            "and (i.ebene not in ('ortsteil', 'stadtbezirk', 'stadt') or i.stichtag >= ?) order by all"
        )
        assert frage(neu, zahlen, erstes) == frage(alt, zahlen, erstes)
        gleich = (
            "select quelle, count(*), round(sum(wert), 6), count(wert) from beobachtungen "
            "where quelle != 'einwohner_ortsteil' group by quelle order by quelle"
        )
        assert frage(neu, gleich) == frage(alt, gleich)
        mit_zahlen = {q.id for q in lade_katalog().values() if any(t.beobachtung for t in q.teile.values())}
        assert {z[0] for z in frage(neu, gleich)} == {"schulen", *mit_zahlen} - {"einwohner_ortsteil"}

    def test_was_vom_portal_verschwand_steht_in_den_revisionen(self, live: Szene) -> None:
        zeilen = frage(
            freigabe_von(live, 3),
            "select distinct r.art, r.grund from revisionen as r, freigabe as f where r.freigabe_nachher = f.id "
            "and r.indikator = 'einwohner' and r.basis = 'melderegister'",
        )
        [(art, grund)] = zeilen
        assert art == "entfallen"
        assert re.fullmatch(
            r"Quelle geändert: einwohner_ortsteil \(Abruf \w{12}… vom [\d.]+ ersetzt durch .*\)", str(grund)
        )


class TestVorigeBleibt:
    @pytest.mark.gruendlich
    def test_ein_gescheiterter_dbt_test_laesst_die_vorige_freigabe_stehen(
        self, beispiel_kopie: Szene, tmp_path: Path
    ) -> None:
        """Residents by age and by nationality that contradict each other: each file is good, together they are not."""
        vorher = beispiel_kopie.freigabe
        archiv = Archiv(beispiel_kopie.daten / "archiv")
        for abruf in archiv.abrufe("einwohner_ortsteil"):
            daten = archiv.lesen(abruf.objekte[0].sha256).decode()
            if abruf.teil == "staatsangehoerigkeit":
                kopf, erste, rest = daten.split("\n", 2)
                zellen = erste.split(";")
                stelle = kopf.split(";").index("deutsch")
                zellen[stelle] = str(int(zellen[stelle].replace(".", "")) + 1)
                daten = "\n".join([kopf, ";".join(zellen), rest])
            datei = tmp_path / abruf.objekte[0].datei
            datei.write_text(daten, encoding="utf-8")
            abgelegt = sozialraum("ablegen", "einwohner_ortsteil", str(datei), "--daten", str(beispiel_kopie.daten))
            assert abgelegt.code == 0, abgelegt.text
        lauf = sozialraum("lauf", "--daten", str(beispiel_kopie.daten))
        assert lauf.code == 1
        assert "summen_stimmen" in lauf.text
        assert f"Keine neue Freigabe: {vorher.name} bleibt aktuell." in lauf.text
        assert "Traceback" not in lauf.text
        assert beispiel_kopie.freigabe == vorher
        assert [p.name for p in (beispiel_kopie.daten / "freigaben").iterdir()] in (
            [vorher.name, "aktuell"],
            ["aktuell", vorher.name],
        )

    def test_eine_gescheiterte_pruefung_der_freigabe_laesst_die_vorige_stehen(
        self, beispiel_kopie: Szene, nachtlauf_defs: dg.Definitions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """One figure in the private file is no longer the sum of its source cells."""
        monkeypatch.setenv("SOZIALRAUM_DATEN", str(beispiel_kopie.daten))
        vorher = beispiel_kopie.freigabe
        with duckdb.connect(str(beispiel_kopie.daten / "lager.duckdb")) as con:
            con.execute("update raw.lauf set id = 'versuch'")
            con.execute("update freigabe.freigabe set id = 'versuch'")
            con.execute("update freigabe.indikatoren set freigabe = 'versuch'")
            con.execute(
                "update freigabe.indikatoren set wert = wert + 1, zaehler = zaehler + 1 "
                "where indikator = 'einwohner' and gebiet = '05112000-202' and stichtag = '2023-12-31'"
            )
        schritt = dg.AssetKey(["freigabe", "sozialraum"])
        job = nachtlauf_defs.resolve_job_def("nachtlauf")
        ergebnis = job.execute_in_process(asset_selection=[schritt], raise_on_error=False)
        assert not ergebnis.success
        daten = next(e for e in ergebnis.all_events if e.event_type_value == "STEP_FAILURE").step_failure_data
        meldung = daten.user_failure_data.description
        assert "Rechnung" in meldung
        assert "05112000-202" in meldung
        assert "die vorige bleibt aktuell" in meldung
        assert beispiel_kopie.freigabe == vorher
        assert not list((beispiel_kopie.daten / "freigaben").glob("*versuch*"))
