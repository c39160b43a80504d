"""A table of any format as a grid that can be edited and written back, everything else staying as it was.

Belongs here: CSV (with quotes and line ends), records in JSON and GeoJSON, worksheets. Does not belong here: what is
changed in a grid (``eingriffe``) and files that are no table.
"""

from __future__ import annotations

import copy
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from quellen.modell import Format, Teil

FEHLT = object()
"""Stands in the cell of a record that does not have that key."""
_VARIABLE = re.compile(r"(\d+)_variable_code")
_GEAENDERT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


@dataclass
class Zeile:
    """One line: its cells as they stand there; ``fest`` ones (blank, notes) are no records and are never touched.

    ``ende``: what ends a line of text; ``satz``: the record of a JSON that the cells belong to.
    """

    zellen: list[Any]
    fest: bool = False
    ende: str = ""
    satz: dict[str, Any] | None = None

    def kopie(self) -> Zeile:
        """The line once more, to be put beside it."""
        return Zeile(list(self.zellen), self.fest, self.ende, copy.deepcopy(self.satz))


@dataclass
class Gitter:
    """Header (cells as they stand there) and lines below it; ``schreibe`` gives the whole file again."""

    kopf: Zeile
    zeilen: list[Zeile]
    format: Format
    teil: Teil
    schreibe: Callable[[Gitter], bytes | str]
    neue_spalte: str = "Bemerkung"

    @property
    def namen(self) -> list[str]:
        """Names of the columns."""
        return [text(zelle) for zelle in self.kopf.zellen]

    def daten(self) -> Iterator[tuple[Zeile, list[str]]]:
        """Each record that the declaration keeps (``nur``) with its values as text."""
        namen = self.namen
        for zeile in self.zeilen:
            werte = [text(zelle) for zelle in zeile.zellen]
            if zeile.fest or len(werte) < len(namen) - 1:
                continue
            satz = dict(zip(namen, werte, strict=False))
            if all(satz.get(spalte) in erlaubt for spalte, erlaubt in self.format.nur.items()):
                yield zeile, werte

    def spalte(self, feld: str, werte: Sequence[str]) -> int | None:
        """Index of the column in which a field of the record ``werte`` stands."""
        ort = self.format.orte.get(feld)
        if ort is None:
            return None
        namen = self.namen
        for name in ort.spalten:
            if name in namen:
                return namen.index(name)
        for stelle, name in enumerate(namen):
            treffer = _VARIABLE.fullmatch(name)
            if treffer and stelle < len(werte) and werte[stelle] in ort.variable:
                ziel = f"{treffer[1]}_variable_attribute_{ort.nimm}"
                return namen.index(ziel) if ziel in namen else None
        return None


def text(zelle: object) -> str:
    """A cell without quotes, mark and line end; numbers as they are written."""
    if zelle is None or zelle is FEHLT:
        return ""
    return zelle.strip("\ufeff\r").strip('"') if isinstance(zelle, str) else str(zelle)


def ersetzt(zelle: object, wert: str) -> object:
    """The cell with another value; quotes, and a number where the value is one, stay."""
    if isinstance(zelle, str):
        return f'"{wert}"' if zelle.startswith('"') else wert
    try:
        return type(zelle)(wert) if isinstance(zelle, int | float) else wert
    except ValueError:
        return wert


def zellen(zeile: str, trenner: str) -> list[str]:
    """Raw cells of a CSV line with their quotes; joining them by ``trenner`` gives the line again."""
    teile, in_anfuehrung, anfang = [], False, 0
    for stelle, zeichen in enumerate(zeile):
        if zeichen == '"':
            in_anfuehrung = not in_anfuehrung
        elif zeichen == trenner and not in_anfuehrung:
            teile.append(zeile[anfang:stelle])
            anfang = stelle + 1
    return [*teile, zeile[anfang:]]


def aus_csv(inhalt: str, teil: Teil) -> Gitter | None:
    """A CSV or ffcsv; ``None`` if the Teil has no such format or the header cannot be found."""
    marke = "\ufeff" if inhalt.startswith("\ufeff") else ""
    zeilen = inhalt.removeprefix("\ufeff").split("\n")
    format_ = _format(zeilen, teil)
    nummer = _kopfzeile(zeilen, format_) if format_ is not None else None
    if format_ is None or nummer is None:
        return None
    kopf = _zeile(zeilen[nummer], format_)
    unten = [_zeile(z, format_) for z in zeilen[nummer + 1 :]]
    im_fuss = False
    for zeile in unten:
        im_fuss = im_fuss or bool(format_.fuss and re.match(format_.fuss, text(zeile.zellen[0])))
        zeile.fest = im_fuss or not any(zeile.zellen) or (len(zeile.zellen) == 1 and len(kopf.zellen) > 1)

    def schreibe(gitter: Gitter) -> str:
        alle = [gitter.kopf, *gitter.zeilen]
        return marke + "\n".join([*zeilen[:nummer], *(format_.trenner.join(z.zellen) + z.ende for z in alle)])

    return Gitter(kopf, unten, format_, teil, schreibe)


