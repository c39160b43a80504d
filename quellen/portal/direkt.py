"""Publishers that put files at fixed addresses: each archived file at the path from which it came.

Belongs here: finding the archived file of a path. Does not belong here: conditional requests, compression and
disturbances, which every portal shares (``server``).
"""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import dirname

from quellen.archiv import Objekt
from quellen.portal.bestand import Posten, urlpfad
from quellen.portal.nachricht import Anfrage, Antwort, Lage, html_antwort, json_antwort


class Direkt:
    """All sources of ``portal: direkt``; a path is known at every host of its source."""

    def __init__(self, posten: Sequence[Posten]) -> None:
        self.hosts = tuple(sorted({host for p in posten for host in p.quelle.zugang.hosts}))
        self._dateien: dict[tuple[str, str], tuple[Posten, Objekt]] = {}
        for p in posten:
            for objekt in p.objekte:
                for host in p.quelle.zugang.hosts:
                    self._dateien[host, _pfad(p, objekt)] = (p, objekt)

    def beantworte(self, anfrage: Anfrage, lage: Lage) -> Antwort | None:
        """The file at the path; ``None`` if there is none."""
        gefunden = self._dateien.get((anfrage.host, anfrage.pfad))
        return lage.datenantwort(anfrage, *gefunden) if gefunden else None

    def nicht_gefunden(self, anfrage: Anfrage) -> Antwort:
        """HTML page with status 404, as content management systems send it."""
        text = "Die von Ihnen angeforderte Seite konnte leider nicht gefunden werden."
        return html_antwort(404, "Seite nicht gefunden", text)

    def fehlerantwort(self, anfrage: Anfrage) -> Antwort:
        """JSON error with status 200."""
        return json_antwort({"success": False, "error": {"code": 500, "message": "Interner Fehler"}})


def _pfad(posten: Posten, objekt: Objekt) -> str:
    """Where the file lies: the URL it came from, else (fetched by hand) the declared path.

    A declared path with a placeholder lends its folder only; the file keeps its own name.
    """
    pfad = urlpfad(objekt)
    if pfad:
        return pfad
    deklariert = str(posten.teil.zugang.get("pfad", f"/{objekt.datei}"))
    return f"{dirname(deklariert)}/{objekt.datei}" if "{" in deklariert else deklariert
