"""Which district and which indicator a person means.

Belongs here: keys, numbers, names and suggestions. Does not belong here: figures.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import duckdb

from pipelines.herkunft.modell import HerkunftFehler

_UMLAUTE = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def _vergleichbar(text: str) -> str:
    return "".join(z for z in text.casefold().translate(_UMLAUTE) if z.isalnum())


def _liste(zeilen: Iterable[tuple[Any, ...]]) -> str:
    return "; ".join(f"{gebiet} {name} ({ebene})" for gebiet, _, name, ebene in zeilen)


def finde_gebiet(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """Key of the district that is meant: full key, AGS, ARS, Kreis key, three-digit number or unambiguous name.

    Case, ``ß``/``ss`` and ``ü``/``ue`` make no difference. Raises ``HerkunftFehler`` with the candidates.
    """
    alle = con.execute("select distinct g.gebiet, g.kurz, g.name, g.ebene from gebiete as g order by all").fetchall()
    gesucht = text.strip()
    treffer = [z for z in alle if z[0] == gesucht]
    treffer = treffer or [z for z in alle if gesucht.isdigit() and len(gesucht) == 12 and z[0] == gesucht[:8]]
    treffer = treffer or [z for z in alle if z[1] == gesucht]
    treffer = treffer or [z for z in alle if _vergleichbar(z[2]) == _vergleichbar(gesucht) != ""]
    schluessel = {z[0] for z in treffer}
    if len(schluessel) == 1:
        return str(treffer[0][0])
    if treffer:
        raise HerkunftFehler(f"»{text}« ist nicht eindeutig. Was tun: einen der Schlüssel nennen: {_liste(treffer)}.")
    norm = _vergleichbar(gesucht)
    nah = [z for z in alle if norm and norm in _vergleichbar(z[2])]
    aehnlich = difflib.get_close_matches(norm, [_vergleichbar(z[2]) for z in alle], 5, 0.6)
    nah = (nah or [z for z in alle if _vergleichbar(z[2]) in aehnlich])[:8]
    rat = (
        f"Ähnlich: {_liste(nah)}" if nah else "Erwartet: ein Schlüssel wie 05112000-202, eine Nummer wie 202, ein Name"
    )
    raise HerkunftFehler(f"Das Gebiet »{text}« gibt es nicht. {rat}.")


def finde_indikator(con: duckdb.DuckDBPyConnection, text: str) -> str:
    """Id of the indicator that is meant, by id or name. Raises ``HerkunftFehler`` with suggestions."""
    alle = con.execute("select k.indikator, k.name from indikator_katalog as k order by all").fetchall()
    norm = _vergleichbar(text)
    for indikator, name in alle:
        if text == indikator or norm in (_vergleichbar(indikator), _vergleichbar(name)):
            return str(indikator)
    ids = {_vergleichbar(form): str(i) for i, name in alle for form in (i, name)}
    nah = [ids[n] for n in difflib.get_close_matches(norm, list(ids), 5, 0.5)]
    nah = list(dict.fromkeys(nah + [i for n, i in ids.items() if norm and norm in n]))[:8]
    rat = f"Ähnlich: {', '.join(nah)}" if nah else f"Es gibt: {', '.join(str(z[0]) for z in alle)}"
    raise HerkunftFehler(f"Den Indikator »{text}« gibt es nicht. {rat}.")
