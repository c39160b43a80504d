"""A DKAN portal (Drupal 7): the Project Open Data catalogue ``/data.json`` and the files it names.

Belongs here: the catalogue around our data sets, with the weaknesses such catalogues really have. Does not
belong here: the files' contents. The CKAN interface ``/api/3`` is not there, as at the portal in Duisburg.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from quellen.archiv import Objekt, sha256
from quellen.fehler import Befund, QuellenFehler
from quellen.portal.bestand import Posten, endung, etag_fuer, http_datum
from quellen.portal.nachricht import Anfrage, Antwort, Lage, html_antwort, json_antwort
from quellen.portal.titel import titel_fuer

DATEIPFAD = "/sites/default/files/"


class Dkan:
    """The sources of one DKAN portal."""

    def __init__(self, posten: Sequence[Posten]) -> None:
        self.hosts = tuple(sorted({host for p in posten for host in p.quelle.zugang.hosts}))
        self._basis = posten[0].quelle.zugang.basis.rstrip("/")
        self._unter = unquote(urlsplit(self._basis).path)
        self._posten = tuple(posten)
        self._titel = {p.name: titel_fuer(p, posten, "titel") for p in posten}
        self._dateien: dict[str, tuple[Posten, Objekt]] = {}
        for p in posten:
            for objekt in p.objekte:
                pfad = self._unter + DATEIPFAD + objekt.datei
                vorhanden = self._dateien.get(pfad)
                if vorhanden and vorhanden[1].sha256 != objekt.sha256:
                    raise _doppelt(p, vorhanden[0], objekt)
                self._dateien[pfad] = (p, objekt)

    def beantworte(self, anfrage: Anfrage, lage: Lage) -> Antwort | None:
        """The catalogue or one of its files; ``None`` for other paths."""
        if anfrage.pfad == f"{self._unter}/data.json":
            return self._katalogantwort()
        gefunden = self._dateien.get(anfrage.pfad)
        return lage.datenantwort(anfrage, *gefunden) if gefunden else None

    def nicht_gefunden(self, anfrage: Anfrage) -> Antwort:
        """Drupal's page with status 404."""
        return html_antwort(404, "Seite nicht gefunden", "Die angeforderte Seite konnte nicht gefunden werden.")

    def fehlerantwort(self, anfrage: Anfrage) -> Antwort:
        """JSON error with status 200."""
        return json_antwort({"success": False, "error": {"message": "Die Anfrage konnte nicht verarbeitet werden."}})

    def katalog(self) -> dict[str, Any]:
        """The catalogue in the form of Project Open Data 1.1."""
        schema = "https://project-open-data.cio.gov/v1.1/schema"
        eigene = [self._datensatz(p) for p in self._posten]
        fremde = _nachbarn(self._basis)
        return {
            "@context": f"{schema}/catalog.jsonld",
            "@id": f"{self._basis}/data.json",
            "@type": "dcat:Catalog",
            "conformsTo": schema,
            "describedBy": f"{schema}/catalog.json",
            "dataset": [*fremde[:3], *eigene, *fremde[3:]],
        }

    def _katalogantwort(self) -> Antwort:
        antwort = json_antwort(self.katalog(), typ="application/json;charset=utf-8")
        zeiten = [p.geaendert(objekt) for p in self._posten for objekt in p.objekte]
        arten = {p.abruf.datenart for p in self._posten if p.abruf}
        kopf = {"ETag": etag_fuer(antwort.koerper)}
        if zeiten:
            kopf["Last-Modified"] = http_datum(max(zeiten))
        if len(arten) == 1:
            kopf["X-Sozialraum-Datenart"] = arten.pop()
        return antwort.mit(**kopf)

    def _datensatz(self, posten: Posten) -> dict[str, Any]:
        titel = self._titel[posten.name]
        geaendert = max((posten.geaendert(objekt).date().isoformat() for objekt in posten.objekte), default="")
        dateien = [objekt.datei for objekt in posten.objekte] or [f"{titel}.csv"]
        satz = _satz(titel, posten.quelle.herausgeber, posten.quelle.lizenz.url, geaendert or "2020-01-01")
        satz["description"] = f"<p>{posten.teil.beschreibung}</p>\n<p>Stand: siehe Spalte Stichtag.</p>"
        satz["distribution"] = [self._verteilung(datei) for datei in dateien]
        return satz

    def _verteilung(self, datei: str) -> dict[str, Any]:
        format_ = endung(datei).lstrip(".") or "csv"
        return {
            "@type": "dcat:Distribution",
            "title": datei,
            "format": format_,
            "mediaType": "text/csv" if format_ == "csv" else f"application/{format_}",
            "downloadURL": self._basis + DATEIPFAD + quote(datei),
        }


