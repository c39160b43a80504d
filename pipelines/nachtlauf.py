"""One complete nightly run from the command line, through the same Dagster job that the schedule uses.

Belongs here: Dagster's instance, progress on the terminal, and the closing summary. Does not belong here: the steps
themselves.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import duckdb
from dagster_shared.error import SerializableErrorInfo
from rich.console import Console
from rich.table import Table

from pipelines.assets.abruf import CHECK, GRUPPE
from pipelines.einstellungen import Einstellungen
from pipelines.freigabe import aktuelle
from pipelines.laufprotokoll import zuegiges_protokoll

_LEISE = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
INSTANZ_VORLAGE = Path(__file__).parent / "dagster.yaml"


@dataclass
class Nachtergebnis:
    """What a run gave: ``erfolg`` of the job, current release before and after, messages of failed steps and checks."""

    erfolg: bool
    freigabe_vorher: str
    freigabe_nachher: str
    fehler: list[str] = field(default_factory=list)
    pruefungen: int = 0
    pruefungen_schlecht: list[str] = field(default_factory=list)
    hinweise: list[str] = field(default_factory=list)

    @property
    def neues(self) -> bool:
        """Whether this run made a release."""
        return self.freigabe_vorher != self.freigabe_nachher


def dagster_ordner(einstellungen: Einstellungen) -> Path:
    """``DAGSTER_HOME`` if set, else a folder among the runtime data; made ready on first use."""
    ordner = Path(os.environ.get("DAGSTER_HOME") or einstellungen.dagster)
    ordner.mkdir(parents=True, exist_ok=True)
    if not (ordner / "dagster.yaml").exists():
        shutil.copyfile(INSTANZ_VORLAGE, ordner / "dagster.yaml")
    return ordner


class _Fortschritt:
    """Turns Dagster's events into one line per step, and one per source as its fetch ends."""

    def __init__(self, konsole: Console, ergebnis: Nachtergebnis) -> None:
        self.konsole = konsole
        self.ergebnis = ergebnis

    def __call__(self, eintrag: dg.EventLogEntry) -> None:
        ereignis = eintrag.dagster_event
        if ereignis is None:
            return
        schritt = ereignis.step_key or ""
        if ereignis.event_type_value == "STEP_START":
            self.konsole.print(f"  … {schritt}", style="dim", highlight=False)
        elif ereignis.event_type_value == "STEP_SUCCESS":
            self.konsole.print(f"  ✓ {schritt}", highlight=False)
        elif ereignis.event_type_value == "STEP_SKIPPED":
            self.konsole.print(f"  – {schritt}: übersprungen", style="dim", highlight=False)
        elif ereignis.event_type_value == "STEP_UP_FOR_RETRY":
            self.konsole.print(f"  ↻ {schritt}: wird wiederholt", style="yellow", highlight=False)
        elif ereignis.event_type_value == "STEP_FAILURE":
            self._fehlgeschlagen(schritt, ereignis)
        elif ereignis.event_type_value in ("RESOURCE_INIT_FAILURE", "ENGINE_EVENT"):
            if ereignis.engine_event_data.error is not None:  # of an engine event: what failed after the last step
                self.ergebnis.fehler.append(_grund(ereignis.engine_event_data.error))
        elif ereignis.event_type_value == "ASSET_CHECK_EVALUATION":
            self._pruefung(ereignis)

    def _fehlgeschlagen(self, schritt: str, ereignis: dg.DagsterEvent) -> None:
        daten = ereignis.step_failure_data
        grund = daten.user_failure_data.description if daten.user_failure_data else None
        self.ergebnis.fehler.append(f"{schritt}: {grund or _grund(daten.error)}")
        self.konsole.print(f"  ✗ {schritt}: fehlgeschlagen", style="red", highlight=False)

    def _pruefung(self, ereignis: dg.DagsterEvent) -> None:
        auswertung = ereignis.asset_check_evaluation_data
        self.ergebnis.pruefungen += 1
        if ereignis.step_key == GRUPPE and auswertung.check_name == CHECK:
            zeichen, text = ("✓", auswertung.description) if auswertung.passed else ("✗", "nicht vollständig")
            stil = None if auswertung.passed else "red"
            quelle = auswertung.asset_key.path[-1]
            self.konsole.print(f"    {zeichen} {quelle}: {text}", style=stil, highlight=False, markup=False)
        if not auswertung.passed:
            name = f"{auswertung.asset_key.to_user_string()}: {auswertung.check_name}"
            ist_hinweis = auswertung.severity == dg.AssetCheckSeverity.WARN
            liste = self.ergebnis.hinweise if ist_hinweis else self.ergebnis.pruefungen_schlecht
            liste.append(f"{name}: {auswertung.description or ''}")


