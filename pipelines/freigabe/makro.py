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
with kennzahlen as (
    select i.basis, coalesce(i.zuverlaessigkeit, '') = 'D' as verdeckt, i.datenart
    from indikatoren as i
    where i.indikator = indikator and i.gebiet = gebiet and i.stichtag = cast(stichtag as date)
),
kennzahl as (
    select k.basis from kennzahlen as k where not k.verdeckt
),
zuordnung as (
    select z.rolle, z.term, z.bezug, z.versatz, z.gewicht, z.mass, z.klasse, z.gemischt, z.basis as nur_basis,
        case z.bezug
            when 'schuljahr' then make_date(year(cast(stichtag as date)) - 1 - z.versatz, 12, 31)
            when 'maerz' then make_date(year(cast(stichtag as date)) - 1 - z.versatz, 12, 31)
            when 'jahresende' then make_date(year(cast(stichtag as date)) - z.versatz, 1, 1)
            else cast(cast(stichtag as date) - to_years(z.versatz) as date)
        end as von,
        case z.bezug
            when 'schuljahr' then make_date(year(cast(stichtag as date)) - 1 - z.versatz, 12, 31)
            when 'maerz' then make_date(year(cast(stichtag as date)) - 1 - z.versatz, 12, 31)
            when 'jahresende' then make_date(year(cast(stichtag as date)) - z.versatz, 12, 31)
            else cast(cast(stichtag as date) - to_years(z.versatz) as date)
        end as bis
    from indikator_zuordnung as z
    where z.indikator = indikator
),
tage as (
    select distinct cast(unnest(generate_series(z.von, z.bis, interval 1 day)) as date) as tag from zuordnung as z
),
basen as (
    select k.basis from kennzahl as k
    union
    select '' as basis from kennzahl as k cross join zuordnung as z where z.gemischt
    union
    select z.nur_basis as basis from zuordnung as z where z.nur_basis != ''
),
teile as (
    select g.teil, g.gewicht, g.gilt_bis from gebietszuordnung as g where g.gebiet = gebiet
),
kandidaten as (
    select b.*, t.gewicht as teilgewicht
    from beobachtungen as b
    inner join teile as t on t.teil = b.gebiet and (t.gilt_bis is null or b.stichtag <= t.gilt_bis)
    where b.stichtag in (select x.tag from tage as x) and b.basis in (select x.basis from basen as x)
),
dateien as (
    select a.quelle, a.abruf, min(a.datei) as datei, min(a.url) as url, min(a.abgerufen_am) as abgerufen_am,
        min(a.lizenz) as lizenz
    from abrufe as a
    group by a.quelle, a.abruf
),
zellen as (
    select
        w.rolle, b.merkmal, b.wert, b.status, b.quelle, b.abruf, d.datei, b.zeile, b.spalte, b.originaltext,
        b.gebiet, b.stichtag, b.basis, w.gewicht * b.teilgewicht * case w.mass
            when 'alter_mitte' then b.alter_von + 0.5 when 'sozialindexstufe' then b.sozialindexstufe else 1
        end as gewicht, w.term, w.bezug, d.url, d.abgerufen_am,
        d.lizenz, b.datenart, b.vertraulichkeit, b.geschlecht, b.alter_von, b.alter_bis, b.staatsangehoerigkeit,
        b.staat, b.schulform, b.einrichtung, b.art, b.korrigiert, b.korrektur
    from kandidaten as b
    inner join zuordnung as w
        on w.klasse = b.klasse and b.stichtag between w.von and w.bis and w.nur_basis in ('', b.basis)
    left join dateien as d on d.quelle = b.quelle and d.abruf = b.abruf
    union all
    select
        e.rolle, e.merkmal, e.wert, 'A', e.quelle, e.abruf, d.datei, e.zeile, null, e.bemerkung, e.eingang_gebiet,
        e.eingang_stichtag, e.basis, e.gewicht, 1, 'stichtag', d.url, d.abgerufen_am, d.lizenz, k.datenart, 'F', null,
        null, null, null, null, null, null, null, null, null
    from ableitungen as e
    inner join kennzahlen as k on k.basis = e.basis and not k.verdeckt
    left join dateien as d on d.quelle = e.quelle and d.abruf = e.abruf
    where e.indikator = indikator and e.gebiet = gebiet and e.stichtag = cast(stichtag as date)
    union all
    select
        'regel', 'geheimhaltung', null, 'Q', null, null, null, null, null,
        'nicht gezeigt, weil der Nenner unter ' || k.mindestbasis || ' oder der Zähler unter 3 liegt', gebiet,
        cast(stichtag as date), v.basis, 1, 1, 'stichtag', null, null, null, v.datenart, 'A', null, null, null, null,
        null, null, null, null, null, null
    from kennzahlen as v
    inner join indikator_katalog as k on k.indikator = indikator
    where v.verdeckt
)
select z.*
from zellen as z
order by case z.rolle when 'zaehler' then 1 when 'nenner' then 2 else 3 end, z.term, z.quelle, z.datei, z.abruf,
    z.zeile, z.spalte, z.merkmal, z.gebiet, z.stichtag
"""

KOMMENTAR = (
    "Von der Kennzahl zu ihren Quellzellen: herkunft('auslaenderanteil', '05112000-202', '2023-12-31'). Summe aus "
    "gewicht mal wert über rolle zaehler (nenner) je basis ist der Zähler (Nenner) der Kennzahl; Zeilen der rolle "
    "gewicht belegen Gewichte und werden nicht summiert. Eine abgeleitete Kennzahl zeigt ihre Komponenten und "
    "Einrichtungen, eine nicht gezeigte die Regel (rolle regel) statt der Zellen."
)
