"""ArcGIS REST map services: all features of one layer as GeoJSON pages.

Belongs here: counting, paging, and the proof that everything arrived. Does not belong here: geometry.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from quellen.holen import Antwort
from quellen.zugang.gemeinsam import Auftrag, Geholt, Holung, fehler, kurz, lies_json, stand_von

SEITE = 1000
"""Features asked for per page; servers may give fewer and say so."""
_ALLE = {"where": "1=1"}


def hole(auftrag: Auftrag) -> Holung:
    """Fetch layer ``zugang.layer``. Raises ``QuellenFehler`` unless exactly the announced features arrived."""
    abfrage = f"{auftrag.basis}/{auftrag.angabe('layer')}/query?"
    url = abfrage + urlencode({**_ALLE, "returnCountOnly": "true", "f": "json"})
    angekuendigt = _json(auftrag, url)[1].get("count")
    if not isinstance(angekuendigt, int) or angekuendigt < 1:
        raise fehler(
            "Die Ebene nennt keine Anzahl oder ist leer",
            f"count = {angekuendigt!r} unter {url}",
            "mindestens ein Objekt",
            f"die Nummer unter teile.{auftrag.teil_name}.zugang.layer prüfen ({auftrag.basis})",
        )
    seiten: list[Geholt] = []
    kennungen: set[object] = set()
    anzahl = umfang = 0
    frist = auftrag.abrufer.uhr() + auftrag.quelle.zugang.hoechstdauer_s
    while anzahl < angekuendigt:
        seite = urlencode({"resultOffset": anzahl, "resultRecordCount": auftrag.angabe("seite", SEITE)})
        antwort, inhalt = _json(auftrag, abfrage + urlencode(_FELDER) + "&" + seite)
        objekte = inhalt.get("features")
        if not isinstance(objekte, list) or not objekte:
            break
        anzahl += len(objekte)
        umfang += len(antwort.daten)
        kennungen.update(_kennung(objekt, (len(seiten), nr)) for nr, objekt in enumerate(objekte))
        datei = f"{auftrag.teil_name}-{len(seiten) + 1:04d}.geojson"
        seiten.append(Geholt(antwort.url, datei, antwort.daten, antwort.status, antwort.kopf))
        if umfang > auftrag.quelle.zugang.hoechstbytes or auftrag.abrufer.uhr() > frist:
            break
        if _ist_letzte(inhalt):
            break
    _pruefe_anzahl(url, angekuendigt, anzahl, len(kennungen))
    letzte = seiten[-1]
    return Holung(tuple(seiten), stand_von(auftrag.teil.stand, letzte.datei, letzte.kopf, auftrag.heute))


_FELDER = {**_ALLE, "outFields": "*", "returnGeometry": "true", "outSR": "4326", "f": "geojson"}
_FELDER["orderByFields"] = "OBJECTID"


def _ist_letzte(inhalt: dict[str, Any]) -> bool:
    """Whether the server says that nothing follows: ``exceededTransferLimit: false``, at the top or in ``properties``.

    Servers leave the flag out of GeoJSON more often than not; then the announced number alone decides.
    """
    eigenschaften = inhalt.get("properties")
    weiter = inhalt.get("exceededTransferLimit")
    if weiter is None and isinstance(eigenschaften, dict):
        weiter = eigenschaften.get("exceededTransferLimit")
    return weiter is False


def _kennung(objekt: object, ersatz: tuple[int, int]) -> object:
    """The object id of a feature, to notice a server that repeats a page; ``ersatz`` if it has none."""
    if not isinstance(objekt, dict):
        return ersatz
    eigenschaften = objekt.get("properties")
    nummer = eigenschaften.get("OBJECTID") if isinstance(eigenschaften, dict) else None
    nummer = objekt.get("id") if nummer is None else nummer
    return ersatz if nummer is None else str(nummer)


def _json(auftrag: Auftrag, url: str) -> tuple[Antwort, dict[str, Any]]:
    """An answer and its JSON. ArcGIS reports faults as ``{"error": …}`` with status 200."""
    antwort = auftrag.abrufer.hole(url, auftrag.quelle.zugang)
    inhalt = lies_json(antwort)
    if "error" in inhalt:
        meldung = inhalt["error"]
        if isinstance(meldung, dict):
            einzel = meldung.get("details") or []
            text = " ".join(
                str(t) for t in (meldung.get("message") or "", *(einzel if isinstance(einzel, list) else []))
            )
            code = meldung.get("code")
        else:
            text, code = str(meldung), None
        raise fehler(
            "Der Kartenserver meldet einen Fehler",
            f"Code {code}: {kurz(text)} ({url})",
            "GeoJSON",
            f"die Nummer unter teile.{auftrag.teil_name}.zugang.layer prüfen ({auftrag.basis})",
            voruebergehend=isinstance(code, int) and code >= 500,
        )
    return antwort, inhalt


def _pruefe_anzahl(url: str, angekuendigt: int, anzahl: int, verschieden: int) -> None:
    if anzahl == angekuendigt == verschieden:
        return
    doppelt = f", davon nur {verschieden} verschiedene" if verschieden != anzahl else ""
    raise fehler(
        "Die Ebene ist nicht vollständig angekommen",
        f"{anzahl} Objekte{doppelt} ({url})",
        f"{angekuendigt} Objekte, wie vom Server angekündigt",
        "später wiederholen; nichts wurde archiviert",
        voruebergehend=True,
    )
