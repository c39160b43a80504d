"""A member of the data team adds a source with one YAML file and an indicator with one block; nothing else changes.

Belongs here: the whole way of a made-up source from a dropped file to a figure with its provenance.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from laufhilfe import PROJEKT, Einmal, Lauf, Szene, sozialraum

MARXLOH, STADT = "05112000-202", "05112000"
KITAS = """
id: kitaplaetze
titel: Plätze in Kindertagesstätten nach Ortsteilen
herausgeber: Stadt Duisburg, Jugendamt
lizenz:
  id: cc-by-4.0
  url: https://creativecommons.org/licenses/by/4.0/
  namensnennung: "Stadt Duisburg, Kitaplätze nach Ortsteilen, CC BY 4.0"
seite: https://opendata-duisburg.de/
rhythmus: jährlich
hoechstalter_tage: 450
bestaetigt: true
basis: melderegister
zugang: {portal: dkan, basis: "https://opendata-duisburg.de", hosts: [opendata-duisburg.de]}
zeichen:
  "-": {wert: 0, status: A, bedeutung: nichts vorhanden}
  ".": {status: Q, vertraulichkeit: A, bedeutung: geheim zu halten}
merkmale:
  probeplaetze: {name: Plätze in Kindertagesstätten, einheit: Plätze}
teile:
  plaetze:
    beschreibung: Plätze am Stichtag nach Ortsteil und Betreuungsform
    form: werte
    dateimuster: 'kitaplaetze.*\\.csv'
    zugang: {titel: '(?i)kitaplätze.*', verteilung: '.*'}
    felder:
      stichtag: {typ: datum}
      ortsteil:
        typ: schluessel
        verzeichnis: ortsteil
        nicht_gefuehrt: [{muster: '9\\d\\d', grund: "Einrichtung eines Betriebs ohne Ortsteil"}]
      art: {typ: auspraegung, werte: {ganztags: ganztags, halbtags: halbtags}}
    eindeutig: [stichtag, ortsteil]
    beobachtung: {gebiet: ortsteil, stichtag: stichtag}
    formate:
      - art: csv
        tausender: "."
        orte: {stichtag: {spalte: Stichtag}, ortsteil: {spalte: Ortsteil}}
        wertspalten: [{muster: 'Plätze (?P<art>ganztags|halbtags)', merkmal: probeplaetze}]
"""
DATEI = """Stichtag;Ortsteil;Plätze ganztags;Plätze halbtags
31.12.2023;201;100;20
31.12.2023;202;1.200;-
31.12.2023;203;.;7
31.12.2023;901;50;50
"""
INDIKATOR = """
      - name: kita_ganztagsanteil
        data_type: double
        description: "Anteil der Ganztagsplätze an allen Plätzen in Kindertagesstätten."
        config:
          meta:
            name: "Ganztagsanteil der Kitas"
            zaehler: {merkmal: probeplaetze, art: ganztags}
            nenner: {merkmal: probeplaetze}
            faktor: 100
            einheit: Prozent
            modul: R
            definition: "eigene Festlegung des Versuchs"
