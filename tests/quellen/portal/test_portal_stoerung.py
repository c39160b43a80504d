"""Disturbances on demand: their text form, when they are due, and when they heal."""

from __future__ import annotations

import re
import socket
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
import requests
from hypothesis import assume, given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.portal import ARTEN, Stoerung, parse_stoerung
from quellen.portal.nachricht import Anfrage
from quellen.portal.stoerung import FRUEH, Stoerer
from quellen.portal.verfaelschen import INHALT

HOST = "/www.schulministerium.nrw.de"
SCHULEN = HOST + "/BiPo/OpenData/Schuldaten/schuldaten.csv"
ANZAHLEN = HOST + "/BiPo/OpenData/SchuelerGesamtZahl/anzahlen.csv"
TABLEFILE = "/www.regionalstatistik.de/genesisws/rest/2020/data/tablefile"
FORM = {"name": "12411-03-03-4", "format": "ffcsv", "startyear": "2022"}
KONTO = {"username": "beispiel", "password": "beispiel"}


@pytest.mark.parametrize(
    ("text", "erwartet"),
    [
        ("status-503", Stoerung("status-503")),
        ("status-503@2", Stoerung("status-503", "", 2)),
        ("langsam:schuldaten", Stoerung("langsam", "schuldaten")),
        (r"leer-200:/a:b@c/\d{2}@10", Stoerung("leer-200", r"/a:b@c/\d{2}", 10)),
        ("leer-200:a@b", Stoerung("leer-200", "a@b")),
        (" html-200: ", Stoerung("html-200")),
    ],
)
def test_textform(text, erwartet):
    assert parse_stoerung(text) == erwartet


@pytest.mark.parametrize(
    ("text", "meldung"),
    [
        ("status-418", "Unbekannte Störung"),
        ("", "Unbekannte Störung"),
        ("status-503@zwei", "Störung ist nicht lesbar"),
        ("status-503@0", "Anzahl der Störung ist zu klein"),
        ("status-503:(", "Muster der Störung ist fehlerhaft"),
    ],
)
def test_unlesbare_textform_sagt_was_erwartet_wird(text, meldung):
    with pytest.raises(QuellenFehler, match=meldung) as fehler:
        parse_stoerung(text)
    assert "--stoerung" in fehler.value.befunde[0].tun


def test_unbekannte_art_nennt_alle_arten():
    with pytest.raises(QuellenFehler) as fehler:
        Stoerung("stromausfall")
    assert all(art in fehler.value.befunde[0].erwartet for art in ARTEN)
    assert fehler.value.befunde[0].gefunden == "stromausfall"


@given(
    st.sampled_from(sorted(ARTEN)),
    st.text(st.sampled_from("abz/.:@-_0123"), max_size=12),
    st.none() | st.integers(1, 999),
)
def test_textform_hin_und_zurueck(art, muster, anzahl):
    stoerung = Stoerung(art, muster, anzahl)
    assume(anzahl is not None or not re.search(r"@\d+$", muster))  # would be read as a number
    assert parse_stoerung(str(stoerung)) == stoerung


@given(st.text(max_size=30))
def test_beliebiger_text_wird_gelesen_oder_ist_ein_befund(text):
    try:
        stoerung = parse_stoerung(text)
    except QuellenFehler as fehler:
        assert fehler.befunde[0].gefunden
    else:
        assert stoerung.art in ARTEN


def test_muster_sieht_pfad_und_werte_ohne_zugangsdaten():
    anfrage = Anfrage("POST", "a.de", "/x/y.csv", {"name": "12411", "password": "geheim"})
    assert Stoerung("leer-200", r"^/a\.de/x/y\.csv$").passt(anfrage)
    assert Stoerung("leer-200", r"name=12411$").passt(anfrage)
    assert not Stoerung("leer-200", "geheim").passt(anfrage)


def test_stoerer_zaehlt_und_heilt():
    anfrage = Anfrage("GET", "a.de", "/x")
    stoerer = Stoerer([Stoerung("status-500", "", 1), Stoerung("status-503", "/x", 2), Stoerung("status-429", "/y")])
    assert [stoerer.nimm(anfrage, FRUEH) for _ in range(4)] == ["status-500", "status-503", "status-503", ""]
    assert not stoerer.faellig(anfrage, "status-503")
    assert stoerer.faellig(Anfrage("GET", "a.de", "/y"), "status-429")


