"""The papers beside the tables: data package, German note, and the release note with all hashes.

Belongs here: what stands in ``datapackage.json``, ``LIESMICH.txt`` and ``freigabe.json``. Does not belong here: the
tables. All three depend on the released tables only, so the same tables give the same papers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.fingerabdruck import abdruck
from pipelines.freigabe.belege import eintraege
from pipelines.freigabe.fehler import FreigabeFehler
from pipelines.freigabe.inhalt import spaltentypen
from pipelines.freigabe.signatur import ENDUNG
from pipelines.freigabe.tabellen import Tabelle, bezeichner
from quellen.archiv import Archiv

DATEI, SCHEIN = "sozialraum.duckdb", "freigabe.json"
SIGNATUR = f"{SCHEIN}{ENDUNG}"
BEISPIELVERMERK = "Beispieldaten – keine Angaben über Duisburg"
_TITEL = "Sozialraumdaten Duisburg: Aufwachsen in den Ortsteilen"
_MEDIENTYPEN = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
_TYPEN = {
    "VARCHAR": "string",
    "DATE": "date",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "TIMESTAMP": "datetime",
}


def zeilen_als_dict(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    ergebnis = con.execute(sql)
    namen = [spalte[0] for spalte in ergebnis.description]
    return [dict(zip(namen, zeile, strict=True)) for zeile in ergebnis.fetchall()]


def _lauf(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    zeilen = zeilen_als_dict(con, "select * from freigabe")
    if len(zeilen) != 1:
        raise FreigabeFehler(
            f"Die Tabelle freigabe hat {len(zeilen)} Zeilen. Erwartet: genau eine. Was tun: den Lauf wiederholen."
        )
    return zeilen[0]


def enthaelt_beispiel(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether modelled example data entered this release."""
    zeile = con.execute("select count(*) from abrufe where datenart = 'beispiel'").fetchone()
    return bool(zeile and zeile[0])


