"""Polite HTTP against a real server: limits, retries, redirects, replica, and what must never leave."""

import gzip
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.holen import HOECHSTPAUSE_S, UMLEITUNGEN, VERSUCHE, Abrufer, nutzerkennung
from quellen.holen.koerper import entpackt
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


def test_antwort_traegt_urspruengliche_adresse_und_nur_bekannte_kopfzeilen(skriptportal, skriptabrufer, sendung):
    kopf = {"ETag": '"a"', "Last-Modified": "Sat, 21 Nov 2026 10:00:00 GMT", "X-Sozialraum-Datenart": "beispiel"}
    skriptportal.auf(PFAD, sendung(200, b"a;b\n", {**kopf, "Set-Cookie": "s=1", "X-Fremd": "1"}))
    antwort = skriptabrufer.hole(URL + "?jahr=2024&x=a%20b", zugang())
    assert (antwort.url, antwort.status, antwort.daten) == (URL + "?jahr=2024&x=a%20b", 200, b"a;b\n")
    assert {k: antwort.kopf[k] for k in antwort.kopf if k != "date"} == {k.lower(): v for k, v in kopf.items()}
    assert skriptportal.gesehen[0].abfrage == {"jahr": "2024", "x": "a b"}
    skriptabrufer.hole(URL, zugang())
    assert "cookie" not in skriptportal.gesehen[1].kopf


def test_kennung_nennt_werkzeug_und_kontakt(skriptportal, sendung, monkeypatch):
    monkeypatch.setenv("SOZIALRAUM_KONTAKT", "statistik@duisburg.example")
    skriptportal.auf(PFAD, sendung(200, b"x"))
    Abrufer(skriptportal.adresse).hole(URL, zugang())
    kennung = skriptportal.gesehen[0].kopf["user-agent"]
    assert kennung.startswith("sozialraum/")
    assert kennung.endswith("(Datenlager Stadt Duisburg; Kontakt: statistik@duisburg.example)")
    assert "\n" not in nutzerkennung("a\r\nX-Boese: 1")
    monkeypatch.delenv("SOZIALRAUM_KONTAKT")
    assert "www.duisburg.de" in nutzerkennung()


