-- Index values and classes as figures. All districts of a date share one centre and one spread, hence the figures are
-- no more official than the least official of them.
with datenarten as (
    select
        art,
        stichtag,
        max(datenart_rang) as datenart_rang
    from {{ ref('index_groessen') }}
    group by art, stichtag
),

gebietszeilen as (
    select distinct
        groesse.art,
        groesse.stichtag,
        groesse.frueher,
        groesse.gebiet,
        groesse.nimmt_teil,
        groesse.gebiet_rang,
        groesse.gebiet_vertraulichkeit_rang
    from {{ ref('index_groessen') }} as groesse
),

gerechnet as (
    select
        zeile.art,
        zeile.stichtag,
        zeile.frueher,
        zeile.gebiet,
        zeile.gebiet_vertraulichkeit_rang,
        datenarten.datenart_rang,
        definition.basis,
        rechnung.summe,
        rechnung.teiler,
        rechnung.wert,
        rechnung.klasse,
        -- a district that takes part and has no index is one at a date when all are equal in something
        case when zeile.nimmt_teil and rechnung.wert is null then 7 else zeile.gebiet_rang end as rang
    from gebietszeilen as zeile
    inner join datenarten on datenarten.art = zeile.art and datenarten.stichtag = zeile.stichtag
    cross join {{ ref('index_definition') }} as definition
    left join {{ ref('index_rechnung') }} as rechnung
        on rechnung.variante = 'wie deklariert'
        and rechnung.art = zeile.art
        and rechnung.stichtag = zeile.stichtag
        and rechnung.gebiet = zeile.gebiet
),

kennzahlen as (
    select
        gerechnet.*,
        gerechnet.art || 'index' as indikator,
        gerechnet.wert as ergebnis,
        case when gerechnet.wert is not null then gerechnet.summe end as zaehler,
        case when gerechnet.wert is not null then gerechnet.teiler end as nenner
    from gerechnet
    union all
    select
        gerechnet.*,
        gerechnet.art || 'klasse' as indikator,
        cast(gerechnet.klasse as double) as ergebnis,
        cast(gerechnet.klasse as double) as zaehler,
        cast(null as double) as nenner
    from gerechnet
)

select
    kennzahlen.indikator,
    kennzahlen.gebiet,
    gebiete.ebene,
    kennzahlen.stichtag,
    cast(kennzahlen.frueher + interval 1 day as date) as zeitraum_von,
    kennzahlen.ergebnis as wert,
    formel.einheit,
    kennzahlen.zaehler,
    kennzahlen.nenner,
    kennzahlen.basis,
    status.status,
    vertraulichkeit.vertraulichkeit,
    cast(null as varchar) as zuverlaessigkeit,
    cast(null as double) as unsicher_von,
    cast(null as double) as unsicher_bis,
    case kennzahlen.datenart_rang when 2 then 'beispiel' when 1 then 'eingang' else 'amtlich' end as datenart
from kennzahlen
inner join {{ ref('indikator_definitionen') }} as formel on formel.indikator = kennzahlen.indikator
inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = kennzahlen.gebiet
inner join {{ ref('status') }} as status on status.rang = kennzahlen.rang
inner join {{ ref('vertraulichkeit') }} as vertraulichkeit
    on vertraulichkeit.rang = kennzahlen.gebiet_vertraulichkeit_rang
order by kennzahlen.indikator, kennzahlen.stichtag, kennzahlen.gebiet
