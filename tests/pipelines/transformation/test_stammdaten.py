"""Seeds of this version over the tables that an older version of the project left behind."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipelines.einstellungen import DBT_PROJEKT, Einstellungen
from pipelines.lager import verbinden
from pipelines.transformation.dbt_lauf import baue

pytestmark = pytest.mark.langsam
SEED = "nicht_verfuegbar"


def test_eine_tabelle_mit_anderen_spalten_wird_ersetzt(tmp_path: Path) -> None:
    """dbt by itself would fill the old table, and fail at columns that it does not have."""
    einstellungen = Einstellungen(daten=tmp_path)
    with verbinden(einstellungen.lager) as con:
        con.execute("create schema if not exists stammdaten")
        con.execute(f"create table stammdaten.{SEED} as select 'alt' as indikator, 'von gestern' as bemerkung")
    (ergebnis,) = [e for e in baue(einstellungen, ["--select", SEED]) if e.art == "seed"]
    assert ergebnis.gut, ergebnis.meldung
    with (DBT_PROJEKT / "seeds" / f"{SEED}.csv").open(encoding="utf-8", newline="") as datei:
        kopf, *zeilen = csv.reader(datei)
    with verbinden(einstellungen.lager) as con:
        ist = con.execute(f"select * from stammdaten.{SEED}")
        assert [s[0] for s in ist.description] == kopf
        assert len(ist.fetchall()) == len(zeilen)
