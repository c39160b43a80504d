"""The outer form of unwrapped bytes, guessed: format, encoding, separator, where the header is and where the data end.

Belongs here: everything that must be known before a text table can be read. Does not belong here: reading (``lesen``)
and what the columns mean (``spalten``).
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from quellen.entwurf.blatt import arbeitsblatt, groesstes_blatt
from quellen.entwurf.elemente import haeufigstes_element
from quellen.entwurf.spalten import woertlich
from quellen.fehler import QuellenFehler
from quellen.lesen import Texttabelle, erkenne_art, lesen
from quellen.lesen.dekodieren import _wahrscheinlich
from quellen.modell import Format

TRENNER = (";", ",", "\t", "|")
PROBE_BYTES = 2_000_000
"""Guesses about separators look at so many bytes from the beginning."""
_ZAHL = re.compile(r"[-+]?[0-9][0-9.,\s]*")
_GENESIS = ("datencsv", "genesis-csv")


def rate_kodierung(daten: bytes) -> str:
    """The encoding of text: UTF-8 (with or without mark) if it is valid, else the one whose umlauts occur."""
    if daten[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(daten)
    except UnicodeDecodeError:
        gefunden = _wahrscheinlich(daten)
        if gefunden == "cp850":
            return gefunden
        return "cp1252" if re.search(rb"[\x80-\x9f]", daten) else "iso-8859-1"
    return "utf-8-sig"


def rate_trenner(text: str) -> str:
    """The separator that cuts most of the first lines into equally many cells; ``;`` if none does."""
    zeilen = text[:PROBE_BYTES].splitlines()[:300]
    if zeilen and (treffer := re.fullmatch(r'"?sep=(.)"?', zeilen[0], re.IGNORECASE)):
        return treffer.group(1)
    bewertet = []
    for platz, trenner in enumerate(TRENNER):
        breiten = Counter(len(satz) for satz in csv.reader(zeilen, delimiter=trenner) if len(satz) > 1)
        breite, anzahl = max(breiten.items(), key=lambda b: (b[1], b[0]), default=(0, 0))
        bewertet.append((anzahl, breite, -platz, trenner))
    anzahl, _, _, trenner = max(bewertet)
    return trenner if anzahl else ";"


def lies_erkannt(daten: bytes, datei: str, vorgabe: Mapping[str, Any]) -> tuple[Texttabelle, Format]:
    """Read bytes in the form that they seem to have; ``vorgabe`` (keys of ``Format``) wins over every guess.

    If the first line is no header, the table is looked for further down. Raises ``QuellenFehler`` of the plain reading
    if nothing can be read either way.
    """
    format_ = rate_format(daten, vorgabe)
    fest = bool({"kopf_mit", "kopfzeilen", "fuss"} & set(vorgabe)) or format_.art not in ("csv", "xlsx")
    try:
        schlicht = lesen(daten, format_, datei=datei)
        if fest or not _ohne_namen(schlicht):
            return schlicht, format_
    except QuellenFehler as fehler:
        gefunden = None if fest else _unter_notizen(daten, format_, datei)
        if gefunden is None:
            raise fehler from None
        return gefunden
    return _unter_notizen(daten, format_, datei) or (schlicht, format_)


def _ohne_namen(tabelle: Texttabelle) -> bool:
    """Whether so many columns only have a number for a name that the header must be elsewhere."""
    return 3 * sum(name.isdecimal() for name in tabelle.spalten) >= len(tabelle.spalten)


def _unter_notizen(daten: bytes, format_: Format, datei: str) -> tuple[Texttabelle, Format] | None:
    """The table further down in the file, if one is found and can be read."""
    for kopf in finde_kopf(_saetze(daten, format_)):
        zweites = Format.model_validate(format_.model_dump(exclude_defaults=True) | kopf)
        try:
            return lesen(daten, zweites, datei=datei), zweites
        except QuellenFehler:
            continue
    return None


def rate_format(daten: bytes, vorgabe: Mapping[str, Any]) -> Format:
    """A ``Format`` without places: form, encoding, separator, path of the records, sheet."""
    art = vorgabe.get("art") or _art(daten)
    angaben: dict[str, Any] = {"art": art, "orte": {}}
    if art == "xlsx":
        if "blatt" not in vorgabe and (blatt := groesstes_blatt(daten)):
            angaben["blatt"] = woertlich(blatt)
        return Format.model_validate(angaben | dict(vorgabe))
    angaben["kodierung"] = vorgabe.get("kodierung") or rate_kodierung(daten)
    try:
        text = daten.decode(angaben["kodierung"], "replace")
    except LookupError:
        text = ""  # the reader says that there is no such encoding
    if art == "csv" and "trenner" not in vorgabe:
        angaben["trenner"] = rate_trenner(text)
    if art == "json" and "pfad" not in vorgabe:
        angaben["pfad"] = _laengste_liste(text)
    if art == "xml" and "element" not in vorgabe:
        angaben["element"] = haeufigstes_element(text)
    return Format.model_validate(angaben | dict(vorgabe))


def _art(daten: bytes) -> str:
    art = erkenne_art(daten)
    if art == "geojson" and b'"FeatureCollection"' not in daten:
        return "json"
    return art


def finde_kopf(saetze: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Where header and end of a table with notes around it may be (keys of ``Format``), the likeliest first.

    Data begin with the first record with a number after which most have one; its header are the records of several
    filled cells right above it. Empty if there is no such table.
    """
    gefuellt = [sum(bool(z.strip()) for z in s) for s in saetze]
    zahlen = [g > 1 and any(_ZAHL.fullmatch(z.strip()) for z in s) for s, g in zip(saetze, gefuellt, strict=True)]
    folgen = (i for i, z in enumerate(zahlen) if z and 2 * sum(zahlen[i : i + 10]) >= len(zahlen[i : i + 10]))
    anfang = next(folgen, 0)
    kopf = anfang
    for i in range(anfang - 1, -1, -1):
        if gefuellt[i] == 1 or zahlen[i]:
            break
        kopf = i if gefuellt[i] else kopf
    if kopf == anfang:
        return []
    namen = list(dict.fromkeys(z for z in saetze[kopf] if z.strip()))
    schlicht = [n for n in namen if re.fullmatch(r"[^\W\d]+(?: [^\W\d]+)*", n)]
    gefunden: dict[str, Any] = {"kopf_mit": tuple((schlicht or namen)[:3])}
    ende = len(zahlen) - 1 - zahlen[::-1].index(True)
    rest = [z.strip() for s in saetze[ende + 1 :] for z in s if z.strip()]
    if rest:
        gefunden["fuss"] = woertlich(rest[0][:20])
    hoehen = dict.fromkeys((anfang - kopf, sum(g > 0 for g in gefuellt[kopf:anfang]), 1))
    return [gefunden | ({"kopfzeilen": h} if h > 1 else {}) for h in hoehen if h <= 10]


def _saetze(daten: bytes, format_: Format) -> list[list[str]]:
    """Records without regard to their form; csv's own leniency is wanted here."""
    if format_.art == "xlsx":
        return arbeitsblatt(daten, format_.blatt)
    try:
        text = daten.decode(format_.kodierung, "replace")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=format_.trenner))
    except (csv.Error, TypeError, LookupError):
        return []


def _laengste_liste(text: str) -> str:
    """Path to the longest list of objects in a JSON answer, e.g. ``result.records``; empty for the top."""
    try:
        offen: list[tuple[str, Any]] = [("", json.loads(text))]
    except (ValueError, RecursionError):
        return ""
    beste, laenge = "", 0
    while offen:
        pfad, wert = offen.pop()
        if isinstance(wert, list) and len(wert) > laenge and all(isinstance(w, dict) for w in wert):
            beste, laenge = pfad, len(wert)
        if isinstance(wert, dict):
            offen += [(f"{pfad}.{k}" if pfad else str(k), w) for k, w in wert.items() if "." not in str(k)]
    return beste
