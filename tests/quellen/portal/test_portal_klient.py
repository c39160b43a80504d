"""The real client against the replica: what it fetches is what was archived, and faults become findings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import requests

from quellen import beispiel
from quellen.archiv import Archiv, sha256
from quellen.fehler import QuellenFehler
from quellen.holen import Abrufer
from quellen.portal import starten
from quellen.portal.bestand import lade_bestand
from quellen.zugang import hole_teil

HEUTE = date(2026, 11, 22)
BEISPIELARCHIV = Path(beispiel.__file__).parent / "archiv"


@pytest.fixture(autouse=True)
def konto(monkeypatch, katalog):
    for name in {weg.zugang.konto for quelle in katalog.values() for weg in quelle.wege()}:
        monkeypatch.setenv(f"SOZIALRAUM_{name.upper()}_BENUTZER", "beispiel")
        monkeypatch.setenv(f"SOZIALRAUM_{name.upper()}_PASSWORT", "beispiel")


def abrufer(portal) -> Abrufer:
    return Abrufer(portal.url, schlafe=lambda _: None)


def hole(portal, katalog, quelle, teil, jahr=None) -> list[bytes]:
    return [geholt.daten for geholt in hole_teil(katalog[quelle], teil, abrufer(portal), None, HEUTE, jahr).objekte]


def test_jeder_teil_bytegleich(portal, ablage, katalog):
    for (quelle, teil), dateien in ablage.dateien.items():
        assert hole(portal, katalog, quelle, teil) == dateien, (quelle, teil)


def test_datenart_kommt_mit(portal, katalog):
    holung = hole_teil(katalog["schulen"], "verzeichnis", abrufer(portal), None, HEUTE)
    assert holung.objekte[0].kopf["x-sozialraum-datenart"] == "beispiel"


@pytest.mark.parametrize("teil", ["schulbetrieb", "bezirksregierung", "traeger"])
def test_teil_ohne_abruf_ist_ein_befund(portal, katalog, teil):
    with pytest.raises(QuellenFehler, match="HTTP 404"):
        hole(portal, katalog, "schulen_schluessel", teil)


@pytest.mark.parametrize(
    "stoerung",
    ["status-503@2", "status-429@2", "verbindung-abbruch@1", "gzip-abgeschnitten@1", "neuer-etag", "langsam"],
)
def test_was_vergeht_uebersteht_der_klient(oeffne, ablage, katalog, stoerung):
    portal = oeffne(stoerung)
    portal.pause_s = 0.001
    assert hole(portal, katalog, "schulen", "verzeichnis") == ablage.dateien["schulen", "verzeichnis"]


@pytest.mark.parametrize("stoerung", ["genesis-job", "genesis-code-6"])
def test_genesis_eigenheiten_uebersteht_der_klient(oeffne, ablage, katalog, stoerung):
    portal = oeffne(stoerung)
    assert hole(portal, katalog, "bevoelkerung_kreis", "tabelle") == ablage.dateien["bevoelkerung_kreis", "tabelle"]


@pytest.mark.parametrize(
    ("stoerung", "quelle", "teil"),
    [
        ("status-500", "schulen", "verzeichnis"),
        ("verbindung-abbruch", "schulen", "verzeichnis"),
        ("gzip-abgeschnitten", "schulen", "verzeichnis"),
        ("html-200", "schulen", "verzeichnis"),
        ("leer-200", "schulen", "verzeichnis"),
        ("json-fehler-200", "gebiete", "ortsteile"),
        ("json-fehler-200", "bevoelkerung_kreis", "tabelle"),
        ("json-fehler-200", "einwohner_ortsteil", "alter"),
        ("umleitung-fremd", "schulen", "verzeichnis"),
        ("umleitung-schleife", "schulen", "verzeichnis"),
        ("umleitung-datei", "schulen", "verzeichnis"),
        ("umleitung-privat", "schulen", "verzeichnis"),
        ("status-403", "schulen", "verzeichnis"),
        ("status-404", "schulen", "verzeichnis"),
        ("letzte-seite-fehlt", "gebiete", "ortsteile"),
        ("letzte-seite-fehlt", "gebiete", "stadtbezirke"),
        ("zip-abgeschnitten", "bevoelkerung_kreis", "tabelle"),
    ],
)
def test_was_bleibt_wird_ein_befund(oeffne, katalog, stoerung, quelle, teil):
    with pytest.raises(QuellenFehler) as fehler:
        hole(oeffne(stoerung), katalog, quelle, teil)
    assert fehler.value.befunde[0].quelle == quelle
    assert fehler.value.befunde[0].tun


def test_schweigen_wird_ein_befund(oeffne, katalog, monkeypatch):
    monkeypatch.setattr("quellen.holen.VERSUCHE", 1)
    quelle = katalog["schulen"]
    kurz = quelle.model_copy(update={"zugang": quelle.zugang.model_copy(update={"hoechstdauer_s": 0.1})})
    with pytest.raises(QuellenFehler, match="antwortet nicht rechtzeitig") as fehler:
        hole_teil(kurz, "verzeichnis", abrufer(oeffne("schweigen")), None, HEUTE)
    assert fehler.value.voruebergehend


def test_beispielarchiv_kommt_ganz_und_bytegleich(katalog):
    if not BEISPIELARCHIV.is_dir():
        pytest.skip("das Beispielarchiv quellen/beispiel/archiv ist nicht erzeugt")
    archiv = Archiv(BEISPIELARCHIV)
    erste_wege = {name: quelle.model_copy(update={"weitere_wege": ()}) for name, quelle in katalog.items()}
    bestand = [posten for posten in lade_bestand(archiv, erste_wege) if posten.abruf]
    assert bestand
    with starten(archiv, katalog) as portal:
        assert requests.get(portal.url + "/opendata-duisburg.de/data.json").status_code == 200
        for posten in bestand:
            dateien = hole(portal, katalog, posten.quelle.id, posten.teil_id, posten.abruf.jahrgang)
            assert [sha256(d) for d in dateien] == [o.sha256 for o in posten.objekte], posten.name
