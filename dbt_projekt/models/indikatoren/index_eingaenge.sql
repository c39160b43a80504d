-- Which figure of each component counts for which district at which date of the index: one row per date, district and
-- component that any district has at that date. What a single district lacks stays empty and keeps it out of the index.
with reihe as (
    select
        teil.nummer,
        teil.indikator,
        teil.bezug,
        teil.hoechstens_tage,
        werte.gebiet,
        werte.ebene,
        werte.stichtag,
        werte.zeitraum_von,
        werte.wert,
        werte.zaehler,
        werte.nenner,
        werte.basis,
        werte.status_rang,
        werte.vertraulichkeit_rang,
        werte.datenart_rang
    from {{ ref('index_bestandteile') }} as teil
    inner join {{ ref('komponentenwerte') }} as werte on werte.indikator = teil.indikator
),

je_gebiet as (
    select reihe.*
    from reihe
    inner join {{ ref('index_definition') }} as definition on definition.ebene = reihe.ebene
),

stichtage as (
    select distinct stichtag
    from je_gebiet
    where bezug = 'stichtag'
),

-- The same date of a component for all districts, so that like is compared with like.
zugeordnet as (
    select
        stichtage.stichtag,
        je_gebiet.indikator,
        max(je_gebiet.stichtag) as eingang_stichtag
    from stichtage
    inner join je_gebiet
        on case je_gebiet.bezug
            when 'stichtag' then je_gebiet.stichtag = stichtage.stichtag
            when 'zeitraum' then stichtage.stichtag between je_gebiet.zeitraum_von and je_gebiet.stichtag
            else je_gebiet.stichtag <= stichtage.stichtag
                and date_diff('day', je_gebiet.stichtag, stichtage.stichtag) <= je_gebiet.hoechstens_tage
        end
    group by stichtage.stichtag, je_gebiet.indikator
),

-- Rates of the city are never means of rates: its own figure, or where only districts have one, from the added
-- numerators and denominators.
stadt as (
    select
        reihe.indikator,
        reihe.stichtag,
        coalesce(
            max(reihe.wert) filter (where reihe.ebene = 'stadt'),
            case
                when count(*) filter (where reihe.ebene = definition.ebene)
                    = count(reihe.nenner) filter (where reihe.ebene = definition.ebene)
                    and max(formel.form) = 'quotient'
                    then max(formel.faktor)
                        * {{ geordnete_summe('reihe.zaehler', 'reihe.gebiet', 'reihe.ebene = definition.ebene') }}
                        / nullif(
                            {{ geordnete_summe('reihe.nenner', 'reihe.gebiet', 'reihe.ebene = definition.ebene') }}, 0
                        )
            end
        ) as stadtwert
    from reihe
    cross join {{ ref('index_definition') }} as definition
    inner join {{ ref('indikator_definitionen') }} as formel on formel.indikator = reihe.indikator
    group by reihe.indikator, reihe.stichtag
),

vorhanden as (
    select
        zugeordnet.stichtag,
        zugeordnet.indikator,
        zugeordnet.eingang_stichtag
    from zugeordnet
    inner join je_gebiet
        on je_gebiet.indikator = zugeordnet.indikator and je_gebiet.stichtag = zugeordnet.eingang_stichtag
    group by zugeordnet.stichtag, zugeordnet.indikator, zugeordnet.eingang_stichtag
    having count(je_gebiet.wert) > 0
),

felder as (
    select distinct
        vorhanden.stichtag,
        je_gebiet.gebiet
    from vorhanden
    inner join je_gebiet
        on je_gebiet.indikator = vorhanden.indikator and je_gebiet.stichtag = vorhanden.eingang_stichtag
),

bevoelkerung as (
    select
        werte.gebiet,
        werte.stichtag,
        werte.wert,
        werte.status_rang,
        werte.datenart_rang
    from {{ ref('komponentenwerte') }} as werte
    inner join {{ ref('index_definition') }} as definition
        on definition.bevoelkerung = werte.indikator and definition.basis = werte.basis
)

select
    felder.stichtag,
    felder.gebiet,
    teil.nummer,
    teil.indikator,
    teil.gewicht,
    teil.vorzeichen,
    teil.dynamik,
    vorhanden.eingang_stichtag,
    je_gebiet.basis as eingang_basis,
    je_gebiet.wert,
    coalesce(je_gebiet.status_rang, 9) as status_rang,
    coalesce(je_gebiet.vertraulichkeit_rang, 0) as vertraulichkeit_rang,
    greatest(coalesce(je_gebiet.datenart_rang, 0), coalesce(bevoelkerung.datenart_rang, 0)) as datenart_rang,
    stadt.stadtwert,
    bevoelkerung.wert as einwohner,
    coalesce(bevoelkerung.status_rang, 9) as einwohner_rang
from felder
inner join vorhanden on vorhanden.stichtag = felder.stichtag
inner join {{ ref('index_bestandteile') }} as teil on teil.indikator = vorhanden.indikator
left join je_gebiet
    on je_gebiet.indikator = vorhanden.indikator
    and je_gebiet.stichtag = vorhanden.eingang_stichtag
    and je_gebiet.gebiet = felder.gebiet
left join stadt on stadt.indikator = vorhanden.indikator and stadt.stichtag = vorhanden.eingang_stichtag
left join bevoelkerung on bevoelkerung.gebiet = felder.gebiet and bevoelkerung.stichtag = felder.stichtag
