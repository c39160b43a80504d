"""Shapes of GENESIS answers: the JSON envelope, the ZIP around a table, and the description of a table.

Belongs here: pure functions from archived bytes and a request to such shapes. Does not belong here: who may ask,
jobs and codes (``genesis``).
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from quellen.archiv import Objekt
from quellen.portal.bestand import Posten
from quellen.portal.nachricht import GEHEIM, Anfrage, Antwort, json_antwort
from quellen.portal.verfaelschen import entpackt, gepackt

BERLIN = ZoneInfo("Europe/Berlin")
COPYRIGHT = (
    "© Statistische Ämter des Bundes und der Länder, Deutschland.\n"
    "Dieses Werk ist lizenziert unter der Datenlizenz Deutschland\n- Namensnennung - Version 2.0."
)
_ENGLISCH = {"Fehler": "Error", "Warnung": "Warning", "Information": "information"}
_VORGABEN = {
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
    "language": "de",
}


def huelle(
    anfrage: Anfrage, code: int, text: str, art: str, objekt: object = None, liste: list[dict[str, str]] | None = None
) -> Antwort:
    """The envelope of every JSON answer, with HTTP status 200; log-in data in it are masked."""
    dienst, _, methode = anfrage.pfad.rstrip("/").rpartition("/")
    dienst = dienst.rpartition("/")[2]
    vorgaben = _VORGABEN if dienst == "data" else {"language": "de"}
    werte = {**vorgaben, **anfrage.oeffentlich}
    if werte.get("language") == "en":
        art = _ENGLISCH[art]
    inhalt: dict[str, Any] = {
        "Ident": {"Service": dienst, "Method": methode},
        "Status": {"Code": code, "Content": text, "Type": art},
        "Parameter": {**dict.fromkeys(GEHEIM, "*" * 20), **werte},
    }
    inhalt.update({"Object": objekt} if liste is None else {"List": liste})
    return json_antwort({**inhalt, "Copyright": COPYRIGHT})


def als_zip(datei: str, daten: bytes) -> bytes:
    """Archived bytes as the ZIP that ``tablefile`` sends; a ZIP is sent as it is."""
    if daten.startswith(b"PK"):
        return daten
    return gepackt(datei, json_inhalt(daten).encode() if daten.lstrip().startswith(b"{") else daten)


def json_inhalt(daten: bytes) -> str:
    """The table as text for ``Object.Content``: from a ZIP, from an archived envelope, or plain."""
    if daten.startswith(b"PK"):
        daten = entpackt(daten)[1]
    text = daten.decode("utf-8-sig", errors="replace")
    if text.lstrip().startswith("{"):
        objekt = json.loads(text).get("Object") or {}
        return str(objekt.get("Content", ""))
    return text


def ist_ffcsv(daten: bytes) -> bool:
    """Whether archived bytes are a flat file of the 2025 form."""
    return daten.startswith(b"PK") and json_inhalt(daten).startswith("statistics_code;")


def beschreibung(posten: Posten, objekt: Objekt) -> dict[str, Any]:
    """``Object`` of ``metadata/table``: title, period, structure and the moment of the last change."""
    text = json_inhalt(posten.daten(objekt))
    saetze = list(csv.DictReader(io.StringIO(text), delimiter=";")) if text.startswith("statistics_code;") else []
    zeiten = sorted({satz["time"] for satz in saetze if satz.get("time")})
    return {
        "Code": str(posten.teil.zugang.get("tabelle", posten.teil_id)),
        "Content": re.sub(r"\s*\(Tabelle .*\)$", "", posten.quelle.titel),
        "Time": {"From": _tag(zeiten[0]) if zeiten else "", "To": _tag(zeiten[-1]) if zeiten else ""},
        "Valid": "false",
        "Structure": _struktur(saetze[0]) if saetze else None,
        "Updated": posten.geaendert(objekt).astimezone(BERLIN).strftime("%d.%m.%Y %H:%M:%Sh"),
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
