"""The replica of CKAN portals: its API as a client sees it, with the habits of single portals."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import requests
from portal_archiv import ALTER, SPAETER, ortsteilseiten

from quellen.portal import starten
from quellen.portal.bestand import lade_bestand
from quellen.portal.ckan import TREFFER_HOECHSTENS

RUHR = "/opendata.ruhr/api/3/action"
GOVDATA = "/ckan.govdata.de/api/3/action"


def frage(portal, aktion, basis=RUHR, **werte):
    return requests.get(f"{portal.url}{basis}/{aktion}", params=werte)


def suche(portal, basis=RUHR, **werte):
    return frage(portal, "package_search", basis, **werte).json()["result"]


def ressource(portal, titel="Altersjahren", basis=RUHR):
    [paket] = [p for p in suche(portal, basis, q=titel, rows=100)["results"] if titel in p["title"]]
    return paket, paket["resources"][0]


def test_suche_blaettert_und_zaehlt(portal):
    erste = suche(portal, rows=1000)
    assert len(erste["results"]) == TREFFER_HOECHSTENS < erste["count"]
    alle = [p for ab in range(0, erste["count"], 30) for p in suche(portal, rows=30, start=ab)["results"]]
    assert len({p["id"] for p in alle}) == len(alle) == erste["count"]
    assert suche(portal, start=erste["count"])["results"] == []
    assert len(suche(portal)["results"]) == 10


def test_suche_nach_worten_und_organisation(portal):
    gelsenkirchen = suche(portal, q="einwohner stadtteilen", fq="organization:stadt-gelsenkirchen", rows=100)
    assert gelsenkirchen["count"] == 16
    assert {p["organization"]["name"] for p in gelsenkirchen["results"]} == {"stadt-gelsenkirchen"}
    assert suche(portal, q="gibtesnicht")["count"] == 0


def test_paket_zeigt_was_ckan_zeigt(portal, katalog):
    paket, datei = ressource(portal)
    gezeigt = frage(portal, "package_show", id=paket["id"]).json()
    assert gezeigt["success"] is True
    assert gezeigt["result"] == paket
    assert frage(portal, "package_show", id=paket["name"]).json()["result"] == paket
    assert paket["license_id"] == "cc-by-3.0-de"
    assert (datei["format"], datei["datastore_active"], datei["license"]) == ("CSV", True, "")
    assert datei["last_modified"] == "2025-01-03T10:00:00"
    assert [r["format"] for r in paket["resources"]] == ["CSV", "PDF", "HTML"]
    assert not paket["resources"][2]["url"].startswith("https")


def test_govdata_nennt_die_lizenz_an_der_datei_und_scheitert_an_umlauten(portal):
    paket, datei = ressource(portal, basis=GOVDATA)
    assert (paket["license_id"], datei["license"]) == (
        "notspecified",
        "http://dcat-ap.de/def/licenses/cc-by/3.0-de",
    )
    antwort = frage(portal, "package_search", GOVDATA, q="parkgebühr")
    assert (antwort.status_code, antwort.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert frage(portal, "package_search", q="parkgebühr").status_code == 200


def test_open_nrw_uebergeht_die_suchworte(ablage, katalog):
    quelle = katalog["bewegungen_ortsteil"]
    zugang = quelle.weitere_wege[0].zugang.model_copy(
        update={"basis": "https://ckan.open.nrw.de/api/3/action", "hosts": ("ckan.open.nrw.de",)}
    )
    weg = quelle.weitere_wege[0].model_copy(update={"zugang": zugang})
    nur = quelle.model_copy(update={"weitere_wege": (weg,)})
    with starten(ablage.archiv, {quelle.id: nur}) as portal:
        basis = "/ckan.open.nrw.de/api/3/action"
        assert suche(portal, basis, q="gibtesnicht")["count"] == suche(portal, basis)["count"] > 50


def test_datei_kommt_bytegleich(portal):
    _, datei = ressource(portal)
    antwort = requests.get(portal.url + "/" + datei["url"].removeprefix("https://"))
    assert antwort.content == ALTER
    assert antwort.headers["X-Sozialraum-Datenart"] == "beispiel"


def test_datastore_zaehlt_blaettert_und_kennt_nur_text(oeffne):
    portal = oeffne(seitengroesse=1)
    _, datei = ressource(portal)
    seiten = [
        frage(portal, "datastore_search", resource_id=datei["id"], limit=100, offset=ab).json()["result"]
        for ab in range(3)
    ]
    assert [s["total"] for s in seiten] == [2, 2, 2]
    assert [len(s["records"]) for s in seiten] == [1, 1, 0]
    assert seiten[0]["limit"] == 1
    assert "offset=1" in seiten[0]["_links"]["next"]
    kopf = ALTER.decode().split("\n")[0].split(";")
    assert [f["id"] for f in seiten[0]["fields"]] == ["_id", *kopf]
    for seite, nummer, zeile in zip(seiten, (1, 2), ALTER.decode().split("\n")[1:], strict=False):
        assert seite["records"] == [{"_id": nummer, **dict(zip(kopf, zeile.split(";"), strict=True))}]


@pytest.mark.parametrize(
    ("aktion", "werte", "status", "art"),
    [
        ("package_show", {"id": "gibt-es-nicht"}, 404, "Not Found Error"),
        ("package_show", {}, 409, "Validation Error"),
        ("package_search", {"rows": "viele"}, 409, "Validation Error"),
        ("datastore_search", {"resource_id": "x"}, 404, "Not Found Error"),
        ("datastore_search", {}, 409, "Validation Error"),
        ("datastore_search", {"resource_id": "x", "offset": "-1"}, 409, "Validation Error"),
    ],
)
def test_fehler_haben_die_gestalt_von_ckan(portal, aktion, werte, status, art):
    antwort = frage(portal, aktion, **werte)
    assert antwort.status_code == status
    assert antwort.json()["success"] is False
    assert antwort.json()["error"]["__type"] == art


def test_unbekannte_aktion_und_seite(portal):
    assert frage(portal, "package_delete").status_code == 400
    assert "Nicht gefunden" in requests.get(portal.url + "/opendata.ruhr/dataset/x").text


def test_fehler_mit_status_200(oeffne):
    antwort = frage(oeffne("json-fehler-200"), "package_search")
    assert (antwort.status_code, antwort.json()["success"]) == (200, False)


def test_kennungen_wechseln_mit_jedem_start(oeffne):
    erste, zweite = (ressource(oeffne()) for _ in range(2))
    assert erste[0]["id"] != zweite[0]["id"]
    assert erste[1]["id"] != zweite[1]["id"]
    assert erste[0]["title"] == zweite[0]["title"]


def test_karte_ist_eine_datei(portal):
    gefunden = [p for ab in (0, 50, 100) for p in suche(portal, q="Ortsteile", rows=50, start=ab)["results"]]
    [paket] = [p for p in gefunden if p["resources"][0]["name"] == "ortsteile.geojson"]
    datei = paket["resources"][0]
    assert (datei["format"], datei["datastore_active"]) == ("GEOJSON", False)
    ganz = requests.get(portal.url + "/" + datei["url"].removeprefix("https://")).json()
    assert ganz["features"] == [f for s in ortsteilseiten() for f in json.loads(s)["features"]]
    assert frage(portal, "datastore_search", resource_id=datei["id"]).status_code == 404


def test_archivierte_seiten_eines_datastores_werden_wieder_eine_tabelle(ablage, katalog):
    saetze = [{"_id": n, "Jahr": "2024", "Ortsteil_ID": str(n)} for n in range(1, 6)]
    seiten = [json.dumps({"result": {"records": saetze[ab : ab + 2]}}).encode() for ab in (0, 2, 4)]
    namen = [f"bewegungen-{n:04d}.json" for n in (1, 2, 3)]
    dateien = [(name, "https://opendata.ruhr/x", s) for name, s in zip(namen, seiten, strict=True)]
    ablage.lege("bewegungen_ortsteil", "bewegungen", dateien, am=SPAETER)
    with starten(ablage.archiv, {"bewegungen_ortsteil": katalog["bewegungen_ortsteil"]}) as portal:
        _, datei = ressource(portal, "Bevölkerungsbewegung")
        assert datei["name"] == "bewegungen.csv"
        ganz = requests.get(portal.url + "/" + datei["url"].removeprefix("https://"))
        assert ganz.text.splitlines() == ["Jahr;Ortsteil_ID", *(f"2024;{n}" for n in range(1, 6))]
        ergebnis = frage(portal, "datastore_search", resource_id=datei["id"], limit=10).json()["result"]
        assert ergebnis["records"] == saetze


def test_jeder_weg_bedient_was_ueber_ihn_kam(ablage, katalog):
    quelle = katalog["bewegungen_ortsteil"]
    vorher = {p.quelle.zugang.name: p.abruf for p in lade_bestand(ablage.archiv, {quelle.id: quelle})}
    assert set(vorher) == {"dkan", "opendata_ruhr", "govdata"}
    assert len({a.inhalt for a in vorher.values()}) == 1
    ablage.lege("bewegungen_ortsteil", "bewegungen", [("neu.csv", "", b"neu")], am=SPAETER)
    neu = {"weg": "govdata", "inhalt": "nur hier", "abgerufen_am": SPAETER + timedelta(hours=1)}
    ablage.archiv.verzeichnen(ablage.archiv.abrufe(quelle.id)[-1].model_copy(update=neu))
    nachher = {p.quelle.zugang.name: p.abruf.inhalt for p in lade_bestand(ablage.archiv, {quelle.id: quelle})}
    assert nachher["govdata"] == "nur hier"
    assert nachher["dkan"] == nachher["opendata_ruhr"] != "nur hier"


def test_jeder_jahrgang_ist_ein_posten(ablage, katalog):
    quelle = katalog["bewegungen_ortsteil"]
    vorlage = ablage.archiv.abrufe(quelle.id)[-1]
    for jahr in (2024, 2022, 2023, 2022):
        ablage.archiv.verzeichnen(vorlage.model_copy(update={"jahrgang": jahr, "inhalt": f"von {jahr}"}))
    posten = lade_bestand(ablage.archiv, {quelle.id: quelle.model_copy(update={"weitere_wege": ()})})
    assert [p.abruf.jahrgang for p in posten] == [None, 2022, 2023, 2024]
