"""From a declared Teil to its bytes: one module per portal protocol, and the choice between them.

Belongs here: ``hole_teil`` and what it returns. Does not belong here: HTTP itself (``holen``), keeping the bytes
(``abrufen``) and reading them (``lesen``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from quellen.archiv import Abruf
from quellen.fehler import NochNichtDa, QuellenFehler
from quellen.holen import Abrufer
from quellen.modell import Quelle
from quellen.zugang import arcgis, ckan, direkt, dkan, genesis
from quellen.zugang.gemeinsam import Auftrag, Geholt, Holung, mit_ort

__all__ = ["Geholt", "Holung", "hole_teil"]

_PORTALE: dict[str, Callable[[Auftrag], Holung]] = {
    "arcgis": arcgis.hole,
    "ckan": ckan.hole,
    "direkt": direkt.hole,
    "dkan": dkan.hole,
    "genesis": genesis.hole,
}


def hole_teil(
    quelle: Quelle,
    teil_name: str,
    abrufer: Abrufer,
    bisher: Abruf | Mapping[str, Abruf] | None,
    heute: date,
    jahr: int | None = None,
) -> Holung:
    """Fetch one Teil, on the first of its ways that leads to it.

    ``bisher`` is the last retrieval that a conditional request may refer to (only on the way it came by), or the last
    one of each way by its name; ``heute`` the day that school years and start years count from, ``jahr`` the year of a
    Teil with ``jahrgaenge``. Raises ``QuellenFehler`` with source and Teil filled in and the findings of every way if
    none led there; it counts as passing if one way's fault does. The first way's word that a year is not there yet
    (``NochNichtDa``) is an answer: no other way is tried.
    """
    je_weg = {bisher.weg: bisher} if isinstance(bisher, Abruf) else bisher or {}
    gescheitert: list[tuple[str, QuellenFehler]] = []
    for gesehen in quelle.wege():
        if teil_name not in gesehen.teile:
            continue
        weg = gesehen.zugang.name
        try:
            auftrag = Auftrag(gesehen, teil_name, abrufer, je_weg.get(weg), heute, jahr)
            holung = _PORTALE[gesehen.zugang.portal](auftrag)
        except QuellenFehler as fehler:
            if isinstance(fehler, NochNichtDa) and not gescheitert:
                raise mit_ort(fehler, quelle.id, teil_name) from None
            gescheitert.append((weg, mit_ort(fehler, quelle.id, teil_name)))
            continue
        return replace(holung, weg=weg, umwege=tuple(f"{w}: {f.befunde[0]}" for w, f in gescheitert))
    if len(gescheitert) == 1:
        raise gescheitert[0][1] from None
    befunde = [replace(b, regel=f"Weg {w}: {b.regel}") for w, f in gescheitert for b in f.befunde]
    raise QuellenFehler(befunde, voruebergehend=any(f.voruebergehend for _, f in gescheitert)) from None