def _satz(titel: str, herausgeber: str, lizenz: str, geaendert: str) -> dict[str, Any]:
    return {
        "@type": "dcat:Dataset",
        "identifier": str(uuid.UUID(sha256(titel.encode())[:32])),
        "accessLevel": "public",
        "title": titel,
        "description": f"<p>{titel}</p>",
        "keyword": ["Duisburg"],
        "modified": geaendert,
        "license": lizenz,
        "publisher": {"@type": "org:Organization", "name": herausgeber},
        "contactPoint": {"@type": "vcard:Contact", "fn": "Open Data", "hasEmail": "mailto:opendata@example.org"},
        "distribution": [],
    }


def _nachbarn(basis: str) -> list[dict[str, Any]]:
    """Other data sets of the portal with documented weaknesses.

    A distribution that is an object, an address that is none, no distribution, CSV called ``text/html``,
    a dead address, and no key ``distribution`` at all.
    """
    lizenz = "https://creativecommons.org/licenses/by/3.0/de/"
    namen = (
        ("Spielplätze", "Stadt Duisburg, Umweltamt", "2026-03-02"),
        ("Stadtmarketing in Zahlen", "Duisburg Kontor", "2019-11-05"),
        ("Haushaltsplan", "Stadt Duisburg, Kämmerei", "2024-01-17"),
        ("Fallzahlen Corona", "Stadt Duisburg, Krisenstab", "2022-04-01"),
        ("Einwohnerzahl der Gesamtstadt seit 1975", "Stadt Duisburg", "2025-02-10"),
        ("Baudenkmäler", "Stadt Duisburg, Untere Denkmalbehörde", "2023-06-30"),
    )
    saetze = [_satz(titel, herausgeber, lizenz, geaendert) for titel, herausgeber, geaendert in namen]
    spielplaetze = (
        "https://geoportal.duisburg.de/arcgisserver/rest/services/OpenData/OpenData/MapServer/29/query?where=1%3D1"
    )
    saetze[0]["distribution"] = {"@type": "dcat:Distribution", "title": "REST", "accessURL": spielplaetze}
    saetze[1]["distribution"] = [{"@type": "dcat:Distribution", "accessURL": "http://Marketing Summaries"}]
    saetze[3]["distribution"] = [
        {
            "@type": "dcat:Distribution",
            "title": "Corona 30.04.2021",
            "format": "text/html",
            "mediaType": "text/html",
            "downloadURL": f"{basis}{DATEIPFAD}Corona%2030.04.2021.csv",
        }
    ]
    saetze[4]["distribution"] = [
        {"@type": "dcat:Distribution", "format": "pdf", "downloadURL": f"{basis}{DATEIPFAD}Einwohner_seit_1975_0.pdf"}
    ]
    del saetze[5]["distribution"]
    return saetze


def _doppelt(posten: Posten, anderer: Posten, objekt: Objekt) -> QuellenFehler:
    return QuellenFehler(
        Befund(
            regel="Zwei archivierte Dateien haben im Portal dieselbe Adresse",
            gefunden=f"{objekt.datei} auch bei {anderer.name}",
            erwartet="verschiedene Dateinamen innerhalb eines Portals",
            tun="eine der Dateien unter anderem Namen erneut ablegen",
            quelle=posten.quelle.id,
            teil=posten.teil_id,
            datei=objekt.datei,
        )
    )
