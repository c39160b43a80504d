"""Turns per host over real sockets: what may overlap, what must not, and who waits for a pause that a host asked for.

Nothing here asserts a duration: the server counts who is inside at once, and the clock of the spacing is turned by
hand.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from quellen.fehler import QuellenFehler
from quellen.holen import Abrufer
from quellen.holen.takt import HOECHSTPAUSE_S, Takt
from quellen.modell import Zugang

HOSTS = ["www.amt.example", "amt.example", "a.example", "b.example"]
GEDULD_S = 20


def zugang(**mehr):
    return Zugang.model_validate({"portal": "direkt", "basis": "https://www.amt.example", "hosts": HOSTS, **mehr})


class Tuersteher:
    """Counts, per host, how many requests the server holds at once."""

    def __init__(self, sendung):
        self.sendung = sendung
        self.schloss = threading.Lock()
        self.drin, self.hoechstens, self.zusammen = {}, {}, 0

    def __call__(self, gesehen):
        host = gesehen.pfad.split("/")[1]
        with self.schloss:
            self.drin[host] = self.drin.get(host, 0) + 1
            self.hoechstens[host] = max(self.hoechstens.get(host, 0), self.drin[host])
            self.zusammen = max(self.zusammen, sum(self.drin.values()))
        threading.Event().wait(0.02)
        with self.schloss:
            self.drin[host] -= 1
        return self.sendung(200, b"x")


@pytest.fixture
def tuersteher(skriptportal, sendung):
    zaehler = Tuersteher(sendung)
    for host in HOSTS:
        skriptportal.auf(f"/{host}/x", zaehler)
    return zaehler


class Fadenuhr:
    """A clock that several threads may turn; a sleep moves it by what is still missing to the sleeper's own time."""

    def __init__(self):
        self.schloss = threading.Lock()
        self.jetzt = 1000.0

    def uhr(self):
        with self.schloss:
            return self.jetzt

    def schlafe(self, sekunden):
        with self.schloss:
            bis = self.jetzt + sekunden
        threading.Event().wait(0.001)
        with self.schloss:
            self.jetzt = max(self.jetzt, bis)


@pytest.mark.parametrize("gleichzeitig", [1, 2, 4])
def test_ein_host_wird_nie_oefter_zugleich_gefragt_als_erlaubt(skriptportal, tuersteher, gleichzeitig):
    abrufer = Abrufer(skriptportal.adresse)
    z = zugang(gleichzeitig=gleichzeitig)
    with ThreadPoolExecutor(8) as faeden:
        antworten = list(faeden.map(lambda _: abrufer.hole("https://a.example/x", z), range(16)))
    assert len(antworten) == len(skriptportal.gesehen) == 16
    assert tuersteher.hoechstens["a.example"] <= gleichzeitig
    if gleichzeitig == 1:
        assert tuersteher.zusammen == 1


def test_die_strengste_deklaration_gilt_fuer_den_ganzen_host(skriptportal, tuersteher):
    abrufer = Abrufer(skriptportal.adresse)
    abrufer.hole("https://a.example/x", zugang(gleichzeitig=1))
    with ThreadPoolExecutor(8) as faeden:
        list(faeden.map(lambda _: abrufer.hole("https://a.example/x", zugang(gleichzeitig=4)), range(8)))
    assert tuersteher.hoechstens == {"a.example": 1}


def test_zwei_hosts_werden_nebeneinander_gefragt(skriptportal, sendung):
    """Each answer waits until the other host was asked too: one after the other would never come to an end."""
    beide = threading.Barrier(2)

    def wartet(_):
        beide.wait(GEDULD_S)
        return sendung(200, b"x")

    for host in ("a.example", "b.example"):
        skriptportal.auf(f"/{host}/x", wartet)
    abrufer = Abrufer(skriptportal.adresse)
    with ThreadPoolExecutor(2) as faeden:
        laufend = [faeden.submit(abrufer.hole, f"https://{h}/x", zugang()) for h in ("a.example", "b.example")]
        assert [f.result(GEDULD_S).daten for f in laufend] == [b"x", b"x"]
    assert not beide.broken


@pytest.mark.parametrize(("gleichzeitig", "faeden"), [(1, 5), (3, 5)])
def test_der_abstand_gilt_ueber_alle_faeden(gleichzeitig, faeden):
    """Begin and end of every turn, by a clock turned by hand: never two of them closer than declared."""
    uhr = Fadenuhr()
    takt = Takt(uhr.uhr, uhr.schlafe)
    beginne, enden = [], []

    def frage(_):
        with takt.zug("a.example", gleichzeitig, 2.0):
            beginne.append(uhr.uhr())
            threading.Event().wait(0.002)
            enden.append(uhr.uhr())

    with ThreadPoolExecutor(faeden) as pool:
        list(pool.map(frage, range(12)))
    beginne.sort()
    abstaende = [zweiter - erster for erster, zweiter in pairwise(beginne)]
    assert len(beginne) == 12
    assert min(abstaende) >= 2.0
    if gleichzeitig == 1:
        assert all(b - e >= 2.0 for b, e in zip(beginne[1:], sorted(enden), strict=False)), "from the end of the last"


