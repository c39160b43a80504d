-- What indicators count, in numbers only: the sum of every class for every point (bezugspunkt), how good it is (macro
-- guete) and how many observations it holds. Every theme reads it; observations are read and texts compared here, once.
-- "stelle": the age, kept apart only where a median needs it.
with gueten as (
    select
        status.status,
        vertraulichkeit.vertraulichkeit,
        {{ datenart_aus_rang('arten.rang') }} as datenart,
        {{ guete('status.rang', 'vertraulichkeit.rang', 'arten.rang') }} as guete
    from {{ ref('status') }} as status
    cross join {{ ref('vertraulichkeit') }} as vertraulichkeit
    cross join (select unnest([0, 1, 2]) as rang) as arten
),

aufgereihte as (
    select distinct zuordnung.klasse
    from {{ ref('klassenzuordnung') }} as zuordnung
    inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = zuordnung.indikator
    where definition.form = 'median'
),

einzeln as (
    select
        bezugspunkte.bezugspunkt,
        beobachtungen.klasse,
        case when aufgereihte.klasse is not null then beobachtungen.alter_von end as stelle,
        {% for mass in masse() -%}
        {{ mass_einer_beobachtung('beobachtungen', mass) }} as {{ mass }},
        {% endfor -%}
        gueten.guete | {{ guete_ohne_wert('beobachtungen.wert') }} | {{ guete_zeitspanne('zeitspannen.rang') }} as guete
    from {{ ref('beobachtungen') }} as beobachtungen
    inner join {{ ref('bezugspunkte') }} as bezugspunkte
        on bezugspunkte.gebiet = beobachtungen.gebiet
        and bezugspunkte.stichtag = beobachtungen.stichtag
        and bezugspunkte.basis = beobachtungen.basis
    inner join gueten
        on gueten.status = beobachtungen.status
        and gueten.vertraulichkeit = beobachtungen.vertraulichkeit
        and gueten.datenart = beobachtungen.datenart
    left join {{ ref('zeitspannen') }} as zeitspannen
        on zeitspannen.tage = beobachtungen.stichtag - beobachtungen.zeitraum_von
    left join aufgereihte on aufgereihte.klasse = beobachtungen.klasse
    where beobachtungen.klasse is not null
)

select
    einzeln.bezugspunkt,
    einzeln.klasse,
    einzeln.stelle,
    {% for mass in masse() -%}
    {{ summe_gerundet('einzeln.' ~ mass) }} as {{ mass }},
    {% endfor -%}
    bit_or(einzeln.guete) as guete,
    count(*) as beobachtungen
from einzeln
group by einzeln.bezugspunkt, einzeln.klasse, einzeln.stelle
