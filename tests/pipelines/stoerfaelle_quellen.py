"""Seven small sources of the fault table, one per protocol or format, and what their portals hold."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from quellen.archiv import Abruf, Archiv, Objekt
from quellen.lesen import inhaltshash
from quellen.modell import Quelle, lade_katalog

HEUTE = date(2026, 11, 22)
GESTERN = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
HOST = "amt.example"
ORTE = tuple(str(nummer) for nummer in range(101, 111))
VERZEICHNISSE = {"ortsteil": frozenset(ORTE), "kreis": frozenset({"05112", "05113"})}
SEITE = 3
"""Features and records on one page of the replica."""

_TOLERANZ = {"prozent": 5, "grund": "Tabelle wächst jährlich um einen Stichtag", "bis": "2027-12-31"}
_ORT = {"typ": "schluessel", "verzeichnis": "ortsteil"}


def _quelle(id_: str, portal: str, pfad: str, **teil: Any) -> Quelle:
    return Quelle.model_validate(
        {
            "id": id_,
            "titel": f"Probe {id_}",
            "herausgeber": "Amt",
            "lizenz": {"id": "dl-de/by-2-0", "url": "https://x.example/l", "namensnennung": f"Amt, {id_}"},
            "seite": f"https://{HOST}/",
            "rhythmus": "jährlich",
            "hoechstalter_tage": 400,
            "bestaetigt": True,
            "zeichen": {"-": {"wert": 0, "status": "A", "bedeutung": "nichts vorhanden"}},
            "zugang": {"portal": portal, "basis": f"https://{HOST}{pfad}", "hosts": [HOST]},
            "teile": {"tabelle": {"beschreibung": f"Tabelle {id_}", **teil}},
        }
    )


def _zaehlung() -> Quelle:
    """Figures per Jahr, Ortsteil and Gruppe with totals; every rule that a table of figures can have."""
    return _quelle(
        "zaehlung",
        "direkt",
        "",
        form="werte",
        dateimuster=r".*\.csv",
        zugang={"pfad": "/zaehlung.csv"},
        felder={
            "jahr": {"typ": "jahr"},
            "ort": _ORT,
            "name": {"typ": "text"},
            "gruppe": {
                "typ": "auspraegung",
                "werte": {"unter 18": "jung", "ab 18": "alt", "Insgesamt": "insgesamt"},
            },
        },
        eindeutig=["jahr", "ort", "gruppe"],
        vollstaendig={"feld": "ort", "je": ["jahr", "gruppe"]},
        summe={"felder": ["gruppe"]},
        aenderung={"zeilen": _TOLERANZ},
        formate=[
            {
                "art": "csv",
                "tausender": ".",
                "orte": {
                    "jahr": {"spalte": "Jahr"},
                    "ort": {"spalte": "Ort"},
                    "name": {"spalte": "Name"},
                    "gruppe": {"spalte": "Gruppe"},
                },
                "wertspalten": [{"muster": "Anzahl", "merkmal": "zahl"}],
            }
        ],
    )


def _anteile(id_: str) -> Quelle:
    """Shares with decimals per Ortsteil; rows are guarded by the change gate alone."""
    return _quelle(
        id_,
        "direkt",
        "",
        form="werte",
        dateimuster=r".*\.csv",
        zugang={"pfad": f"/{id_}.csv"},
        felder={"ort": _ORT},
        eindeutig=["ort"],
        ganzzahl=False,
        bereiche=[{"merkmal": "anteil", "von": 0, "bis": 100}],
        aenderung={"zeilen": _TOLERANZ, "gebiete": {**_TOLERANZ, "prozent": 50}},
        formate=[
            {
                "art": "csv",
                "tausender": ".",
                "orte": {"ort": {"spalte": "Ort"}},
                "wertspalten": [{"muster": "Anteil", "merkmal": "anteil"}],
            }
        ],
    )


def _liste(id_: str, portal: str, pfad: str, zugang: dict[str, Any], *formate: dict[str, Any]) -> Quelle:
    orte = {"nummer": {"spalte": "Nummer"}, "name": {"spalte": "Name"}}
    return _quelle(
        id_,
        portal,
        pfad,
        form="liste",
        kennung="nummer",
        dateimuster=r".*\.(csv|xml|json|geojson)",
        stand={"aus": "abruf"},
        zugang=zugang,
        felder={"nummer": {"typ": "schluessel", "muster": r"\d{3}"}, "name": {"typ": "text"}},
        eindeutig=["nummer"],
        formate=[{"orte": orte, **format_} for format_ in formate],
    )


def katalog() -> dict[str, Quelle]:
    """The declarations; ``bevoelkerung_kreis`` is the real one."""
    karte = {"art": "geojson", "ignoriert": ["OBJECTID", "geometry", "id"]}
    datensaetze = {"art": "json", "pfad": "result.records", "ignoriert": ["_id"]}
    paket = {"suche": "Einrichtungen", "paket": "Probe einrichtungen.*", "ressource": r"(?i).*\.csv|csv"}
    quellen = [
        _zaehlung(),
        _anteile("anteile"),
        _anteile("promille"),
        _liste("schulliste", "direkt", "", {"pfad": "/schulliste.csv"}, {"art": "csv"}),
        _liste("schluessel", "direkt", "", {"pfad": "/schluessel.xml"}, {"art": "xml", "element": "Satz"}),
        _liste("umrisse", "arcgis", "/rest/MapServer", {"layer": 7}, karte),
        _liste("einrichtungen", "ckan", "/api/3/action", paket | {"datastore": True}, {"art": "csv"}, datensaetze),
        lade_katalog()["bevoelkerung_kreis"],
    ]
    return {quelle.id: quelle for quelle in quellen}


def _zaehlung_csv() -> str:
    zeilen = ["Jahr;Ort;Name;Gruppe;Anzahl"]
    for jahr in (2023, 2024):
        for nummer, ort in enumerate(ORTE):
            jung, alt = 900 + jahr + nummer, 12000 + 3 * nummer
            for gruppe, zahl in (("unter 18", jung), ("ab 18", alt), ("Insgesamt", jung + alt)):
                zeilen.append(f"{jahr};{ort};Süd {ort};{gruppe};{zahl:,}".replace(",", "."))
    return "\n".join(zeilen) + "\n"


def _ffcsv() -> bytes:
    """A flat table as GENESIS sends it, in its ZIP."""
    achsen = [
        f"{n}_variable_{was}" for n in range(1, 5) for was in ("code", "label", "attribute_code", "attribute_label")
    ]
    kopf = ["statistics_code", "statistics_label", "time_code", "time_label", "time", *achsen]
    kopf += ["value", "value_unit", "value_variable_code", "value_variable_label"]
    zeilen = [";".join(kopf)]
    for code, name, grund in (
        ("05112", "Duisburg, kreisfreie Stadt", 1000),
        ("05113", "Essen, kreisfreie Stadt", 1200),
    ):
        for geschlecht in ("GESM", "GESW", ""):
            for alter in ("unter 3 Jahre", "3 bis unter 6 Jahre", "Insgesamt"):
                zahl = grund * (2 if alter == "Insgesamt" else 1) * (2 if not geschlecht else 1)
                zeilen.append(
                    f"12411;Fortschreibung;STAG;Stichtag;2024-12-31;KREISE;Kreise;{code};{name};"
                    f"GES;Geschlecht;{geschlecht};{geschlecht or 'Insgesamt'};NAT;Nationalität;;Insgesamt;"
                    f"ALT021;Altersgruppen;;{alter};{zahl};Anzahl;BEVSTD;Bevölkerungsstand"
                )
    puffer = io.BytesIO()
    with zipfile.ZipFile(puffer, "w", zipfile.ZIP_DEFLATED) as huelle:
        huelle.writestr("12411-03-03-4_1773175772751_de_flat.csv", "\ufeff" + "\n".join(zeilen) + "\n")
    return puffer.getvalue()


def _karte() -> bytes:
    satz = [
        {
            "type": "Feature",
            "id": n,
            "geometry": {"type": "Point", "coordinates": [6.7, 51.4]},
            "properties": {"OBJECTID": n, "Nummer": str(100 + n), "Name": f"Süd {n}"},
        }
        for n in range(1, 9)
    ]
    return json.dumps({"type": "FeatureCollection", "features": satz}, ensure_ascii=False).encode()


def inhalte() -> dict[str, tuple[str, bytes]]:
    """Source → file name and bytes that its portal holds."""
    xml = "".join(f"<Satz><Nummer>{n}</Nummer><Name>Süd {n}</Name></Satz>" for n in ORTE)
    liste = "Nummer;Name\n" + "".join(f"{n};Süd {n}\n" for n in ORTE)
    anteile = "Ort;Anteil\n" + "".join(f"{ort};{n + 12},5\n" for n, ort in enumerate(ORTE))
    promille = "Ort;Anteil\n" + "".join(f"{ort};{n + 12},375\n" for n, ort in enumerate(ORTE))
    return {
        "zaehlung": ("zaehlung.csv", _zaehlung_csv().encode()),
        "anteile": ("anteile.csv", anteile.encode()),
        "promille": ("promille.csv", promille.encode()),
        "schulliste": ("schulliste.csv", liste.encode()),
        "schluessel": ("schluessel.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n<Liste>{xml}</Liste>\n'.encode()),
        "umrisse": ("umrisse.geojson", _karte()),
        "einrichtungen": ("einrichtungen.csv", liste.encode()),
        "bevoelkerung_kreis": ("12411-03-03-4.zip", _ffcsv()),
    }


def vorrat(ordner: Path) -> Archiv:
    """An archive of official files for the replica to serve."""
    archiv, quellen = Archiv(ordner), katalog()
    for name, (datei, daten) in inhalte().items():
        quelle = quellen[name]
        (teil,) = quelle.teile
        objekt = Objekt(sha256=archiv.ablegen(daten), bytes=len(daten), datei=datei, url=f"https://{HOST}/{datei}")
        archiv.verzeichnen(
            Abruf(
                quelle=name,
                teil=teil,
                abgerufen_am=datetime(2026, 11, 1, tzinfo=UTC),
                datenart="amtlich",
                weg=quelle.zugang.name,
                lizenz=quelle.lizenz.id,
                inhalt=inhaltshash([daten], quelle.teile[teil]),
                objekte=(objekt,),
                stand=HEUTE if quelle.zugang.portal == "genesis" else date(2026, 10, 31),  # updated since: not 50
            )
        )
    return archiv
