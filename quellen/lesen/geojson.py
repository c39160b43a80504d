"""GeoJSON feature collections as text tables: one record per feature.

Belongs here: turning JSON values into the text of cells. Does not belong here: paging, the geometry's
meaning and map projections.
"""

from __future__ import annotations

import json
from typing import Any

from quellen.lesen.dekodieren import dekodiere
from quellen.lesen.texttabelle import Stelle, Texttabelle, baue_tabelle
from quellen.modell import Format


class _Kommazahl(float):
    """A number that remembers how it was written; computing and JSON see the number."""

    text: str

    def __new__(cls, text: str) -> _Kommazahl:
        zahl = super().__new__(cls, text)
        zahl.text = text
        return zahl


def lies_geojson(daten: bytes, format_: Format, stelle: Stelle) -> Texttabelle:
    """Read a ``FeatureCollection``. Columns: the properties in order of first appearance, ``id``, ``geometry``.

    ``geometry`` is compact JSON with sorted keys. ``zeile`` is the number of the feature, because services
    write all of them in one line. A property called ``id`` goes before the feature's own.
    Raises ``QuellenFehler`` for anything else, also the ``{"error": …}`` that ArcGIS sends with status 200.
    """
    text = dekodiere(daten, format_.kodierung, stelle)
    try:
        inhalt = json.loads(text, parse_float=_Kommazahl, parse_constant=_keine_zahl)
    except (ValueError, RecursionError) as fehler:
        raise stelle.fehler(
            "Die Datei ist kein gültiges JSON",
            str(fehler),
            "GeoJSON",
            "erneut abrufen; die Antwort ist vermutlich abgeschnitten",
            getattr(fehler, "lineno", None),
            getattr(fehler, "colno", None),
        ) from fehler
    objekte = _objekte(inhalt, stelle)
    spalten: dict[str, None] = {}
    for objekt in objekte:
        spalten.update(dict.fromkeys(objekt.get("properties") or {}))
    if any("id" in o for o in objekte):
        spalten.setdefault("id")
    saetze = []
    try:
        for objekt in objekte:
            eigenschaften = objekt.get("properties") or {}
            quelle = eigenschaften if "id" in eigenschaften else {**eigenschaften, "id": objekt.get("id")}
            saetze.append([*(_text(quelle.get(name)) for name in spalten), _text(objekt.get("geometry"))])
            "".join(saetze[-1]).encode()
    except (ValueError, RecursionError) as fehler:
        raise stelle.fehler(
            "Ein Wert des Objekts ist nicht darstellbar",
            str(fehler),
            "endliche Zahlen und gültiges Unicode",
            "beim Herausgeber nachfragen",
            len(saetze) + 1,
        ) from fehler
    return baue_tabelle(stelle, [*spalten, "geometry"], range(1, len(saetze) + 1), saetze, format_.kodierung)


def _keine_zahl(name: str) -> float:
    raise ValueError(f"{name} ist keine JSON-Zahl")


def _objekte(inhalt: object, stelle: Stelle) -> list[dict[str, Any]]:
    if isinstance(inhalt, dict) and inhalt.get("error"):
        raise stelle.fehler(
            "Der Kartendienst meldet einen Fehler",
            json.dumps(inhalt["error"], ensure_ascii=False)[:400],
            "eine FeatureCollection",
            f"Nummer der Ebene und Feldnamen prüfen in {stelle.deklaration('zugang')}; ist der Dienst gestört, "
            "später erneut abrufen",
        )
    objekte = inhalt.get("features") if isinstance(inhalt, dict) else None
    if not isinstance(inhalt, dict) or inhalt.get("type") != "FeatureCollection" or not isinstance(objekte, list):
        gefunden = f"Schlüssel {', '.join(map(str, list(inhalt)[:8]))}" if isinstance(inhalt, dict) else "kein Objekt"
        raise stelle.fehler(
            "Die Datei ist keine FeatureCollection",
            gefunden,
            '{"type": "FeatureCollection", "features": […]}',
            "den Dienst mit f=geojson abfragen",
        )
    for nummer, objekt in enumerate(objekte, 1):
        if not isinstance(objekt, dict) or not isinstance(objekt.get("properties") or {}, dict):
            raise stelle.fehler(
                "Ein Eintrag ist kein GeoJSON-Objekt",
                str(objekt)[:100],
                '{"type": "Feature", "properties": {…}, "geometry": {…}}',
                "den Dienst mit f=geojson abfragen",
                nummer,
            )
    return objekte


def _text(wert: object) -> str:
    if wert is None:
        return ""
    if isinstance(wert, str):
        return wert
    if isinstance(wert, _Kommazahl):
        return wert.text
    return json.dumps(wert, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