"""
FRAGE = ("kita_ganztagsanteil", "201", "2023-12-31")


def _mache(ordner: Path) -> list[Lauf]:
    baum, katalog, datei = ordner / "baum", ordner / "katalog", ordner / "kitaplaetze_2023.csv"
    ohne = shutil.ignore_patterns("__pycache__", "target", "logs", ".user.yml")
    for name in ("pipelines", "quellen", "dbt_projekt"):
        shutil.copytree(PROJEKT / name, baum / name, ignore=ohne)
    shutil.copytree(PROJEKT / "quellen" / "katalog", katalog)
    (katalog / "kitaplaetze.yaml").write_text(KITAS, encoding="utf-8")
    thema = baum / "dbt_projekt" / "models" / "indikatoren" / "bevoelkerung.yml"
    stelle = "      - {name: enthaelt_beispiel"
    text = thema.read_text(encoding="utf-8")
    assert text.count(stelle) == 1
    thema.write_text(text.replace(stelle, INDIKATOR.lstrip("\n") + stelle), encoding="utf-8")
    datei.write_text(DATEI, encoding="utf-8")
    befehle = (("ablegen", "kitaplaetze", str(datei)), ("lauf",), ("herkunft", *FRAGE, "--json"))
    return [sozialraum(*befehl, weitere=_umgebung(ordner)) for befehl in befehle]


def _umgebung(ordner: Path) -> dict[str, str]:
    """The copied tree, its catalogue with the new source, and a runtime folder of its own."""
    orte = {"PYTHONPATH": "baum", "SOZIALRAUM_KATALOG": "katalog", "SOZIALRAUM_DATEN": "daten"}
    return {name: str(ordner / ort) for name, ort in orte.items()}


@pytest.fixture(scope="module")
def neu(szene: Einmal) -> Szene:
    """The runtime folder after one run with the made-up source and indicator."""
    gemacht = szene("neue_quelle", _mache)
    assert [lauf.code for lauf in gemacht.laeufe] == [0, 0, 0], "\n".join(lauf.text for lauf in gemacht.laeufe)
    return Szene(gemacht.daten / "daten", gemacht.laeufe)


def test_jeder_wert_der_datei_ist_eine_beobachtung(neu: Szene) -> None:
    zeilen = neu.frage(
        "select gebiet, stichtag::varchar, zeitraum_von, art, wert, einheit, status, basis, zeile, spalte, "
        "originaltext, datenart from beobachtungen where merkmal = 'probeplaetze' order by zeile, spalte"
    )
    assert zeilen == [
        (f"{STADT}-{ort}", "2023-12-31", None, art, wert, "Plätze", status, "melderegister", zeile, spalte, text,
         "eingang")
        for ort, art, wert, status, zeile, spalte, text in [
            ("201", "ganztags", 100.0, "A", 2, 3, "100"),
            ("201", "halbtags", 20.0, "A", 2, 4, "20"),
            ("202", "ganztags", 1200.0, "A", 3, 3, "1.200"),
            ("202", "halbtags", 0.0, "A", 3, 4, "-"),
            ("203", "ganztags", None, "Q", 4, 3, "."),
            ("203", "halbtags", 7.0, "A", 4, 4, "7"),
        ]
    ]  # fmt: skip


def test_was_die_deklaration_ausschliesst_ist_mit_grund_abgewiesen(neu: Szene) -> None:
    assert neu.frage("select zeile, grund, text from abgewiesen where quelle = 'kitaplaetze'") == [
        (5, "Einrichtung eines Betriebs ohne Ortsteil", "50; 50")
    ]


def test_der_indikator_rechnet_mit_der_neuen_quelle(neu: Szene) -> None:
    werte = dict(neu.frage("select gebiet, wert from indikatoren where indikator = 'kita_ganztagsanteil'"))
    assert werte[f"{STADT}-201"] == pytest.approx(100 * 100 / 120)
    assert werte[MARXLOH] == 100.0
    assert werte[f"{STADT}-203"] is None
    assert werte[STADT] is None  # one of its cells is hidden
    assert neu.frage("select quellen, zaehler from indikator_katalog where indikator = 'kita_ganztagsanteil'") == [
        ("kitaplaetze", "probeplaetze (art ganztags)")
    ]
    assert neu.frage("select count(kita_ganztagsanteil) from indikatoren_bevoelkerung") == [(2,)]
    assert neu.frage("select name, einheit, verzeichnis from merkmale where merkmal = 'probeplaetze'") == [
        ("Plätze in Kindertagesstätten", "Plätze", False)
    ]


def test_die_herkunft_fuehrt_bis_in_die_zelle(neu: Szene) -> None:
    antwort = json.loads(neu.laeufe[2].text)
    (kennzahl,) = antwort["kennzahlen"]
    assert [(z["rolle"], z["originaltext"], z["gliederung"], z["datei"], z["zeile"], z["spalte"])
            for z in kennzahl["zellen"]] == [
        ("zaehler", "100", "ganztags", "kitaplaetze_2023.csv", 2, 3),
        ("nenner", "100", "ganztags", "kitaplaetze_2023.csv", 2, 3),
        ("nenner", "20", "halbtags", "kitaplaetze_2023.csv", 2, 4),
    ]  # fmt: skip
    assert antwort["namensnennungen"] == {"kitaplaetze": "Stadt Duisburg, Kitaplätze nach Ortsteilen, CC BY 4.0"}
    (abruf,) = {z["abruf"] for z in kennzahl["zellen"]}
    archiviert = neu.daten / "archiv" / "objekte" / abruf[:2] / abruf
    assert archiviert.read_text(encoding="utf-8") == DATEI


def test_die_anderen_quellen_bleiben_wie_sie_waren(neu: Szene, beispiel_freigabe: Szene) -> None:
    # added up exactly: a sum of doubles depends on the order in its last digits
    frage = "select count(*), sum(cast(wert as decimal(18, 6))), count(distinct quelle) from beobachtungen "
    frage += "where quelle != 'kitaplaetze'"
    assert neu.frage(frage) == beispiel_freigabe.frage(frage)
    ohne = "select indikator, gebiet, stichtag, basis, wert from indikatoren where indikator != 'kita_ganztagsanteil' "
    ohne += "and indikator not in (select indikator from indikator_katalog where thema = 'qualitaet')"
    assert sorted(map(str, neu.frage(ohne))) == sorted(map(str, beispiel_freigabe.frage(ohne)))


@pytest.mark.gruendlich
def test_die_pruefung_geht_auch_die_neue_quelle_durch(neu: Szene) -> None:
    lauf = sozialraum("pruefe", weitere=_umgebung(neu.daten.parent))
    assert "bestanden, keine Abweichung gefunden" in lauf.text, lauf.text
