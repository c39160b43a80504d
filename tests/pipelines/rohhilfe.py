"""A small declared source, its files in an archive, and an empty warehouse, for tests of loading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.lager import verbinden
from pipelines.rohtabellen.laden import Ladebericht, lade_quelle
from quellen.archiv import Abruf, Archiv, Datenart, Objekt
from quellen.lesen import inhaltshash
from quellen.modell import Quelle

ANFANG = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)
KOPF = "Ort;Anzahl\n"
VERZEICHNISSE = {"ortsteil": frozenset({"101", "102", "103"})}


def zaehlung(stand: dict[str, Any] | None = None, *, teile: tuple[str, ...] = ("anzahlen",), **weitere: Any) -> Quelle:
    """A source of figures per Ortsteil; ``stand`` as in a declaration."""
    teil = {
        "beschreibung": "Anzahl je Ortsteil",
        "form": "werte",
        "zugang": {"pfad": "/a.csv"},
        "stand": stand or {},
        "felder": {"ort": {"typ": "schluessel", "verzeichnis": "ortsteil"}},
        "eindeutig": ["ort"],
        "formate": [
            {"art": "csv", "orte": {"ort": {"spalte": "Ort"}}, "wertspalten": [{"muster": "Anzahl", "merkmal": "zahl"}]}
        ],
    }
    return Quelle.model_validate(
        {
            "id": "zaehlung",
            "titel": "Zählung",
            "herausgeber": "Amt",
            "lizenz": {"id": "dl-de/by-2-0", "url": "https://x.example/l", "namensnennung": "Amt, Zählung"},
            "seite": "https://amt.example/",
            "rhythmus": "jährlich",
            "hoechstalter_tage": 400,
            "bestaetigt": True,
            "zeichen": {"-": {"wert": 0, "status": "A", "bedeutung": "nichts vorhanden"}},
            "zugang": {"portal": "direkt", "basis": "https://amt.example", "hosts": ["amt.example"]},
            "teile": {name: {**teil, "dateimuster": rf"{name}.*\.csv"} for name in teile},
            **weitere,
        }
    )


def mit_regeln(**regeln: Any) -> Quelle:
    """The same source with a reference date per row and further rules of its Teil; ``korrekturen`` belong to it."""
    quelle = zaehlung(korrekturen=regeln.pop("korrekturen", ()), merkmale=regeln.pop("merkmale", {}))
    teil = quelle.teile["anzahlen"].model_dump()
    teil["felder"]["tag"] = {"typ": "jahr"}
    teil["formate"][0]["orte"]["tag"] = {"spalte": "Jahr"}
    teil |= {"eindeutig": ["tag", "ort"], **regeln}
    return Quelle.model_validate({**quelle.model_dump(), "teile": {"anzahlen": teil}})


@dataclass
class Rohlager:
    """An archive, a warehouse and a clock that goes one day per file."""

    ordner: Path
    quelle: Quelle
    tag: int = 0
    archiv: Archiv = field(init=False)

    def __post_init__(self) -> None:
        self.archiv = Archiv(self.ordner / "archiv")

    def kommt(
        self,
        *seiten: str,
        teil: str = "anzahlen",
        datenart: Datenart = "amtlich",
        stand: date | None = None,
        inhalt: str | None = None,
        jahrgang: int | None = None,
    ) -> Abruf:
        """A file, or an answer of several pages, arrives one day after the one before."""
        self.tag += 1
        bytes_je_seite = [seite.encode() for seite in seiten]
        objekte = tuple(
            Objekt(
                sha256=self.archiv.ablegen(daten),
                bytes=len(daten),
                datei=f"{teil}.csv",
                url="https://amt.example/a.csv",
            )
            for daten in bytes_je_seite
        )
        abruf = Abruf(
            quelle=self.quelle.id,
            teil=teil,
            abgerufen_am=ANFANG + timedelta(days=self.tag),
            datenart=datenart,
            weg="direkt",
            lizenz="dl-de/by-2-0",
            inhalt=inhalt or inhaltshash(bytes_je_seite, self.quelle.teile[teil]),
            objekte=objekte,
            stand=stand,
            jahrgang=jahrgang,
        )
        self.archiv.verzeichnen(abruf)
        return abruf

    def lade(self, meldung: str = "", *, definitionen: str = "d1", mit_beispiel: bool = True) -> Ladebericht:
        """Load the source as the nightly run does."""
        with verbinden(self.ordner / "lager.duckdb") as con:
            return lade_quelle(
                con,
                self.quelle,
                self.archiv,
                VERZEICHNISSE,
                definitionen=definitionen,
                mit_beispiel=mit_beispiel,
                abrufmeldung=meldung,
            )

    @contextmanager
    def offen(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse, open for writing."""
        with verbinden(self.ordner / "lager.duckdb") as con:
            yield con

    def frage(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse."""
        with self.offen() as con:
            return con.execute(sql).fetchall()
