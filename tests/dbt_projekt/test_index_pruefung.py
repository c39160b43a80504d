"""The audit finds a changed cell in every released table of the index and of the quality figures, and names it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from laufhilfe import Szene

from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.qualitaet import pruefe_qualitaet
from pipelines.pruefe.tabellenvergleich import vergleiche
from pipelines.pruefe.verbund import pruefe_verbund
from pipelines.pruefe.verbundrechnung import klassen

INDEX = "indikator = 'statusindex' and gebiet = '05112000-202' and stichtag = date '2024-12-31'"
KOMPONENTE = "art = 'dynamik' and gebiet = '05112000-202' and stichtag = date '2024-12-31' and nummer = 1"
KLASSE = "gebiet = '05112000-202' and stichtag = date '2024-12-31'"
VARIANTE = "art = 'status' and stichtag = date '2024-12-31' and variante = 'ohne mobilitaetsziffer'"
FAELSCHUNGEN = {
    "Indexwert": f"update indikatoren set wert = wert + 0.001 where {INDEX}",
    "Zähler des Index": f"update indikatoren set zaehler = zaehler * 1.01 where {INDEX}",
    "Status des Index": f"update indikatoren set status = 'E' where {INDEX}",
    "Datenart des Index": f"update indikatoren set datenart = 'amtlich' where {INDEX}",
    "Statusklasse": f"update indikatoren set wert = 1 where {INDEX.replace('index', 'klasse')}",
    "Wert einer Komponente": "update indikatoren set wert = wert + 1 where indikator = 'mobilitaetsziffer' and "
    "gebiet = '05112000-202' and stichtag = date '2024-12-31'",
    "fehlender Indexwert": f"delete from indikatoren where {INDEX}",
    "Gewicht": "update index_bestandteile set gewicht = 2 where nummer = 1",
    "Schwelle": "update index_definition set status_bis_mittel = 0.2",
    "Mitte": "update index_definition set mitte = 'stadtwert'",
    "Fassung": "update index_klassen set version = '0'",
    "Komponentenmitte": f"update index_komponenten set mitte = mitte + 0.01 where {KOMPONENTE}",
    "Streuung": f"update index_komponenten set streuung = streuung * 1.01 where {KOMPONENTE}",
    "z": f"update index_komponenten set z = -z where {KOMPONENTE}",
    "früherer Wert": f"update index_komponenten set wert_frueher = wert_frueher + 1 where {KOMPONENTE}",
    "früherer Stichtag": f"update index_komponenten set eingang_frueher = date '2020-12-31' where {KOMPONENTE}",
    "fehlende Komponente": f"delete from index_komponenten where {KOMPONENTE}",
    "doppelte Komponente": f"insert into index_komponenten select * from index_komponenten where {KOMPONENTE}",
    "Klasse": f"update index_klassen set statusklasse = 1 where {KLASSE}",
    "Name der Klasse": f"update index_klassen set statusklasse_name = 'hoch' where {KLASSE}",
    "Gruppe": f"update index_klassen set gruppe = 12 - gruppe where {KLASSE}",
    "Treiber": f"update index_klassen set treiber = 'einwohner' where {KLASSE}",
    "Wechsel ohne": f"update index_klassen set wechsel_ohne = 'einwohner' where {KLASSE}",
    "Wechsel": f"update index_empfindlichkeit set wechsel = wechsel + 1 where {VARIANTE}",
    "fehlende Variante": f"delete from index_empfindlichkeit where {VARIANTE}",
    "Gewicht der Ableitung": f"update ableitungen set gewicht = gewicht * 2 where {INDEX} and gewicht != 0",
    "fehlende Ableitung": f"delete from ableitungen where {INDEX} and merkmal = 'wanderungssaldo_u6'",
}  # fmt: skip
STADT = "gebiet = '05112000'"
QUALITAET = {
    "verdeckt": f"update indikatoren set zaehler = zaehler + 1 where indikator = 'anteil_verdeckt' and {STADT}",
    "eine Kennzahl weniger": "delete from indikatoren where indikator = 'einwohner' and gebiet = '05112000-202' and "
    "stichtag = date '2024-12-31'",
    "Status einer Kennzahl": "update indikatoren set status = 'Q' where indikator = 'einwohner' and "
    "gebiet = '05112000-202' and stichtag = date '2024-12-31'",
    "Revision einer Kennzahl": "update indikatoren set revision = 1 where indikator = 'einwohner' and "
    "gebiet = '05112000-202' and stichtag = date '2024-12-31'",
    "Alter": f"update indikatoren set wert = 0 where indikator = 'alter_neueste_kennzahl' and {STADT}",
    "verortet": f"update indikatoren set nenner = nenner + 1 where indikator = 'anteil_verortet' and {STADT}",
    "gestört": f"update indikatoren set wert = 1 where indikator = 'quellen_gestoert' and {STADT}",
    "Zustand einer Quelle": "update quellen set zustand = 'ohne Daten' where quelle = 'kitas'",
    "Datum": f"update indikatoren set stichtag = date '2020-01-01' where indikator = 'anteil_verdeckt' and {STADT}",
    "Ableitung": f"update ableitungen set wert = 1 where indikator = 'anteil_verdeckt' and {STADT}",
    "Alter einer Quelle": "update qualitaet_quellen set alter_tage = 1 where quelle = 'einwohner_ortsteil'",
    "verdeckt je Quelle": "update qualitaet_quellen set verdeckt = verdeckt + 1 where quelle = 'einwohner_ortsteil'",
    "abgewiesen je Quelle": "update qualitaet_quellen set abgewiesen = 99 where quelle = 'einwohner_ortsteil'",
}


@pytest.fixture(scope="module")
def freigabe(beispiel_freigabe: Szene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released file of the example, to be changed within a transaction."""
    ziel = tmp_path_factory.mktemp("freigabe") / "frei.duckdb"
    shutil.copyfile(beispiel_freigabe.datei, ziel)
    return ziel


