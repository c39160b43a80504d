"""The replica of the ArcGIS service: layers, queries and paging."""

from __future__ import annotations

import json

import pytest
import requests
from portal_archiv import ORTSTEILE, SPAETER, ortsteilseiten

from quellen.fehler import QuellenFehler
from quellen.portal import starten
from quellen.portal.arcgis import letzte_ab

DIENST = "/geoportal.duisburg.de/arcgisserver/rest/services/OpenData/OpenData/MapServer"
ALLES = {"where": "1=1", "outFields": "*", "f": "geojson"}


def frage(portal, layer=7, **werte):
    return requests.get(f"{portal.url}{DIENST}/{layer}/query", params={**ALLES, **werte})


def nummern(antwort):
    return [satz["properties"]["OTNR"] for satz in antwort.json()["features"]]


def alle_seiten(portal, **werte):
    ab, seiten = 0, []
    while True:
        antwort = frage(portal, resultOffset=ab, **werte)
        seiten.append(antwort)
        ab += len(antwort.json()["features"])
        if not antwort.json().get("exceededTransferLimit"):
            return seiten


@pytest.mark.parametrize("werte", [{}, {"resultRecordCount": 1000}, {"resultRecordCount": 20, "outSR": 4326}])
def test_seiten_sind_die_archivierten_bytes(portal, werte):
    seiten = alle_seiten(portal, **werte)
    assert [s.content for s in seiten] == ortsteilseiten()
    assert len({s.headers["ETag"] for s in seiten}) == 3


@pytest.mark.parametrize("groesse", [1, 7, 19])
def test_andere_seitengroesse_schneidet_neu(portal, groesse):
    seiten = alle_seiten(portal, resultRecordCount=groesse)
    assert [n for s in seiten for n in nummern(s)] == ORTSTEILE
    assert [len(nummern(s)) for s in seiten[:-1]] == [groesse] * (len(seiten) - 1)


def test_groesste_seite_des_servers_ist_einstellbar(oeffne):
    portal = oeffne(seitengroesse=5)
    assert [len(s.json()["features"]) for s in alle_seiten(portal, layer=6)] == [5, 2]
    assert requests.get(f"{portal.url}{DIENST}/6").json()["maxRecordCount"] == 5


def test_seite_hinter_dem_ende_ist_leer(portal):
    assert frage(portal, resultOffset=46).json() == {"type": "FeatureCollection", "features": []}


def test_anzahl(portal):
    assert frage(portal, returnCountOnly="true", f="json").json() == {"count": 46}
    antwort = frage(portal, layer=6, returnCountOnly="true", f="json")
    assert antwort.json() == {"count": 7}
    assert antwort.headers["X-Sozialraum-Datenart"] == "beispiel"


def test_felder_und_geometrie_nach_wunsch(portal):
    satz = frage(portal, outFields="OTNR", returnGeometry="false").json()["features"][0]
    assert satz["properties"] == {"OTNR": "101"}
    assert satz["geometry"] is None
    ohne = requests.get(f"{portal.url}{DIENST}/7/query", params={"where": "OBJECTID IS NOT NULL", "f": "geojson"})
    assert ohne.json()["features"][0]["properties"] == {"OBJECTID": 0}


def test_esri_json(portal):
    seite = frage(portal, f="json").json()
    assert seite["exceededTransferLimit"] is True
    assert seite["spatialReference"]["wkid"] == 4326
    assert seite["features"][0]["attributes"]["OTNR"] == "101"
    ring = json.loads(ortsteilseiten()[0])["features"][0]["geometry"]["coordinates"][0]
    assert seite["features"][0]["geometry"]["rings"] == [ring[::-1]]
    assert {"name": "OBJECTID", "alias": "OBJECTID", "type": "esriFieldTypeOID"} in seite["fields"]


@pytest.mark.parametrize(
    "werte",
    [
        {"f": "xml"},
        {"where": ""},
        {"where": "OTNR='202'"},
        {"resultOffset": "-1"},
        {"resultOffset": "eins"},
        {"resultRecordCount": "0"},
        {"f": "json", "outSR": "25832"},
    ],
)
def test_fehler_kommen_mit_status_200(portal, werte):
    antwort = frage(portal, **werte)
    assert antwort.status_code == 200
    assert antwort.json()["error"]["code"] == 400


