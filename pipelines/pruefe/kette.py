"""What a release note binds beyond its own files: declarations and code, records of the archive, lineage, signature.

Belongs here: comparing these with the hashes of the release note, and reading the declarations that the release
carries. Does not belong here: the files of the folder (``dateien``) and the bytes of the archive (``archivbytes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
from pydantic import ValidationError

from pipelines.fingerabdruck import abdruck
from pipelines.freigabe.beilagen import SCHEIN, SIGNATUR, dateihash, vermerk
from pipelines.freigabe.belege import KATALOGKOPIE, KOPIEN, SQL
from pipelines.freigabe.signatur import (
    KOMMENTAR,
    OeffentlicherSchluessel,
    SignaturFehler,
    lies_oeffentlich,
    pruefe_unterschrift,
)
from pipelines.freigabe.spaltenpruefung import luecken
from pipelines.pruefe.bericht import Pruefpunkt
from quellen.archiv import Abruf, Archiv
from quellen.fehler import QuellenFehler
from quellen.modell import Quelle, lade_quelle


def lies_deklarationen(
    ordner: Path, schein: Mapping[str, Any], installiert: Mapping[str, Quelle]
) -> tuple[dict[str, Quelle], Pruefpunkt]:
    """The source declarations that the release carries, against their hashes; ``installiert`` is only compared.

    A release that carries none is a finding; then the installed ones are taken.
    """
    hashes = _texte(schein.get("deklarationen"))
    punkt = Pruefpunkt("Deklarationen und Code", len(hashes), einheit="Dateien")
    if not hashes:
        punkt.maengel.append(f"{SCHEIN} nennt keine Deklarationen; geprüft wird mit den hier installierten")
        return dict(installiert), punkt
    if abdruck(hashes) != schein.get("definitionen"):
        punkt.maengel.append(f"{SCHEIN}: definitionen passt nicht zur Liste der Deklarationen")
    for wurzel, kopie in KOPIEN.items():
        punkt.maengel += _pruefe_kopien(hashes, wurzel, ordner / kopie)
    katalog: dict[str, Quelle] = {}
    for datei in sorted((ordner / KATALOGKOPIE).glob("*.yaml")):
        if ".korrekturen" in datei.name:
            continue
        try:
            katalog[datei.stem] = lade_quelle(datei)
        except QuellenFehler as fehler:
            punkt.maengel.append(f"die Deklaration {datei.name} ist nicht lesbar: {fehler.befunde[0]}")
    anders = sorted(q for q in katalog.keys() | installiert.keys() if katalog.get(q) != installiert.get(q))
    if anders and installiert:
        punkt.hinweise.append(
            f"{len(anders)} Quellen sind hier anders deklariert, als die Freigabe es mitbringt: {', '.join(anders)}. "
            "Geprüft wird mit dem, was sie mitbringt."
        )
    return katalog, punkt


def _pruefe_kopien(hashes: Mapping[str, str], wurzel: str, ordner: Path) -> Iterator[str]:
    """The files under ``belege/`` that are copies of declarations."""
    soll = {
        PurePosixPath(p).name: h
        for p, h in hashes.items()
        if PurePosixPath(p).parent.as_posix() == wurzel and p.endswith((".yaml", ".csv"))
    }
    ist = {p.name for p in ordner.glob("*") if p.is_file()}
    for name in sorted(ist | set(soll)):
        if name not in ist:
            yield f"die Deklaration {name} fehlt unter {ordner.parent.name}/{ordner.name}/"
        elif name not in soll:
            yield f"die Deklaration {name} steht nicht in {SCHEIN}"
        elif dateihash(ordner / name) != soll[name]:
            yield f"die Deklaration {name} ist eine andere als die, aus der die Freigabe entstand"


def _texte(angaben: Any) -> dict[str, str]:  # noqa: ANN401 - whatever stands in the release note
    """A mapping of texts to texts; anything else counts as missing."""
    if not isinstance(angaben, dict):
        return {}
    return {k: v for k, v in angaben.items() if isinstance(v, str)}


def pruefe_eintraege(con: duckdb.DuckDBPyConnection, archiv: Archiv, schein: Mapping[str, Any]) -> Pruefpunkt:
    """Every record of the archive that the release knew of; and one for every row of ``abrufe``."""
    genannt = _texte(schein.get("eintraege"))
    hashes = {str(e): str(s) for e, s in con.execute("select e.eintrag, e.sha256 from archiveintraege as e").fetchall()}
    punkt = Pruefpunkt("Einträge des Archivs", len(hashes), einheit="Einträge")
    punkt.maengel += [
        f"{eintrag}: {SCHEIN} nennt sha256 {genannt.get(eintrag)}, die Tabelle archiveintraege {hashes.get(eintrag)}"
        for eintrag in sorted(genannt.keys() | hashes.keys())
        if hashes.get(eintrag) != genannt.get(eintrag)
    ]
    belegt: set[tuple[str, str, str]] = set()
    for pfad, soll in sorted(hashes.items()):
        if not soll:
            continue  # was not readable then
        teile = PurePosixPath(pfad).parts
        datei = archiv.ordner.joinpath(*teile)
        was = "die Annahme" if teile[:1] == ("annahmen",) else "der Abrufeintrag"
        if ".." in teile or PurePosixPath(pfad).is_absolute() or not datei.is_file():
            punkt.maengel.append(f"{was} {pfad} fehlt im Archiv")
            continue
        inhalt = datei.read_bytes()
        if dateihash(datei) != soll:
            punkt.maengel.append(f"{was} {pfad} wurde verändert: sha256 {dateihash(datei)} statt {soll}")
        elif teile[0] == "abrufe":
            try:
                abruf = Abruf.model_validate_json(inhalt)
            except ValidationError:
                punkt.maengel.append(f"{was} {pfad} ist nicht lesbar")
                continue
            belegt |= {(abruf.quelle, abruf.teil, o.sha256) for o in abruf.objekte}
    for zeile in con.execute("select distinct quelle, teil, abruf from abrufe order by all").fetchall():
        if zeile not in belegt:
            punkt.maengel.append(
                f"archiveintraege nennt keinen gültigen Eintrag zum Abruf {zeile[2]} ({zeile[0]}/{zeile[1]})"
            )
    return punkt


def pruefe_spaltenherkunft(con: duckdb.DuckDBPyConnection, ordner: Path) -> Pruefpunkt:
    """Lineage of every released column is whole, and each step through a model stands in the SQL that was executed."""
    kanten = con.execute(
        "select h.tabelle, h.spalte, h.quelltabelle, h.quellspalte, h.quellart from spaltenherkunft as h order by all"
    ).fetchall()
    punkt = Pruefpunkt("Spaltenherkunft", len(kanten), luecken(con), "Schritte")
    sql = {p.stem: p.read_text(encoding="utf-8", errors="replace") for p in (ordner / SQL).glob("*.sql")}
    je_tabelle: dict[str, list[str]] = {}
    for name in sql:
        je_tabelle.setdefault(name, []).append(name)
        je_tabelle.setdefault(name.partition(".")[2], []).append(name)
    worte = {name: set(re.findall(r"\w+", text)) for name, text in sql.items()}
    ohne = sorted({q for _, _, q, _, art in kanten if art == "modell"} - set(sql))
    punkt.maengel += [f"das ausgeführte SQL von {name} fehlt ({SQL}/{name}.sql)" for name in ohne]
    for tabelle, spalte, quelltabelle, quellspalte, art in kanten:
        if art not in ("modell", "freigabe", "quelltext") or tabelle not in je_tabelle:
            continue
        gesucht = {str(quellspalte), str(quelltabelle).rpartition(".")[2]}
        if not any(gesucht <= worte[name] for name in je_tabelle[tabelle]):
            punkt.maengel.append(
                f"{tabelle}.{spalte} ist angeblich aus {quelltabelle}.{quellspalte} gemacht; im SQL von {tabelle} "
                "steht davon nichts"
            )
    return punkt


def pruefe_signatur(ordner: Path, schein: Mapping[str, Any], schluessel: OeffentlicherSchluessel | None) -> Pruefpunkt:
    """The signature beside the release note: against the given public key, and the one that the note names itself."""
    punkt = Pruefpunkt("Unterschrift", 0, einheit="Unterschriften")
    genannt, datei = _genannter(schein, punkt), ordner / SIGNATUR
    if not datei.is_file():
        if schluessel or genannt:
            punkt.maengel.append(f"{SIGNATUR} fehlt: die Freigabe ist nicht unterschrieben")
        else:
            punkt.hinweise.append("Die Freigabe ist nicht unterschrieben.")
        return punkt
    punkt.geprueft = 1
    text = datei.read_bytes().decode("utf-8", errors="replace")
    if genannt and not text.startswith(f"{KOMMENTAR}\n"):
        punkt.maengel.append(f"{SIGNATUR} beginnt anders, als dieses Programm sie schreibt")
    for nr, gegen in enumerate((genannt, schluessel)):
        if gegen is None:
            continue
        try:
            wortlaut = pruefe_unterschrift((ordner / SCHEIN).read_bytes(), text, gegen)
        except (SignaturFehler, OSError) as fehler:
            wer = "dem angegebenen Schlüssel" if nr else f"dem Schlüssel, den {SCHEIN} nennt"
            punkt.maengel.append(f"{SIGNATUR} stammt nicht von {wer}: {fehler}")
            continue
        if wortlaut != vermerk(str(schein.get("id"))):
            punkt.maengel.append(f"{SIGNATUR} ist die einer anderen Freigabe: »{wortlaut}«")
    if schluessel is None:
        kennung = f" {genannt.kennung}" if genannt else ""
        punkt.hinweise.append(
            f"Ob der Schlüssel{kennung} der des Amtes ist, sagt erst --schluessel mit dessen öffentlichem Schlüssel."
        )
    return punkt


def _genannter(schein: Mapping[str, Any], punkt: Pruefpunkt) -> OeffentlicherSchluessel | None:
    zeile = schein.get("signaturschluessel")
    if not zeile:
        return None
    try:
        return lies_oeffentlich(str(zeile))
    except SignaturFehler as fehler:
        punkt.maengel.append(f"{SCHEIN}: signaturschluessel: {fehler}")
        return None
