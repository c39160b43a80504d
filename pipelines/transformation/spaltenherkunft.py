"""Column lineage of every model, from its compiled SQL.

Belongs here: which columns of which relations each column is made of, with sqlglot. Does not belong here: showing it
(assets) and the lineage of single figures (``pipelines.herkunft``). What cannot be resolved is an error, not a warning.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from pipelines.transformation.herkunftsgang import Herkunftsgang

Spaltenquellen = dict[str, list[tuple[str, str]]]
"""Column → (``schema.table``, column) it is made of; empty for a constant."""


@dataclass(frozen=True)
class Modell:
    """A model's name (``schema.table``), compiled SQL and columns."""

    name: str
    sql: str
    spalten: tuple[str, ...]


class HerkunftFehler(Exception):
    """The lineage of a column could not be resolved."""


def spaltenherkunft(
    modell: Modell, schema: Mapping[str, Mapping[str, Mapping[str, str]]], ablage: Path
) -> Spaltenquellen:
    """Lineage of all columns of a model. ``schema``: schema → table → column → type of everything it reads.

    Results are kept in ``ablage`` under a hash of SQL and columns. Raises ``HerkunftFehler`` naming model and column.
    """
    abdruck = hashlib.sha256(json.dumps([modell.sql, modell.spalten, schema], sort_keys=True).encode()).hexdigest()
    datei = ablage / f"{abdruck}.json"
    if datei.exists():
        gespeichert = json.loads(datei.read_text(encoding="utf-8"))
        return {spalte: [(q[0], q[1]) for q in quellen] for spalte, quellen in gespeichert.items()}
    ergebnis = _berechne(modell, schema)
    ablage.mkdir(parents=True, exist_ok=True)
    datei.write_text(json.dumps(ergebnis, ensure_ascii=False), encoding="utf-8")
    return ergebnis


def _berechne(modell: Modell, schema: Mapping[str, Mapping[str, Mapping[str, str]]]) -> Spaltenquellen:
    from sqlglot import parse_one  # noqa: PLC0415 - not needed when every result is kept

    try:
        baum = qualify(
            parse_one(modell.sql, dialect="duckdb"), schema=dict(schema), dialect="duckdb", quote_identifiers=False
        )
        bereich = build_scope(baum)
    except SqlglotError as fehler:
        raise HerkunftFehler(f"{modell.name}: das SQL ist nicht auflösbar ({fehler})") from fehler
    if bereich is None:
        raise HerkunftFehler(f"{modell.name}: das SQL ist keine Abfrage")
    gang = Herkunftsgang(bereich)
    ergebnis: Spaltenquellen = {}
    for spalte in modell.spalten:
        try:
            ergebnis[spalte] = sorted(gang.quellen(bereich, spalte))
        except (SqlglotError, LookupError) as fehler:
            raise HerkunftFehler(f"{modell.name}.{spalte}: Herkunft nicht auflösbar ({fehler})") from fehler
    return ergebnis


def als_tabelle(herkunft: Spaltenquellen) -> str:
    """The lineage of one model as a Markdown table."""
    kopf = "| Spalte | gemacht aus |\n| --- | --- |\n"
    zeilen = (
        f"| {spalte} | {', '.join(f'`{tabelle}.{name}`' for tabelle, name in quellen) or 'Konstante'} |"
        for spalte, quellen in herkunft.items()
    )
    return kopf + "\n".join(zeilen)
