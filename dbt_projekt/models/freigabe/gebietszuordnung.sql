-- Which districts' figures are summed for a district, for herkunft().
select
    gebietshuelle.gebiet,
    gebietshuelle.teil
from {{ ref('gebietshuelle') }} as gebietshuelle
order by gebietshuelle.gebiet, gebietshuelle.teil
