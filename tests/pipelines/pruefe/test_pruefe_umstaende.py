"""The audit reads archived files under the circumstances of their retrieval: what was accepted is no fault."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
from kleinlager import Kleinfreigabe

from pipelines.pruefe.quellzellen import lies_quellen
from quellen.annahmen import nimm_an
from quellen.modell import Bereich, Quelle


def _mit_bereich(quelle: Quelle) -> Quelle:
    """The same source, whose figures would have to be smaller than they are."""
    teil = quelle.teile["alter"].model_copy(update={"bereiche": (Bereich(merkmal="einwohner", bis=1),)})
    return quelle.model_copy(update={"teile": {**quelle.teile, "alter": teil}})


def test_ein_bereich_gilt_beim_pruefen_und_die_annahme_auch(kleinfreigabe: Kleinfreigabe) -> None:
    klein = kleinfreigabe.klein
    katalog = {**klein.katalog, "einwohner_ortsteil": _mit_bereich(klein.katalog["einwohner_ortsteil"])}
    with duckdb.connect(str(kleinfreigabe.datei), read_only=True) as con:
        ohne, maengel = lies_quellen(con, klein.archiv, katalog)
        assert ["außerhalb des plausiblen Bereichs" in m for m in maengel.maengel] == [True]
        nimm_an(
            klein.archiv, "einwohner_ortsteil", "alter", "bereich", "beim Amt nachgefragt", "Meier",
            datetime(2024, 5, 2, tzinfo=UTC),
        )  # fmt: skip
        mit, maengel = lies_quellen(con, klein.archiv, katalog)
    assert maengel.maengel == []
    assert len(mit.dateien) == len(ohne.dateien) + 1
