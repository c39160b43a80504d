-- Pairs of facility and point within the limit of the offer: walking distance (straight line times the detour factor)
-- and weight exp(-d²/β), β so that the weight at the limit is the declared one. One row per offer, date and pair.
with angebote as (
    select
        regeln.angebot,
        einrichtungen.stichtag,
        einrichtungen.art,
        einrichtungen.einrichtung,
        einrichtungen.x,
        einrichtungen.y,
        case regeln.merkmal
            when 'plaetze_u3' then einrichtungen.plaetze_u3
            when 'plaetze_ue3' then einrichtungen.plaetze_ue3
            when 'schueler' then einrichtungen.schueler
        end as plaetze,
        regeln.grenze_m,
        regeln.umwegfaktor,
        -regeln.grenze_m * regeln.grenze_m / ln(regeln.gewicht_am_rand) as beta
    from {{ ref('reichweiten') }} as regeln
    inner join {{ ref('einrichtungen') }} as einrichtungen
        on (regeln.angebot = 'grundschule') = (einrichtungen.art = 'grundschule')
    where regeln.merkmal is not null and einrichtungen.x is not null
),

paare as (
    select
        angebote.*,
        punkte.gebiet,
        punkte.punkt,
        punkte.anteil,
        angebote.umwegfaktor * sqrt(power(angebote.x - punkte.x, 2) + power(angebote.y - punkte.y, 2)) as weg
    from angebote
    inner join {{ ref('nachfragepunkte') }} as punkte
        on punkte.x between angebote.x - angebote.grenze_m and angebote.x + angebote.grenze_m
        and punkte.y between angebote.y - angebote.grenze_m and angebote.y + angebote.grenze_m
)

select
    paare.angebot,
    paare.stichtag,
    paare.art,
    paare.einrichtung,
    paare.plaetze,
    paare.gebiet,
    paare.punkt,
    paare.anteil,
    paare.weg,
    exp(-paare.weg * paare.weg / paare.beta) as gewicht
from paare
where paare.weg <= paare.grenze_m
