"""ArcGIS layers: pages, and the proof that all of them came."""

import json

import pytest

from quellen.fehler import QuellenFehler
from quellen.zugang import hole_teil

NETZ = "/www.amt.example/MapServer/6/query"


class Ebene:
    """A layer of ``anzahl`` features that a server gives in pages of ``seite``, with faults on demand."""

    def __init__(self, sendung, anzahl, seite, **stoerung):
        self.sendung, self.anzahl, self.seite, self.stoerung = sendung, anzahl, seite, stoerung

    def __call__(self, anfrage):
        abfrage = anfrage.abfrage
        if "returnCountOnly" in abfrage:
            return self.json({"count": self.stoerung.get("count", self.anzahl)})
        if len(anfrage.abfrage) and int(abfrage["resultOffset"]) >= self.stoerung.get("fehler_ab", 10**9):
            return self.json({"error": {"code": 500, "message": "Error performing\nquery", "details": ["Zeit"]}})
        ab = 0 if self.stoerung.get("wiederholt") else int(abfrage["resultOffset"])
        bis = min(ab + min(self.seite, int(abfrage["resultRecordCount"])), self.stoerung.get("ende", self.anzahl))
        inhalt = {"type": "FeatureCollection", "features": [self.objekt(i) for i in range(ab, bis)]}
        if bis < self.anzahl and "ende" not in self.stoerung:
            if self.stoerung.get("flagge") == "properties":
                inhalt["properties"] = {"exceededTransferLimit": True}
            elif self.stoerung.get("flagge") != "ohne":
                inhalt["exceededTransferLimit"] = True
        elif bis == self.stoerung.get("ende") and self.stoerung.get("flagge") == "falsch":
            inhalt["exceededTransferLimit"] = False
        return self.json(inhalt)

    def objekt(self, i):
        if self.stoerung.get("kennung") == "id":
            return {"type": "Feature", "id": i, "properties": {}, "geometry": None}
        if self.stoerung.get("kennung") == "ohne":
            return {"type": "Feature", "properties": {"NAME": "gleich"}, "geometry": None}
        return {"type": "Feature", "properties": {"OBJECTID": i}, "geometry": None}

    def json(self, inhalt):
        return self.sendung(200, json.dumps(inhalt).encode(), {"Content-Type": "application/geo+json"})


@pytest.fixture
def hole(baue_quelle, skriptportal, skriptabrufer, sendung, heute):
    def _hole(anzahl=7, seite=3, *, zugang=None, **stoerung):
        quelle = baue_quelle(
            "arcgis",
            zugang={"basis": "https://www.amt.example/MapServer", **(zugang or {})},
            ebene={"zugang": {"layer": 6}, "stand": {"aus": "abruf"}},
        )
        skriptportal.auf(NETZ, Ebene(sendung, anzahl, seite, **stoerung))
        return hole_teil(quelle, "ebene", skriptabrufer, None, heute)

    return _hole


@pytest.mark.parametrize("flagge", ["oben", "properties", "ohne"])
@pytest.mark.parametrize("kennung", ["OBJECTID", "id", "ohne"])
def test_alle_seiten(hole, skriptportal, heute, flagge, kennung):
    holung = hole(flagge=flagge, kennung=kennung)
    anzahlen = [len(json.loads(g.daten)["features"]) for g in holung.objekte]
    assert anzahlen == [3, 3, 1]
    assert [g.datei for g in holung.objekte] == [f"ebene-000{i}.geojson" for i in (1, 2, 3)]
    assert [a.abfrage["resultOffset"] for a in skriptportal.gesehen[1:]] == ["0", "3", "6"]
    assert holung.stand == heute
    assert len({g.url for g in holung.objekte}) == 3


def test_abfrage(hole, skriptportal):
    hole(2, 10)
    zaehlung, seite = (g.abfrage for g in skriptportal.gesehen)
    assert zaehlung == {"where": "1=1", "returnCountOnly": "true", "f": "json"}
    assert seite == {
        "where": "1=1",
        "outFields": "*",
        "returnGeometry": "true",
        "outSR": "4326",
        "f": "geojson",
        "orderByFields": "OBJECTID",
        "resultOffset": "0",
        "resultRecordCount": "1000",
    }


@pytest.mark.parametrize("flagge", ["oben", "falsch"])
def test_fehlende_letzte_seite(hole, flagge):
    with pytest.raises(QuellenFehler, match=r"6 Objekte .*Erwartet: 7 Objekte, wie vom Server angekündigt") as fehler:
        hole(ende=6, flagge=flagge)
    assert fehler.value.voruebergehend


def test_weniger_angekuendigt_als_geliefert(hole):
    with pytest.raises(QuellenFehler, match=r"3 Objekte .*Erwartet: 2 Objekte"):
        hole(count=2)


def test_server_wiederholt_dieselbe_seite(hole):
    with pytest.raises(QuellenFehler, match="davon nur 3 verschiedene"):
        hole(6, 3, wiederholt=True)


@pytest.mark.parametrize("count", [0, None, "7"])
def test_leere_oder_fehlende_anzahl(hole, count):
    with pytest.raises(QuellenFehler, match=r"leer.*teile\.ebene\.zugang\.layer"):
        hole(count=count)


def test_fehler_mit_status_200(hole):
    with pytest.raises(QuellenFehler, match="Code 500: Error performing query Zeit") as fehler:
        hole(fehler_ab=3)
    assert fehler.value.voruebergehend


@pytest.mark.parametrize(
    ("fehler", "wort"),
    [
        ({"code": 400, "message": "Invalid URL", "details": []}, "Code 400: Invalid URL"),
        ({"code": 499, "message": None, "details": "x"}, "Code 499: "),
        ("kaputt", "Code None: kaputt"),
    ],
)
def test_fehler_schon_beim_zaehlen(baue_quelle, skriptportal, skriptabrufer, sendung, heute, fehler, wort):
    quelle = baue_quelle("arcgis", zugang={"basis": "https://www.amt.example/MapServer"}, e={"zugang": {"layer": 6}})
    skriptportal.auf(NETZ, sendung(200, json.dumps({"error": fehler}).encode()))
    with pytest.raises(QuellenFehler, match=wort) as gefunden:
        hole_teil(quelle, "e", skriptabrufer, None, heute)
    assert not gefunden.value.voruebergehend


def test_grenzen_fuer_alle_seiten_zusammen(hole, stelluhr):
    with pytest.raises(QuellenFehler, match="nicht vollständig"):
        hole(30, 3, zugang={"hoechstbytes": 700})
    stelluhr.tick = 1.0
    with pytest.raises(QuellenFehler, match="nicht vollständig"):
        hole(30, 3, zugang={"hoechstdauer_s": 40.0})
