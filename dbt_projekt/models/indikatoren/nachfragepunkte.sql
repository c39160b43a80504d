-- Points among which the children of an Ortsteil are spread; their shares add up to 1.
with abrufe as (
    select {{ schlechteste_datenart('roh.datenart') }} as datenart
    from {{ source('raw', 'abrufe') }} as roh
    where roh.quelle in ('adressen', 'gebiete')
)

select
    gebiete.gebiet,
    punkte.punkt,
    punkte.x,
    punkte.y,
    cast(punkte.adressen as integer) as adressen,
    punkte.anteil,
    punkte.herkunft,
    abrufe.datenart
from {{ source('raw', 'nachfragepunkte') }} as punkte
inner join {{ ref('gebiete') }} as gebiete
    on gebiete.kurz = punkte.nummer and gebiete.ebene = 'ortsteil' and gebiete.gueltig_bis is null
cross join abrufe
order by gebiete.gebiet, punkte.punkt
