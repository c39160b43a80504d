"""An ArcGIS map service: layers, counts and paged queries.

Belongs here: the query protocol of a MapServer layer (GeoJSON and Esri JSON), its paging and its errors,
which come with HTTP status 200. Does not belong here: geometry calculations; coordinates are WGS84 as archived.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from quellen.archiv import Objekt
from quellen.fehler import Befund, QuellenFehler
from quellen.portal.bestand import Posten, etag_fuer, http_datum
from quellen.portal.nachricht import Anfrage, Antwort, Lage, html_antwort, json_antwort

SEITENGROESSE = 20
_ALLE = re.compile(r"\s*(?:1\s*=\s*1|OBJECTID\s+IS\s+NOT\s+NULL|OBJECTID\s*>=?\s*0)\s*", re.IGNORECASE)
_GEOTYP = "application/geo+json;charset=utf-8"
_JSON = ("json", "pjson")


@dataclass(frozen=True)
class Layer:
    """One layer: its features in order, the archived pages, and the server's page size."""

    posten: Posten
    saetze: tuple[dict[str, Any], ...]
    seiten: tuple[tuple[int, int, Objekt], ...]
    groesse: int


class Arcgis:
    """The sources of one map service. ``seitengroesse`` caps a page; ``None`` follows the archived pages."""

    def __init__(self, posten: Sequence[Posten], seitengroesse: int | None = None) -> None:
        self.hosts = tuple(sorted({host for p in posten for host in p.quelle.zugang.hosts}))
        self._basis = unquote(urlsplit(posten[0].quelle.zugang.basis).path).rstrip("/")
        self._layer = {str(p.teil.zugang.get("layer")): _layer(p, seitengroesse) for p in posten if p.objekte}

    def beantworte(self, anfrage: Anfrage, lage: Lage) -> Antwort | None:
        """Service description, layer description or query; ``None`` outside of the service."""
        treffer = re.fullmatch(re.escape(self._basis) + r"(?:/([^/]+)(/query)?)?/?", anfrage.pfad)
        if treffer is None:
            return None
        nummer, abfrage = treffer[1], treffer[2]
        if nummer is None:
            return self._dienst()
        layer = self._layer.get(nummer)
        if layer is None:
            return fehler(400, "Invalid or missing input parameters.", [])
        return self._abfrage(anfrage, lage, layer) if abfrage else _beschreibung(nummer, layer)

    def nicht_gefunden(self, anfrage: Anfrage) -> Antwort:
        """HTML page with status 404."""
        return html_antwort(404, "Nicht gefunden", "Unter dieser Adresse gibt es keinen Dienst.")

    def fehlerantwort(self, anfrage: Anfrage) -> Antwort:
        """The service's error with status 200."""
        return fehler(500, "Error performing query operation", [])

    def _dienst(self) -> Antwort:
        layer = [{"id": int(n), "name": la.posten.teil_id} for n, la in self._layer.items() if n.isdigit()]
        return json_antwort({"currentVersion": 10.91, "mapName": "OpenData", "layers": layer})

    def _abfrage(self, anfrage: Anfrage, lage: Lage, layer: Layer) -> Antwort:
        werte = anfrage.werte
        format_ = werte.get("f", "html")
        if format_ not in ("geojson", *_JSON):
            return fehler(400, "Invalid or missing input parameters.", [f"Format '{format_}' not supported."])
        if not _ALLE.fullmatch(werte.get("where", "")):
            return fehler(400, "Unable to complete operation.", ["'where' clause is missing or not supported."])
        if werte.get("returnCountOnly", "").lower() == "true":
            return _anzahl(layer)
        if format_ in _JSON and werte.get("outSR", "4326") != "4326":
            return fehler(400, "Unable to complete operation.", ["outSR: only 4326 is kept by this replica."])
        try:
            ab = int(werte.get("resultOffset", "0"))
            menge = min(int(werte.get("resultRecordCount", str(layer.groesse))), layer.groesse)
        except ValueError:
            ab = menge = -1
        if ab < 0 or menge < 1:
            return fehler(400, "Invalid or missing input parameters.", ["resultOffset or resultRecordCount invalid."])
        return _seite(anfrage, lage, layer, ab, menge)


def _anzahl(layer: Layer) -> Antwort:
    """The number of features; content disturbances leave it alone."""
    antwort = json_antwort({"count": len(layer.saetze)})
    posten = layer.posten
    kopf = {
        "X-Sozialraum-Datenart": posten.abruf.datenart if posten.abruf else "",
        "ETag": etag_fuer(antwort.koerper),
        "Last-Modified": http_datum(posten.geaendert(posten.objekte[0])),
    }
    return antwort.mit(**kopf)


def _seite(anfrage: Anfrage, lage: Lage, layer: Layer, ab: int, menge: int) -> Antwort:
    """One page: the archived bytes where the request coincides with an archived page, else a new slice."""
    gesamt = len(layer.saetze)
    ende = min(ab + menge, gesamt)
    fehlt = ab + menge >= letzte_ab(gesamt, menge) and lage.trifft(anfrage, "letzte-seite-fehlt")
    objekt = next((o for start, zahl, o in layer.seiten if start <= ab < start + zahl), layer.posten.objekte[-1])
    if fehlt:
        grenze = letzte_ab(gesamt, menge)
        daten = _als_bytes(anfrage, layer.saetze[ab : min(ende, grenze)], mehr=False)
        return lage.datenantwort(anfrage, layer.posten, objekt, daten, _typ(anfrage))
    for start, zahl, seite in layer.seiten:
        if start == ab and start + zahl == ende and _unveraendert(anfrage):
            return lage.datenantwort(anfrage, layer.posten, seite)
    daten = _als_bytes(anfrage, layer.saetze[ab:ende], mehr=ende < gesamt)
    return lage.datenantwort(anfrage, layer.posten, objekt, daten, _typ(anfrage))


