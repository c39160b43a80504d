"""A CKAN portal (action API 2.10): searching and showing packages, the datastore in pages, and files.

Belongs here: the protocol with its envelope, paging and errors, and the habits of single portals. Does not belong here:
which packages there are (``ckan_pakete``) and the files' contents.

GovData fails at words with umlauts; Open.NRW passes over the words of a search. Ids are other ones at every start.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from quellen.portal.bestand import Posten, endung
from quellen.portal.ckan_pakete import Ressource, pakete
from quellen.portal.nachricht import Anfrage, Antwort, Lage, html_antwort, json_antwort

TREFFER_HOECHSTENS, SAETZE_HOECHSTENS = 50, 32_000
"""The most packages and records on one page, whatever is asked for."""
_FEHLER = {404: "Not Found Error", 409: "Validation Error"}


@dataclass(frozen=True)
class Tabelle:
    """A resource as the datastore holds it: all values are text, ``_id`` counts from 1."""

    spalten: tuple[str, ...]
    saetze: tuple[dict[str, Any], ...]


class Ckan:
    """The sources of one CKAN portal. ``salz`` makes its ids; ``seitengroesse`` caps the pages of datastores."""

    def __init__(self, posten: Sequence[Posten], salz: str, seitengroesse: int | None = None) -> None:
        self.basis = posten[0].quelle.zugang.basis.rstrip("/")
        host = urlsplit(self.basis).hostname or ""
        self.hosts: tuple[str, ...] = (host,)
        self._unter = unquote(urlsplit(self.basis).path)
        self._pakete = pakete(posten, f"https://{host}", salz)
        self._ressourcen = {r.kennung: r for p in self._pakete for r in p.ressourcen}
        self._seite = min(seitengroesse or SAETZE_HOECHSTENS, SAETZE_HOECHSTENS)
        self._tabellen: dict[str, Tabelle | None] = {}

    def beantworte(self, anfrage: Anfrage, lage: Lage) -> Antwort | None:
        """An action of the API or a resource's file; ``None`` for other paths."""
        methode = {
            f"{self._unter}/package_search": self._suche,
            f"{self._unter}/package_show": self._zeige,
            f"{self._unter}/datastore_search": self._datastore,
        }.get(anfrage.pfad)
        if methode is not None:
            return methode(anfrage, lage)
        ressource = next((r for r in self._ressourcen.values() if r.pfad == anfrage.pfad), None)
        if ressource is None or ressource.posten is None or ressource.objekt is None:
            return None
        ganz = _zusammengesetzt(ressource.posten)
        typ = "" if ganz is None else "text/csv" if ressource.name.endswith(".csv") else "application/geo+json"
        return lage.datenantwort(anfrage, ressource.posten, ressource.objekt, ganz, typ)

    def nicht_gefunden(self, anfrage: Anfrage) -> Antwort:
        """CKAN's answer to an unknown action, else its page with status 404."""
        if anfrage.pfad.startswith(f"{self._unter}/"):
            aktion = anfrage.pfad.removeprefix(f"{self._unter}/")
            return json_antwort(f"Bad request - Action name not known: {aktion}", 400)
        return html_antwort(404, "404 Nicht gefunden", "Die angeforderte Seite konnte nicht gefunden werden.")

    def fehlerantwort(self, anfrage: Anfrage) -> Antwort:
        """CKAN's envelope of an error, with status 200."""
        fehler = {"__type": "Search Error", "message": "Die Suche ist fehlgeschlagen."}
        return json_antwort({"help": self._hilfe(anfrage), "success": False, "error": fehler})

    def _hilfe(self, anfrage: Anfrage) -> str:
        return f"{self.basis}/help_show?name={anfrage.pfad.rpartition('/')[2]}"

    def _gut(self, anfrage: Anfrage, ergebnis: dict[str, Any]) -> Antwort:
        return json_antwort({"help": self._hilfe(anfrage), "success": True, "result": ergebnis})

    def _abgelehnt(self, anfrage: Anfrage, status: int, **fehler: object) -> Antwort:
        inhalt = {**fehler, "__type": _FEHLER[status]}
        return json_antwort({"help": self._hilfe(anfrage), "success": False, "error": inhalt}, status)

    def _suche(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        worte = anfrage.werte.get("q", "")
        if "govdata" in anfrage.host and not worte.isascii():
            return html_antwort(500, "Interner Serverfehler", "Die Suche ist fehlgeschlagen.")
        zahlen = _zahlen(anfrage, rows=10, start=0)
        if zahlen is None:
            return self._abgelehnt(anfrage, 409, rows=["Ungültige Ganzzahl"])
        gefunden = [p for p in self._pakete if p.gehoert(anfrage.werte.get("fq", ""))]
        if not anfrage.host.endswith("open.nrw.de"):
            gefunden = [p for p in gefunden if all(w in p.suchtext for w in worte.lower().split() if w != "*:*")]
        ab = zahlen["start"]
        seite = gefunden[ab : ab + min(zahlen["rows"], TREFFER_HOECHSTENS)]
        if lage.trifft(anfrage, "letzte-seite-fehlt"):
            seite = []
        return self._gut(
            anfrage,
            {
                "count": len(gefunden),
                "facets": {},
                "results": [p.als_json(self._hat_tabelle) for p in seite],
                "sort": "score desc, metadata_modified desc",
                "search_facets": {},
            },
        )

    def _zeige(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        gesucht = anfrage.werte.get("id", "")
        if not gesucht:
            return self._abgelehnt(anfrage, 409, id=["Fehlender Wert"])
        paket = next((p for p in self._pakete if gesucht in (p.kennung, p.name)), None)
        if paket is None:
            return self._abgelehnt(anfrage, 404, message="Nicht gefunden")
        return self._gut(anfrage, paket.als_json(self._hat_tabelle))

    def _datastore(self, anfrage: Anfrage, lage: Lage) -> Antwort:
        zahlen = _zahlen(anfrage, limit=100, offset=0)
        if zahlen is None or not anfrage.werte.get("resource_id"):
            return self._abgelehnt(anfrage, 409, resource_id=["Fehlender Wert"])
        ressource = self._ressourcen.get(anfrage.werte["resource_id"])
        tabelle = self._tabelle(ressource) if ressource else None
        if ressource is None or ressource.posten is None or tabelle is None:
            return self._abgelehnt(anfrage, 404, message='Nicht gefunden: Resource "…" was not found.')
        menge, ab, gesamt = min(zahlen["limit"], self._seite), zahlen["offset"], len(tabelle.saetze)
        if ab and lage.trifft(anfrage, "anzahl-wechselt"):
            gesamt += 1
        von = 0 if ab and lage.trifft(anfrage, "seite-doppelt") else ab
        saetze = tabelle.saetze[von : von + menge]
        if ab + menge >= len(tabelle.saetze) and lage.trifft(anfrage, "letzte-seite-fehlt"):
            saetze = ()
        inhalt = {
            "help": self._hilfe(anfrage),
            "success": True,
            "result": {
                "include_total": True,
                "limit": menge,
                "offset": ab,
                "records_format": "objects",
                "resource_id": ressource.kennung,
                "total_estimation_threshold": None,
                "records": saetze,
                "fields": [{"id": "_id", "type": "int"}, *({"id": s, "type": "text"} for s in tabelle.spalten)],
                "_links": _verweise(anfrage, ab, menge),
                "total": gesamt,
                "total_was_estimated": False,
            },
        }
        daten = json.dumps(inhalt, ensure_ascii=False).encode()
        objekt = ressource.posten.objekte[0]
        return lage.datenantwort(anfrage, ressource.posten, objekt, daten, "application/json;charset=utf-8")

    def _hat_tabelle(self, ressource: Ressource) -> bool:
        return self._tabelle(ressource) is not None

    def _tabelle(self, ressource: Ressource) -> Tabelle | None:
        if ressource.kennung not in self._tabellen:
            self._tabellen[ressource.kennung] = _lade(ressource.posten) if ressource.posten else None
        return self._tabellen[ressource.kennung]


def _zahlen(anfrage: Anfrage, **ersatz: int) -> dict[str, int] | None:
    """Whole numbers from the request; ``None`` if one of them is none."""
    texte = {name: anfrage.werte.get(name, str(wert)) for name, wert in ersatz.items()}
    if not all(re.fullmatch(r"\d{1,9}", t, re.ASCII) for t in texte.values()):
        return None
    return {name: int(text) for name, text in texte.items()}


def _verweise(anfrage: Anfrage, ab: int, menge: int) -> dict[str, str]:
    """``_links`` of a page: the first one and the next one, whether or not there is anything on it."""
    werte = {name: wert for name, wert in anfrage.werte.items() if name != "offset"}
    pfad = "/api/3/action/datastore_search?"
    return {
        "start": pfad + urlencode(werte),
        "next": pfad + urlencode({**werte, "offset": str(ab + menge)}),
    }


def _lade(posten: Posten) -> Tabelle | None:
    """The archived table as records: from CSV, or from pages that came from a datastore; else ``None``."""
    saetze: list[dict[str, Any]] = []
    for objekt in posten.objekte:
        daten = posten.daten(objekt)
        neue = _aus_json(daten) if daten.lstrip()[:1] == b"{" else _aus_csv(daten, posten)
        if neue is None:
            return None
        saetze.extend(neue)
    spalten = tuple(saetze[0]) if saetze else ()
    return Tabelle(spalten, tuple({"_id": nummer, **satz} for nummer, satz in enumerate(saetze, 1)))


def _zusammengesetzt(posten: Posten) -> bytes | None:
    """The one file that archived pages make together; ``None`` where each object is a file of its own."""
    if endung(posten.objekte[0].datei) == ".geojson" and len(posten.objekte) > 1:
        objekte = [f for o in posten.objekte for f in json.loads(posten.daten(o)).get("features", [])]
        return json.dumps({"type": "FeatureCollection", "features": objekte}, ensure_ascii=False).encode()
    tabelle = _lade(posten) if endung(posten.objekte[0].datei) == ".json" else None
    if tabelle is None:
        return None
    puffer = io.StringIO()
    schreiber = csv.DictWriter(puffer, tabelle.spalten, extrasaction="ignore", delimiter=";", lineterminator="\n")
    schreiber.writeheader()
    schreiber.writerows(tabelle.saetze)
    return puffer.getvalue().encode()


def _aus_json(daten: bytes) -> list[dict[str, Any]] | None:
    try:
        saetze = json.loads(daten)["result"]["records"]
        return [{name: wert for name, wert in satz.items() if name != "_id"} for satz in saetze]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _aus_csv(daten: bytes, posten: Posten) -> list[dict[str, Any]] | None:
    format_ = next((f for f in posten.teil.formate if f.art == "csv"), None)
    if format_ is None:
        return None
    kodierung = "utf-8-sig" if daten.startswith(b"\xef\xbb\xbf") else format_.kodierung
    try:
        zeilen = list(csv.reader(io.StringIO(daten.decode(kodierung), newline=""), delimiter=format_.trenner))
    except (UnicodeDecodeError, csv.Error):
        return None
    if zeilen and format_.trenner.join(zeilen[0]).lower().startswith("sep="):
        del zeilen[0]
    if not zeilen:
        return None
    kopf = [name for name in zeilen[0] if name]
    return [dict(zip(kopf, zeile, strict=False)) for zeile in zeilen[1:] if len(zeile) >= len(kopf)]