@pytest.fixture
def con(freigabe: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The release; whatever a test changes is taken back."""
    with duckdb.connect(str(freigabe)) as verbindung:
        verbindung.execute("begin")
        yield verbindung
        verbindung.execute("rollback")


def _geaendert(con: duckdb.DuckDBPyConnection, befehl: str) -> None:
    zeile = con.execute(befehl).fetchone()
    assert zeile is not None
    assert zeile[0] > 0


def test_die_freigabe_des_beispiels_besteht(con: duckdb.DuckDBPyConnection) -> None:
    for punkt, mindestens in ((pruefe_verbund(con), 8000), (pruefe_qualitaet(con), 400)):
        assert punkt.maengel == []
        assert punkt.geprueft > mindestens


@pytest.mark.parametrize("name", FAELSCHUNGEN)
def test_jede_faelschung_am_index_wird_gefunden(con: duckdb.DuckDBPyConnection, name: str) -> None:
    _geaendert(con, FAELSCHUNGEN[name])
    punkt = pruefe_verbund(con)
    assert punkt.maengel
    if "gebiet = '05112000-202'" in FAELSCHUNGEN[name]:
        assert any("05112000-202" in m and "2024-12-31" in m for m in punkt.maengel)


@pytest.mark.parametrize("name", QUALITAET)
def test_jede_faelschung_an_der_qualitaet_wird_gefunden(con: duckdb.DuckDBPyConnection, name: str) -> None:
    _geaendert(con, QUALITAET[name])
    assert pruefe_qualitaet(con).maengel


def test_eine_freigabe_ohne_index_hat_nichts_zu_pruefen(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from index_definition")
    assert pruefe_verbund(con) == Pruefpunkt("Verbundindex", 0, einheit="Angaben")
    con.execute("delete from indikator_katalog")
    assert pruefe_qualitaet(con) == Pruefpunkt("Qualitätskennzahlen", 0, einheit="Angaben")


def test_vergleich_nennt_zeile_und_zelle() -> None:
    def tabelle(**spalten: object) -> pd.DataFrame:
        return pd.DataFrame({"k": ["a", "b"], "x": [1.0, None], "t": ["u", None]} | spalten)

    assert vergleiche("t", tabelle(), tabelle(x=[1 + 1e-12, float("nan")]), ["k"], ["x", "t"]) == []
    assert vergleiche("t", tabelle(), tabelle(x=[1.0, 2.0]), ["k"], ["x", "t"]) == [
        "t b: x ist freigegeben als nan, nachgerechnet 2.0"
    ]
    assert vergleiche("t", tabelle(), tabelle(t=["v", None]), ["k"], ["x", "t"]) == [
        "t a: t ist freigegeben als u, nachgerechnet v"
    ]
    assert vergleiche("t", tabelle(), tabelle(k=["a", "c"], x=[1.0, None]), ["k"], ["x"]) == [
        "t b: ergibt sich nicht aus der Freigabe", "t c: fehlt in der Freigabe",
    ]  # fmt: skip


def test_klassen_von_nichts_ist_nichts() -> None:
    gezaehlt = klassen(pd.Series([-2.0, -1.0, 0.0, 1.0, 1.2, 1.5, 9.0, float("nan")]), [-1.0, 1.0, 1.5])
    assert gezaehlt.tolist()[:7] == [1, 2, 2, 2, 3, 3, 4]
    assert gezaehlt.isna().tolist() == [False] * 7 + [True]