def test_netrc_geht_nicht_hinaus(skriptportal, echtabrufer, sendung, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine www.amt.example login ich password geheim\n")
    monkeypatch.setenv("NETRC", str(netrc))
    skriptportal.auf(PFAD, sendung(200, b"x"))
    echtabrufer.hole(URL, zugang())
    assert "authorization" not in skriptportal.gesehen[0].kopf


def test_leerzeichen_und_umlaute_in_der_adresse(skriptportal, skriptabrufer, sendung):
    skriptportal.auf("/www.amt.example/Einwohner%20M%C3%A4rz_0.csv", sendung(200, b"x"))
    antwort = skriptabrufer.hole("https://www.amt.example/Einwohner März_0.csv", zugang())
    assert antwort.url == "https://www.amt.example/Einwohner%20M%C3%A4rz_0.csv"


def test_bedingter_abruf(skriptportal, skriptabrufer, sendung):
    skriptportal.auf(PFAD, sendung(304, kopf={"ETag": '"a"'}))
    antwort = skriptabrufer.hole(URL, zugang(), bisher={"etag": '"a"', "last-modified": "gestern"})
    assert (antwort.status, antwort.daten) == (304, b"")
    assert skriptportal.gesehen[0].kopf["if-none-match"] == '"a"'
    assert "if-modified-since" not in skriptportal.gesehen[0].kopf
    skriptabrufer.hole(URL, zugang(), bisher={"last-modified": "Sat, 21 Nov 2026 10:00:00 GMT"})
    assert skriptportal.gesehen[1].kopf["if-modified-since"] == "Sat, 21 Nov 2026 10:00:00 GMT"
    assert "HTTP 304" in str(scheitert(skriptabrufer)), "an unconditional request has no use for a 304"


def test_abstand_je_host_gilt_echten_portalen(skriptportal, echtabrufer, sendung, stelluhr):
    skriptportal.auf(PFAD, sendung(200, b"x"))
    skriptportal.auf("/amt.example/datei.csv", sendung(200, b"x"))
    for _ in range(3):
        echtabrufer.hole(URL, zugang(abstand_s=2.0))
    echtabrufer.hole("https://amt.example/datei.csv", zugang(abstand_s=2.0))
    assert stelluhr.pausen == [2.0, 2.0]


def test_kein_abstand_am_nachbau(skriptportal, skriptabrufer, sendung, stelluhr):
    skriptportal.auf(PFAD, sendung(200, b"x"))
    for _ in range(3):
        skriptabrufer.hole(URL, zugang(abstand_s=5.0))
    assert stelluhr.pausen == []


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_wiederholt_mit_wachsenden_pausen(skriptportal, skriptabrufer, sendung, stelluhr, status, caplog):
    skriptportal.auf(PFAD, sendung(status), sendung(status), sendung(200, b"da"))
    with caplog.at_level(logging.INFO, "quellen.holen"):
        assert skriptabrufer.hole(URL, zugang()).daten == b"da"
    assert stelluhr.pausen == [2.0, 4.0]
    assert f"HTTP {status}" in caplog.text


def test_streuung_der_pausen(skriptportal, sendung, stelluhr):
    skriptportal.auf(PFAD, sendung(500), sendung(200, b"da"))
    Abrufer(skriptportal.adresse, uhr=stelluhr.uhr, schlafe=stelluhr.schlafe, zufall=lambda: 1.0).hole(URL, zugang())
    assert stelluhr.pausen == [3.0]


def test_gibt_nach_begrenzten_versuchen_auf(skriptportal, skriptabrufer, sendung):
    skriptportal.auf(PFAD, sendung(503))
    fehler = scheitert(skriptabrufer)
    assert len(skriptportal.gesehen) == VERSUCHE
    assert fehler.voruebergehend
    assert f"HTTP 503 von {URL} (Versuch {VERSUCHE} von {VERSUCHE})" in str(fehler)


def test_retry_after_in_sekunden_und_als_datum(skriptportal, skriptabrufer, sendung, stelluhr):
    vorbei = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    skriptportal.auf(
        PFAD,
        sendung(429, kopf={"Retry-After": "17"}),
        sendung(503, kopf={"Retry-After": vorbei}),
        sendung(503, kopf={"Retry-After": "bald"}),
        sendung(200, b"da"),
    )
    assert skriptabrufer.hole(URL, zugang()).daten == b"da"
    assert stelluhr.pausen == [17.0, 0.0, 8.0]


def test_zu_lange_erbetene_pause_wird_nicht_unterlaufen(skriptportal, skriptabrufer, sendung, stelluhr):
    skriptportal.auf(PFAD, sendung(429, kopf={"Retry-After": str(int(HOECHSTPAUSE_S) + 1)}))
    fehler = scheitert(skriptabrufer)
    assert len(skriptportal.gesehen) == 1
    assert stelluhr.pausen == []
    assert fehler.voruebergehend
    assert "erbetene Pause 121 s" in str(fehler)


def test_wiederholung_haelt_die_gesamtdauer_ein(skriptportal, skriptabrufer, sendung):
    skriptportal.auf(PFAD, sendung(503))
    scheitert(skriptabrufer, z=zugang(hoechstdauer_s=5.0))
    assert len(skriptportal.gesehen) == 2


def test_geduldeter_status_ist_eine_antwort(skriptportal, skriptabrufer, sendung):
    skriptportal.auf(PFAD, sendung(404, b"<html>"))
    antwort = skriptabrufer.hole(URL, zugang(), auch=(404,))
    assert (antwort.status, antwort.daten) == (404, b"")


def test_weniger_bytes_als_angekuendigt(skriptportal, skriptabrufer, sendung):
    skriptportal.auf(PFAD, sendung(200, b"halb", laenge=100))
    fehler = scheitert(skriptabrufer)
    assert "unvollständig" in str(fehler)
    assert len(skriptportal.gesehen) == VERSUCHE


def test_gestueckelte_antwort_ganz_und_abgeschnitten(skriptportal, skriptabrufer, sendung):
    kopf = {"Transfer-Encoding": "chunked"}
    skriptportal.auf(PFAD, sendung(200, b"4\r\na;b\n\r\n2\r\n1;\r\n0\r\n\r\n", kopf, tropfen=True))
    assert skriptabrufer.hole(URL, zugang()).daten == b"a;b\n1;"
    skriptportal.auf(PFAD, sendung(200, b"4\r\na;b\n\r\n9\r\n1;", kopf, tropfen=True))
    assert "unvollständig" in str(scheitert(skriptabrufer))


def test_gesamtdauer_begrenzt_auch_langsames_troepfeln(skriptportal, skriptabrufer, sendung, stelluhr):
    skriptportal.auf(PFAD, sendung(200, b"x" * 300_000))
    stelluhr.tick = 4.0
    fehler = scheitert(skriptabrufer, z=zugang(hoechstdauer_s=9.0))
    assert "nach 9 s erst" in str(fehler)


@pytest.mark.parametrize("kopf", [{}, {"Transfer-Encoding": "chunked"}])
def test_bytegrenze(skriptportal, skriptabrufer, sendung, kopf):
    daten = b"x" * 1001
    if kopf:
        skriptportal.auf(PFAD, sendung(200, b"3e9\r\n" + daten + b"\r\n0\r\n\r\n", kopf, tropfen=True))
    else:
        skriptportal.auf(PFAD, sendung(200, daten))
    fehler = scheitert(skriptabrufer, z=zugang(hoechstbytes=1000))
    assert "zu groß" in str(fehler)
    assert not fehler.voruebergehend
    assert len(skriptportal.gesehen) == 1
    assert skriptabrufer.hole(URL, zugang(hoechstbytes=1001)).daten == daten


def test_gzip_wirdentpackt(skriptportal, skriptabrufer, sendung):
    skriptportal.auf(PFAD, sendung(200, gzip.compress(b"a;b\n" * 1000), {"Content-Encoding": "gzip"}))
    assert skriptabrufer.hole(URL, zugang()).daten == b"a;b\n" * 1000
    assert skriptportal.gesehen[0].kopf["accept-encoding"] == "gzip"


@pytest.mark.parametrize("schaden", ["ab", "kaputt"])
def test_gzip_abgeschnitten_oder_beschaedigt(skriptportal, skriptabrufer, sendung, schaden):
    gut = gzip.compress(bytes(range(256)) * 50)
    schlecht = gut[:-9] if schaden == "ab" else gut[:20] + b"\xff" * 30 + gut[50:]
    skriptportal.auf(PFAD, sendung(200, schlecht, {"Content-Encoding": "gzip"}))
    fehler = scheitert(skriptabrufer)
    assert "unvollständig" in str(fehler)
    assert "gzip" in str(fehler)


def test_gzip_bombe_und_fremde_verpackung(skriptportal, skriptabrufer, sendung):
    skriptportal.auf(PFAD, sendung(200, gzip.compress(b"0" * 5_000_000), {"Content-Encoding": "gzip"}))
    assert "entpackt mehr als 100000 Bytes" in str(scheitert(skriptabrufer, z=zugang(hoechstbytes=100_000)))
    skriptportal.auf(PFAD, sendung(200, b"xx", {"Content-Encoding": "br"}))
    assert "Content-Encoding br" in str(scheitert(skriptabrufer))


@given(st.lists(st.binary(max_size=200), max_size=4), st.integers(0, 12))
def test_entpacken_von_mehreren_gliedern_mit_nullen_am_ende(teile, nullen):
    roh = b"".join(gzip.compress(t) for t in teile) + b"\0" * (nullen if teile else 0)
    assert entpackt(roh, URL, 1000) == b"".join(teile)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_jeder_schnitt_im_gzip_faellt_auf(daten, wahl):
    roh = gzip.compress(daten)
    schnitt = wahl.draw(st.integers(1, len(roh) - 1))
    with pytest.raises(QuellenFehler):
        entpackt(roh[:schnitt], URL, 1000)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.amt.example/x",
        "https://fremd.example/x",
        "https://www.amt.example.fremd.example/x",
        "https://www.amt.example:8443/x",
        "https://ich:geheim@www.amt.example/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://[kaputt/x",
        "ftp://www.amt.example/x",
        "file:///etc/passwd",
        "/nur/pfad",
        "",
    ],
)
def test_nur_angegebene_hosts_ueber_https(skriptportal, skriptabrufer, echtabrufer, url):
    for abrufer in (skriptabrufer, echtabrufer):
        fehler = scheitert(abrufer, url)
        assert "darf nicht abgerufen werden" in str(fehler)
        assert "geheim" not in str(fehler)
    assert skriptportal.gesehen == []


