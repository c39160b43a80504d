"""GENESIS answers in JSON, hints, refusals in words, and what a declaration may ask: against a scripted server."""

import json
from datetime import UTC, date, datetime

import pytest

from quellen.archiv import Abruf
from quellen.fehler import NochNichtDa, QuellenFehler
from quellen.zugang import hole_teil

REST = "/www.amt.example/rest/2020/"
LOGIN, TABELLE, ALS_TABLE = REST + "helloworld/logincheck", REST + "data/tablefile", REST + "data/table"
NUTZER, GEHEIM = "LDB012345", "sehr-geheim-4711"
SCHIRM = "Tabelle: 1\n;;Total\n2024-12-31;05112;502270\n__________\n"
ERFOLG = {"Status": "Sie wurden erfolgreich an- und abgemeldet!", "Username": NUTZER}


@pytest.fixture(autouse=True)
def konto(monkeypatch):
    monkeypatch.setenv("SOZIALRAUM_LANDESDATENBANK_BENUTZER", NUTZER)
    monkeypatch.setenv("SOZIALRAUM_LANDESDATENBANK_PASSWORT", GEHEIM)


@pytest.fixture
def sagt(skriptportal, sendung):
    """Scripts JSON answers of a path, in their order."""

    def _sagt(pfad, *inhalte):
        skriptportal.auf(pfad, *[sendung(200, json.dumps(i, ensure_ascii=False).encode()) for i in inhalte])

    return _sagt


def antwort(code, text="", art="Information", objekt=None, **weitere):
    return {"Ident": {}, "Status": {"Code": code, "Content": text, "Type": art}, "Object": objekt, **weitere}


@pytest.fixture
def hole(skriptabrufer, baue_quelle, heute):
    def _hole(zugang=None, *, jahr=None, bisher=None, formate=("datencsv",), **zugaenge):
        teil = {
            "zugang": {"tabelle": "12411-9k06", "art": "table", **(zugang or {})},
            "formate": [{"art": f, "orte": {"nummer": {"spalte": "1"}}} for f in formate],
            "jahrgaenge": {"ab": 2000} if jahr is not None else None,
        }
        quelle = baue_quelle(
            "genesis",
            zugang={"basis": "https://www.amt.example/rest/2020", "konto": "landesdatenbank", **zugaenge},
            eins=teil,
        )
        return hole_teil(quelle, "eins", skriptabrufer, bisher, heute, jahr)

    return _hole


@pytest.fixture
def scheitert(hole):
    def _scheitert(*args, **weitere):
        with pytest.raises(QuellenFehler) as fehler:
            hole(*args, **weitere)
        assert NUTZER not in str(fehler.value)
        assert GEHEIM not in str(fehler.value)
        return fehler.value

    return _scheitert


def test_tabelle_im_json_wird_behalten_wie_sie_kam(hole, sagt, skriptportal):
    sagt(LOGIN, ERFOLG)
    inhalt = antwort(0, "successfull", "information", {"Content": SCHIRM}, Parameter={"username": "****"})
    sagt(ALS_TABLE, inhalt)
    holung = hole()
    geholt, gesehen = holung.objekte[0], skriptportal.gesehen[-1]
    assert json.loads(geholt.daten) == inhalt
    assert (geholt.datei, geholt.http_status, holung.hinweise) == ("12411-9k06.json", 200, ())
    assert gesehen.formular == {
        "name": "12411-9k06",
        "area": "all",
        "format": "datencsv",
        "compress": "false",
        "job": "false",
        "language": "de",
    }
    assert (gesehen.kopf["username"], gesehen.kopf["password"]) == (NUTZER, GEHEIM)


@pytest.mark.parametrize("parameter", [{"username": NUTZER, "password": GEHEIM}, {"Username": NUTZER, "name": "ä"}])
def test_verratene_zugangsdaten_kommen_nicht_ins_archiv(hole, sagt, parameter):
    sagt(LOGIN, ERFOLG)
    sagt(ALS_TABLE, antwort(0, objekt={"Content": SCHIRM}, Parameter=parameter))
    holung = hole()
    daten = holung.objekte[0].daten.decode()
    assert NUTZER not in daten + repr(holung)
    assert GEHEIM not in daten
    gelesen = json.loads(daten)
    assert gelesen["Object"]["Content"] == SCHIRM
    assert set(gelesen["Parameter"]) == set(parameter)


