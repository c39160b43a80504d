"""Rules over several rows or columns: uniqueness, completeness, subsets, sums, totals that were not delivered.

Belongs here: these rules, computed on whole columns. Does not belong here: rules about a single cell
(``felder``, ``zahlen``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from quellen.lesen.texttabelle import HOECHSTENS
from quellen.modell import Teil, Vollstaendig
from quellen.vertrag.befunde import Sammler
from quellen.vertrag.felder import INSGESAMT, Feldwerte, Texte
from quellen.vertrag.spalten import Wertort
from quellen.vertrag.zahlen import Figuren

Nummern = npt.NDArray[np.int64]
Maske = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Raster:
    """The records of a file and their figures, row by row: figure ``i`` stands in record ``i // breite``.

    ``codes`` holds our codes of each field, per record or per column of figures (``felder[name].je_zeile``). For
    the form ``liste`` there are no columns of figures and ``breite`` is 1.
    """

    teil: Teil
    zeilen: Nummern
    werte: tuple[Wertort, ...]
    felder: dict[str, Feldwerte]
    codes: dict[str, Texte]

    @property
    def breite(self) -> int:
        """Figures per record."""
        return len(self.werte) if self.teil.form == "werte" else 1

    def zeile(self, i: int) -> int:
        """Source line of a figure."""
        return int(self.zeilen[i // self.breite])

    def spalte(self, i: int) -> int | None:
        """Source column of a figure; ``None`` for the form ``liste``."""
        return self.werte[i % self.breite].nummer if self.werte else None

    def lang(self, werte: npt.NDArray[np.generic], je_zeile: bool) -> npt.NDArray[np.generic]:
        """Stretch values per record or per column to one per figure."""
        return np.repeat(werte, self.breite) if je_zeile else np.tile(werte, len(self.zeilen))

    def gruppen(self, felder: Iterable[str]) -> Nummern:
        """A number per figure: equal where all these fields and the Merkmal are equal."""
        merkmale = np.array([ort.wertspalte.merkmal for ort in self.werte] or [""], dtype=object)
        teile = [(merkmale, False), *((self.codes[f], self.felder[f].je_zeile) for f in felder)]
        nummern = np.zeros(len(self.zeilen) * self.breite, dtype=np.int64)
        for codes, je_zeile in teile:
            stufen, verschiedene = pd.factorize(codes)
            nummern = nummern * max(len(verschiedene), 1) + self.lang(stufen.astype(np.int64), je_zeile).astype(
                np.int64
            )
            nummern = pd.factorize(nummern)[0].astype(np.int64)
        return nummern

    def schluessel(self) -> tuple[str, ...]:
        """Fields that together identify one figure: those of a row and those in the names of the columns."""
        aus_spalten = tuple(f for f, w in self.felder.items() if not w.je_zeile)
        summe = self.teil.summe.felder if self.teil.summe else ()
        return tuple(dict.fromkeys((*(self.teil.eindeutig or self.teil.feldnamen()), *aus_spalten, *summe)))

    def ist_insgesamt(self, feld: str) -> Maske:
        """Per figure, whether this field says that it is a total."""
        return self.lang(self.codes[feld] == INSGESAMT, self.felder[feld].je_zeile).astype(bool)

    def beschreibe(self, i: int, felder: Iterable[str]) -> str:
        """A figure's fields in the words of the source, e.g. ``region »05112«, alter »Total«``."""
        stellen = ((f, i // self.breite if self.felder[f].je_zeile else i % self.breite) for f in felder)
        return ", ".join(f"{f} »{self.felder[f].texte[j]}«" for f, j in stellen)


def pruefe_eindeutig(raster: Raster, sammler: Sammler) -> bool:
    """No two figures (form ``liste``: records) with the same key; names both lines. True if so."""
    if not raster.teil.eindeutig or not len(raster.zeilen):
        return True
    felder = raster.schluessel() if raster.teil.form == "werte" else raster.teil.eindeutig
    nummern = raster.gruppen(felder)
    erste = np.unique(nummern, return_index=True)[1][nummern]
    doppelt = np.flatnonzero(erste != np.arange(len(nummern)))
    paare = {(raster.zeile(int(erste[i])), raster.zeile(int(i))): int(i) for i in doppelt[::-1]}
    for (vorher, zeile), i in sorted(paare.items()):
        ort = f"Zeile {vorher} und Zeile {zeile}" if vorher != zeile else f"zweimal in Zeile {zeile}"
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


def pruefe_vollstaendig(regel: Vollstaendig, verzeichnis: frozenset[str], raster: Raster, sammler: Sammler) -> None:
    """Every key of the directory exactly once per combination of ``je``. An empty directory is not checked."""
    if not verzeichnis or not len(raster.zeilen):
        return
    je = [f for f in regel.je if raster.felder[f].je_zeile or not raster.felder[regel.feld].je_zeile]
    codes = {f: raster.codes[f] for f in (regel.feld, *je)}
    if not raster.felder[regel.feld].je_zeile:
        codes = {f: raster.lang(c, raster.felder[f].je_zeile).astype(object) for f, c in codes.items()}
    tabelle = pd.DataFrame(codes, dtype=object)
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


def fehlende_summen(raster: Raster, figuren: Figuren) -> Maske:
    """Per figure: is the grand total of its key a sign that means zero? Then nothing was delivered for that key.

    Some tables put ``-`` into every cell of a region, totals included, when its figures are not there yet.
    """
    summe = raster.teil.summe
    if summe is None:
        return np.zeros(len(figuren.wert), dtype=bool)
    ganz = figuren.nichts.copy()
    for feld in summe.felder:
        ganz &= raster.ist_insgesamt(feld)
    nummern = raster.gruppen(f for f in raster.schluessel() if f not in summe.felder)
    return np.isin(nummern, nummern[ganz])


def pruefe_summen(raster: Raster, figuren: Figuren, sammler: Sammler) -> None:
    """Where all parts and the total are numbers, the parts add up to the total, for each field of ``summe``."""
    summe = raster.teil.summe
    if summe is None or not summe.additiv or not len(figuren.wert):
        return
    for feld in summe.felder:
        nummern = raster.gruppen(f for f in raster.schluessel() if f != feld)
        ganz = raster.ist_insgesamt(feld)
        anzahl = int(nummern.max()) + 1
        teile, werte = nummern[~ganz], figuren.wert[~ganz]
        zusammen = np.bincount(teile, np.nan_to_num(werte), anzahl)
        bekannt = (np.bincount(teile, minlength=anzahl) > 0) & (np.bincount(teile, np.isnan(werte), anzahl) == 0)
        stellen = np.flatnonzero(ganz)
        total = figuren.wert[stellen]
        soll = zusammen[nummern[stellen]]
        falsch = bekannt[nummern[stellen]] & (np.abs(soll - total) > 1e-6 * np.maximum(1, np.abs(soll)))
        for nummer, i in enumerate(stellen[falsch]):
            if nummer >= HOECHSTENS:
                sammler.anzahl += int(falsch.sum()) - nummer
                break
            sammler.melde(
                f"Die Teile ergeben nicht die Summe ({feld})",
                f"insgesamt {figuren.wert[i]:.15g}, Summe der Teile {zusammen[nummern[i]]:.15g} bei "
                f"{raster.beschreibe(int(i), raster.schluessel())}",
                "Summe der Teile gleich insgesamt",
                "beim Herausgeber nachfragen; ist die Quelle gerundet, additiv: false in "
                f"{sammler.stelle.deklaration('summe')}",
                raster.zeile(int(i)),
                raster.spalte(int(i)),
            )
