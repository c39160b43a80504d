"""The example archive read with csv, zipfile and json alone, as counts; no reader of ours and no SQL is used."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer
from rohbau import STADT, gebiete
from shapely.geometry import Point, shape

ARCHIV = Path(__file__).resolve().parents[2] / "quellen" / "beispiel" / "archiv"
Zahlen = npt.NDArray[np.float64]
STAAT = {"deutsch": 0, "nichtdeutsch": 1, "NATD": 0, "NATA": 1}
SEX = {"m": 0, "w": 1, "GESM": 0, "GESW": 1}
ARTEN = (
    "Zuzüge über die Stadtgrenze",
    "Fortzüge über die Stadtgrenze",
    "Zuzüge innerhalb der Stadt",
    "Fortzüge innerhalb der Stadt",
    "Geburten",
    "Sterbefälle",
)
BEWEGUNGSALTER = ("unter 6 Jahre", "6 bis unter 18 Jahre", "18 Jahre und älter")
NICHT_IM_SCHULBETRIEB = {"0A", "50", "51", "52", "56", "58"}


@dataclass
class Schulzeile:
    """One school with all that three files say about it, and the districts it lies in."""

    form: str
    betrieb: str
    gebiete: list[str]
    schueler: float | None = None
    index: str = ""


@dataclass
class Quellen:
    """Counts by district. Residents: [staat, sex, age], moves: [age group, kind], both by (district, year)."""

    einwohner: dict[tuple[str, int], Zahlen] = field(default_factory=dict)
    bg_ro: dict[tuple[str, int], float] = field(default_factory=dict)
    bewegungen: dict[tuple[str, int], Zahlen] = field(default_factory=dict)
    kreise: dict[tuple[str, date], Zahlen] = field(default_factory=dict)
    schulen: list[Schulzeile] = field(default_factory=list)
    mit_umriss: set[str] = field(default_factory=set)


def lies() -> Quellen:
    """Everything the recomputation needs."""
    q = Quellen()
    for z in _csv(_bytes("einwohner_ortsteil", "alter").decode()):
        n = _summand(q.einwohner, z["Ortsteil_ID"], _jahr(z), (2, 2, 101))
        for spalte, text in z.items():
            if treffer := re.match(r"(\d+) (bis|Jahre).* ([mw])$", spalte):
                for feld in n:
                    feld[STAAT[z["Staatsangehörigkeit"]], SEX[treffer[3]], int(treffer[1])] += _zahl(text)
    for z in _csv(_bytes("einwohner_ortsteil", "staatsangehoerigkeit").decode()):
        for gebiet in oben(z["Ortsteil_ID"]):
            alt = q.bg_ro.get((gebiet, _jahr(z)), 0.0)
            q.bg_ro[gebiet, _jahr(z)] = alt + _zahl(z["davon Bulgarien"]) + _zahl(z["davon Rumänien"])
    for z in _csv(_bytes("bewegungen_ortsteil", "bewegungen").decode()):
        for feld in _summand(q.bewegungen, z["Ortsteil_ID"], int(z["Jahr"]), (3, 6)):
            feld[BEWEGUNGSALTER.index(z["Altersgruppe"])] += [_zahl(z[art]) for art in ARTEN]
    _kreise(q)
    _schulen(q)
    return q


def oben(ortsteil: str) -> list[str]:
    """Keys of an Ortsteil, its Stadtbezirk and the city."""
    return [f"{STADT}-{ortsteil}", f"{STADT}-{ortsteil[0]}00", STADT]


def _summand(ziel: dict[tuple[str, int], Zahlen], ortsteil: str, jahr: int, form: tuple[int, ...]) -> list[Zahlen]:
    return [ziel.setdefault((gebiet, jahr), np.zeros(form)) for gebiet in oben(ortsteil)]


def _kreise(q: Quellen) -> None:
    archiv = zipfile.ZipFile(io.BytesIO(_bytes("bevoelkerung_kreis", "tabelle")))
    tage = {kurz: gebiet for kurz, (gebiet, ebene) in gebiete().items() if ebene in ("stadt", "kreis", "land", "bund")}
    for z in _csv(archiv.read(archiv.namelist()[0]).decode("utf-8-sig")):
        achse = {z[f"{i}_variable_code"]: i for i in range(1, 5)}
        raum, alter = next(i for c, i in achse.items() if c in ("KREISE", "DLAND", "DINSG", "REGBEZ")), achse["ALT021"]
        ges, nat = z[f"{achse['GES']}_variable_attribute_code"], z[f"{achse['NAT']}_variable_attribute_code"]
        kurz = z[f"{raum}_variable_attribute_code"]
        text = z[f"{alter}_variable_attribute_label"]
        if ges not in SEX or nat not in STAAT or text in ("Insgesamt", "Total") or kurz not in tage:
            continue
        unten = 0 if text.startswith("unter") else int(re.match(r"\d+", text)[0])  # type: ignore[index]
        feld = q.kreise.setdefault((tage[kurz], date.fromisoformat(z["time"])), np.zeros((2, 2, 101)))
        feld[STAAT[nat], SEX[ges], unten] += _zahl(z["value"])


def _schulen(q: Quellen) -> None:
    flaechen: list[tuple[str, Any]] = []
    for teil in ("ortsteile", "stadtbezirke"):
        for merkmal in _geojson(teil):
            e = merkmal["properties"]
            kurz = e["OTNR"] if teil == "ortsteile" else f"{e['STBNR'][-1]}00"
            flaechen.append((f"{STADT}-{kurz}", shape(merkmal["geometry"])))
    q.mit_umriss = {gebiet for gebiet, _ in flaechen}
    umrechnung = Transformer.from_crs(25832, 4326, always_xy=True)
    zeilen: dict[str, Schulzeile] = {}
    for z in _csv(_bytes("schulen", "verzeichnis").decode("utf-8-sig").split("\n", 1)[1]):
        kreis = z["Gemeindeschluessel"][:5]
        orte = [STADT if kreis == "05112" else kreis]
        if kreis == "05112" and z["UTMRechtswert"]:
            punkt = Point(*umrechnung.transform(float(z["UTMRechtswert"]), float(z["UTMHochwert"])))
            orte += [gebiet for gebiet, flaeche in flaechen if flaeche.covers(punkt)]
        zeilen[z["Schulnummer"]] = Schulzeile(z["Schulform"], z["Schulbetriebsschluessel"], orte)
    for z in _csv(_bytes("schuelerzahlen", "anzahlen").decode("utf-8-sig").split("\n", 1)[1]):
        zeilen[z["Schulnummer"]].schueler = _zahl(z["Anzahl"])
    for z in _csv(_bytes("schulsozialindex", "stufen").decode("cp850")):
        zeilen[z["Schulnummer"]].index = z["Sozialindexstufe"]
    q.schulen = list(zeilen.values())


def _bytes(quelle: str, teil: str) -> bytes:
    (datei,) = (ARCHIV / "abrufe" / quelle).glob(f"*-{teil}-*.json")
    (objekt,) = json.loads(datei.read_text(encoding="utf-8"))["objekte"]
    return _objekt(objekt["sha256"])


def _geojson(teil: str) -> list[dict[str, Any]]:
    (datei,) = (ARCHIV / "abrufe" / "gebiete").glob(f"*-{teil}-*.json")
    seiten = json.loads(datei.read_text(encoding="utf-8"))["objekte"]
    return [m for s in seiten for m in json.loads(_objekt(s["sha256"]))["features"]]


def _objekt(sha256: str) -> bytes:
    return (ARCHIV / "objekte" / sha256[:2] / sha256).read_bytes()


def _csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def _jahr(z: dict[str, str]) -> int:
    return datetime.strptime(z["Stichtag"], "%d.%m.%Y").year


def _zahl(text: str) -> float:
    if text == "-":
        return 0.0
    return float(text.replace(".", "")) if text.replace(".", "").isdigit() else float("nan")
