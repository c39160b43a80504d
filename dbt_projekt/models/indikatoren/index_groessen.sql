-- What is standardised: the components themselves (art status) and their change over the declared years (art dynamik),
-- and which districts take part. A district takes part if it has every component and enough inhabitants. A change
-- across a break in series is none: the component is left out of the dynamics of all districts at that date.
with stand as (
    select
        'status' as art,
        eingang.stichtag,
        cast(null as date) as frueher,
        eingang.gebiet,
        eingang.nummer,
        eingang.indikator,
        eingang.gewicht,
        eingang.vorzeichen,
        eingang.eingang_stichtag,
        cast(null as date) as eingang_frueher,
        eingang.eingang_basis,
        eingang.wert as wert_stichtag,
        cast(null as double) as wert_frueher,
        eingang.wert,
        abs(eingang.wert) as groessenordnung,
        eingang.stadtwert,
        eingang.status_rang,
        eingang.vertraulichkeit_rang,
        eingang.datenart_rang,
        eingang.einwohner,
        eingang.einwohner_rang
    from {{ ref('index_eingaenge') }} as eingang
),

ueber_einen_bruch as (
    select distinct
        jetzt.indikator,
        jetzt.stichtag,
        damals.stichtag as frueher
    from {{ ref('bruchlagen') }} as jetzt
    cross join {{ ref('index_definition') }} as definition
    inner join {{ ref('bruchlagen') }} as damals
        on damals.indikator = jetzt.indikator
        and damals.basis = jetzt.basis
        and damals.bruch = jetzt.bruch
        and damals.stichtag < jetzt.stichtag
    where
        jetzt.basis in ('', definition.basis)
        and (damals.lage != jetzt.lage or jetzt.lage = 'gemischt')
),

veraenderlich as (
    select distinct
        jetzt.stichtag,
        damals.stichtag as frueher,
        jetzt.indikator,
        damals.eingang_stichtag as eingang_frueher,
        damals.stadtwert as stadtwert_frueher
    from {{ ref('index_eingaenge') }} as jetzt
    cross join {{ ref('index_definition') }} as definition
    inner join {{ ref('index_eingaenge') }} as damals
        on damals.stichtag = cast(jetzt.stichtag - to_years(definition.dynamik_jahre) as date)
        and damals.indikator = jetzt.indikator
        and damals.eingang_stichtag < jetzt.eingang_stichtag
    left join ueber_einen_bruch as bruch
        on bruch.indikator = jetzt.indikator
        and bruch.stichtag = jetzt.eingang_stichtag
        and bruch.frueher = damals.eingang_stichtag
    where jetzt.dynamik and bruch.indikator is null
),

veraenderung as (
    select
        'dynamik' as art,
        jetzt.stichtag,
        veraenderlich.frueher,
        jetzt.gebiet,
        jetzt.nummer,
        jetzt.indikator,
        jetzt.gewicht,
        jetzt.vorzeichen,
        jetzt.eingang_stichtag,
        veraenderlich.eingang_frueher,
        jetzt.eingang_basis,
        jetzt.wert as wert_stichtag,
        damals.wert as wert_frueher,
        jetzt.wert - damals.wert as wert,
        greatest(abs(jetzt.wert), abs(damals.wert)) as groessenordnung,
        jetzt.stadtwert - veraenderlich.stadtwert_frueher as stadtwert,
        greatest(jetzt.status_rang, coalesce(damals.status_rang, 9)) as status_rang,
        greatest(jetzt.vertraulichkeit_rang, coalesce(damals.vertraulichkeit_rang, 0)) as vertraulichkeit_rang,
        greatest(jetzt.datenart_rang, coalesce(damals.datenart_rang, 0)) as datenart_rang,
        case
            when jetzt.einwohner is not null and damals.einwohner is not null
                then least(jetzt.einwohner, damals.einwohner)
        end as einwohner,
        greatest(jetzt.einwohner_rang, coalesce(damals.einwohner_rang, 9)) as einwohner_rang
    from {{ ref('index_eingaenge') }} as jetzt
    inner join veraenderlich on veraenderlich.stichtag = jetzt.stichtag and veraenderlich.indikator = jetzt.indikator
    left join {{ ref('index_eingaenge') }} as damals
        on damals.stichtag = veraenderlich.frueher
        and damals.indikator = jetzt.indikator
        and damals.gebiet = jetzt.gebiet
),

beides as (
    select stand.* from stand
    union all
    select veraenderung.* from veraenderung
),

je_stichtag as (
    select
        beides.art,
        beides.stichtag,
        count(distinct beides.indikator) as komponenten
    from beides
    group by beides.art, beides.stichtag
),

je_gebiet as (
    select
        beides.art,
        beides.stichtag,
        beides.gebiet,
        count(beides.wert) = count(*) as alle_da,
        max(beides.einwohner) as einwohner,
        case
            when count(beides.wert) < count(*)
                then greatest(9, max(beides.status_rang) filter (where beides.wert is null))
            when max(beides.einwohner) is null then greatest(9, max(beides.einwohner_rang))
            else greatest(max(beides.status_rang), max(beides.einwohner_rang))
        end as status_rang,
        max(beides.vertraulichkeit_rang) as vertraulichkeit_rang
    from beides
    group by beides.art, beides.stichtag, beides.gebiet
)

select
    beides.art,
    beides.stichtag,
    beides.frueher,
    beides.gebiet,
    beides.nummer,
    beides.indikator,
    beides.gewicht,
    beides.vorzeichen,
    beides.eingang_stichtag,
    beides.eingang_frueher,
    beides.eingang_basis,
    beides.wert_stichtag,
    beides.wert_frueher,
    beides.wert,
    beides.groessenordnung,
    beides.stadtwert,
    beides.status_rang,
    beides.datenart_rang,
    je_gebiet.einwohner,
    coalesce(je_gebiet.alle_da and je_gebiet.einwohner >= definition.mindestbevoelkerung, false) as nimmt_teil,
    case
        when je_gebiet.alle_da and je_gebiet.einwohner < definition.mindestbevoelkerung then 7
        else je_gebiet.status_rang
    end as gebiet_rang,
    je_gebiet.vertraulichkeit_rang as gebiet_vertraulichkeit_rang
from beides
inner join je_stichtag on je_stichtag.art = beides.art and je_stichtag.stichtag = beides.stichtag
inner join je_gebiet
    on je_gebiet.art = beides.art and je_gebiet.stichtag = beides.stichtag and je_gebiet.gebiet = beides.gebiet
cross join {{ ref('index_definition') }} as definition
where je_stichtag.komponenten >= definition.mindestkomponenten
