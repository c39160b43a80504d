"""Column lineage, checked on small SQL by hand and on every model of the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from laufhilfe import Szene
from sqlglot import exp, parse_one
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify

from pipelines.rohtabellen.figuren import spaltenquellen
from pipelines.transformation import spaltenherkunft as sh
from pipelines.transformation.spaltenherkunft import (
    HerkunftFehler,
    Modell,
    Spaltenquellen,
    als_tabelle,
    spaltenherkunft,
)
from quellen.modell import lade_katalog

TABELLEN = {
    "raw": {
        "zahlen": {"ort": "varchar", "text": "varchar", "zeile": "bigint"},
        "orte": {"ort": "varchar", "name": "varchar", "eltern": "varchar"},
    }
}
FAELLE: list[tuple[str, str, dict[str, set[str]]]] = [
    (
        "Verbund und Ausdruck",
        "select z.ort, cast(z.text as double) * 2 as wert, o.name || '!' as name, 1 as eins "
        "from raw.zahlen as z inner join raw.orte as o on o.ort = z.ort",
        {"ort": {"zahlen.ort"}, "wert": {"zahlen.text"}, "name": {"orte.name"}, "eins": set()},
    ),
    (
        "CTE über CTE mit umbenannten Spalten",
        "with a as (select ort as o, text as t from raw.zahlen), b as (select a.o, sum(try_cast(a.t as double)) as s "
        "from a group by a.o) select b.o as ort, b.s as summe from b",
        {"ort": {"zahlen.ort"}, "summe": {"zahlen.text"}},
    ),
    (
        "Vereinigung",
        "select ort from raw.zahlen union all select name as ort from raw.orte",
        {"ort": {"zahlen.ort", "orte.name"}},
    ),
    (
        "FILTER und CASE gehören dazu",
        "select sum(try_cast(z.text as double)) filter (where z.zeile > 1) as s, "
        "case when z.ort = 'a' then z.zeile end as c from raw.zahlen as z group by all",
        {"s": {"zahlen.text", "zahlen.zeile"}, "c": {"zahlen.ort", "zahlen.zeile"}},
    ),
    (
        "Fenster",
        "select row_number() over (partition by z.ort order by z.zeile) as nr from raw.zahlen as z",
        {"nr": {"zahlen.ort", "zahlen.zeile"}},
    ),
    (
        "Unterabfrage im FROM und dieselbe Tabelle zweimal",
        "select u.name, p.name as oben from (select name, eltern from raw.orte) as u "
        "left join raw.orte as p on p.ort = u.eltern",
        {"name": {"orte.name"}, "oben": {"orte.name"}},
    ),
    (
        "Rekursion",
        "with recursive h as (select ort, ort as teil from raw.orte union all "
        "select o.eltern as ort, h.teil from h inner join raw.orte as o on o.ort = h.ort) select ort, teil from h",
        {"ort": {"orte.ort", "orte.eltern"}, "teil": {"orte.ort"}},
    ),
]


@pytest.mark.parametrize(("sql", "erwartet"), [f[1:] for f in FAELLE], ids=[f[0] for f in FAELLE])
def test_kleine_abfragen(tmp_path: Path, sql: str, erwartet: dict[str, set[str]]) -> None:
    gefunden = spaltenherkunft(Modell("x.y", sql, tuple(erwartet)), TABELLEN, tmp_path)
    assert {s: {f"{t}.{n}".removeprefix("raw.") for t, n in quellen} for s, quellen in gefunden.items()} == erwartet


@pytest.mark.parametrize(
    ("sql", "spalten"),
    [
        ("select gibtsnicht from raw.zahlen", ("gibtsnicht",)),
        ("select ort from raw.zahlen", ("ort", "wert")),
        ("select ort from raw.fremd", ("ort",)),
        ("select select", ("ort",)),
    ],
)
def test_was_sich_nicht_aufloesen_laesst_ist_ein_fehler(tmp_path: Path, sql: str, spalten: tuple[str, ...]) -> None:
    with pytest.raises(HerkunftFehler, match="m\\.kaputt"):
        spaltenherkunft(Modell("m.kaputt", sql, spalten), TABELLEN, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_ergebnisse_werden_aufgehoben_und_bei_anderem_sql_neu_gerechnet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modell = Modell("m.eins", "select ort from raw.zahlen", ("ort",))
    erst = spaltenherkunft(modell, TABELLEN, tmp_path)

    def verboten(*_: object) -> Spaltenquellen:
        raise AssertionError("noch einmal gerechnet")

    monkeypatch.setattr(sh, "_berechne", verboten)
    assert spaltenherkunft(modell, TABELLEN, tmp_path) == erst == {"ort": [("raw.zahlen", "ort")]}
    with pytest.raises(AssertionError, match="noch einmal"):
        spaltenherkunft(Modell("m.eins", "select name as ort from raw.orte", ("ort",)), TABELLEN, tmp_path)


@pytest.mark.parametrize(
    "sql",
    [
        "with recursive h as (select g.a, g.a as b from s.t as g union all select e.b as a, h.b from h "
        "inner join s.t as e on e.a = h.a) select h.a, h.b from h",
        "select a, 1 as b from s.t union all select b, a from s.t union all select 2, a || b from s.t",
        "select t.a, (select max(u.b) from s.t as u where u.a = t.a) as b from s.t as t",
        "with x as (select a, b from s.t), y as (select x.a, sum(x.b) as b from x group by all) "
        "select y.a, y.b / x.b as b from y inner join x on x.a = y.a",
    ],
)
def test_wie_sqlglots_eigener_gang(tmp_path: Path, sql: str) -> None:
    """The library's own function, which walks the query anew for every column, finds the same."""
    schema = {"s": {"t": {"a": "varchar", "b": "varchar"}}}
    baum = qualify(parse_one(sql, dialect="duckdb"), schema=schema, dialect="duckdb", quote_identifiers=False)
    soll = {}
    for spalte in ("a", "b"):
        blaetter = [k for k in lineage(spalte, baum, schema=schema, dialect="duckdb").walk() if not k.downstream]
        soll[spalte] = {k.name.split(".")[-1] for k in blaetter if isinstance(k.expression, exp.Table)}
    ist = spaltenherkunft(Modell("s.x", sql, ("a", "b")), schema, tmp_path)
    assert {s: {name for _, name in quellen} for s, quellen in ist.items()} == soll