def test_geaenderte_parameter_sind_ein_hinweis(hole, sagt):
    sagt(LOGIN, ERFOLG)
    sagt(ALS_TABLE, antwort(22, f"startyear angepasst für {NUTZER}", "Warnung", {"Content": SCHIRM}))
    assert hole().hinweise == ("GENESIS hat die Parameter geändert: Code 22 (Warnung): startyear angepasst für ***",)


@pytest.mark.parametrize("status", ["Es ist ein Fehler aufgetreten.", "Fehler: nicht erfolgreich", "", "gesperrt"])
def test_logincheck_lehnt_im_text_ab(scheitert, sagt, skriptportal, status):
    sagt(LOGIN, {"Status": status, "Username": NUTZER})
    fehler = scheitert()
    assert "GENESIS lehnt die Zugangsdaten ab" in str(fehler)
    assert "SOZIALRAUM_LANDESDATENBANK_BENUTZER" in str(fehler)
    assert skriptportal.pfade == [LOGIN]


@pytest.mark.parametrize(
    "gut", [ERFOLG, {"Status": "You have been logged in and out successfully!"}, antwort(0, "erfolgreich")]
)
def test_logincheck_nimmt_an(hole, sagt, gut):
    sagt(LOGIN, gut)
    sagt(ALS_TABLE, antwort(0, objekt={"Content": SCHIRM}))
    assert hole().objekte


def test_datenbank_ohne_logincheck_wird_gleich_gefragt(hole, sagt, skriptportal):
    sagt(ALS_TABLE, antwort(0, objekt={"Content": SCHIRM}))
    assert hole().objekte
    assert skriptportal.pfade == [LOGIN, ALS_TABLE]


def test_logincheck_401_und_systemfehler(scheitert, sagt, skriptportal, sendung):
    sagt(LOGIN, antwort(-1, f"Systemfehler bei {NUTZER}", "ERROR"), antwort(-1, "noch einmal", "ERROR"))
    for _ in range(2):
        assert scheitert().voruebergehend
    skriptportal.auf(LOGIN, sendung(401, f"{NUTZER}/{GEHEIM}".encode()))
    assert "HTTP 401" in str(scheitert())


@pytest.mark.parametrize(
    ("code", "text", "voruebergehend"),
    [
        (-1, "Es ist ein interner Fehler aufgetreten.", True),
        (-1, "wurde kein Datenquader gefunden! (Keine Datenquader oder Zeitscheibe)", False),
        (90, "nicht vorhanden", False),
        (104, "Es gibt keine Objekte", False),
        (50, "nichts Neues, ungefragt", False),
    ],
)
def test_was_vergeht_und_was_bleibt(scheitert, sagt, code, text, voruebergehend):
    sagt(LOGIN, ERFOLG)
    sagt(ALS_TABLE, antwort(code, text, "Fehler"))
    fehler = scheitert()
    assert fehler.voruebergehend is voruebergehend
    assert not isinstance(fehler, NochNichtDa)
    assert f"Code {code} (Fehler): {text}" in str(fehler)


@pytest.mark.parametrize(
    ("inhalt", "noch_nicht"),
    [
        (antwort(104, "Es gibt keine Objekte zum angegebenen Selektionskriterium"), True),
        (antwort(-1, "Keine Daten vorhanden", "Fehler"), True),
        (antwort(-1, "wurde kein Datenquader gefunden!", "Fehler"), True),
        (antwort(0, objekt={"Content": SCHIRM.replace("2024-12-31;05112;502270\n", "")}), True),
        (antwort(0, objekt={"Content": SCHIRM}), True),
        (antwort(0, objekt={"Content": SCHIRM.replace(";502270\n", ";502270\n2026-12-31;05112;1\n")}), False),
        (antwort(90, "Die Tabelle gibt es nicht", "Fehler"), False),
        (antwort(-1, "Systemfehler", "Fehler"), False),
    ],
)
def test_jahr_ohne_daten(scheitert, sagt, inhalt, noch_nicht):
    sagt(LOGIN, ERFOLG)
    sagt(ALS_TABLE, inhalt)
    assert isinstance(scheitert(jahr=2026), NochNichtDa) is noch_nicht


