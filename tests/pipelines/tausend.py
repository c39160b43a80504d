"""Random figures of a release, taken apart and put together again from the archived bytes, in the plainest way.

Belongs here: decoding an archived file with the standard library (and openpyxl), without the project's readers; adding
up what ``herkunft`` names. Does not belong here: the audit. By hand, with any number:
``python -m tests.pipelines.tausend --daten DIR --anzahl 1000``.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import random
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

csv.field_size_limit(1 << 27)


@dataclass
class Befund:
    """How many figures and cells were looked at, by kind, and what was not as it should be."""

    anzahl: Counter[str] = field(default_factory=Counter)
    maengel: list[str] = field(default_factory=list)


def zellen(daten: bytes, name: str) -> Callable[[int, int], str]:
    """Line and column (from 1) → text of an archived file, by its kind."""
    if daten[:2] == b"PK" and name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(daten)) as paket:
            (inhalt,) = [n for n in paket.namelist() if n.endswith(".csv")]
            return zellen(paket.read(inhalt), inhalt)
    if daten[:2] == b"PK":
        blatt = openpyxl.load_workbook(io.BytesIO(daten), data_only=True)
        return lambda zeile, spalte: _arbeitsmappe(blatt, zeile, spalte)
    text = _text(daten)
    if text.lstrip()[:1] in "[{":
        raise ValueError(f"{name}: JSON hat keine Zeilen und Spalten")
    return _tabelle(text)


def _text(daten: bytes) -> str:
    for kodierung in ("utf-8-sig", "cp1252"):
        try:
            return daten.decode(kodierung)
        except UnicodeDecodeError:
            continue
    return daten.decode("latin-1")


def _arbeitsmappe(mappe: Any, zeile: int, spalte: int) -> str:
    """The cell of the one sheet, or of every sheet that has it."""
    werte = {_zahltext(b.cell(zeile, spalte).value) for b in mappe.worksheets}
    return "|".join(sorted(werte))


def _zahltext(wert: object) -> str:
    if isinstance(wert, float) and wert == int(wert):
        return str(int(wert))
    return "" if wert is None else str(wert)


def _tabelle(text: str) -> Callable[[int, int], str]:
    """Records by the line they begin in; the separator is the sign that stands in most of the lines most often."""
    trenner = max(";,\t|", key=lambda t: sum(z.count(t) for z in text.splitlines()[:200]))
    leser, saetze, beginn = csv.reader(io.StringIO(text, newline=""), delimiter=trenner), {}, 1
    for satz in leser:
        saetze[beginn] = satz
        beginn = leser.line_num + 1
    return lambda zeile, spalte: saetze[zeile][spalte - 1].strip()


def deutungen(text: str) -> set[float | None]:
    """Every number that a text can be in one notation or another; ``None`` and 0 for a sign."""
    glatt = re.sub(r"[\s\u00a0()]", "", text)
    gefunden: set[float | None] = set()
    for tausender, dezimal in ((".", ","), (",", "."), ("", "."), ("", ",")):
        versuch = glatt.replace(tausender, "") if tausender else glatt
        if re.fullmatch(r"[+-]?\d+(\.\d+)?", versuch.replace(dezimal, ".")):
            gefunden.add(float(versuch.replace(dezimal, ".")))
    return gefunden or {None, 0.0}


class Pruefer:
    """A release and its archive."""

    def __init__(self, datei: Path, archiv: Path):
        self.con = duckdb.connect(str(datei), read_only=True)
        self.archiv = archiv
        self.befund = Befund()
        self.datei = cache(self._datei)

    def _datei(self, abruf: str, name: str) -> Callable[[int, int], str] | None:
        try:
            return zellen((self.archiv / "objekte" / abruf[:2] / abruf).read_bytes(), name)
        except ValueError as fehler:
            self.befund.anzahl[f"nicht gelesen: {fehler}"] += 1
            return None

    def kennzahlen(self, anzahl: int, saat: int) -> list[dict[str, Any]]:
        """Seeded random figures with what the catalogue says about them."""
        alle = self._zeilen(
            "select i.*, k.form, k.faktor, k.ziel, k.nenner as nennertext from indikatoren as i "
            "inner join indikator_katalog as k on k.indikator = i.indikator "
            "order by i.indikator, i.gebiet, i.stichtag, i.basis"
        )
        return random.Random(saat).sample(alle, min(anzahl, len(alle)))

    def _zeilen(self, sql: str, *werte: object) -> list[dict[str, Any]]:
        ergebnis = self.con.execute(sql, list(werte))
        namen = [s[0] for s in ergebnis.description or []]
        return [dict(zip(namen, z, strict=True)) for z in ergebnis.fetchall()]

    def pruefe(self, k: dict[str, Any]) -> None:
        """One figure: its cells in the bytes, their numbers, their sums, the value."""
        name = f"{k['indikator']} {k['gebiet']} {k['stichtag']} {k['basis']}"
        herkunft = self._zeilen("from herkunft(?, ?, ?)", k["indikator"], k["gebiet"], k["stichtag"])
        herkunft = [z for z in herkunft if z["basis"] in (k["basis"], "") or not k["basis"]]
        self.befund.anzahl["Kennzahlen"] += 1
        for z in herkunft:
            if z["spalte"] is not None:
                self._pruefe_zelle(name, z)
        if k["wert"] is None:
            self.befund.anzahl["ohne Wert"] += 1
            if k["zuverlaessigkeit"] == "D" and {z["rolle"] for z in herkunft} != {"regel"}:
                self.befund.maengel.append(f"{name}: nicht gezeigt, und herkunft nennt anderes als die Regel")
            return
        self._pruefe_wert(name, k, herkunft)

    def _pruefe_zelle(self, name: str, z: dict[str, Any]) -> None:
        ort = f"{name}: {z['datei']}, Zeile {z['zeile']}, Spalte {z['spalte']}"
        lies = self.datei(z["abruf"], z["datei"])
        if lies is None:
            self.befund.anzahl["Zellen ohne Zeile und Spalte"] += 1
            return
        self.befund.anzahl["Zellen"] += 1
        dort = lies(z["zeile"], z["spalte"])
        if z["originaltext"] not in dort.split("|"):
            self.befund.maengel.append(f"{ort}: dort steht »{dort}«, herkunft nennt »{z['originaltext']}«")
        if z["wert"] not in deutungen(z["korrigiert"] or z["originaltext"]) and z["merkmal"] != "schulen":
            self.befund.maengel.append(f"{ort}: »{z['originaltext']}« gilt als {z['wert']}")

    def _pruefe_wert(self, name: str, k: dict[str, Any], herkunft: list[dict[str, Any]]) -> None:
        summe = {
            rolle: math.fsum(z["gewicht"] * (z["wert"] or 0) for z in herkunft if z["rolle"] == rolle)
            for rolle in ("zaehler", "nenner")
        }
        if k["form"] == "kleinere_seite":
            seiten = [[z for z in herkunft if (z["rolle"], z["term"]) == ("zaehler", term)] for term in (1, 2)]
            summe["zaehler"] = min(math.fsum(z["gewicht"] * (z["wert"] or 0) for z in zellen) for zellen in seiten)
        if k["form"] == "abgeleitet" and not any(z["rolle"] == "zaehler" for z in herkunft):
            self.befund.anzahl[f"aus anderem gemacht: {k['indikator']}"] += 1
            return
        for rolle in ("zaehler", "nenner") if k["nennertext"] else ("zaehler",):
            if k[rolle] is not None and not math.isclose(summe[rolle], k[rolle], rel_tol=1e-9, abs_tol=1e-6):
                self.befund.maengel.append(f"{name}: {rolle} {k[rolle]}, die Zellen ergeben {summe[rolle]}")
        if k["form"] == "luecke":
            wert = math.ceil(round(k["ziel"] * summe["nenner"], 9)) - summe["zaehler"]
        elif k["form"] in ("quotient", "abgeleitet", "kleinere_seite"):
            wert = k["faktor"] * summe["zaehler"] / (summe["nenner"] if k["nennertext"] else 1)
        else:
            self.befund.anzahl[f"Zähler und Nenner, Wert nicht aus zwei Summen: {k['form']}"] += 1
            return
        self.befund.anzahl["Werte"] += 1
        if not math.isclose(wert, k["wert"], rel_tol=1e-9, abs_tol=1e-6):
            self.befund.maengel.append(f"{name}: Wert {k['wert']}, die Zellen ergeben {wert}")


def main() -> int:
    """Print what was looked at and every fault; 1 if there is one."""
    wahl = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wahl.add_argument("--daten", type=Path, required=True)
    wahl.add_argument("--anzahl", type=int, default=1000)
    wahl.add_argument("--saat", type=int, default=20261124)
    w = wahl.parse_args()
    pruefer = Pruefer(w.daten / "freigaben" / "aktuell" / "sozialraum.duckdb", w.daten / "archiv")
    for k in pruefer.kennzahlen(w.anzahl, w.saat):
        pruefer.pruefe(k)
    for was, anzahl in sorted(pruefer.befund.anzahl.items()):
        print(f"{anzahl:8d} {was}")
    print("\n".join(pruefer.befund.maengel[:50]))
    print(f"{len(pruefer.befund.maengel)} Mängel")
    return int(bool(pruefer.befund.maengel))


if __name__ == "__main__":
    sys.exit(main())
