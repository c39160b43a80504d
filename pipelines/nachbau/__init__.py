"""Builds an old release again and compares its contents.

Belongs here: what a release was made of, the code of its time, the comparison. Does not belong here: the steps of a
night (``rohtabellen``, ``transformation``, ``freigabe``), options and exit status (``pipelines.cli``).
"""

from pipelines.nachbau.auftrag import NachbauFehler
from pipelines.nachbau.bauen import Nachbau, baue_nach

__all__ = ["Nachbau", "NachbauFehler", "baue_nach"]
