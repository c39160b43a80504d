-- How many districts change their class if one component is left out, or if centre or spread are chosen otherwise.
select
    definition.verbund,
    definition.version,
    anders.art,
    anders.stichtag,
    anders.variante,
    anders.ohne,
    anders.art_der_mitte as mitte,
    anders.art_der_streuung as streuung,
    cast(count(wie.klasse) as integer) as gebiete,
    cast(count(anders.klasse) filter (where wie.klasse is not null) as integer) as vergleichbar,
    cast(count(*) filter (where anders.klasse != wie.klasse) as integer) as wechsel,
    cast(count(*) filter (where anders.klasse < wie.klasse) as integer) as weniger_belastet,
    cast(count(*) filter (where anders.klasse > wie.klasse) as integer) as mehr_belastet
from {{ ref('index_rechnung') }} as anders
cross join {{ ref('index_definition') }} as definition
inner join {{ ref('index_rechnung') }} as wie
    on wie.variante = 'wie deklariert'
    and wie.art = anders.art
    and wie.stichtag = anders.stichtag
    and wie.gebiet = anders.gebiet
where
    anders.variante != 'wie deklariert'
    and anders.ohne in (
        select '' as indikator
        union all
        select groesse.indikator
        from {{ ref('index_groessen') }} as groesse
        where groesse.art = anders.art and groesse.stichtag = anders.stichtag
    )
group by all
order by anders.art, anders.stichtag, anders.variante
