"""The hash chain of the released folder: release note, files, predecessor.

Belongs here: what can be found out from hashes and names. Does not belong here: the contents of tables (``inhalte``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import SCHEIN, SIGNATUR, als_text, dateihash, pruefsumme, quellenstand, zeilen_als_dict
from pipelines.freigabe.belege import KATALOGKOPIE, SQL
from pipelines.pruefe.bericht import Pruefpunkt


def lies_schein(ordner: Path) -> tuple[dict[str, Any], Pruefpunkt]:
    """The release note (empty if unreadable), and whether it is as it was written."""
    punkt = Pruefpunkt("Freigabeschein (Prüfsumme)", 1, einheit="Datei")
    datei = ordner / SCHEIN
    try:
        inhalt = datei.read_text(encoding="utf-8")
        schein = json.loads(inhalt)
        if not isinstance(schein, dict):
            raise ValueError("kein JSON-Objekt")
    except (OSError, ValueError) as fehler:
        punkt.maengel.append(f"{SCHEIN} ist nicht lesbar: {fehler}")
        return {}, punkt
    if schein.get("pruefsumme") != pruefsumme(schein) or als_text(schein) != inhalt:
        punkt.maengel.append(f"{SCHEIN} wurde verändert: die Prüfsumme stimmt nicht mit dem Inhalt überein")
    return schein, punkt


def pruefe_dateien(ordner: Path, schein: Mapping[str, Any]) -> Pruefpunkt:
    """Every file of the folder against the hashes of the release note; none missing, none too many."""
    eintraege = schein.get("dateien")
    soll: dict[str, Any] = eintraege if isinstance(eintraege, dict) else {}
    ist = {p.relative_to(ordner).as_posix() for p in ordner.rglob("*") if p.is_file() or p.is_symlink()}
    ist -= {SCHEIN, SIGNATUR}
    punkt = Pruefpunkt("Dateien der Freigabe", len(ist | set(soll)), einheit="Dateien")
    for name in sorted(ist | set(soll)):
        angaben = soll.get(name)
        if name not in ist:
            punkt.maengel.append(f"{_benannt(name)} fehlt")
        elif not isinstance(angaben, dict):
            punkt.maengel.append(f"{name} steht nicht in {SCHEIN}")
        elif (ordner / name).is_symlink():
            punkt.maengel.append(f"{name} ist ein Verweis statt einer Datei")
        elif dateihash(ordner / name) != angaben.get("sha256"):
            groesse = (ordner / name).stat().st_size
            punkt.maengel.append(
                f"{_benannt(name)} wurde verändert: sha256 {dateihash(ordner / name)}, {groesse} Bytes statt "
                f"{angaben.get('sha256')}, {angaben.get('bytes')} Bytes"
            )
        elif (ordner / name).stat().st_size != angaben.get("bytes"):
            punkt.maengel.append(f"{name}: {SCHEIN} nennt eine falsche Größe ({angaben.get('bytes')})")
    return punkt


def _benannt(name: str) -> str:
    """A file's name, and what it is where the name does not say so."""
    stamm = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if name.startswith(f"{SQL}/"):
        return f"{name} (das ausgeführte SQL des Modells {stamm})"
    return f"{name} (die Deklaration der Quelle {stamm})" if name.startswith(f"{KATALOGKOPIE}/") else name


def pruefe_vorgaenger(ordner: Path, schein: Mapping[str, Any]) -> Pruefpunkt:
    """The release note of the predecessor against its hash; also that of a successor that names this release."""
    punkt = Pruefpunkt("Kette der Freigaben", 0, einheit="Verbindungen")
    name = schein.get("vorgaenger")
    if name:
        datei = ordner.parent / str(name) / SCHEIN
        if not datei.is_file():
            punkt.hinweise.append(f"Der Vorgänger {name} liegt nicht hier; die Verbindung zu ihm ist nicht prüfbar.")
        else:
            punkt.geprueft += 1
            if dateihash(datei) != schein.get("vorgaenger_sha256"):
                punkt.maengel.append(
                    f"der Vorgänger {name} wurde verändert: {SCHEIN} passt nicht zur vermerkten sha256"
                )
    for datei in sorted(ordner.parent.glob(f"*/{SCHEIN}")):
        if datei.parent.is_symlink() or datei.parent == ordner or not (ordner / SCHEIN).is_file():
            continue
        try:
            anderer = json.loads(datei.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            punkt.hinweise.append(f"{datei.parent.name}/{SCHEIN} ist nicht lesbar.")
            continue
        if isinstance(anderer, dict) and anderer.get("vorgaenger") == schein.get("id"):
            punkt.geprueft += 1
            if anderer.get("vorgaenger_sha256") != dateihash(ordner / SCHEIN):
                punkt.maengel.append(f"{SCHEIN} ist nicht die, aus der die Freigabe {datei.parent.name} hervorging")
    return punkt


def pruefe_tabelle_freigabe(con: duckdb.DuckDBPyConnection, schein: Mapping[str, Any]) -> Pruefpunkt:
    """What the release note and tables ``freigabe`` and ``quellen`` both say must be the same."""
    zeilen = zeilen_als_dict(con, "select * from freigabe")
    punkt = Pruefpunkt("Freigabeschein", 0, einheit="Angaben")
    if len(zeilen) != 1:
        punkt.maengel.append(f"die Tabelle freigabe hat {len(zeilen)} Zeilen statt einer")
        return punkt
    soll = zeilen[0] | {"beispiel": zeilen[0].get("enthaelt_beispiel"), "quellenstand": quellenstand(con)}
    for name in sorted(soll.keys() - {"enthaelt_beispiel"}):
        punkt.geprueft += 1
        wert = soll[name].isoformat() if hasattr(soll[name], "isoformat") else soll[name]
        if (schein.get(name) or None) != (wert or None):
            wo = "die Tabelle quellen" if name == "quellenstand" else "die Tabelle freigabe"
            punkt.maengel.append(f"{name}: {SCHEIN} sagt {_kurz(schein.get(name))}, {wo} {_kurz(wert)}")
    return punkt


def _kurz(wert: object) -> str:
    text = str(wert)
    return text if len(text) <= 100 else f"{text[:100]} …"
