"""Which of the declared formats a file has.

Belongs here: trying the formats of the recognised form and choosing the one that fits best. Does not belong here:
reading (``lesen``) and matching columns (``spalten``).
"""

from __future__ import annotations

from quellen.fehler import QuellenFehler
from quellen.lesen import VERWANDT, Stelle, Texttabelle, erkenne_art, lesen
from quellen.lesen.dekodieren import pruefe_inhalt
from quellen.modell import Format, Teil
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.spalten import Plan, plane

Wahl = tuple[Texttabelle, Format, Plan, Sammler]
"""The table, its format, where everything stands, and what differs from the declaration but is accepted."""


def waehle_format(inhalt: bytes, teil: Teil, stelle: Stelle) -> Wahl:
    """The declared format of the recognised form whose columns fit; of several the one with the fewest deviations.

    Raises the findings of the format that comes closest if none fits.
    """
    pruefe_inhalt(inhalt, stelle)
    art = erkenne_art(inhalt)
    kandidaten = [f for f in teil.formate if f.art == art or f.art in VERWANDT.get(art, ())]
    if not kandidaten:
        raise stelle.fehler(
            "Die Datei hat kein deklariertes Format",
            f"{art} (beginnt mit »{inhalt[:60].decode('utf-8', 'replace').splitlines()[0]}«)",
            " oder ".join(dict.fromkeys(f.art for f in teil.formate)),
            f"die richtige Datei abrufen oder das Format ergänzen in {stelle.deklaration('formate')}",
        )
    unlesbar: list[QuellenFehler] = []
    unpassend: list[Sammler] = []
    passend: list[Wahl] = []
    for format_ in kandidaten:
        sammler, hinweise = Sammler(stelle), Sammler(stelle)
        try:
            tabelle = lesen(inhalt, format_, datei=stelle.datei, quelle=stelle.quelle, teil=stelle.teil)
        except QuellenFehler as fehler:
            unlesbar.append(fehler)
            continue
        if art == "geojson" and tabelle.daten.empty:
            return tabelle, format_, Plan(), hinweise
        for befund in tabelle.abweichungen:
            hinweise.nimm(befund)
        plan = plane(tabelle, format_, teil.meldet_neue_spalten, sammler, hinweise)
        if sammler.anzahl:
            unpassend.append(sammler)
        else:
            passend.append((tabelle, format_, plan, hinweise))
            if not hinweise.anzahl:
                break
    if passend:
        return min(passend, key=lambda wahl: wahl[3].anzahl)
    if unpassend:
        min(unpassend, key=lambda s: s.anzahl).pruefe()
    raise unlesbar[0]
