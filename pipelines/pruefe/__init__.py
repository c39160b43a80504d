"""An independent audit of a release: only the released folder and archived bytes are read.

Belongs here: the order of the audit's parts. Does not belong here: dbt, the private file, and how a release is built.
Everything is found out a second way: files by their hashes, cells by reading archived files again, figures in pandas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import DATEI
from pipelines.freigabe.signatur import OeffentlicherSchluessel
from pipelines.pruefe.archivbytes import pruefe_abrufe, pruefe_objekte
from pipelines.pruefe.bericht import Pruefbericht, Pruefpunkt
from pipelines.pruefe.dateien import lies_schein, pruefe_dateien, pruefe_tabelle_freigabe, pruefe_vorgaenger
from pipelines.pruefe.dateikatalog import pruefe_dateikatalog
from pipelines.pruefe.erreichbarkeit import pruefe_bedarfsspanne, pruefe_einrichtungsdichte, pruefe_erreichbarkeit
from pipelines.pruefe.inhalte import pruefe_inhalte
from pipelines.pruefe.kennzahlen import pruefe_breite_tabellen, pruefe_kennzahlen
from pipelines.pruefe.kette import lies_deklarationen, pruefe_eintraege, pruefe_signatur, pruefe_spaltenherkunft
from pipelines.pruefe.nachvollzug import NAME as NACHVOLLZUG
from pipelines.pruefe.nachvollzug import pruefe_nachvollzug
from pipelines.pruefe.qualitaet import pruefe_qualitaet
from pipelines.pruefe.quellzellen import Quellen, lies_quellen, pruefe_vollstaendig, pruefe_zellen
from pipelines.pruefe.revisionen import pruefe_revisionen
from pipelines.pruefe.schulen import pruefe_ungezaehlte
from pipelines.pruefe.siedlung import pruefe_siedlung
from pipelines.pruefe.verbund import pruefe_verbund
from pipelines.pruefe.vergleiche import pruefe_vergleiche
from pipelines.transformation.spaltenherkunft import HerkunftFehler
from quellen.archiv import Archiv
from quellen.fehler import QuellenFehler
from quellen.modell import Quelle

__all__ = ["Pruefbericht", "Pruefpunkt", "pruefe"]

_UNPRUEFBAR = (duckdb.Error, LookupError, ValueError, TypeError, OSError, QuellenFehler, HerkunftFehler)
"""What a part of the audit may raise on a damaged release; it then counts as a finding."""


def pruefe(
    freigabe_ordner: Path,
    archiv: Archiv,
    installiert: Mapping[str, Quelle] | None = None,
    schluessel: OeffentlicherSchluessel | None = None,
) -> Pruefbericht:
    """Audit a release against the archive, by the declarations that it carries itself.

    ``installiert``: the declarations of this machine, only compared with those. ``schluessel``: public key that the
    release must be signed with. Never raises for a damaged release or archive.
    """
    ordner = freigabe_ordner.resolve()
    schein, punkt = lies_schein(ordner)
    bericht = Pruefbericht(str(schein.get("id", ordner.name)), [punkt])
    bericht.punkte.append(pruefe_dateien(ordner, schein))
    bericht.punkte.append(pruefe_signatur(ordner, schein, schluessel))
    katalog, punkt = lies_deklarationen(ordner, schein, installiert or {})
    bericht.punkte.append(punkt)
    bericht.punkte.append(pruefe_vorgaenger(ordner, schein))
    bericht.punkte.append(pruefe_objekte(archiv))
    if not bericht.unversehrt(DATEI):
        bericht.punkte.append(
            Pruefpunkt("Inhalt", 0, [f"nicht geprüft: {DATEI} ist verändert, fehlt oder steht nicht in freigabe.json"])
        )
        return bericht
    try:
        con = duckdb.connect(str(ordner / DATEI), read_only=True, config={"enable_external_access": "false"})
    except duckdb.Error as fehler:
        bericht.punkte.append(Pruefpunkt("Inhalt", 0, [f"{DATEI} lässt sich nicht lesen: {fehler}"]))
        return bericht
    with con:
        con.execute("set timezone = 'UTC'")
        _pruefe_inhalt(con, (ordner, schein), archiv, katalog, bericht)
    return bericht


def _pruefe_inhalt(
    con: duckdb.DuckDBPyConnection,
    freigabe: tuple[Path, Mapping[str, Any]],
    archiv: Archiv,
    katalog: Mapping[str, Quelle],
    bericht: Pruefbericht,
) -> None:
    ordner, schein = freigabe
    quellen = Quellen()

    def gelesen() -> Pruefpunkt:
        nonlocal quellen
        quellen, punkt = lies_quellen(con, archiv, katalog)
        return punkt

    schritte: list[tuple[str, Callable[[], Pruefpunkt]]] = [
        ("Freigabeschein", lambda: pruefe_tabelle_freigabe(con, schein)),
        ("Katalog der Datei", lambda: pruefe_dateikatalog(con, ordner)),
        ("Tabellen, Parquet und CSV", lambda: pruefe_inhalte(con, ordner, schein)),
        ("Revisionen", lambda: pruefe_revisionen(con, ordner, schein)),
        ("Abrufe", lambda: pruefe_abrufe(con, archiv, schein)),
        ("Einträge des Archivs", lambda: pruefe_eintraege(con, archiv, schein)),
        ("Spaltenherkunft", lambda: pruefe_spaltenherkunft(con, ordner)),
        ("Quelldateien", gelesen),
        ("Quellzellen", lambda: pruefe_zellen(con, quellen)),
        ("Schulen ohne Schülerzahl", lambda: pruefe_ungezaehlte(con)),
        ("Vollständigkeit", lambda: pruefe_vollstaendig(con, quellen)),
        (NACHVOLLZUG, lambda: pruefe_nachvollzug(freigabe, quellen, katalog)),
        ("Kennzahlen", lambda: pruefe_kennzahlen(con, quellen.umrisse)),
        ("Erreichbarkeit", lambda: pruefe_erreichbarkeit(con, quellen.dateien)),
        ("Einrichtungsdichte", lambda: pruefe_einrichtungsdichte(con, quellen.umrisse)),
        ("Bedarfsspanne", lambda: pruefe_bedarfsspanne(con)),
        ("Bevölkerungsdichte", lambda: pruefe_siedlung(con, quellen.dateien)),
        ("Breite Tabellen", lambda: pruefe_breite_tabellen(con)),
        ("Vergleiche", lambda: pruefe_vergleiche(con)),
        ("Verbundindex", lambda: pruefe_verbund(con)),
        ("Qualitätskennzahlen", lambda: pruefe_qualitaet(con)),
    ]
    for name, schritt in schritte:
        try:
            bericht.punkte.append(schritt())
        except _UNPRUEFBAR as fehler:
            bericht.punkte.append(Pruefpunkt(name, 0, [f"nicht prüfbar: {type(fehler).__name__}: {fehler}"]))
