"""The released folder: built aside from the private file, checked, then made current in one atomic step.

Belongs here: what a release consists of and when it may become current. Does not belong here: how its figures are
calculated (``dbt_projekt``) and the audit from outside (``pipelines.pruefe``).
"""

from pipelines.freigabe.bauen import Bau, baue
from pipelines.freigabe.fehler import FreigabeFehler, Pruefung
from pipelines.freigabe.pruefen import pruefe_bau
from pipelines.freigabe.wechsel import Freigabe, aktuelle, freigeben, mache_aktuell

__all__ = [
    "Bau",
    "Freigabe",
    "FreigabeFehler",
    "Pruefung",
    "aktuelle",
    "baue",
    "freigeben",
    "mache_aktuell",
    "pruefe_bau",
]
