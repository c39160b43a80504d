-- The two resident tables of the register must tell the same number per district, date and deutsch/nichtdeutsch, unless
-- one of them hides a cell. A group that only one of them has at a date they share is missing in the other.
with nach_alter as (
    select gebiet, stichtag, staatsangehoerigkeit, sum(wert) as personen, count(*) - count(wert) as ohne_wert
    from {{ ref('beobachtungen') }}
    where merkmal = 'einwohner' and basis = 'melderegister' and not ist_summe
    group by gebiet, stichtag, staatsangehoerigkeit
),

insgesamt as (
    select gebiet, stichtag, staatsangehoerigkeit, sum(wert) as personen, count(*) - count(wert) as ohne_wert
    from {{ ref('beobachtungen') }}
    where merkmal = 'einwohner_insgesamt' and basis = 'melderegister'
    group by gebiet, stichtag, staatsangehoerigkeit
),

gemeinsam as (
    select nach_alter.stichtag from nach_alter
    intersect
    select insgesamt.stichtag from insgesamt
)

select
    coalesce(nach_alter.gebiet, insgesamt.gebiet) as gebiet,
    coalesce(nach_alter.stichtag, insgesamt.stichtag) as stichtag,
    coalesce(nach_alter.staatsangehoerigkeit, insgesamt.staatsangehoerigkeit) as staatsangehoerigkeit,
    nach_alter.personen,
    insgesamt.personen as laut_summe
from nach_alter
full outer join insgesamt
    on insgesamt.gebiet = nach_alter.gebiet
    and insgesamt.stichtag = nach_alter.stichtag
    and insgesamt.staatsangehoerigkeit = nach_alter.staatsangehoerigkeit
where
    coalesce(nach_alter.stichtag, insgesamt.stichtag) in (select gemeinsam.stichtag from gemeinsam)
    and coalesce(nach_alter.ohne_wert, 0) + coalesce(insgesamt.ohne_wert, 0) = 0
    and nach_alter.personen is distinct from insgesamt.personen