def test_die_erbetene_pause_gilt_auch_fuer_andere_faeden(skriptportal, sendung):
    """While one thread waits out a Retry-After, another one's request for the same host stays at home."""
    skriptportal.auf("/a.example/erste", sendung(503, kopf={"Retry-After": "60"}), sendung(200, b"da"))
    skriptportal.auf("/a.example/zweite", sendung(200, b"auch"))
    skriptportal.auf("/b.example/dritte", sendung(200, b"sofort"))
    schlafend, wecker, zeilen = threading.Semaphore(0), threading.Event(), []
    zeit = [1000.0]

    def schlafe(_sekunden):
        schlafend.release()
        assert wecker.wait(GEDULD_S)

    abrufer = Abrufer(skriptportal.adresse, uhr=lambda: zeit[0], schlafe=schlafe, melde=zeilen.append)
    with ThreadPoolExecutor(3) as faeden:
        erste = faeden.submit(abrufer.hole, "https://a.example/erste", zugang(gleichzeitig=4))
        assert schlafend.acquire(timeout=GEDULD_S)
        zweite = faeden.submit(abrufer.hole, "https://a.example/zweite", zugang(gleichzeitig=4))
        assert schlafend.acquire(timeout=GEDULD_S)
        dritte = faeden.submit(abrufer.hole, "https://b.example/dritte", zugang(gleichzeitig=4))
        assert dritte.result(GEDULD_S).daten == b"sofort", "another host has nothing to do with it"
        assert skriptportal.pfade == ["/a.example/erste", "/b.example/dritte"]
        zeit[0] += 60.0
        wecker.set()
        assert (erste.result(GEDULD_S).daten, zweite.result(GEDULD_S).daten) == (b"da", b"auch")
    assert "a.example: noch 60,0 s der erbetenen Pause" in zeilen
    assert any("HTTP 503" in z and "neuer Versuch in 60,0 s" in z for z in zeilen)


def test_wer_zu_lange_pause_erbittet_wird_in_ruhe_gelassen(skriptportal, skriptabrufer, sendung, stelluhr):
    """The next source on that host is not even tried; once the pause is over it is."""
    skriptportal.auf("/a.example/erste", sendung(429, kopf={"Retry-After": "3600"}))
    skriptportal.auf("/a.example/zweite", sendung(200, b"da"))
    with pytest.raises(QuellenFehler, match="erbetene Pause 3600 s"):
        skriptabrufer.hole("https://a.example/erste", zugang())
    with pytest.raises(QuellenFehler) as fehler:
        skriptabrufer.hole("https://a.example/zweite", zugang())
    assert "a.example soll noch 3600 s lang nicht gefragt werden" in str(fehler.value)
    assert fehler.value.voruebergehend
    assert skriptportal.pfade == ["/a.example/erste"]
    assert stelluhr.pausen == []
    stelluhr.jetzt += 3601
    assert skriptabrufer.hole("https://a.example/zweite", zugang()).daten == b"da"


def test_das_warten_auf_andere_zaehlt_nicht_zur_hoechstdauer(skriptportal, skriptabrufer, sendung, stelluhr):
    """The limit is for the portal's answer, not for the queue in front of its door."""
    skriptportal.auf("/a.example/x", sendung(200, b"x" * 300_000))
    skriptabrufer._takt.pausiere("a.example", HOECHSTPAUSE_S)
    assert len(skriptabrufer.hole("https://a.example/x", zugang(hoechstdauer_s=5.0)).daten) == 300_000
    assert stelluhr.pausen == [HOECHSTPAUSE_S]


def test_ein_fehler_gibt_den_platz_wieder_frei(skriptportal, skriptabrufer, sendung):
    skriptportal.auf("/a.example/weg", sendung(404))
    skriptportal.auf("/a.example/da", sendung(200, b"da"))
    for _ in range(3):
        with pytest.raises(QuellenFehler):
            skriptabrufer.hole("https://a.example/weg", zugang())
    assert skriptabrufer.hole("https://a.example/da", zugang()).daten == b"da"


def test_jeder_faden_hat_seine_eigene_sitzung(skriptportal):
    abrufer, beide = Abrufer(skriptportal.adresse), threading.Barrier(2)

    def sitzungen():
        beide.wait(GEDULD_S)
        return abrufer._sitzung(), abrufer._sitzung()

    with ThreadPoolExecutor(2) as faeden:
        (a, a2), (b, b2) = [f.result(GEDULD_S) for f in [faeden.submit(sitzungen) for _ in range(2)]]
    assert a is a2
    assert b is b2
    assert a is not b


def test_eine_zeile_je_anfrage(skriptportal, sendung, stelluhr):
    skriptportal.auf("/a.example/Einwohner%20M%C3%A4rz.csv", sendung(200, b"x" * 2_100_000))
    skriptportal.auf("/a.example/klein", sendung(200, b"x" * 12), sendung(200, b"x" * 1500))
    skriptportal.auf("/a.example/alt", sendung(302, kopf={"Location": "/a.example/klein"}))
    skriptportal.auf("/a.example/gleich", sendung(304))
    zeilen = []
    abrufer = Abrufer(skriptportal.adresse, uhr=stelluhr.uhr, schlafe=stelluhr.schlafe, melde=zeilen.append)
    abrufer.hole("https://a.example/Einwohner März.csv", zugang())
    abrufer.hole("https://a.example/klein", zugang())
    abrufer.hole("https://a.example/alt", zugang())
    abrufer.hole("https://a.example/gleich", zugang(), bisher={"etag": "1"})
    abrufer.hole("https://a.example/fehlt%0A%1B[31m", zugang(), auch=(404,))
    assert zeilen == [
        "a.example: Einwohner März.csv, 2,1 MB in 0,0 s",
        "a.example: klein, 12 Bytes in 0,0 s",
        "a.example: alt, umgeleitet nach https://a.example/klein in 0,0 s",
        "a.example: klein, 1,5 kB in 0,0 s",
        "a.example: gleich, unverändert in 0,0 s",
        "a.example: fehlt___31m, HTTP 404 in 0,0 s",
    ]
