-- The nearest facility of each point and its walking distance; of equally near ones that with the smaller key. Day
-- nursery is no Kita.
with paare as (
    select
        regeln.angebot,
        einrichtungen.stichtag,
        einrichtungen.einrichtung,
        wege.gebiet,
        wege.punkt,
        wege.anteil,
        wege.weg,
        wege.wegart
    from {{ ref('reichweiten') }} as regeln
    inner join {{ ref('einrichtungen') }} as einrichtungen on einrichtungen.art = regeln.angebot
    inner join {{ ref('fusswege') }} as wege
        on wege.umwegfaktor = regeln.umwegfaktor
        and wege.anschluss_m = regeln.anschluss_m
        and wege.x = einrichtungen.x
        and wege.y = einrichtungen.y
    where regeln.indikator_weg is not null
)

select
    paare.angebot,
    paare.stichtag,
    paare.gebiet,
    paare.punkt,
    paare.anteil,
    min_by(paare.einrichtung, struct_pack(weg := paare.weg, einrichtung := paare.einrichtung)) as einrichtung,
    min(paare.weg) as weg,
    min_by(paare.wegart, struct_pack(weg := paare.weg, einrichtung := paare.einrichtung)) as wegart
from paare
group by paare.angebot, paare.stichtag, paare.gebiet, paare.punkt, paare.anteil
