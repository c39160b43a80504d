"""Titles of data sets in a replica's catalogue: such that a declaration's pattern finds its own and no other.

Belongs here: making a title for a declared Teil. Does not belong here: the catalogues themselves (``dkan``, ``ckan``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from quellen.fehler import Befund, QuellenFehler
from quellen.portal.bestand import Posten

_TITEL = (
    "Einwohner nach Ortsteilen, Altersjahren, Geschlecht und Herkunft",
    "Einwohner nach Ortsteilen und Staatsangehörigkeit",
    "Bevölkerungsbewegung nach Ortsteilen",
)


def titel_fuer(posten: Posten, alle: Sequence[Posten], angabe: str) -> str:
    """A title that the declaration of this Teil finds and no other declaration of the portal finds.

    ``angabe``: where under ``zugang`` the pattern of the title stands. Raises ``QuellenFehler`` if none of the titles
    fits, naming the patterns.
    """
    muster = str(posten.teil.zugang.get(angabe, ".*"))
    andere = [str(p.teil.zugang.get(angabe, "")) for p in alle if p.name != posten.name]
    vorschlaege = (
        *_TITEL,
        f"{posten.quelle.titel}: {posten.teil.beschreibung}",
        posten.teil.beschreibung,
        posten.quelle.titel,
        _aus_muster(muster, " "),
        _aus_muster(muster, "Duisburg"),
    )
    for titel in vorschlaege:
        if re.fullmatch(muster, titel) and not any(re.fullmatch(m, titel) for m in andere if m):
            return titel
    raise QuellenFehler(
        Befund(
            regel="Kein Titel des nachgebauten Katalogs passt allein zu diesem Teil",
            gefunden=", ".join(andere) or "kein anderes Muster",
            erwartet=f"ein Titel, den nur {muster} findet",
            tun=f"zugang.{angabe} in der Deklaration enger fassen oder _TITEL in quellen/portal/titel.py ergänzen",
            quelle=posten.quelle.id,
            teil=posten.teil_id,
        )
    )


def _aus_muster(muster: str, beliebig: str) -> str:
    """A plain text from a simple pattern: flags dropped, first alternative taken, ``beliebig`` for ``.*``."""
    text = re.sub(r"\(\?[a-zA-Z]+\)", "", muster)
    while re.search(r"\([^()]*\)", text):
        text = re.sub(r"\((?:\?:)?([^()|]*)[^()]*\)", r"\1", text)
    return " ".join(re.sub(r"(?<!\\)\.[*+]\??", beliebig, text).replace("\\", "").split())
