"""GENESIS table CSV, the table as it looks on screen: ``datencsv`` and its older sibling ``genesis-csv``.

Belongs here: finding title, header, data and footer. Does not belong here: the meaning of the columns.

Form, in every language: title lines (only the first cell filled), one or more header lines (first cell
empty), data until a line of underscores, then notes, copyright and ``created:`` or ``Stand:``. Both names are read
alike; ``datencsv`` begins with ``Tabelle:`` and is UTF-8, ``genesis-csv`` (classic download, Landesdatenbank NRW's
downloader) with ``GENESIS-Tabelle:`` and is ISO-8859-1, dates written ``31.12.2019``.
"""

from __future__ import annotations

import re

from quellen.lesen.dekodieren import dekodiere
from quellen.lesen.kopfnamen import verbinde
from quellen.lesen.kopfsuche import finde_kopf
from quellen.lesen.stuecke import Zeilenfolge, pruefe_breite, saetze
from quellen.lesen.texttabelle import Stelle, Texttabelle, baue_tabelle
from quellen.modell import Format

FUSS = re.compile(r"^_{6,};*[ \t]*\r?$", re.MULTILINE)


def lies_datencsv(daten: bytes, format_: Format, stelle: Stelle) -> Texttabelle:
    """Read a table CSV. Header levels are joined with ``|``; columns without a name are called by number.

    Raises ``QuellenFehler`` if the footer (file cut off) or the header is missing or a record is misshapen.
    """
    gelesen = dekodiere(daten, format_.kodierung, stelle)
    text = gelesen.text
    fuss = FUSS.search(text)
    if fuss is None:
        raise stelle.fehler(
            "Der Fuß der GENESIS-Tabelle fehlt",
            f"letzte Zeile »{(text.rstrip()[-60:].splitlines() or [''])[-1]}«",
            "nach den Daten eine Zeile __________",
            "die Datei ist vermutlich abgeschnitten: erneut abrufen",
            len(text.rstrip().splitlines()),
        )
    alle = list(saetze(Zeilenfolge(text[: fuss.start()]), format_.trenner, stelle))
    kopf, beginn = _deklariert(alle, format_, stelle) if format_.kopf_mit else _kopf(alle)
    if not kopf:
        raise stelle.fehler(
            "Die Kopfzeilen der GENESIS-Tabelle fehlen",
            f"erste Datenzeile {alle[beginn][0]}" if beginn < len(alle) else "weder Kopf- noch Datenzeilen",
            "nach dem Titel Zeilen, deren erste Zelle leer ist",
            "die Tabelle im Format datencsv erneut abrufen",
            alle[beginn][0] if beginn < len(alle) else 1,
        )
    stufen = [satz for _, satz in kopf]
    pruefe_breite(kopf, len(stufen[-1]), stelle)
    inhalt = alle[beginn:]
    pruefe_breite(inhalt, len(stufen[-1]), stelle)
    spalten = [name or str(nummer) for nummer, name in enumerate(verbinde(stufen), 1)]
    zeilen = [z for z, _ in inhalt]
    saetze_ = [s for _, s in inhalt]
    return baue_tabelle(stelle, spalten, zeilen, saetze_, gelesen.kodierung, kopf[-1][0], gelesen.abweichungen)


def _deklariert(
    alle: list[tuple[int, list[str]]], format_: Format, stelle: Stelle
) -> tuple[list[tuple[int, list[str]]], int]:
    """The same where the declaration names the header, for tables whose header does not begin with an empty cell."""
    zeile, _ = finde_kopf(alle, format_, stelle)
    anfang = next(i for i, (z, _) in enumerate(alle) if z == zeile)
    return alle[anfang : anfang + format_.kopfzeilen], anfang + format_.kopfzeilen


def _kopf(alle: list[tuple[int, list[str]]]) -> tuple[list[tuple[int, list[str]]], int]:
    """The header records and the index of the first data record.

    Data begin where the first and another cell are filled; the header is the unbroken run of records with an
    empty first cell before it (at the end of the file if there are no data).
    """
    gefuellt = [(bool(s[0].strip()), any(c.strip() for c in s[1:])) for _, s in alle]
    beginn = next((i for i, (erste, andere) in enumerate(gefuellt) if erste and andere), len(alle))
    anfang = beginn
    while anfang and gefuellt[anfang - 1] == (False, True):
        anfang -= 1
    return alle[anfang:beginn], beginn
