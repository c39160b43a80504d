-- Which district's figures make up which district: itself, inside the city its parts, and for a district that came
-- out of older ones these, as long as they existed, with the weight of the bridge. Kreise, Land and Bund have figures
-- of their own.
with recursive huelle as (
    select gebiet, gebiet as teil
    from {{ ref('gebiete') }}
    union all
    select eltern.eltern as gebiet, huelle.teil
    from huelle
    inner join {{ ref('gebiete') }} as eltern on eltern.gebiet = huelle.gebiet
    where eltern.ebene in ('ortsteil', 'stadtbezirk')
),

alles as (
    select
        huelle.gebiet,
        huelle.teil,
        cast(1 as double) as gewicht,
        false as umgerechnet,
        cast(null as date) as gilt_bis
    from huelle
    union all
    select
        huelle.gebiet,
        bruecke.von as teil,
        bruecke.gewicht,
        true as umgerechnet,
        cast(bruecke.gueltig_ab - interval 1 day as date) as gilt_bis
    from {{ ref('gebietsbruecke') }} as bruecke
    inner join huelle on huelle.teil = bruecke.nach
    where bruecke.basis = 'bevoelkerung'
)

select
    alles.gebiet,
    alles.teil,
    {{ summe_gerundet('alles.gewicht') }} as gewicht,
    bool_or(alles.umgerechnet) as umgerechnet,
    max(alles.gilt_bis) as gilt_bis
from alles
group by alles.gebiet, alles.teil
order by alles.gebiet, alles.teil
