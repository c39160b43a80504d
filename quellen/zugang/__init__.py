"""From a declared Teil to its bytes: one module per portal protocol, and the choice between them.

Belongs here: ``hole_teil`` and what it returns. Does not belong here: HTTP itself (``holen``), keeping the bytes
(``abrufen``) and reading them (``lesen``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from quellen.archiv import Abruf
from quellen.fehler import QuellenFehler
from quellen.holen import Abrufer
from quellen.modell import Quelle
from quellen.zugang import arcgis, direkt, dkan, genesis
from quellen.zugang.gemeinsam import Auftrag, Geholt, Holung, mit_ort

__all__ = ["Geholt", "Holung", "hole_teil"]

_PORTALE: dict[str, Callable[[Auftrag], Holung]] = {
    "arcgis": arcgis.hole,
    "direkt": direkt.hole,
    "dkan": dkan.hole,
    "genesis": genesis.hole,
}


def hole_teil(quelle: Quelle, teil_name: str, abrufer: Abrufer, bisher: Abruf | None, heute: date) -> Holung:
    """Fetch one Teil over its portal's protocol.

    ``bisher`` is the last retrieval that a conditional request may refer to, ``heute`` the day that school years and
    start years count from. Raises ``QuellenFehler`` with source and Teil filled in.
    """
    auftrag = Auftrag(quelle, teil_name, abrufer, bisher, heute)
    try:
        return _PORTALE[quelle.zugang.portal](auftrag)
    except QuellenFehler as fehler:
        raise mit_ort(fehler, quelle.id, teil_name) from None
