-- The two resident tables of the register must tell the same number per district, date and deutsch/nichtdeutsch.
with nach_alter as (
    select gebiet, stichtag, staatsangehoerigkeit, sum(wert) as personen
    from {{ ref('beobachtungen') }}
    where merkmal = 'einwohner' and basis = 'melderegister' and not ist_summe
    group by gebiet, stichtag, staatsangehoerigkeit
),

insgesamt as (
    select gebiet, stichtag, staatsangehoerigkeit, sum(wert) as personen
    from {{ ref('beobachtungen') }}
    where merkmal = 'einwohner_insgesamt' and basis = 'melderegister'
    group by gebiet, stichtag, staatsangehoerigkeit
)

select nach_alter.gebiet, nach_alter.stichtag, nach_alter.staatsangehoerigkeit, nach_alter.personen, insgesamt.personen as laut_summe
from nach_alter
inner join insgesamt
    on insgesamt.gebiet = nach_alter.gebiet
    and insgesamt.stichtag = nach_alter.stichtag
    and insgesamt.staatsangehoerigkeit = nach_alter.staatsangehoerigkeit
where nach_alter.personen != insgesamt.personen