def test_tausend_zweige_sind_keine_tiefe(tmp_path: Path) -> None:
    sql = " union all ".join(["select a from s.t", *["select b from s.t"] * 1500])
    ist = spaltenherkunft(Modell("s.x", sql, ("a",)), {"s": {"t": {"a": "varchar", "b": "varchar"}}}, tmp_path)
    assert ist == {"a": [("s.t", "a"), ("s.t", "b")]}


def test_als_tabelle() -> None:
    text = als_tabelle({"wert": [("raw.a", "text"), ("raw.b", "text")], "art": []})
    assert "| wert | `raw.a.text`, `raw.b.text` |" in text
    assert "| art | Konstante |" in text


class TestProjekt:
    @pytest.fixture(scope="class")
    def herkunft(self, beispiel_freigabe: Szene) -> dict[str, Spaltenquellen]:
        """Lineage of every model of the example run, from its compiled SQL and the tables as they are."""
        dbt = beispiel_freigabe.daten / "dbt"
        manifest: dict[str, Any] = json.loads((dbt / "manifest.json").read_text(encoding="utf-8"))
        gebaut = json.loads((dbt / "run_results.json").read_text(encoding="utf-8"))["results"]
        sql = {r["unique_id"]: r["compiled_code"] for r in gebaut if r["unique_id"].startswith("model.")}
        schema: dict[str, dict[str, dict[str, str]]] = {}
        with duckdb.connect(str(beispiel_freigabe.daten / "lager.duckdb"), read_only=True) as con:
            for s, t, c, typ in con.execute(
                "select table_schema, table_name, column_name, data_type from information_schema.columns "
                "where table_catalog = 'lager' order by ordinal_position"
            ).fetchall():
                schema.setdefault(s, {}).setdefault(t, {})[c] = typ
        ergebnis = {}
        for kennung, code in sql.items():
            knoten = manifest["nodes"][kennung]
            name = f"{knoten['schema']}.{knoten['alias']}"
            gelesen: dict[str, dict[str, dict[str, str]]] = {}
            for oben in knoten["depends_on"]["nodes"]:
                vater = manifest["nodes"].get(oben) or manifest["sources"][oben]
                tabelle = vater.get("alias") or vater["identifier"]
                gelesen.setdefault(vater["schema"], {})[tabelle] = schema[vater["schema"]][tabelle]
            spalten = tuple(schema[knoten["schema"]][knoten["alias"]])
            ergebnis[name] = spaltenherkunft(Modell(name, code, spalten), gelesen, dbt / "spaltenherkunft")
        gestalt = spaltenquellen(lade_katalog().values())
        return ergebnis | {f"raw.{name}": spalten for name, spalten in gestalt.items()}

    def _wurzeln(self, herkunft: dict[str, Spaltenquellen], tabelle: str, spalte: str) -> set[tuple[str, str]]:
        gesehen, offen, wurzeln = set(), [(tabelle, spalte)], set()
        while offen:
            ort = offen.pop()
            if ort in gesehen:
                continue
            gesehen.add(ort)
            if ort[0] in herkunft:
                offen += herkunft[ort[0]][ort[1]]
            else:
                wurzeln.add(ort)
        return wurzeln

    def test_jede_spalte_jedes_modells_ist_aufgeloest(self, herkunft: dict[str, Spaltenquellen]) -> None:
        assert len(herkunft) >= 30
        for tabelle, spalten in herkunft.items():
            for spalte, quellen in spalten.items():
                for quelle, name in quellen:
                    assert quelle.startswith(("raw.", "stammdaten.")) or name in herkunft[quelle], (tabelle, spalte)

    @pytest.mark.parametrize("spalte", ["wert", "zaehler", "nenner"])
    def test_jede_kennzahl_geht_auf_den_originaltext_der_quellen_zurueck(
        self, herkunft: dict[str, Spaltenquellen], spalte: str
    ) -> None:
        roh = {t for t, s in self._wurzeln(herkunft, "freigabe.indikatoren", spalte) if s == "originaltext"}
        assert roh >= {
            "raw.einwohner_ortsteil__alter",
            "raw.einwohner_ortsteil__staatsangehoerigkeit",
            "raw.bewegungen_ortsteil__bewegungen",
            "raw.bevoelkerung_kreis__tabelle",
            "raw.schuelerzahlen__anzahlen",
        }

    def test_jede_spalte_der_breiten_tabellen_auch(
        self, herkunft: dict[str, Spaltenquellen], beispiel_freigabe: Szene
    ) -> None:
        zeilen = beispiel_freigabe.frage(
            "select thema, indikator from indikator_katalog where verfuegbar and form != 'abgeleitet'"
        )
        assert len(zeilen) >= 30
        for thema, indikator in zeilen:
            wurzeln = self._wurzeln(herkunft, f"freigabe.indikatoren_{thema}", str(indikator))
            assert "originaltext" in {s for _, s in wurzeln}, indikator

    def test_die_stelle_einer_beobachtung_kommt_unveraendert_aus_der_rohtabelle(
        self, herkunft: dict[str, Spaltenquellen]
    ) -> None:
        for spalte in ("abruf", "zeile", "spalte", "originaltext"):
            wurzeln = self._wurzeln(herkunft, "beobachtungen.beobachtungen", spalte)
            assert wurzeln
            assert {s for _, s in wurzeln} == {spalte}
            assert all(t.startswith("raw.") for t, _ in wurzeln)
