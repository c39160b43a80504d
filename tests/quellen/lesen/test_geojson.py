"""GeoJSON: one record per feature, text as written, ArcGIS' errors recognised."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.lesen import lesen
from quellen.modell import Format

GEO = Format(art="geojson", orte={})


def lies(inhalt):
    daten = inhalt if isinstance(inhalt, bytes) else json.dumps(inhalt).encode()
    return lesen(daten, GEO, datei="d.geojson", quelle="q", teil="t")


def sammlung(*objekte):
    return {"type": "FeatureCollection", "features": list(objekte)}


def objekt(eigenschaften, geometrie=None, **weiteres):
    return {"type": "Feature", "properties": eigenschaften, "geometry": geometrie, **weiteres}


def test_spalten_in_reihenfolge_und_text_wie_geschrieben():
    daten = b"""{"type":"FeatureCollection","features":[
    {"type":"Feature","id":4,"properties":{"STBNR":"STB01","wert":1.50,"leer":null},
     "geometry":{"type":"Point","coordinates":[6.70, 51.4]}},
    {"type":"Feature","properties":{"neu":true,"STBNR":"STB02","liste":[1,{"b":2,"a":1}]},"geometry":null}]}"""
    tabelle = lies(daten)
    assert tabelle.spalten == ("STBNR", "wert", "leer", "neu", "liste", "id", "geometry")
    erste, zweite = tabelle.daten[list(tabelle.spalten)].to_numpy().tolist()
    assert erste == ["STB01", "1.50", "", "", "", "4", '{"coordinates":[6.7,51.4],"type":"Point"}']
    assert zweite == ["STB02", "", "", "true", '[1,{"a":1,"b":2}]', "", ""]
    assert tabelle.daten["zeile"].tolist() == [1, 2]


def test_eigenschaft_id_geht_vor():
    assert lies(sammlung(objekt({"id": "a"}, id=9))).daten["id"].tolist() == ["a"]


def test_leere_sammlung_ist_leere_tabelle():
    assert lies(sammlung()).daten.empty


@pytest.mark.parametrize(
    ("inhalt", "wort"),
    [
        ({"error": {"code": 400, "message": "Invalid Layer"}}, "Invalid Layer"),
        ({"type": "Feature"}, "keine FeatureCollection"),
        ([1], "keine FeatureCollection"),
        (sammlung(objekt({"geometry": 1})), "nicht eindeutig"),
        (sammlung("x"), "kein GeoJSON-Objekt"),
        (sammlung(objekt({"a": "\ud800"})), "nicht darstellbar"),
        (b'{"type":"FeatureCollection","features":[{"properties":{"a":NaN}}]}', "NaN"),
        (b'{"type":"FeatureCollection","features":[{"geometry":[1e999]}]}', "nicht darstellbar"),
        (b'{"type":"FeatureCollection","features":[', "abgeschnitten"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_anderes_wird_abgelehnt(inhalt, wort):
    with pytest.raises(QuellenFehler, match=wort):
        lies(inhalt)


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.text(st.characters(exclude_categories=["Cs"])) | st.integers()),
        max_size=5,
    )
)
def test_jede_eigenschaft_kommt_als_text_an(zeilen):
    tabelle = lies(json.dumps(sammlung(*map(objekt, zeilen)), ensure_ascii=True).encode())
    assert len(tabelle.daten) == len(zeilen)
    for nummer, zeile in enumerate(zeilen):
        for name, wert in zeile.items():
            assert tabelle.daten[name].iloc[nummer] == str(wert)
