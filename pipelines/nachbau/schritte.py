"""The steps of a night, without Dagster and without fetching, as a program of its own: ``schritte.py AUFTRAG``.

Belongs here: the order of the steps with the time, run and predecessor of an old release. Does not belong here:
anything of ``pipelines.nachbau``: this file also runs with the code of an older commit, which may not have that room.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.einstellungen import Einstellungen
from pipelines.fingerabdruck import definitionen
from pipelines.freigabe import FreigabeFehler, freigeben
from pipelines.gebietsverzeichnis import verzeichnisse
from pipelines.lager import verbinden
from pipelines.rohtabellen.deklarationen import merke_deklarationen
from pipelines.rohtabellen.gerechnet import baue_gerechnete
from pipelines.rohtabellen.laden import lade_quelle
from pipelines.rohtabellen.lauf import bereite_lauf_vor
from pipelines.rohtabellen.rechenwege import rohwege
from pipelines.transformation.dbt_lauf import baue
from pipelines.transformation.herkunftstabelle import Rohwege, merke_modelle, schreibe_spaltenherkunft
from pipelines.transformation.manifest import manifest, ziel
from quellen.archiv import Archiv
from quellen.modell import Quelle, lade_katalog


def main(auftrag: dict[str, Any]) -> str:
    """Do the steps; returns what went wrong, empty if nothing did."""
    e = Einstellungen(daten=Path(auftrag["daten"]))
    abdruck = definitionen(e)
    if abdruck != auftrag["definitionen"]:
        return (
            f"Die Definitionen dieses Programmstands haben sha256 {abdruck}. Erwartet: {auftrag['definitionen']}. Was "
            "tun: SOZIALRAUM_KATALOG auf die Deklarationen von damals zeigen lassen; im git-Commit stehen sie nicht."
        )
    katalog, archiv = lade_katalog(e.katalog), Archiv(e.archiv)
    with verbinden(e.lager) as con:
        for quelle in reversed(katalog.values()):  # the order of sources must not matter
            _lade(con, quelle, archiv, auftrag)
        baue_gerechnete(con, katalog.values())
        merke_deklarationen(con, e)
        stand = bereite_lauf_vor(
            con,
            e.freigaben / auftrag["vorgaenger"] if auftrag["vorgaenger"] else None,
            jetzt=datetime.fromisoformat(auftrag["erstellt_am"]),
            definitionen=abdruck,
            code=auftrag["code"],
            dagster_lauf=auftrag["lauf"],
            betrieb=auftrag["betrieb"],
        )
    if stand.id != auftrag["id"]:
        return f"Aus diesem Archiv entsteht die Freigabe {stand.id}. Erwartet: {auftrag['id']}."
    gelesen, gebaut = manifest(e), baue(e)
    schlecht = [f"{k.knoten}: {k.meldung}" for k in gebaut if not k.gut]
    if schlecht:
        return "dbt hat Fehler gefunden.\n" + "\n".join(schlecht)
    with verbinden(e.lager) as con:
        merke_modelle(con, gelesen, gebaut)
        schreibe_spaltenherkunft(con, gelesen, Rohwege(*rohwege(katalog.values())), ziel(e) / "spaltenherkunft")
    try:
        freigeben(e.lager, gelesen, e.freigaben, archiv, stand.id)
    except FreigabeFehler as fehler:
        return str(fehler)
    return ""


def _lade(con: duckdb.DuckDBPyConnection, quelle: Quelle, archiv: Archiv, auftrag: dict[str, Any]) -> None:
    """Load a source; if the release names a failed fetch beside the contract's message, load it with that again."""
    angaben: dict[str, Any] = {"definitionen": auftrag["definitionen"], "mit_beispiel": auftrag["mit_beispiel"]}
    bericht = lade_quelle(con, quelle, archiv, verzeichnisse(), **angaben)
    damals = auftrag["meldungen"].get(quelle.id, "")
    if damals != bericht.meldung and damals.endswith(bericht.meldung):
        abrufmeldung = damals.removesuffix(bericht.meldung).removesuffix("\n")
        lade_quelle(con, quelle, archiv, verzeichnisse(), **angaben, abrufmeldung=abrufmeldung)


if __name__ == "__main__":
    meldung = main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    sys.stderr.write(meldung)
    sys.exit(1 if meldung else 0)
