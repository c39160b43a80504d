-- Which districts' figures are summed for a district, for herkunft().
select
    gebietshuelle.gebiet,
    gebietshuelle.teil,
    gebietshuelle.gewicht,
    gebietshuelle.umgerechnet,
    gebietshuelle.gilt_bis
from {{ ref('gebietshuelle') }} as gebietshuelle
order by gebietshuelle.gebiet, gebietshuelle.teil
