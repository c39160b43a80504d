"""The audit compares the revisions with both releases."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from kleinkatalog import EINWOHNER
from kleinlager import Kleinfreigabe, baue_kleinlager
from revisionshilfe import trage_revisionen_nach

from pipelines.freigabe import freigeben
from pipelines.pruefe.bericht import Pruefpunkt
from pipelines.pruefe.revisionen import pruefe_revisionen

SCHAEDEN = {
    "delete from revisionen where indikator = (select min(indikator) from revisionen)": "ohne Revision",
    "insert into revisionen from revisionen limit 1": "hat 2 Revisionen",
    "insert into revisionen select * replace ('05999' as gebiet) from revisionen limit 1": "gleich geblieben",
    "update revisionen set wert_vorher = wert_vorher + 1": "wert_vorher ist",
    "update revisionen set wert_nachher = wert_nachher + 1": "wert_nachher ist",
    "update revisionen set status_vorher = 'Q'": "status_vorher ist Q statt A",
    "update revisionen set zaehler_vorher = 1, nenner_nachher = 2": "nenner_nachher ist 2.0",
    "update revisionen set revision_vorher = 7": "revision_vorher ist 7",
    "update revisionen set art = 'neu'": "revisionen sagt neu, es ist geändert",
    "update revisionen set freigabe_vorher = 'f0'": "als vorige Freigabe f0 statt f1",
    "update revisionen set grund = null": "kein Grund",
    "update revisionen set anlass = 'zufall'": "kein bekannter Anlass (zufall)",
    "update revisionen set abruf_nachher = abruf_vorher": "kein ersetzter oder neuer Abruf",
    "update revisionen set quelle = 'schulen'": "(schulen) ist kein ersetzter",
    "insert into revisionen select * replace ('f0' as freigabe_nachher) from revisionen limit 1": "steht nicht in der",
    "delete from freigaben where nummer = 1": "endet nicht mit f1 und f2",
    "update freigaben set code = 'anders' where nummer = 1": "anders als die vorige",
    "update indikatoren set wert = wert + 1 where rowid = (select min(rowid) from indikatoren where wert > 0)": "ist",
}


@pytest.fixture
def zweite(kleinfreigabe: Kleinfreigabe, tmp_path: Path) -> Path:
    """A second release whose residents differ from the first one's."""
    klein = baue_kleinlager(
        tmp_path / "zwei", id_="f2", vorgaenger="f1", einwohner=EINWOHNER.replace("2.510;7.510", "2.600;7.600")
    )
    assert trage_revisionen_nach(klein.lager, kleinfreigabe.freigabe.ordner) == 9
    return freigeben(klein.lager, klein.manifest, kleinfreigabe.freigaben, klein.archiv, "f2").ordner


def pruefe(ordner: Path, *schaeden: str) -> Pruefpunkt:
    datei = ordner / "sozialraum.duckdb"
    datei.chmod(0o644)
    with duckdb.connect(str(datei)) as con:
        con.execute("set timezone = 'UTC'")
        for schaden in schaeden:
            con.execute(schaden)
        return pruefe_revisionen(con, ordner, json.loads((ordner / "freigabe.json").read_text(encoding="utf-8")))


def test_was_stimmt_besteht(zweite: Path) -> None:
    punkt = pruefe(zweite)
    assert (punkt.maengel, punkt.hinweise, punkt.geprueft) == ([], [], 32)


def test_jede_faelschung_faellt_auf(zweite: Path) -> None:
    datei = zweite / "sozialraum.duckdb"
    datei.chmod(0o644)
    schein = json.loads((zweite / "freigabe.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(datei)) as con:
        con.execute("set timezone = 'UTC'")
        for schaden, worte in SCHAEDEN.items():
            con.execute("begin")
            con.execute(schaden)
            maengel = pruefe_revisionen(con, zweite, schein).maengel
            con.execute("rollback")
            assert any(worte in m for m in maengel), (schaden, maengel)


def test_eine_veraenderte_fruehere_revision_faellt_auf(zweite: Path, tmp_path: Path) -> None:
    dritte = baue_kleinlager(tmp_path / "drei", id_="f3", vorgaenger="f2", einwohner=EINWOHNER)
    assert trage_revisionen_nach(dritte.lager, zweite) == 9
    ordner = freigeben(dritte.lager, dritte.manifest, zweite.parent, dritte.archiv, "f3").ordner
    assert pruefe(ordner).maengel == []
    punkt = pruefe(ordner, "update revisionen set wert_vorher = 0 where freigabe_nachher = 'f2'")
    assert len(punkt.maengel) == 18
    assert all("frühere Revision" in m for m in punkt.maengel)


def test_ohne_vorgaenger_gibt_es_keine(kleinfreigabe: Kleinfreigabe, zweite: Path) -> None:
    erste = kleinfreigabe.freigabe.ordner
    assert pruefe(erste).maengel == []
    zeile = "insert into revisionen (indikator, freigabe_nachher) values ('i', 'f1')"
    assert pruefe(erste, zeile).maengel == ["ohne Vorgänger stehen in revisionen Zeilen"]
    (erste / "sozialraum.duckdb").unlink()
    assert "Der Vorgänger f1 liegt nicht hier" in pruefe(zweite).hinweise[0]


def test_ungeklaertes_wird_genannt(zweite: Path) -> None:
    punkt = pruefe(zweite, "update revisionen set anlass = 'ungeklaert'")
    assert punkt.maengel == []
    assert punkt.hinweise == ["9 Revisionen sind ungeklärt: weder Quellen noch Deklarationen noch Programm."]
