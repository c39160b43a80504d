-- The children of each offer, Ortsteil and date; "verteilbar" says whether there are points to spread them over. A date
-- counts if the facilities of the offer are listed for it.
with tage as (
    select distinct
        regeln.angebot,
        einrichtungen.stichtag,
        einrichtungen.zeitraum_von
    from {{ ref('reichweiten') }} as regeln
    inner join {{ ref('einrichtungen') }} as einrichtungen
        on (regeln.angebot = 'grundschule') = (einrichtungen.art = 'grundschule')
),

punkte as (
    select
        nachfragepunkte.gebiet,
        max(nachfragepunkte.herkunft) as herkunft,
        max(nachfragepunkte.datenart) as datenart
    from {{ ref('nachfragepunkte') }} as nachfragepunkte
    group by nachfragepunkte.gebiet
)

select
    tage.angebot,
    tage.stichtag,
    tage.zeitraum_von,
    kinder.basis,
    kinder.gebiet,
    kinder.wert as kinder,
    status.rang as status_rang,
    kinder.vertraulichkeit,
    kinder.datenart,
    punkte.herkunft,
    punkte.datenart as datenart_punkte,
    punkte.gebiet is not null as verteilbar
from tage
inner join {{ ref('reichweiten') }} as regeln on regeln.angebot = tage.angebot
inner join {{ ref('werte_versorgung') }} as kinder
    on kinder.indikator = regeln.nachfrage
    and kinder.stichtag = tage.stichtag
    and kinder.ebene = 'ortsteil'
inner join {{ ref('status') }} as status on status.status = kinder.status
left join punkte on punkte.gebiet = kinder.gebiet
