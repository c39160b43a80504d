"""The GENESIS conversation, code by code, and that credentials stay where they belong."""

import io
import json
import logging
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quellen.fehler import QuellenFehler
from quellen.modell import lade_katalog
from quellen.zugang import genesis_sitzung, hole_teil
from quellen.zugang.genesis_konto import Zugangsdaten, variablen, zugangsdaten
from quellen.zugang.genesis_meldung import Meldung
from quellen.zugang.genesis_sitzung import VERSUCHE_AUSGELASTET

BENUTZER, PASSWORT = variablen("genesis")
REST = "/www.regionalstatistik.de/genesisws/rest/2020/"
LOGIN, TABELLE = REST + "helloworld/logincheck", REST + "data/tablefile"
ERGEBNISSE, DATEI = REST + "catalogue/results", REST + "data/resultfile"
AUFTRAG = "12411-03-03-4_898994964"
NUTZER, GEHEIM = "RE012345", "sehr-geheim-4711"
ECHT = Path(os.environ.get("SOZIALRAUM_ECHTDATEN", Path(__file__).parents[3] / "shared" / "daten"))


def zip_von(inhalt=b"statistics_code;value\n12411;502270\n"):
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as paket:
        paket.writestr("12411-03-03-4_1773175772751_de_flat.csv", inhalt)
    return puffer.getvalue()


ZIP = zip_von()


@pytest.fixture(autouse=True)
def konto(monkeypatch, skriptportal, sendung):
    monkeypatch.setenv(BENUTZER, NUTZER)
    monkeypatch.setenv(PASSWORT, GEHEIM)
    status = {"Status": "Sie wurden erfolgreich an- und abgemeldet!", "Username": NUTZER}
    skriptportal.auf(LOGIN, sendung(200, json.dumps(status).encode()))


def rufe(skriptportal):
    """The requests after the log-in check."""
    return [g for g in skriptportal.gesehen if g.pfad != LOGIN]


@pytest.fixture
def antwort(sendung):
    def _antwort(code, text="", art="Fehler", **mehr):
        status = {"Code": code, "Content": text, "Type": art}
        return sendung(200, json.dumps({"Ident": {}, "Status": status, "Object": None, **mehr}).encode())

    return _antwort


@pytest.fixture
def zip_antwort(sendung):
    return sendung(200, ZIP, {"Content-Type": "application/zip"})


@pytest.fixture
def hole(skriptabrufer, heute):
    def _hole(**zugang):
        quelle = lade_katalog()["bevoelkerung_kreis"]
        if zugang:
            teil = quelle.teile["tabelle"].model_copy(update={"zugang": zugang})
            quelle = quelle.model_copy(update={"teile": {"tabelle": teil}})
        return hole_teil(quelle, "tabelle", skriptabrufer, None, heute)

    return _hole


@pytest.fixture
def scheitert(hole):
    def _scheitert(**zugang):
        with pytest.raises(QuellenFehler) as fehler:
            hole(**zugang)
        assert NUTZER not in str(fehler.value)
        assert GEHEIM not in str(fehler.value)
        return fehler.value

    return _scheitert


def test_tabelle_als_zip(hole, skriptportal, zip_antwort):
    skriptportal.auf(TABELLE, zip_antwort)
    holung = hole()
    geholt, gesehen = holung.objekte[0], rufe(skriptportal)[0]
    assert (geholt.daten, geholt.datei, holung.stand) == (ZIP, "12411-03-03-4.zip", None)
    assert geholt.url == (
        "https://www.regionalstatistik.de/genesisws/rest/2020/data/tablefile"
        "?name=12411-03-03-4&area=all&format=ffcsv&compress=false&startyear=2022&regionalvariable=KREISE"
    )
    assert gesehen.methode == "POST"
    assert (gesehen.kopf["username"], gesehen.kopf["password"]) == (NUTZER, GEHEIM)
    assert gesehen.formular == {
        "name": "12411-03-03-4",
        "area": "all",
        "format": "ffcsv",
        "compress": "false",
        "startyear": "2022",
        "regionalvariable": "KREISE",
        "language": "de",
        "job": "false",
    }
    assert NUTZER not in repr(holung)
    assert GEHEIM not in repr(holung)


