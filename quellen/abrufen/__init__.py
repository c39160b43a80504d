"""Retrievals: fetch what is declared, keep the bytes, write a record of each.

Belongs here: one source (``abrufe_quelle``), all sources of a night side by side (``abrufe_quellen``), one missing year
(``hole_jahrgang``). Does not belong here: protocols (``zugang``), reading and checking the contents (``lesen``,
``vertrag``), and files that staff fetched by hand (``eingang``).
"""

from __future__ import annotations

from quellen.abrufen.jahrgang import hole_jahrgang
from quellen.abrufen.nacht import abrufe_quellen
from quellen.abrufen.posten import Ergebnis, Posten, TeilErgebnis, abrufe_quelle

__all__ = ["Ergebnis", "Posten", "TeilErgebnis", "abrufe_quelle", "abrufe_quellen", "hole_jahrgang"]
