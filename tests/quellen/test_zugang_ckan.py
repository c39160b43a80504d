"""CKAN portals: searching, choosing, the datastore in pages, and the ways in which portals refuse."""

from __future__ import annotations

import json
from datetime import date

import pytest

from quellen.fehler import QuellenFehler
from quellen.zugang import hole_teil
from quellen.zugang.ckan import HOECHSTENS_TREFFER

BASIS = "/www.amt.example/api/3/action"
DATEI = "https://www.amt.example/dataset/p1/download/einwohner.csv"
ZUGANG = {"suche": "Einwohner", "paket": "(?i)einwohner.*", "ressource": r"(?i).*\.csv|csv"}


def ressource(kennung="r1", name="Tabelle", url=DATEI, **mehr):
    return {"id": kennung, "name": name, "url": url, "format": "CSV", "last_modified": "2026-10-31T23:30:00", **mehr}


def paket(titel="Einwohner", kennung="p1", *ressourcen, **mehr):
    return {"id": kennung, "name": kennung, "title": titel, "resources": list(ressourcen or (ressource(),)), **mehr}


class Ckanportal:
    """Answers like CKAN from a list of packages and one of records; every answer can be replaced."""

    def __init__(self, skriptportal, sendung, pakete, saetze):
        self.portal, self.sendung, self.pakete, self.saetze = skriptportal, sendung, pakete, saetze
        self.je_seite, self.gesamt = 100, len(saetze)
        self.portal.auf(f"{BASIS}/package_search", self.suche)
        self.portal.auf(f"{BASIS}/package_show", self.zeige)
        self.portal.auf(f"{BASIS}/datastore_search", self.seite)
        self.portal.auf("/www.amt.example/dataset/p1/download/einwohner.csv", sendung(200, b"Nummer\n1\n"))

    def gut(self, ergebnis, status=200, erfolg=True):
        return self.sendung(status, json.dumps({"success": erfolg, "result": ergebnis}).encode())

    def suche(self, gesehen):
        ab, menge = int(gesehen.abfrage["start"]), min(self.je_seite, int(gesehen.abfrage["rows"]))
        return self.gut({"count": len(self.pakete), "results": self.pakete[ab : ab + menge]})

    def zeige(self, gesehen):
        return self.gut(next(p for p in self.pakete if p["id"] == gesehen.abfrage["id"]))

    def seite(self, gesehen):
        ab, menge = int(gesehen.abfrage["offset"]), min(self.je_seite, int(gesehen.abfrage["limit"]))
        return self.gut({"total": self.gesamt, "records": self.saetze[ab : ab + menge]})

    def fragen(self, aktion):
        return [g.abfrage for g in self.portal.gesehen if g.pfad == f"{BASIS}/{aktion}"]


@pytest.fixture
def ckan(skriptportal, sendung):
    def _ckan(*pakete, saetze=()):
        return Ckanportal(skriptportal, sendung, list(pakete) or [paket()], list(saetze))

    return _ckan


@pytest.fixture
def hole(baue_quelle, skriptabrufer, heute):
    def _hole(stand=None, portal=None, formate=None, **zugang):
        teil = {"zugang": {**ZUGANG, **zugang}, "stand": stand or {"aus": "inhalt"}}
        if formate:
            teil["formate"] = formate
        basis = {"basis": "https://www.amt.example/api/3/action", **(portal or {})}
        quelle = baue_quelle("ckan", zugang=basis, eins=teil)
        return hole_teil(quelle, "eins", skriptabrufer, None, heute)

    return _hole


def nummern(von, bis):
    return [{"_id": n, "Nummer": str(n)} for n in range(von, bis)]


def test_datei_der_ressource(ckan, hole):
    portal = ckan(paket("Spielplätze", "p0"), paket())
    holung = hole(organisation="stadt-x", stand={"aus": "abruf"})
    assert [(g.url, g.datei, g.daten) for g in holung.objekte] == [(DATEI, "einwohner.csv", b"Nummer\n1\n")]
    [suche] = portal.fragen("package_search")
    assert suche == {"q": "Einwohner", "fq": "organization:stadt-x", "rows": "100", "start": "0"}
    assert portal.fragen("package_show") == [{"id": "p1"}]


def test_suche_blaettert_bis_zur_angekuendigten_zahl(ckan, hole):
    portal = ckan(*(paket(f"Anderes {n}", f"a{n}") for n in range(5)), paket())
    portal.je_seite = 2
    assert hole().objekte[0].datei == "einwohner.csv"
    assert [f["start"] for f in portal.fragen("package_search")] == ["0", "2", "4"]


def test_mehrere_suchworte(ckan, hole):
    portal = ckan()
    hole(suche=["Einwohner", "Ortsteil"])
    assert portal.fragen("package_search")[0]["q"] == "Einwohner Ortsteil"


