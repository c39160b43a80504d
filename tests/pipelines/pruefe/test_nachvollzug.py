"""The executed SQL once more on the archived files: every released cell follows, and what does not is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from kleinlager import Kleinfreigabe

from pipelines.pruefe.kette import lies_deklarationen
from pipelines.pruefe.nachvollzug import fuehre_aus, pruefe_nachvollzug
from pipelines.pruefe.quellzellen import Quellen, lies_quellen
from quellen.archiv import Archiv

if TYPE_CHECKING:
    from laufhilfe import Szene

    from pipelines.pruefe.bericht import Pruefpunkt


def _pruefe(ordner: Path, archiv: Path) -> Pruefpunkt:
    schein = json.loads((ordner / "freigabe.json").read_text(encoding="utf-8"))
    katalog, _ = lies_deklarationen(ordner, schein, {})
    with duckdb.connect(str(ordner / "sozialraum.duckdb"), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        quellen, _ = lies_quellen(con, Archiv(archiv), katalog)
    return pruefe_nachvollzug((ordner, schein), quellen, katalog)


FAELLE = [
    ("indikator_katalog", "name", "anders", "indikator = 'anteil_u3'"),
    ("indikator_zuordnung", "gewicht", "7", "rowid = 5"),
    ("gebiete", "flaeche_km2", "1", "gebiet = '05112000'"),
    ("gebietszuordnung", "gilt_bis", "2020-01-01", "rowid = 3"),
    ("status", "bedeutung", "anders", "status = 'O'"),
    ("quellen", "meldung", "anders", "quelle = 'schulen'"),
    ("quellen", "rhythmus", "anders", "quelle = 'kitas'"),
    ("abrufe", "zeilen", "1", "quelle = 'schulen'"),
    ("schluessel", "bezeichnung", "anders", "rowid = 2"),
    ("merkmale", "einheit", "anders", "merkmal = 'einwohner'"),
    ("einrichtungen", "x", "1", "rowid = 7"),
    ("einrichtungen", "name", "anders", "rowid = 9"),
    ("nachfragepunkte", "anteil", "0.5", "rowid = 1"),
    ("beobachtungen", "klasse", "1", "rowid = 100"),
    ("beobachtungen", "einheit", "anders", "rowid = 50000"),
    ("abgewiesen", "grund", "anders", "rowid = 4"),
    ("indikatoren", "zeitraum_von", "1999-01-01", "indikator = 'statusindex'"),
    ("vergleiche", "urteil", "anders", "rowid = 77"),
    ("indikatoren_bevoelkerung", "name", "anders", "rowid = 2"),
    ("indikatoren_schule", "enthaelt_beispiel", "false", "rowid = 1"),
    ("index_klassen", "treiber", "anders", "rowid = 1"),
    ("index_komponenten", "mitte", "7", "rowid = 1"),
    ("ableitungen", "bemerkung", "anders", "rowid = 3"),
    ("qualitaet_quellen", "beobachtungen", "1", "quelle = 'schulen'"),
    ("spaltenherkunft", "quellspalte", "zeile", "tabelle = 'indikatoren' and spalte = 'wert'"),
]


def test_jede_zelle_des_beispiels_und_jede_faelschung(beispiel_freigabe: Szene, tmp_path: Path) -> None:
    """One run on a copy in which a cell of every sort of table was changed: all are named, and nothing else.

    That nothing is found without them is what ``test_pruefe_beispiel`` shows. The release claims a predecessor that an
    auditor did not get: then only ``freigaben`` and ``revisionen`` stay open.
    """
    ordner = tmp_path / "freigaben" / beispiel_freigabe.freigabe.name
    shutil.copytree(beispiel_freigabe.freigabe, ordner, ignore=shutil.ignore_patterns("csv", "parquet"))
    datei = ordner / "sozialraum.duckdb"
    datei.chmod(0o644)
    with duckdb.connect(str(datei)) as con:
        for tabelle, spalte, wert, wo in FAELLE:
            ziel = f"(select min(rowid) from {tabelle} where {wo})"
            con.execute(f"update {tabelle} set {spalte} = '{wert}' where rowid = {ziel}")
        con.execute("update freigabe set vorgaenger = 'f0'")
    schein = json.loads((ordner / "freigabe.json").read_text(encoding="utf-8")) | {"vorgaenger": "f0"}
    (ordner / "freigabe.json").chmod(0o644)
    (ordner / "freigabe.json").write_text(json.dumps(schein), encoding="utf-8")
    punkt = _pruefe(ordner, beispiel_freigabe.daten / "archiv")
    ohne = [(t, s) for t, s, *_ in FAELLE if not any(m.startswith(f"{t}, ") and f"{s} ist" in m for m in punkt.maengel)]
    assert ohne == []
    genannt = {m.split(",")[0].split(":")[0] for m in punkt.maengel}
    assert genannt == {t for t, *_ in FAELLE}
    assert punkt.geprueft > 400_000
    assert punkt.hinweise == [
        f"Der Vorgänger liegt nicht hier: {tabelle} ist nicht nachvollziehbar."
        for tabelle in ("freigaben", "revisionen")
    ]


@pytest.mark.parametrize(
    ("befehl", "meldung"),
    [
        ("update gebiete set name = 'Marxlohe' where kurz = '202'", "name ist freigegeben als Marxlohe, aus Archiv"),
        ("update status set rang = 3 where status = 'A'", "status, A 3 True wie geliefert: rang ist freigegeben als 3"),
        ("delete from gebiete where kurz = '202'", "gebiete, 05112000-202 202 Marxloh ortsteil"),
        ("insert into module values ('Z', 9, 'neu', 1, 2)", "module, Z 9 neu 1 2: diese Zeile ergibt sich nicht"),
        ("alter table module add column neu integer", "module: hat andere Spalten, als das SQL ergibt"),
        ("create table fremd as select 1 as a", "fremd: dazu liegt weder SQL noch eine Stammdatei"),
        ("insert into status select 'Z' || range, 1, true, '' from range(80)", "30 weitere Zeilen ergeben sich nicht"),
        ("delete from indikatoren", "indikatoren, "),
    ],
)
def test_was_nicht_folgt(kleinfreigabe: Kleinfreigabe, befehl: str, meldung: str) -> None:
    with duckdb.connect(str(kleinfreigabe.datei)) as con:
        con.execute(befehl)
    assert meldung in "\n".join(_pruefe(kleinfreigabe.freigabe.ordner, kleinfreigabe.klein.archiv.ordner).maengel)


@pytest.mark.parametrize(
    ("sql", "meldung"),
    [
        ("select 1 as gebiet", "gebiete: hat andere Spalten"),
        ("select gibt es nicht", "gebiete: das SQL von freigabe.gebiete läuft nicht: Parser Error"),
        ("select 1; select 2", "läuft nicht: nicht genau eine Anweisung"),
        ("select * from read_csv('/etc/passwd')", "läuft nicht: Permission Error"),
        ('select * from "lager"."beobachtungen"."fehlt"', "läuft nicht: Catalog Error"),
    ],
)
def test_anderes_sql(kleinfreigabe: Kleinfreigabe, sql: str, meldung: str) -> None:
    """Nothing outside the release can be read by the SQL that it brings along."""
    (kleinfreigabe.freigabe.ordner / "belege" / "sql" / "freigabe.gebiete.sql").write_text(sql, encoding="utf-8")
    punkt = _pruefe(kleinfreigabe.freigabe.ordner, kleinfreigabe.klein.archiv.ordner)
    assert meldung in "\n".join(punkt.maengel)


def test_ohne_sql_und_ohne_stammdaten(kleinfreigabe: Kleinfreigabe) -> None:
    belege = kleinfreigabe.freigabe.ordner / "belege"
    (belege / "sql" / "freigabe.gebiete.sql").unlink()
    (belege / "stammdaten" / "status.csv").unlink()
    maengel = "\n".join(_pruefe(kleinfreigabe.freigabe.ordner, kleinfreigabe.klein.archiv.ordner).maengel)
    assert "gebiete: dazu liegt weder" in maengel
    assert "status: dazu liegt weder" in maengel


class TestReihenfolge:
    @pytest.fixture
    def lager(self) -> Callable[[dict[str, str]], dict[str, str]]:
        def baue(sql: dict[str, str]) -> dict[str, str]:
            with duckdb.connect() as con:
                con.execute("attach ':memory:' as lager; use lager")
                lauf = fuehre_aus(con, sql)
                return dict.fromkeys(lauf.gelaufen, "") | lauf.ohne

        return baue

    def test_jedes_nach_dem_was_es_liest(self, lager: Callable[[dict[str, str]], dict[str, str]]) -> None:
        sql = {
            "a.eins": 'select * from "lager"."b"."zwei"',
            "b.drei": "select 3 as x;\n",
            "b.zwei": 'select * from "lager"."b"."drei"',
        }
        assert lager(sql) == dict.fromkeys(sql, "")

    def test_was_ein_gescheitertes_liest_laeuft_nicht(self, lager: Callable[[dict[str, str]], dict[str, str]]) -> None:
        sql = {"a.eins": 'select * from "lager"."b"."zwei"', "b.zwei": "select unbekannt(1)"}
        ergebnis = lager(sql)
        assert ergebnis["a.eins"] == "ohne b.zwei"
        assert "unbekannt" in ergebnis["b.zwei"]

    def test_ein_kreis_endet(self, lager: Callable[[dict[str, str]], dict[str, str]]) -> None:
        ergebnis = lager({"a.eins": 'from "lager"."a"."zwei"', "a.zwei": 'from "lager"."a"."eins"'})
        assert all(ergebnis.values())


def test_ohne_rohtabellen_bleibt_die_spaltenherkunft_offen(kleinfreigabe: Kleinfreigabe) -> None:
    ordner = kleinfreigabe.freigabe.ordner
    schein = json.loads((ordner / "freigabe.json").read_text(encoding="utf-8"))
    punkt = pruefe_nachvollzug((ordner, schein), Quellen(), {})
    assert punkt.maengel == []
    assert "spaltenherkunft ist nicht nachvollziehbar" in punkt.hinweise[0]
