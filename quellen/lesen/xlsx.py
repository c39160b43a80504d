"""Excel workbooks as text tables: notes above and below, headers of several merged rows.

Belongs here: which rows of a sheet are header, data and notes. Does not belong here: opening the file (``mappe``), the
text of a cell (``zellen``) and cleaning names (``kopfnamen``).
"""

from __future__ import annotations

import re

from quellen.lesen.kopfnamen import bereinige, verbinde
from quellen.lesen.kopfsuche import finde_kopf, fuss_fehlt
from quellen.lesen.mappe import HOECHSTZELLEN, Blatt, lies_blatt
from quellen.lesen.texttabelle import Stelle, Texttabelle, baue_tabelle
from quellen.modell import Format


def lies_xlsx(daten: bytes, format_: Format, stelle: Stelle) -> Texttabelle:
    """Read one sheet. ``zeile`` is the sheet's row, a column's number the sheet's column.

    Columns without a name are called by their number. Rows without any text are left out, and so are rows below the
    header into which a merged cell of the header reaches. Raises ``QuellenFehler`` for what is no workbook and if the
    header is not found.
    """
    blatt = lies_blatt(daten, format_.blatt, format_.dezimal, stelle)
    nummern = sorted(blatt.zellen)
    koepfe = ((z, [bereinige(t) for t in _stufe(blatt, z, _breite(blatt, z))[0]]) for z in nummern)
    kopf, abweichungen = finde_kopf(koepfe, format_, stelle)
    letzte = kopf + format_.kopfzeilen - 1
    beginn = 1 + max([letzte, *(u for o, _, u, _ in blatt.verbunden if kopf <= o <= letzte)])
    zeilen, am_fuss = _bis_fuss(blatt, [z for z in nummern if z >= beginn], format_.fuss)
    breite = max(_breite(blatt, z) for z in [*range(kopf, letzte + 1), *zeilen])
    if breite * (len(zeilen) + format_.kopfzeilen) > 4 * HOECHSTZELLEN:
        raise stelle.fehler(
            "Das Blatt ist zu groß",
            f"{len(zeilen)} Zeilen × {breite} Spalten",
            f"höchstens {4 * HOECHSTZELLEN} Zellen",
            "die Mappe in Excel ansehen (verirrte Zellen weit rechts?) und bereinigt ablegen",
        )
    spalten = _namen(blatt, range(kopf, letzte + 1), breite)
    saetze = [[blatt.zellen[z].get(s, "") for s in range(1, breite + 1)] for z in zeilen]
    if format_.fuss and not am_fuss:
        abweichungen += (fuss_fehlt(format_.fuss, stelle),)
    return baue_tabelle(stelle, spalten, zeilen, saetze, "utf-8", letzte, abweichungen)


def _breite(blatt: Blatt, zeile: int) -> int:
    return max(blatt.zellen.get(zeile, {0: ""}))


def _bis_fuss(blatt: Blatt, nummern: list[int], muster: str | None) -> tuple[list[int], bool]:
    """Rows with text before the first whose first filled cell ``muster`` matches, and whether there was one."""
    zeilen: list[int] = []
    for nummer in nummern:
        gefuellt = [t for _, t in sorted(blatt.zellen[nummer].items()) if t.strip()]
        if gefuellt and muster and re.match(muster, gefuellt[0].strip()):
            return zeilen, True
        if gefuellt:
            zeilen.append(nummer)
    return zeilen, False


def _stufe(blatt: Blatt, zeile: int, breite: int) -> tuple[list[str], list[int]]:
    """One header row with merged cells spread over all their columns and rows, and the row each text comes from."""
    texte = [blatt.zellen.get(zeile, {}).get(s, "") for s in range(1, breite + 1)]
    herkunft = [zeile] * breite
    for oben, links, unten, rechts in blatt.verbunden:
        if oben <= zeile <= unten:
            text = blatt.zellen.get(oben, {}).get(links, "")
            for spalte in range(links, min(rechts, breite) + 1):
                texte[spalte - 1], herkunft[spalte - 1] = text, oben
    return texte, herkunft


def _namen(blatt: Blatt, kopfzeilen: range, breite: int) -> list[str]:
    """Names of all columns; a cell that spans several header rows counts once."""
    stufen = []
    for zeile in kopfzeilen:
        texte, herkunft = _stufe(blatt, zeile, breite)
        stufen.append(
            [
                bereinige(text) if zeile in (oben, kopfzeilen.start) else ""
                for text, oben in zip(texte, herkunft, strict=True)
            ]
        )
    return [name or str(nummer) for nummer, name in enumerate(verbinde(stufen), 1)]
