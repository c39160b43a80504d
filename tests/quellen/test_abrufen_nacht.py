"""A whole night over real sockets: hosts side by side, sources of one host in turn, faults that stay alone or pass."""

import threading
from datetime import UTC, date, datetime

import pytest

from quellen import zugang as zugangsmodul
from quellen.abrufen import abrufe_quellen
from quellen.abrufen.nacht import NEBENEINANDER, WIEDERHOLUNGEN, spuren
from quellen.archiv import Archiv
from quellen.holen import VERSUCHE, Abrufer

JETZT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
HEUTE = date(2026, 11, 22)
GEDULD_S = 20


@pytest.fixture
def archiv(tmp_path):
    return Archiv(tmp_path / "archiv")


@pytest.fixture
def baue(baue_quelle):
    """``baue("id", "host", gleichzeitig=2)``: a source of one file, ``/<id>.csv``."""

    def _baue(name, host="www.amt.example", **zugang):
        angaben = {"basis": f"https://{host}", "hosts": [host], **zugang}
        quelle = baue_quelle("direkt", zugang=angaben, t={"zugang": {"pfad": f"/{name}.csv"}})
        return quelle.model_copy(update={"id": name})

    return _baue


def nacht(quellen, archiv, abrufer, **mehr):
    return {e.quelle: e for e in abrufe_quellen(quellen, archiv, abrufer, heute=HEUTE, jetzt=JETZT, **mehr)}


def test_alle_quellen_einer_nacht(baue, archiv, skriptportal, skriptabrufer, sendung):
    quellen = [baue(f"q{i}", f"h{i % 4}.example") for i in range(12)]
    for i, quelle in enumerate(quellen):
        skriptportal.auf(f"/h{i % 4}.example/{quelle.id}.csv", sendung(200, quelle.id.encode()))
    ergebnisse = nacht(quellen, archiv, skriptabrufer)
    assert set(ergebnisse) == {q.id for q in quellen}
    assert all(e.vollstaendig for e in ergebnisse.values())
    for quelle in quellen:
        [abruf] = archiv.abrufe(quelle.id)
        assert archiv.lesen(abruf.objekte[0].sha256) == quelle.id.encode()


def test_hosts_nebeneinander_ein_host_nacheinander(baue, archiv, skriptportal, sendung):
    """Both hosts must be inside before either is answered; on one host the next file waits for the one before."""
    beide, schloss, drin, zu_viele = threading.Barrier(2), threading.Lock(), [], []

    def antworte(gesehen):
        host = gesehen.pfad.split("/")[1]
        with schloss:
            zu_viele.extend(h for h in drin if h == host)
            drin.append(host)
        beide.wait(GEDULD_S)
        with schloss:
            drin.remove(host)
        return sendung(200, b"x")

    quellen = [baue(f"{h}{i}", f"{h}.example") for h in "ab" for i in range(3)]
    for quelle in quellen:
        skriptportal.auf(f"/{quelle.id[0]}.example/{quelle.id}.csv", antworte)
    ergebnisse = nacht(quellen, archiv, Abrufer(skriptportal.adresse))
    assert all(e.vollstaendig for e in ergebnisse.values())
    assert zu_viele == []
    assert [p for p in skriptportal.pfade if p.startswith("/a.")] == [f"/a.example/a{i}.csv" for i in range(3)]


def test_spuren(baue):
    quellen = [
        *(baue(f"a{i}", "a.example", gleichzeitig=2 if i else 4) for i in range(5)),
        *(baue(f"b{i}", "b.example", gleichzeitig=3 if i else 1) for i in range(3)),
        baue("c0", "c.example", gleichzeitig=4),
    ]
    namen = [[quelle.id for quelle, _ in spur] for spur in spuren([(q, []) for q in quellen])]
    assert namen == [["a0", "a2", "a4"], ["a1", "a3"], ["b0", "b1", "b2"], ["c0"]]
    assert spuren([]) == []


def test_ein_fehler_bleibt_allein(baue, archiv, skriptportal, skriptabrufer, sendung, stelluhr):
    """A missing file, a damaged record, a mistake in a protocol: each stops its own source only."""
    quellen = [baue(n, h) for n, h in [("fehlt", "a.example"), ("gut", "a.example"), ("kaputt", "b.example")]]
    skriptportal.auf("/a.example/gut.csv", sendung(200, b"x"))
    ordner = archiv.ordner / "abrufe" / "kaputt"
    ordner.mkdir(parents=True)
    (ordner / "1.json").write_text("{")
    ergebnisse = nacht(quellen, archiv, skriptabrufer)
    assert {n: e.vollstaendig for n, e in ergebnisse.items()} == {"fehlt": False, "gut": True, "kaputt": False}
    assert "fehlt/t: Die Adresse gibt es nicht" in str(ergebnisse["fehlt"].fehler["t"])
    assert "kaputt/t, Datei 1.json: Ein Abrufverzeichnis-Eintrag ist beschädigt" in str(
        ergebnisse["kaputt"].fehler["t"]
    )
    assert stelluhr.pausen == [], "nothing here passes by itself, so nothing is repeated"


