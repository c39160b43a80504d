-- How fresh and how complete each source is, measured at the newest retrieval of all.
with abruftag as (
    {{ tag_des_juengsten_abrufs() }}
),

abrufe as (
    select
        quelle,
        max({{ tag_in_utc('abgerufen_am') }}) as letzter_abruf
    from {{ source('raw', 'abrufe') }}
    group by quelle
),

beobachtet as (
    select
        beobachtungen.quelle,
        count(*) as beobachtungen,
        count(*) filter (where beobachtungen.status = 'Q') as verdeckt,
        max(beobachtungen.stichtag) filter (
            where beobachtungen.wert is not null and beobachtungen.stichtag <= abruftag.tag
        ) as neuester_stichtag
    from {{ ref('beobachtungen') }} as beobachtungen
    cross join abruftag
    group by beobachtungen.quelle
),

abgewiesen as (
    select
        quelle,
        count(*) as abgewiesen
    from {{ ref('abgewiesen') }}
    group by quelle
)

select
    quellen.quelle,
    quellen.zustand,
    abrufe.letzter_abruf,
    beobachtet.neuester_stichtag,
    cast(date_diff('day', beobachtet.neuester_stichtag, abruftag.tag) as integer) as alter_tage,
    cast(coalesce(beobachtet.beobachtungen, 0) as bigint) as beobachtungen,
    cast(coalesce(beobachtet.verdeckt, 0) as bigint) as verdeckt,
    cast(coalesce(abgewiesen.abgewiesen, 0) as bigint) as abgewiesen
from {{ source('raw', 'quellen') }} as quellen
cross join abruftag
left join abrufe on abrufe.quelle = quellen.quelle
left join beobachtet on beobachtet.quelle = quellen.quelle
left join abgewiesen on abgewiesen.quelle = quellen.quelle
order by quellen.quelle
