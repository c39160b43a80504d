"""What every step of a run shares: settings, catalogue, archive, and the lock of the private file.

Belongs here: the one Dagster resource of this project. Does not belong here: what steps do with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from pipelines.einstellungen import Einstellungen
from pipelines.fingerabdruck import definitionen
from pipelines.lager import sperre, verbinden
from pipelines.laufereignisse import ORDNER, Laufereignisse, Schritt
from quellen.archiv import Archiv
from quellen.holen import Abrufer
from quellen.modell import Quelle, lade_katalog

WARTEZEIT_AUF_SPERRE_S = 600


class Haus(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The house that data walk through. Holds the write lock of the private file as long as the run lasts.

    The run uses one process, so the resource is opened once per run; a second run waits ten minutes for the lock and
    then fails with a message.
    """

    _beginn: datetime = PrivateAttr(default_factory=lambda: datetime.now(UTC))
    _offen: ExitStack | None = PrivateAttr(default=None)
    _con: duckdb.DuckDBPyConnection | None = PrivateAttr(default=None)
    _ereignisse: Laufereignisse | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Haus]:
        """Hold the lock while the run lasts, and report its begin and end; each run reads its settings anew."""
        haus = Haus()
        with sperre(haus.einstellungen.lager, WARTEZEIT_AUF_SPERRE_S), ExitStack() as offen:
            haus._offen = offen
            lauf = context.run
            if lauf is not None:
                datei = haus.einstellungen.daten.resolve() / ORDNER / f"{lauf.run_id}.ndjson"
                haus._ereignisse = Laufereignisse(datei, lauf.run_id, lauf.job_name)
                haus._ereignisse.beginnt(haus.jetzt)
            try:
                yield haus
            except BaseException as fehler:
                haus._melde_ende([f"abgebrochen: {type(fehler).__name__}"])
                raise
            haus._melde_ende(_gescheitert(context.instance, lauf.run_id) if lauf and context.instance else [])

    @cached_property
    def einstellungen(self) -> Einstellungen:
        """Settings from the environment."""
        return Einstellungen()

    @cached_property
    def katalog(self) -> dict[str, Quelle]:
        """All declared sources."""
        return lade_katalog(self.einstellungen.katalog)

    @cached_property
    def archiv(self) -> Archiv:
        """The archive of the runtime folder."""
        return Archiv(self.einstellungen.archiv)

    @cached_property
    def abrufer(self) -> Abrufer:
        """HTTP for the whole run, so that sources on one host share its spacing."""
        return Abrufer(portal=self.einstellungen.portal)

    @cached_property
    def definitionen(self) -> str:
        """Hash of code, models and declarations."""
        return definitionen(self.einstellungen)

    @property
    def jetzt(self) -> datetime:
        """Start of the run, the same for all its steps."""
        return self._beginn

    @property
    def mit_beispiel(self) -> bool:
        """Whether example data may enter: always, but never in a live run against the real portals."""
        return self.einstellungen.betrieb == "beispiel" or self.einstellungen.portal is not None

    @contextmanager
    def lager(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """An open connection to the private file; within a run it stays open until ``schliesse_lager``."""
        if self._offen is None:
            with verbinden(self.einstellungen.lager) as con:
                yield con
            return
        if self._con is None:
            self._con = self._offen.enter_context(verbinden(self.einstellungen.lager))
        yield self._con

    def schliesse_lager(self) -> None:
        """Close the run's connection, so that dbt or the release can open the file in their own way."""
        if self._offen is not None:
            self._offen.close()
        self._con = None

    def melde_schritte(self, schritte: Sequence[Schritt]) -> None:
        """Add steps to the events of this run, if it is one. Raises ``EreignisFehler``."""
        if self._ereignisse is not None:
            self._ereignisse.schritte(schritte)

    def _melde_ende(self, fehler: Sequence[str]) -> None:
        if self._ereignisse is not None:
            self._ereignisse.endet(datetime.now(UTC), fehler)

    def merke_abruf(self, quelle: str, meldung: str) -> None:
        """Keep the outcome of a fetch (empty message: good) for the loading step and for ``sozialraum quellen``."""
        datei = self._zustandsdatei(quelle)
        datei.parent.mkdir(parents=True, exist_ok=True)
        neben = datei.with_suffix(".neu")
        neben.write_text(
            json.dumps({"geprueft_am": self.jetzt.isoformat(), "meldung": meldung}, ensure_ascii=False),
            encoding="utf-8",
        )
        neben.replace(datei)

    def abrufmeldung(self, quelle: str) -> str:
        """Message of the last fetch, empty if it was good or there was none."""
        datei = self._zustandsdatei(quelle)
        if not datei.exists():
            return ""
        return str(json.loads(datei.read_text(encoding="utf-8"))["meldung"])

    def _zustandsdatei(self, quelle: str) -> Path:
        return self.einstellungen.daten.resolve() / "zustand" / f"{quelle}.json"


def _gescheitert(instanz: dg.DagsterInstance, lauf: str) -> list[str]:
    """Names of the steps of a run that failed, with what they said."""
    meldungen = []
    for eintrag in instanz.all_logs(lauf, of_type=dg.DagsterEventType.STEP_FAILURE):
        ereignis = eintrag.dagster_event
        daten = ereignis.step_failure_data if ereignis else None
        if ereignis and daten:
            grund = daten.user_failure_data.description if daten.user_failure_data else None
            meldungen.append(f"{ereignis.step_key}: {grund or (daten.error.message if daten.error else '')}".strip())
    return meldungen