def test_weitere_parameter_werden_durchgereicht_unbekannte_nicht(hole, scheitert, skriptportal, zip_antwort):
    skriptportal.auf(TABELLE, zip_antwort)
    hole(tabelle="1", startjahr_zurueck=1, regionalkey="05112", classifyingvariable1="GES")
    assert rufe(skriptportal)[0].formular["regionalkey"] == "05112"
    assert rufe(skriptportal)[0].formular["classifyingvariable1"] == "GES"
    assert "regionalvariabel" in str(scheitert(tabelle="1", startjahr_zurueck=1, regionalvariabel="KREISE"))
    assert len(rufe(skriptportal)) == 1


def auftragslage(skriptportal, antwort, zip_antwort, *, nummer=99, wartend=3):
    text = f"Der Bearbeitungsauftrag wurde erstellt. Die Tabelle kann in Kürze abgerufen werden unter: {AUFTRAG}"
    skriptportal.auf(TABELLE, antwort(98, "Die Tabelle ist zu groß"), antwort(nummer, text, "Warnung"))
    noch_nicht = antwort(104, "Es gibt keine Objekte zum angegebenen Selektionskriterium", "Information")
    skriptportal.auf(
        ERGEBNISSE, *[noch_nicht] * wartend, antwort(0, "erfolgreich", "Information", List=[{"Code": AUFTRAG}])
    )
    skriptportal.auf(DATEI, zip_antwort)


@pytest.mark.parametrize("nummer", [99, 100])
def test_zu_grosse_tabelle_als_auftrag(hole, skriptportal, antwort, zip_antwort, stelluhr, nummer):
    auftragslage(skriptportal, antwort, zip_antwort, nummer=nummer)
    holung = hole()
    assert holung.objekte[0].daten == ZIP
    methoden = [g.pfad.removeprefix(REST) for g in rufe(skriptportal)]
    assert methoden == ["data/tablefile"] * 2 + ["catalogue/results"] * 4 + ["data/resultfile"]
    assert [g.formular.get("job") for g in rufe(skriptportal)[:2]] == ["false", "true"]
    assert {g.formular["selection"] for g in rufe(skriptportal)[2:6]} == {AUFTRAG}
    assert {g.formular["area"] for g in rufe(skriptportal)[2:]} == {"user"}
    assert rufe(skriptportal)[-1].formular["name"] == AUFTRAG
    assert stelluhr.pausen == [5.0, 10.0, 20.0, 40.0]


def test_auftrag_wartet_bis_genau_er_gelistet_ist(hole, skriptportal, antwort, zip_antwort):
    auftragslage(skriptportal, antwort, zip_antwort)
    skriptportal.auf(
        ERGEBNISSE, antwort(0, List=[{"Code": "andere_1"}], art="Information"), antwort(0, "", "Information")
    )
    assert hole().objekte[0].daten == ZIP
    assert skriptportal.pfade.count(ERGEBNISSE) == 2


def test_auftrag_wird_nicht_endlos_abgewartet(scheitert, skriptportal, antwort, zip_antwort, stelluhr):
    auftragslage(skriptportal, antwort, zip_antwort, wartend=100)
    fehler = scheitert()
    assert fehler.voruebergehend
    assert f"Auftrag {AUFTRAG} nach 900 s" in str(fehler)
    assert sum(stelluhr.pausen) <= 900
    assert DATEI not in skriptportal.pfade


def test_auftrag_mit_token_geht_nicht(scheitert, skriptportal, antwort, monkeypatch):
    monkeypatch.setenv(BENUTZER, "t" * 32)
    monkeypatch.setenv(PASSWORT, "")
    skriptportal.auf(TABELLE, antwort(98, "zu groß"))
    assert "Token" in str(scheitert())
    assert len(rufe(skriptportal)) == 1
    assert (rufe(skriptportal)[0].kopf["username"], rufe(skriptportal)[0].kopf["password"]) == ("t" * 32, "")


@pytest.mark.parametrize(
    ("schritt", "code", "text"),
    [
        (TABELLE, 100, "Auftrag angenommen"),
        (TABELLE, -1, "Systemfehler"),
        (ERGEBNISSE, 90, "weg"),
        (DATEI, 90, "vergangen"),
    ],
)
def test_auftrag_scheitert(scheitert, skriptportal, antwort, zip_antwort, schritt, code, text):
    auftragslage(skriptportal, antwort, zip_antwort)
    davor = [antwort(98)] if schritt == TABELLE else []
    skriptportal.auf(schritt, *davor, antwort(code, text))
    assert f"Code {code} (Fehler): {text}" in str(scheitert())


