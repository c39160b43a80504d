"""Every kind of fault on the wire gets its own German message, and none of them tells a secret."""

import logging
import socket
import threading
from datetime import UTC, datetime

import pytest
import requests
import trustme
from netzhilfe import tls_portal
from requests.adapters import HTTPAdapter

from quellen.fehler import QuellenFehler
from quellen.holen import VERSUCHE, Abrufer
from quellen.modell import Zugang

URL = "https://www.amt.example/datei.csv"
PFAD = "/www.amt.example/datei.csv"


def zugang(**mehr):
    angaben = {"portal": "direkt", "basis": "https://www.amt.example", "hosts": ["www.amt.example", "amt.example"]}
    return Zugang.model_validate({**angaben, **mehr})


def scheitert(abrufer, url=URL, z=None, **mehr):
    with pytest.raises(QuellenFehler) as fehler:
        abrufer.hole(url, z or zugang(), **mehr)
    return fehler.value


@pytest.mark.parametrize(
    ("status", "wort"),
    [(401, "Anmeldung"), (403, "verweigert"), (404, "gibt es nicht"), (410, "nicht mehr"), (418, "lehnt"), (204, "")],
)
def test_endgueltige_status_werden_nicht_wiederholt(skriptportal, skriptabrufer, sendung, status, wort):
    skriptportal.auf(PFAD, sendung(status))
    fehler = scheitert(skriptabrufer)
    assert len(skriptportal.gesehen) == 1
    assert not fehler.voruebergehend
    assert wort in fehler.befunde[0].regel
    assert f"HTTP {status}" in fehler.befunde[0].gefunden


def test_verbindung_abgelehnt(stelluhr):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        frei = s.getsockname()[1]
    fehler = scheitert(Abrufer(f"http://127.0.0.1:{frei}", uhr=stelluhr.uhr, schlafe=stelluhr.schlafe))
    assert "Verbindung abgelehnt" in str(fehler)
    assert fehler.voruebergehend
    assert len(stelluhr.pausen) == VERSUCHE - 1


def test_unbekannter_name_und_proxy(stelluhr):
    class Stumm(HTTPAdapter):
        def send(self, *_, **__):
            raise self.fehler

    sitzung, leitung = requests.Session(), Stumm()
    sitzung.mount("https://", leitung)
    abrufer = Abrufer(sitzung=sitzung, uhr=stelluhr.uhr, schlafe=stelluhr.schlafe)
    leitung.fehler = requests.ConnectionError("NameResolutionError: Failed to resolve")
    assert "www.amt.example lässt sich nicht auflösen" in str(scheitert(abrufer))
    leitung.fehler = requests.exceptions.ProxyError("Cannot connect to proxy http://ich:geheim@proxy")
    assert "Proxy" in str(scheitert(abrufer))
    leitung.fehler = requests.exceptions.InvalidHeader("Invalid header value: geheim")
    fehler = scheitert(abrufer)
    assert not fehler.voruebergehend
    assert "geheim" not in str(fehler)


def test_abgerissene_verbindung_wird_wiederholt(skriptportal, skriptabrufer, sendung):
    skriptportal.auf(PFAD, sendung(abriss=True), sendung(200, b"da"))
    assert skriptabrufer.hole(URL, zugang()).daten == b"da"
    skriptportal.auf(PFAD, sendung(abriss=True))
    fehler = scheitert(skriptabrufer)
    assert "unvollständig" in str(fehler)
    assert fehler.voruebergehend


def test_zeitueberschreitung_beim_lesen(skriptportal, skriptabrufer, sendung):
    halt = threading.Event()

    def haengt(_):
        halt.wait(20)
        return sendung(200, b"spaet")

    skriptportal.auf(PFAD, haengt)
    try:
        fehler = scheitert(skriptabrufer, z=zugang(hoechstdauer_s=2.0), lesefrist_s=0.01)
    finally:
        halt.set()
    assert "nicht rechtzeitig" in str(fehler)
    assert fehler.voruebergehend


@pytest.mark.parametrize("status", [401, 418, 429, 503])
def test_zugangsdaten_stehen_in_keiner_meldung(skriptportal, skriptabrufer, sendung, caplog, status):
    skriptportal.auf("/www.amt.example/rest", sendung(status, b"geheim-7", {"Retry-After": "1"}))
    with caplog.at_level(logging.DEBUG), pytest.raises(QuellenFehler) as fehler:
        skriptabrufer.sende("https://www.amt.example/rest", zugang(), formular={}, kopf={"password": "geheim-7"})
    assert "geheim-7" not in str(fehler.value) + repr(fehler.value) + caplog.text
    assert fehler.value.__cause__ is None


@pytest.fixture(scope="module")
def stelle():
    """A certificate authority that only this test knows."""
    return trustme.CA()


def misstrauisch(portal, stelluhr, stelle=None, tmp_path=None):
    """An Abrufer that knows the usual authorities only, or that one authority."""
    sitzung = requests.Session()
    if stelle is not None:
        stelle.cert_pem.write_to_path(tmp_path / "stelle.pem")
        sitzung.verify = str(tmp_path / "stelle.pem")
    return Abrufer(portal, sitzung=sitzung, uhr=stelluhr.uhr, schlafe=stelluhr.schlafe)


def test_gueltiges_zertifikat(stelle, stelluhr, tmp_path):
    with tls_portal(stelle.issue_cert("127.0.0.1")) as portal:
        assert misstrauisch(portal, stelluhr, stelle, tmp_path).hole(URL, zugang()).daten == b"da"


@pytest.mark.parametrize(
    ("name", "bekannt", "gueltig_bis", "grund"),
    [
        ("127.0.0.1", False, None, "Aussteller unbekannt oder Kette unvollständig: "),
        ("127.0.0.1", True, datetime(2020, 1, 1, tzinfo=UTC), "abgelaufen: certificate has expired"),
        ("www.fremd.example", True, None, "ausgestellt für einen anderen Namen: "),
    ],
)
def test_ungueltiges_zertifikat_ist_endgueltig(stelle, stelluhr, tmp_path, name, bekannt, gueltig_bis, grund):
    ausweis = stelle.issue_cert(name, not_before=datetime(2019, 1, 1, tzinfo=UTC), not_after=gueltig_bis)
    with tls_portal(ausweis) as portal:
        fehler = scheitert(misstrauisch(portal, stelluhr, stelle if bekannt else None, tmp_path))
    assert fehler.befunde[0].regel == "Das Zertifikat des Portals ist ungültig"
    assert f"ungültiges Zertifikat von www.amt.example ({grund}" in str(fehler)
    assert "die Prüfung wird nicht abgeschaltet" in str(fehler)
    assert not fehler.voruebergehend
    assert stelluhr.pausen == []


def test_keine_verschluesselung_wo_sie_sein_muss(skriptportal, stelluhr):
    """A server that speaks plain HTTP on the port for HTTPS is a fault of its own kind, not of the certificate."""
    fehler = scheitert(Abrufer(skriptportal.adresse.replace("http:", "https:"), schlafe=stelluhr.schlafe))
    assert "keine verschlüsselte Verbindung mit www.amt.example" in str(fehler)
    assert fehler.voruebergehend
    assert skriptportal.gesehen == []
