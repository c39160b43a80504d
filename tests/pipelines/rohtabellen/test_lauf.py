"""Whether this night gives a new release, and what it is called."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from laufhilfe import Szene
from rohhilfe import KOPF, Rohlager, zaehlung

from pipelines.rohtabellen.lauf import Laufstand, archivstand, bereite_lauf_vor
from pipelines.rohtabellen.vorgaenger import TABELLEN, VorgaengerFehler

JETZT = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


@pytest.fixture
def lager(tmp_path: Path) -> Rohlager:
    lager = Rohlager(tmp_path, zaehlung())
    lager.kommt(KOPF + "101;1\n")
    lager.lade()
    return lager


def bereite(con: duckdb.DuckDBPyConnection, aktuelle: Path | None, jetzt: datetime = JETZT, **anders: str) -> Laufstand:
    angaben = {"definitionen": "d1", "code": "c1", "dagster_lauf": "l1", "betrieb": "beispiel"} | anders
    return bereite_lauf_vor(con, aktuelle, jetzt=jetzt, **angaben)


def gib_frei(ordner: Path, stand: Laufstand) -> Path:
    """A folder that looks like a release of that run, without figures."""
    ordner.mkdir()
    schein = {"id": stand.id, "definitionen": stand.definitionen, "archivstand": stand.archivstand}
    (ordner / "freigabe.json").write_text(json.dumps(schein), encoding="utf-8")
    with duckdb.connect(str(ordner / "sozialraum.duckdb")) as con:
        con.execute(
            "create table indikatoren as select 'i' as indikator, 'g' as gebiet, date '2025-12-31' as stichtag, "
            "'' as basis, 1.5 as wert, 2 as revision"
        )
        con.execute(
            "create table indikator_katalog as select 'i' as indikator, 'z' as zaehler, 'n' as nenner, 100.0 as faktor"
        )
        con.execute("create table abrufe as select 'zaehlung' as quelle, 'abc' as abruf")
        con.execute(
            "create table revisionen as select 'i' as indikator, 'g' as gebiet, date '2025-12-31' as stichtag, "
            "'' as basis, 'neu' as art, null::double as wert_vorher, 1.5 as wert_nachher, 'v' as freigabe_vorher, "
            "'w' as freigabe_nachher, 'Quelle geändert: zaehlung' as grund"
        )
    return ordner


def test_die_erste_nacht_ist_immer_neu(lager: Rohlager) -> None:
    with lager.offen() as con:
        stand = bereite(con, None)
        assert stand.neues
        assert stand.vorgaenger == ""
        assert stand.id.startswith("20261122T013000Z-")
        zeile = con.execute("select * from raw.lauf").fetchall()
    assert zeile == [(stand.id, JETZT.isoformat(), "c1", "d1", stand.archivstand, "l1", "", "beispiel")]


def test_nichts_geaendert_ist_nichts_neues_und_laesst_den_rahmen_stehen(lager: Rohlager, tmp_path: Path) -> None:
    with lager.offen() as con:
        erste = bereite(con, None)
        frei = gib_frei(tmp_path / "frei", erste)
        vorher = con.execute("from raw.lauf").fetchall()
        zweite = bereite(con, frei, JETZT + timedelta(days=1), code="c2", dagster_lauf="l2")
        assert not zweite.neues
        assert con.execute("from raw.lauf").fetchall() == vorher


def test_andere_definitionen_sind_neu_und_der_vorgaenger_wird_geladen(lager: Rohlager, tmp_path: Path) -> None:
    with lager.offen() as con:
        frei = gib_frei(tmp_path / "frei", bereite(con, None))
        stand = bereite(con, frei, JETZT + timedelta(days=1), definitionen="d2")
        assert stand.neues
        assert stand.vorgaenger.startswith("20261122T013000Z-")
        assert con.execute("select indikator, wert, revision from raw.vorgaenger_indikatoren").fetchall() == [
            ("i", 1.5, 2)
        ]
        katalog = "select zaehler, nenner, faktor, mindestbasis from raw.vorgaenger_katalog"
        assert con.execute(katalog).fetchall() == [("z", "n", "100.0", None)]
        luecken = set(con.execute("select tabelle, spalte from raw.vorgaenger_luecken").fetchall())
        assert {("indikator_katalog", "mindestbasis"), ("indikatoren", "status"), ("beobachtungen", "")} <= luecken
        assert not luecken & {("indikator_katalog", "zaehler"), ("indikatoren", "wert"), ("abrufe", "")}
        assert con.execute("select abruf from raw.vorgaenger_abrufe").fetchall() == [("abc",)]
        assert con.execute("select freigabe_nachher from raw.vorgaenger_revisionen").fetchall() == [("w",)]
        assert con.execute("select count(*) from raw.lauf").fetchone() == (1,)


@pytest.mark.parametrize("was", ["datei", "zustand"])
def test_neuer_abruf_oder_anderer_zustand_ist_neu(lager: Rohlager, tmp_path: Path, was: str) -> None:
    with lager.offen() as con:
        frei = gib_frei(tmp_path / "frei", bereite(con, None))
    if was == "datei":
        lager.kommt(KOPF + "101;2\n")
        lager.lade()
    else:
        lager.lade("zaehlung: Das Portal antwortet nicht.")
    with lager.offen() as con:
        assert bereite(con, frei, JETZT + timedelta(days=1)).neues


def test_ein_neues_lager_allein_ist_nichts_neues(lager: Rohlager, tmp_path: Path) -> None:
    with lager.offen() as con:
        frei = gib_frei(tmp_path / "frei", bereite(con, None))
    (lager.ordner / "lager.duckdb").unlink()
    lager.lade()
    with lager.offen() as con:
        assert not bereite(con, frei, JETZT + timedelta(days=1)).neues


def test_der_archivstand_haengt_nicht_von_der_reihenfolge_ab(lager: Rohlager, tmp_path: Path) -> None:
    def laden(ordner: str, folge: tuple[str, ...]) -> str:
        for kennung in folge:
            eines = Rohlager(tmp_path / ordner, zaehlung(id=kennung))
            eines.kommt(KOPF + "102;3\n")
            eines.lade()
        with eines.offen() as con:
            return archivstand(con)

    assert laden("vor", ("aa", "bb", "cc")) == laden("zurueck", ("cc", "bb", "aa"))


def test_ein_pfad_mit_anfuehrungszeichen(lager: Rohlager, tmp_path: Path) -> None:
    ordner = tmp_path / "Amt's Daten"
    ordner.mkdir()
    with lager.offen() as con:
        frei = gib_frei(ordner / "frei", bereite(con, None))
        assert bereite(con, frei, JETZT + timedelta(days=1), definitionen="d2").neues


def test_der_vorgaenger_einer_echten_freigabe_wird_ganz_geladen(lager: Rohlager, beispiel_freigabe: Szene) -> None:
    with lager.offen() as con:
        stand = bereite(con, beispiel_freigabe.freigabe)
        assert stand.vorgaenger == beispiel_freigabe.freigabe.name
        for roh, frei in TABELLEN.items():
            [(anzahl,)] = beispiel_freigabe.frage(f"select count(*) from {frei}")
            assert con.execute(f"select count(*) from raw.{roh}").fetchone() == (anzahl,)
        assert con.execute("from raw.vorgaenger_luecken").fetchall() == []


@pytest.mark.parametrize("inhalt", [b"", b"kein DuckDB" * 500, None])
def test_ein_beschaedigter_vorgaenger_ist_eine_meldung(lager: Rohlager, tmp_path: Path, inhalt: bytes | None) -> None:
    with lager.offen() as con:
        frei = gib_frei(tmp_path / "frei", bereite(con, None))
        datei = frei / "sozialraum.duckdb"
        datei.unlink() if inhalt is None else datei.write_bytes(inhalt)
        with pytest.raises(VorgaengerFehler, match=r"Die aktuelle Freigabe frei lässt sich nicht lesen: .*Was tun: "):
            bereite(con, frei, JETZT + timedelta(days=1), definitionen="d2")
        assert con.execute("select count(*) from duckdb_databases() where database_name = 'alt'").fetchone() == (0,)


def test_ohne_vorgaenger_bleibt_nichts_vom_alten(lager: Rohlager, tmp_path: Path) -> None:
    with lager.offen() as con:
        frei = gib_frei(tmp_path / "frei", bereite(con, None))
        bereite(con, frei, JETZT + timedelta(days=1), definitionen="d2")
        bereite(con, None, JETZT + timedelta(days=2), definitionen="d3")
        for roh in [*TABELLEN, "vorgaenger_luecken"]:
            assert con.execute(f"from raw.{roh}").fetchall() == []
