"""The German data dictionary of a release, as Markdown.

Belongs here: reading what the released file says about itself (``inhalt``), how an indicator is calculated in words
(``formel``), and the page (``seite``). Does not belong here: any description. All come from the released file, where
dbt's declarations put them, so that the dictionary cannot say anything else than the tables.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.woerterbuch.inhalt import WoerterbuchFehler, lies
from pipelines.woerterbuch.seite import als_markdown

__all__ = ["WoerterbuchFehler", "als_markdown", "lies", "woerterbuch"]


def woerterbuch(freigabe_ordner: Path) -> str:
    """The dictionary of the release in this folder. Raises ``WoerterbuchFehler`` if it cannot be read."""
    return als_markdown(lies(freigabe_ordner))
