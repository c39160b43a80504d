"""The GENESIS client against the replica over real sockets: five databases, each with its account, and every code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import requests
from portal_archiv import FFCSV, TABELLE, Ablage, zip_aus

from quellen.archiv import Abruf, Objekt, sha256
from quellen.fehler import NochNichtDa, QuellenFehler
from quellen.holen import Abrufer
from quellen.lesen import inhaltshash
from quellen.modell import Quelle
from quellen.portal import genesis as nachbau
from quellen.portal import parse_stoerung, starten
from quellen.zugang import hole_teil

HEUTE = date(2026, 11, 22)
GEHEIM = "sehr-geheim-4711"
TOKEN = "beispiel" * 4
SCHIRM = (
    "Tabelle: 12411-9k06\nKommunalprofil;;;\n;;;Total\n2023-12-31;05112;Duisburg;502300\n"
    "2024-12-31;05112;Duisburg;502270\n__________\ncreated: 2025-12-16 / 16:30:59\n"
)
HOSTS = {
    "genesis": ("www.regionalstatistik.de", "/genesisws/rest/2020"),
    "landesdatenbank": ("www.landesdatenbank.nrw.de", "/ldbnrwws/rest/2020"),
    "genesis_online": ("www-genesis.destatis.de", "/genesisWS/rest/2020"),
    "zensus": ("ergebnisse.zensus2022.de", "/api/rest/2020"),
    "bildungsdatenbank": ("www.bildungsmonitoring.de", "/bildungws/rest/2020"),
}
FORMAT = {
    "kodierung": "utf-8-sig",
    "orte": {"stichtag": {"spalte": "time"}},
    "wertspalten": [{"muster": "value", "merkmal": "m"}],
}
DOWNLOAD = {
    "zugang": {"id": "download", "portal": "direkt", "basis": "https://www.regionalstatistik.de",
               "hosts": ["www.regionalstatistik.de"]},
    "teile": {"t": {"pfad": "/genesis/online/download/12411-01-01-4/ffcsv"}},
}  # fmt: skip


def quelle(konto, zugang=None, *, hoechstdauer=600, art="ffcsv", wege=(), jahrgaenge=None, teile=("t",)):
    host, pfad = HOSTS[konto]
    teil = {
        "beschreibung": "Probe", "form": "werte", "dateimuster": ".*", "sortiert_egal": True,
        "zugang": {"tabelle": "12411-01-01-4", **(zugang or {"startjahr_zurueck": 9})},
        "felder": {"stichtag": {"typ": "zeitraum"}}, "jahrgaenge": jahrgaenge,
        "formate": [{"art": art, **FORMAT}],
    }  # fmt: skip
    kopf = dict.fromkeys(("titel", "herausgeber", "seite", "rhythmus"), "Probe")
    return Quelle.model_validate(
        {
            **kopf, "id": konto, "hoechstalter_tage": 1, "bestaetigt": True, "teile": dict.fromkeys(teile, teil),
            "lizenz": {"id": "dl-de/by-2-0", "url": "https://x.example/l", "namensnennung": "Amt"},
            "weitere_wege": list(wege),
            "zugang": {
                "portal": "genesis", "basis": f"https://{host}{pfad}", "hosts": [host], "konto": konto,
                "token": konto not in ("landesdatenbank", "bildungsdatenbank"), "hoechstdauer_s": hoechstdauer,
            },
        }
    )  # fmt: skip


@pytest.fixture(autouse=True)
def konten(monkeypatch):
    for konto in HOSTS:
        monkeypatch.setenv(f"SOZIALRAUM_{konto.upper()}_BENUTZER", "beispiel")
        monkeypatch.setenv(f"SOZIALRAUM_{konto.upper()}_PASSWORT", "beispiel")


@pytest.fixture
def starte(tmp_path):
    """Starts a replica that holds one table of each given source."""
    offen = []

    def _starte(*quellen, daten=TABELLE, datei="12411-01-01-4.zip", stoerungen=()):
        ablage = Ablage(tmp_path / str(len(offen)))
        for q in quellen:
            for teil in q.teile:
                ablage.lege(q.id, teil, [(datei, "", daten)])
        katalog = {q.id: q for q in quellen}
        offen.append(starten(ablage.archiv, katalog, stoerungen=[parse_stoerung(s) for s in stoerungen]))
        return offen[-1]

    yield _starte
    for portal in offen:
        portal.stoppen()


class Uhr:
    """A clock that moves only by sleeping."""

    def __init__(self):
        self.jetzt = 0.0
        self.pausen = []

    def schlafe(self, sekunden):
        self.pausen.append(sekunden)
        self.jetzt += sekunden


def abrufer(portal, uhr=None):
    uhr = uhr or Uhr()
    return Abrufer(portal.url, uhr=lambda: uhr.jetzt, schlafe=uhr.schlafe, zufall=lambda: 0.0)


def hole(portal, q, *, mit=None, bisher=None, jahr=None, teil="t"):
    return hole_teil(q, teil, mit or abrufer(portal), bisher, HEUTE, jahr)


def scheitert(portal, q, **weitere):
    with pytest.raises(QuellenFehler) as fehler:
        hole(portal, q, **weitere)
    assert GEHEIM not in str(fehler.value)
    return fehler.value


def dienste(portal):
    return [e.pfad.rpartition("/rest/2020/")[2] or e.pfad for e in portal.protokoll]


def test_jede_datenbank_mit_ihrem_konto(starte, monkeypatch):
    quellen = [quelle(konto) for konto in HOSTS]
    portal = starte(*quellen)
    for q in quellen:
        holung = hole(portal, q)
        assert holung.objekte[0].daten == TABELLE
        assert holung.objekte[0].url.startswith(q.zugang.basis + "/data/tablefile?name=12411-01-01-4&")
    assert dienste(portal) == ["helloworld/logincheck", "data/tablefile"] * 5
    monkeypatch.setenv("SOZIALRAUM_ZENSUS_PASSWORT", "")
    text = str(scheitert(portal, quellen[3]))
    assert "SOZIALRAUM_ZENSUS_BENUTZER gesetzt, SOZIALRAUM_ZENSUS_PASSWORT leer" in text


def test_falsches_passwort_wird_zuerst_und_nur_einmal_gesagt(starte, monkeypatch):
    q = quelle("landesdatenbank", teile=("t", "u", "v"))
    portal = starte(q)
    monkeypatch.setenv("SOZIALRAUM_LANDESDATENBANK_PASSWORT", GEHEIM)
    mit = abrufer(portal)
    for teil in q.teile:
        fehler = scheitert(portal, q, mit=mit, teil=teil)
        assert "GENESIS lehnt die Zugangsdaten ab" in str(fehler)
        assert "SOZIALRAUM_LANDESDATENBANK_BENUTZER und SOZIALRAUM_LANDESDATENBANK_PASSWORT prüfen" in str(fehler)
        assert fehler.befunde[0].teil == teil
        assert not fehler.voruebergehend
    assert dienste(portal) == ["helloworld/logincheck"]
    monkeypatch.setenv("SOZIALRAUM_LANDESDATENBANK_PASSWORT", "beispiel")
    assert hole(portal, q, mit=mit).objekte[0].daten == TABELLE


def test_anmeldung_wird_je_lauf_einmal_geprueft(starte):
    q = quelle("genesis", teile=("t", "u"))
    portal = starte(q)
    for mit in (abrufer(portal), abrufer(portal)):
        for teil in q.teile:
            hole(portal, q, mit=mit, teil=teil)
    assert dienste(portal) == ["helloworld/logincheck", "data/tablefile", "data/tablefile"] * 2


def test_voruebergehende_stoerung_der_anmeldung_wird_nicht_gemerkt(starte):
    portal = starte(q := quelle("genesis"), stoerungen=["json-fehler-200:logincheck@1"])
    mit = abrufer(portal)
    assert scheitert(portal, q, mit=mit).voruebergehend
    assert hole(portal, q, mit=mit).objekte[0].daten == TABELLE


@pytest.mark.parametrize("konto", list(HOSTS))
def test_token_nur_wo_es_gilt(starte, monkeypatch, konto):
    portal = starte(q := quelle(konto))
    monkeypatch.setenv(f"SOZIALRAUM_{konto.upper()}_BENUTZER", TOKEN)
    monkeypatch.setenv(f"SOZIALRAUM_{konto.upper()}_PASSWORT", "")
    if q.zugang.token:
        assert hole(portal, q).objekte[0].daten == TABELLE
        return
    assert "Diese GENESIS-Datenbank nimmt kein Token" in str(scheitert(portal, q))
    assert portal.protokoll == []


@pytest.mark.parametrize("art", ["tablefile", "result"])
def test_auftrag_mit_token_wird_gar_nicht_erst_versucht(starte, monkeypatch, art):
    format_ = {"format": "ffcsv"} if art == "result" else {}
    portal = starte(q := quelle("zensus", {"art": art, **format_}), stoerungen=["genesis-job"])
    monkeypatch.setenv("SOZIALRAUM_ZENSUS_BENUTZER", TOKEN)
    monkeypatch.setenv("SOZIALRAUM_ZENSUS_PASSWORT", "")
    fehler = str(scheitert(portal, q))
    assert "zu groß für einen Abruf mit Token" in fehler
    assert TOKEN not in fehler
    assert not any(e.werte.get("job") == "true" for e in portal.protokoll)


def test_auftrag_von_98_bis_zur_datei(starte):
    portal, uhr = starte(q := quelle("genesis"), stoerungen=["genesis-job"]), Uhr()
    assert hole(portal, q, mit=abrufer(portal, uhr)).objekte[0].daten == TABELLE
    erwartet = ["helloworld/logincheck", "data/tablefile", "data/tablefile"]
    assert dienste(portal) == [*erwartet, *["catalogue/results"] * 3, "data/resultfile"]
    assert uhr.pausen == [5.0, 10.0, 20.0]


@pytest.mark.parametrize("art", ["table", "result"])
def test_tabelle_im_json_auch_als_auftrag(starte, art):
    q = quelle("landesdatenbank", {"art": art, "startjahr_zurueck": 9}, art="datencsv")
    stoerungen = ["genesis-job"] if art == "table" else []
    portal = starte(q, daten=SCHIRM.encode(), datei="x.csv", stoerungen=stoerungen)
    geholt = hole(portal, q).objekte[0]
    assert geholt.datei == "12411-01-01-4.json"
    assert inhaltshash([geholt.daten], q.teile["t"]) == inhaltshash([SCHIRM.encode()], q.teile["t"])
    anfang = ["data/table"] * (2 if art == "table" else 1)
    assert dienste(portal)[1:] == [*anfang, *["catalogue/results"] * 3, "data/result"]


def test_auftrag_der_nie_fertig_wird(starte, monkeypatch):
    monkeypatch.setattr(nachbau, "WARTEN", 10**9)
    portal, uhr = starte(q := quelle("genesis", hoechstdauer=300), stoerungen=["genesis-job"]), Uhr()
    fehler = scheitert(portal, q, mit=abrufer(portal, uhr))
    assert fehler.voruebergehend
    assert "Auftrag 12411-01-01-4_123456789 nach 300 s" in str(fehler)
    assert sum(uhr.pausen) <= 300
    assert "data/resultfile" not in dienste(portal)


@pytest.mark.parametrize("wo", ["logincheck", "tablefile", "results", "resultfile"])
def test_code_6_zweimal_dann_gut(starte, wo):
    stoerungen = ["genesis-job", f"genesis-code-6:{wo}$"] if "result" in wo else [f"genesis-code-6:{wo}"]
    portal, uhr = starte(q := quelle("genesis"), stoerungen=[s.replace("$", r"(\?|$)") for s in stoerungen]), Uhr()
    assert hole(portal, q, mit=abrufer(portal, uhr)).objekte[0].daten == TABELLE
    assert [p for p in uhr.pausen if p in (15.0, 30.0)] == [15.0, 30.0]
    assert sum(wo in d for d in dienste(portal)) >= 3


def test_code_6_ohne_ende(starte):
    portal = starte(q := quelle("genesis"), stoerungen=["genesis-code-6:tablefile@99"])
    fehler = scheitert(portal, q)
    assert fehler.voruebergehend
    assert "Code 6 (Fehler): Die Anzahl der maximal möglichen parallelen Requests" in str(fehler)
    assert "nach 4 Versuchen" in str(fehler)


def verzeichnet(holung, am, jahr=None):
    """The record that would have been made of a fetch."""
    objekte = tuple(
        Objekt(sha256=sha256(g.daten), bytes=len(g.daten), datei=g.datei, url=g.url, kopf=g.kopf)
        for g in holung.objekte
    )
    return Abruf(
        quelle="genesis", teil="t", abgerufen_am=am, datenart="beispiel", weg=holung.weg, lizenz="l",
        inhalt="x", objekte=objekte, stand=date(2025, 3, 31), jahrgang=jahr,
    )  # fmt: skip


GEHOLT_AM = datetime(2026, 11, 10, 1, 0, tzinfo=UTC)  # the replica's table was last changed on 1 November


def test_nichts_neues_seit_dem_letzten_abruf(starte):
    portal = starte(q := quelle("genesis"))
    bisher = verzeichnet(hole(portal, q), GEHOLT_AM)
    holung = hole(portal, q, bisher=bisher)
    assert (holung.unveraendert, holung.objekte, holung.stand) == (True, (), date(2025, 3, 31))
    assert portal.protokoll[-1].werte["stand"] == "09.11.2026 02:00"


@pytest.mark.parametrize("grund", ["älter", "anderes Jahr", "andere Angaben", "anderer Weg"])
def test_neues_kommt_ganz(starte, grund):
    portal = starte(q := quelle("genesis"))
    bisher = verzeichnet(hole(portal, q), GEHOLT_AM - timedelta(days=20 if grund == "älter" else 0))
    if grund == "anderes Jahr":
        bisher = bisher.model_copy(update={"jahrgang": 2024})
    elif grund == "andere Angaben":
        q = quelle("genesis", {"startjahr_zurueck": 9, "regionalkey": "05*"})
    elif grund == "anderer Weg":
        bisher = bisher.model_copy(update={"weg": "download"})
    holung = hole(portal, q, bisher=bisher)
    assert not holung.unveraendert
    assert ("stand" in portal.protokoll[-1].werte) is (grund == "älter")


JE_JAHR = {"ab": 2020}


def test_jahrgaenge_kommen_einzeln(starte):
    portal = starte(q := quelle("zensus", {"regionalvariable": "KREISE"}, jahrgaenge=JE_JAHR))
    geholt = hole(portal, q, jahr=2023).objekte[0]
    assert geholt.datei == "12411-01-01-4_2023.zip"
    assert (portal.protokoll[-1].werte["startyear"], portal.protokoll[-1].werte["endyear"]) == ("2023", "2023")
    kopf, *zeilen = FFCSV.splitlines(keepends=True)
    nur_2023 = kopf + b"".join(z for z in zeilen if b"2023-12-31" in z)
    assert inhaltshash([geholt.daten], q.teile["t"]) == inhaltshash([nur_2023], q.teile["t"])


def test_jahr_ohne_daten_ist_noch_nicht_da(starte):
    portal = starte(q := quelle("zensus", {"regionalvariable": "KREISE"}, jahrgaenge=JE_JAHR))
    with pytest.raises(NochNichtDa, match=r"zensus/t: .*Code 104 \(Information\).*Jahr 2026"):
        hole(portal, q, jahr=2026)


def test_jahr_ohne_zeilen_ist_noch_nicht_da(starte):
    q = quelle("zensus", {"regionalkey": "05999"}, jahrgaenge=JE_JAHR)
    with pytest.raises(NochNichtDa, match="nur einem Kopf"):
        hole(starte(q), q, jahr=2024)


def test_leere_tabelle_ist_sonst_ein_fehler(starte):
    q = quelle("zensus", {"startjahr_zurueck": 9, "regionalkey": "05999"})
    fehler = scheitert(starte(q), q)
    assert "Die Tabelle ist leer" in str(fehler)
    assert not isinstance(fehler, NochNichtDa)
    assert not fehler.voruebergehend


def test_qualitaet_wird_angefordert(starte):
    q = quelle("genesis", {"startjahr_zurueck": 9, "quality": True})
    portal = starte(q)
    ohne = quelle("genesis")
    mit_spalte, ohne_spalte = (inhaltshash([hole(portal, x).objekte[0].daten], q.teile["t"]) for x in (q, ohne))
    assert mit_spalte != ohne_spalte
    assert portal.protokoll[1].werte["quality"] == "on"


def test_andere_reihenfolge_ist_derselbe_inhalt(starte):
    portal = starte(q := quelle("genesis"), stoerungen=["zeilen-vertauscht"])
    daten = hole(portal, q).objekte[0].daten
    assert daten != TABELLE
    assert inhaltshash([daten], q.teile["t"]) == inhaltshash([TABELLE], q.teile["t"])


def test_download_ohne_anmeldung_springt_ein(starte):
    portal = starte(q := quelle("genesis", wege=[DOWNLOAD]), stoerungen=["status-503:rest/2020/data"])
    holung = hole(portal, q)
    assert (holung.weg, holung.objekte[0].daten) == ("download", FFCSV)
    assert holung.umwege[0].startswith("genesis: ")


@pytest.mark.parametrize(
    ("stoerung", "daten", "grund"),
    [
        ("leer-200:download", TABELLE, "leer"),
        ("status-503:xyz", zip_aus("a.csv", FFCSV.splitlines()[0]), "nur einem Kopf"),
    ],
)
def test_leerer_download_gibt_dem_naechsten_weg_das_wort(starte, stoerung, daten, grund):
    q = quelle("genesis")
    rest = {"zugang": q.zugang.model_dump(), "teile": {"t": q.teile["t"].zugang}}
    teil = {**q.teile["t"].model_dump(), "zugang": DOWNLOAD["teile"]["t"]}
    vorn = Quelle.model_validate(
        {**q.model_dump(), "zugang": DOWNLOAD["zugang"], "teile": {"t": teil}, "weitere_wege": [rest]}
    )
    portal = starte(q, daten=daten, stoerungen=[stoerung])
    if daten == TABELLE:
        holung = hole(portal, vorn)
        assert (holung.weg, holung.objekte[0].daten) == ("genesis", TABELLE)
        assert grund in holung.umwege[0]
    else:
        fehler = scheitert(portal, vorn)
        assert [b.regel for b in fehler.befunde] == [
            "Weg download: Die Tabelle ist leer",
            "Weg genesis: Die Tabelle ist leer",
        ]


@pytest.mark.parametrize(
    "pfad", [DOWNLOAD["teile"]["t"]["pfad"], "/ldbnrwws/downloader/00/tables/12411-01-01-4_00.csv"]
)
def test_download_als_einziger_weg_packt_aus_was_das_archiv_gepackt_haelt(starte, pfad):
    q = quelle("genesis")
    teil = {**q.teile["t"].model_dump(), "zugang": {"pfad": pfad}}
    portal = starte(Quelle.model_validate({**q.model_dump(), "zugang": DOWNLOAD["zugang"], "teile": {"t": teil}}))
    antwort = requests.get(f"{portal.url}/www.regionalstatistik.de{pfad}")
    assert antwort.content == FFCSV


def test_download_kann_keinen_jahrgang_liefern(starte):
    q = quelle("genesis", {"regionalvariable": "KREISE"}, jahrgaenge=JE_JAHR, wege=[DOWNLOAD])
    portal = starte(q, stoerungen=["status-503:rest/2020/data"])
    assert "Die Tabelle enthält fremde Jahre. Gefunden: 2023, 2024" in str(scheitert(portal, q, jahr=2024))


def test_unbekannte_tabelle_und_falsches_format(starte):
    portal = starte(quelle("genesis"))
    assert "umbenannt oder aufgegeben" in str(scheitert(portal, quelle("genesis", {"tabelle": "99999-01"})))
    fehler = scheitert(portal, quelle("genesis", {"art": "table"}))
    assert "Code -1 (Fehler): Das Format datencsv liegt zu dieser Tabelle nicht vor." in str(fehler)
    assert fehler.befunde[0].quelle == "genesis"
