"""A release depends on archive, code and declarations only: same contents in another folder and in another order."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from laufhilfe import BEISPIELARCHIV, Szene

from pipelines.einstellungen import Einstellungen
from pipelines.fingerabdruck import definitionen
from pipelines.freigabe import freigeben
from pipelines.gebietsverzeichnis import verzeichnisse
from pipelines.lager import verbinden
from pipelines.rohtabellen.einrichtungsorte import baue_nachfragepunkte, verorte_einrichtungen
from pipelines.rohtabellen.figuren import baue_figuren
from pipelines.rohtabellen.laden import GUT, lade_quelle
from pipelines.rohtabellen.lauf import bereite_lauf_vor
from pipelines.rohtabellen.verortung import verorte_schulen
from pipelines.transformation.dbt_lauf import baue
from pipelines.transformation.manifest import manifest
from quellen.archiv import Archiv
from quellen.modell import lade_katalog


@pytest.mark.langsam
def test_andere_reihenfolge_anderer_ordner_gleiche_inhalte(beispiel_freigabe: Szene, tmp_path: Path) -> None:
    """The sources backwards, without Dagster, under the name and time of the first release: every hash is the same."""
    erste: dict[str, Any] = beispiel_freigabe.schein()
    e = Einstellungen(daten=tmp_path / "anderswo")
    katalog, archiv = lade_katalog(), Archiv(e.archiv)
    for kennung in sorted(katalog, reverse=True):
        archiv.uebernehmen(Archiv(BEISPIELARCHIV), kennung)
    hash_ = definitionen(e)
    with verbinden(e.lager) as con:
        for kennung in sorted(katalog, reverse=True):
            bericht = lade_quelle(con, katalog[kennung], archiv, verzeichnisse(), definitionen=hash_, mit_beispiel=True)
            assert bericht.zustand == GUT
        verorte_schulen(con)
        verorte_einrichtungen(con)
        baue_nachfragepunkte(con)
        baue_figuren(con, katalog.values())
        stand = bereite_lauf_vor(
            con,
            None,
            jetzt=datetime.fromisoformat(erste["erstellt_am"]),
            definitionen=hash_,
            code=erste["code"],
            dagster_lauf=erste["lauf"],
            betrieb="beispiel",
        )
    assert stand.id == erste["id"]
    schlecht = [k for k in baue(e) if not k.gut]
    assert schlecht == []
    freigabe = freigeben(e.lager, manifest(e), e.freigaben, archiv, stand.id)
    zweite = json.loads((freigabe.ordner / "freigabe.json").read_text(encoding="utf-8"))
    assert zweite["tabellen"] == erste["tabellen"]
    for art in ("csv", "parquet"):
        for datei in sorted((beispiel_freigabe.freigabe / art).iterdir()):
            gleich = datei.read_bytes() == (freigabe.ordner / art / datei.name).read_bytes()
            assert gleich, f"{art}/{datei.name}"
