"""CSV as publishers write it: optional ``sep=;`` line, header, records; quoted or not.

Belongs here: splitting text into records with their line numbers, and files with one header line.
Does not belong here: GENESIS' own table forms (``ffcsv``, ``datencsv``) or the meaning of columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from quellen.fehler import QuellenFehler
from quellen.lesen.dekodieren import dekodiere
from quellen.lesen.texttabelle import HOECHSTENS, Stelle, Texttabelle, baue_tabelle
from quellen.modell import Format

_SEP = re.compile(r'"?sep=(.)"?', re.IGNORECASE)


def saetze(text: str, trenner: str, stelle: Stelle) -> Iterator[tuple[int, list[str]]]:
    """Records of CSV text with the line in which each begins; blank lines are left out.

    Lines end with LF, CRLF or CR, as editors count them. Raises ``QuellenFehler`` for broken quoting.
    """
    zeile = 1
    try:
        leser = csv.reader(io.StringIO(text, newline=""), delimiter=trenner, strict=True)
        for satz in leser:
            if satz:
                yield zeile, satz
            zeile = leser.line_num + 1
    except (csv.Error, TypeError, ValueError) as fehler:
        raise stelle.fehler(
            "Die Zeile ist kein gültiges CSV",
            str(fehler),
            f"Zellen mit »{trenner}« getrennt, Anführungszeichen paarweise",
            "die Zeile im Editor ansehen; eine abgeschnittene Datei erneut abrufen, sonst "
            f"trenner prüfen in {stelle.deklaration('formate')}",
            zeile,
        ) from fehler


def lies_csv(daten: bytes, format_: Format, stelle: Stelle) -> Texttabelle:
    """A CSV file with one header line. Raises ``QuellenFehler`` naming the line of every misshapen record.

    An empty last column that comes from a separator at the end of the header is dropped.
    """
    gelesen = dekodiere(daten, format_.kodierung, stelle)
    alle = saetze(gelesen.text, format_.trenner, stelle)
    kopfzeile, kopf = next(alle, (1, []))
    treffer = _SEP.fullmatch(format_.trenner.join(kopf))
    if treffer and kopfzeile == 1:
        if treffer.group(1) != format_.trenner:
            raise stelle.fehler(
                "Die Datei nennt ein anderes Trennzeichen",
                treffer.group(0),
                f"sep={format_.trenner}",
                f"trenner berichtigen in {stelle.deklaration('formate')}",
                1,
            )
        kopfzeile, kopf = next(alle, (2, []))
    if not kopf:
        raise stelle.fehler("Die Kopfzeile fehlt", "keine Zeile mit Spaltennamen", "Spaltennamen", "erneut abrufen", 1)
    inhalt = list(alle)
    if len(kopf) > 1 and not kopf[-1]:
        kopf = kopf[:-1]
        inhalt = [(z, s[:-1] if len(s) == len(kopf) + 1 and not s[-1] else s) for z, s in inhalt]
    pruefe_breite(inhalt, len(kopf), stelle)
    zeilen = [z for z, _ in inhalt]
    saetze_ = [s for _, s in inhalt]
    return baue_tabelle(stelle, kopf, zeilen, saetze_, gelesen.kodierung, kopfzeile, gelesen.abweichungen)


def pruefe_breite(inhalt: list[tuple[int, list[str]]], breite: int, stelle: Stelle) -> None:
    """Raise ``QuellenFehler`` unless every record has ``breite`` cells."""
    falsch = [(z, s) for z, s in inhalt if len(s) != breite]
    if falsch:
        befunde = [
            stelle.befund(
                f"Die Zeile hat zu {'viele' if len(satz) > breite else 'wenige'} Zellen",
                f"{len(satz)} Zellen",
                f"{breite} Zellen wie die Kopfzeile",
                "die Zeile im Editor ansehen (Trennzeichen im Text? abgeschnitten?) und die Datei erneut abrufen; "
                "bleibt es so, beim Herausgeber nachfragen",
                zeile,
            )
            for zeile, satz in falsch[:HOECHSTENS]
        ]
        raise QuellenFehler(stelle.gekuerzt(befunde, len(falsch)))