def test_unvollstaendige_trefferliste_ist_voruebergehend(ckan, hole):
    portal = ckan(paket())
    portal.portal.auf(f"{BASIS}/package_search", portal.gut({"count": 2, "results": [paket()]}), portal.gut({}))
    portal.portal.antworten[f"{BASIS}/package_search"][1] = portal.gut({"count": 2, "results": []})
    with pytest.raises(QuellenFehler, match="Trefferliste der Suche ist nicht vollständig") as fehler:
        hole()
    assert fehler.value.voruebergehend


def test_zu_weite_suche(ckan, hole):
    portal = ckan()
    anzahl = HOECHSTENS_TREFFER + 1
    portal.portal.auf(f"{BASIS}/package_search", portal.gut({"count": anzahl, "results": [paket()]}))
    with pytest.raises(QuellenFehler, match=rf"{anzahl} Pakete.*übergeht das Portal die Suchworte.*enger fassen"):
        hole()


def test_umlaute_werden_nicht_gesendet(ckan, hole, skriptportal):
    with pytest.raises(QuellenFehler, match=r"Umlaute.*Gefunden: parkgebühr.*HTTP 500"):
        hole(suche="parkgebühr")
    assert skriptportal.gesehen == []


def test_kein_und_mehrere_pakete(ckan, hole):
    ckan(paket("Einwohner A", "a"), paket("Einwohner B", "b"))
    with pytest.raises(QuellenFehler, match=r"Mehrere Pakete passen.*Einwohner A; Einwohner B.*zugang\.paket"):
        hole()
    with pytest.raises(QuellenFehler, match=r"Kein Datensatz.*2 Pakete.*Einwohner A"):
        hole(paket="Haushalte")


def test_neueste_ressource_nach_name_adresse_oder_format(ckan, hole, skriptportal, sendung):
    alt = ressource("r1", "Stand 31.12.2023", "https://www.amt.example/a.csv")
    neu = ressource("r2", "Stand 31.12.2024", "https://www.amt.example/b")
    andere = ressource("r3", "Stand 31.12.2025", "https://www.amt.example/c.pdf", format="PDF")
    skriptportal.auf("/www.amt.example/b", sendung(200, b"x"))
    ckan(paket("Einwohner", "p1", neu, andere, alt))
    assert hole().objekte[0].url == "https://www.amt.example/b"


def test_keine_ressource_passt(ckan, hole):
    ckan(paket("Einwohner", "p1", ressource(name="Karte", url="http://Siehe Portal", format="HTML"), "kaputt"))
    with pytest.raises(QuellenFehler, match=r"Keine Datei.*Karte / ohne Adresse \(HTML\).*zugang\.ressource"):
        hole()


def test_fremder_host_der_datei(ckan, hole):
    ckan(paket("Einwohner", "p1", ressource(url="https://fremd.example/e.csv")))
    with pytest.raises(QuellenFehler, match=r"darf nicht abgerufen werden.*fremd\.example.*zugang\.hosts"):
        hole()