@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "2130706433", "0x7f000001", "127.1", "localhost"])
def test_ziffernadressen_auch_dann_nicht_wenn_sie_angegeben_sind(skriptportal, echtabrufer, host):
    z = zugang().model_copy(update={"hosts": (host,)})
    assert "darf nicht" in str(scheitert(echtabrufer, f"https://{host}/x", z))
    assert skriptportal.gesehen == []


@pytest.mark.parametrize(
    "host",
    [
        "localhost.", "x.localhost", "drucker.local", "rechner", "db.internal", "metadata.google.internal",
        "metadata.amt.example", "metadata-dienst.amt.example", "instance-data.ec2.example", "nas.lan",
        "1.0.0.127.in-addr.arpa",
    ],
)  # fmt: skip
def test_namen_des_eigenen_netzes_nie(skriptportal, skriptabrufer, echtabrufer, sendung, host):
    """Neither asked nor followed to, even if somebody declared them."""
    z = zugang().model_copy(update={"hosts": ("www.amt.example", host)})
    skriptportal.auf(PFAD, sendung(302, kopf={"Location": f"https://{host}/x"}))
    for abrufer in (skriptabrufer, echtabrufer):
        for url in (f"https://{host}/x", URL):
            fehler = scheitert(abrufer, url, z)
            assert f"Gefunden: https://{host}/x" in str(fehler)
            assert "Namen des eigenen Netzes sind nie erlaubt" in str(fehler)
    assert skriptportal.pfade == [PFAD, PFAD]


