"""All raw tables that are made of other raw tables, in the order in which they need each other.

Belongs here: that order, for whoever makes them all at once: an old release built again, and the audit. Does not belong
here: making them (the modules named below); in a night each is an asset of its own (``assets.roh``).
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipelines.rohtabellen.einrichtungsorte import baue_nachfragepunkte, verorte_einrichtungen
from pipelines.rohtabellen.figuren import baue_figuren
from pipelines.rohtabellen.flaechen import berechne_flaechen
from pipelines.rohtabellen.fusswege import berechne_fusswege
from pipelines.rohtabellen.verortung import verorte_schulen
from quellen.modell import Quelle


def baue_gerechnete(con: duckdb.DuckDBPyConnection, quellen: Iterable[Quelle]) -> None:
    """Fill them from the raw tables of these sources' files."""
    verorte_schulen(con)
    verorte_einrichtungen(con)
    baue_nachfragepunkte(con)
    berechne_flaechen(con)
    berechne_fusswege(con)
    baue_figuren(con, quellen)