def letzte_ab(gesamt: int, menge: int) -> int:
    """Offset of the last page; with a single page the offset of its last feature."""
    return (gesamt - 1) // menge * menge if gesamt > menge else max(gesamt - 1, 0)


def fehler(code: int, text: str, einzelheiten: list[str]) -> Antwort:
    """An error as ArcGIS sends it: HTTP status 200 and the code inside."""
    return json_antwort({"error": {"code": code, "message": text, "details": einzelheiten}})


def _unveraendert(anfrage: Anfrage) -> bool:
    """Whether the request asks for what the archive holds: all fields with geometry as GeoJSON."""
    werte = anfrage.werte
    geometrie = werte.get("returnGeometry", "true").lower() == "true"
    return werte.get("f") == "geojson" and werte.get("outFields") == "*" and geometrie


def _typ(anfrage: Anfrage) -> str:
    return _GEOTYP if anfrage.werte.get("f") == "geojson" else "application/json;charset=utf-8"


def _als_bytes(anfrage: Anfrage, saetze: Sequence[dict[str, Any]], *, mehr: bool) -> bytes:
    auswahl = [_auswahl(anfrage, satz) for satz in saetze]
    inhalt: dict[str, Any]
    if anfrage.werte.get("f") == "geojson":
        inhalt = {"type": "FeatureCollection", "features": auswahl}
    else:
        inhalt = {
            "geometryType": "esriGeometryPolygon",
            "spatialReference": {"wkid": 4326, "latestWkid": 4326},
            "fields": _felder(saetze),
            "features": [_esri(satz) for satz in auswahl],
        }
    if mehr:
        inhalt["exceededTransferLimit"] = True
    return json.dumps(inhalt, ensure_ascii=False, separators=(",", ":")).encode()


def _auswahl(anfrage: Anfrage, satz: dict[str, Any]) -> dict[str, Any]:
    """The feature with the fields of ``outFields`` (without it only the OBJECTID, as the real service)."""
    felder = {name.strip() for name in anfrage.werte.get("outFields", "OBJECTID").split(",")}
    eigenschaften = satz.get("properties") or {}
    if "*" not in felder:
        eigenschaften = {name: wert for name, wert in eigenschaften.items() if name in felder}
    geometrie = satz.get("geometry") if anfrage.werte.get("returnGeometry", "true").lower() == "true" else None
    return {**satz, "properties": eigenschaften, "geometry": geometrie}


def _esri(satz: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON feature as Esri JSON; rings turn the other way round there."""
    geometrie = satz.get("geometry")
    ergebnis: dict[str, Any] = {"attributes": satz.get("properties") or {}}
    if geometrie and geometrie["type"] in ("Polygon", "MultiPolygon"):
        flaechen = [geometrie["coordinates"]] if geometrie["type"] == "Polygon" else geometrie["coordinates"]
        ergebnis["geometry"] = {"rings": [list(reversed(ring)) for flaeche in flaechen for ring in flaeche]}
    elif geometrie and geometrie["type"] == "Point":
        ergebnis["geometry"] = {"x": geometrie["coordinates"][0], "y": geometrie["coordinates"][1]}
    return ergebnis


def _felder(saetze: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    eigenschaften = (saetze[0].get("properties") or {}) if saetze else {}
    arten = {
        name: "esriFieldTypeOID"
        if name == "OBJECTID"
        else ("esriFieldTypeString" if isinstance(wert, str) else "esriFieldTypeDouble")
        for name, wert in eigenschaften.items()
    }
    return [{"name": name, "alias": name, "type": art} for name, art in arten.items()]


def _beschreibung(nummer: str, layer: Layer) -> Antwort:
    return json_antwort(
        {
            "currentVersion": 10.91,
            "id": int(nummer) if nummer.isdigit() else nummer,
            "name": layer.posten.teil_id,
            "type": "Feature Layer",
            "geometryType": "esriGeometryPolygon",
            "objectIdField": "OBJECTID",
            "fields": _felder(layer.saetze),
            "maxRecordCount": layer.groesse,
            "supportedQueryFormats": "JSON, geoJSON",
            "advancedQueryCapabilities": {"supportsPagination": True},
        }
    )


def _saetze(posten: Posten, objekt: Objekt) -> list[dict[str, Any]]:
    try:
        saetze = json.loads(posten.daten(objekt).decode("utf-8-sig"))["features"]
        if isinstance(saetze, list):
            return saetze
        gefunden = type(saetze).__name__
    except (ValueError, KeyError, TypeError) as fehler_:
        gefunden = str(fehler_)
    raise QuellenFehler(
        Befund(
            regel="Die archivierte Seite einer Kartenebene ist kein GeoJSON",
            gefunden=gefunden,
            erwartet="eine FeatureCollection mit features",
            tun="den Abruf wiederholen und das Archiv prüfen",
            quelle=posten.quelle.id,
            teil=posten.teil_id,
            datei=objekt.datei,
        )
    )


def _layer(posten: Posten, seitengroesse: int | None) -> Layer:
    """Read the archived pages. The page size is at least that of the archived pages, so that their bytes are sent."""
    saetze: list[dict[str, Any]] = []
    seiten = []
    for objekt in posten.objekte:
        neue = _saetze(posten, objekt)
        seiten.append((len(saetze), len(neue), objekt))
        saetze.extend(neue)
    if seitengroesse is None:
        zahlen = [zahl for _, zahl, _ in seiten]
        seitengroesse = zahlen[0] if len(zahlen) > 1 else max(SEITENGROESSE, *zahlen)
    return Layer(posten, tuple(saetze), tuple(seiten), max(1, seitengroesse))