def test_oeffentliche_namen_sind_erlaubt(skriptportal, skriptabrufer, sendung):
    for host in ("metadaten.amt.example", "local.amt.example", "internal.amt.example", "opendata-duisburg.de"):
        skriptportal.auf(f"/{host}/x", sendung(200, b"da"))
        z = zugang().model_copy(update={"hosts": (host,)})
        assert skriptabrufer.hole(f"https://{host}/x", z).daten == b"da"


def test_umleitung_zum_angegebenen_host(skriptportal, echtabrufer, sendung):
    skriptportal.auf(PFAD, sendung(302, kopf={"Location": "https://amt.example/neu%20hier.csv"}))
    skriptportal.auf("/amt.example/neu%20hier.csv", sendung(301, kopf={"Location": "weiter.csv"}))
    skriptportal.auf("/amt.example/weiter.csv", sendung(200, b"da"))
    antwort = echtabrufer.hole(URL, zugang())
    assert (antwort.daten, antwort.url) == (b"da", URL)


@pytest.mark.parametrize(
    "ziel",
    [
        "https://fremd.example/x",
        "http://www.amt.example/datei.csv",
        "http://127.0.0.1/x",
        "https://10.0.0.1/x",
        "//fremd.example/x",
        "file:///etc/passwd",
    ],
)
def test_umleitung_woandershin_wird_nicht_befolgt(skriptportal, echtabrufer, skriptabrufer, sendung, ziel):
    skriptportal.auf(PFAD, sendung(302, kopf={"Location": ziel}))
    for abrufer in (echtabrufer, skriptabrufer):
        fehler = scheitert(abrufer)
        assert "darf nicht abgerufen werden" in str(fehler)
        assert not fehler.voruebergehend
    assert skriptportal.pfade == [PFAD, PFAD]


