"""Revisions of a hand-made warehouse, as dbt would have written them: plain differences to the release before."""

from __future__ import annotations

from pathlib import Path

import duckdb
from kennzahlfelder import FELDER
from kleinbelege import merke_sql

_MIT_ZAEHLER = (*FELDER, "revision")
GEZEIGT = ("wert", "zaehler", "nenner", "status", "vertraulichkeit")


def trage_revisionen_nach(lager: Path, vorgaenger: Path, quelle: str = "einwohner_ortsteil") -> int:
    """Fill ``revisionen`` and ``freigaben`` of the warehouse; returns the number of new revisions."""
    vorher = ", ".join(f"a.{f} as {f}_vorher" for f in _MIT_ZAEHLER)
    nachher = ", ".join(f"b.{f} as {f}_nachher" for f in GEZEIGT)
    anders = " or ".join(f"a.{f} is distinct from b.{f}" for f in FELDER)
    with duckdb.connect(str(lager)) as con:
        con.execute("set timezone = 'UTC'")
        con.execute(f"attach '{vorgaenger / 'sozialraum.duckdb'}' as alt (read_only)")
        [(neuer,)] = con.execute(
            "select min(b.abruf) from freigabe.abrufe as b anti join alt.abrufe as a using (quelle, abruf) "
            "where b.quelle = ?",
            [quelle],
        ).fetchall()
        [(alter,)] = con.execute(
            "select min(a.abruf) from alt.abrufe as a anti join freigabe.abrufe as b using (quelle, abruf) "
            "where a.quelle = ?",
            [quelle],
        ).fetchall()
        con.execute(
            f"""
            insert into freigabe.revisionen by name
            select coalesce(a.indikator, b.indikator) as indikator, coalesce(a.gebiet, b.gebiet) as gebiet,
                coalesce(a.stichtag, b.stichtag) as stichtag, coalesce(a.basis, b.basis) as basis,
                case when a.indikator is null then 'neu' when b.indikator is null then 'entfallen' else 'geändert' end
                    as art,
                {vorher}, {nachher}, (select id from alt.freigabe) as freigabe_vorher,
                (select id from freigabe.freigabe) as freigabe_nachher, 'Quelle geändert' as grund, 'quelle' as anlass,
                $quelle as quelle, $alt as abruf_vorher, $neu as abruf_nachher
            from alt.indikatoren as a
            full outer join freigabe.indikatoren as b using (indikator, gebiet, stichtag, basis)
            where a.indikator is null or b.indikator is null or {anders}
            """,
            {"quelle": quelle, "alt": alter, "neu": neuer},
        )
        [(anzahl,)] = con.execute("select count(*) from freigabe.revisionen").fetchall()
        con.execute("insert into freigabe.revisionen by name from alt.revisionen")
        con.execute(
            "update freigabe.freigaben set nummer = (select max(nummer) + 1 from alt.freigaben), "
            "freigegeben_am = freigegeben_am + cast((select max(nummer) from alt.freigaben) as integer)"
        )
        con.execute("insert into freigabe.freigaben by name from alt.freigaben")
        con.execute("detach alt")
        for tabelle in ("freigabe.revisionen", "freigabe.freigaben"):
            merke_sql(con, tabelle)
    return int(anzahl)
