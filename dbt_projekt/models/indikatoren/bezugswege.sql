-- From the points that something is counted for to those whose figures it makes up: the same, and those of the
-- districts that contain it or came out of it. "allein": a point consists of itself only, and no directory says what
-- there is none of, so that its sums are finished.
with verzeichnet as (
    select distinct
        abdeckung.gebiet,
        abdeckung.stichtag
    from {{ ref('abdeckung') }} as abdeckung
)

select
    von.bezugspunkt as von,
    nach.bezugspunkt as nach,
    huelle.gewicht,
    huelle.umgerechnet,
    von.bezugspunkt = nach.bezugspunkt
    and count(*) over (partition by nach.bezugspunkt) = 1
    and (verzeichnet.gebiet is null or nach.basis != '') as allein
from {{ ref('bezugspunkte') }} as von
inner join {{ ref('gebietshuelle') }} as huelle
    on huelle.teil = von.gebiet and (huelle.gilt_bis is null or von.stichtag <= huelle.gilt_bis)
inner join {{ ref('bezugspunkte') }} as nach
    on nach.gebiet = huelle.gebiet and nach.stichtag = von.stichtag and nach.basis = von.basis
left join verzeichnet on verzeichnet.gebiet = nach.gebiet and verzeichnet.stichtag = nach.stichtag
order by von.bezugspunkt, nach.bezugspunkt
