-- The classes of each district in words, what drives the status, and without which component it would be another.
with rechnung as (
    select
        art, stichtag, gebiet, wert, klasse
    from {{ ref('index_rechnung') }}
    where variante = 'wie deklariert'
),

-- The component that pushes furthest in the direction of the index; several if they push the same.
gereiht as (
    select
        komponente.gebiet,
        komponente.stichtag,
        komponente.indikator,
        komponente.nummer,
        round(case
            when round(rechnung.wert, 9) = 0 then abs(komponente.beitrag)
            else sign(rechnung.wert) * komponente.beitrag
        end, 9) as antrieb
    from {{ ref('index_komponenten') }} as komponente
    inner join rechnung
        on rechnung.art = 'status'
        and rechnung.stichtag = komponente.stichtag
        and rechnung.gebiet = komponente.gebiet
        and rechnung.wert is not null
    where komponente.art = 'status'
),

staerkste as (
    select
        gereiht.gebiet,
        gereiht.stichtag,
        gereiht.indikator,
        gereiht.nummer,
        gereiht.antrieb,
        max(gereiht.antrieb) over (partition by gereiht.gebiet, gereiht.stichtag) as groesster
    from gereiht
),

treiber as (
    select
        gebiet,
        stichtag,
        string_agg(indikator, ', ' order by nummer) as treiber
    from staerkste
    where antrieb = groesster
    group by gebiet, stichtag
),

felder as (
    select distinct
        gebiet,
        stichtag
    from {{ ref('index_groessen') }}
    where art = 'status'
),

wechsel as (
    select
        ohne.gebiet,
        ohne.stichtag,
        string_agg(ohne.ohne, ', ' order by teil.nummer) as wechsel_ohne
    from {{ ref('index_rechnung') }} as ohne
    inner join {{ ref('index_bestandteile') }} as teil on teil.indikator = ohne.ohne
    inner join rechnung
        on rechnung.art = ohne.art
        and rechnung.stichtag = ohne.stichtag
        and rechnung.gebiet = ohne.gebiet
        and rechnung.klasse != ohne.klasse
    where ohne.art = 'status'
    group by ohne.gebiet, ohne.stichtag
)

select
    definition.verbund,
    definition.version,
    felder.gebiet,
    gebiete.name,
    felder.stichtag,
    lage.wert as statusindex,
    lage.klasse as statusklasse,
    {{ klassenname('status', 'lage.klasse') }} as statusklasse_name,
    bewegung.wert as dynamikindex,
    bewegung.klasse as dynamikklasse,
    {{ klassenname('dynamik', 'bewegung.klasse') }} as dynamikklasse_name,
    cast(({{ klassennamen('dynamik') | length }} * (lage.klasse - 1)) + bewegung.klasse as integer) as gruppe,
    treiber.treiber,
    case when lage.klasse is not null then coalesce(wechsel.wechsel_ohne, '') end as wechsel_ohne
from felder
cross join {{ ref('index_definition') }} as definition
inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = felder.gebiet
left join rechnung as lage on lage.art = 'status' and lage.gebiet = felder.gebiet and lage.stichtag = felder.stichtag
left join rechnung as bewegung
    on bewegung.art = 'dynamik' and bewegung.gebiet = felder.gebiet and bewegung.stichtag = felder.stichtag
left join treiber on treiber.gebiet = felder.gebiet and treiber.stichtag = felder.stichtag
left join wechsel on wechsel.gebiet = felder.gebiet and wechsel.stichtag = felder.stichtag
order by felder.stichtag, felder.gebiet
