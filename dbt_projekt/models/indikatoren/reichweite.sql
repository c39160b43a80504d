-- Pairs of facility and point within the limit of the offer: walking distance and weight exp(-d²/β), β so that the
-- weight at the limit is the declared one. One row per offer, date and pair.
with nahe as (
    select
        regeln.angebot,
        regeln.merkmal,
        -regeln.grenze_m * regeln.grenze_m / ln(regeln.gewicht_am_rand) as beta,
        wege.x,
        wege.y,
        wege.gebiet,
        wege.punkt,
        wege.anteil,
        wege.weg,
        wege.wegart
    from {{ ref('reichweiten') }} as regeln
    inner join {{ ref('fusswege') }} as wege
        on wege.umwegfaktor = regeln.umwegfaktor
        and wege.anschluss_m = regeln.anschluss_m
        and wege.weg <= regeln.grenze_m
    where regeln.merkmal is not null
)

select
    nahe.angebot,
    einrichtungen.stichtag,
    einrichtungen.art,
    einrichtungen.einrichtung,
    case nahe.merkmal
        when 'plaetze_u3' then einrichtungen.plaetze_u3
        when 'plaetze_ue3' then einrichtungen.plaetze_ue3
        when 'schueler' then einrichtungen.schueler
    end as plaetze,
    nahe.gebiet,
    nahe.punkt,
    nahe.anteil,
    nahe.weg,
    nahe.wegart,
    exp(-nahe.weg * nahe.weg / nahe.beta) as gewicht
from nahe
inner join {{ ref('einrichtungen') }} as einrichtungen
    on einrichtungen.x = nahe.x
    and einrichtungen.y = nahe.y
    and (nahe.angebot = 'grundschule') = (einrichtungen.art = 'grundschule')
