"""The modelled outlines and the pages of the map service."""

import json

import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Point, shape

from quellen.beispiel.gebiete import OHNE_UMRISS, SEITE, ortsteile, stadtbezirke
from quellen.beispiel.ortsteile import JE_SCHLUESSEL, ORTSTEILE, STADTBEZIRKE


@pytest.fixture(scope="module")
def seiten(leser) -> list[dict]:
    return [json.loads(daten) for daten in leser.bytes("gebiete", "ortsteile")]


@pytest.fixture(scope="module")
def bezirke(leser) -> dict[str, shapely.Polygon]:
    (daten,) = leser.bytes("gebiete", "stadtbezirke")
    return {f["properties"]["STBNR"]: shape(f["geometry"]) for f in json.loads(daten)["features"]}


def test_seiten_sind_begrenzt_und_angekuendigt(seiten, leser) -> None:
    assert [len(s["features"]) for s in seiten] == [20, 20, 3]
    assert [s.get("exceededTransferLimit", False) for s in seiten] == [True, True, False]
    assert all(s["type"] == "FeatureCollection" and len(s["features"]) <= SEITE for s in seiten)
    namen = [o.datei for o in leser.abruf("gebiete", "ortsteile").objekte]
    assert namen == ["ortsteile-0001.geojson", "ortsteile-0002.geojson", "ortsteile-0003.geojson"]


def test_drei_ortsteile_fehlen(seiten) -> None:
    merkmale = [f["properties"] for s in seiten for f in s["features"]]
    assert set(JE_SCHLUESSEL) - {m["OTNR"] for m in merkmale} == set(OHNE_UMRISS) == {"105", "205", "404"}
    assert all(m["OTNAME"] == JE_SCHLUESSEL[m["OTNR"]].name for m in merkmale)
    assert [m["OBJECTID"] for m in merkmale] == list(range(1, 44))


def test_stadtbezirke(bezirke, leser) -> None:
    (daten,) = leser.bytes("gebiete", "stadtbezirke")
    inhalt = json.loads(daten)
    assert list(bezirke) == [f"STB0{n}" for n in range(1, 8)]
    assert [f["properties"]["STBNAME"] for f in inhalt["features"]] == list(STADTBEZIRKE.values())
    assert "exceededTransferLimit" not in inhalt


def test_ortsteile_kacheln_ihren_stadtbezirk(bezirke) -> None:
    for schluessel in STADTBEZIRKE:
        teile = [u for k, u in ortsteile().items() if k[0] == schluessel[0]]
        bezirk = bezirke[f"STB0{schluessel[0]}"]
        assert shapely.union_all(teile).equals(bezirk)
        assert sum(t.area for t in teile) == pytest.approx(bezirk.area, rel=1e-12)


def test_umrisse_sind_gueltig_und_ueberschneiden_sich_nicht() -> None:
    umrisse = list(ortsteile().values())
    assert all(u.is_valid and not u.interiors and u.exterior.is_ccw for u in umrisse)
    for i, eins in enumerate(umrisse):
        for zwei in umrisse[i + 1 :]:
            assert eins.intersection(zwei).area == 0
    assert all(u.is_valid and not u.interiors for u in stadtbezirke().values())


def test_lage_und_groesse_sind_die_von_duisburg() -> None:
    stadt = shapely.union_all(list(ortsteile().values()))
    west, sued, ost, nord = stadt.bounds
    assert 6.60 < west < 6.66
    assert 6.80 < ost < 6.85
    assert 51.32 < sued < 51.36
    assert 51.54 < nord < 51.58
    flaeche = abs(Geod(ellps="GRS80").geometry_area_perimeter(stadt)[0]) / 1e6
    assert 215 < flaeche < 260  # published: 232.82 square kilometres


def test_jeder_mittelpunkt_liegt_in_seinem_umriss(seiten) -> None:
    umrisse = {f["properties"]["OTNR"]: shape(f["geometry"]) for s in seiten for f in s["features"]}
    for o in ORTSTEILE:
        treffer = [k for k, u in umrisse.items() if u.contains(Point(o.laenge, o.breite))]
        assert treffer == ([] if o.schluessel in OHNE_UMRISS else [o.schluessel])


def test_adressen_sind_die_des_dienstes(leser) -> None:
    adressen = [o.url for o in leser.abruf("gebiete", "ortsteile").objekte]
    assert [int(a.split("resultOffset=")[1].split("&")[0]) for a in adressen] == [0, 20, 40]
    assert all(a.startswith("https://geoportal.duisburg.de/") and "outSR=4326" in a for a in adressen)
