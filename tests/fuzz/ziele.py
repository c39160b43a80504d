"""What is fuzzed: one function per reader that lets pass only what a reader may do, and seeds for it.

Belongs here: targets and small seeds. Does not belong here: the fuzzer (``__main__``) and real files, which are read
from the folder that ``SOZIALRAUM_ECHTDATEN`` names, if there is one.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl

from quellen.fehler import QuellenFehler
from quellen.lesen import erkenne_art, inhaltshash, lesen, lesen_stueckweise
from quellen.lesen.alter import alter_grenzen
from quellen.lesen.huelle import entpacken
from quellen.modell import Format, Teil

GRENZE = 20_000_000
GROESSTE_SAAT = 64_000
"""Real files are cut to this many bytes; a fuzzer makes nothing of megabytes."""

FORMATE: Mapping[str, tuple[Format, ...]] = {
    "csv": (
        Format(art="csv", kodierung="utf-8-sig", orte={}),
        Format(art="csv", kodierung="cp850", orte={}, fuss="©|Quelle", kopf_mit=("a",)),
        Format(art="csv", orte={"x": {"spalte": ["a", "Nr"]}, "y": {"spalte": "b"}}),
        Format(art="csv", kodierung="utf-16", trenner=",", orte={}, kopfzeilen=2),
    ),
    "ffcsv": (Format(art="ffcsv", kodierung="utf-8-sig", orte={}),),
    "datencsv": (Format(art="datencsv", orte={}),),
    "genesis-csv": (
        Format(art="genesis-csv", kodierung="iso-8859-1", orte={}),
        Format(art="genesis-csv", kodierung="iso-8859-1", orte={}, kopf_mit=("a",), kopfzeilen=2),
    ),
    "xlsx": (
        Format(art="xlsx", orte={}, kopf_mit=("a",), kopfzeilen=2, fuss="Quelle"),
        Format(art="xlsx", orte={}, blatt="(?i)t.*", dezimal="."),
    ),
    "json": (Format(art="json", orte={}), Format(art="json", orte={}, pfad="result.records")),
    "geojson": (Format(art="geojson", orte={}),),
    "xml": (Format(art="xml", orte={}, element="x"),),
}
_BLATT = "xl/worksheets/sheet1.xml"
_TEIL = Teil(
    beschreibung="x", form="liste", kennung="a", dateimuster="x", zugang={}, felder={"a": {"typ": "text"}},
    formate=[{"art": "csv", "orte": {"a": {"spalte": "a"}}}], sortiert_egal=True,
)  # fmt: skip


def pruefe_leser(daten: bytes, formate: tuple[Format, ...]) -> None:
    """A reader gives a whole table or ``QuellenFehler`` with a way out; in pieces it gives the same as at once."""
    for format_ in formate:
        try:
            tabelle = lesen(daten, format_, datei="d")
        except QuellenFehler as fehler:
            assert fehler.befunde[0].tun, fehler
            ganz = None
        else:
            assert list(tabelle.daten.columns) == ["zeile", *tabelle.spalten]
            ganz = tabelle.daten.to_numpy().tolist()
            assert all(isinstance(zelle, str) for satz in ganz for zelle in satz[1:])
            assert all(tabelle.spaltennummer(name) > 0 for name in tabelle.spalten)
        if format_.art in {"csv", "ffcsv"} and not daten.startswith(b"PK"):
            try:
                stuecke = list(lesen_stueckweise(io.BytesIO(daten), format_, datei="d"))
            except QuellenFehler:
                assert ganz is None
            else:
                assert [satz for s in stuecke for satz in s.daten.to_numpy().tolist()] == ganz


def pruefe_mappe(daten: bytes) -> None:
    """Like ``pruefe_leser``; what is no ZIP is taken as the XML of a sheet, which no checksum protects."""
    if daten[:2] != b"PK":
        puffer = io.BytesIO()
        with zipfile.ZipFile(puffer, "w") as ziel:
            for name, inhalt in _teile().items():
                ziel.writestr(name, daten if name == _BLATT else inhalt)
        daten = puffer.getvalue()
    pruefe_leser(daten, FORMATE["xlsx"])


def pruefe_huelle(daten: bytes) -> None:
    """Wrappings come off within the limit; recognising a form and hashing never fail."""
    erkenne_art(daten)
    assert len(inhaltshash([daten], _TEIL)) == 64
    try:
        inhalt, _ = entpacken(daten, "d", GRENZE)
    except QuellenFehler as fehler:
        assert fehler.befunde[0].tun
    else:
        assert len(inhalt) <= max(GRENZE, len(daten))
        erkenne_art(inhalt)


def pruefe_alter(daten: bytes) -> None:
    """Bounds are in order, or there are none."""
    grenzen = alter_grenzen(daten.decode("utf-8", "replace"))
    assert grenzen is None or (grenzen[0] >= 0 and (grenzen[1] is None or grenzen[1] >= grenzen[0]))


def ziele() -> dict[str, Callable[[bytes], None]]:
    """All targets by name."""
    leser = {art: (lambda daten, f=formate: pruefe_leser(daten, f)) for art, formate in FORMATE.items()}
    return {**leser, "xlsx": pruefe_mappe, "huelle": pruefe_huelle, "alter": pruefe_alter}


@cache
def _teile() -> dict[str, bytes]:
    """The parts of a small workbook."""
    buch = openpyxl.Workbook()
    tabelle = buch.active
    tabelle.title = "Tabelle"
    for zeile in (["Titel"], ["a", "b"], ["Land", "Satz-\nart3)"], ["05", 1.5], ["06", True], [date(2024, 6, 30)]):
        tabelle.append(zeile)
    tabelle["B6"] = "=1+1"
    tabelle["A7"] = "Quelle: x"
    tabelle.merge_cells("A2:A3")
    puffer = io.BytesIO()
    buch.save(puffer)
    with zipfile.ZipFile(puffer) as quelle:
        teile = {name: quelle.read(name) for name in quelle.namelist() if not name.startswith("docProps")}
    teile[_BLATT] = teile[_BLATT].replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    return teile


def _mappe() -> bytes:
    """The workbook with stored parts: deflated ones only break when they are changed."""
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w") as ziel:
        for name, inhalt in _teile().items():
            ziel.writestr(name, inhalt)
    return puffer.getvalue()


def _zip(inhalt: bytes) -> bytes:
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as archiv:
        archiv.writestr("a.csv", inhalt)
    return puffer.getvalue()


def saaten(ziel: str) -> list[bytes]:
    """Small inputs from which the fuzzer starts, and the beginnings of real files if they are there."""
    geo = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"a": 1.5}, "geometry": None}]}
    fuss = "__________\nText\n© x\nStand: 26.05.2021 / 22:27:42\n"
    klein: dict[str, list[bytes]] = {
        "csv": [
            b"a;b\n1;2\n", b'\xef\xbb\xbfsep=;\n"a";"b";\n"1";"x\ny"\n', "Notiz\na;b\nä;ö\n© x\n".encode("cp850"),
            "Notiz\na;b\r\nMülheim;ö\r\n".encode("cp1252"), "a,b\nc,d\n1,2\n".encode("utf-16"), b"a;b\r1;2\r",
        ],
        "ffcsv": [b"\xef\xbb\xbfstatistics_code;value\n1;2\n", b'statistics_code;value;\n1;"2"\n'],
        "datencsv": [f"Tabelle: 1\nTitel;;\n;;x\n;;y\n1;2;3\n{fuss}".encode()],
        "genesis-csv": [f"GENESIS-Tabelle: 1\nTitel;;\n;;x\nä;b;3\n{fuss}".encode("latin-1")],
        "xlsx": [_mappe(), _teile()[_BLATT]],
        "json": [b'[{"a":1,"b":"x"},{"c":null}]', b'{"result":{"records":[{"_id":1,"a":[1.5,true]}]}}'],
        "geojson": [json.dumps(geo).encode(), b'{"error":{"code":400}}'],
        "xml": [b'<?xml version="1.0"?><d><x><a>1</a><b><![CDATA[2]]></b></x></d>', b"<!DOCTYPE d><d/>"],
        "huelle": [_zip(b"a;b\n1;2\n"), b'{"Status":{"Code":0},"Object":{"Content":"Tabelle: 1"}}', _mappe()],
        "alter": [b"unter 3 Jahre", b"3 bis unter 6 Jahre", "75 Jahre und älter".encode(), b"ab 65 Jahren"],
    }  # fmt: skip
    return klein[ziel] + [p.read_bytes()[:GROESSTE_SAAT] for p in _echte(ziel)]


_ECHT = {
    "csv": "msb_nrw/*.csv", "ffcsv": "genesis/responses/*.csv", "datencsv": "genesis/datencsv/*.csv",
    "genesis-csv": "genesis/klassisch_csv/*.csv", "geojson": "geo/*.geojson", "json": "msb_nrw/*.json",
    "xml": "msb_nrw/xml_2016/*.xml", "huelle": "genesis/**/*.json",
}  # fmt: skip


def _echte(ziel: str) -> list[Path]:
    ordner = Path(os.environ.get("SOZIALRAUM_ECHTDATEN", "nirgends"))
    return sorted(ordner.glob(_ECHT[ziel])) if ziel in _ECHT and ordner.is_dir() else []
