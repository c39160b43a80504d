"""What a built release holds."""

from __future__ import annotations

import copy
import hashlib
import json
from pathlib import Path

import duckdb
import pytest
from kleinkatalog import EINWOHNER
from kleinlager import MARXLOH, STADT, Klein, baue_kleinlager

from pipelines.freigabe import FreigabeFehler, baue
from pipelines.freigabe.tabellen import PFLICHT


def _baue(klein: Klein, tmp_path: Path, name: str = "bau") -> Path:
    return baue(klein.lager, klein.manifest, tmp_path / "freigaben" / name, archiv=klein.archiv).ordner


def _lies(ordner: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(ordner / "sozialraum.duckdb"), read_only=True)


def test_alle_tabellen_mit_ihren_zeilen(klein: Klein, tmp_path: Path) -> None:
    bau = baue(klein.lager, klein.manifest, tmp_path / "neu", archiv=klein.archiv)
    with _lies(bau.ordner) as con, duckdb.connect(str(klein.lager), read_only=True) as lager:
        namen = {z[0] for z in con.execute("select table_name from information_schema.tables").fetchall()}
        assert set(PFLICHT) <= namen
        assert namen == set(bau.zeilen)
        for name, zeilen in bau.zeilen.items():
            assert con.execute(f'select count(*) from "{name}"').fetchone() == (zeilen,)
        soll = lager.execute("select * from freigabe.indikatoren order by all").fetchall()
        assert con.execute("select * from indikatoren order by all").fetchall() == soll
    assert bau.zeilen["indikatoren"] == 32
    assert bau.zeilen["revisionen"] == 0


def test_jede_tabelle_und_spalte_ist_deutsch_beschrieben(klein: Klein, tmp_path: Path) -> None:
    with _lies(_baue(klein, tmp_path)) as con:
        tabellen = dict(con.execute("select table_name, comment from duckdb_tables()").fetchall())
        spalten = con.execute(
            "select table_name, column_name, comment from duckdb_columns() where not internal"
        ).fetchall()
    assert tabellen["abgewiesen"] == "Quellzeilen, aus denen kein Wert angenommen wurde, mit Grund"
    assert all(tabellen.values())
    assert [z for z in spalten if not z[2]] == []
    assert ("indikatoren", "gebiet", "Schlüssel des Gebiets, siehe gebiete") in spalten


def test_fehlende_spaltenbeschreibung_wird_genannt(klein: Klein, tmp_path: Path) -> None:
    klein.manifest["nodes"]["models.abgewiesen"]["columns"]["grund"]["description"] = " "
    with pytest.raises(FreigabeFehler, match=r"In der Tabelle abgewiesen .* keine Beschreibung: grund\."):
        _baue(klein, tmp_path)


def test_fehlende_tabellenbeschreibung_wird_genannt(klein: Klein, tmp_path: Path) -> None:
    klein.manifest["nodes"]["seeds.status"]["description"] = ""
    with pytest.raises(FreigabeFehler, match="Die Tabelle status hat keine Beschreibung"):
        _baue(klein, tmp_path)


def test_doppelter_name_und_leeres_manifest(klein: Klein, tmp_path: Path) -> None:
    doppelt = copy.deepcopy(klein.manifest)
    doppelt["nodes"]["noch eins"] = doppelt["nodes"]["seeds.status"]
    with pytest.raises(FreigabeFehler, match="status ist zweimal zur Freigabe deklariert"):
        baue(klein.lager, doppelt, tmp_path / "a", archiv=klein.archiv)
    with pytest.raises(FreigabeFehler, match="Keine Tabelle ist zur Freigabe deklariert"):
        baue(klein.lager, {"nodes": {}}, tmp_path / "b", archiv=klein.archiv)


def test_tabelle_des_manifests_fehlt_im_lager(klein: Klein, tmp_path: Path) -> None:
    with duckdb.connect(str(klein.lager)) as con:
        con.execute("drop table stammdaten.module")
    with pytest.raises(FreigabeFehler, match=r"Die Tabelle module fehlt im Lager. Erwartet: stammdaten\.module"):
        _baue(klein, tmp_path)


