"""The real client on every way to a source, over real sockets: what it takes when a way is down, and what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import requests
from portal_archiv import ALTER, SPAETER, ortsteilseiten

from quellen.abrufen import abrufe_quelle
from quellen.archiv import Archiv
from quellen.fehler import NochNichtDa, QuellenFehler
from quellen.holen import Abrufer
from quellen.modell import Quelle
from quellen.portal import parse_stoerung, starten
from quellen.zugang import hole_teil
from quellen.zugang.direkt import hole as hole_direkt
from quellen.zugang.gemeinsam import Auftrag

HEUTE = date(2026, 11, 22)
JETZT = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
DKAN_AUS = "status-404:^/opendata-duisburg\\.de/"
RUHR_AUS = "status-404:^/opendata\\.ruhr/"
GOVDATA_AUS = "status-404:^/ckan\\.govdata\\.de/"


def hole(portal, quelle, teil="alter"):
    return hole_teil(quelle, teil, Abrufer(portal.url, schlafe=lambda _: None), None, HEUTE)


def saetze(holung):
    return [s for g in holung.objekte for s in json.loads(g.daten)["result"]["records"]]


def nur_weg(quelle: Quelle, name: str, **angaben) -> Quelle:
    """The source as if it had this way only; ``angaben`` replace what stands under the Teile's ``zugang``."""
    gesehen = next(q for q in quelle.wege() if q.zugang.name == name)
    teile = {n: t.model_copy(update={"zugang": {**t.zugang, **angaben}}) for n, t in gesehen.teile.items()}
    return gesehen.model_copy(update={"teile": teile, "weitere_wege": ()})


@pytest.mark.parametrize("teil", ["alter", "staatsangehoerigkeit"])
@pytest.mark.parametrize("groesse", [1, None])
def test_datastore_bis_zur_angekuendigten_zahl(oeffne, katalog, ablage, teil, groesse):
    holung = hole(oeffne(DKAN_AUS, seitengroesse=groesse), katalog["einwohner_ortsteil"], teil)
    zeilen = ablage.dateien["einwohner_ortsteil", teil][0].decode().splitlines()
    assert [list(s.values())[1:] for s in saetze(holung)] == [z.split(";") for z in zeilen[1:]]
    assert len(holung.objekte) == (2 if groesse else 1)
    assert all(g.kopf["x-sozialraum-datenart"] == "beispiel" for g in holung.objekte)


def test_erster_weg_aus_zweiter_wird_genommen_und_vermerkt(oeffne, katalog, tmp_path):
    archiv = Archiv(tmp_path / "neu")
    abrufer = Abrufer(oeffne(DKAN_AUS).url, schlafe=lambda _: None)
    ergebnis = abrufe_quelle(katalog["einwohner_ortsteil"], archiv, abrufer, heute=HEUTE, jetzt=JETZT)
    assert ergebnis.vollstaendig
    for abruf in archiv.abrufe("einwohner_ortsteil"):
        assert abruf.weg == "opendata_ruhr"
        [umweg] = abruf.umwege
        assert umweg.startswith("dkan: einwohner_ortsteil/")
        assert "HTTP 404" in umweg
        assert abruf.objekte[0].datei == f"{abruf.teil}-0001.json"


def test_dritter_weg_holt_die_datei(oeffne, katalog):
    holung = hole(oeffne(DKAN_AUS, RUHR_AUS), katalog["einwohner_ortsteil"])
    assert (holung.weg, [g.daten for g in holung.objekte]) == ("govdata", [ALTER])
    assert [u.partition(":")[0] for u in holung.umwege] == ["dkan", "opendata_ruhr"]
    assert holung.objekte[0].url.startswith("https://ckan.govdata.de/dataset/")


def test_alle_wege_aus_nennt_jeden(oeffne, katalog):
    with pytest.raises(QuellenFehler) as fehler:
        hole(oeffne(DKAN_AUS, RUHR_AUS, GOVDATA_AUS), katalog["einwohner_ortsteil"])
    regeln = [b.regel for b in fehler.value.befunde]
    assert [r.partition(":")[0] for r in regeln] == ["Weg dkan", "Weg opendata_ruhr", "Weg govdata"]
    assert all(b.quelle == "einwohner_ortsteil" and b.teil == "alter" and b.tun for b in fehler.value.befunde)


