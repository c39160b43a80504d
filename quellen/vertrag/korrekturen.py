"""Corrections of single cells, declared beside the source: applied where the source still holds the known wrong text.

Belongs here: finding the cell, replacing its text, and saying which correction was not applied. Does not belong here:
the checks of the corrected text (they are those of any text) and the declaration (``quellen.modell``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from quellen.fehler import Befund
from quellen.lesen.texttabelle import Stelle, Texttabelle
from quellen.modell import Format, Korrektur, Quelle
from quellen.vertrag.felder import Feldwerte, Texte
from quellen.vertrag.spalten import Plan, Wertort
from quellen.vertrag.umstaende import Umstaende


@dataclass(frozen=True)
class Korrekturergebnis:
    """What became of one correction in one file; ``befund`` is ``None`` if it was applied.

    ``gefunden`` says whether the cell is in the file at all: another page or year may hold it.
    """

    korrektur: Korrektur
    befund: Befund | None = None
    gefunden: bool = True


@dataclass(frozen=True)
class Korrigiert:
    """Figures' texts as they count, with the new text and the reason where one was replaced, else ``None``."""

    texte: Texte
    korrigiert: Texte
    korrektur: Texte
    ergebnisse: tuple[Korrekturergebnis, ...] = ()


def korrekturen(quelle: Quelle, teil: str) -> list[Korrektur]:
    """The corrections of one Teil."""
    return [k for k in quelle.korrekturen if k.teil == teil]


def nicht_angewandt(ergebnisse: Sequence[Korrekturergebnis]) -> list[Befund]:
    """One finding per correction that none of the files took; a file that has the cell knows best why."""
    offen: dict[int, Korrekturergebnis] = {}
    angewandt = {id(e.korrektur) for e in ergebnisse if e.befund is None}
    for ergebnis in ergebnisse:
        nummer = id(ergebnis.korrektur)
        bisher = offen.get(nummer)
        if nummer not in angewandt and (bisher is None or (ergebnis.gefunden and not bisher.gefunden)):
            offen[nummer] = ergebnis
    return [e.befund for e in offen.values() if e.befund is not None]


def korrigiere_figuren(
    texte: Texte,
    felder: Mapping[str, Feldwerte],
    orte: Sequence[Wertort],
    liste: Sequence[Korrektur],
    umstaende: Umstaende,
    stelle: Stelle,
) -> Korrigiert:
    """Correct cells with figures. ``texte`` are row by row, ``len(orte)`` to a row; they stay as they are."""
    ergebnis = Korrigiert(texte.copy(), np.full(len(texte), None, object), np.full(len(texte), None, object))
    ergebnisse = []
    for k in liste:
        suche = _Suche(k, umstaende, stelle)
        spalten = [
            i
            for i, ort in enumerate(orte)
            if ort.heisst(k.spalte)
            and all(felder[f].texte[i] == t for f, t in k.schluessel.items() if f in felder and not felder[f].je_zeile)
        ]
        zeilen = suche.zeilen(felder)
        stellen = [int(z) * len(orte) + s for z in zeilen for s in spalten]
        befund = suche.befund(felder, spalten, stellen, texte)
        if befund is None:
            ergebnis.texte[stellen[0]] = ergebnis.korrigiert[stellen[0]] = k.neu
            ergebnis.korrektur[stellen[0]] = f"{k.grund} (gemeldet von {k.gemeldet_von})"
        ergebnisse.append(Korrekturergebnis(k, befund, bool(stellen)))
    return replace(ergebnis, ergebnisse=tuple(ergebnisse))


def korrigiere_felder(
    felder: Mapping[str, Feldwerte],
    quelle: tuple[Texttabelle, Format, Plan],
    liste: Sequence[Korrektur],
    umstaende: Umstaende,
    stelle: Stelle,
) -> tuple[dict[str, Feldwerte], tuple[Korrekturergebnis, ...]]:
    """Correct fields of a list. Rows are found by the texts of the source, whatever else is corrected."""
    _, format_, plan = quelle
    neu, ergebnisse = dict(felder), []
    for k in liste:
        suche = _Suche(k, umstaende, stelle)
        ziel = [
            f
            for f, ort in format_.orte.items()
            if len(plan.felder.get(f, ())) == 1 and (k.spalte in plan.felder[f] or k.spalte in ort.spalten)
        ]
        stellen = [int(z) for z in suche.zeilen(felder)] if ziel else []
        befund = suche.befund(felder, ziel, stellen, felder[ziel[0]].texte if ziel else np.array([], object))
        if befund is None:
            texte = neu[ziel[0]].texte.copy()
            texte[stellen[0]] = k.neu
            neu[ziel[0]] = replace(neu[ziel[0]], texte=texte)
        ergebnisse.append(Korrekturergebnis(k, befund, bool(stellen)))
    return neu, tuple(ergebnisse)


@dataclass(frozen=True)
class _Suche:
    """Looking for the cell of one correction."""

    korrektur: Korrektur
    umstaende: Umstaende
    stelle: Stelle

    def zeilen(self, felder: Mapping[str, Feldwerte]) -> npt.NDArray[np.int64]:
        """Indices of the records whose fields have the given texts."""
        je_zeile = [f for f in felder.values() if f.je_zeile]
        gilt = np.ones(len(je_zeile[0].texte) if je_zeile else 1, dtype=bool)
        for name, text in self.korrektur.schluessel.items():
            if name in felder and felder[name].je_zeile:
                gilt &= felder[name].texte == text
        return np.flatnonzero(gilt)

    def befund(
        self, felder: Mapping[str, Feldwerte], spalten: Sequence[object], stellen: list[int], texte: Texte
    ) -> Befund | None:
        """Why the correction cannot be applied; ``None`` if it can."""
        k = self.korrektur
        fremd = sorted(set(k.schluessel) - set(felder))
        zeile = ", ".join(f"{f} »{t}«" for f, t in k.schluessel.items())
        if fremd:
            gefunden = f"schluessel nennt Felder, die es nicht gibt: {', '.join(fremd)}"
        elif self.umstaende.abgelaufen(k.bis):
            gefunden = f"die Korrektur galt bis {k.bis:%d.%m.%Y}, der Abruf ist jünger"
        elif not spalten:
            gefunden = f"keine Spalte »{k.spalte}« mit Werten dieses Teils"
        elif not stellen:
            gefunden = f"keine Zeile mit {zeile}"
        elif len(stellen) > 1:
            gefunden = f"{len(stellen)} Zellen mit {zeile} in Spalte »{k.spalte}«"
        elif texte[stellen[0]] != k.alt:
            schon = "; das ist schon der berichtigte Wert" if texte[stellen[0]] == k.neu else ""
            gefunden = f"»{texte[stellen[0]]}«{schon}"
        else:
            return None
        return self.stelle.befund(
            "Eine Korrektur wurde nicht angewandt",
            gefunden,
            f"»{k.alt}« in Spalte »{k.spalte}« bei {zeile}, zu ersetzen durch »{k.neu}«",
            f"nachsehen, ob der Herausgeber berichtigt hat ({k.grund}, gemeldet von {k.gemeldet_von}): dann den "
            "Eintrag löschen, sonst ihn berichtigen oder bis verlängern in "
            f"quellen/katalog/{self.stelle.quelle}.korrekturen.yaml",
        )
