-- Retrievals that only one of the two releases is made of, with those that stand in their place: the retrieval of the
-- same Teil and reference date, else what else of the Teil changed.
with seiten as (
    select distinct neu.quelle, neu.teil, neu.abruf, cast(neu.stand as date) as stand, 1 as seite
    from {{ source('raw', 'abrufe') }} as neu
    cross join {{ source('raw', 'lauf') }} as lauf
    left join {{ source('raw', 'vorgaenger_abrufe') }} as alt on alt.quelle = neu.quelle and alt.abruf = neu.abruf
    where alt.abruf is null and lauf.vorgaenger != ''
    union all
    select distinct alt.quelle, alt.teil, alt.abruf, alt.stand, -1 as seite
    from {{ source('raw', 'vorgaenger_abrufe') }} as alt
    left join {{ source('raw', 'abrufe') }} as neu on neu.quelle = alt.quelle and neu.abruf = alt.abruf
    where neu.abruf is null
)

select
    hier.quelle,
    hier.teil,
    hier.abruf,
    hier.seite,
    coalesce(
        string_agg(distinct dort.abruf, ' ' order by dort.abruf) filter (
            where dort.stand is not distinct from hier.stand
        ),
        string_agg(distinct dort.abruf, ' ' order by dort.abruf)
    ) as gegenstueck
from seiten as hier
left join seiten as dort
    on dort.quelle = hier.quelle
    and dort.teil is not distinct from hier.teil
    and dort.seite = -hier.seite
group by hier.quelle, hier.teil, hier.abruf, hier.seite