def test_karte_auf_dem_zweiten_weg(oeffne, katalog):
    holung = hole(oeffne("status-404:^/geoportal\\.duisburg\\.de/"), katalog["gebiete"], "ortsteile")
    assert holung.weg == "opendata_ruhr"
    erwartet = [f for s in ortsteilseiten() for f in json.loads(s)["features"]]
    assert json.loads(holung.objekte[0].daten)["features"] == erwartet


@pytest.mark.parametrize(
    ("stoerung", "meldung"),
    [
        ("anzahl-wechselt", "während des Abrufs geändert.*nach 1 Sätzen 3 statt 2"),
        ("seite-doppelt", "2 Sätze, davon nur 1 verschiedene"),
        ("letzte-seite-fehlt:datastore", "nicht vollständig angekommen.*1 Sätze.*2 Sätze"),
        ("letzte-seite-fehlt:package_search", "Trefferliste der Suche ist nicht vollständig"),
        ("zeilen-doppelt:datastore", "davon nur"),
    ],
)
def test_datastore_aendert_sich_unterwegs(oeffne, katalog, stoerung, meldung):
    portal = oeffne(stoerung, seitengroesse=1)
    with pytest.raises(QuellenFehler, match=meldung) as fehler:
        hole(portal, nur_weg(katalog["einwohner_ortsteil"], "opendata_ruhr"))
    assert fehler.value.voruebergehend


def test_was_unterwegs_vergeht_uebersteht_der_klient(oeffne, katalog):
    portal = oeffne("status-503:datastore@1", "verbindung-abbruch:package_show@1", "status-429-datum:search@1")
    holung = hole(portal, nur_weg(katalog["einwohner_ortsteil"], "opendata_ruhr"))
    assert [s["_id"] for s in saetze(holung)] == [1, 2]


def test_kennungen_werden_jedes_mal_neu_aufgeloest(oeffne, katalog):
    quelle = nur_weg(katalog["einwohner_ortsteil"], "opendata_ruhr")
    portale = [oeffne(), oeffne()]
    geholt = [hole(portal, quelle) for portal in portale]
    assert saetze(geholt[0]) == saetze(geholt[1])
    kennungen = [p.protokoll[-1].werte["resource_id"] for p in portale]
    assert kennungen[0] != kennungen[1]
    veraltet = requests.get(
        f"{portale[1].url}/opendata.ruhr/api/3/action/datastore_search", params={"resource_id": kennungen[0]}
    )
    assert veraltet.status_code == 404


def test_veraltete_kennung_ist_voruebergehend(oeffne, katalog):
    portal = oeffne("status-404:datastore_search")
    with pytest.raises(QuellenFehler, match="beim Neuernten wechseln die Kennungen") as fehler:
        hole(portal, nur_weg(katalog["einwohner_ortsteil"], "opendata_ruhr"))
    assert fehler.value.voruebergehend


@pytest.mark.parametrize("weg", ["opendata_ruhr", "govdata"])
def test_andere_lizenz_haelt_jeden_weg_an(oeffne, katalog, weg):
    quelle = nur_weg(katalog["einwohner_ortsteil"], weg)
    lizenz = quelle.lizenz.model_copy(
        update={"id": "cc0-1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"}
    )
    portal = oeffne()
    with pytest.raises(QuellenFehler, match=r"Die Lizenz hat sich geändert.*cc-by.*Erwartet: cc0-1\.0"):
        hole(portal, quelle.model_copy(update={"lizenz": lizenz}))
    assert all("datastore" not in e.pfad and "download" not in e.pfad for e in portal.protokoll)


def test_suchwort_mit_umlaut_wird_vor_dem_portal_abgefangen(oeffne, katalog):
    portal = oeffne()
    with pytest.raises(QuellenFehler, match="Umlaute"):
        hole(portal, nur_weg(katalog["einwohner_ortsteil"], "govdata", suche="Bevölkerung"))
    assert portal.protokoll == []


