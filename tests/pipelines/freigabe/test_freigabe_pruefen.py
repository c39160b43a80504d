"""Each check before a release becomes current must be able to fail."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from kleinlager import Kleinfreigabe

from pipelines.freigabe import pruefe_bau
from pipelines.freigabe.fehler import Pruefung


def _gescheitert(kleinfreigabe: Kleinfreigabe) -> dict[str, str]:
    """Names and messages of the failed checks."""
    frei = kleinfreigabe.freigabe
    pruefungen = pruefe_bau(frei.ordner, zeilen=frei.zeilen, archiv=kleinfreigabe.klein.archiv, id_=frei.id)
    return {p.name: p.meldung for p in pruefungen if not p.bestanden}


def _verdorben(kleinfreigabe: Kleinfreigabe, befehl: str) -> dict[str, str]:
    """Spoil the built file, then run the checks."""
    with duckdb.connect(str(kleinfreigabe.datei)) as con:
        con.execute(befehl)
    return _gescheitert(kleinfreigabe)


def test_eine_gute_freigabe_besteht_alle(kleinfreigabe: Kleinfreigabe) -> None:
    frei = kleinfreigabe.freigabe
    pruefungen = pruefe_bau(frei.ordner, zeilen=frei.zeilen, archiv=kleinfreigabe.klein.archiv, id_="f1")
    assert all(isinstance(p, Pruefung) and p.bestanden for p in pruefungen), pruefungen
    assert len({p.name for p in pruefungen}) == len(pruefungen) == 12


@pytest.mark.parametrize(
    ("befehl", "pruefung", "meldung"),
    [
        ("drop table revisionen", "Tabellen", "die Tabelle revisionen fehlt"),
        ("alter table gebiete drop column kurz", "Tabellen", "in gebiete fehlen die Spalten kurz"),
        ("drop table indikatoren_schule", "Tabellen", "die Tabelle indikatoren_schule fehlt"),
        ("comment on column gebiete.kurz is null", "Beschreibungen", "gebiete.kurz ist nicht beschrieben"),
        ("comment on table gebiete is ''", "Beschreibungen", "gebiete ist nicht beschrieben"),
        ("delete from abgewiesen", "Zeilenzahl", "abgewiesen hat 0 Zeilen, im Lager 1"),
        ("update freigabe set id = 'f9'", "Kennung", "steht f9"),
        ("update indikatoren set freigabe = 'f9' where stichtag = '2022-12-31'", "Kennung", "12 Kennzahlen"),
        ("delete from indikatoren", "Kennzahlen", "keine Kennzahl"),
        ("insert into indikatoren from indikatoren limit 1", "Kennzahlen", "doppelt: auslaenderanteil"),
        ("update indikatoren set wert = 1 where status = 'O'", "Kennzahlen", "Wert und Status widersprechen sich"),
        ("update indikatoren set status = 'X' where wert is not null", "Kennzahlen", "Status X"),
        ("update indikatoren set wert = 'nan' where indikator = 'einwohner'", "Zahlen", "indikatoren.wert: 8 Werte"),
        ("update beobachtungen set wert = 'inf'", "Zahlen", "beobachtungen.wert"),
        ("update beobachtungen set zeile = null where klasse = 5", "Herkunft", "4 Beobachtungen ohne zeile"),
        ("update beobachtungen set originaltext = null", "Herkunft", "22 Beobachtungen ohne originaltext"),
        (
            "delete from abrufe where quelle = 'schulen'",
            "Herkunft",
            "(schulen) aus beobachtungen steht nicht",
        ),
        (
            "update beobachtungen set wert = wert + 1 where zeile = 2 and klasse = 1",
            "Rechnung",
            "einwohner 05112000-201",
        ),
        ("update indikatoren set wert = wert * 1.001 where indikator = 'zuzugsziffer'", "Rechnung", "zuzugsziffer 051"),
        ("update indikatoren set nenner = null where indikator = 'zuzugsziffer'", "Rechnung", "Nenner None"),
        ("delete from indikator_zuordnung where indikator = 'einwohner'", "Rechnung", "einwohner 05112000 2022-12-31"),
        ("drop macro table herkunft", "Makro", "nicht prüfbar"),
    ],
)
def test_verdorbenes_faellt_auf(kleinfreigabe: Kleinfreigabe, befehl: str, pruefung: str, meldung: str) -> None:
    assert meldung in _verdorben(kleinfreigabe, befehl)[pruefung]


def test_null_ohne_beobachtung_gilt_nur_fuer_verzeichnisse(kleinfreigabe: Kleinfreigabe) -> None:
    ohne = _verdorben(kleinfreigabe, "update merkmale set verzeichnis = false where merkmal = 'schulen'")
    assert "schulen 05112000-201 2024-07-31: Zähler 0.0" in ohne["Rechnung"]


def test_wal_und_unlesbare_datei(kleinfreigabe: Kleinfreigabe) -> None:
    wal = Path(f"{kleinfreigabe.datei}.wal")
    wal.write_bytes(b"")
    assert _gescheitert(kleinfreigabe) == {"Datei": "neben sozialraum.duckdb liegt eine .wal-Datei"}
    wal.unlink()
    kleinfreigabe.datei.write_bytes(b"kein DuckDB" * 1000)
    assert "lässt sich nicht lesend öffnen" in _gescheitert(kleinfreigabe)["Datei"]


def test_veraendertes_archivobjekt_faellt_auf(kleinfreigabe: Kleinfreigabe) -> None:
    objekt = next(iter((kleinfreigabe.klein.archiv.ordner / "objekte").glob("*/*")))
    objekt.chmod(0o644)
    objekt.write_bytes(objekt.read_bytes() + b" ")
    assert f"Ein archiviertes Objekt wurde verändert ({objekt.name})" in _gescheitert(kleinfreigabe)["Herkunft"]
