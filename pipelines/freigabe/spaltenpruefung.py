"""Whether column lineage is whole: no released column without it, and no step that leads nowhere.

Belongs here: the one query, used when a release is built and when it is audited. Does not belong here: making the table
(``pipelines.transformation.herkunftstabelle``).
"""

from __future__ import annotations

import duckdb

_LUECKEN = """
with spalten as (
    select c.table_name as tabelle, c.column_name as spalte
    from duckdb_columns() as c
    where c.schema_name = 'main' and not c.internal and c.database_name = current_database()
)
select 'die Spalte ' || s.tabelle || '.' || s.spalte || ' hat keine Herkunft' as mangel
from spalten as s
anti join spaltenherkunft as h on h.tabelle = s.tabelle and h.spalte = s.spalte
union
select 'die Spalte ' || h.tabelle || '.' || h.spalte || ' ist aus ' || h.quelltabelle || '.' || h.quellspalte
    || ' gemacht, und dort geht es nicht weiter'
from spaltenherkunft as h
anti join spaltenherkunft as w on w.tabelle = h.quelltabelle and w.spalte = h.quellspalte
where h.quellart in ('freigabe', 'modell', 'roh')
union
select 'die Spalte ' || h.tabelle || '.' || h.spalte || ' hat eine Herkunft und steht in keiner Tabelle'
from spaltenherkunft as h
anti join spalten as s on s.tabelle = h.tabelle and s.spalte = h.spalte
where not contains(h.tabelle, '.')
union
select 'die Spalte ' || h.tabelle || '.' || h.spalte || ' hat eine Herkunft unbekannter Art: '
    || coalesce(h.quellart, 'keine')
from spaltenherkunft as h
where coalesce(h.quellart, '') not in (
    'freigabe', 'modell', 'roh', 'quelltext', 'deklaration', 'stammdaten', 'abruf', 'lauf', 'vorgaenger', 'programm',
    'konstante'
)
union
select 'die Spalte ' || h.tabelle || '.' || h.spalte || ' ist aus einer ' || h.quellart || ' ohne Namen gemacht'
from spaltenherkunft as h
where h.quellart != 'konstante' and coalesce(h.quelltabelle, '') = ''
order by mangel
"""


def luecken(con: duckdb.DuckDBPyConnection) -> list[str]:
    """What is wrong with ``spaltenherkunft``, each as a German sentence."""
    return [str(z[0]) for z in con.execute(_LUECKEN).fetchall()]
