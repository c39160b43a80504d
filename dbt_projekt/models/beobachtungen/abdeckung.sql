-- Directories (schools, Kitas) list what exists: where nothing is listed there is nothing, but only if the district's
-- outline is known and, where places have to be looked up first, enough of them were found. Other Kreise are covered if
-- anything is listed there. One row per Merkmal, school year and district: wert 0 where absence means none, null where
-- it is unknown.
with zeitraeume as (
    select
        merkmal,
        stichtag,
        min(zeitraum_von) as zeitraum_von,
        case
            when bool_or(datenart = 'beispiel') then 'beispiel'
            when bool_or(datenart = 'eingang') then 'eingang'
            else 'amtlich'
        end as datenart
    from {{ ref('beobachtungen_alle') }}
    where
        grund is null
        and merkmal in (
            select m.merkmal
            from {{ ref('merkmale') }} as m
            where m.verzeichnis
        )
    group by merkmal, stichtag
),

-- The share of the city's facilities whose district inside the city is known.
verortung as (
    select
        alle.merkmal,
        alle.stichtag,
        avg(case when gebiete.ebene = 'stadt' then 0.0 else 1.0 end) as anteil
    from {{ ref('beobachtungen_alle') }} as alle
    inner join {{ ref('gebiete') }} as gebiete
        on gebiete.gebiet = alle.gebiet and gebiete.ebene in ('ortsteil', 'stadtbezirk', 'stadt')
    where alle.grund is null and alle.einrichtung is not null
    group by alle.merkmal, alle.stichtag
),

gelistet as (
    select distinct
        alle.merkmal,
        alle.stichtag,
        alle.gebiet
    from {{ ref('beobachtungen_alle') }} as alle
    where alle.grund is null
),

belegt as (
    select
        zeitraeume.merkmal,
        zeitraeume.stichtag,
        zeitraeume.zeitraum_von,
        zeitraeume.datenart,
        coalesce(verortung.anteil >= merkmale.verortet_ab, true) as genug
    from zeitraeume
    inner join {{ ref('merkmale') }} as merkmale on merkmale.merkmal = zeitraeume.merkmal
    left join verortung on verortung.merkmal = zeitraeume.merkmal and verortung.stichtag = zeitraeume.stichtag
),

umrisse as (
    select gebiete.gebiet, abrufe.datenart
    from {{ source('raw', 'gebiete__ortsteile') }} as roh
    inner join {{ source('raw', 'abrufe') }} as abrufe
        on abrufe.abruf = roh.abruf and abrufe.quelle = 'gebiete' and abrufe.teil = 'ortsteile'
    inner join {{ ref('gebiete') }} as gebiete on gebiete.kurz = roh.nummer and gebiete.ebene = 'ortsteil'
    union all
    select gebiete.gebiet, abrufe.datenart
    from {{ source('raw', 'gebiete__stadtbezirke') }} as roh
    inner join {{ source('raw', 'abrufe') }} as abrufe
        on abrufe.abruf = roh.abruf and abrufe.quelle = 'gebiete' and abrufe.teil = 'stadtbezirke'
    inner join {{ ref('gebiete') }} as gebiete
        on gebiete.kurz = right(roh.nummer, 1) || '00' and gebiete.ebene = 'stadtbezirk'
),

felder as (
    select
        belegt.merkmal,
        belegt.stichtag,
        belegt.zeitraum_von,
        gebiete.gebiet,
        gebiete.ebene in ('stadt', 'kreis') or umrisse.gebiet is not null and belegt.genug as bekannt,
        case when umrisse.datenart = 'beispiel' then 'beispiel' else belegt.datenart end as datenart
    from belegt
    cross join {{ ref('gebiete') }} as gebiete
    left join umrisse on umrisse.gebiet = gebiete.gebiet
    left join gelistet
        on gelistet.merkmal = belegt.merkmal
        and gelistet.stichtag = belegt.stichtag
        and gelistet.gebiet = gebiete.gebiet
    where
        gebiete.ebene in ('ortsteil', 'stadtbezirk', 'stadt')
        or gebiete.ebene = 'kreis' and gelistet.gebiet is not null
)

select
    felder.merkmal,
    felder.stichtag,
    felder.zeitraum_von,
    felder.gebiet,
    case when felder.bekannt then 0.0 end as wert,
    case when felder.bekannt then 'A' else 'O' end as status,
    felder.datenart
from felder
order by felder.merkmal, felder.stichtag, felder.gebiet
