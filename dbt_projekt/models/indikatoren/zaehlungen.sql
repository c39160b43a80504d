-- The observations that indicators count, in numbers only: for what (bezugspunkt), which class, what is added up, and
-- how good it is (macro guete). Every theme reads them; texts are compared here, once.
with gueten as (
    select
        status.status,
        vertraulichkeit.vertraulichkeit,
        {{ datenart_aus_rang('arten.rang') }} as datenart,
        {{ guete('status.rang', 'vertraulichkeit.rang', 'arten.rang') }} as guete
    from {{ ref('status') }} as status
    cross join {{ ref('vertraulichkeit') }} as vertraulichkeit
    cross join (select unnest([0, 1, 2]) as rang) as arten
)

select
    bezugspunkte.bezugspunkt,
    beobachtungen.klasse,
    beobachtungen.alter_von,
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
where beobachtungen.klasse is not null
