"""What an old release was made of: its time, run, predecessor, and the archive as it was then.

Belongs here: reading that from the release, and laying it out in a folder of its own. Does not belong here: which code
builds it (``code``), building (``schritte``).

Nothing of the archive or of the releases is written: records are copied, objects and the predecessor are only linked.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import DATEI, SCHEIN, dateihash
from quellen.archiv import Abruf, Archiv


class NachbauFehler(Exception):
    """A release that cannot be built again; the message says why and what to do."""


@dataclass
class Auftrag:
    """Everything that the steps of the night need to know; goes to another process as JSON."""

    daten: str
    id: str
    erstellt_am: str
    definitionen: str
    code: str
    lauf: str
    betrieb: str
    vorgaenger: str
    mit_beispiel: bool
    meldungen: dict[str, str] = field(default_factory=dict)

    def als_json(self) -> str:
        """The text that ``schritte`` reads."""
        return json.dumps(asdict(self), ensure_ascii=False)


def lies_schein(ordner: Path) -> dict[str, Any]:
    """The release note. Raises ``NachbauFehler`` if it cannot be read or lacks what a rebuild needs."""
    try:
        schein = json.loads((ordner / SCHEIN).read_text(encoding="utf-8"))
        if not isinstance(schein, dict):
            raise ValueError("kein JSON-Objekt")
        fehlend = [n for n in ("id", "erstellt_am", "definitionen", "code", "lauf", "tabellen") if not schein.get(n)]
        if fehlend:
            raise ValueError(f"ohne {', '.join(fehlend)}")
        datetime.fromisoformat(str(schein["erstellt_am"]))
    except (OSError, ValueError, TypeError) as fehler:
        raise NachbauFehler(
            f"{ordner.name}/{SCHEIN} ist nicht brauchbar: {fehler}. Erwartet: der Freigabeschein dieser Freigabe. "
            "Was tun: ihn aus der Sicherung wiederherstellen."
        ) from fehler
    return schein


def stelle_bereit(ordner: Path, schein: dict[str, Any], archiv: Archiv, daten: Path) -> tuple[Auftrag, list[str]]:
    """Lay out archive and predecessor as they were in the empty folder ``daten``; also what is to be remarked.

    Raises ``NachbauFehler`` if a record, an object or the predecessor is missing or was changed.
    """
    with _oeffne(ordner) as con:
        eintraege, hinweise = _eintraege(con, schein, archiv)
        meldungen = con.execute("select q.quelle, q.meldung from quellen as q where q.meldung != ''").fetchall()
    for eintrag, sha256 in eintraege:
        _uebernimm(archiv.ordner / eintrag, daten / "archiv" / eintrag, sha256)
    (daten / "archiv").mkdir(parents=True, exist_ok=True)
    (daten / "archiv" / "objekte").symlink_to((archiv.ordner / "objekte").resolve(), target_is_directory=True)
    vorgaenger = str(schein.get("vorgaenger") or "")
    (daten / "freigaben").mkdir()
    if vorgaenger:
        _verweise_auf_vorgaenger(ordner, vorgaenger, schein, daten)
    betrieb = str(schein.get("betrieb") or "beispiel")
    return Auftrag(
        daten=str(daten),
        id=str(schein["id"]),
        erstellt_am=str(schein["erstellt_am"]),
        definitionen=str(schein["definitionen"]),
        code=str(schein["code"]),
        lauf=str(schein["lauf"]),
        betrieb=betrieb,
        vorgaenger=vorgaenger,
        mit_beispiel=betrieb == "beispiel" or bool(schein.get("beispiel")),
        meldungen={str(q): str(m) for q, m in meldungen},
    ), hinweise


def _oeffne(ordner: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(ordner / DATEI), read_only=True)
    except duckdb.Error as fehler:
        raise NachbauFehler(
            f"{ordner.name}/{DATEI} lässt sich nicht lesen: {fehler}. Was tun: »sozialraum pruefe« anwenden."
        ) from fehler


def _eintraege(
    con: duckdb.DuckDBPyConnection, schein: dict[str, Any], archiv: Archiv
) -> tuple[list[tuple[str, str]], list[str]]:
    try:
        zeilen = con.execute("select a.eintrag, a.sha256 from archiveintraege as a order by a.eintrag").fetchall()
    except duckdb.CatalogException:
        return _nach_zeit(archiv, datetime.fromisoformat(str(schein["erstellt_am"]))), [
            "Diese Freigabe nennt die Einträge des Archivs noch nicht; genommen sind alle Abrufe bis zu ihrer Zeit."
        ]
    return [(str(e), str(s)) for e, s in zeilen], []


def _nach_zeit(archiv: Archiv, bis: datetime) -> list[tuple[str, str]]:
    gefunden = []
    for datei in sorted((archiv.ordner / "abrufe").glob("*/*.json")):
        if Abruf.model_validate_json(datei.read_bytes()).abgerufen_am <= bis:
            gefunden.append((datei.relative_to(archiv.ordner).as_posix(), dateihash(datei)))
    return gefunden


def _uebernimm(von: Path, nach: Path, sha256: str) -> None:
    gefunden = dateihash(von) if von.is_file() else "nichts"
    if gefunden != sha256:
        raise NachbauFehler(
            f"Der Eintrag {von.parent.name}/{von.name} des Archivs ist nicht mehr, was er war. Gefunden: {gefunden}. "
            f"Erwartet: sha256 {sha256}. Was tun: das Archiv aus der Sicherung wiederherstellen."
        )
    nach.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(von, nach)


def _verweise_auf_vorgaenger(ordner: Path, vorgaenger: str, schein: dict[str, Any], daten: Path) -> None:
    damals = ordner.parent / vorgaenger
    datei = damals / SCHEIN
    if not datei.is_file() or dateihash(datei) != schein.get("vorgaenger_sha256"):
        gefunden = "eine andere" if datei.is_file() else "nichts"
        raise NachbauFehler(
            f"Die vorige Freigabe {vorgaenger} liegt nicht unverändert neben {ordner.name}. Gefunden: {gefunden}. "
            f"Erwartet: {SCHEIN} mit sha256 {schein.get('vorgaenger_sha256')}. Was tun: sie aus der Sicherung "
            "zurückholen; aus ihr kommen die Revisionen."
        )
    (daten / "freigaben" / vorgaenger).symlink_to(damals.resolve(), target_is_directory=True)
