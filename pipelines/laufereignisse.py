"""What a run did, as OpenLineage events beside it: ``openlineage/<run id>.ndjson`` among the runtime data.

Belongs here: writing START, COMPLETE and FAIL of the run and of its steps, one JSON object per line, with the library
of the OpenLineage project. Does not belong here: what the steps are (``assets.linie``). The events are for catalogues
and lineage tools; nothing here reads them, so the files may be removed at any time. A step's id follows from the run's
id and its name. What cannot be written is an error that names itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

ORDNER = "openlineage"
JOBS = "sozialraum"
LAGER, FREIGABE = "duckdb://lager.duckdb", "duckdb://sozialraum.duckdb"
"""Namespaces of jobs, of tables of the private file and of released tables."""

PRODUZENT = "urn:sozialraum:nachtlauf"


class EreignisFehler(Exception):
    """The events of a run could not be written; the text is German."""


@dataclass(frozen=True)
class Datensatz:
    """A table. ``spalten``: name → type and description; ``herkunft``: column → namespace, table, column of sources."""

    namensraum: str
    name: str
    beschreibung: str = ""
    spalten: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    herkunft: Mapping[str, Sequence[tuple[str, str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Schritt:
    """One step of a run with what it read and wrote. ``fehler`` is empty if it was good."""

    name: str
    beginn: datetime
    ende: datetime
    eingaenge: Sequence[Datensatz]
    ausgaenge: Sequence[Datensatz]
    fehler: str = ""


@dataclass(frozen=True)
class Laufereignisse:
    """The file of one run."""

    datei: Path
    lauf: str
    job: str

    def beginnt(self, wann: datetime) -> None:
        """The run starts. Raises ``EreignisFehler`` like all that follows."""
        self._schreibe([self._ereignis("START", wann, self.lauf, self.job)])

    def schritte(self, schritte: Sequence[Schritt]) -> None:
        """Start and end of each step; types, descriptions and column lineage stand at the end of a good one."""
        zeilen = []
        for s in schritte:
            kennung = str(uuid.uuid5(uuid.UUID(self.lauf), s.name))
            knapp = ([Datensatz(d.namensraum, d.name) for d in s.ausgaenge]) if s.fehler else s.ausgaenge
            zeilen.append(self._ereignis("START", s.beginn, kennung, s.name, s.eingaenge))
            art = "FAIL" if s.fehler else "COMPLETE"
            zeilen.append(self._ereignis(art, s.ende, kennung, s.name, s.eingaenge, knapp, s.fehler))
        self._schreibe(zeilen)

    def endet(self, wann: datetime, fehler: Sequence[str]) -> None:
        """The run ends, with the messages of what failed."""
        art = "FAIL" if fehler else "COMPLETE"
        self._schreibe([self._ereignis(art, wann, self.lauf, self.job, fehler="\n".join(fehler))])

    def _ereignis(
        self,
        art: str,
        wann: datetime,
        kennung: str,
        name: str,
        eingaenge: Sequence[Datensatz] = (),
        ausgaenge: Sequence[Datensatz] = (),
        fehler: str = "",
    ) -> str:
        from openlineage.client import event_v2, facet_v2  # noqa: PLC0415 - half a second that reading needs not
        from openlineage.client.serde import Serde  # noqa: PLC0415

        facetten: dict[str, Any] = {}
        if kennung != self.lauf:
            facetten["parent"] = facet_v2.parent_run.ParentRunFacet(
                run=facet_v2.parent_run.Run(self.lauf),
                job=facet_v2.parent_run.Job(JOBS, self.job),
                producer=PRODUZENT,
            )
        if fehler:
            facetten["errorMessage"] = facet_v2.error_message_run.ErrorMessageRunFacet(
                message=fehler, programmingLanguage="de", producer=PRODUZENT
            )
        ereignis = event_v2.RunEvent(
            eventType=event_v2.RunState[art],
            eventTime=wann.isoformat(),
            run=event_v2.Run(runId=kennung, facets=facetten),
            job=event_v2.Job(namespace=JOBS, name=name),
            inputs=[event_v2.InputDataset(namespace=d.namensraum, name=d.name) for d in eingaenge],
            outputs=[
                event_v2.OutputDataset(namespace=d.namensraum, name=d.name, facets=_facetten(d)) for d in ausgaenge
            ],
            producer=PRODUZENT,
        )
        return Serde.to_json(ereignis, ensure_ascii=False)

    def _schreibe(self, zeilen: Sequence[str]) -> None:
        try:
            self.datei.parent.mkdir(parents=True, exist_ok=True)
            with self.datei.open("a", encoding="utf-8") as strom:
                strom.writelines(f"{zeile}\n" for zeile in zeilen)
        except OSError as fehler:
            raise EreignisFehler(
                f"Die Ereignisse des Laufs lassen sich nicht nach {ORDNER}/{self.datei.name} schreiben: "
                f"{fehler.strerror or fehler}. Was tun: im Ordner der Laufzeitdaten Platz und Schreibrecht "
                "schaffen und den Lauf wiederholen."
            ) from fehler


def _facetten(d: Datensatz) -> dict[str, Any]:
    from openlineage.client.facet_v2 import (  # noqa: PLC0415 - see above
        column_lineage_dataset,
        documentation_dataset,
        schema_dataset,
    )

    facetten: dict[str, Any] = {}
    if d.beschreibung:
        facetten["documentation"] = documentation_dataset.DocumentationDatasetFacet(
            description=d.beschreibung, producer=PRODUZENT
        )
    if d.spalten:
        felder = [
            schema_dataset.SchemaDatasetFacetFields(name=name, type=typ, description=text or None, ordinal_position=nr)
            for nr, (name, (typ, text)) in enumerate(d.spalten.items(), 1)
        ]
        facetten["schema"] = schema_dataset.SchemaDatasetFacet(fields=felder, producer=PRODUZENT)
    if d.herkunft:
        lineage = {
            spalte: column_lineage_dataset.Fields(
                inputFields=[column_lineage_dataset.InputField(*quelle) for quelle in quellen]
            )
            for spalte, quellen in d.herkunft.items()
        }
        facetten["columnLineage"] = column_lineage_dataset.ColumnLineageDatasetFacet(fields=lineage, producer=PRODUZENT)
    return facetten
