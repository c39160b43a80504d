-- Index values and classes as figures. All districts of a date share one centre and one spread, hence the figures are
-- no more official than the least official of them. An index that is made of other components than at the date before,
-- or whose components lie behind a break in their series that they lay before then, is the first of a new series.
with datenarten as (
    select
        art,
        stichtag,
        max(datenart_rang) as datenart_rang
    from {{ ref('index_groessen') }}
    group by art, stichtag
),

eingaenge as (
    select
        art,
        stichtag,
        indikator,
        eingang_basis,
        eingang_stichtag as tag
    from {{ ref('index_groessen') }}
    union
    select
        art,
        stichtag,
        indikator,
        eingang_basis,
        eingang_frueher as tag
    from {{ ref('index_groessen') }}
    where eingang_frueher is not null
),

je_bruch as (
    select
        eingaenge.art,
        eingaenge.stichtag,
        lagen.bruch,
        bool_and(lagen.lage = 'danach') as danach,
        bool_and(lagen.lage = 'davor') as davor
    from eingaenge
    inner join {{ ref('bruchlagen') }} as lagen
        on lagen.indikator = eingaenge.indikator
        and lagen.stichtag = eingaenge.tag
        and lagen.basis = eingaenge.eingang_basis
    group by eingaenge.art, eingaenge.stichtag, lagen.bruch
),

bruchseiten as (
    select
        je_bruch.art,
        je_bruch.stichtag,
        string_agg(je_bruch.bruch, ' ' order by je_bruch.bruch) filter (where je_bruch.danach) as brueche,
        bool_or(not je_bruch.danach and not je_bruch.davor) as gemischt
    from je_bruch
    group by je_bruch.art, je_bruch.stichtag
),

bestandteile as (
    select
        eingaenge.art,
        eingaenge.stichtag,
        string_agg(distinct eingaenge.indikator, ' ' order by eingaenge.indikator) as komponenten
    from eingaenge
    group by eingaenge.art, eingaenge.stichtag
),

reihen as (
    select
        bestandteile.art,
        bestandteile.stichtag,
        coalesce(bruchseiten.gemischt, false)
        or (bestandteile.komponenten, coalesce(bruchseiten.brueche, ''))
        != lag((bestandteile.komponenten, coalesce(bruchseiten.brueche, ''))) over (
            partition by bestandteile.art order by bestandteile.stichtag
        ) as neu
    from bestandteile
    left join bruchseiten on bruchseiten.art = bestandteile.art and bruchseiten.stichtag = bestandteile.stichtag
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
        greatest(
            case when zeile.nimmt_teil and rechnung.wert is null then 7 else zeile.gebiet_rang end,
            case when reihen.neu then 4 else 0 end
        ) as rang
    from gebietszeilen as zeile
    inner join datenarten on datenarten.art = zeile.art and datenarten.stichtag = zeile.stichtag
    inner join reihen on reihen.art = zeile.art and reihen.stichtag = zeile.stichtag
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
    {{ datenart_aus_rang('kennzahlen.datenart_rang') }} as datenart
from kennzahlen
inner join {{ ref('indikator_definitionen') }} as formel on formel.indikator = kennzahlen.indikator
inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = kennzahlen.gebiet
inner join {{ ref('status') }} as status on status.rang = kennzahlen.rang
inner join {{ ref('vertraulichkeit') }} as vertraulichkeit
    on vertraulichkeit.rang = kennzahlen.gebiet_vertraulichkeit_rang
order by kennzahlen.indikator, kennzahlen.stichtag, kennzahlen.gebiet