def test_auftrag_gleich_als_datei(hole, skriptportal, antwort, zip_antwort):
    skriptportal.auf(TABELLE, antwort(98), zip_antwort)
    assert hole().objekte[0].daten == ZIP


def test_ergebnisliste_ist_eine_datei(scheitert, skriptportal, antwort, zip_antwort):
    auftragslage(skriptportal, antwort, zip_antwort)
    skriptportal.auf(ERGEBNISSE, zip_antwort)
    assert "wo eine Meldung stehen müsste" in str(scheitert())


def test_ausgelastet_wird_abgewartet(hole, skriptportal, antwort, zip_antwort, stelluhr):
    skriptportal.auf(TABELLE, antwort(6, "zu viele parallele Requests"), antwort("6"), zip_antwort)
    assert hole().objekte[0].daten == ZIP
    assert stelluhr.pausen == [15.0, 30.0]


def test_dauerhaft_ausgelastet(scheitert, skriptportal, antwort):
    skriptportal.auf(TABELLE, antwort(6, "zu viele parallele Requests"))
    fehler = scheitert()
    assert len(rufe(skriptportal)) == VERSUCHE_AUSGELASTET
    assert fehler.voruebergehend
    assert "zu viele parallele Requests" in str(fehler)


@pytest.mark.parametrize(
    ("code", "art", "text", "wort"),
    [
        (90, "Fehler", "Die angeforderte Tabelle ist nicht vorhanden.", "umbenannt"),
        (-1, "Error", "Für die\nTeiltabelle wurde kein Quader gefunden!", "Code -1 (Fehler): Für die Teiltabelle"),
        (104, "information", "Keine Objekte", "Code 104 (Information)"),
        (0, "Information", "erfolgreich", "Code 0"),
        (22, "Warning", "mit Parameteranpassung", "Code 22 (Warnung): mit Parameteranpassung"),
        ("x", "", "seltsam", "Code fehlt: seltsam"),
    ],
)
def test_meldung_statt_tabelle(scheitert, skriptportal, antwort, code, art, text, wort):
    skriptportal.auf(TABELLE, antwort(code, text, art))
    fehler = scheitert()
    assert wort in str(fehler)
    assert "Tabelle 12411-03-03-4" in str(fehler)
    assert len(rufe(skriptportal)) == 1


def test_status_als_text(scheitert, skriptportal, sendung):
    skriptportal.auf(TABELLE, sendung(200, json.dumps({"Status": "Sie sind nicht angemeldet!"}).encode()))
    assert "Code fehlt: Sie sind nicht angemeldet!" in str(scheitert())


@given(st.recursive(st.none() | st.integers() | st.text(), lambda k: st.dictionaries(st.text(), k), max_leaves=5))
def test_jeder_status_gibt_eine_meldung(status):
    meldung = Meldung.aus({"Status": status}, Zugangsdaten("ich", "du"))
    assert str(meldung).startswith("Code ")


@pytest.mark.parametrize("schaden", ["ab", "bits", "leer"])
def test_kaputtes_zip(scheitert, skriptportal, sendung, schaden):
    gross = zip_von(os.urandom(3000))
    daten = {"ab": gross[:1500], "bits": gross[:500] + b"\0" * 50 + gross[550:], "leer": b"PK\5\6" + b"\0" * 18}[
        schaden
    ]
    skriptportal.auf(TABELLE, sendung(200, daten))
    fehler = scheitert()
    assert "Das ZIP von GENESIS ist unbrauchbar" in str(fehler)
    assert fehler.voruebergehend


def test_kaputtes_zip_anderer_packart(scheitert, skriptportal, sendung):
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_LZMA) as paket:
        paket.writestr("t.csv", b"1;2\n" * 5000)
    daten = bytearray(puffer.getvalue())
    daten[45:60] = bytes(b ^ 255 for b in daten[45:60])
    skriptportal.auf(TABELLE, sendung(200, bytes(daten)))
    fehler = scheitert()
    assert "abgeschnitten oder beschädigt" in str(fehler)
    assert fehler.voruebergehend


def test_zip_bombe(scheitert, skriptportal, sendung, monkeypatch):
    monkeypatch.setattr(genesis_sitzung, "ENTPACKT_HOECHSTENS", 0)
    skriptportal.auf(TABELLE, sendung(200, ZIP))
    assert "entpackt mehr als 0 Bytes" in str(scheitert())


