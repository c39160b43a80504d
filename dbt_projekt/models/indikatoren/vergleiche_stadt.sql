-- Difference to the city, and to the city without the district: only this can be tested, because a district is part of
-- the city it would be compared with. A rest that would not be shown itself is no comparison group.
with gepaart as (
    select
        werte.indikator,
        werte.gebiet,
        werte.ebene,
        werte.stichtag,
        werte.basis,
        werte.wert,
        werte.ist_verhaeltnis,
        werte.unsicherheit,
        werte.faktor,
        werte.unsicher_von,
        werte.unsicher_bis,
        werte.zaehler as x,
        werte.nenner as n,
        stadt.wert as stadt_wert,
        stadt.datenart as stadt_datenart,
        stadt.zaehler - werte.zaehler as zaehler,
        stadt.nenner - werte.nenner as nenner,
        werte.ebene in ('ortsteil', 'stadtbezirk')
        and werte.mit_intervall
        and stadt.mit_intervall
        and stadt.nenner - werte.nenner >= werte.mindestbasis
        and stadt.zaehler - werte.zaehler >= 3
        and (werte.unsicherheit = 'poisson' or stadt.zaehler - werte.zaehler <= stadt.nenner - werte.nenner) as pruefbar
    from {{ ref('vergleichswerte') }} as werte
    inner join {{ ref('vergleichswerte') }} as stadt
        on stadt.ebene = 'stadt'
        and stadt.indikator = werte.indikator
        and stadt.stichtag = werte.stichtag
        and stadt.basis = werte.basis
),

-- zaehler, nenner, p and z are those of the rest, as the intervals of the figures want them.
gerechnet as (
    select
        gepaart.*,
        gepaart.zaehler / gepaart.nenner as p,
        1.959963984540054 as z
    from gepaart
    where gepaart.pruefbar
),

rest as (
    select
        gerechnet.*,
        gerechnet.faktor * gerechnet.p as rest_wert,
        {{ intervallgrenze('-') }} as rest_von,
        {{ intervallgrenze('+') }} as rest_bis,
        (gerechnet.zaehler + gerechnet.x) / (gerechnet.nenner + gerechnet.n) as p_alle,
        1 / gerechnet.n + 1 / gerechnet.nenner as kehrwerte,
        gerechnet.x / gerechnet.n - gerechnet.p as d
    from gerechnet
),

geprueft as (
    select
        rest.indikator,
        rest.gebiet,
        rest.stichtag,
        rest.basis,
        rest.rest_wert,
        {{ differenzgrenze('-', 'rest.wert', 'rest.unsicher_von', 'rest.rest_wert', 'rest.rest_bis') }}
            as differenz_von,
        {{ differenzgrenze('+', 'rest.wert', 'rest.unsicher_bis', 'rest.rest_wert', 'rest.rest_von') }}
            as differenz_bis,
        case
            when rest.unsicherheit = 'poisson'
                then poisson_vergleich(rest.x, rest.zaehler, rest.n / (rest.n + rest.nenner))
            when rest.p_alle >= 1 then 1
            else normal_ueberschreitung(rest.d / sqrt(rest.p_alle * (1 - rest.p_alle) * rest.kehrwerte))
        end as p_wert
    from rest
)

select
    gepaart.indikator,
    gepaart.gebiet,
    gepaart.stichtag,
    gepaart.basis,
    gepaart.stadt_wert,
    gepaart.stadt_datenart,
    case when gepaart.ist_verhaeltnis then gepaart.wert - gepaart.stadt_wert end as differenz,
    case
        when gepaart.ist_verhaeltnis and gepaart.wert >= 0 and gepaart.stadt_wert > 0
            then 100 * gepaart.wert / gepaart.stadt_wert
    end as index_stadt,
    geprueft.rest_wert,
    geprueft.differenz_von,
    geprueft.differenz_bis,
    geprueft.p_wert,
    case
        when geprueft.p_wert < 0.05 and geprueft.differenz_von > 0 then 'höher als der Rest der Stadt'
        when geprueft.p_wert < 0.05 and geprueft.differenz_bis < 0 then 'niedriger als der Rest der Stadt'
        when geprueft.p_wert is not null then 'nicht unterscheidbar'
    end as urteil
from gepaart
left join geprueft
    on geprueft.indikator = gepaart.indikator
    and geprueft.gebiet = gepaart.gebiet
    and geprueft.stichtag = gepaart.stichtag
    and geprueft.basis = gepaart.basis
order by gepaart.indikator, gepaart.stichtag, gepaart.gebiet, gepaart.basis
