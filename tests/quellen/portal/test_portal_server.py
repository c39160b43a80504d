"""The running replica: HTTP rules, compression, conditional requests, disturbances of transport."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from quellen.archiv import Archiv, sha256
from quellen.fehler import QuellenFehler
from quellen.portal import Eintrag, starten

SCHULEN = "/www.schulministerium.nrw.de/BiPo/OpenData/Schuldaten/schuldaten.csv"
ALTER = "/opendata-duisburg.de/sites/default/files/Einwohner%20Ortsteile%20Alter%2031.12.2024_0.csv"
TABLEFILE = "/www.regionalstatistik.de/genesisws/rest/2020/data/tablefile"
KONTO = {"username": "beispiel", "password": "beispiel"}


def hole_alles(url: str, katalog) -> dict[tuple[str, str], list[bytes]]:
    """What a well-behaved client gets over each protocol, with the declarations alone as its knowledge."""
    geholt = {}
    for quelle in katalog.values():
        basis = url + "/" + quelle.zugang.basis.removeprefix("https://")
        for teil_id, teil in quelle.teile.items():
            geholt[quelle.id, teil_id] = HOLER[quelle.zugang.portal](url, basis, teil)
    return geholt


def hole_dkan(url, basis, teil):
    saetze = requests.get(basis + "/data.json").json()["dataset"]
    satz = next(s for s in saetze if re.fullmatch(teil.zugang["titel"], s["title"]))
    return [requests.get(url + "/" + v["downloadURL"].removeprefix("https://")).content for v in satz["distribution"]]


def hole_direkt(url, basis, teil):
    antwort = requests.get(basis + teil.zugang["pfad"].replace("{sj}", "25_26"))
    return [antwort.content] if antwort.status_code == 200 else []


def hole_genesis(url, basis, teil):
    form = {"name": teil.zugang["tabelle"], "format": "ffcsv", "area": "all", "startyear": "2022"}
    return [requests.post(basis + "/data/tablefile", data=form, headers=KONTO).content]


def hole_arcgis(url, basis, teil):
    form = {"where": "1=1", "outFields": "*", "returnGeometry": "true", "outSR": "4326", "f": "geojson"}
    adresse, seiten, ab = f"{basis}/{teil.zugang['layer']}/query", [], 0
    gesamt = requests.get(adresse, params={"where": "1=1", "returnCountOnly": "true", "f": "json"}).json()["count"]
    while ab < gesamt:
        antwort = requests.get(adresse, params={**form, "resultOffset": ab})
        seiten.append(antwort.content)
        ab += len(antwort.json()["features"])
    return seiten


HOLER = {"dkan": hole_dkan, "direkt": hole_direkt, "genesis": hole_genesis, "arcgis": hole_arcgis}


def test_jeder_teil_kommt_bytegleich(portal, ablage, katalog):
    archiviert = {quelle for quelle, _ in ablage.dateien}
    geholt = hole_alles(portal.url, {name: q for name, q in katalog.items() if name in archiviert})
    ohne_abruf = {schluessel for schluessel in geholt if schluessel not in ablage.dateien}
    assert ohne_abruf == {("schulen_schluessel", teil) for teil in ("schulbetrieb", "bezirksregierung", "traeger")}
    assert all(geholt[schluessel] == [] for schluessel in ohne_abruf)
    for schluessel, dateien in ablage.dateien.items():
        if schluessel != ("schulen_schluessel", "rechtsform"):
            assert [sha256(d) for d in geholt[schluessel]] == [sha256(d) for d in dateien], schluessel


def test_von_hand_abgelegtes_liegt_am_deklarierten_pfad(portal, ablage):
    antwort = requests.get(portal.url + "/www.schulministerium.nrw.de/BiPo/OpenData/Schuldaten/key_rechtsform.csv")
    assert antwort.content == ablage.dateien["schulen_schluessel", "rechtsform"][0]
    assert antwort.headers["X-Sozialraum-Datenart"] == "eingang"


def test_kopf_kommt_aus_dem_abruf(portal):
    kopf = requests.get(portal.url + ALTER).headers
    assert kopf["ETag"] == '"6f-abc"'
    assert kopf["Last-Modified"] == "Fri, 03 Jan 2025 10:00:00 GMT"
    assert kopf["Content-Type"] == "text/csv"
    assert kopf["X-Sozialraum-Datenart"] == "beispiel"


def test_fehlender_kopf_wird_abgeleitet(portal, ablage):
    kopf = requests.get(portal.url + SCHULEN).headers
    hash_ = hashlib.sha256(ablage.dateien["schulen", "verzeichnis"][0]).hexdigest()
    assert kopf["ETag"] == f'"{hash_[:32]}"'
    assert kopf["Last-Modified"] == "Sun, 01 Nov 2026 03:00:00 GMT"
    index = "/www.schulministerium.nrw/system/files/media/document/file/schulliste_sj_25_26_open_data.csv"
    assert requests.get(portal.url + index).headers["Last-Modified"] == "Fri, 01 Aug 2025 12:00:00 GMT"


@pytest.mark.parametrize(
    ("bedingung", "status"),
    [
        ({"If-None-Match": '"6f-abc"'}, 304),
        ({"If-None-Match": 'W/"6f-abc", "anderer"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"anderer"'}, 200),
        ({"If-None-Match": '"anderer"', "If-Modified-Since": "Fri, 03 Jan 2025 10:00:00 GMT"}, 200),
        ({"If-Modified-Since": "Fri, 03 Jan 2025 10:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Fri, 03 Jan 2025 09:59:59 GMT"}, 200),
        ({"If-Modified-Since": "gestern"}, 200),
    ],
)
def test_bedingte_anfragen(portal, bedingung, status):
    antwort = requests.get(portal.url + ALTER, headers=bedingung)
    assert antwort.status_code == status
    assert bool(antwort.content) == (status == 200)
    assert antwort.headers["ETag"] == '"6f-abc"'
    assert portal.protokoll[-1].status == status


def roh(portal, pfad, kopf, methode="GET"):
    verbindung = http.client.HTTPConnection("127.0.0.1", int(portal.url.rpartition(":")[2]), timeout=10)
    try:
        verbindung.request(methode, pfad, headers=kopf)
        antwort = verbindung.getresponse()
        return antwort, antwort.read()
    finally:
        verbindung.close()


@pytest.mark.parametrize(
    ("angabe", "gepackt"), [("gzip, deflate", True), ("*", True), ("identity", False), ("gzip;q=0", False)]
)
def test_gzip_nur_auf_wunsch(portal, ablage, angabe, gepackt):
    antwort, daten = roh(portal, SCHULEN, {"Accept-Encoding": angabe})
    erwartet = ablage.dateien["schulen", "verzeichnis"][0]
    assert (antwort.headers.get("Content-Encoding") == "gzip") == gepackt
    assert antwort.headers["Content-Length"] == str(len(daten))
    assert antwort.headers["Vary"] == "Accept-Encoding"
    assert (gzip.decompress(daten) if gepackt else daten) == erwartet


def test_zip_wird_nicht_gepackt(portal, ablage):
    form = {"name": "12411-03-03-4", "format": "ffcsv", "startyear": "2022"}
    antwort = requests.post(portal.url + TABLEFILE, data=form, headers=KONTO)
    assert "Content-Encoding" not in antwort.headers
    assert int(antwort.headers["Content-Length"]) == len(ablage.dateien["bevoelkerung_kreis", "tabelle"][0])


def test_head_hat_kopf_ohne_inhalt(portal, ablage):
    antwort, daten = roh(portal, SCHULEN, {"Accept-Encoding": "identity"}, "HEAD")
    assert (antwort.status, daten) == (200, b"")
    assert int(antwort.headers["Content-Length"]) == len(ablage.dateien["schulen", "verzeichnis"][0])
    assert antwort.headers["ETag"] == requests.get(portal.url + SCHULEN).headers["ETag"]


def test_verbindung_bleibt_ueber_mehrere_anfragen(portal):
    with requests.Session() as sitzung:
        stati = [sitzung.get(portal.url + pfad).status_code for pfad in (SCHULEN, "/gibt.es.nicht/x", SCHULEN)]
        assert sitzung.head(portal.url + SCHULEN).status_code == 200
    assert stati == [200, 404, 200]


def test_protokoll_ohne_zugangsdaten(portal):
    form = {"name": "12411-03-03-4", "format": "ffcsv", "username": "geheim", "Password": "geheim"}
    requests.post(
        portal.url + TABLEFILE + "?language=de", data=form, headers={"username": "geheim", "password": "geheim"}
    )
    requests.get(portal.url + ALTER)
    erste, zweite = portal.protokoll
    assert "geheim" not in str(portal.protokoll)
    werte = {"language": "de", "name": "12411-03-03-4", "format": "ffcsv"}
    assert erste == Eintrag(
        "POST", "www.regionalstatistik.de", TABLEFILE.removeprefix("/www.regionalstatistik.de"), werte, 401
    )
    assert zweite.pfad == "/sites/default/files/Einwohner Ortsteile Alter 31.12.2024_0.csv"
    assert (zweite.methode, zweite.host, zweite.status) == ("GET", "opendata-duisburg.de", 200)


def test_unbekannter_host_nennt_die_bekannten(portal):
    antwort = requests.get(portal.url + "/opendata.duisburg.de/data.json")
    assert antwort.status_code == 404
    assert "opendata-duisburg.de" in antwort.text
    assert requests.get(portal.url).status_code == 404


@pytest.mark.parametrize(
    "kopf", ["Content-Length: viel", "Content-Length: -1", "Content-Length: 99999999", "Transfer-Encoding: chunked"]
)
def test_fehlerhafte_laenge_ist_400(portal, kopf):
    with socket.create_connection(("127.0.0.1", int(portal.url.rpartition(":")[2])), timeout=10) as dose:
        dose.sendall(f"POST {TABLEFILE} HTTP/1.1\r\nHost: x\r\n{kopf}\r\n\r\n".encode())
        antwort = b"".join(iter(lambda: dose.recv(4096), b""))
    assert antwort.startswith(b"HTTP/1.1 400")


def test_veraendertes_objekt_ist_500_mit_befund(portal, ablage):
    pfad = ablage.archiv.pfad(sha256(ablage.dateien["schulen", "verzeichnis"][0]))
    pfad.chmod(0o644)
    pfad.write_bytes(b"anders")
    antwort = requests.get(portal.url + SCHULEN)
    assert antwort.status_code == 500
    assert "Ein archiviertes Objekt wurde verändert" in antwort.text


def test_mehrere_zugleich(portal, ablage):
    with ThreadPoolExecutor(8) as gruppe:
        antworten = list(gruppe.map(lambda _: requests.get(portal.url + SCHULEN).content, range(24)))
    assert set(antworten) == set(ablage.dateien["schulen", "verzeichnis"])
    assert len(portal.protokoll) == 24


def test_stoppen_schliesst_port_verbindungen_und_faeden(ablage, katalog):
    vorher = set(threading.enumerate())
    with starten(ablage.archiv, katalog) as portal:
        port = int(portal.url.rpartition(":")[2])
        dose = socket.create_connection(("127.0.0.1", port), timeout=10)
        dose.sendall(f"GET {SCHULEN} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert dose.recv(12) == b"HTTP/1.1 200"
    while dose.recv(65536):
        pass
    dose.close()
    portal.stoppen()
    assert set(threading.enumerate()) <= vorher
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)


def test_belegter_port_ist_ein_befund(portal, ablage, katalog):
    port = int(portal.url.rpartition(":")[2])
    for falsch in (port, 70000):
        with pytest.raises(QuellenFehler, match=f"Port {falsch}"):
            starten(ablage.archiv, katalog, port=falsch)


def test_leeres_archiv_antwortet_404_statt_zu_schweigen(tmp_path, katalog):
    with starten(Archiv(tmp_path / "leer"), katalog) as portal:
        assert requests.get(portal.url + SCHULEN).status_code == 404
        titel = [s["title"] for s in requests.get(portal.url + "/opendata-duisburg.de/data.json").json()["dataset"]]
        assert "Bevölkerungsbewegung nach Ortsteilen" in titel
        assert requests.get(portal.url + ALTER).status_code == 404
        antwort = requests.post(portal.url + TABLEFILE, data={"name": "12411-03-03-4"}, headers=KONTO)
        assert antwort.json()["Status"]["Code"] == 90
        karte = "/geoportal.duisburg.de/arcgisserver/rest/services/OpenData/OpenData/MapServer/6/query"
        assert requests.get(portal.url + karte, params={"where": "1=1", "f": "json"}).json()["error"]["code"] == 400
