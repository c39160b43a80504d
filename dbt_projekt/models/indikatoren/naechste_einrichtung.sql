-- The nearest facility of each point and its walking distance; of equally near ones that with the smaller key. Day
-- nursery is no Kita.
with paare as (
    select
        regeln.angebot,
        einrichtungen.stichtag,
        einrichtungen.einrichtung,
        punkte.gebiet,
        punkte.punkt,
        punkte.anteil,
        regeln.umwegfaktor
        * sqrt(power(einrichtungen.x - punkte.x, 2) + power(einrichtungen.y - punkte.y, 2)) as weg
    from {{ ref('reichweiten') }} as regeln
    inner join {{ ref('einrichtungen') }} as einrichtungen on einrichtungen.art = regeln.angebot
    cross join {{ ref('nachfragepunkte') }} as punkte
    where regeln.indikator_weg is not null and einrichtungen.x is not null
)

select
    paare.angebot,
    paare.stichtag,
    paare.gebiet,
    paare.punkt,
    paare.anteil,
    min_by(paare.einrichtung, struct_pack(weg := paare.weg, einrichtung := paare.einrichtung)) as einrichtung,
    min(paare.weg) as weg
from paare
group by paare.angebot, paare.stichtag, paare.gebiet, paare.punkt, paare.anteil
