"""The packages of a replicated CKAN portal: one for each declared Teil, among those of its neighbours.

Belongs here: what stands in the catalogue, licences in the places and spellings that portals use. Does not belong here:
the API (``ckan``).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from quellen.archiv import Objekt, sha256
from quellen.portal.bestand import Posten, endung
from quellen.portal.titel import titel_fuer
from quellen.zugang.lizenz import Kuerzel, kuerzel

_AN_DER_DATEI = ("govdata", "open.nrw")
"""Portals (part of the host name) that name the licence at the resource, not at the package."""
_URI = "http://dcat-ap.de/def/licenses/"


@dataclass(frozen=True)
class Ressource:
    """A file of a package. Those of neighbours have no archived file behind them."""

    kennung: str
    name: str
    pfad: str
    format: str
    url: str
    lizenz: str = ""
    posten: Posten | None = None
    objekt: Objekt | None = None

    def als_json(self, paket: str, nummer: int, datastore: bool) -> dict[str, Any]:
        """The resource as the API shows it."""
        geaendert = self.posten.geaendert(self.objekt) if self.posten and self.objekt else None
        return {
            "cache_last_updated": None,
            "datastore_active": datastore,
            "description": "",
            "format": self.format,
            "id": self.kennung,
            "last_modified": geaendert.replace(tzinfo=None).isoformat() if geaendert else None,
            "license": self.lizenz,
            "mimetype": None,
            "name": self.name,
            "package_id": paket,
            "position": nummer,
            "state": "active",
            "url": self.url,
        }


@dataclass(frozen=True)
class Paket:
    """A data set of the portal."""

    kennung: str
    name: str
    titel: str
    organisation: str
    text: str
    lizenz: Kuerzel | None
    ressourcen: tuple[Ressource, ...]

    @property
    def suchtext(self) -> str:
        """What a search for words looks into, in lower case."""
        return f"{self.titel} {self.name} {self.text}".lower()

    def gehoert(self, filter_: str) -> bool:
        """Whether the package passes ``fq``; only ``organization:NAME`` is known, anything else passes."""
        treffer = re.fullmatch(r'\+?organization:"?([\w-]+)"?', filter_.strip())
        return treffer is None or treffer[1] == self.organisation

    def als_json(self, hat_tabelle: Callable[[Ressource], bool]) -> dict[str, Any]:
        """The package as the API shows it."""
        lizenz = self.lizenz
        kennung = "-".join(t for t in (lizenz.familie, lizenz.fassung, lizenz.land) if t) if lizenz else ""
        return {
            "extras": [{"key": "politicalGeocodingURI", "value": "districtKey/05112"}],
            "id": self.kennung,
            "isopen": True,
            "license_id": kennung or "notspecified",
            "license_title": kennung or "Lizenz nicht angegeben",
            "metadata_modified": "2026-08-14T04:12:07.120934",
            "name": self.name,
            "notes": f"<p>{self.text}</p>",
            "num_resources": len(self.ressourcen),
            "organization": {"id": sha256(self.organisation.encode())[:32], "name": self.organisation},
            "resources": [r.als_json(self.kennung, n, hat_tabelle(r)) for n, r in enumerate(self.ressourcen)],
            "state": "active",
            "title": self.titel,
            "type": "dataset",
        }


def pakete(posten: Sequence[Posten], adresse: str, salz: str) -> tuple[Paket, ...]:
    """All packages of a portal under ``adresse``; the declared ones stand in the middle of the neighbours'.

    Raises ``QuellenFehler`` if no title fits a declaration alone.
    """
    muster = [str(p.teil.zugang.get("paket", "")) for p in posten]
    fremde = [_nachbar(t, o, salz, adresse) for t, o in _NACHBARN if not any(re.fullmatch(m, t) for m in muster if m)]
    je_teil = {p.name: p for p in posten}  # of a yearly Teil the newest year
    eigene = [_eigenes(p, titel_fuer(p, posten, "paket"), adresse, salz) for p in je_teil.values()]
    mitte = len(fremde) // 2
    return (*fremde[:mitte], *eigene, *fremde[mitte:])


def _kennung(salz: str, *worte: str) -> str:
    return str(uuid.UUID(sha256("\0".join((salz, *worte)).encode())[:32]))


def _name(titel: str) -> str:
    """CKAN's name of a package: lower case, ASCII, hyphens."""
    glatt = titel.lower()
    for umlaut, ersatz in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        glatt = glatt.replace(umlaut, ersatz)
    return re.sub(r"[^a-z0-9]+", "-", glatt).strip("-")[:100]


