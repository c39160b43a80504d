-- Walking distance between every place of a facility and every point of demand: the shortest way in the network if one
-- is given, both lie near enough to it and it joins them, else the straight line times the detour factor. Nowhere else
-- is this decided.
with regeln as (
    select distinct
        reichweiten.umwegfaktor,
        reichweiten.anschluss_m
    from {{ ref('reichweiten') }} as reichweiten
),

orte as (
    select distinct
        einrichtungen.x,
        einrichtungen.y
    from {{ ref('einrichtungen') }} as einrichtungen
    where einrichtungen.x is not null
),

netz as (
    select
        gebiete.gebiet,
        wege.punkt,
        wege.x,
        wege.y,
        wege.weg_m,
        wege.anschluss_m
    from {{ source('raw', 'fusswege') }} as wege
    inner join {{ ref('gebiete') }} as gebiete
        on gebiete.kurz = wege.nummer and gebiete.ebene = 'ortsteil' and gebiete.gueltig_bis is null
)

select
    regeln.umwegfaktor,
    regeln.anschluss_m,
    orte.x,
    orte.y,
    punkte.gebiet,
    punkte.punkt,
    punkte.anteil,
    coalesce(
        netz.weg_m, regeln.umwegfaktor * sqrt(power(orte.x - punkte.x, 2) + power(orte.y - punkte.y, 2))
    ) as weg,
    case when netz.weg_m is null then 'Luftlinie mal Umwegfaktor' else 'Fußwegenetz' end as wegart
from regeln
cross join orte
cross join {{ ref('nachfragepunkte') }} as punkte
left join netz
    on netz.gebiet = punkte.gebiet
    and netz.punkt = punkte.punkt
    and netz.x = orte.x
    and netz.y = orte.y
    and netz.anschluss_m <= regeln.anschluss_m
