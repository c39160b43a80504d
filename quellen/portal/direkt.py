"""Publishers that put files at fixed addresses: each archived file at the address from which it came.

Belongs here: finding the archived file of a path and its query. Does not belong here: conditional requests, compression
and disturbances, which every portal shares (``server``).
"""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import dirname
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from quellen.archiv import Objekt
from quellen.portal.bestand import Posten, urlpfad
from quellen.portal.nachricht import Anfrage, Antwort, Lage, html_antwort, json_antwort
from quellen.zugang.direkt import als_text, dateiname_fuer, kombinationen

Abfrage = frozenset[tuple[str, str]]


class Direkt:
    """All sources of ``portal: direkt``; a path is known at every host of its source."""

    def __init__(self, posten: Sequence[Posten]) -> None:
        self.hosts = tuple(sorted({host for p in posten for host in p.quelle.zugang.hosts}))
        self._dateien: dict[tuple[str, str], dict[Abfrage, tuple[Posten, Objekt]]] = {}
        for p in posten:
            for objekt in p.objekte:
                pfad, abfrage = _stelle(p, objekt)
                for host in p.quelle.zugang.hosts:
                    self._dateien.setdefault((host, pfad), {})[abfrage] = (p, objekt)

    def beantworte(self, anfrage: Anfrage, lage: Lage) -> Antwort | None:
        """The file at the path; ``None`` if there is none. A file that came without a query does not mind one."""
        dateien = self._dateien.get((anfrage.host, anfrage.pfad), {})
        gefunden = dateien.get(frozenset(anfrage.werte.items())) or dateien.get(frozenset())
        return lage.datenantwort(anfrage, *gefunden) if gefunden else None

    def nicht_gefunden(self, anfrage: Anfrage) -> Antwort:
        """HTML page with status 404, as content management systems send it."""
        text = "Die von Ihnen angeforderte Seite konnte leider nicht gefunden werden."
        return html_antwort(404, "Seite nicht gefunden", text)

    def fehlerantwort(self, anfrage: Anfrage) -> Antwort:
        """JSON error with status 200."""
        return json_antwort({"success": False, "error": {"code": 500, "message": "Interner Fehler"}})


def _stelle(posten: Posten, objekt: Objekt) -> tuple[str, Abfrage]:
    """Where the file lies: the URL it came from, else (by hand, or by another way) the declared address.

    A declared path with a placeholder for a school year or Drupal's suffix lends its folder only; the file keeps its
    own name.
    """
    teile = urlsplit(objekt.url)
    if urlpfad(objekt) and teile.hostname in posten.quelle.zugang.hosts:
        return urlpfad(objekt), frozenset(parse_qsl(teile.query, keep_blank_values=True))
    jahr = posten.abruf.jahrgang if posten.abruf else None
    adresse = (
        posten.quelle.zugang.basis.rstrip("/") + "/" + str(posten.teil.zugang.get("pfad", objekt.datei)).lstrip("/")
    )
    deklariert = urlsplit(adresse.replace("{jahr}", str(jahr)))
    pfad = unquote(deklariert.path)
    if "{" in pfad:
        return f"{dirname(pfad)}/{objekt.datei}", frozenset()
    abfrage: dict[str, Any] = posten.teil.zugang.get("abfrage") or {}
    werte = dict(parse_qsl(deklariert.query)) | {
        k: als_text(w).replace("{jahr}", str(jahr)) for k, w in abfrage.items()
    }
    for je in kombinationen(posten.teil):
        if dateiname_fuer(posten.teil, deklariert.geturl(), je, jahr) == objekt.datei:
            werte |= je
    return pfad, frozenset(werte.items())
