"""The audit finds what was changed, wherever, and names it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import duckdb
import pytest
from kleinkatalog import EINWOHNER
from kleinlager import Kleinfreigabe, baue_kleinlager, manifest

from pipelines.freigabe import freigeben
from pipelines.freigabe.beilagen import als_text, dateihash, pruefsumme
from pipelines.freigabe.inhalt import inhaltshash, spaltentypen
from pipelines.freigabe.tabellen import freigegebene
from pipelines.pruefe import Pruefbericht, pruefe
from pipelines.pruefe.archivbytes import pruefe_objekte
from pipelines.pruefe.dateien import lies_schein, pruefe_dateien


def _pruefe(frei: Kleinfreigabe) -> Pruefbericht:
    return pruefe(frei.freigabe.ordner, frei.klein.archiv, frei.klein.katalog)


def _maengel(bericht: Pruefbericht) -> dict[str, str]:
    return {p.name: "; ".join(p.maengel) for p in bericht.punkte if not p.bestanden}


def _faelsche(frei: Kleinfreigabe, *befehle: str) -> None:
    """Change tables and cover all tracks: Parquet, CSV and the release note with all its hashes are made to fit."""
    ordner = frei.freigabe.ordner
    schein = json.loads((ordner / "freigabe.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(frei.datei)) as con:
        con.execute("set timezone = 'UTC'")
        for befehl in befehle:
            con.execute(befehl)
        for name, angaben in schein["tabellen"].items():
            con.execute(f"copy {name} to '{ordner}/parquet/{name}.parquet' (format parquet)")
            con.execute(f"copy {name} to '{ordner}/csv/{name}.csv' (format csv, header true, nullstr '')")
            zeilen = con.execute(f"select count(*) from {name}").fetchone()
            angaben |= {"zeilen": zeilen[0] if zeilen else 0, "inhalt": inhaltshash(con, name, spaltentypen(con, name))}
        schein["archiv"] = [z[0] for z in con.execute("select distinct abruf from abrufe order by 1").fetchall()]
    for name, angaben in schein["dateien"].items():
        angaben |= {"bytes": (ordner / name).stat().st_size, "sha256": dateihash(ordner / name)}
    schein["pruefsumme"] = pruefsumme(schein)
    (ordner / "freigabe.json").write_text(als_text(schein), encoding="utf-8")


def test_gute_freigabe_besteht(kleinfreigabe: Kleinfreigabe) -> None:
    bericht = pruefe(kleinfreigabe.freigaben / "aktuell", kleinfreigabe.klein.archiv, kleinfreigabe.klein.katalog)
    assert bericht.bestanden, bericht.als_text()
    geprueft = {p.name: p.geprueft for p in bericht.punkte}
    assert (geprueft["Kennzahlen"], geprueft["Quellzellen"], geprueft["Vollständigkeit"]) == (32, 22, 17)
    assert geprueft["Tabellen, Parquet und CSV"] == len(freigegebene(manifest()))
    assert "Ergebnis: bestanden" in bericht.als_text()
    assert json.loads(json.dumps(bericht.als_json()))["bestanden"] is True


def test_spurlose_faelschung_ohne_aenderung_besteht(kleinfreigabe: Kleinfreigabe) -> None:
    _faelsche(kleinfreigabe)
    assert _maengel(_pruefe(kleinfreigabe)) == {}


@pytest.mark.parametrize(
    ("befehl", "punkt", "meldung"),
    [
        (
            "update indikatoren set wert = wert + 1e-6 where zaehler = 10020",
            "Kennzahlen",
            "auslaenderanteil 05112000-202",
        ),
        ("update indikatoren set nenner = nenner + 1 where zaehler = 1100", "Kennzahlen", "nenner ist freigegeben als"),
        ("update indikatoren set status = 'P' where status = 'A'", "Kennzahlen", "status ist freigegeben als P, nach"),
        ("update indikatoren set wert = 0, zaehler = 0, status = 'A' where status = 'Q'", "Kennzahlen", "0.0, nachg"),
        ("update indikatoren set vertraulichkeit = 'F' where status = 'Q'", "Kennzahlen", "vertraulichkeit ist"),
        ("update indikatoren set unsicher_bis = 99 where zaehler = 10020", "Kennzahlen", "unsicher_bis ist"),
        ("update indikatoren set zuverlaessigkeit = 'B' where zaehler = 10020", "Kennzahlen", "zuverlaessigkeit ist"),
        ("update indikatoren set datenart = 'beispiel'", "Kennzahlen", "datenart ist freigegeben als beispiel"),
        ("update indikatoren set basis = 'zensus2022' where zaehler = 10020", "Kennzahlen", "ergibt sich keine solche"),
        ("update indikatoren set zeitraum_von = null", "Kennzahlen", "zeitraum_von ist freigegeben als NaT"),
        ("update indikator_zuordnung set gewicht = 2 where klasse = 5", "Kennzahlen", "zuzugsziffer 05112000-202"),
        (
            "update indikatoren_schule set schulen = 7",
            "Breite Tabellen",
            "in indikatoren 1.0, in indikatoren_schule 7.0",
        ),
        (
            "update beobachtungen set wert = wert + 1 where zeile = 9 and spalte = 4",
            "Quellzellen",
            "Zeile 9, Spalte 4: wert",
        ),
        (
            "update beobachtungen set originaltext = '7' where zeile = 9 and spalte = 4",
            "Quellzellen",
            "»7«, in der Quelle »2",
        ),
        ("update beobachtungen set spalte = 3 where zeile = 9 and spalte = 4", "Quellzellen", "dort steht keine Zelle"),
        (
            "update beobachtungen set gebiet = '05112000-201' where zeile = 9",
            "Quellzellen",
            "kurz ist in der Freigabe »201«",
        ),
        (
            "update beobachtungen set stichtag = '2022-12-31' where zeile = 9",
            "Quellzellen",
            "stichtag ist in der Freigabe »2022",
        ),
        ("update beobachtungen set alter_bis = 20 where zeile = 9 and spalte = 4", "Quellzellen", "alter_bis ist"),
        (
            "update beobachtungen set staatsangehoerigkeit = 'deutsch' where zeile = 9",
            "Quellzellen",
            "staatsangehoerigkeit ist",
        ),
        (
            "update beobachtungen set status = 'A', wert = 0 where status = 'Q'",
            "Quellzellen",
            "status ist in der Freigabe »A«",
        ),
        (
            "update beobachtungen set merkmal = 'geburten' where klasse = 5",
            "Quellzellen",
            "merkmal ist in der Freigabe",
        ),
        (
            "update beobachtungen set korrigiert = '7', korrektur = 'erfunden' where zeile = 9 and spalte = 4",
            "Quellzellen",
            "korrigiert ist in der Freigabe »7«, in der Quelle »None«",
        ),
        ("update beobachtungen set art = 'x' where zeile = 9", "Quellzellen", "art ist in der Freigabe »x«"),
        ("update beobachtungen set basis = 'zensus2022' where zeile = 9", "Quellzellen", "basis ist in der Freigabe"),
        ("update beobachtungen set ist_summe = true where zeile = 9", "Quellzellen", "ist_summe ist in der Freigabe"),
        (
            "update beobachtungen set zeitraum_von = '2023-02-01' where klasse = 5",
            "Quellzellen",
            "zeitraum_von ist in der Freigabe »2023-02-01«",
        ),
        ("update beobachtungen set einrichtung = '100009' where klasse = 7", "Quellzellen", "einrichtung ist in der"),
        ("update abrufe set umwege = 'ckan: 503'", "Abrufe", "verzeichnet sind umwege"),
        (
            "insert into abgewiesen select quelle, abruf, zeile, 'Gebiet unbekannt', originaltext, datenart from "
            "beobachtungen where klasse = 5 and zeile = 2",
            "Vollständigkeit",
            "Zeile 2: abgewiesen, obwohl nichts dagegen spricht",
        ),
        (
            "delete from beobachtungen where klasse = 5 and zeile = 2",
            "Vollständigkeit",
            "Zeile 2, Spalte 3: »100« ist weder",
        ),
        ("delete from abgewiesen", "Vollständigkeit", "schulen.csv, Zeile 3, Spalte 1: »100002« ist weder"),
        ("update abgewiesen set text = 'x'", "Vollständigkeit", "abgewiesen ist »x«, in der Quelle steht »100002«"),
        ("update abgewiesen set zeile = 2", "Vollständigkeit", "Zeile 2: zugleich angenommen und abgewiesen"),
        ("update abrufe set url = 'https://anderswo.example'", "Abrufe", "anders als im Archiv verzeichnet sind url"),
        ("update abrufe set datenart = 'beispiel' where quelle = 'schulen'", "Abrufe", "verzeichnet sind datenart"),
        ("update abrufe set teil = 'x' where quelle = 'schulen'", "Quelldateien", "schulen/x ist nicht deklariert"),
        ("update freigabe set code = 'anders'", "Freigabeschein", "code: freigabe.json sagt c0ffee, die Tabelle"),
        ("delete from freigabe", "Freigabeschein", "hat 0 Zeilen"),
        ("delete from indikator_katalog", "Kennzahlen", "nicht prüfbar"),
    ],
)
def test_faelschung_die_alle_spuren_verwischt(
    kleinfreigabe: Kleinfreigabe, befehl: str, punkt: str, meldung: str
) -> None:
    _faelsche(kleinfreigabe, befehl)
    assert meldung in _maengel(_pruefe(kleinfreigabe))[punkt]


def _kippe_bit(datei: Path, wuerfel: random.Random) -> bytes:
    """Flip one random bit; returns the bytes from before."""
    gut = datei.read_bytes()
    stelle = wuerfel.randrange(len(gut))
    datei.write_bytes(gut[:stelle] + bytes([gut[stelle] ^ (1 << wuerfel.randrange(8))]) + gut[stelle + 1 :])
    return gut


def test_zufaellige_bits_in_freigabe_und_archiv_werden_gefunden(kleinfreigabe: Kleinfreigabe) -> None:
    wuerfel = random.Random(20261122)
    ordner, archiv = kleinfreigabe.freigabe.ordner, kleinfreigabe.klein.archiv
    dateien = sorted(p for w in (ordner, archiv.ordner) for p in w.rglob("*") if p.is_file() and p.stat().st_size)
    for datei in dateien:
        datei.chmod(0o644)
    unbemerkt = []
    for runde in range(200):
        datei = wuerfel.choice(dateien)
        gut = _kippe_bit(datei, wuerfel)
        schein, punkt = lies_schein(ordner)
        punkte = [punkt, pruefe_dateien(ordner, schein), pruefe_objekte(archiv)]
        punkte += _pruefe(kleinfreigabe).punkte if runde % 40 == 0 else []
        if not any(datei.name in mangel for p in punkte for mangel in p.maengel):
            unbemerkt.append(datei.name)
        datei.write_bytes(gut)
    assert unbemerkt == []
    assert _pruefe(kleinfreigabe).bestanden


def test_fehlende_und_fremde_dateien(kleinfreigabe: Kleinfreigabe) -> None:
    ordner = kleinfreigabe.freigabe.ordner
    (ordner / "csv" / "gebiete.csv").unlink()
    (ordner / "notiz.txt").write_text("hallo")
    maengel = _maengel(_pruefe(kleinfreigabe))
    assert maengel["Dateien der Freigabe"] == "csv/gebiete.csv fehlt; notiz.txt steht nicht in freigabe.json"
    assert "csv/gebiete.csv fehlt" in maengel["Tabellen, Parquet und CSV"]


def test_parquet_mit_anderem_inhalt_wird_auch_bei_passender_pruefsumme_gefunden(kleinfreigabe: Kleinfreigabe) -> None:
    _faelsche(kleinfreigabe)
    ordner = kleinfreigabe.freigabe.ordner
    with duckdb.connect() as con:
        quelle = f"select * replace (name || '!' as name) from read_parquet('{ordner}/parquet/gebiete.parquet')"
        con.execute(f"copy (from ({quelle})) to '{ordner}/parquet/neu.parquet' (format parquet)")
    (ordner / "parquet" / "neu.parquet").replace(ordner / "parquet" / "gebiete.parquet")
    csv = ordner / "csv" / "gebiete.csv"
    csv.write_text(csv.read_text(encoding="utf-8").replace("Marxloh", "Marxlohe"), encoding="utf-8")
    schein = json.loads((ordner / "freigabe.json").read_text(encoding="utf-8"))
    for name in ("parquet/gebiete.parquet", "csv/gebiete.csv"):
        schein["dateien"][name] = {"bytes": (ordner / name).stat().st_size, "sha256": dateihash(ordner / name)}
    schein["pruefsumme"] = pruefsumme(schein)
    (ordner / "freigabe.json").write_text(als_text(schein), encoding="utf-8")
    maengel = _maengel(_pruefe(kleinfreigabe))
    assert maengel == {
        "Tabellen, Parquet und CSV": "parquet/gebiete.parquet hat einen anderen Inhalt als die Tabelle; "
        "csv/gebiete.csv hat einen anderen Inhalt als die Tabelle"
    }


def test_kette_der_freigaben(kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
    zweites = baue_kleinlager(
        tmp_path / "zwei", id_="f2", vorgaenger="f1", einwohner=EINWOHNER.replace("2.510;7.510", "2.600;7.600")
    )
    zweite = freigeben(zweites.lager, zweites.manifest, kleinfreigabe.freigaben, zweites.archiv, "f2")
    gut = pruefe(zweite.ordner, zweites.archiv, zweites.katalog)
    assert gut.bestanden, gut.als_text()
    _faelsche(kleinfreigabe, "update gebiete set name = 'Marxlohe' where kurz = '202'")
    maengel = _maengel(pruefe(zweite.ordner, zweites.archiv, zweites.katalog))
    assert maengel == {"Kette der Freigaben": "der Vorgänger f1 wurde verändert: freigabe.json passt nicht zur "
                       "vermerkten sha256"}  # fmt: skip
    assert "aus der die Freigabe f2 hervorging" in _maengel(_pruefe(kleinfreigabe))["Kette der Freigaben"]
    (kleinfreigabe.freigabe.ordner / "freigabe.json").unlink()
    ohne = pruefe(zweite.ordner, zweites.archiv, zweites.katalog)
    assert ohne.bestanden
    assert any("Vorgänger f1 liegt nicht hier" in h for p in ohne.punkte for h in p.hinweise)


@pytest.mark.parametrize("inhalt", ["", "{", "[]", '{"id": "f1"}', '{"dateien": 5, "tabellen": null}'])
def test_kaputter_freigabeschein(kleinfreigabe: Kleinfreigabe, inhalt: str) -> None:
    (kleinfreigabe.freigabe.ordner / "freigabe.json").write_text(inhalt)
    bericht = _pruefe(kleinfreigabe)
    assert not bericht.bestanden
    assert "freigabe.json" in _maengel(bericht)["Freigabeschein (Prüfsumme)"]


def test_leerer_ordner_und_leeres_archiv(kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> None:
    leer = tmp_path / "leer"
    leer.mkdir()
    bericht = pruefe(leer, type(kleinfreigabe.klein.archiv)(tmp_path / "nichts"), kleinfreigabe.klein.katalog)
    maengel = _maengel(bericht)
    assert "nicht lesbar" in maengel["Freigabeschein (Prüfsumme)"]
    assert maengel["Archiv (Bytes)"] == "das Archiv ist leer oder fehlt"
    assert "Ergebnis: nicht bestanden" in bericht.als_text()


def test_viele_maengel_werden_im_text_gezaehlt(kleinfreigabe: Kleinfreigabe) -> None:
    _faelsche(kleinfreigabe, "update beobachtungen set originaltext = originaltext || 'x', wert = wert + 1")
    bericht = _pruefe(kleinfreigabe)
    zellen = next(p for p in bericht.punkte if p.name == "Quellzellen")
    assert len(zellen.maengel) > 40
    assert "weitere (alle: --json)" in bericht.als_text()
    punkt = next(p for p in bericht.als_json()["punkte"] if p["name"] == "Quellzellen")
    assert len(punkt["maengel"]) == len(zellen.maengel)
