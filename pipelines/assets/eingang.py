"""Files by hand in Dagster: a sensor that watches ``daten/eingang``, and the job that takes the files in.

Belongs here: when a run starts and what the UI shows. Does not belong here: checking, archiving and moving
(``pipelines.eingangsordner``). The job takes no lock of the warehouse: it only adds to the archive, and the next night
picks the files up from there. Once it is switched on, a file is taken in after two ticks between which it did not grow.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from filelock import FileLock
from pydantic import Field

from pipelines.eingangsordner import Vorgang, Wartend, abdruck, verarbeite, wartende, zu_pruefen
from pipelines.einstellungen import Einstellungen
from quellen.archiv import Archiv
from quellen.modell import lade_katalog

JOB = "eingang"
ABSTAND_S = 60


class Auswahl(dg.Config):
    """``dateien``: paths below the folder that this run takes in; empty: all that wait and were not refused yet."""

    dateien: list[str] = Field(default_factory=list)


def relativ(wartend: Wartend, einstellungen: Einstellungen) -> str:
    """A file's path below the folder."""
    return wartend.pfad.relative_to(einstellungen.eingang).as_posix()


def nimm_an(einstellungen: Einstellungen, auswahl: list[str] | None) -> list[Vorgang]:
    """Take in the chosen files (``None``: all that wait, refused ones again; empty: those not refused yet).

    Only one process at a time works on the folder.
    """
    katalog = lade_katalog(einstellungen.katalog)
    ordner = einstellungen.eingang
    ordner.mkdir(parents=True, exist_ok=True)
    with FileLock(einstellungen.daten.resolve() / "eingang.sperre"):
        offen = zu_pruefen(ordner, katalog) if auswahl == [] else wartende(ordner)
        archiv = Archiv(einstellungen.archiv)
        return [
            verarbeite(w, ordner, katalog, archiv, datetime.now(UTC))
            for w in offen
            if not auswahl or relativ(w, einstellungen) in auswahl
        ]


@dg.op(
    name="dateien_annehmen",
    description="Prüft jede wartende Datei gegen ihren Vertrag, legt sie ins Archiv oder einen Bericht daneben.",
    out=dg.Out(dg.Nothing),
)
def eingang_op(context: dg.OpExecutionContext, config: Auswahl) -> None:
    """One file after the other; the run is red if one was refused."""
    vorgaenge = nimm_an(Einstellungen(), list(config.dateien))
    for v in vorgaenge:
        if v.angenommen:
            context.log.info(f"{v.quelle}/{v.datei.name}: angenommen, {v.zeilen} Zeilen, sha256 {v.sha256}")
            for abweichung in v.gemeldet:
                context.log.warning(abweichung)
        else:
            context.log.error(f"{v.quelle}/{v.datei.name}: nicht angenommen. {v.meldung}")
    metadaten: dict[str, Any] = {
        "Dateien": dg.MetadataValue.md(als_tabelle(vorgaenge)),
        "angenommen": sum(v.angenommen for v in vorgaenge),
        "abgelehnt": sum(not v.angenommen for v in vorgaenge),
    }
    schlecht = [f"{v.quelle}/{v.datei.name}: {v.meldung}" for v in vorgaenge if not v.angenommen]
    if schlecht:
        raise dg.Failure(
            description="Nicht alle Dateien wurden angenommen. Neben jeder abgelehnten liegt ein Bericht.\n"
            + "\n".join(schlecht),
            metadata=metadaten,
            allow_retries=False,
        )
    context.add_output_metadata(metadaten)


def als_tabelle(vorgaenge: list[Vorgang]) -> str:
    """What became of the files, as Markdown."""
    zeilen = []
    for v in vorgaenge:
        ergebnis = v.meldung or "; ".join((f"angenommen, {v.zeilen} Zeilen, `{v.sha256}`", *v.gemeldet))
        felder = (v.quelle or "–", v.datei.name, ergebnis)
        zeilen.append("| " + " | ".join(" ".join(f.split()).replace("|", "\\|") for f in felder) + " |")
    return "| Quelle | Datei | Ergebnis |\n| --- | --- | --- |\n" + "\n".join(zeilen)


@dg.job(
    name=JOB,
    description="Dateien aus daten/eingang/<quelle>/ prüfen und ins Archiv legen; der Nachtlauf nimmt sie von dort.",
    executor_def=dg.in_process_executor,
)
def eingang_job() -> None:
    """The one step."""
    eingang_op()


@dg.sensor(
    name=JOB,
    job=eingang_job,
    minimum_interval_seconds=ABSTAND_S,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Beobachtet daten/eingang/<quelle>/; eine Datei wird genommen, wenn sie zwischen zwei Blicken nicht "
    "mehr gewachsen ist. Aus, bis jemand ihn einschaltet.",
)
def eingang_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """One run per tick for all files that stand still; the cursor remembers what was seen."""
    einstellungen = Einstellungen()
    katalog = lade_katalog(einstellungen.katalog)
    vorher = json.loads(context.cursor) if context.cursor else {}
    alle = wartende(einstellungen.eingang)
    merkzettel = {relativ(w, einstellungen): list(w.merkmal) for w in alle}
    ruhig = {w.pfad for w in alle if vorher.get(relativ(w, einstellungen)) == list(w.merkmal)}
    offen = [w for w in zu_pruefen(einstellungen.eingang, katalog) if w.pfad in ruhig]
    cursor = json.dumps(merkzettel, sort_keys=True)
    if not offen:
        grund = "Nichts Neues im Eingang." if not set(merkzettel) - set(vorher) else "Dateien werden noch beobachtet."
        return dg.SensorResult(skip_reason=grund, cursor=cursor)
    namen = [relativ(w, einstellungen) for w in offen]
    spuren = [f"{w.geaendert}:{abdruck(w, katalog)}" for w in offen]
    lauf = dg.RunRequest(
        run_key=hashlib.sha256("\n".join(spuren).encode()).hexdigest(),
        run_config={"ops": {eingang_op.name: {"config": {"dateien": namen}}}},
        tags={"eingang/dateien": str(len(namen))},
    )
    return dg.SensorResult(run_requests=[lauf], cursor=cursor)
