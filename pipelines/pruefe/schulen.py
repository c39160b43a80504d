"""Schools of which nobody gives the number of pupils, found a second way: from the released observations.

Belongs here: that each of them, and no other, is an observation without value. Does not belong here: the cells of the
directory (``quellzellen``) and what follows for figures (``kennzahlen``).
"""

from __future__ import annotations

import re

import duckdb
import pandas as pd

from pipelines.pruefe.bericht import Pruefpunkt

VERZEICHNIS = "schulen"
"""The source that lists schools, the Merkmal that counts them, and the indicator that says which are schools."""
IN_BETRIEB = "1"


def pruefe_ungezaehlte(con: duckdb.DuckDBPyConnection) -> Pruefpunkt:
    """Compare the released observations of pupils without value with the schools that the figures leave out."""
    b = con.execute(
        "select b.merkmal, b.einrichtung, b.stichtag, b.schulform, b.schulbetrieb, b.quelle, b.wert, b.status "
        "from beobachtungen as b where b.merkmal in ('schulen', 'schueler') and b.einrichtung is not null"
    ).df()
    schulen = b.loc[b["merkmal"] == "schulen"]
    aus_verzeichnis = (b["merkmal"] == "schueler") & (b["quelle"] == VERZEICHNIS)
    gezaehlt, ungezaehlt = b.loc[(b["merkmal"] == "schueler") & ~aus_verzeichnis], b.loc[aus_verzeichnis]
    punkt = Pruefpunkt("Schulen ohne Schülerzahl", len(ungezaehlt), einheit="Schulen")
    ist = set(zip(ungezaehlt["einrichtung"], ungezaehlt["stichtag"], strict=True))
    soll = _soll(schulen.loc[~schulen["schulform"].isin(_keine_schulen(con))], gezaehlt)
    punkt.maengel += [f"Schule {s}, {str(t)[:10]}: hat keine Schülerzahl, und das fehlt" for s, t in sorted(soll - ist)]
    punkt.maengel += [f"Schule {s}, {str(t)[:10]}: gilt zu Unrecht als ungezählt" for s, t in sorted(ist - soll)]
    mit_wert = ungezaehlt.loc[ungezaehlt["wert"].notna() | (ungezaehlt["status"] != "O")]
    punkt.maengel += [f"Schule {s}: ungezählt und doch mit Wert oder Status" for s in mit_wert["einrichtung"]]
    return punkt


def _soll(schulen: pd.DataFrame, gezaehlt: pd.DataFrame) -> set[tuple[str, pd.Timestamp]]:
    """Schools at work in the directory of the same year, else the newest one, without a row in that year's figures."""
    soll: set[tuple[str, pd.Timestamp]] = set()
    for tag in gezaehlt["stichtag"].unique():
        zahlen = gezaehlt.loc[gezaehlt["stichtag"] == tag]
        jahr = tag if (schulen["stichtag"] == tag).any() else schulen["stichtag"].max()
        da = schulen.loc[(schulen["stichtag"] == jahr) & (schulen["schulbetrieb"] == IN_BETRIEB), "einrichtung"]
        soll |= {(s, tag) for s in set(da) - set(zahlen["einrichtung"])}
    return soll


def _keine_schulen(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Keys that the directory holds beside schools, in the catalogue's words for what the indicator leaves out."""
    for (zaehler,) in con.execute(
        "select k.zaehler from indikator_katalog as k where k.indikator = ?", [VERZEICHNIS]
    ).fetchall():
        ausser = re.search(r"ohne schulform ([\w/]+)", zaehler)
        return ausser[1].split("/") if ausser else []
    return []
