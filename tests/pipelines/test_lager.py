"""The private file: one writer, rebuilt when it cannot be used."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pipelines.lager import LagerBelegt, sperre, verbinden

HALTEN = """
import sys
from pathlib import Path
from pipelines.lager import sperre, verbinden
lager = Path(sys.argv[2])
with (sperre(lager) if sys.argv[1] == "sperre" else verbinden(lager)):
    print("da", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def anderer_prozess(was: str, lager: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock (``sperre``) or the open file (``verbinden``) until told to stop."""
    befehl = [sys.executable, "-c", HALTEN, was, str(lager)]
    with subprocess.Popen(befehl, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as prozess:
        assert prozess.stdin and prozess.stdout
        assert prozess.stdout.readline() == "da\n"
        yield prozess
        prozess.communicate("\n", timeout=30)  # a process that was told before and is just ending is no error


class TestSperre:
    def test_der_zweite_prozess_scheitert_mit_einer_meldung(self, tmp_path: Path) -> None:
        lager = tmp_path / "lager.duckdb"
        with anderer_prozess("sperre", lager), pytest.raises(LagerBelegt) as fehler, sperre(lager):
            raise AssertionError("zwei zugleich")
        for stueck in ("Ein anderer Lauf schreibt gerade lager.duckdb", "Erwartet: ", "Was tun: abwarten"):
            assert stueck in str(fehler.value)

    def test_wer_wartet_kommt_nach_dem_ersten_dran(self, tmp_path: Path) -> None:
        lager = tmp_path / "lager.duckdb"
        with anderer_prozess("sperre", lager) as erster:
            with pytest.raises(LagerBelegt), sperre(lager, wartezeit_s=0):
                raise AssertionError("zwei zugleich")
            assert erster.stdin
            erster.stdin.write("\n")
            erster.stdin.flush()
            with sperre(lager, wartezeit_s=60):
                assert (tmp_path / "lager.duckdb.sperre").exists()

    def test_ein_abgestuerzter_prozess_haelt_niemanden_auf(self, tmp_path: Path) -> None:
        lager = tmp_path / "lager.duckdb"
        with anderer_prozess("sperre", lager) as erster:
            erster.kill()
            erster.wait(30)
            with sperre(lager):
                pass

    def test_danach_ist_sie_wieder_frei(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="Fehler im Lauf"), sperre(tmp_path / "l"):
            raise ValueError("Fehler im Lauf")
        with sperre(tmp_path / "l"):
            pass


class TestVerbinden:
    def test_ein_neues_lager_hat_die_tabellen_jedes_ladens(self, tmp_path: Path) -> None:
        with verbinden(tmp_path / "neu" / "lager.duckdb") as con:
            tabellen = {
                z[0] for z in con.execute("select table_name from duckdb_tables() where schema_name = 'raw'").fetchall()
            }
            assert con.execute("select current_setting('timezone')").fetchone() == ("UTC",)
        assert {
            "abrufe",
            "quellen",
            "zeichen",
            "zuordnungen",
            "verortung",
            "lauf",
            "vorgaenger_indikatoren",
        } <= tabellen

    def test_was_darin_steht_bleibt(self, tmp_path: Path) -> None:
        lager = tmp_path / "lager.duckdb"
        with verbinden(lager) as con:
            con.execute("insert into raw.ladestand values ('q', 'f')")
        with verbinden(lager) as con:
            assert con.execute("from raw.ladestand").fetchall() == [("q", "f")]

    @pytest.mark.parametrize("inhalt", [b"kein DuckDB" * 500, b"\0" * 20_000, b"x"])
    def test_was_keine_datenbank_ist_wird_ersetzt(self, tmp_path: Path, inhalt: bytes) -> None:
        lager = tmp_path / "block" / "lager.duckdb"
        lager.parent.mkdir()
        lager.write_bytes(inhalt)
        with verbinden(lager) as con:
            assert con.execute("from raw.ladestand").fetchall() == []

    def test_eine_datei_anderer_duckdb_version_wird_ersetzt(self, tmp_path: Path) -> None:
        """The storage version stands at byte 12 of the main header."""
        lager = tmp_path / "lager.duckdb"
        with verbinden(lager) as con:
            con.execute("insert into raw.ladestand values ('q', 'f')")
        daten = bytearray(lager.read_bytes())
        assert daten[8:12] == b"DUCK"
        daten[12:20] = struct.pack("<Q", 9999)
        lager.write_bytes(daten)
        with pytest.raises(duckdb.Error), duckdb.connect(str(lager)):
            pass
        with verbinden(lager) as con:
            assert con.execute("from raw.ladestand").fetchall() == []

    def test_ein_lager_anderer_bauart_wird_ersetzt(self, tmp_path: Path) -> None:
        """An older version of this code made other columns; loading into them would fail night after night."""
        lager = tmp_path / "lager.duckdb"
        with duckdb.connect(str(lager)) as con:
            con.execute("create schema raw")
            con.execute("create table raw.abrufe (abruf varchar)")
            con.execute("create table raw.vorgaenger_revisionen (indikator varchar)")
        with verbinden(lager) as con:
            spalten = con.execute("select count(*) from duckdb_columns() where table_name = 'abrufe'").fetchone()
        assert spalten is not None
        assert spalten[0] > 10

    def test_eine_offene_datei_wird_nicht_ersetzt(self, tmp_path: Path) -> None:
        lager = tmp_path / "lager.duckdb"
        with anderer_prozess("verbinden", lager):
            groesse = lager.stat().st_size
            with pytest.raises(LagerBelegt, match=r"Ein anderes Programm hält lager\.duckdb offen"), verbinden(lager):
                raise AssertionError("zwei Schreiber")
            assert lager.stat().st_size == groesse
