"""The replica of the DKAN portal: what a client that follows ``data.json`` sees."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import requests
from portal_archiv import SPAETER

from quellen.fehler import QuellenFehler
from quellen.portal import starten
from quellen.portal.bestand import lade_bestand
from quellen.portal.titel import titel_fuer

HOST = "/opendata-duisburg.de"


@pytest.fixture
def saetze(portal):
    return requests.get(portal.url + HOST + "/data.json").json()["dataset"]


def eigene(katalog):
    return [t for q in katalog.values() if q.zugang.portal == "dkan" for t in q.teile.values()]


def test_katalog_hat_die_gestalt_von_project_open_data(portal, saetze):
    katalog = requests.get(portal.url + HOST + "/data.json").json()
    assert katalog["@type"] == "dcat:Catalog"
    assert katalog["conformsTo"] == "https://project-open-data.cio.gov/v1.1/schema"
    for satz in saetze:
        assert {"identifier", "title", "description", "modified", "license", "publisher"} <= set(satz)
    assert len({satz["identifier"] for satz in saetze}) == len(saetze) == 9


def test_jede_deklaration_findet_genau_einen_titel(katalog, saetze):
    for teil in eigene(katalog):
        treffer = [s for s in saetze if re.fullmatch(teil.zugang["titel"], s["title"])]
        assert len(treffer) == 1
        for verteilung in treffer[0]["distribution"]:
            assert re.fullmatch(teil.zugang["verteilung"], verteilung["title"])


def test_download_url_ist_kodiert_und_wird_bedient(portal, katalog, saetze):
    satz = next(s for s in saetze if "Altersjahr" in s["title"])
    [verteilung] = satz["distribution"]
    assert verteilung["downloadURL"] == (
        "https://opendata-duisburg.de/sites/default/files/Einwohner%20Ortsteile%20Alter%2031.12.2024_0.csv"
    )
    assert (verteilung["format"], verteilung["mediaType"], satz["modified"]) == ("csv", "text/csv", "2025-01-03")
    for host in ("opendata-duisburg.de", "www.opendata-duisburg.de"):
        assert requests.get(f"{portal.url}/{host}{urlsplit(verteilung['downloadURL']).path}").status_code == 200


def test_dokumentierte_schwaechen(saetze):
    verteilungen = [satz.get("distribution", "fehlt") for satz in saetze]
    assert [] in verteilungen
    assert "fehlt" in verteilungen
    assert any(isinstance(v, dict) for v in verteilungen)
    einzelne = [v for liste in verteilungen if isinstance(liste, list) for v in liste]
    assert {"http://Marketing Summaries"} <= {v.get("accessURL") for v in einzelne}
    assert any(v.get("format") == "text/html" and v["downloadURL"].endswith(".csv") for v in einzelne)


def test_tote_adressen_und_ckan_sind_404(portal, saetze):
    corona = next(s for s in saetze if "Corona" in s["title"])["distribution"][0]["downloadURL"]
    for pfad in (urlsplit(corona).path, "/api/3/action/package_list", "/api/3", "/", "/sites/default/files/"):
        antwort = requests.get(portal.url + HOST + pfad)
        assert antwort.status_code == 404
        assert "Seite nicht gefunden" in antwort.text


def test_katalog_ist_bedingt_abrufbar_und_gleich(portal):
    erste = requests.get(portal.url + HOST + "/data.json")
    assert erste.headers["X-Sozialraum-Datenart"] == "beispiel"
    assert erste.headers["Last-Modified"] == "Sun, 01 Nov 2026 03:00:00 GMT"
    zweite = requests.get(portal.url + HOST + "/data.json", headers={"If-None-Match": erste.headers["ETag"]})
    assert zweite.status_code == 304


def mit_titel(quelle, teil_id, **zugang):
    teil = quelle.teile[teil_id]
    neu = teil.model_copy(update={"zugang": {**teil.zugang, **zugang}})
    return quelle.model_copy(update={"teile": {teil_id: neu}})


@pytest.mark.parametrize("muster", [r"(?i)melde(register|amt)\. je stadtteil", "Wohnungen .*(nach|in) .*", ".*"])
def test_titel_folgt_einer_anderen_deklaration(ablage, katalog, muster):
    quelle = mit_titel(katalog["bewegungen_ortsteil"], "bewegungen", titel=muster)
    posten, *_ = lade_bestand(ablage.archiv, {quelle.id: quelle})
    assert re.fullmatch(muster, titel_fuer(posten, [posten], "titel"))


def test_mehrdeutige_titel_sind_ein_befund(ablage, katalog):
    quelle = mit_titel(katalog["bewegungen_ortsteil"], "bewegungen", titel=".*")
    anders = {"einwohner_ortsteil": katalog["einwohner_ortsteil"], quelle.id: quelle}
    with pytest.raises(QuellenFehler, match="Kein Titel des nachgebauten Katalogs") as fehler:
        starten(ablage.archiv, anders)
    assert fehler.value.befunde[0].quelle == "einwohner_ortsteil"


def test_gleicher_dateiname_fuer_zwei_teile_ist_ein_befund(ablage, katalog):
    ablage.lege(
        "bewegungen_ortsteil", "bewegungen", [("Einwohner_Staatsangehoerigkeit_2024.csv", "", b"anders")], am=SPAETER
    )
    with pytest.raises(QuellenFehler, match="dieselbe Adresse"):
        starten(ablage.archiv, katalog)
