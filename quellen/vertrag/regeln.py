"""Rules over several rows or columns: uniqueness, completeness, subsets.

Belongs here: these rules, computed on whole columns. Does not belong here: rules about a single cell
(``felder``, ``zahlen``) and about totals (``summen``).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from quellen.vertrag.befunde import Sammler
from quellen.vertrag.raster import Raster
from quellen.vertrag.spalten import Wertort
from quellen.vertrag.zahlen import Figuren


def pruefe_eindeutig(raster: Raster, sammler: Sammler) -> bool:
    """No two carried figures (form ``liste``: records) with the same key; names both lines. True if so."""
    if not raster.teil.eindeutig or not len(raster.zeilen):
        return True
    felder = raster.schluessel() if raster.teil.form == "werte" else raster.teil.eindeutig
    gilt = np.flatnonzero(raster.gefuehrt)
    _, erste, nummern = np.unique(raster.gruppen(felder)[gilt], return_index=True, return_inverse=True)
    vorher = gilt[erste[nummern]]
    doppelt = np.flatnonzero(vorher != gilt)
    paare = {(raster.zeile(int(vorher[i])), raster.zeile(int(gilt[i]))): int(gilt[i]) for i in doppelt[::-1]}
    for (erste_zeile, zeile), i in sorted(paare.items()):
        ort = f"Zeile {erste_zeile} und Zeile {zeile}" if erste_zeile != zeile else f"zweimal in Zeile {zeile}"
        sammler.melde(
            "Ein Schlüssel kommt doppelt vor",
            f"{ort}: {raster.beschreibe(i, felder)}",
            f"jede Kombination von {', '.join(raster.teil.eindeutig)} einmal",
            "beim Herausgeber nachfragen, welche Zeile gilt; unterscheidet ein weiteres Feld die Zeilen, es aufnehmen "
            f"in {sammler.stelle.deklaration('eindeutig')}",
            zeile,
            raster.spalte(i),
        )
    return not len(doppelt)


def pruefe_vollstaendig(verzeichnisse: Mapping[str, frozenset[str]], raster: Raster, sammler: Sammler) -> None:
    """Every key of the directory exactly once per combination of ``je``. An empty directory is not checked."""
    regel = raster.teil.vollstaendig
    verzeichnis = verzeichnisse.get(raster.teil.felder[regel.feld].verzeichnis or "", frozenset()) if regel else None
    if regel is None or not verzeichnis or not len(raster.zeilen):
        return
    je = [f for f in regel.je if raster.felder[f].je_zeile or not raster.felder[regel.feld].je_zeile]
    codes, gefuehrt = {f: raster.codes[f] for f in (regel.feld, *je)}, raster.gefuehrt_je(True)
    if not raster.felder[regel.feld].je_zeile:
        codes = {f: raster.lang(c, raster.felder[f].je_zeile).astype(object) for f, c in codes.items()}
        gefuehrt = raster.gefuehrt
    tabelle = pd.DataFrame(codes, dtype=object)[gefuehrt]
    gruppen = tabelle.groupby(je, sort=True)[regel.feld] if je else [((), tabelle[regel.feld])]
    tun = "die Datei erneut abrufen; fehlt es wirklich oder gilt eine neue Gliederung, beim Herausgeber nachfragen und "
    tun += f"das Verzeichnis der Gebiete oder {sammler.stelle.deklaration('vollstaendig')} anpassen"
    for werte, spalte in gruppen:
        wo = ", ".join(f"{f} {w}" for f, w in zip(je, werte, strict=True)) or "die ganze Datei"
        anzahl = spalte[spalte.isin(verzeichnis)].value_counts()
        fehlend = sorted(verzeichnis - set(anzahl.index))
        if fehlend:
            liste = ", ".join(fehlend[:50]) + (f" … und {len(fehlend) - 50} weitere" if len(fehlend) > 50 else "")
            sammler.melde(
                "Die Tabelle ist nicht vollständig",
                f"{wo}: es fehlen {len(fehlend)} von {len(verzeichnis)}: {liste}",
                f"jeder Schlüssel des Verzeichnisses einmal in {regel.feld}",
                tun,
            )
        mehrfach = anzahl[anzahl > 1]
        schon_geprueft = bool(raster.teil.eindeutig) and {*raster.teil.eindeutig} <= {regel.feld, *je}
        if len(mehrfach) and not schon_geprueft:
            sammler.melde(
                "Ein Schlüssel kommt mehrfach vor",
                f"{wo}: {', '.join(f'{k} ({n}-mal)' for k, n in mehrfach.items())}",
                f"jeder Schlüssel des Verzeichnisses einmal in {regel.feld}",
                tun,
            )


def pruefe_davon(raster: Raster, figuren: Figuren, sammler: Sammler) -> None:
    """In every row the columns that are subsets of another may not add up to more than it.

    Subsets of one column count together if they have the same Merkmal (one breakdown).
    """
    wert = figuren.wert.reshape(len(raster.zeilen), raster.breite)
    mengen: dict[tuple[int, str], list[int]] = {}
    for i, ort in enumerate(raster.werte):
        davon = ort.wertspalte.davon
        if davon is None:
            continue
        ganzes = _ganzes(raster.werte, ort, davon)
        if ganzes is None:
            sammler.melde(
                "Die Spalte zu einer davon-Spalte ist nicht eindeutig",
                f"Spalte »{ort.name}« ist Teil von »{davon}«",
                f"genau eine Spalte, die »{davon}« heißt oder dieses Merkmal hat",
                f"davon berichtigen in {sammler.stelle.deklaration('formate.wertspalten')}",
                spalte=ort.nummer,
            )
        else:
            mengen.setdefault((ganzes, ort.wertspalte.merkmal), []).append(i)
    for (ganzes, _), teile in mengen.items():
        summe = np.nansum(wert[:, teile], axis=1)
        name = raster.werte[ganzes].name
        for zeile in np.flatnonzero(summe > wert[:, ganzes] + 1e-6):
            sammler.melde(
                "Die davon-Spalten ergeben mehr als das Ganze",
                f"{', '.join(f'»{raster.werte[t].name}«' for t in teile[:15])} zusammen {summe[zeile]:.15g}, "
                f"»{name}« {wert[zeile, ganzes]:.15g}",
                f"höchstens so viel wie »{name}«",
                "beim Herausgeber nachfragen; sind es keine Teilmengen, davon berichtigen in "
                f"{sammler.stelle.deklaration('formate.wertspalten')}",
                int(raster.zeilen[zeile]),
                raster.werte[ganzes].nummer,
            )


def _ganzes(werte: tuple[Wertort, ...], teil: Wertort, davon: str) -> int | None:
    """Index of the column of which ``teil`` is a subset: by name, else by Merkmal, else also by equal fields."""
    for passt in (
        [i for i, ort in enumerate(werte) if ort.name == davon],
        [i for i, ort in enumerate(werte) if ort.heisst(davon)],
        [i for i, ort in enumerate(werte) if ort.wertspalte.merkmal == davon],
        [
            i
            for i, ort in enumerate(werte)
            if ort.wertspalte.merkmal == davon
            and all(teil.felder.get(f, wert) == wert for f, wert in ort.felder.items())
        ],
    ):
        if len(passt) == 1:
            return passt[0]
    return None