def test_code_6_heilt_von_selbst():
    assert Stoerung("genesis-code-6").grenze == 2
    assert Stoerung("genesis-code-6", anzahl=5).grenze == 5
    assert Stoerung("genesis-job").grenze is None


def test_jede_art_ist_eingeordnet():
    portal = {"letzte-seite-fehlt", "seite-doppelt", "anzahl-wechselt", "genesis-job", "genesis-code-6"}
    senden = {"neuer-etag", "schweigen", "verbindung-abbruch", "langsam", "zip-abgeschnitten", "gzip-abgeschnitten"}
    assert set(ARTEN) == {*FRUEH, *INHALT, *portal, *senden}
    assert [art for art in ARTEN if art in INHALT] == list(INHALT)


@pytest.mark.parametrize("status", [500, 503, 429, 403, 404])
def test_status_trifft_nur_das_muster_und_heilt(oeffne, status):
    portal = oeffne(f"status-{status}:schuldaten@2")
    stati = [requests.get(portal.url + SCHULEN).status_code for _ in range(3)]
    assert stati == [status, status, 200]
    assert requests.get(portal.url + ANZAHLEN).status_code == 200
    assert [e.status for e in portal.protokoll] == [status, status, 200, 200]


def test_429_nennt_die_wartezeit(oeffne):
    antwort = requests.get(oeffne("status-429").url + SCHULEN)
    assert antwort.headers["Retry-After"] == "1"
    assert "Retry-After" not in requests.get(oeffne("status-503").url + SCHULEN).headers
    antwort = requests.get(oeffne("status-429-datum").url + SCHULEN)
    assert antwort.status_code == 429
    pause = parsedate_to_datetime(antwort.headers["Retry-After"]) - parsedate_to_datetime(antwort.headers["Date"])
    assert timedelta(0) < pause <= timedelta(seconds=3)