BAUPLAN = {
    "beschreibung": "Probe",
    "form": "liste",
    "kennung": "n",
    "dateimuster": ".*",
    "felder": {"n": {"typ": "text"}},
    "formate": [{"art": "csv", "orte": {"n": {"spalte": "n"}}}],
}


def probe(katalog, zugang, **teil) -> Quelle:
    """A source of ``portal: direkt`` with one Teil."""
    roh = katalog["schuelerzahlen"].model_dump(
        mode="json", exclude={"teile", "weitere_wege", "merkmale", "korrekturen"}
    )
    basis = {"portal": "direkt", "basis": "https://a.example/rest", "hosts": ["a.example"]}
    teile = {"t": {**BAUPLAN, "zugang": zugang, **teil}}
    return Quelle.model_validate({**roh, "id": "probe", "zugang": basis, "teile": teile})


@pytest.mark.parametrize("url", ["https://a.example/rest/t?f=x&Kreis=", ""])
def test_eine_datei_je_wert_kommt_zurueck(ablage, katalog, url):
    quelle = probe(
        katalog, {"pfad": "/t", "abfrage": {"f": "x"}, "je": {"Kreis": ["Essen", "Duisburg"]}, "datei": ".csv"}
    )
    dateien = [(f"t-{k}.csv", url and url + k, f"n\n{k}\n".encode()) for k in ("Essen", "Duisburg")]
    ablage.lege("probe", "t", dateien, datenart="beispiel" if url else "eingang")
    with starten(ablage.archiv, {"probe": quelle}) as portal:
        holung = hole(portal, quelle, "t")
        assert [(g.datei, g.daten) for g in holung.objekte] == [(n, d) for n, _, d in dateien]
        assert requests.get(f"{portal.url}/a.example/rest/t?f=x&Kreis=Bochum").status_code == 404


def test_jahrgaenge_unter_eigenen_adressen(ablage, katalog):
    quelle = probe(katalog, {"pfad": "/{jahr}/t.csv"}, jahrgaenge={"ab": 2020})
    ablage.lege("probe", "t", [("t-2023.csv", "https://a.example/rest/2023/t.csv", b"n\n23\n")])
    ablage.lege("probe", "t", [("t-2024.csv", "", b"n\n24\n")], am=SPAETER)
    for abruf, jahr in zip(ablage.archiv.abrufe("probe"), (2023, 2024), strict=True):
        ablage.archiv.verzeichnen(abruf.model_copy(update={"jahrgang": jahr}))
    with starten(ablage.archiv, {"probe": quelle}) as portal:
        auftrag = Auftrag(quelle, "t", Abrufer(portal.url, schlafe=lambda _: None), None, HEUTE, 2023)
        assert hole_direkt(auftrag).objekte[0].daten == b"n\n23\n"
        assert hole_direkt(replace(auftrag, jahr=2024)).objekte[0].daten == b"n\n24\n"
        with pytest.raises(NochNichtDa):
            hole_direkt(replace(auftrag, jahr=2025))


def test_mehrere_portale_auf_einem_host(ablage, katalog):
    quelle = katalog["einwohner_ortsteil"]
    wege = []
    for nummer, weg in enumerate(quelle.weitere_wege):
        basis = f"https://opendata-duisburg.de/ckan{nummer}/api/3/action"
        zugang = weg.zugang.model_copy(update={"basis": basis, "hosts": ("opendata-duisburg.de",)})
        wege.append(weg.model_copy(update={"zugang": zugang}))
    zusammen = quelle.model_copy(update={"weitere_wege": tuple(wege)})
    with starten(ablage.archiv, {quelle.id: zusammen}) as portal:
        for gesehen, art in zip(zusammen.wege(), (".csv", ".json", ".csv"), strict=True):
            holung = hole(portal, gesehen.model_copy(update={"weitere_wege": ()}))
            assert holung.objekte[0].datei.endswith(art)
        portal.stoeren(parse_stoerung("json-fehler-200:ckan1"))
        antwort = requests.get(f"{portal.url}/opendata-duisburg.de/ckan1/api/3/action/package_search").json()
        assert antwort["help"].startswith("https://opendata-duisburg.de/ckan1/api/3/action/")
