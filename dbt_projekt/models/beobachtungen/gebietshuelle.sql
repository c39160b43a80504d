-- Which district's figures make up which district: itself, and inside the city its parts. Kreise, Land and Bund have
-- figures of their own and are not sums of these.
with recursive huelle as (
    select gebiet, gebiet as teil
    from {{ ref('gebiete') }}
    union all
    select eltern.eltern as gebiet, huelle.teil
    from huelle
    inner join {{ ref('gebiete') }} as eltern on eltern.gebiet = huelle.gebiet
    where eltern.ebene in ('ortsteil', 'stadtbezirk')
)

select gebiet, teil
from huelle
order by gebiet, teil
