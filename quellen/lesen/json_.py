"""JSON answers as text tables: one record per object of a list, e.g. CKAN's ``result.records``.

Belongs here: reading JSON without losing how a value was written, and turning values into the text of cells. Does not
belong here: paging (``zugang``), GeoJSON's own shape (``geojson``).
"""

from __future__ import annotations

import json
from collections import Counter
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


class _Ganzzahl(int):
    """The same for an integer."""

    text: str

    def __new__(cls, text: str) -> _Ganzzahl:
        zahl = super().__new__(cls, text)
        zahl.text = text
        return zahl


def lade_json(text: str, erwartet: str, stelle: Stelle) -> Any:  # noqa: ANN401 - whatever stands in the file
    """The value of a JSON text. Raises ``QuellenFehler`` for what is no JSON, for NaN and for a doubled key."""
    try:
        return json.loads(
            text,
            parse_float=_Kommazahl,
            parse_int=_Ganzzahl,
            parse_constant=_keine_zahl,
            object_pairs_hook=_objekt,
        )
    except (ValueError, RecursionError) as fehler:
        raise stelle.fehler(
            "Die Datei ist kein gültiges JSON",
            str(fehler)[:300],
            erwartet,
            "erneut abrufen; die Antwort ist vermutlich abgeschnitten",
            getattr(fehler, "lineno", None),
            getattr(fehler, "colno", None),
        ) from fehler


def zelltext(wert: object) -> str:
    """The text of a cell: strings and numbers as written, ``null`` empty, nested values as compact JSON.

    Raises ``ValueError`` for numbers beyond every bound and ``RecursionError`` for values nested too deeply.
    """
    if wert is None:
        return ""
    if isinstance(wert, str):
        return wert
    if isinstance(wert, _Kommazahl | _Ganzzahl):
        return wert.text
    return json.dumps(wert, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def kurz(wert: object) -> str:
    """The beginning of a JSON value for messages. Never raises."""
    try:
        return json.dumps(wert, ensure_ascii=False).encode("utf-8", "replace").decode()[:200]
    except RecursionError:
        return "ein sehr tief verschachtelter Wert"


def lies_json(daten: bytes, format_: Format, stelle: Stelle) -> Texttabelle:
    """Read the list of objects at ``format_.pfad`` (keys joined with dots; empty: the document itself is the list).

    Columns are the union of all keys in order of first appearance; a key that a record lacks is an empty cell.
    ``zeile`` is the number of the record. Raises ``QuellenFehler`` for anything else.
    """
    gelesen = dekodiere(daten, format_.kodierung, stelle)
    wert = lade_json(gelesen.text, "JSON", stelle)
    saetze = _liste(wert, format_.pfad, stelle)
    spalten = list(dict.fromkeys(name for satz in saetze for name in satz))
    return baue_tabelle(
        stelle,
        spalten,
        range(1, len(saetze) + 1),
        texte(saetze, spalten, stelle),
        gelesen.kodierung,
        1,
        gelesen.abweichungen,
    )


def texte(saetze: list[dict[str, Any]], spalten: list[str], stelle: Stelle) -> list[list[str]]:
    """The cells of records. Raises ``QuellenFehler`` with the record's number for values that have no text."""
    fertig: list[list[str]] = []
    for nummer, satz in enumerate(saetze, 1):
        try:
            fertig.append([zelltext(satz.get(name)) for name in spalten])
            "".join([*satz, *fertig[-1]]).encode()
        except (ValueError, RecursionError) as fehler:
            raise stelle.fehler(
                "Ein Wert des Objekts ist nicht darstellbar",
                ascii(fehler)[:300],
                "endliche Zahlen und gültiges Unicode",
                "beim Herausgeber nachfragen",
                nummer,
            ) from fehler
    return fertig


def _keine_zahl(name: str) -> float:
    raise ValueError(f"{name} ist keine JSON-Zahl")


def _objekt(paare: list[tuple[str, Any]]) -> dict[str, Any]:
    objekt = dict(paare)
    if len(objekt) != len(paare):
        ((doppelt, _),) = Counter(name for name, _ in paare).most_common(1)
        raise ValueError(f"der Schlüssel »{doppelt[:50]}« steht zweimal in einem Objekt")
    return objekt


def _liste(wert: Any, pfad: str, stelle: Stelle) -> list[dict[str, Any]]:  # noqa: ANN401 - whatever stands in the file
    hier: Any = wert
    for stufe in pfad.split(".") if pfad else ():
        hier = hier.get(stufe) if isinstance(hier, dict) else None
    if not isinstance(hier, list):
        raise stelle.fehler(
            "Die Liste der Sätze fehlt in der JSON-Antwort",
            _gestalt(wert),
            f"eine Liste von Objekten unter {pfad}" if pfad else "eine Liste von Objekten",
            f"pfad berichtigen in {stelle.deklaration('formate')}; "
            "meldet der Dienst einen Fehler, später erneut abrufen",
        )
    for nummer, satz in enumerate(hier, 1):
        if not isinstance(satz, dict):
            raise stelle.fehler(
                "Ein Eintrag der JSON-Liste ist kein Objekt",
                kurz(satz),
                '{"Spalte": Wert, …}',
                f"pfad berichtigen in {stelle.deklaration('formate')}",
                nummer,
            )
    return hier


def _gestalt(wert: object) -> str:
    """What a JSON document looks like, with the message of a service that reports an error."""
    if not isinstance(wert, dict):
        return "eine Liste" if isinstance(wert, list) else "ein einzelner Wert"
    meldung = wert.get("error")
    zusatz = f"; Meldung des Dienstes: {kurz(meldung)}" if meldung else ""
    return f"Schlüssel {', '.join(map(str, list(wert)[:8]))}{zusatz}"
