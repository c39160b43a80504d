-- From the points that something is counted for to those whose figures it makes up: the same, and those of the
-- districts that contain it or came out of it.
select
    von.bezugspunkt as von,
    nach.bezugspunkt as nach,
    huelle.gewicht,
    huelle.umgerechnet
from {{ ref('bezugspunkte') }} as von
inner join {{ ref('gebietshuelle') }} as huelle
    on huelle.teil = von.gebiet and (huelle.gilt_bis is null or von.stichtag <= huelle.gilt_bis)
inner join {{ ref('bezugspunkte') }} as nach
    on nach.gebiet = huelle.gebiet and nach.stichtag = von.stichtag and nach.basis = von.basis
order by von.bezugspunkt, nach.bezugspunkt