def test_lager_fehlt_oder_ist_nicht_zurueckgeschrieben(klein: Klein, tmp_path: Path) -> None:
    wal = Path(f"{klein.lager}.wal")
    wal.write_bytes(b"x")
    with pytest.raises(FreigabeFehler, match=r"lager\.duckdb\.wal"):
        _baue(klein, tmp_path)
    wal.unlink()
    klein.lager.unlink()
    with pytest.raises(FreigabeFehler, match=r"lager\.duckdb fehlt"):
        _baue(klein, tmp_path)


def test_offene_verbindung_zum_lager_stoert_nicht_und_keine_wal_bleibt(klein: Klein, tmp_path: Path) -> None:
    with duckdb.connect(str(klein.lager)) as offen:
        ordner = _baue(klein, tmp_path)
        assert offen.execute("select count(*) from freigabe.indikatoren").fetchone() == (32,)
    assert sorted(p.name for p in ordner.parent.rglob("*") if p.suffix == ".wal" or p.name.startswith(".")) == []


def test_dateiformat_ist_fuer_alte_duckdb_lesbar(klein: Klein, tmp_path: Path) -> None:
    ordner = _baue(klein, tmp_path)
    with duckdb.connect() as con:
        con.execute(f"attach '{ordner}/sozialraum.duckdb' as f (read_only)")
        angaben = con.execute(
            "select tags['storage_version'] from duckdb_databases() where database_name = 'f'"
        ).fetchone()
        assert angaben is not None
        assert angaben[0].startswith("v1.0.0")
        assert con.execute("select count(*) from duckdb_indexes() where database_name = 'f'").fetchone() == (0,)


def test_parquet_und_csv_sagen_dasselbe(klein: Klein, tmp_path: Path) -> None:
    ordner = _baue(klein, tmp_path)
    with _lies(ordner) as con, duckdb.connect() as lesend:
        for name in ("indikatoren", "beobachtungen", "revisionen", "quellen"):
            soll = con.execute(f"select * from {name} order by all").fetchall()
            parquet = f"select * from read_parquet('{ordner}/parquet/{name}.parquet') order by all"
            assert lesend.execute(parquet).fetchall() == soll
            csv = (ordner / "csv" / f"{name}.csv").read_text(encoding="utf-8")
            assert csv.count("\n") == len(soll) + 1
    leer = (ordner / "csv" / "revisionen.csv").read_text(encoding="utf-8")
    assert leer.startswith("indikator,gebiet,stichtag")
    zeile = next(
        z for z in (ordner / "csv" / "beobachtungen.csv").read_text().splitlines() if "geheim" in z or ",.," in z
    )
    assert ",Q,A,melderegister," in zeile
    assert ",,Personen,Q" in zeile  # no value is empty, not 0


def test_leerer_text_und_fehlender_wert_bleiben_im_csv_verschieden(klein: Klein, tmp_path: Path) -> None:
    abrufe = (_baue(klein, tmp_path) / "csv" / "abrufe.csv").read_text(encoding="utf-8").splitlines()
    kopf, zeile = abrufe[0].split(","), abrufe[1].split(",")
    assert zeile[kopf.index("etag")] == '""'
    assert zeile[kopf.index("stand")] == ""


def test_beobachtungen_sind_nach_tag_und_gebiet_sortiert(klein: Klein, tmp_path: Path) -> None:
    with _lies(_baue(klein, tmp_path)) as con:
        reihe = con.execute("select stichtag, gebiet, klasse from beobachtungen").fetchall()
    assert reihe == sorted(reihe)