def quellenstand(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    """How each source stood that night, as the release note says it."""
    return {
        q["quelle"]: {s: q[s] for s in ("zustand", "meldung", "abweichungen")}
        for q in zeilen_als_dict(con, "select * from quellen order by quelle")
    }


def _schreibe_json(datei: Path, inhalt: Mapping[str, Any]) -> None:
    datei.write_text(als_text(inhalt), encoding="utf-8")


def als_text(inhalt: Mapping[str, Any]) -> str:
    """The one way in which JSON is written here; the audit compares it byte by byte."""
    return json.dumps(inhalt, ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def pruefsumme(schein: Mapping[str, Any]) -> str:
    """sha256 of the release note without the field ``pruefsumme``."""
    rest = {k: v for k, v in schein.items() if k != "pruefsumme"}
    return hashlib.sha256(als_text(rest).encode()).hexdigest()


def vermerk(id_: str) -> str:
    """The trusted comment of a release's signature, which names the release."""
    return f"Freigabe {id_}"


def dateihash(datei: Path) -> str:
    """Hex sha256 of a file."""
    with datei.open("rb") as strom:
        return hashlib.file_digest(strom, "sha256").hexdigest()


def schreibe_datenpaket(con: duckdb.DuckDBPyConnection, tabellen: list[Tabelle], ordner: Path) -> None:
    """``datapackage.json`` after the Data Package standard (datapackage.org): one resource per file."""
    lauf = _lauf(con)
    quellen = zeilen_als_dict(con, "select * from quellen order by quelle")
    beispiel = enthaelt_beispiel(con)
    ressourcen: list[dict[str, Any]] = [_datei_ressource(ordner, DATEI, "sozialraum", "duckdb")]
    for tabelle in tabellen:
        felder = [
            {"name": s, "type": _typ(typ), "description": tabelle.spalten[s]}
            for s, typ in spaltentypen(con, bezeichner(tabelle.name)).items()
        ]
        for art in ("csv", "parquet"):
            name = tabelle.name if art == "csv" else f"{tabelle.name}-parquet"
            ressource = _datei_ressource(ordner, f"{art}/{tabelle.name}.{art}", name, art)
            ressource |= {"title": tabelle.name, "description": tabelle.beschreibung}
            if art == "csv":
                ressource |= {"profile": "tabular-data-resource", "encoding": "utf-8", "dialect": {"delimiter": ","}}
            ressource["schema"] = {"fields": felder, "missingValues": [""]}
            ressourcen.append(ressource)
    lizenzen = {q["lizenz"]: q["lizenz_url"] for q in quellen}
    _schreibe_json(
        ordner / "datapackage.json",
        {
            "profile": "data-package",
            "name": "sozialraum-duisburg",
            "id": lauf["id"],
            "title": f"{_TITEL} – {BEISPIELVERMERK}" if beispiel else _TITEL,
            "description": "Kennzahlen je Ortsteil, Stadtbezirk und Stadt mit Herkunft bis zur Quellzelle.",
            "beispiel": beispiel,
            "created": lauf["erstellt_am"].isoformat(),
            "version": lauf["id"],
            "licenses": [{"name": name, "path": url} for name, url in sorted(lizenzen.items())],
            "sources": [
                {"title": q["titel"], "path": q["url"], "herausgeber": q["herausgeber"], "lizenz": q["lizenz"]}
                | {"namensnennung": q["namensnennung"]}
                for q in quellen
            ],
            "resources": ressourcen,
        },
    )


def _datei_ressource(ordner: Path, pfad: str, name: str, art: str) -> dict[str, Any]:
    datei = ordner / pfad
    return {
        "name": name,
        "path": pfad,
        "format": art,
        "mediatype": _MEDIENTYPEN.get(art, "application/octet-stream"),
        "bytes": datei.stat().st_size,
        "hash": f"sha256:{dateihash(datei)}",
    }


def _typ(duckdb_typ: str) -> str:
    if duckdb_typ.endswith("INT") or duckdb_typ.endswith("INTEGER"):
        return "integer"
    return _TYPEN.get(duckdb_typ, "any")


def schreibe_liesmich(con: duckdb.DuckDBPyConnection, tabellen: list[Tabelle], ordner: Path) -> None:
    """``LIESMICH.txt``: what lies in this folder, in a few German lines."""
    lauf = _lauf(con)
    zeilen = [f"Sozialraumdaten Duisburg, Freigabe {lauf['id']} vom {lauf['erstellt_am']:%d.%m.%Y %H:%M} UTC", ""]
    if enthaelt_beispiel(con):
        zeilen += [BEISPIELVERMERK.upper(), "Was in der Spalte datenart »beispiel« heißt, ist modelliert.", ""]
    zeilen += [
        "sozialraum.duckdb  alle Tabellen in einer Datei (lesbar ab DuckDB 1.0, nur lesend öffnen)",
        "parquet/, csv/     dieselben Tabellen einzeln (CSV: Komma, UTF-8, Dezimalpunkt, leer = kein Wert)",
        "datapackage.json   Beschreibung aller Dateien und Spalten, Quellen und Lizenzen",
        "freigabe.json      Prüfsummen und woraus diese Freigabe entstand (freigabe.json.minisig: Unterschrift)",
        "belege/            Deklarationen der Quellen und das ausgeführte SQL, zum Nachprüfen",
        "",
        "Kein Wert ist nicht null: die Spalte status sagt, warum er fehlt (Tabelle status).",
        "Herkunft einer Kennzahl:",
        "  select * from herkunft('auslaenderanteil', '05112000-202', '2023-12-31');",
        "Herkunft einer Spalte:",
        "  select * from spaltenweg('indikatoren', 'wert');",
        "",
        "Tabellen",
        *(f"  {t.name}: {t.beschreibung}" for t in tabellen),
        "",
        "Quellenvermerke, bei jeder Weitergabe zu nennen",
        *(f"  {q[0]}" for q in con.execute("select namensnennung from quellen order by quelle").fetchall()),
    ]
    (ordner / "LIESMICH.txt").write_text("\n".join(zeilen) + "\n", encoding="utf-8")


def schreibe_freigabeschein(
    con: duckdb.DuckDBPyConnection,
    ordner: Path,
    *,
    tabellen: Mapping[str, Mapping[str, Any]],
    deklarationen: Mapping[str, str],
    archiv: Archiv,
    schluessel: str | None = None,
) -> None:
    """``freigabe.json``, last of all files: binds everything that the release is made of by its sha256.

    Files, contents of tables, archived objects and their records, code, models and declarations, the predecessor. It
    also names the public key of the signature that will stand beside it, so that one taken away is missed.

    Raises ``FreigabeFehler`` if the predecessor or an archived object that was used is not there, or code or
    declarations are not those that the run began with.
    """
    lauf = _lauf(con)
    objekte = con.execute("select distinct abruf from abrufe order by abruf").fetchall()
    fehlend = [str(o[0]) for o in objekte if not archiv.pfad(str(o[0])).is_file()]
    if fehlend:
        raise FreigabeFehler(
            f"Im Archiv fehlen {len(fehlend)} benutzte Objekte: {', '.join(fehlend[:5])}. Erwartet: jeder Abruf der "
            "Freigabe liegt im Archiv. Was tun: das Archiv aus der Sicherung wiederherstellen."
        )
    if abdruck(deklarationen) != lauf["definitionen"]:
        raise FreigabeFehler(
            "Code, Modelle oder Deklarationen haben sich geändert, während der Lauf sie las: die Liste ihrer Dateien "
            "passt nicht zu definitionen. Was tun: den Lauf wiederholen, ohne währenddessen Dateien zu ändern."
        )
    dateien = sorted(p for p in ordner.rglob("*") if p.is_file())
    schein: dict[str, Any] = {
        "id": lauf["id"],
        "erstellt_am": lauf["erstellt_am"].isoformat(),
        "beispiel": enthaelt_beispiel(con),
        **{name: lauf.get(name) for name in ("code", "definitionen", "archivstand", "lauf", "betrieb")},
        "vorgaenger": lauf["vorgaenger"] or None,
        "vorgaenger_sha256": _vorgaenger(lauf["vorgaenger"], ordner.parent),
        "tabellen": tabellen,
        "dateien": {
            p.relative_to(ordner).as_posix(): {"bytes": p.stat().st_size, "sha256": dateihash(p)} for p in dateien
        },
        "quellenstand": quellenstand(con),
        "archiv": [str(o[0]) for o in objekte],
        "eintraege": eintraege(con, archiv),
        "deklarationen": deklarationen,
        "signaturschluessel": schluessel,
    }
    schein["pruefsumme"] = pruefsumme(schein)
    _schreibe_json(ordner / SCHEIN, schein)


def _vorgaenger(id_: str | None, freigaben: Path) -> str | None:
    if not id_:
        return None
    datei = freigaben / id_ / SCHEIN
    if not datei.is_file():
        raise FreigabeFehler(
            f"Die vorige Freigabe {id_} liegt nicht mehr unter {freigaben.name}/. Erwartet: {id_}/{SCHEIN}. Was tun: "
            "sie aus der Sicherung zurückholen oder den Zeiger »aktuell« entfernen und als erste Freigabe neu beginnen."
        )
    return dateihash(datei)