def test_nichts_neues_nur_auf_frage(hole, scheitert, sagt, skriptportal):
    sagt(LOGIN, ERFOLG)
    sagt(ALS_TABLE, antwort(0, objekt={"Content": SCHIRM}), antwort(50, "nichts Neues"))
    geholt = hole().objekte[0]
    objekt = {"sha256": "0" * 64, "bytes": 1, "datei": geholt.datei, "url": geholt.url}
    bisher = Abruf(
        quelle="probe", teil="eins", abgerufen_am=datetime(2026, 7, 2, 1, 30, tzinfo=UTC), datenart="beispiel",
        weg="genesis", lizenz="l", inhalt="x", objekte=[objekt], stand=date(2024, 12, 31),
    )  # fmt: skip
    holung = hole(bisher=bisher)
    assert (holung.unveraendert, holung.objekte, holung.stand) == (True, (), date(2024, 12, 31))
    assert skriptportal.gesehen[-1].formular["stand"] == "01.07.2026 03:30"  # summer time in Duisburg
    assert "Code 50" in str(scheitert())


def test_blanke_tabelle_und_auftrag_mit_stand(hole, sagt, skriptportal, sendung):
    sagt(LOGIN, ERFOLG)
    skriptportal.auf(TABELLE, sendung(200, ("\ufeff" + SCHIRM).encode()))
    assert hole({"art": "tablefile", "format": "csv"}).objekte[0].daten.decode("utf-8-sig") == SCHIRM
    assert skriptportal.gesehen[-1].formular["format"] == "csv"


ANGABEN = {
    "regionalvariable": "KREISE",
    "regionalkey": ["05112", "05113"],
    "contents": ["BEVSTD"],
    "timeslices": 3,
    "classifyingvariable1": "GES",
    "classifyingkey1": "GESM,GESW",
    "classifyingvariable5": "NAT",
    "quality": True,
}


def test_alle_angaben_werden_durchgereicht(hole, sagt, skriptportal):
    sagt(LOGIN, ERFOLG)
    sagt(ALS_TABLE, antwort(0, objekt={"Content": SCHIRM}))
    adresse = hole({**ANGABEN, "startjahr_zurueck": 3}).objekte[0].url
    gesendet = skriptportal.gesehen[-1].formular
    erwartet = {**ANGABEN, "regionalkey": "05112,05113", "contents": "BEVSTD", "timeslices": "3", "quality": "on"}
    assert {k: gesendet[k] for k in erwartet} == erwartet
    assert gesendet["startyear"] == "2023"
    assert "regionalkey=05112%2C05113" in adresse
    assert "job" not in adresse


@pytest.mark.parametrize(
    ("angaben", "wort"),
    [
        ({"regionalkey": 2634}, "Anführungszeichen"),
        ({"classifyingkey2": ["1", 2]}, "classifyingkey2"),
        ({"classifyingvariable6": "GES"}, "classifyingvariable6"),
        ({"art": "cubefile"}, "tablefile, table, result"),
        ({"format": "xlsx"}, "ffcsv, datencsv, csv"),
        ({"startjahr_zurueck": "viele"}, "Anzahl von Jahren"),
        ({"contents": []}, "contents"),
        ({"timeslices": True}, "timeslices"),
        ({"contents": {"a": 1}}, "contents"),
    ],
)
def test_falsche_angaben_gehen_nicht_hinaus(scheitert, skriptportal, angaben, wort):
    fehler = scheitert(angaben)
    assert wort in str(fehler)
    assert "teile.eins.zugang in der YAML-Datei berichtigen" in str(fehler)
    assert skriptportal.gesehen == []