def test_webseite_text_und_leere_antwort(scheitert, skriptportal, sendung):
    skriptportal.auf(TABELLE, sendung(200, b"<!DOCTYPE html><title>Wartungsarbeiten</title>"))
    assert "HTML statt Daten" in str(scheitert())
    skriptportal.auf(TABELLE, sendung(200, b"Fehler", {"Content-Type": "text/plain"}))
    assert "weder eine Tabelle noch eine Meldung. Gefunden: text/plain" in str(scheitert())
    skriptportal.auf(TABELLE, sendung(200, b""))
    assert "leer" in str(scheitert())


def test_falsche_zugangsdaten(scheitert, skriptportal, sendung):
    skriptportal.auf(TABELLE, sendung(401, f"user {NUTZER} unknown".encode()))
    fehler = scheitert()
    assert "lehnt die Zugangsdaten ab" in str(fehler)
    assert BENUTZER in str(fehler)
    assert not fehler.voruebergehend


@pytest.mark.parametrize(("benutzer", "passwort"), [("", "geheim-x"), ("ich", "")])
def test_fehlende_zugangsdaten(hole, skriptportal, monkeypatch, benutzer, passwort):
    for name, wert in ((BENUTZER, benutzer), (PASSWORT, passwort)):
        if wert:
            monkeypatch.setenv(name, wert)
        else:
            monkeypatch.delenv(name)
    with pytest.raises(QuellenFehler, match=rf"bevoelkerung_kreis/tabelle: .*{BENUTZER}") as fehler:
        hole()
    assert "geheim-x" not in str(fehler.value)
    assert skriptportal.gesehen == []


@pytest.mark.parametrize("leer", ["", " "])
def test_ohne_zugangsdaten_geht_es_nur_am_nachbau(monkeypatch, leer):
    for name in (BENUTZER, PASSWORT):
        monkeypatch.setenv(name, leer)
    zugang = lade_katalog()["bevoelkerung_kreis"].zugang
    assert zugangsdaten(zugang, nachbau=True) == Zugangsdaten("beispiel", "beispiel")
    with pytest.raises(QuellenFehler, match=rf"Die Zugangsdaten für GENESIS fehlen.*{BENUTZER} leer, {PASSWORT} leer"):
        zugangsdaten(zugang, nachbau=False)


@pytest.mark.parametrize("passwort", ["zeile\numbruch", "Ж-geheim"])
def test_nicht_uebertragbare_zugangsdaten(hole, skriptportal, monkeypatch, passwort):
    monkeypatch.setenv(PASSWORT, passwort)
    with pytest.raises(QuellenFehler, match="nicht übertragbar") as fehler:
        hole()
    assert passwort not in str(fehler.value)
    assert skriptportal.gesehen == []


def test_umlaut_im_passwort(hole, skriptportal, zip_antwort, monkeypatch):
    monkeypatch.setenv(PASSWORT, "größer")
    skriptportal.auf(TABELLE, zip_antwort)
    hole()
    assert rufe(skriptportal)[0].kopf["password"] == "größer"


@pytest.mark.parametrize("code", [-1, 6, 98])
def test_server_plaudert_zugangsdaten_aus(scheitert, skriptportal, antwort, caplog, code):
    skriptportal.auf(TABELLE, antwort(code, f"Anmeldung {NUTZER} mit {GEHEIM} ungültig"))
    with caplog.at_level(logging.DEBUG):
        fehler = scheitert()
    assert "***" in str(fehler)
    assert GEHEIM not in caplog.text
    assert GEHEIM not in repr(Zugangsdaten(NUTZER, GEHEIM))


@pytest.mark.skipif(not ECHT.is_dir(), reason="Echte Dateien liegen nicht vor (SOZIALRAUM_ECHTDATEN)")
def test_echte_antworten(hole, scheitert, skriptportal, sendung):
    skriptportal.auf(TABELLE, sendung(200, (ECHT / "genesis/responses/12411-01-01-4_0.zip").read_bytes()))
    assert hole().objekte[0].daten[:2] == b"PK"
    skriptportal.auf(TABELLE, sendung(200, (ECHT / "genesis/responses/61111-0021_0.json").read_bytes()))
    assert "Code -1 (Fehler): Für die Teiltabelle mit der Metadatenkombination" in str(scheitert())