def test_gleicher_inhalt_gibt_gleiche_inhaltshashes(tmp_path: Path) -> None:
    eins, zwei = baue_kleinlager(tmp_path / "1"), baue_kleinlager(tmp_path / "2")
    with duckdb.connect(str(zwei.lager)) as con:  # the same rows in another order
        con.execute("create or replace table freigabe.indikatoren as from freigabe.indikatoren order by wert desc")
    anders = baue_kleinlager(tmp_path / "3", einwohner=EINWOHNER.replace("1.510", "1.511"))
    baue_1 = baue(eins.lager, eins.manifest, tmp_path / "1" / "bau", archiv=eins.archiv)
    baue_2 = baue(zwei.lager, zwei.manifest, tmp_path / "2" / "bau", archiv=zwei.archiv)
    baue_3 = baue(anders.lager, anders.manifest, tmp_path / "3" / "bau", archiv=anders.archiv)
    assert baue_1.inhalte == baue_2.inhalte
    verschieden = {t for t in baue_1.inhalte if baue_1.inhalte[t] != baue_3.inhalte[t]}
    assert verschieden == {
        "beobachtungen",
        "indikatoren_schule",
        "indikatoren",
        "abrufe",
        "indikatoren_bevoelkerung",
        "indikatoren_wanderung",
        "vergleiche",
    }


def test_freigabeschein_bindet_dateien_archiv_und_vorgaenger(klein: Klein, tmp_path: Path) -> None:
    erste = _baue(klein, tmp_path, "f1")
    zweites = baue_kleinlager(tmp_path / "zwei", id_="f2", vorgaenger="f1")
    zweite = baue(zweites.lager, zweites.manifest, tmp_path / "freigaben" / "f2", archiv=zweites.archiv).ordner
    schein = json.loads((zweite / "freigabe.json").read_text(encoding="utf-8"))
    assert (schein["id"], schein["vorgaenger"], schein["code"], schein["lauf"]) == ("f2", "f1", "c0ffee", "lauf-1")
    assert schein["vorgaenger_sha256"] == hashlib.sha256((erste / "freigabe.json").read_bytes()).hexdigest()
    dateien = {p.relative_to(zweite).as_posix() for p in zweite.rglob("*") if p.is_file()} - {"freigabe.json"}
    assert set(schein["dateien"]) == dateien
    for name, angaben in schein["dateien"].items():
        inhalt = (zweite / name).read_bytes()
        assert angaben == {"bytes": len(inhalt), "sha256": hashlib.sha256(inhalt).hexdigest()}
    assert len(schein["archiv"]) == 6
    assert all(zweites.archiv.pfad(o).is_file() for o in schein["archiv"])
    assert json.loads((erste / "freigabe.json").read_text())["vorgaenger_sha256"] is None


def test_fehlender_vorgaenger_und_fehlendes_objekt(klein: Klein, tmp_path: Path) -> None:
    verwaist = baue_kleinlager(tmp_path / "zwei", id_="f2", vorgaenger="f1")
    with pytest.raises(FreigabeFehler, match="Die vorige Freigabe f1 liegt nicht mehr"):
        _baue(verwaist, tmp_path / "zwei")
    objekt = next(iter((klein.archiv.ordner / "objekte").glob("*/*")))
    objekt.unlink()
    with pytest.raises(FreigabeFehler, match=f"Im Archiv fehlen 1 benutzte Objekte: {objekt.name}"):
        _baue(klein, tmp_path)


def test_datenpaket_nennt_spalten_lizenzen_und_quellen(klein: Klein, tmp_path: Path) -> None:
    ordner = _baue(klein, tmp_path)
    paket = json.loads((ordner / "datapackage.json").read_text(encoding="utf-8"))
    assert paket["beispiel"] is False
    assert "Beispieldaten" not in paket["title"]
    assert paket["licenses"] == [{"name": "cc-by-3.0-de", "path": "https://example.org/l"}]
    assert {q["namensnennung"] for q in paket["sources"]} >= {"Stadt, schulen, CC BY"}
    ressourcen = {r["name"]: r for r in paket["resources"]}
    felder = {f["name"]: f for f in ressourcen["indikatoren"]["schema"]["fields"]}
    assert felder["stichtag"] == {
        "name": "stichtag",
        "type": "date",
        "description": "Stichtag; bei Zeiträumen deren letzter Tag",
    }
    assert (felder["wert"]["type"], felder["revision"]["type"]) == ("number", "integer")
    for ressource in paket["resources"]:
        inhalt = (ordner / ressource["path"]).read_bytes()
        assert ressource["hash"] == f"sha256:{hashlib.sha256(inhalt).hexdigest()}"
        assert ressource["bytes"] == len(inhalt)