@pytest.mark.parametrize("je_seite", [1, 3, 7, 100])
def test_datastore_blaettert_bis_zur_zahl(ckan, hole, je_seite):
    portal = ckan(saetze=nummern(1, 8))
    portal.je_seite = je_seite
    holung = hole(datastore=True)
    saetze = [s for g in holung.objekte for s in json.loads(g.daten)["result"]["records"]]
    assert saetze == nummern(1, 8)
    assert [g.datei for g in holung.objekte] == [f"eins-{n:04d}.json" for n in range(1, -(-7 // je_seite) + 1)]
    fragen = portal.fragen("datastore_search")
    assert [int(f["offset"]) for f in fragen] == list(range(0, 7, je_seite))
    assert {(f["resource_id"], f["sort"], f["limit"]) for f in fragen} == {("r1", "_id", "10000")}


def test_datastore_fragt_hoechstens_32000(ckan, hole):
    portal = ckan(saetze=nummern(1, 2))
    hole(datastore=True, seite=99_999)
    hole(datastore=True, seite=5)
    assert [f["limit"] for f in portal.fragen("datastore_search")] == ["32000", "5"]


def test_stand_aus_der_ressource(ckan, hole):
    ckan(paket("Einwohner", "p1", ressource(url="")), saetze=nummern(1, 3))
    assert hole(datastore=True, stand={"aus": "abruf"}).stand == date(2026, 11, 1)  # 23:30 UTC is the next day here
    ckan(paket("Einwohner", "p1", ressource(last_modified=None), metadata_modified="gestern"), saetze=nummern(1, 3))
    assert hole(datastore=True, stand={"aus": "abruf"}).stand == date(2026, 11, 22)
    ckan(paket("Einwohner", "p1", ressource(name="E 30.06.2024")), saetze=nummern(1, 3))
    muster = {"aus": "dateiname", "muster": r"einwohner(?P<jahr>)"}
    with pytest.raises(QuellenFehler, match=r"nennt keinen Stand.*einwohner\.csv"):
        hole(datastore=True, stand=muster)


@pytest.mark.parametrize(
    ("antworten", "meldung", "voruebergehend"),
    [
        ([(4, nummern(1, 3)), (4, [])], "nicht vollständig angekommen.*2 Sätze.*4 Sätze", True),
        ([(4, nummern(1, 3)), (4, nummern(1, 3))], "4 Sätze, davon nur 2 verschiedene", True),
        ([(4, nummern(1, 3)), (5, nummern(3, 6))], "während des Abrufs geändert.*nach 2 Sätzen 5 statt 4", True),
        ([(2, nummern(1, 4))], "3 Sätze.*2 Sätze, wie vom Portal angekündigt", True),
        ([(0, [])], "0 Sätze.*mindestens einer", True),
        ([(2, [{"Nummer": "1"}, {"Nummer": "2"}])], "andere Gestalt.*Sätze mit _id", False),
        ([(2, ["x"])], "andere Gestalt.*Sätze mit _id", False),
        ([("2", nummern(1, 3))], "andere Gestalt.*total und records", False),
        ([(2, None)], "andere Gestalt.*total und records", False),
    ],
)
def test_unvollstaendiges_wird_nie_geliefert(ckan, hole, antworten, meldung, voruebergehend):
    portal = ckan()
    folge = [portal.gut({"total": gesamt, "records": saetze}) for gesamt, saetze in antworten]
    portal.portal.auf(f"{BASIS}/datastore_search", *folge)
    with pytest.raises(QuellenFehler, match=meldung) as fehler:
        hole(datastore=True)
    assert fehler.value.voruebergehend == voruebergehend


def test_zu_viele_bytes_brechen_ab(ckan, hole):
    portal = ckan(saetze=nummern(1, 500))
    portal.je_seite = 10
    with pytest.raises(QuellenFehler, match="nicht vollständig angekommen"):
        hole(datastore=True, portal={"hoechstbytes": 2000})
    assert len(portal.fragen("datastore_search")) < 10


@pytest.mark.parametrize(("status", "wort"), [(403, "Authorization"), (404, "Not Found"), (409, "Validation")])
@pytest.mark.parametrize("aktion", ["package_search", "package_show", "datastore_search"])
def test_ablehnung_mit_status(ckan, hole, sendung, aktion, status, wort):
    portal = ckan(saetze=nummern(1, 3))
    fehlertext = b'{"success": false, "error": {"__type": "x", "message": "y"}}'
    portal.portal.auf(f"{BASIS}/{aktion}", sendung(status, fehlertext))
    with pytest.raises(QuellenFehler, match=rf"lehnt die Anfrage ab.*HTTP {status}: .*{wort}.*{aktion}") as fehler:
        hole(datastore=True)
    assert ("datastore: true" in fehler.value.befunde[0].tun) == (aktion == "datastore_search")
    assert fehler.value.voruebergehend


@pytest.mark.parametrize(
    ("daten", "meldung"),
    [
        (b'{"success": false, "error": {"__type": "Search Error", "message": "kaputt"}}', "Search Error.*kaputt"),
        (b'{"success": false, "error": "Nicht erlaubt"}', "Nicht erlaubt"),
        (b'{"help": "x"}', "ohne success"),
        (b'{"success": true, "result": []}', "andere Gestalt.*ein Objekt result"),
        (b'{"success": true, "result": {"count": "viele", "results": []}}', "count und results"),
        (b"<!doctype html><title>Wartung</title>", "HTML statt Daten.*Wartung"),
        (b"", "leer"),
        (b"[1]", "JSON vom Typ list"),
        (b"{", "kein JSON"),
    ],
)
def test_fehler_mit_status_200(ckan, hole, sendung, daten, meldung):
    portal = ckan()
    portal.portal.auf(f"{BASIS}/package_search", sendung(200, daten))
    with pytest.raises(QuellenFehler, match=meldung):
        hole()


@pytest.mark.parametrize(
    "mehr", [{"license_id": "dl-de-by-2.0"}, {"license_id": "notspecified"}, {}, {"license_title": "dl-de/by-2-0"}]
)
def test_gleiche_oder_keine_lizenz(ckan, hole, mehr):
    ckan(paket("Einwohner", "p1", **mehr))
    assert hole().objekte


def test_andere_lizenz_haelt_den_weg_an(ckan, hole, skriptportal):
    frei = "http://dcat-ap.de/def/licenses/cc-by-nc/4.0"
    ckan(paket("Einwohner", "p1", ressource(license=frei), license_id="dl-de-by-2.0"))
    with pytest.raises(QuellenFehler, match=rf"Die Lizenz hat sich geändert.*{frei}.*dl-de/by-2-0") as fehler:
        hole()
    assert not fehler.value.voruebergehend
    assert "teile.eins.zugang.lizenz" in fehler.value.befunde[0].tun
    assert not any(p.endswith(".csv") for p in skriptportal.pfade)


def test_deklarierte_schreibweise_der_lizenz(ckan, hole):
    ckan(paket("Einwohner", "p1", license_title="Amtliche Werke, Namensnennung"))
    with pytest.raises(QuellenFehler, match="Lizenz hat sich geändert"):
        hole()
    assert hole(lizenz="Amtliche Werke, Namensnennung").objekte
    assert hole(lizenz=["anders", "amtliche werke – namensnennung"]).objekte
