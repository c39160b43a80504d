-- Source rows of which no figure was accepted, with the reason.
with zeilen as (
    select
        quelle,
        abruf,
        zeile,
        min(grund) as grund,
        bool_and(grund is not null) as ganz,
        string_agg(originaltext, '; ' order by spalte) as text,
        min(datenart) as datenart
    from {{ ref('beobachtungen_alle') }}
    group by quelle, abruf, zeile
)

select
    quelle,
    abruf,
    cast(zeile as integer) as zeile,
    grund,
    text,
    datenart
from zeilen
where ganz
order by quelle, abruf, zeile
