"""A drafted declaration as YAML text with a comment at each guess.

Belongs here: layout. Does not belong here: guesses (``bauen``). Texts of the source reach the YAML through the YAML
library only, and comments as one line without control characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from quellen.entwurf.feld import Feldentwurf


class _Schreiber(yaml.SafeDumper):
    """Never uses anchors: a draft is edited by hand."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401 - any value
        """Write every value out."""
        return True


def fluss(wert: object) -> str:
    """A value in YAML's flow style, on one line."""
    text = yaml.dump(
        [wert], Dumper=_Schreiber, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return text.strip()[1:-1]


def kommentar(text: str, einzug: int) -> Iterator[str]:
    """Comment lines of at most about 110 characters."""
    worte = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]|[\ud800-\udfff]", " ", text).split(" ")
    zeile = ""
    for wort in worte:
        if zeile and len(zeile) + len(wort) > 108 - einzug:
            yield f"{' ' * einzug}# {zeile}"
            zeile = ""
        zeile = f"{zeile} {wort}".strip()
    if zeile:
        yield f"{' ' * einzug}# {zeile}"


def eintraege(angaben: dict[str, Any], einzug: int) -> Iterator[str]:
    """One line per key."""
    for name, wert in angaben.items():
        yield f"{' ' * einzug}{fluss(name)}: {fluss(wert)}"


def felder(entwuerfe: Iterable[Feldentwurf], einzug: int) -> Iterator[str]:
    """The block ``felder`` with comments; long lists of values stand below each other."""
    rand = " " * einzug
    yield f"{rand}felder:"
    for entwurf in entwuerfe:
        for text in entwurf.kommentare:
            yield from kommentar(text, einzug + 2)
        if len(fluss(entwurf.feld)) <= 110:
            yield f"{rand}  {entwurf.name}: {fluss(entwurf.feld)}"
            continue
        yield f"{rand}  {entwurf.name}:"
        for name, wert in entwurf.feld.items():
            if isinstance(wert, dict) and wert:
                yield f"{rand}    {name}:"
                yield from eintraege(wert, einzug + 6)
            elif isinstance(wert, list) and wert and len(fluss(wert)) > 90:
                yield f"{rand}    {name}:"
                yield from (f"{rand}      - {fluss(w)}" for w in wert)
            else:
                yield f"{rand}    {name}: {fluss(wert)}"
