"""The replica of portals that serve plain files."""

from __future__ import annotations

import pytest
import requests
from portal_archiv import SCHULEN, Ablage

from quellen.portal import starten

PFAD = "/BiPo/OpenData/Schuldaten/schuldaten.csv"


@pytest.mark.parametrize("host", ["www.schulministerium.nrw.de", "www.schulministerium.nrw"])
def test_jeder_host_der_quelle_liefert_die_neueste_vollstaendige_datei(portal, host):
    assert requests.get(f"{portal.url}/{host}{PFAD}").content == SCHULEN


def test_unbekannter_pfad_ist_die_404_seite(portal):
    antwort = requests.get(portal.url + "/www.schulministerium.nrw.de/BiPo/OpenData/Schuldaten/key_traeger.csv")
    assert antwort.status_code == 404
    assert antwort.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Seite nicht gefunden" in antwort.text


def test_anderes_schuljahr_ist_404(portal):
    ordner = "/www.schulministerium.nrw/system/files/media/document/file/"
    stati = [
        requests.get(f"{portal.url}{ordner}schulliste_sj_{sj}_open_data.csv").status_code for sj in ("26_27", "25_26")
    ]
    assert stati == [404, 200]


def test_abgelegte_datei_mit_schuljahr_behaelt_ihren_namen(tmp_path, katalog):
    ablage = Ablage(tmp_path)
    ablage.lege("schulsozialindex", "stufen", [("schulliste_sj_24_25_open_data.csv", "", b"x")], datenart="eingang")
    with starten(ablage.archiv, katalog) as portal:
        pfad = "/system/files/media/document/file/schulliste_sj_24_25_open_data.csv"
        assert requests.get(f"{portal.url}/www.schulministerium.nrw{pfad}").content == b"x"


@pytest.mark.parametrize(
    "pfad", ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", PFAD + "/", PFAD + "%00"]
)
def test_pfade_aus_dem_archiv_heraus_gibt_es_nicht(portal, pfad):
    sitzung = requests.Session()
    anfrage = requests.Request("GET", portal.url).prepare()
    anfrage.url = f"{portal.url}/www.schulministerium.nrw.de{pfad}"
    assert sitzung.send(anfrage).status_code == 404
