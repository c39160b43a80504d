"""Whether Parquet and CSV say the same as the DuckDB tables, and all the same as the release note.

Belongs here: comparing contents. Does not belong here: what the contents mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.inhalt import inhaltshash, spaltentypen
from pipelines.freigabe.tabellen import bezeichner, text
from pipelines.pruefe.bericht import Pruefpunkt


def pruefe_inhalte(con: duckdb.DuckDBPyConnection, ordner: Path, schein: Mapping[str, Any]) -> Pruefpunkt:
    """Content of every table: release note = DuckDB = Parquet = CSV."""
    abfrage = "select table_name from information_schema.tables where table_schema = 'main' order by all"
    namen = [str(z[0]) for z in con.execute(abfrage).fetchall()]
    vermerkt: Mapping[str, Any] = schein.get("tabellen") or {}
    punkt = Pruefpunkt("Tabellen, Parquet und CSV", len(namen), einheit="Tabellen")
    punkt.maengel += [f"die Tabelle {t} fehlt" for t in sorted(set(vermerkt) - set(namen))]
    with duckdb.connect() as lesend:
        lesend.execute("set timezone = 'UTC'")
        for name in namen:
            if name not in vermerkt:
                punkt.maengel.append(f"die Tabelle {name} steht nicht in freigabe.json")
                continue
            typen = spaltentypen(con, bezeichner(name))
            soll = inhaltshash(con, bezeichner(name), typen)
            zeilen = con.execute(f"select count(*) from {bezeichner(name)}").fetchone()  # noqa: S608 - quoted name
            if soll != vermerkt[name].get("inhalt") or zeilen != (vermerkt[name].get("zeilen"),):
                punkt.maengel.append(f"die Tabelle {name} hat einen anderen Inhalt, als freigabe.json vermerkt")
            for art in ("parquet", "csv"):
                punkt.maengel += _pruefe_datei(lesend, ordner / art / f"{name}.{art}", typen, soll)
    return punkt


def _pruefe_datei(con: duckdb.DuckDBPyConnection, datei: Path, typen: Mapping[str, str], soll: str) -> list[str]:
    kurz = f"{datei.parent.name}/{datei.name}"
    if not datei.is_file():
        return [f"{kurz} fehlt"]
    if datei.suffix == ".parquet":
        quelle = f"read_parquet({text(str(datei))})"
    else:
        spalten = ", ".join(f"{text(s)}: {text(t)}" for s, t in typen.items())
        quelle = (
            f"read_csv({text(str(datei))}, columns = {{{spalten}}}, header = true, delim = ',', quote = '\"', "
            "escape = '\"', nullstr = '', allow_quoted_nulls = false, auto_detect = false)"
        )
    try:
        if datei.suffix == ".parquet" and spaltentypen(con, quelle) != dict(typen):
            return [f"{kurz} hat andere Spalten als die Tabelle"]
        gleich = inhaltshash(con, quelle, typen) == soll
    except duckdb.Error as fehler:
        return [f"{kurz} ist nicht lesbar: {fehler}"]
    return [] if gleich else [f"{kurz} hat einen anderen Inhalt als die Tabelle"]