def test_html_und_leer_mit_200(oeffne):
    antwort = requests.get(oeffne("html-200").url + SCHULEN)
    assert (antwort.status_code, antwort.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert antwort.text.startswith("<!DOCTYPE html>")
    leer = requests.get(oeffne("leer-200").url + SCHULEN)
    assert (leer.status_code, leer.content, leer.headers["Content-Length"]) == (200, b"", "0")


@pytest.mark.parametrize(
    ("pfad", "schluessel"),
    [
        (SCHULEN, "error"),
        ("/opendata-duisburg.de/data.json", "error"),
        ("/geoportal.duisburg.de/arcgisserver/rest/services/OpenData/OpenData/MapServer/6/query", "error"),
        (TABLEFILE, "Status"),
    ],
)
def test_json_fehler_in_der_form_des_portals(oeffne, pfad, schluessel):
    antwort = requests.get(oeffne("json-fehler-200").url + pfad)
    assert antwort.status_code == 200
    assert antwort.json()[schluessel]
    assert "ETag" not in antwort.headers


def test_umleitungen(oeffne):
    def ziel(art):
        portal = oeffne(art)
        antwort = requests.get(portal.url + SCHULEN + "?a=1", allow_redirects=False)
        assert antwort.status_code == 302
        return antwort.headers["Location"], portal.url

    assert ziel("umleitung-fremd")[0].startswith("https://fremd.invalid/")
    assert ziel("umleitung-datei")[0].startswith("file:///")
    assert ziel("umleitung-privat")[0].startswith("http://10.0.0.1/")
    schleife, url = ziel("umleitung-schleife")
    assert schleife == url + SCHULEN + "?a=1"
    with pytest.raises(requests.TooManyRedirects):
        requests.get(schleife)


def test_verbindung_bricht_mitten_im_inhalt_ab(oeffne, ablage):
    portal = oeffne("verbindung-abbruch@1")
    with socket.create_connection(("127.0.0.1", int(portal.url.rpartition(":")[2])), timeout=10) as dose:
        dose.sendall(f"GET {SCHULEN} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        empfangen = b""
        with pytest.raises(ConnectionResetError):
            while stueck := dose.recv(65536):
                empfangen += stueck
    erwartet = ablage.dateien["schulen", "verzeichnis"][0]
    assert erwartet not in empfangen
    assert requests.get(portal.url + SCHULEN).content == erwartet


def test_head_verbraucht_keine_sendestoerung(oeffne):
    portal = oeffne("verbindung-abbruch@1")
    assert requests.head(portal.url + SCHULEN).status_code == 200
    with pytest.raises(requests.RequestException):
        requests.get(portal.url + SCHULEN)


def test_abbruch_ist_fuer_requests_ein_fehler(oeffne):
    with pytest.raises(requests.RequestException):
        requests.get(oeffne("verbindung-abbruch").url + SCHULEN)


def test_schweigen_haelt_die_verbindung_offen_und_heilt(oeffne, ablage):
    portal = oeffne("schweigen@1")
    with pytest.raises(requests.ReadTimeout):
        requests.get(portal.url + SCHULEN, timeout=(5, 0.2))
    assert [e.status for e in portal.protokoll] == [0]
    assert requests.get(portal.url + SCHULEN).content == ablage.dateien["schulen", "verzeichnis"][0]


def test_stoppen_beendet_schweigen(oeffne):
    portal = oeffne("schweigen")
    with socket.create_connection(("127.0.0.1", int(portal.url.rpartition(":")[2])), timeout=10) as dose:
        dose.sendall(f"GET {SCHULEN} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        while not portal.protokoll:
            time.sleep(0.005)
        portal.stoppen()
        assert dose.recv(100) == b""


def test_langsam_liefert_alles_in_kleinen_stuecken(oeffne, ablage):
    portal = oeffne("langsam")
    portal.pause_s = 0.001
    with requests.get(portal.url + SCHULEN, stream=True, headers={"Accept-Encoding": "identity"}) as antwort:
        stuecke = []
        while stueck := antwort.raw.read1(1 << 16):
            stuecke.append(stueck)
    assert b"".join(stuecke) == ablage.dateien["schulen", "verzeichnis"][0]
    assert len(stuecke) > 1


def test_stoppen_beendet_langsame_antwort(oeffne):
    portal = oeffne("langsam")
    portal.pause_s = 3600
    with requests.get(portal.url + SCHULEN, stream=True) as antwort:
        portal.stoppen()
        with pytest.raises(requests.RequestException):
            antwort.content  # noqa: B018


def test_zip_abgeschnitten(oeffne, ablage):
    portal = oeffne("zip-abgeschnitten@1")
    voll = ablage.dateien["bevoelkerung_kreis", "tabelle"][0]
    assert requests.get(portal.url + SCHULEN).status_code == 200  # no ZIP: not used up
    kurz = requests.post(portal.url + TABLEFILE, data=FORM, headers=KONTO)
    assert kurz.status_code == 200
    assert voll.startswith(kurz.content)
    assert len(kurz.content) == int(kurz.headers["Content-Length"]) < len(voll)
    assert requests.post(portal.url + TABLEFILE, data=FORM, headers=KONTO).content == voll


def test_gzip_abgeschnitten(oeffne, ablage):
    portal = oeffne("gzip-abgeschnitten@1")
    erwartet = ablage.dateien["schulen", "verzeichnis"][0]
    assert requests.get(portal.url + SCHULEN, headers={"Accept-Encoding": "identity"}).content == erwartet
    antwort = requests.get(portal.url + SCHULEN)
    assert antwort.headers["Content-Encoding"] == "gzip"
    assert antwort.content != erwartet
    assert requests.get(portal.url + SCHULEN).content == erwartet


def test_neuer_etag_bei_gleichen_bytes(oeffne, ablage):
    portal = oeffne("neuer-etag")
    erste = requests.get(portal.url + SCHULEN)
    bedingung = {"If-None-Match": erste.headers["ETag"], "If-Modified-Since": erste.headers["Last-Modified"]}
    zweite = requests.get(portal.url + SCHULEN, headers=bedingung)
    assert zweite.status_code == 200
    assert zweite.headers["ETag"] != erste.headers["ETag"]
    assert zweite.headers["Last-Modified"] != erste.headers["Last-Modified"]
    assert erste.content == zweite.content == ablage.dateien["schulen", "verzeichnis"][0]


def test_stoerungen_lassen_sich_im_betrieb_tauschen(portal):
    portal.stoeren(Stoerung("status-500"))
    assert requests.get(portal.url + SCHULEN).status_code == 500
    portal.stoeren()
    assert requests.get(portal.url + SCHULEN).status_code == 200
