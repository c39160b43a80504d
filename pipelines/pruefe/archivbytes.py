"""The archive: every object is what its name says, every retrieval of the release is recorded.

Belongs here: bytes and retrieval records. Does not belong here: reading files (``quellzellen``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import dateihash
from pipelines.pruefe.bericht import Pruefpunkt
from quellen.archiv import Abruf, Archiv, Objekt
from quellen.fehler import QuellenFehler


def pruefe_objekte(archiv: Archiv) -> Pruefpunkt:
    """Every object of the archive against its name, every retrieval record against the hash in its name."""
    objekte = sorted(p for p in (archiv.ordner / "objekte").glob("*/*") if p.is_file())
    eintraege = sorted((archiv.ordner / "abrufe").glob("*/*.json"))
    punkt = Pruefpunkt("Archiv (Bytes)", len(objekte) + len(eintraege), einheit="Dateien")
    if not objekte:
        punkt.maengel.append("das Archiv ist leer oder fehlt")
    for pfad in objekte:
        if not pfad.name.startswith(".neu-") and dateihash(pfad) != pfad.name:
            punkt.maengel.append(f"das Objekt {pfad.name} wurde verändert: sha256 {dateihash(pfad)}")
    for pfad in eintraege:
        if not pfad.stem.endswith(_kurzhash(pfad)):
            punkt.maengel.append(f"der Abrufeintrag {pfad.parent.name}/{pfad.name} wurde verändert")
    return punkt


def _kurzhash(pfad: Path) -> str:
    return f"-{hashlib.sha256(pfad.read_bytes()).hexdigest()[:12]}"


def pruefe_abrufe(con: duckdb.DuckDBPyConnection, archiv: Archiv, schein: Mapping[str, Any]) -> Pruefpunkt:
    """Every row of table ``abrufe`` against the archive's records; the list of objects in the release note too."""
    ergebnis = con.execute("select * from abrufe order by all")
    namen = [s[0] for s in ergebnis.description]
    zeilen = [dict(zip(namen, z, strict=True)) for z in ergebnis.fetchall()]
    punkt = Pruefpunkt("Abrufe", len(zeilen), einheit="Abrufe")
    if sorted({z["abruf"] for z in zeilen}) != schein.get("archiv"):
        punkt.maengel.append("freigabe.json nennt andere Objekte des Archivs als die Tabelle abrufe")
    verzeichnet: dict[str, list[Abruf]] = {}
    for quelle in sorted({z["quelle"] for z in zeilen}):
        try:
            verzeichnet[quelle] = archiv.abrufe(quelle)
        except QuellenFehler as fehler:
            punkt.maengel.append(str(fehler))
    for z in zeilen:
        ort = f"Abruf {z['abruf']} ({z['quelle']}/{z['teil']}, Datei {z['datei']})"
        passend = [
            (a, o)
            for a in verzeichnet.get(z["quelle"], [])
            for o in a.objekte
            if a.teil == z["teil"] and o.sha256 == z["abruf"]
        ]
        if not passend:
            punkt.maengel.append(f"{ort} ist im Archiv nicht verzeichnet")
        elif not any(not _abweichend(z, a, o) for a, o in passend):
            abweichend = _abweichend(z, *passend[0])
            punkt.maengel.append(f"{ort}: anders als im Archiv verzeichnet sind {', '.join(abweichend)}")
        if not archiv.pfad(z["abruf"]).is_file():
            punkt.maengel.append(f"{ort}: das Objekt fehlt im Archiv")
    return punkt


def _abweichend(zeile: Mapping[str, Any], abruf: Abruf, objekt: Objekt) -> list[str]:
    """Columns of a row of ``abrufe`` that say something else than the record."""
    soll = {
        "abgerufen_am": abruf.abgerufen_am.astimezone(UTC),
        "http_status": objekt.http_status,
        "etag": objekt.kopf.get("etag", ""),
        "bytes": objekt.bytes,
        "datei": objekt.datei,
        "url": objekt.url,
        "datenart": abruf.datenart,
        "stand": abruf.stand,
        "weg": abruf.weg,
        "umwege": "\n".join(abruf.umwege),
        "lizenz": abruf.lizenz,
    }
    ist = {**zeile, "abgerufen_am": zeile["abgerufen_am"].astimezone(UTC)}
    return [name for name, wert in soll.items() if name in ist and ist[name] != wert]
