"""A source's retrieval as a whole: bytes, records, what is new, and one Teil's fault beside another's success."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from quellen.abrufen import abrufe_quelle
from quellen.archiv import Archiv, sha256
from quellen.holen import Abrufer
from quellen.modell import lade_katalog

JETZT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
A, B = "/www.amt.example/a.csv", "/www.amt.example/b.csv"
CSV = b"Nummer\n1\n2\n"
GEAENDERT = {"Last-Modified": "Sat, 31 Oct 2026 10:00:00 GMT", "ETag": '"1"'}


@pytest.fixture
def archiv(tmp_path):
    return Archiv(tmp_path / "archiv")


@pytest.fixture
def zwei(baue_quelle):
    return baue_quelle(
        "direkt",
        a={"zugang": {"pfad": "/a.csv"}, "stand": {"aus": "abruf"}},
        b={"zugang": {"pfad": "/b.csv"}, "sortiert_egal": True},
    )


@pytest.fixture
def nacht(archiv, heute):
    """One nightly retrieval after the other; each a day later."""
    naechte = iter(range(100))

    def _nacht(quelle, abrufer):
        tag = timedelta(days=next(naechte))
        return abrufe_quelle(quelle, archiv, abrufer, heute=heute + tag, jetzt=JETZT + tag)

    return _nacht


def test_bytes_und_verzeichnis(nacht, zwei, archiv, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(A, sendung(200, CSV, {**GEAENDERT, "X-Sozialraum-Datenart": "amtlich"}))
    skriptportal.auf(B, sendung(200, b"Nummer\n3\n"))
    ergebnis = nacht(zwei, skriptabrufer)
    assert ergebnis.vollstaendig
    assert {t: e.neu for t, e in ergebnis.teile.items()} == {"a": True, "b": True}
    abruf = ergebnis.teile["a"].abruf
    assert archiv.lesen(sha256(CSV)) == CSV
    objekt = abruf.objekte[0]
    assert (objekt.sha256, objekt.bytes, objekt.datei) == (sha256(CSV), len(CSV), "a.csv")
    assert (objekt.url, objekt.http_status) == ("https://www.amt.example/a.csv", 200)
    assert abruf.etag == '"1"'
    assert (abruf.quelle, abruf.teil, abruf.weg, abruf.lizenz) == ("probe", "a", "direkt", "dl-de/by-2-0")
    assert (abruf.stand, abruf.abgerufen_am, abruf.datenart) == (date(2026, 10, 31), JETZT, "amtlich")
    assert ergebnis.teile["b"].abruf.datenart == "beispiel", "a replica that does not say what it serves"
    assert ergebnis.teile["b"].abruf.stand is None
    assert archiv.abrufe("probe") == [ergebnis.teile["a"].abruf, ergebnis.teile["b"].abruf]


def test_unveraendert_gibt_trotzdem_ein_verzeichnis(nacht, zwei, archiv, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(A, sendung(200, CSV, GEAENDERT), sendung(304, kopf={"Last-Modified": "jetzt"}))
    skriptportal.auf(B, sendung(200, CSV))
    erste, zweite = nacht(zwei, skriptabrufer).teile["a"], nacht(zwei, skriptabrufer).teile["a"]
    assert skriptportal.gesehen[2].kopf["if-none-match"] == '"1"'
    assert not zweite.neu
    assert (zweite.abruf.inhalt, zweite.abruf.stand) == (erste.abruf.inhalt, erste.abruf.stand)
    alt, neu = erste.abruf.objekte[0], zweite.abruf.objekte[0]
    assert (neu.sha256, neu.http_status, neu.bytes) == (alt.sha256, 304, alt.bytes)
    assert (neu.kopf["etag"], neu.kopf["last-modified"]) == ('"1"', "jetzt")
    assert len([a for a in archiv.abrufe("probe") if a.teil == "a"]) == 2
    dritte = nacht(zwei, skriptabrufer).teile["a"]
    assert skriptportal.gesehen[4].kopf["if-none-match"] == '"1"', "the record of a 304 serves the next night too"
    assert dritte.abruf.objekte[0].sha256 == alt.sha256


def test_neuer_etag_mit_gleichem_inhalt_ist_nicht_neu(nacht, zwei, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(A, sendung(200, CSV, GEAENDERT), sendung(200, CSV, {"ETag": '"2"'}), sendung(200, CSV + b"3\n"))
    skriptportal.auf(B, sendung(200, CSV), sendung(200, b"2\nNummer\n1\n"))
    erste, zweite, dritte = (nacht(zwei, skriptabrufer) for _ in range(3))
    assert [e.teile["a"].neu for e in (erste, zweite, dritte)] == [True, False, True]
    assert not zweite.teile["b"].neu, "the same lines in another order"
    assert zweite.teile["b"].abruf.objekte[0].sha256 != erste.teile["b"].abruf.objekte[0].sha256
    assert [e.teile["a"].abruf.stand for e in (erste, zweite, dritte)] == [
        date(2026, 10, 31),
        date(2026, 10, 31),
        date(2026, 11, 24),
    ]


def test_rueckkehr_zum_alten_inhalt_ist_neu(nacht, zwei, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(A, sendung(200, b"x"), sendung(200, b"y"), sendung(200, b"x"))
    skriptportal.auf(B, sendung(200, b"x"), sendung(200, b"y"), sendung(200, b"x"))
    assert [nacht(zwei, skriptabrufer).teile["b"].neu for _ in range(3)] == [True, True, True]


def test_fehler_eines_teils_verliert_die_anderen_nicht(nacht, zwei, archiv, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(B, sendung(200, CSV))
    ergebnis = nacht(zwei, skriptabrufer)
    assert not ergebnis.vollstaendig
    assert list(ergebnis.teile) == ["b"]
    assert list(ergebnis.fehler) == ["a"]
    assert str(ergebnis.fehler["a"]).startswith("probe/a: Die Adresse gibt es nicht")
    assert [a.teil for a in archiv.abrufe("probe")] == ["b"]


def test_nichts_halbes_im_archiv(nacht, baue_quelle, archiv, skriptportal, skriptabrufer, sendung):
    quelle = baue_quelle("arcgis", ebene={"zugang": {"layer": 1}, "stand": {"aus": "abruf"}})
    seite = {"features": [{"properties": {"OBJECTID": i}} for i in range(2)], "exceededTransferLimit": True}
    skriptportal.auf(
        "/www.amt.example/1/query",
        sendung(200, b'{"count": 3}'),
        sendung(200, json.dumps(seite).encode()),
        sendung(200, b'{"features": []}'),
    )
    assert "2 Objekte" in str(nacht(quelle, skriptabrufer).fehler["ebene"])
    assert list(archiv.ordner.rglob("*")) == []


def test_ein_objekt_je_seite(nacht, baue_quelle, archiv, skriptportal, skriptabrufer, sendung):
    quelle = baue_quelle("arcgis", ebene={"zugang": {"layer": 1}, "stand": {"aus": "abruf"}})

    def ebene(anfrage):
        if "returnCountOnly" in anfrage.abfrage:
            return sendung(200, b'{"count": 2}')
        nummer = int(anfrage.abfrage["resultOffset"])
        return sendung(200, json.dumps({"features": [{"id": nummer}]}).encode())

    skriptportal.auf("/www.amt.example/1/query", ebene)
    erste, zweite = nacht(quelle, skriptabrufer).teile["ebene"], nacht(quelle, skriptabrufer).teile["ebene"]
    assert [o.datei for o in erste.abruf.objekte] == ["ebene-0001.geojson", "ebene-0002.geojson"]
    assert (erste.neu, zweite.neu) == (True, False)
    assert zweite.abruf.stand == erste.abruf.stand == date(2026, 11, 22), "not changed means not newer"


def test_nachbau_und_portal_antworten_nicht_fuereinander(
    nacht, zwei, skriptportal, skriptabrufer, echtabrufer, sendung, monkeypatch
):
    kopf = {**GEAENDERT, "X-Sozialraum-Datenart": "amtlich"}
    skriptportal.auf(A, sendung(200, CSV, kopf))
    skriptportal.auf(B, sendung(200, CSV, GEAENDERT))
    nacht(zwei, skriptabrufer)
    echt = nacht(zwei, echtabrufer)
    assert all("if-none-match" not in g.kopf for g in skriptportal.gesehen)
    assert {e.abruf.datenart for e in echt.teile.values()} == {"amtlich"}
    nacht(zwei, skriptabrufer)
    assert [g.kopf.get("if-none-match") for g in skriptportal.gesehen[4:]] == ['"1"', '"1"'], "the replica's own record"
    nacht(zwei, echtabrufer)
    assert [g.kopf.get("if-none-match") for g in skriptportal.gesehen[6:]] == ['"1"', '"1"'], "the portal's own record"


def test_echtes_portal_kann_keine_datenart_behaupten(nacht, zwei, skriptportal, echtabrufer, sendung):
    skriptportal.auf(A, sendung(200, CSV, {"X-Sozialraum-Datenart": "beispiel"}))
    skriptportal.auf(B, sendung(200, CSV))
    abruf = nacht(zwei, echtabrufer).teile["a"].abruf
    assert abruf.datenart == "amtlich"
    assert "x-sozialraum-datenart" not in abruf.objekte[0].kopf


def test_unbekannte_datenart_des_nachbaus(nacht, zwei, archiv, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(A, sendung(200, CSV, {"X-Sozialraum-Datenart": "erfunden"}))
    skriptportal.auf(B, sendung(200, CSV, {"X-Sozialraum-Datenart": "eingang"}))
    ergebnis = nacht(zwei, skriptabrufer)
    assert "unbekannte Datenart. Gefunden: erfunden" in str(ergebnis.fehler["a"])
    assert ergebnis.teile["b"].abruf.datenart == "eingang"


def test_verlorene_bytes_werden_neu_geholt(nacht, zwei, archiv, skriptportal, skriptabrufer, sendung):
    skriptportal.auf(A, sendung(200, CSV, GEAENDERT))
    skriptportal.auf(B, sendung(200, b"x"))
    nacht(zwei, skriptabrufer)
    archiv.pfad(sha256(CSV)).unlink()
    nacht(zwei, skriptabrufer)
    assert "if-none-match" not in skriptportal.gesehen[2].kopf
    assert archiv.lesen(sha256(CSV)) == CSV


def test_beschaedigtes_verzeichnis_ist_ein_fehler_der_quelle(nacht, zwei, archiv, skriptabrufer, skriptportal):
    ordner = archiv.ordner / "abrufe" / "probe"
    ordner.mkdir(parents=True)
    (ordner / "1.json").write_text("{")
    ergebnis = nacht(zwei, skriptabrufer)
    assert set(ergebnis.fehler) == {"a", "b"}
    assert "beschädigt" in str(ergebnis.fehler["a"])
    assert skriptportal.gesehen == []


def test_archiv_nicht_schreibbar(nacht, zwei, archiv, skriptportal, skriptabrufer, sendung):
    archiv.ordner.mkdir()
    (archiv.ordner / "objekte").write_text("im Weg")
    skriptportal.auf(A, sendung(200, CSV))
    skriptportal.auf(B, sendung(200, CSV))
    ergebnis = nacht(zwei, skriptabrufer)
    assert "nicht geschrieben" in str(ergebnis.fehler["b"])
    assert ergebnis.teile == {}


def test_keine_zugangsdaten_in_verzeichnissen_und_meldungen(
    nacht, archiv, skriptportal, skriptabrufer, sendung, monkeypatch
):
    monkeypatch.setenv("SOZIALRAUM_GENESIS_BENUTZER", "RE012345")
    monkeypatch.setenv("SOZIALRAUM_GENESIS_PASSWORT", "sehr-geheim-4711")
    quelle = lade_katalog()["bevoelkerung_kreis"]
    fehler = {"Status": {"Code": 90, "Content": "RE012345 / sehr-geheim-4711", "Type": "Fehler"}}
    paket = io.BytesIO()
    with zipfile.ZipFile(paket, "w") as offen:
        offen.writestr("t_flat.csv", "statistics_code;value\n12411;7\n")
    pfad = "/www.regionalstatistik.de/genesisws/rest/2020/data/tablefile"
    skriptportal.auf(
        pfad,
        sendung(200, paket.getvalue(), {"Content-Disposition": "attachment; filename=t.zip"}),
        sendung(200, json.dumps(fehler).encode()),
    )
    assert nacht(quelle, skriptabrufer).teile["tabelle"].neu
    meldung = str(nacht(quelle, skriptabrufer).fehler["tabelle"])
    alles = meldung + "".join(p.read_bytes().decode("latin-1") for p in archiv.ordner.rglob("*") if p.is_file())
    assert "12411-03-03-4.zip" in alles
    assert "RE012345" not in alles
    assert "sehr-geheim" not in alles


def test_fehlendes_portal(nacht, zwei, stelluhr):
    abrufer = Abrufer("http://127.0.0.1:9", uhr=stelluhr.uhr, schlafe=stelluhr.schlafe)
    ergebnis = nacht(zwei, abrufer)
    assert all(f.voruebergehend for f in ergebnis.fehler.values())
    assert len(ergebnis.fehler) == 2