def test_unbekannte_ebene_und_fremder_pfad(portal):
    assert frage(portal, layer=99).json()["error"]["code"] == 400
    assert requests.get(f"{portal.url}/geoportal.duisburg.de/anderes").status_code == 404


def test_beschreibungen(portal):
    dienst = requests.get(portal.url + DIENST, params={"f": "json"}).json()
    assert dienst["layers"] == [{"id": 6, "name": "stadtbezirke"}, {"id": 7, "name": "ortsteile"}]
    ebene = requests.get(f"{portal.url}{DIENST}/7", params={"f": "json"}).json()
    assert (ebene["maxRecordCount"], ebene["name"]) == (20, "ortsteile")


def test_letzte_seite_fehlt_ohne_ankuendigung(oeffne):
    portal = oeffne("letzte-seite-fehlt")
    seiten = alle_seiten(portal)
    assert [n for s in seiten for n in nummern(s)] == ORTSTEILE[:40]
    assert "exceededTransferLimit" not in seiten[-1].json()
    assert seiten[0].content == ortsteilseiten()[0]
    assert frage(portal, resultOffset=40).json()["features"] == []
    assert frage(portal, returnCountOnly="true").json() == {"count": 46}
    assert len(frage(portal, layer=6).json()["features"]) == 6


def test_letzte_seite_fehlt_heilt(oeffne):
    portal = oeffne("letzte-seite-fehlt:/7/@1")
    assert len(alle_seiten(portal)) == 2
    assert [s.content for s in alle_seiten(portal)] == ortsteilseiten()


@pytest.mark.parametrize(
    ("gesamt", "menge", "ab"), [(46, 20, 40), (40, 20, 20), (41, 20, 40), (7, 20, 6), (1, 1, 0), (0, 5, 0)]
)
def test_letzte_ab(gesamt, menge, ab):
    assert letzte_ab(gesamt, menge) == ab


def test_anzahl_bleibt_bei_verfaelschtem_inhalt(oeffne):
    portal = oeffne("kodierung-geaendert@1", "spalte-neu@1")
    assert frage(portal, returnCountOnly="true").json() == {"count": 46}
    gestoert = json.loads(frage(portal).content.decode("cp1252"))
    assert {s["properties"]["BEMERKUNG"] for s in gestoert["features"]} == {"neu"}
    assert gestoert["features"][0]["properties"]["OTNAME"] == "Ortsteil 101 süd"
    assert frage(portal).content == ortsteilseiten()[0]


def test_verfaelschte_seite(oeffne):
    assert nummern(frage(oeffne("gebiet-unbekannt"), resultOffset=20))[0] == "999"


@pytest.mark.parametrize("inhalt", [b"<html>", b"[]", b'{"features": 3}', b"{}", b"\xff"])
def test_kaputte_seite_im_archiv_ist_ein_befund(ablage, katalog, inhalt):
    ablage.lege("gebiete", "ortsteile", [("ortsteile-0001.geojson", "", inhalt)], am=SPAETER)
    with pytest.raises(QuellenFehler, match="kein GeoJSON") as fehler:
        starten(ablage.archiv, katalog)
    assert fehler.value.befunde[0].datei == "ortsteile-0001.geojson"


def test_eine_lange_archivierte_seite_kommt_ganz(ablage, katalog):
    saetze = [satz for seite in ortsteilseiten() for satz in json.loads(seite)["features"]]
    eine = json.dumps({"type": "FeatureCollection", "features": saetze}, indent=1).encode()
    ablage.lege("gebiete", "ortsteile", [("ortsteile.geojson", "", eine)], am=SPAETER)
    with starten(ablage.archiv, katalog) as portal:
        assert frage(portal).content == eine
    with starten(ablage.archiv, katalog, seitengroesse=20) as portal:
        assert [len(nummern(s)) for s in alle_seiten(portal)] == [20, 20, 6]
