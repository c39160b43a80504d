-- The index of every district that takes part, in every variant: sum of the weighted standardised components, divided
-- by its own spread over the districts (or by the weights, if it is not standardised again), and the class it falls
-- into.
-- A component without any spread cannot be standardised: then no district has an index.
with beitraege as (
    select
        masse.variante,
        masse.ohne,
        masse.art_der_mitte,
        masse.art_der_streuung,
        groesse.art,
        groesse.stichtag,
        groesse.gebiet,
        groesse.nummer,
        groesse.gewicht,
        groesse.gewicht * groesse.vorzeichen * (groesse.wert - masse.mitte) / masse.streuung as beitrag
    from {{ ref('index_groessen') }} as groesse
    inner join {{ ref('index_masse') }} as masse
        on masse.art = groesse.art and masse.stichtag = groesse.stichtag and masse.indikator = groesse.indikator
    where groesse.nimmt_teil
),

summen as (
    select
        variante,
        ohne,
        art_der_mitte,
        art_der_streuung,
        art,
        stichtag,
        gebiet,
        case when count(beitrag) = count(*) then {{ geordnete_summe('beitrag', 'nummer') }} end as summe,
        {{ geordnete_summe('gewicht', 'nummer') }} as gewichte,
        {{ geordnete_summe('abs(beitrag)', 'nummer') }} as groessenordnung
    from beitraege
    group by variante, ohne, art_der_mitte, art_der_streuung, art, stichtag, gebiet
),

mittel as (
    select
        variante,
        art,
        stichtag,
        count(*) as n,
        {{ geordnete_summe('summe', 'gebiet') }} / count(*) as mittel,
        max(groessenordnung) as groessenordnung
    from summen
    group by variante, art, stichtag
),

quadrate as (
    select
        summen.variante,
        summen.art,
        summen.stichtag,
        {{ geordnete_summe(
            '(summen.summe - mittel.mittel) * (summen.summe - mittel.mittel)', 'summen.gebiet'
        ) }} as quadratsumme
    from summen
    inner join mittel
        on mittel.variante = summen.variante and mittel.art = summen.art and mittel.stichtag = summen.stichtag
    group by summen.variante, summen.art, summen.stichtag
),

indizes as (
    select
        summen.variante,
        summen.ohne,
        summen.art_der_mitte,
        summen.art_der_streuung,
        summen.art,
        summen.stichtag,
        summen.gebiet,
        summen.summe,
        case
            when definition.neu_standardisiert
                then {{ streuung_oder_nichts(
                    'quadrate.quadratsumme', 'mittel.n', 'summen.art_der_streuung', 'mittel.groessenordnung'
                ) }}
            else summen.gewichte
        end as teiler
    from summen
    inner join mittel
        on mittel.variante = summen.variante and mittel.art = summen.art and mittel.stichtag = summen.stichtag
    inner join quadrate
        on quadrate.variante = summen.variante and quadrate.art = summen.art and quadrate.stichtag = summen.stichtag
    cross join {{ ref('index_definition') }} as definition
),

-- Nine digits, so that what rounding left of a limit is the limit.
gerundet as (
    select
        indizes.variante,
        indizes.art,
        indizes.stichtag,
        indizes.gebiet,
        round(indizes.summe / indizes.teiler, 9) as wert,
        case indizes.art when 'status' then definition.status_ab_mittel else definition.dynamik_ab_stabil end as unten,
        case indizes.art
            when 'status' then definition.status_bis_mittel
            else definition.dynamik_bis_stabil
        end as mitte,
        definition.status_bis_niedrig as oben
    from indizes
    cross join {{ ref('index_definition') }} as definition
)

select
    indizes.variante,
    indizes.ohne,
    indizes.art_der_mitte,
    indizes.art_der_streuung,
    indizes.art,
    indizes.stichtag,
    indizes.gebiet,
    indizes.summe,
    indizes.teiler,
    indizes.summe / indizes.teiler as wert,
    cast(case
        when gerundet.wert is null then null
        when gerundet.wert < gerundet.unten then 1
        when gerundet.wert <= gerundet.mitte then 2
        when gerundet.art = 'dynamik' or gerundet.wert <= gerundet.oben then 3
        else 4
    end as integer) as klasse
from indizes
inner join gerundet
    on gerundet.variante = indizes.variante
    and gerundet.art = indizes.art
    and gerundet.stichtag = indizes.stichtag
    and gerundet.gebiet = indizes.gebiet
