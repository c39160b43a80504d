-- What goes into the number of Kitas and their density: each Kita, and the children.
with werte as (
    select indikator, gebiet, stichtag, basis, nenner
    from {{ ref('werte_einrichtungsdichte') }}
    where wert is not null
)

select
    werte.indikator,
    werte.gebiet,
    werte.stichtag,
    werte.basis,
    'einrichtung' as rolle,
    einrichtungen.einrichtung as merkmal,
    einrichtungen.gebiet as eingang_gebiet,
    werte.stichtag as eingang_stichtag,
    '' as eingang_basis,
    1.0 as wert,
    1.0 as gewicht,
    einrichtungen.quelle,
    einrichtungen.abruf,
    einrichtungen.zeile,
    einrichtungen.name as bemerkung
from werte
inner join {{ ref('gebietshuelle') }} as huelle on huelle.gebiet = werte.gebiet and not huelle.umgerechnet
inner join {{ ref('einrichtungen') }} as einrichtungen
    on einrichtungen.gebiet = huelle.teil
    and einrichtungen.stichtag = werte.stichtag
    and einrichtungen.art = 'kita'
union all
select
    werte.indikator,
    werte.gebiet,
    werte.stichtag,
    werte.basis,
    'komponente' as rolle,
    'kinder_0_5_kitajahr' as merkmal,
    werte.gebiet as eingang_gebiet,
    werte.stichtag as eingang_stichtag,
    werte.basis as eingang_basis,
    werte.nenner as wert,
    1.0 as gewicht,
    cast(null as varchar) as quelle,
    cast(null as varchar) as abruf,
    cast(null as integer) as zeile,
    'Kinder am 31.12. im Kita-Jahr' as bemerkung
from werte
where werte.nenner is not null
