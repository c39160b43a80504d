"""The table macro ``herkunft`` inside the released file: from a figure to its source cells.

Belongs here: its SQL. Does not belong here: printing it (``pipelines.herkunft``). The rules of which observation counts
for which figure are those of dbt's macro ``indikatorwerte``; the audit checks that both say the same.

In DuckDB a macro's parameters hide columns of the same name, therefore every column is qualified. Nothing newer than
DuckDB 1.0 is used, so that older report tools can call it. The observations are narrowed by date first, because they
are sorted by it. Who attaches the file to another one must ``use`` it first: DuckDB looks for the macro's tables there.
"""

from __future__ import annotations

HERKUNFT = """
create macro herkunft(indikator, gebiet, stichtag) as table
with kennzahl as (
    select distinct i.basis
    from indikatoren as i
    where i.indikator = indikator and i.gebiet = gebiet and i.stichtag = cast(stichtag as date)
),
zuordnung as (
    select z.rolle, z.term, z.bezug, z.gewicht, z.klasse, z.gemischt,
        case z.bezug
            when 'vorjahr' then cast(cast(stichtag as date) - interval 1 year as date)
            when 'schuljahr' then make_date(year(cast(stichtag as date)) - 1, 12, 31)
            else cast(stichtag as date)
        end as tag
    from indikator_zuordnung as z
    where z.indikator = indikator
),
basen as (
    select k.basis from kennzahl as k
    union
    select '' as basis from kennzahl as k cross join zuordnung as z where z.gemischt
),
teile as (
    select g.teil from gebietszuordnung as g where g.gebiet = gebiet
),
kandidaten as (
    select b.* from beobachtungen as b
    where b.stichtag in (
        cast(stichtag as date),
        cast(cast(stichtag as date) - interval 1 year as date),
        make_date(year(cast(stichtag as date)) - 1, 12, 31)
    )
    and b.gebiet in (select t.teil from teile as t)
    and b.basis in (select x.basis from basen as x)
),
dateien as (
    select a.quelle, a.abruf, min(a.datei) as datei, min(a.url) as url, min(a.abgerufen_am) as abgerufen_am,
        min(a.lizenz) as lizenz
    from abrufe as a
    group by a.quelle, a.abruf
)
select
    w.rolle, b.merkmal, b.wert, b.status, b.quelle, b.abruf, d.datei, b.zeile, b.spalte, b.originaltext,
    b.gebiet, b.stichtag, b.basis, w.gewicht, w.term, w.bezug, d.url, d.abgerufen_am, d.lizenz, b.datenart,
    b.vertraulichkeit, b.geschlecht, b.alter_von, b.alter_bis, b.staatsangehoerigkeit, b.staat, b.schulform,
    b.einrichtung, b.art, b.korrigiert, b.korrektur
from kandidaten as b
inner join zuordnung as w on w.klasse = b.klasse and w.tag = b.stichtag
left join dateien as d on d.quelle = b.quelle and d.abruf = b.abruf
order by case w.rolle when 'zaehler' then 1 when 'nenner' then 2 else 3 end, w.term, b.quelle, d.datei, b.abruf,
    b.zeile, b.spalte
"""

KOMMENTAR = (
    "Von der Kennzahl zu ihren Quellzellen: herkunft('auslaenderanteil', '05112000-202', '2023-12-31'). Summe aus "
    "gewicht mal wert über rolle zaehler (nenner) je basis ist der Zähler (Nenner) der Kennzahl; Zeilen der rolle "
    "gewicht belegen Gewichte und werden nicht summiert."
)