def test_beispieldaten_sind_ueberall_vermerkt(tmp_path: Path) -> None:
    beispiel = baue_kleinlager(tmp_path, datenart="beispiel")
    ordner = _baue(beispiel, tmp_path)
    paket = json.loads((ordner / "datapackage.json").read_text(encoding="utf-8"))
    assert paket["beispiel"] is True
    assert paket["title"].endswith("Beispieldaten – keine Angaben über Duisburg")
    assert "BEISPIELDATEN – KEINE ANGABEN ÜBER DUISBURG" in (ordner / "LIESMICH.txt").read_text(encoding="utf-8")
    assert json.loads((ordner / "freigabe.json").read_text(encoding="utf-8"))["beispiel"] is True


@pytest.mark.parametrize("stichtag", ["'2023-12-31'", "date '2023-12-31'"])
def test_makro_nennt_die_zellen(klein: Klein, tmp_path: Path, stichtag: str) -> None:
    with _lies(_baue(klein, tmp_path)) as con:
        zellen = con.execute(
            "select rolle, zeile, spalte, originaltext, gewicht, datei, lizenz "
            f"from herkunft('auslaenderanteil', '{MARXLOH}', {stichtag}) where rolle = 'zaehler'"
        ).fetchall()
    assert zellen == [
        ("zaehler", 9, 4, "2.510", 1.0, "einwohner.csv", "cc-by-3.0-de"),
        ("zaehler", 9, 5, "7.510", 1.0, "einwohner.csv", "cc-by-3.0-de"),
    ]


def test_makro_ergibt_jede_kennzahl(klein: Klein, tmp_path: Path) -> None:
    with _lies(_baue(klein, tmp_path)) as con:
        kennzahlen = con.execute(
            "select indikator, gebiet, stichtag, basis, zaehler, nenner from indikatoren where wert is not null"
        ).fetchall()
        for indikator, gebiet, stichtag, basis, zaehler, nenner in kennzahlen:
            summen = con.execute(
                "select rolle, sum(gewicht * wert) from herkunft(?, ?, ?) where basis in (?, '') group by rolle",
                [indikator, gebiet, stichtag, basis],
            ).fetchall()
            je_rolle = dict(summen)
            assert je_rolle.get("zaehler", 0) == pytest.approx(zaehler)
            assert nenner is None or je_rolle["nenner"] == pytest.approx(nenner)
    assert len(kennzahlen) == 23


def test_makro_vorjahr_und_schuljahr(klein: Klein, tmp_path: Path) -> None:
    with _lies(_baue(klein, tmp_path)) as con:
        tage = con.execute(
            "select distinct bezug, stichtag::varchar from herkunft('zuzugsziffer', ?, '2023-12-31') order by all",
            [MARXLOH],
        ).fetchall()
        schule = con.execute(
            "select distinct rolle, basis, stichtag::varchar from herkunft('schueler_je_100_6_9', ?, '2024-07-31') "
            "order by all",
            [STADT],
        ).fetchall()
        ohne = con.execute("select count(*) from herkunft('einwohner', ?, '1999-12-31')", [STADT]).fetchone()
    assert tage == [("stichtag", "2022-12-31"), ("stichtag", "2023-12-31")]
    assert schule == [("nenner", "melderegister", "2023-12-31"), ("zaehler", "", "2024-07-31")]
    assert ohne == (0,)
