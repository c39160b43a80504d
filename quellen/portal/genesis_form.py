"""Shapes of GENESIS answers: the JSON envelope, the ZIP around a table, and the description of a table.

Belongs here: pure functions from archived bytes and a request to such shapes. Does not belong here: who may ask,
jobs and codes (``genesis``).
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from quellen.portal.nachricht import GEHEIM, Anfrage, Antwort, json_antwort
from quellen.portal.verfaelschen import entpackt, gepackt

BERLIN = ZoneInfo("Europe/Berlin")
COPYRIGHT = (
    "© Statistische Ämter des Bundes und der Länder, Deutschland.\n"
    "Dieses Werk ist lizenziert unter der Datenlizenz Deutschland\n- Namensnennung - Version 2.0."
)
COPYRIGHT_BUND = "© Statistisches Bundesamt (Destatis)"
_DOWNLOAD = re.compile(r"/genesis/online/download/([^/]+)/[a-z]+|/[a-z]+/downloader/00/tables/([^/]+)_00\.csv")
_ENGLISCH = {"Fehler": "Error", "Warnung": "Warning", "Information": "information"}
_TABELLE = {
    "name": "",
    "area": "Alle",
    "compress": "false",
    "transpose": "false",
    "contents": "",
    "startyear": "",
    "endyear": "",
    "timeslices": "",
    "regionalvariable": "",
    "regionalkey": "",
    **{f"classifying{art}{n}": "" for n in range(1, 6) for art in ("variable", "key")},
    "format": "csv",
    "job": "false",
    "stand": "",
}
_VORGABEN: dict[str, dict[str, str]] = {
    "data/table": _TABELLE,
    "data/tablefile": _TABELLE,
    "data/result": {"name": "", "area": "Alle", "compress": "false"},
    "data/resultfile": {"name": "", "area": "Alle", "compress": "false", "format": "csv"},
    "metadata/table": {"name": "", "area": "Alle"},
    "catalogue/results": {
        "selection": "",
        "area": "Alle",
        "searchcriterion": "",
        "sortcriterion": "",
        "pagelength": "",
    },
}
"""The parameters that each service repeats in its answer, with their defaults."""


def huelle(
    anfrage: Anfrage, code: int, text: str, art: str, objekt: object = None, liste: list[dict[str, str]] | None = None
) -> Antwort:
    """The envelope of every JSON answer, with HTTP status 200; log-in data in it are masked."""
    dienst, methode = anfrage.pfad.rstrip("/").split("/")[-2:]
    vorgaben = {**_VORGABEN.get(f"{dienst}/{methode}", {}), "language": "de"}
    werte = {name: anfrage.oeffentlich.get(name, vorgabe) for name, vorgabe in vorgaben.items()}
    if werte.get("area") == "all" and werte["language"] == "de":
        werte["area"] = "Alle"
    if werte["language"] == "en":
        art = _ENGLISCH[art]
    inhalt: dict[str, Any] = {
        "Ident": {"Service": dienst, "Method": methode},
        "Status": {"Code": code, "Content": text, "Type": art},
        "Parameter": {**dict.fromkeys(GEHEIM, "*" * 20), **werte},
    }
    inhalt.update({"Object": objekt} if liste is None else {"List": liste})
    bund = anfrage.host.endswith("genesis.destatis.de")
    return json_antwort({**inhalt, "Copyright": COPYRIGHT_BUND if bund else COPYRIGHT})


def download_von(pfad: str) -> str:
    """The table's name in the path of a download without log-in, else an empty text."""
    treffer = _DOWNLOAD.fullmatch(pfad)
    return (treffer[1] or treffer[2]) if treffer else ""


def ist_download(pfad: str) -> bool:
    """Whether a path is that of a download without log-in, where tables lie without ZIP or JSON around them."""
    return _DOWNLOAD.fullmatch(pfad) is not None


def als_zip(datei: str, daten: bytes) -> bytes:
    """Archived bytes as the ZIP that ``tablefile`` sends; a ZIP is sent as it is."""
    if daten.startswith(b"PK"):
        return daten
    return gepackt(datei, als_datei(daten))


def als_datei(daten: bytes) -> bytes:
    """The table without ZIP or JSON around it; plain bytes as they are."""
    if daten.startswith(b"PK") or daten.lstrip().startswith(b"{"):
        return kodiert(json_inhalt(daten))
    return daten


def kodiert(text: str) -> bytes:
    """A table as bytes: flat files begin with a byte order mark, others do not."""
    return text.encode("utf-8-sig" if text.startswith("statistics_code") else "utf-8")


def json_inhalt(daten: bytes) -> str:
    """The table as text for ``Object.Content``: from a ZIP, from an archived envelope, or plain (UTF-8 or latin1)."""
    if daten.startswith(b"PK"):
        daten = entpackt(daten)[1]
    try:
        text = daten.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = daten.decode("iso-8859-1")
    if text.lstrip().startswith("{"):
        objekt = json.loads(text).get("Object") or {}
        return str(objekt.get("Content", ""))
    return text


def ist_ffcsv(daten: bytes) -> bool:
    """Whether archived bytes are a flat file of the 2025 form."""
    return json_inhalt(daten).startswith("statistics_code;")


def beschreibung(name: str, titel: str, text: str, geaendert: datetime) -> dict[str, Any]:
    """``Object`` of ``metadata/table``: title, period, structure and the moment of the last change."""
    saetze = list(csv.DictReader(io.StringIO(text), delimiter=";")) if text.startswith("statistics_code;") else []
    zeiten = sorted({satz["time"] for satz in saetze if satz.get("time")})
    return {
        "Code": name,
        "Content": re.sub(r"\s*\(Tabelle .*\)$", "", titel),
        "Time": {"From": _tag(zeiten[0]) if zeiten else "", "To": _tag(zeiten[-1]) if zeiten else ""},
        "Valid": "false",
        "Structure": _struktur(saetze[0]) if saetze else None,
        "Updated": geaendert.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M:%Sh"),
    }


def _tag(zeit: str) -> str:
    try:
        return date.fromisoformat(zeit).strftime("%d.%m.%Y")
    except ValueError:
        return zeit


def _struktur(satz: dict[str, str]) -> dict[str, Any]:
    achsen = [name.removesuffix("_variable_code") for name in satz if re.fullmatch(r"\d+_variable_code", name)]
    zeilen = [_merkmal(satz[f"{n}_variable_code"], satz[f"{n}_variable_label"]) for n in achsen]
    kopf = _merkmal(satz["statistics_code"], satz["statistics_label"], "Statistik")
    kopf["Structure"] = [_merkmal(satz["value_variable_code"], satz["value_variable_label"])]
    spalten = [_merkmal(satz["time_code"], satz["time_label"])]
    return {"Head": kopf, "Columns": spalten, "Rows": zeilen, "Subtitel": None, "Subheading": None}


def _merkmal(code: str, text: str, art: str = "Merkmal") -> dict[str, Any]:
    leer = dict.fromkeys(("Values", "Selected", "Functions", "Structure"))
    return {"Code": code, "Content": text, "Type": art, **leer, "Updated": "see parent"}