def test_zu_viele_umleitungen(skriptportal, skriptabrufer, sendung):
    skriptportal.auf(PFAD, sendung(302, kopf={"Location": URL}))
    assert "Zu viele Umleitungen" in str(scheitert(skriptabrufer))
    assert len(skriptportal.gesehen) == UMLEITUNGEN + 1


@pytest.mark.parametrize("art", ["nachbau", "nachbaupfad", "urspruenglich", "wurzel", "daneben"])
def test_umleitungen_bleiben_am_nachbau(skriptportal, skriptabrufer, sendung, art):
    ziel = {
        "nachbau": f"{skriptportal.adresse}/amt.example/neu.csv",
        "nachbaupfad": "/amt.example/neu.csv",
        "urspruenglich": "https://amt.example/neu.csv",
        "wurzel": "/neu.csv",
        "daneben": "neu.csv",
    }[art]
    host = "www.amt.example" if art in ("wurzel", "daneben") else "amt.example"
    skriptportal.auf(PFAD, sendung(302, kopf={"Location": ziel}))
    skriptportal.auf(f"/{host}/neu.csv", sendung(200, b"da"))
    assert skriptabrufer.hole(URL, zugang()).daten == b"da"


def test_formular_mit_zugangsdaten(skriptportal, skriptabrufer, sendung):
    skriptportal.auf("/www.amt.example/rest", sendung(200, b"{}"))
    antwort = skriptabrufer.sende(
        "https://www.amt.example/rest", zugang(), formular={"name": "Ä 1"}, kopf={"username": "ich", "password": "geh"}
    )
    gesehen = skriptportal.gesehen[0]
    assert (gesehen.methode, gesehen.formular, antwort.daten) == ("POST", {"name": "Ä 1"}, b"{}")
    assert gesehen.kopf["content-type"] == "application/x-www-form-urlencoded"
    assert (gesehen.kopf["username"], gesehen.kopf["password"]) == ("ich", "geh")


def test_formular_wird_nicht_umgeleitet(skriptportal, echtabrufer, sendung):
    skriptportal.auf("/www.amt.example/rest", sendung(307, kopf={"Location": "https://amt.example/rest"}))
    with pytest.raises(QuellenFehler, match="leitet um"):
        echtabrufer.sende("https://www.amt.example/rest", zugang(), formular={}, kopf={"password": "geheim"})
    assert len(skriptportal.gesehen) == 1


@pytest.mark.parametrize(
    "adresse", ["http://nachbau.example:80", "ftp://127.0.0.1", "127.0.0.1:80", "http://a:geheim@127.0.0.1:1"]
)
def test_unbrauchbare_adresse_des_nachbaus(adresse):
    with pytest.raises(QuellenFehler, match="SOZIALRAUM_PORTAL") as fehler:
        Abrufer(adresse)
    assert "geheim" not in str(fehler.value)


def test_datenart_zaehlt_nur_am_nachbau(skriptportal, skriptabrufer, echtabrufer, sendung):
    skriptportal.auf(PFAD, sendung(200, b"x", {"X-Sozialraum-Datenart": "beispiel"}))
    assert skriptabrufer.hole(URL, zugang()).kopf["x-sozialraum-datenart"] == "beispiel"
    assert "x-sozialraum-datenart" not in echtabrufer.hole(URL, zugang()).kopf
