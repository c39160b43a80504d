-- Centre and spread of each component over the districts that take part, as declared and in every variant that
-- index_empfindlichkeit plays through.
with varianten as (
    select
        'wie deklariert' as variante,
        '' as ohne,
        definition.mitte,
        definition.streuung
    from {{ ref('index_definition') }} as definition
    union all
    select
        'ohne ' || teil.indikator as variante,
        teil.indikator as ohne,
        definition.mitte,
        definition.streuung
    from {{ ref('index_definition') }} as definition
    cross join {{ ref('index_bestandteile') }} as teil
    union all
    select
        'Mitte: ' || wahl.mitte || ', Streuung: ' || wahl.streuung as variante,
        '' as ohne,
        wahl.mitte,
        wahl.streuung
    from (
        values ('gebietsmittel', 'n'), ('gebietsmittel', 'n-1'), ('stadtwert', 'n'), ('stadtwert', 'n-1')
    ) as wahl (mitte, streuung)
    inner join {{ ref('index_definition') }} as definition
        on definition.mitte != wahl.mitte or definition.streuung != wahl.streuung
),

mittel as (
    select
        groesse.art,
        groesse.stichtag,
        groesse.indikator,
        count(*) as n,
        max(groesse.stadtwert) as stadtwert,
        max(groesse.groessenordnung) as groessenordnung,
        {{ geordnete_summe('groesse.wert', 'groesse.gebiet') }} / count(*) as gebietsmittel
    from {{ ref('index_groessen') }} as groesse
    where groesse.nimmt_teil
    group by groesse.art, groesse.stichtag, groesse.indikator
),

quadrate as (
    select
        groesse.art,
        groesse.stichtag,
        groesse.indikator,
        {{ geordnete_summe(
            '(groesse.wert - mittel.gebietsmittel) * (groesse.wert - mittel.gebietsmittel)', 'groesse.gebiet'
        ) }} as quadratsumme
    from {{ ref('index_groessen') }} as groesse
    inner join mittel
        on mittel.art = groesse.art and mittel.stichtag = groesse.stichtag and mittel.indikator = groesse.indikator
    where groesse.nimmt_teil
    group by groesse.art, groesse.stichtag, groesse.indikator
)

select
    varianten.variante,
    varianten.ohne,
    varianten.mitte as art_der_mitte,
    varianten.streuung as art_der_streuung,
    mittel.art,
    mittel.stichtag,
    mittel.indikator,
    mittel.n,
    case varianten.mitte when 'stadtwert' then mittel.stadtwert else mittel.gebietsmittel end as mitte,
    {{ streuung_oder_nichts(
        'quadrate.quadratsumme', 'mittel.n', 'varianten.streuung', 'mittel.groessenordnung'
    ) }} as streuung
from varianten
cross join mittel
inner join quadrate
    on quadrate.art = mittel.art and quadrate.stichtag = mittel.stichtag and quadrate.indikator = mittel.indikator
where varianten.ohne != mittel.indikator
