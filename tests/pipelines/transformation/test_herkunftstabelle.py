"""Column lineage of a whole warehouse as a table: a small one by hand, and the example run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
from laufhilfe import Szene

from pipelines.lager import verbinden
from pipelines.rohtabellen.rechenwege import rohspaltenquellen
from pipelines.transformation.dbt_lauf import Knotenergebnis
from pipelines.transformation.herkunftstabelle import Rohwege, merke_modelle, schreibe_spaltenherkunft
from pipelines.transformation.spaltenherkunft import HerkunftFehler
from quellen.modell import lade_katalog

ROH = Rohwege(frozenset({"zahlen__alle"}), {"figuren": {"text": [("raw.zahlen__alle", "originaltext")]}})
STUFE = "select f.text as wert, 1 as eins from raw.figuren as f"
ENDE = "select s.wert, o.name, s.eins, l.id from stufen.stufe as s, stamm.orte as o, raw.lauf as l"


def _modell(schema: str, alias: str, von: list[str], freigabe: str = "") -> dict[str, Any]:
    meta = {"freigabe": freigabe} if freigabe else {}
    return {"resource_type": "model", "schema": schema, "alias": alias, "depends_on": {"nodes": von}} | {
        "config": {"meta": meta}
    }


def _saat(alias: str, freigabe: str = "") -> dict[str, Any]:
    saat = _modell("stamm", alias, [], freigabe)
    return saat | {"resource_type": "seed", "original_file_path": f"seeds/{alias}.csv"}


MANIFEST: dict[str, Any] = {
    "nodes": {
        "model.stufe": _modell("stufen", "stufe", ["source.figuren"]),
        "model.ende": _modell("aus", "ende_", ["model.stufe", "seed.orte", "source.lauf"], "ende"),
        "seed.orte": _saat("orte"),
        "seed.arten": _saat("arten", "arten"),
    },
    "sources": {
        f"source.{n}": {"resource_type": "source", "schema": "raw", "identifier": n, "config": {"meta": {}}}
        for n in ("figuren", "lauf", "fremd")
    },
}


def _gebaut(knoten: str, sql: str, status: str = "success") -> Knotenergebnis:
    return Knotenergebnis(knoten, "model", status, "", 0.1, 0, sql)


@pytest.fixture
def lager(tmp_path: Path) -> Path:
    with verbinden(tmp_path / "lager.duckdb") as con:
        con.execute("create table raw.zahlen__alle (originaltext varchar)")
        con.execute("create view raw.figuren as select originaltext as text from raw.zahlen__alle")
        con.execute("create table raw.fremd (x varchar)")
        for s, t, spalten in (
            ("stamm", "orte", "name varchar"),
            ("stamm", "arten", "art varchar"),
            ("stufen", "stufe", "wert varchar, eins integer"),
            ("aus", "ende_", "wert varchar, name varchar, eins integer, id varchar"),
        ):
            con.execute(f"create schema if not exists {s}")
            con.execute(f"create table {s}.{t} ({spalten})")
    return tmp_path / "lager.duckdb"


def _schreibe(lager: Path, *gebaut: Knotenergebnis) -> list[tuple[str, ...]]:
    with verbinden(lager) as con:
        merke_modelle(con, MANIFEST, gebaut)
        schreibe_spaltenherkunft(con, MANIFEST, ROH, lager.parent / "ablage")
        return con.execute("from raw.spaltenherkunft").fetchall()


def test_jede_spalte_bis_dahin_wo_sie_beginnt(lager: Path) -> None:
    kanten = _schreibe(lager, _gebaut("model.stufe", STUFE), _gebaut("model.ende", ENDE))
    assert [k for k in kanten if k[0] != "spaltenherkunft"] == [
        ("arten", "art", "dbt_projekt/seeds/arten.csv", "art", "stammdaten"),
        ("ende", "eins", "stufen.stufe", "eins", "modell"),
        ("ende", "id", "raw.lauf", "id", "lauf"),
        ("ende", "name", "dbt_projekt/seeds/orte.csv", "name", "stammdaten"),
        ("ende", "wert", "stufen.stufe", "wert", "modell"),
        ("raw.figuren", "text", "raw.zahlen__alle", "originaltext", "quelltext"),
        ("stufen.stufe", "eins", "", "", "konstante"),
        ("stufen.stufe", "wert", "raw.figuren", "text", "roh"),
    ]
    eigene = [k for k in kanten if k[0] == "spaltenherkunft"]
    assert {k[4] for k in eigene} == {"programm"}
    assert len(eigene) == 5


def test_ein_teilbau_laesst_das_uebrige_sql_stehen(lager: Path) -> None:
    vorher = _schreibe(lager, _gebaut("model.stufe", STUFE), _gebaut("model.ende", ENDE))
    anders = ENDE.replace("s.wert", "o.name as wert")
    nachher = _schreibe(lager, _gebaut("model.ende", anders), _gebaut("model.stufe", "kaputt", "error"))
    assert set(vorher) ^ set(nachher) == {
        ("ende", "wert", "stufen.stufe", "wert", "modell"),
        ("ende", "wert", "dbt_projekt/seeds/orte.csv", "name", "stammdaten"),
    }


def test_ein_modell_das_es_nicht_mehr_gibt_wird_vergessen(lager: Path) -> None:
    _schreibe(lager, _gebaut("model.stufe", STUFE), _gebaut("model.ende", ENDE))
    with verbinden(lager) as con:
        con.execute("insert into raw.modelle values ('alt.weg', 'select 1')")
        assert merke_modelle(con, MANIFEST, []) == 2
        assert con.execute("select modell from raw.modelle order by 1").fetchall() == [
            ("aus.ende_",),
            ("stufen.stufe",),
        ]


@pytest.mark.parametrize(
    ("gebaut", "meldung"),
    [
        ([_gebaut("model.stufe", STUFE)], r"aus\.ende_: das ausgeführte SQL ist nicht aufgehoben"),
        (
            [_gebaut("model.stufe", STUFE), _gebaut("model.ende", "select 1 as wert")],
            r"aus\.ende_\.name: Herkunft nicht",
        ),
        (
            [_gebaut("model.stufe", "select f.x as wert, 1 as eins from raw.fremd as f"), _gebaut("model.ende", ENDE)],
            r"stufen\.stufe\.wert ist aus raw\.fremd\.x gemacht, und die ist unbekannt",
        ),
    ],
)
def test_eine_spalte_ohne_herkunft_ist_ein_fehler(lager: Path, gebaut: list[Knotenergebnis], meldung: str) -> None:
    with pytest.raises(HerkunftFehler, match=meldung):
        _schreibe(lager, *gebaut)


class TestBeispiel:
    def test_jede_freigegebene_spalte_hat_eine_herkunft(self, beispiel_freigabe: Szene) -> None:
        spalten = beispiel_freigabe.frage(
            "select table_name, column_name from duckdb_columns() where schema_name = 'main' and not internal"
        )
        mit = set(beispiel_freigabe.frage("select tabelle, spalte from spaltenherkunft"))
        assert len(spalten) > 600
        assert set(spalten) <= mit

    @pytest.mark.parametrize("spalte", ["wert", "zaehler", "nenner"])
    def test_das_makro_fuehrt_zu_den_texten_der_dateien(self, beispiel_freigabe: Szene, spalte: str) -> None:
        weg = beispiel_freigabe.frage("select * from spaltenweg('indikatoren', ?)", spalte)
        texte = {str(z[3]) for z in weg if z[4] == "originaltext" and z[5] == "quelltext"}
        assert texte >= {"raw.einwohner_ortsteil__alter", "raw.bevoelkerung_kreis__tabelle"}
        assert [z[0] for z in weg] == sorted(z[0] for z in weg)
        assert weg[0][:3] == (1, "indikatoren", spalte)
        assert beispiel_freigabe.frage("select * from spaltenweg('indikatoren', 'gibt_es_nicht')") == []

    def test_das_makro_geht_denselben_weg_wie_eine_suche_von_hand(self, beispiel_freigabe: Szene) -> None:
        kanten = beispiel_freigabe.frage("from spaltenherkunft")
        for spalte in ("anteil_u3", "einwohner"):
            offen, gesehen = [("indikatoren_bevoelkerung", spalte)], set()
            while offen:
                ort = offen.pop()
                neue = {k for k in kanten if k[:2] == ort} - gesehen
                gesehen |= neue
                offen += [k[2:4] for k in neue]  # type: ignore[misc]
            weg = beispiel_freigabe.frage("select * from spaltenweg('indikatoren_bevoelkerung', ?)", spalte)
            assert {z[1:] for z in weg} == gesehen

    def test_gerechnete_rohtabellen_sind_vollstaendig_und_richtig_benannt(self, beispiel_freigabe: Szene) -> None:
        with duckdb.connect(str(beispiel_freigabe.daten / "lager.duckdb"), read_only=True) as con:
            roh = set(con.execute(
                "select 'raw.' || table_name, column_name from information_schema.columns where table_schema = 'raw'"
            ).fetchall())  # fmt: skip
        for tabelle, spalten in rohspaltenquellen(lade_katalog().values()).items():
            assert {s for t, s in roh if t == f"raw.{tabelle}"} == set(spalten), tabelle
            assert {q for quellen in spalten.values() for q in quellen} <= roh, tabelle

    def test_das_beigelegte_sql_ist_das_ausgefuehrte(self, beispiel_freigabe: Szene) -> None:
        ordner = beispiel_freigabe.daten / "dbt" / "compiled"
        modelle = [d for d in ordner.rglob("models/*/*.sql") if d.parent.suffix != ".yml"]
        kompiliert = {d.stem: d.read_text(encoding="utf-8").strip() for d in modelle}
        dateien = sorted((beispiel_freigabe.freigabe / "belege" / "sql").glob("*.sql"))
        assert len(dateien) == len(kompiliert) >= 90
        texte = {re.sub(r"\s+", " ", t) for t in kompiliert.values()}
        for datei in dateien:
            assert re.sub(r"\s+", " ", datei.read_text(encoding="utf-8").strip()) in texte, datei.name
