"""What stands in the released file beside its tables' contents is what belongs there."""

from __future__ import annotations

import json

import duckdb
import pytest
from kleinlager import Kleinfreigabe

from pipelines.freigabe.makro import MAKROS
from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.dateikatalog import pruefe_dateikatalog


def _pruefe(frei: Kleinfreigabe, *befehle: str) -> Pruefpunkt:
    with duckdb.connect(str(frei.datei)) as con:
        for befehl in befehle:
            con.execute(befehl)
    with duckdb.connect(str(frei.datei), read_only=True) as con:
        return pruefe_dateikatalog(con, frei.freigabe.ordner)


def test_eine_gute_datei(kleinfreigabe: Kleinfreigabe) -> None:
    punkt = _pruefe(kleinfreigabe)
    assert punkt.maengel == []
    with duckdb.connect(str(kleinfreigabe.datei), read_only=True) as con:
        namen = con.execute(
            "select (select count(*) from duckdb_tables()) + (select count(*) from duckdb_columns() where not internal)"
        ).fetchall()
    assert punkt.geprueft == int(namen[0][0]) + len(MAKROS)


@pytest.mark.parametrize(
    ("befehl", "meldung"),
    [
        ("comment on table gebiete is 'x'", "gebiete: beschrieben als »x«, in datapackage.json als »"),
        ("comment on column indikatoren.wert is null", "indikatoren.wert: beschrieben als »None«, in datapackage.json"),
        ("create or replace macro spaltenweg(tabelle, spalte) as table select 1", "Makro spaltenweg ist ein anderes"),
        ("comment on macro table herkunft is 'x'", "das Makro herkunft ist ein anderes als unter belege/makros/"),
        ("drop macro table herkunft", "das Makro herkunft fehlt, es steht aber unter belege/makros/"),
        ("create macro plus(a) as a + 1", "enthält das Makro plus, das unter belege/makros/ nicht steht"),
        ("create view v as select 1", "enthält die Sicht v"),
        ("create schema s", "enthält das Schema s"),
        ("create sequence q", "enthält die Sequenz q"),
        ("create type t as enum ('a')", "enthält den Typ t"),
        ("create index i on gebiete (gebiet)", "enthält den Index i"),
        ("alter table gebiete alter name set default 'x'", "enthält die Vorgabe gebiete.name"),
    ],
)
def test_was_nicht_hineingehoert(kleinfreigabe: Kleinfreigabe, befehl: str, meldung: str) -> None:
    assert meldung in "\n".join(_pruefe(kleinfreigabe, befehl).maengel)


def test_eine_andere_beschreibung_im_datenpaket(kleinfreigabe: Kleinfreigabe) -> None:
    datei = kleinfreigabe.freigabe.ordner / "datapackage.json"
    paket = json.loads(datei.read_text(encoding="utf-8"))
    next(r for r in paket["resources"] if r["name"] == "gebiete")["schema"]["fields"][0]["description"] = "x"
    datei.write_text(json.dumps(paket), encoding="utf-8")
    assert ["als »x«" in m for m in _pruefe(kleinfreigabe).maengel] == [True]
