"""Column lineage of the raw tables that are made of others: by SQL from the declarations, or by Python.

Belongs here: of which raw columns the places of schools and facilities, the points of demand, the areas and the
ways are made. Does not belong here: making them (``verortung``, ``einrichtungsorte``, ``flaechen``, ``fusswege``) and
the lineage of models (``transformation``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.rohtabellen.figuren import Spaltenquellen, spaltenquellen
from pipelines.rohtabellen.netzregeln import QUELLE as NETZ
from quellen.modell import Quelle

_SCHULEN, _KITAS, _ADRESSEN = "raw.schulen__verzeichnis", "raw.kitas__liste", "raw.adressen__hausnummern"
_ORTSTEILE, _BEZIRKE = "raw.gebiete__ortsteile", "raw.gebiete__stadtbezirke"

_LAGE_SCHULE = f"{_SCHULEN}: rechtswert hochwert epsg"
_ANSCHRIFT = f"{_KITAS}: strasse hausnummer plz; {_ADRESSEN}: strasse hausnummer zusatz plz status"
_PUNKTE, _ORTE = "raw.nachfragepunkte", "raw.verortung_einrichtungen"
_UMRISSE = f"{_ORTSTEILE}: nummer geometrie; {_BEZIRKE}: nummer geometrie"
_LAGE = f"{_LAGE_SCHULE}; {_ANSCHRIFT} rechtswert hochwert"
_PUNKT = f"{_ADRESSEN}: strasse hausnummer zusatz status rechtswert hochwert; {_UMRISSE}"

_GERECHNET: Mapping[str, Mapping[str, str]] = {
    "verortung": {
        "abruf": f"{_SCHULEN}: abruf",
        "zeile": f"{_SCHULEN}: zeile",
        "stadtbezirk": f"{_LAGE_SCHULE}; {_UMRISSE}",
        "ortsteil": f"{_LAGE_SCHULE}; {_UMRISSE}",
        "umriss_abruf": f"{_LAGE_SCHULE}; {_ORTSTEILE}: abruf geometrie; {_BEZIRKE}: abruf geometrie",
        "umriss_zeile": f"{_LAGE_SCHULE}; {_ORTSTEILE}: zeile geometrie; {_BEZIRKE}: zeile geometrie",
    },
    "verortung_einrichtungen": {
        "quelle": "",
        "abruf": f"{_SCHULEN}: abruf gemeindeschluessel; {_KITAS}: abruf ort",
        "zeile": f"{_SCHULEN}: zeile gemeindeschluessel; {_KITAS}: zeile ort",
        "x": _LAGE,
        "y": _LAGE,
        "stadtbezirk": f"{_LAGE}; {_UMRISSE}",
        "nummer": f"{_LAGE}; {_UMRISSE}",
        "befund": f"{_LAGE}; {_UMRISSE}",
        "adresse_abruf": f"{_ANSCHRIFT} abruf",
        "adresse_zeile": f"{_ANSCHRIFT} zeile",
    },
    "gebietsflaechen": {
        "nummer": f"{_ORTSTEILE}: nummer; {_BEZIRKE}: nummer",
        "flaeche_km2": f"{_ORTSTEILE}: geometrie; {_BEZIRKE}: geometrie",
        "umriss_abruf": f"{_ORTSTEILE}: abruf; {_BEZIRKE}: abruf",
        "umriss_zeile": f"{_ORTSTEILE}: zeile; {_BEZIRKE}: zeile",
    },
    "nachfragepunkte": dict.fromkeys(("nummer", "punkt", "x", "y", "adressen", "anteil", "herkunft"), _PUNKT),
    "fusswege": {
        "nummer": f"{_PUNKTE}: nummer",
        "punkt": f"{_PUNKTE}: punkt",
        "x": f"{_ORTE}: x",
        "y": f"{_ORTE}: y",
        "weg_m": f"{_PUNKTE}: x y; {_ORTE}: x y",
        "anschluss_m": f"{_PUNKTE}: x y; {_ORTE}: x y",
    },
}
"""Raw table → column → ``table: columns`` it is made of, several separated by semicolons."""

_IM_NETZ: Mapping[str, str] = {
    "weg_m": f"raw.{NETZ}__knoten: nummer x y; raw.{NETZ}__kanten: von nach laenge_m",
    "anschluss_m": f"raw.{NETZ}__knoten: x y",
}
"""What the columns of ``fusswege`` are also made of where the network is declared."""


def rohwege(quellen: Iterable[Quelle]) -> tuple[frozenset[str], dict[str, Spaltenquellen]]:
    """The raw tables that hold cells of these sources' files, and the lineage of those that are made of others."""
    quellen = list(quellen)
    return frozenset(q.rohtabelle(teil) for q in quellen for teil in q.teile), rohspaltenquellen(quellen)


def rohspaltenquellen(quellen: Iterable[Quelle]) -> dict[str, Spaltenquellen]:
    """Lineage of every raw table that is not a file's own text: table (without ``raw.``) → column → its sources."""
    quellen = list(quellen)
    gerechnet = {
        tabelle: {spalte: _quellen(text) for spalte, text in spalten.items()} for tabelle, spalten in _GERECHNET.items()
    }
    if any(q.id == NETZ for q in quellen):
        for spalte, text in _IM_NETZ.items():
            gerechnet["fusswege"][spalte] = sorted({*gerechnet["fusswege"][spalte], *_quellen(text)})
    return spaltenquellen(quellen) | gerechnet


def _quellen(text: str) -> list[tuple[str, str]]:
    gefunden = set()
    for teil in filter(None, text.split("; ")):
        tabelle, spalten = teil.split(": ")
        gefunden |= {(tabelle, spalte) for spalte in spalten.split()}
    return sorted(gefunden)
