"""A source's bytes against its declaration: accepted as raw rows, or refused with every reason.

Belongs here: the order of the checks and the shape of accepted rows (``Rohsatz``). The checks themselves
are in the modules beside this one. Does not belong here: reading formats (``lesen``) and typed values: figures
stay text until dbt staging.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from quellen.fehler import QuellenFehler
from quellen.lesen import VERWANDT, Stelle, Texttabelle, erkenne_art, lesen
from quellen.lesen.dekodieren import pruefe_inhalt
from quellen.lesen.huelle import entpacken
from quellen.modell import Format, Quelle, Teil
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.felder import Zuordnung, deute_feld, deuter, sammle_felder
from quellen.vertrag.regeln import (
    Raster,
    fehlende_summen,
    pruefe_davon,
    pruefe_eindeutig,
    pruefe_summen,
    pruefe_vollstaendig,
)
from quellen.vertrag.spalten import Plan, plane
from quellen.vertrag.zahlen import Figuren, deute_zahlen

__all__ = ["Rohsatz", "lies_und_pruefe"]


@dataclass(frozen=True)
class Rohsatz:
    """What one file gives the raw table; all cells are text as in the source.

    ``daten``, form ``werte``: one row per figure with ``zeile``, ``spalte``, ``spaltenname``, ``merkmal``, one column
    per field in declared order, ``originaltext``, ``ist_davon`` and, for a Teil with ``summe``, ``total_fehlt`` (the
    grand total of this key is a sign for zero: all its figures are unknown). Form ``liste``: one row per record with
    ``zeile``, ``spalte``, ``spaltenname``, ``originaltext`` (of the identifying field) and the fields.

    ``zuordnungen`` translates texts: ``(field, text, our value)``. An age gives ``<field>_von`` and ``<field>_bis``
    (empty: open), a date or year an ISO date, a total ``insgesamt``, a key that is not carried
    ``nicht_gefuehrt:<reason>``. ``zeilen`` counts the records of the source, ``datei`` is the inner file name.
    """

    daten: pd.DataFrame
    zuordnungen: list[Zuordnung]
    format_art: str
    zeilen: int
    datei: str
    dezimal: str = ","
    tausender: str = ""


def lies_und_pruefe(
    daten: bytes, quelle: Quelle, teil_name: str, datei: str, verzeichnisse: Mapping[str, frozenset[str]]
) -> Rohsatz:
    """Unwrap, read and check one archived file of a Teil.

    ``verzeichnisse`` maps ``ortsteil``, ``stadtbezirk`` and ``kreis`` to the keys that exist, written as in the source;
    a directory that is empty or missing is not checked. Raises ``QuellenFehler`` with all findings (20 are shown).
    """
    teil = quelle.teile[teil_name]
    inhalt, innen = entpacken(daten, datei, quelle.zugang.hoechstbytes, quelle=quelle.id, teil=teil_name)
    stelle = Stelle(quelle.id, teil_name, innen)
    tabelle, format_, plan = _waehle_format(inhalt, teil, stelle)
    sammler = Sammler(stelle)
    if len(tabelle.daten) < teil.mindestzeilen:
        sammler.melde(
            "Die Tabelle hat zu wenige Zeilen",
            f"{len(tabelle.daten)} Datenzeilen",
            f"mindestens {teil.mindestzeilen}",
            "später erneut abrufen; bleibt es so, Filter des Abrufs prüfen oder "
            f"{stelle.deklaration('mindestzeilen')} anpassen",
        )
        if tabelle.daten.empty:
            sammler.pruefe()
    _pruefe_nur(tabelle, format_, sammler)
    felder = sammle_felder(tabelle, format_, plan, teil.feldnamen(), sammler)
    codes, zuordnungen = {}, []
    for name, werte in felder.items():
        deuten = deuter(name, teil.felder[name], format_, verzeichnisse)
        codes[name], neu = deute_feld(name, teil.felder[name], werte, deuten, sammler)
        zuordnungen += neu
    zeilen = tabelle.daten["zeile"].to_numpy(dtype=np.int64)
    werte_orte = tuple(plan.werte) if teil.form == "werte" else ()
    raster = Raster(teil, zeilen, werte_orte, felder, codes)
    gebaut = _werte(tabelle, raster, format_, quelle, sammler) if teil.form == "werte" else _liste(raster, tabelle)
    if teil.form == "liste":
        pruefe_eindeutig(raster, sammler)
    if teil.vollstaendig is not None:
        verzeichnis = teil.felder[teil.vollstaendig.feld].verzeichnis
        keys = verzeichnisse.get(verzeichnis, frozenset()) if verzeichnis else frozenset()
        pruefe_vollstaendig(teil.vollstaendig, keys, raster, sammler)
    sammler.pruefe()
    return Rohsatz(
        gebaut,
        list(dict.fromkeys(zuordnungen)),
        format_.art,
        len(tabelle.daten),
        innen,
        format_.dezimal,
        format_.tausender,
    )


def _waehle_format(inhalt: bytes, teil: Teil, stelle: Stelle) -> tuple[Texttabelle, Format, Plan]:
    """The first declared format of the recognised form whose columns fit.

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
    for format_ in kandidaten:
        sammler = Sammler(stelle)
        try:
            tabelle = lesen(inhalt, format_, datei=stelle.datei, quelle=stelle.quelle, teil=stelle.teil)
        except QuellenFehler as fehler:
            unlesbar.append(fehler)
            continue
        if art == "geojson" and tabelle.daten.empty:
            return tabelle, format_, Plan()
        plan = plane(tabelle, format_, sammler)
        if not sammler.anzahl:
            return tabelle, format_, plan
        unpassend.append(sammler)
    if unpassend:
        min(unpassend, key=lambda s: s.anzahl).pruefe()
    raise unlesbar[0]


