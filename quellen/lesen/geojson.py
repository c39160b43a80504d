"""GeoJSON feature collections as text tables: one record per feature.

Belongs here: the shape of a feature collection. Does not belong here: JSON values (``json_``), paging, the geometry's
meaning and map projections.
"""

from __future__ import annotations

from typing import Any

from quellen.lesen.dekodieren import dekodiere
from quellen.lesen.json_ import kurz, lade_json, texte
from quellen.lesen.texttabelle import Stelle, Texttabelle, baue_tabelle, pruefe_namen
from quellen.modell import Format


def lies_geojson(daten: bytes, format_: Format, stelle: Stelle) -> Texttabelle:
    """Read a ``FeatureCollection``. Columns: the properties in order of first appearance, ``id``, ``geometry``.

    ``geometry`` is compact JSON with sorted keys. ``zeile`` is the number of the feature, because services
    write all of them in one line. A property called ``id`` goes before the feature's own.
    Raises ``QuellenFehler`` for anything else, also the ``{"error": …}`` that ArcGIS sends with status 200.
    """
    gelesen = dekodiere(daten, format_.kodierung, stelle)
    objekte = _objekte(lade_json(gelesen.text, "GeoJSON", stelle), stelle)
    spalten: dict[str, None] = {}
    for objekt in objekte:
        spalten.update(dict.fromkeys(objekt.get("properties") or {}))
    if any("id" in o for o in objekte):
        spalten.setdefault("id")
    namen = [*spalten, "geometry"]
    pruefe_namen(namen, 1, stelle)
    saetze = [{"id": o.get("id"), **(o.get("properties") or {}), "geometry": o.get("geometry")} for o in objekte]
    return baue_tabelle(
        stelle,
        namen,
        range(1, len(saetze) + 1),
        texte(saetze, namen, stelle),
        gelesen.kodierung,
        1,
        gelesen.abweichungen,
    )


def _objekte(inhalt: object, stelle: Stelle) -> list[dict[str, Any]]:
    if isinstance(inhalt, dict) and inhalt.get("error"):
        raise stelle.fehler(
            "Der Kartendienst meldet einen Fehler",
            kurz(inhalt["error"]),
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
                kurz(objekt),
                '{"type": "Feature", "properties": {…}, "geometry": {…}}',
                "den Dienst mit f=geojson abfragen",
                nummer,
            )
    return objekte