def _zeile(roh: str, format_: Format) -> Zeile:
    ende = "\r" if roh.endswith("\r") else ""
    return Zeile(list(zellen(roh.removesuffix("\r"), format_.trenner)), ende=ende)


def _format(zeilen: list[str], teil: Teil) -> Format | None:
    art = "ffcsv" if any("statistics_code" in z for z in zeilen[:3]) else "csv"
    return next((f for f in teil.formate if f.art == art), None)


def _kopfzeile(zeilen: list[str], format_: Format) -> int | None:
    """Number of the header: the first line that holds all of ``kopf_mit``, else the first after ``sep=``."""
    if format_.kopf_mit:
        for nummer, zeile in enumerate(zeilen):
            if set(format_.kopf_mit) <= {text(z) for z in zellen(zeile, format_.trenner)}:
                return nummer
        return None
    nummer = 1 if zeilen[0].lower().startswith("sep=") else 0
    return nummer if len(zeilen) > nummer else None


def aus_json(inhalt: str, teil: Teil) -> Gitter | None:
    """Records of a JSON (at ``pfad``) or the properties of GeoJSON features; ``None`` for anything else."""
    try:
        ganz = json.loads(inhalt)
    except (ValueError, RecursionError):
        return None
    geo = isinstance(ganz, dict) and isinstance(ganz.get("features"), list)
    format_ = next((f for f in teil.formate if f.art == ("geojson" if geo else "json")), None)
    if format_ is None:
        return None
    stelle = ["features"] if geo else [t for t in format_.pfad.split(".") if t]
    huelle: dict[str, Any] = {"": ganz}
    traeger, schluessel = huelle, ""
    for teilname in stelle:
        traeger, schluessel = traeger[schluessel], teilname
        if not isinstance(traeger, dict) or teilname not in traeger:
            return None
    saetze = traeger[schluessel]
    if not isinstance(saetze, list) or not saetze or not all(isinstance(s, dict) for s in saetze):
        return None
    werte = [(s.get("properties") or {}) if geo else s for s in saetze]
    if not all(isinstance(w, dict) for w in werte):
        return None
    namen = list(dict.fromkeys(name for w in werte for name in w))
    zeilen = [Zeile([w.get(n, FEHLT) for n in namen], satz=s) for s, w in zip(saetze, werte, strict=True)]

    def schreibe(gitter: Gitter) -> str:
        neu = []
        for zeile in gitter.zeilen:
            paare = zip(gitter.namen, zeile.zellen, strict=True)
            satz = {name: zelle for name, zelle in paare if zelle is not FEHLT}
            neu.append({**(zeile.satz or {}), "properties": satz} if geo else satz)
        traeger[schluessel] = neu
        return json.dumps(huelle[""], ensure_ascii=False, separators=(",", ":"))

    return Gitter(Zeile(list(namen)), zeilen, format_, teil, schreibe, "BEMERKUNG" if geo else "Bemerkung")


def aus_mappe(daten: bytes, teil: Teil) -> Gitter | None:
    """The declared sheet of a workbook whose header is one row; ``None`` for anything else."""
    format_ = next((f for f in teil.formate if f.art == "xlsx" and f.kopfzeilen == 1), None)
    if format_ is None:
        return None
    try:
        mappe = openpyxl.load_workbook(io.BytesIO(daten))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        return None
    blatt = next((b for b in mappe.worksheets if not format_.blatt or re.search(format_.blatt, b.title)), None)
    if blatt is None:
        return None
    reihen = [list(reihe) for reihe in blatt.iter_rows(values_only=True)]
    gesucht = set(format_.kopf_mit)
    nummer = next((n for n, reihe in enumerate(reihen) if gesucht <= {text(z) for z in reihe} and any(reihe)), None)
    if nummer is None:
        return None
    breite = max((n for n, z in enumerate(reihen[nummer], 1) if z is not None), default=0)
    zeilen = [Zeile(reihe[:breite], fest=sum(z is not None for z in reihe) < 2) for reihe in reihen[nummer + 1 :]]

    def schreibe(gitter: Gitter) -> bytes:
        for bereich in [str(b) for b in blatt.merged_cells.ranges if b.max_row > nummer]:
            blatt.unmerge_cells(bereich)
        blatt.delete_rows(nummer + 1, blatt.max_row)
        for reihe, zeile in enumerate([gitter.kopf, *gitter.zeilen], nummer + 1):
            for spalte, wert in enumerate(zeile.zellen, 1):
                blatt.cell(reihe, spalte, wert)
        puffer = io.BytesIO()
        mappe.save(puffer)
        return _ohne_zeit(puffer.getvalue())

    return Gitter(Zeile(reihen[nummer][:breite]), zeilen, format_, teil, schreibe)


def _ohne_zeit(daten: bytes) -> bytes:
    """The workbook with fixed times, so that equal input gives equal bytes."""
    puffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(daten)) as alt,
        zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as neu,
    ):
        for name in alt.namelist():
            inhalt = _GEAENDERT.sub(rb"\g<1>2024-01-01T00:00:00Z", alt.read(name))
            neu.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), inhalt, zipfile.ZIP_DEFLATED)
    return puffer.getvalue()