def _pruefe_nur(tabelle: Texttabelle, format_: Format, sammler: Sammler) -> None:
    """Columns that may hold only the listed texts, e.g. the unit of the figure."""
    for name, erlaubt in format_.nur.items():
        fremd = tabelle.daten.loc[~tabelle.daten[name].isin(erlaubt)]
        for text, gruppe in fremd.groupby(name, sort=False):
            sammler.melde(
                f"Die Spalte {name} hat einen nicht vorgesehenen Wert",
                f"»{text}« (in {len(gruppe)} Zeilen)",
                f"nur {', '.join(f'»{e}«' for e in erlaubt)}",
                "andere Einheiten und Merkmale gehören nicht in diese Reihe: den Abruf einschränken oder den Wert "
                f"aufnehmen in {sammler.stelle.deklaration(f'formate.nur.{name}')}",
                int(gruppe["zeile"].iloc[0]),
                tabelle.spaltennummer(name),
            )


def _werte(tabelle: Texttabelle, raster: Raster, format_: Format, quelle: Quelle, sammler: Sammler) -> pd.DataFrame:
    """One row per figure; checks the figures on the way. Sums are checked only if all fields were understood."""
    felder_gelten = not sammler.anzahl
    orte = raster.werte
    nummern = np.array([ort.nummer for ort in orte], dtype=np.int64)
    texte = tabelle.daten[[ort.name for ort in orte]].to_numpy(dtype=object).reshape(-1)
    zeile = raster.lang(raster.zeilen, je_zeile=True).astype(np.int64)
    spalte = raster.lang(nummern, je_zeile=False).astype(np.int64)
    figuren: Figuren = deute_zahlen(texte, (zeile, spalte), format_, (quelle, raster.teil), sammler)
    if pruefe_eindeutig(raster, sammler) and felder_gelten:
        pruefe_summen(raster, figuren, sammler)
    pruefe_davon(raster, figuren, sammler)
    spalten = {
        "zeile": zeile,
        "spalte": spalte,
        "spaltenname": raster.lang(np.array([o.name for o in orte], dtype=object), je_zeile=False),
        "merkmal": raster.lang(np.array([o.wertspalte.merkmal for o in orte], dtype=object), je_zeile=False),
        **{name: raster.lang(werte.texte, werte.je_zeile) for name, werte in raster.felder.items()},
        "originaltext": texte,
        "ist_davon": raster.lang(np.array([o.wertspalte.davon is not None for o in orte]), je_zeile=False),
    }
    if raster.teil.summe is not None:
        spalten["total_fehlt"] = fehlende_summen(raster, figuren)
    return _rahmen(spalten)


def _liste(raster: Raster, tabelle: Texttabelle) -> pd.DataFrame:
    """One row per record."""
    kennung = raster.felder[str(raster.teil.kennung)]
    namen = np.array(["", *tabelle.spalten], dtype=object)
    return _rahmen(
        {
            "zeile": raster.zeilen,
            "spalte": kennung.spalten,
            "spaltenname": namen[kennung.spalten],
            "originaltext": kennung.texte,
            **{name: werte.texte for name, werte in raster.felder.items()},
        }
    )


def _rahmen(spalten: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """A table that keeps text as plain ``str`` objects, whatever pandas would infer."""
    return pd.DataFrame({name: pd.Series(werte, dtype=werte.dtype) for name, werte in spalten.items()})
