-- What figures stand for, numbered: every district, date and population basis of which there are observations, of
-- larger districts, too. Sums are made and carried up by these numbers.
with gezaehlt as (
    select distinct
        beobachtungen.gebiet,
        beobachtungen.stichtag,
        beobachtungen.basis
    from {{ ref('beobachtungen') }} as beobachtungen
),

alle as (
    select
        huelle.gebiet,
        gezaehlt.stichtag,
        gezaehlt.basis
    from gezaehlt
    inner join {{ ref('gebietshuelle') }} as huelle
        on huelle.teil = gezaehlt.gebiet and (huelle.gilt_bis is null or gezaehlt.stichtag <= huelle.gilt_bis)
    union
    select
        gezaehlt.gebiet,
        gezaehlt.stichtag,
        gezaehlt.basis
    from gezaehlt
    union
    select
        abdeckung.gebiet,
        abdeckung.stichtag,
        '' as basis
    from {{ ref('abdeckung') }} as abdeckung
)

select
    cast(row_number() over (order by alle.gebiet, alle.stichtag, alle.basis) as integer) as bezugspunkt,
    alle.gebiet,
    alle.stichtag,
    alle.basis
from alle
