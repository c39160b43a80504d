"""Releases change in one step or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb
import pytest
from kleinkatalog import EINWOHNER
from kleinlager import Klein, baue_kleinlager

from pipelines.freigabe import FreigabeFehler, aktuelle, freigeben, mache_aktuell
from pipelines.freigabe.wechsel import vorhandene


def _gib_frei(klein: Klein, freigaben: Path) -> Path:
    return freigeben(klein.lager, klein.manifest, freigaben, klein.archiv, klein.id).ordner


def _zweites(tmp_path: Path) -> Klein:
    return baue_kleinlager(
        tmp_path / "zwei", id_="f2", vorgaenger="f1", einwohner=EINWOHNER.replace("2.510;7.510", "2.600;7.600")
    )


def test_erste_und_zweite_freigabe(klein: Klein, tmp_path: Path) -> None:
    freigaben = tmp_path / "freigaben"
    assert aktuelle(freigaben) is None
    freigabe = freigeben(klein.lager, klein.manifest, freigaben, klein.archiv, "f1")
    assert (freigabe.id, freigabe.ordner, freigabe.zeilen["beobachtungen"]) == ("f1", freigaben / "f1", 22)
    assert all(p.bestanden for p in freigabe.pruefungen)
    assert aktuelle(freigaben) == freigaben / "f1"
    assert (freigaben / "aktuell").readlink() == Path("f1")
    _gib_frei(_zweites(tmp_path), freigaben)
    assert aktuelle(freigaben) == freigaben / "f2"
    assert vorhandene(freigaben) == ["f1", "f2"]
    assert sorted(p.name for p in freigaben.iterdir()) == ["aktuell", "f1", "f2"]


def test_offener_leser_behaelt_seine_freigabe(klein: Klein, tmp_path: Path) -> None:
    freigaben = tmp_path / "freigaben"
    _gib_frei(klein, freigaben)
    datei = str((freigaben / "aktuell" / "sozialraum.duckdb").resolve())
    with duckdb.connect(datei, read_only=True) as leser:
        _gib_frei(_zweites(tmp_path), freigaben)
        assert leser.execute("select id from freigabe").fetchone() == ("f1",)
    with duckdb.connect(str((freigaben / "aktuell").resolve() / "sozialraum.duckdb"), read_only=True) as leser:
        assert leser.execute("select id from freigabe").fetchone() == ("f2",)


def test_gescheiterte_pruefung_laesst_die_vorige_aktuell(klein: Klein, tmp_path: Path) -> None:
    freigaben = tmp_path / "freigaben"
    _gib_frei(klein, freigaben)
    zweites = _zweites(tmp_path)
    with duckdb.connect(str(zweites.lager)) as con:
        con.execute("update freigabe.indikatoren set wert = wert + 1 where indikator = 'einwohner'")
    with pytest.raises(FreigabeFehler, match=r"(?s)nicht bestanden.*verworfen.*- Rechnung: einwohner") as fehler:
        _gib_frei(zweites, freigaben)
    assert [p.name for p in fehler.value.pruefungen] == ["Rechnung"]
    assert aktuelle(freigaben) == freigaben / "f1"
    assert sorted(p.name for p in freigaben.iterdir()) == ["aktuell", "f1"]


def test_fehler_beim_bauen_raeumt_auf(klein: Klein, tmp_path: Path) -> None:
    freigaben = tmp_path / "freigaben"
    klein.lager.write_bytes(b"kaputt" * 5000)
    with pytest.raises(FreigabeFehler, match="Die Freigabe f1 ließ sich nicht bauen"):
        _gib_frei(klein, freigaben)
    assert list(freigaben.iterdir()) == []


def test_falsche_kennung_wird_verworfen(klein: Klein, tmp_path: Path) -> None:
    with pytest.raises(FreigabeFehler, match="Kennung: in der Tabelle freigabe steht f1"):
        freigeben(klein.lager, klein.manifest, tmp_path / "freigaben", klein.archiv, "f7")
    assert list((tmp_path / "freigaben").iterdir()) == []


@pytest.mark.parametrize("id_", ["", "aktuell", "../f1", ".neu", "a/b"])
def test_unzulaessige_kennung(klein: Klein, tmp_path: Path, id_: str) -> None:
    with pytest.raises(FreigabeFehler, match="keine Kennung einer Freigabe"):
        freigeben(klein.lager, klein.manifest, tmp_path / "freigaben", klein.archiv, id_)
    with pytest.raises(FreigabeFehler, match="keine Kennung einer Freigabe"):
        mache_aktuell(tmp_path / "freigaben", id_)


def test_bestehende_freigabe_wird_nie_ueberschrieben(klein: Klein, tmp_path: Path) -> None:
    freigaben = tmp_path / "freigaben"
    ordner = _gib_frei(klein, freigaben)
    vorher = (ordner / "freigabe.json").read_bytes()
    with pytest.raises(FreigabeFehler, match="besteht schon und wird nicht überschrieben"):
        _gib_frei(klein, freigaben)
    assert (ordner / "freigabe.json").read_bytes() == vorher
    assert {p.stat().st_mode & 0o222 for p in ordner.rglob("*") if p.is_file()} == {0}


def test_liegengebliebener_bauordner_stoert_nicht(klein: Klein, tmp_path: Path) -> None:
    halb = tmp_path / "freigaben" / ".neu-f1"
    halb.mkdir(parents=True)
    (halb / "rest").write_text("von einem abgebrochenen Lauf")
    assert not (_gib_frei(klein, tmp_path / "freigaben") / "rest").exists()


def test_zurueck_zur_aelteren_freigabe(klein: Klein, tmp_path: Path) -> None:
    freigaben = tmp_path / "freigaben"
    _gib_frei(klein, freigaben)
    _gib_frei(_zweites(tmp_path), freigaben)
    mache_aktuell(freigaben, "f1")
    assert aktuelle(freigaben) == freigaben / "f1"
    with pytest.raises(FreigabeFehler, match=r"Die Freigabe f3 gibt es nicht. Vorhanden: f1, f2\."):
        mache_aktuell(freigaben, "f3")


def test_zeiger_der_ein_ordner_ist_wird_nicht_ersetzt(klein: Klein, tmp_path: Path) -> None:
    freigaben = tmp_path / "freigaben"
    (freigaben / "aktuell").mkdir(parents=True)
    with pytest.raises(FreigabeFehler, match="ist kein Verweis"):
        _gib_frei(klein, freigaben)
    assert [p.name for p in freigaben.iterdir()] == ["aktuell"]


def test_leser_sehen_beim_wechsel_immer_eine_ganze_freigabe(klein: Klein, tmp_path: Path) -> None:
    freigaben = tmp_path / "freigaben"
    _gib_frei(klein, freigaben)
    _gib_frei(_zweites(tmp_path), freigaben)
    gesehen: list[str] = []
    fertig = threading.Event()

    def lies() -> None:
        while not fertig.is_set():
            gesehen.append((freigaben / "aktuell" / "freigabe.json").read_text(encoding="utf-8"))

    leser = threading.Thread(target=lies)
    leser.start()
    for runde in range(200):
        mache_aktuell(freigaben, f"f{1 + runde % 2}")
    fertig.set()
    leser.join()
    ganz = {(freigaben / f / "freigabe.json").read_text(encoding="utf-8") for f in ("f1", "f2")}
    assert gesehen
    assert set(gesehen) <= ganz
