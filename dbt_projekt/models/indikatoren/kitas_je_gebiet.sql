-- Kitas by district and Kita year, and whether absence can be told from ignorance there (see abdeckung). Day nursery is
-- no Kita.
with bekannt as (
    select
        abdeckung.gebiet,
        abdeckung.stichtag,
        min(abdeckung.zeitraum_von) as zeitraum_von,
        bool_and(abdeckung.wert is not null) as bekannt,
        {{ schlechteste_datenart('abdeckung.datenart') }} as datenart
    from {{ ref('abdeckung') }} as abdeckung
    where abdeckung.merkmal in ('kita_plaetze_u3', 'kita_plaetze_ue3', 'kita_plaetze_liste')
    group by abdeckung.gebiet, abdeckung.stichtag
),

gezaehlt as (
    select huelle.gebiet, einrichtungen.stichtag, count(*) as anzahl
    from {{ ref('einrichtungen') }} as einrichtungen
    inner join {{ ref('gebietshuelle') }} as huelle
        on huelle.teil = einrichtungen.gebiet and not huelle.umgerechnet
    where einrichtungen.art = 'kita'
    group by huelle.gebiet, einrichtungen.stichtag
)

select
    bekannt.gebiet,
    bekannt.stichtag,
    bekannt.zeitraum_von,
    case when bekannt.bekannt then cast(coalesce(gezaehlt.anzahl, 0) as double) end as anzahl,
    bekannt.datenart
from bekannt
left join gezaehlt on gezaehlt.gebiet = bekannt.gebiet and gezaehlt.stichtag = bekannt.stichtag