def test_ein_absturz_ist_ein_fehler_seiner_quelle(baue, archiv, skriptportal, skriptabrufer, sendung, monkeypatch):
    def stuerzt(_):
        raise KeyError("geheim-4711")

    monkeypatch.setitem(zugangsmodul._PORTALE, "ckan", stuerzt)
    skriptportal.auf("/a.example/gut.csv", sendung(200, b"x"))
    quellen = [baue("arm", "a.example", portal="ckan"), baue("gut", "a.example")]
    ergebnisse = nacht(quellen, archiv, skriptabrufer)
    assert ergebnisse["gut"].vollstaendig
    meldung = str(ergebnisse["arm"].fehler["t"])
    assert "arm: Der Abruf ist abgestürzt. Gefunden: KeyError in test_abrufen_nacht.py, Zeile " in meldung
    assert "geheim" not in meldung


def test_vergaengliches_kommt_am_ende_noch_einmal(baue, archiv, skriptportal, skriptabrufer, sendung, stelluhr):
    """First everybody has a turn, then what failed in passing; what came is not asked twice."""
    stoerung = [sendung(503)] * VERSUCHE
    skriptportal.auf("/a.example/eins.csv", *stoerung, sendung(200, b"x"))
    skriptportal.auf("/a.example/zwei.csv", sendung(200, b"x"))
    quellen, zeilen = [baue("eins", "a.example"), baue("zwei", "a.example")], []
    skriptabrufer.melde = zeilen.append
    fertig = [
        e.quelle
        for e in abrufe_quellen(quellen, archiv, skriptabrufer, heute=HEUTE, jetzt=JETZT, wartezeit_s=30)
        if e.vollstaendig
    ]
    assert fertig == ["zwei", "eins"]
    namen = [p.rpartition("/")[2] for p in skriptportal.pfade]
    assert namen == ["eins.csv"] * VERSUCHE + ["zwei.csv", "eins.csv"]
    assert stelluhr.pausen == [2.0, 4.0, 8.0, 30.0]
    assert "eins: vorübergehend gescheitert, neuer Versuch in 30 s" in zeilen


def test_nur_der_vergaengliche_teil_wird_wiederholt(baue_quelle, archiv, skriptportal, skriptabrufer, sendung):
    quelle = baue_quelle("direkt", **{t: {"zugang": {"pfad": f"/{t}.csv"}} for t in ("gut", "weg", "mal")})
    skriptportal.auf("/www.amt.example/gut.csv", sendung(200, b"x"))
    skriptportal.auf("/www.amt.example/mal.csv", *[sendung(502)] * VERSUCHE, sendung(200, b"x"))
    ergebnis = nacht([quelle], archiv, skriptabrufer)["probe"]
    assert (set(ergebnis.teile), set(ergebnis.fehler)) == ({"gut", "mal"}, {"weg"})
    namen = [p.rpartition("/")[2] for p in skriptportal.pfade]
    assert (namen.count("gut.csv"), namen.count("weg.csv"), namen.count("mal.csv")) == (1, 1, VERSUCHE + 1)
    assert len(archiv.abrufe("probe")) == 2


def test_was_nicht_vergeht_endet_nach_begrenzten_runden(baue, archiv, skriptportal, skriptabrufer, sendung, stelluhr):
    skriptportal.auf("/a.example/eins.csv", sendung(503))
    ergebnis = nacht([baue("eins", "a.example")], archiv, skriptabrufer, wartezeit_s=10)["eins"]
    assert "HTTP 503" in str(ergebnis.fehler["t"])
    assert len(skriptportal.gesehen) == VERSUCHE * (WIEDERHOLUNGEN + 1)
    assert [p for p in stelluhr.pausen if p >= 10] == [10.0, 20.0]


def test_wer_nicht_mehr_zuhoert_haelt_die_nacht_an(baue, archiv, skriptportal, skriptabrufer, sendung):
    """Ctrl+C closes the generator: sources that were not begun are not asked any more."""
    weiter = threading.Event()
    quellen = [baue(f"q{i}", "a.example") for i in range(20)]
    skriptportal.auf("/a.example/q0.csv", sendung(200, b"x"))

    def haengt(_):
        weiter.wait(GEDULD_S)
        return sendung(200, b"x")

    skriptportal.auf("/a.example/q1.csv", haengt)
    lauf = abrufe_quellen(quellen, archiv, skriptabrufer, heute=HEUTE, jetzt=JETZT)
    assert next(lauf).quelle == "q0"
    threading.Timer(0.2, weiter.set).start()
    lauf.close()
    assert set(skriptportal.pfade) <= {"/a.example/q0.csv", "/a.example/q1.csv"}
    assert len(quellen) > NEBENEINANDER


def test_ohne_quellen(archiv, skriptabrufer):
    assert nacht([], archiv, skriptabrufer) == {}
