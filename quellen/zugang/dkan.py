"""DKAN portals: find a file by its titles in ``data.json`` (Project Open Data 1.1), then fetch it.

Belongs here: reading that catalogue with its known weaknesses. Does not belong here: choosing among what a catalogue
names (``verteilung``) and the contents of the files.
"""

from __future__ import annotations

from typing import Any

from quellen.zugang.gemeinsam import Auftrag, Holung, fehler, lade_datei, lies_json
from quellen.zugang.verteilung import Verteilung, adresse, waehle_satz, waehle_verteilung


def hole(auftrag: Auftrag) -> Holung:
    """Fetch the newest distribution that matches. Raises ``QuellenFehler`` naming what the portal offers instead."""
    katalog = lies_json(auftrag.abrufer.hole(f"{auftrag.basis}/data.json", auftrag.quelle.zugang))
    saetze = katalog.get("dataset")
    if not isinstance(saetze, list):
        raise fehler(
            "Der Katalog des Portals hat eine andere Gestalt",
            f"data.json mit {', '.join(map(str, katalog)) or 'nichts'}",
            "eine Liste dataset",
            "prüfen, ob das Portal noch DKAN ist, und zugang.portal anpassen",
        )
    satz = waehle_satz(auftrag, "titel", [s for s in saetze if isinstance(s, dict)], "Datensätze")
    verteilung = waehle_verteilung(auftrag, "verteilung", _verteilungen(auftrag, satz), lambda v: bool(v.url))
    holung = lade_datei(auftrag, verteilung.url)
    assert holung is not None  # only with ``auch``
    return holung


def _verteilungen(auftrag: Auftrag, satz: dict[str, Any]) -> list[Verteilung]:
    """Distributions of a dataset, whether the catalogue gives a list, a single object or nothing.

    What it calls their format is left out: CSV comes as ``text/html`` there.
    """
    roh = satz.get("distribution") or []
    liste = [v for v in (roh if isinstance(roh, list) else [roh]) if isinstance(v, dict)]
    gefunden: dict[str, Verteilung] = {}
    for eintrag in liste:
        titel = " ".join(str(eintrag.get("title") or "").split())
        adressen = (adresse(auftrag, eintrag.get(k)) for k in ("downloadURL", "accessURL"))
        verteilung = Verteilung(titel, next((a for a in adressen if a), ""))
        gefunden.setdefault(verteilung.url or titel, verteilung)
    return list(gefunden.values())