def _grund(fehler: SerializableErrorInfo | None) -> str:
    """The message of what a step raised, without Dagster's wrapping and without the name of a class of ours."""
    if fehler is None:
        return "ohne Angabe"
    while fehler.cause is not None and fehler.message.startswith("dagster."):
        fehler = fehler.cause
    return re.sub(r"^(?:pipelines|quellen)\.[\w.]+: ", "", fehler.message.strip())


def laufe(einstellungen: Einstellungen, konsole: Console) -> Nachtergebnis:
    """Run the job ``nachtlauf`` once in this process; settings are read from the environment by its steps."""
    konsole.print(f"Nachtlauf, Betrieb {einstellungen.betrieb}", style="bold")
    logging.getLogger("dagster").setLevel(logging.ERROR)  # progress is printed below; the event log keeps everything
    with konsole.status("Programm und Modelle werden geladen"):
        from pipelines.definitions import JOB, defs  # noqa: PLC0415 - loading reads the environment
    vorher = aktuelle(einstellungen.freigaben)
    ergebnis = Nachtergebnis(False, vorher.name if vorher else "", "")
    lauf = str(uuid.uuid4())
    with zuegiges_protokoll(), dg.DagsterInstance.from_config(str(dagster_ordner(einstellungen))) as instanz:
        instanz.add_event_listener(lauf, _Fortschritt(konsole, ergebnis))
        ergebnis.erfolg = (
            defs.resolve_job_def(JOB)
            .execute_in_process(instance=instanz, run_id=lauf, raise_on_error=False, run_config=_LEISE)
            .success
            and not ergebnis.fehler
        )
    nachher = aktuelle(einstellungen.freigaben)
    ergebnis.freigabe_nachher = nachher.name if nachher else ""
    return ergebnis


def zeige_zusammenfassung(einstellungen: Einstellungen, ergebnis: Nachtergebnis, konsole: Console) -> None:
    """Print what the run gave, source by source, then checks, then where the release lies."""
    konsole.print(quellentabelle(einstellungen))
    schlecht, hinweise = len(ergebnis.pruefungen_schlecht), len(ergebnis.hinweise)
    gut = ergebnis.pruefungen - schlecht - hinweise
    dazu = f", {hinweise} mit Hinweis" if hinweise else ""
    konsole.print(f"Prüfungen: {gut} bestanden, {schlecht} nicht bestanden{dazu}", highlight=False)
    for text in ergebnis.hinweise:
        konsole.print(f"! {text}", style="yellow", highlight=False, markup=False, soft_wrap=True)
    for text in [*ergebnis.pruefungen_schlecht, *ergebnis.fehler]:
        konsole.print(f"✗ {text}", style="red", highlight=False, markup=False, soft_wrap=True)
    ordner = einstellungen.freigaben / "aktuell"
    if not ergebnis.freigabe_nachher:
        konsole.print("Es gibt noch keine Freigabe.", style="red")
    elif ergebnis.neues:
        konsole.print(f"Neue Freigabe {ergebnis.freigabe_nachher}", style="bold green", highlight=False)
    elif ergebnis.erfolg:
        konsole.print(f"Nichts Neues: die Freigabe {ergebnis.freigabe_nachher} bleibt aktuell.", highlight=False)
    else:
        text = f"Keine neue Freigabe: {ergebnis.freigabe_nachher} bleibt aktuell."
        konsole.print(text, style="yellow", highlight=False)
    if ergebnis.freigabe_nachher:
        konsole.print(f"{ordner / 'sozialraum.duckdb'}", highlight=False, markup=False, soft_wrap=True)


def quellentabelle(einstellungen: Einstellungen) -> Table:
    """The sources as they stand in the warehouse after the run."""
    tabelle = Table(title="Quellen")
    for spalte in ("Quelle", "Zustand", "Abrufe", "Zeilen", "Datenart"):
        tabelle.add_column(spalte, justify="right" if spalte in ("Abrufe", "Zeilen") else "left")
    if not einstellungen.lager.exists():
        return tabelle
    try:
        con = duckdb.connect(str(einstellungen.lager))
    except duckdb.Error:
        return tabelle  # another run has it open; what is current stands in the release
    try:
        zeilen = con.execute(
            """
            select
                q.quelle, q.zustand, count(a.abruf), coalesce(sum(a.zeilen), 0),
                coalesce(string_agg(distinct a.datenart, ', '), '')
            from raw.quellen as q left join raw.abrufe as a on a.quelle = q.quelle
            group by q.quelle, q.zustand order by q.quelle
            """
        ).fetchall()
    finally:
        con.close()
    for quelle, zustand, abrufe, anzahl, datenart in zeilen:
        stil = None if zustand == "gut" else "red"
        tabelle.add_row(quelle, zustand, str(abrufe), str(anzahl), datenart, style=stil)
    return tabelle
