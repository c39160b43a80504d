-- The lengths of periods that occur, in days from the first day to the last, the shortest first. "rang" is a bit of
-- "guete" (macro guete), which has room for so many.
with laengen as (
    select beobachtungen.stichtag - beobachtungen.zeitraum_von as tage
    from {{ ref('beobachtungen') }} as beobachtungen
    where beobachtungen.zeitraum_von is not null
    union
    select abdeckung.stichtag - abdeckung.zeitraum_von as tage
    from {{ ref('abdeckung') }} as abdeckung
    where abdeckung.zeitraum_von is not null
),

gereiht as (
    select
        laengen.tage,
        row_number() over (order by laengen.tage) - 1 as rang
    from laengen
)

select
    cast(gereiht.tage as integer) as tage,
    {{ bit_der_zeitspanne('gereiht.rang') }} as rang
from gereiht