def _eigenes(posten: Posten, titel: str, adresse: str, salz: str) -> Paket:
    """The package of a declared Teil: its newest file, an older description as PDF, and a page."""
    kennung = _kennung(salz, adresse, titel)
    lizenz = kuerzel(posten.quelle.lizenz.id)
    an_der_datei = any(teil in adresse for teil in _AN_DER_DATEI)
    ressourcen = []
    for datei, objekt in _dateien(posten):
        nummer = _kennung(salz, adresse, titel, datei)
        pfad = f"/dataset/{kennung}/resource/{nummer}/download/{datei}"
        ressourcen.append(
            Ressource(
                kennung=nummer,
                name=datei,
                pfad=pfad,
                format=endung(datei).lstrip(".").upper() or "CSV",
                url=adresse + quote(pfad),
                lizenz=_uri(lizenz) if an_der_datei else "",
                posten=posten,
                objekt=objekt,
            )
        )
    for name, format_, url in (("Erläuterungen", "PDF", "/erlaeuterungen.pdf"), ("Zur Seite", "HTML", "")):
        nummer = _kennung(salz, adresse, titel, name)
        ressourcen.append(Ressource(nummer, name, "", format_, f"{adresse}{url}" if url else "http://Siehe Portal"))
    return Paket(
        kennung,
        _name(titel),
        titel,
        str(posten.teil.zugang.get("organisation", "stadt-duisburg")),
        f"{titel}. {posten.teil.beschreibung}. {_suchworte(posten)}",
        None if an_der_datei else lizenz,
        tuple(ressourcen),
    )


def _dateien(posten: Posten) -> list[tuple[str, Objekt]]:
    """Name and (first) archived object of each file; the pages of a map or a datastore are one file."""
    seiten = {".geojson": ".geojson", ".json": ".csv"}.get(endung(posten.objekte[0].datei)) if posten.objekte else None
    if seiten is not None:
        return [(f"{posten.teil_id}{seiten}", posten.objekte[0])]
    return [(objekt.datei, objekt) for objekt in posten.objekte]


def _suchworte(posten: Posten) -> str:
    """The declared words of the search: a real package is found by them, too."""
    suche = posten.teil.zugang.get("suche", "")
    return " ".join(map(str, suche)) if isinstance(suche, list | tuple) else str(suche)


def _uri(lizenz: Kuerzel | None) -> str:
    """A licence as dcat-ap.de writes it."""
    if lizenz is None:
        return ""
    familie = f"{lizenz.familie}-de" if lizenz.familie.startswith("dl-") else lizenz.familie
    return f"{_URI}{familie}/{'-'.join(t for t in (lizenz.fassung, lizenz.land) if t)}".rstrip("/")


def _nachbar(titel: str, organisation: str, salz: str, adresse: str) -> Paket:
    kennung = _kennung(salz, adresse, organisation, titel)
    url = f"{adresse}/dataset/{kennung}/{_name(titel)}.csv"
    datei = Ressource(_kennung(salz, adresse, organisation, titel, "csv"), f"{titel}.csv", "", "CSV", url)
    text = f"{titel}, veröffentlicht für Duisburg und das Ruhrgebiet: Einwohner, Ortsteile, Gebiete, Karten"
    name = f"{_name(titel)}-{organisation}"
    return Paket(kennung, name, titel, organisation, text, kuerzel("dl-de/by-2-0"), (datei,))


_STAEDTE = ("stadt-duisburg", "stadt-gelsenkirchen", "stadt-bochum", "stadt-essen", "rvr")
_THEMEN = (
    "Spielplätze", "Baudenkmäler", "Haushaltsplan", "Einwohnerzahl der Gesamtstadt seit 1975", "Straßenverzeichnis",
    "Wahlergebnisse", "Kindertageseinrichtungen", "Radwege", "Baustellen", "Parkhäuser", "Ladesäulen", "Stolpersteine",
)  # fmt: skip
_NACHBARN = (
    *((thema, stadt) for thema in _THEMEN for stadt in _STAEDTE),
    *((f"Corona-Fallzahlen {monat:02d}/{jahr}", "stadt-duisburg") for jahr in (2020, 2021) for monat in range(1, 13)),
    *((f"Einwohner nach Stadtteilen {jahr}", "stadt-gelsenkirchen") for jahr in range(2010, 2026)),
)
