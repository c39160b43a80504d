-- One row per facility of the list, newest list of each Kita year (1 August to 31 July), with the district of its
-- address.
with einrichtungen as (
    select distinct abruf, zeile, einrichtung, name, art, ort
    from {{ source('raw', 'kitas__liste') }}
)

select
    'kitas' as quelle,
    roh.abruf,
    roh.zeile,
    case when adressen.datenart = 'beispiel' then 'beispiel' else abrufe.datenart end as datenart,
    roh.einrichtung,
    roh.name,
    coalesce(bedeutung.wert, roh.art) as art,
    cast(abrufe.stand as date) as stand,
    {{ schuljahr_von('cast(abrufe.stand as date)') }} as zeitraum_von,
    {{ schuljahr_bis('cast(abrufe.stand as date)') }} as stichtag,
    case when stadt.gebiet is not null then coalesce(ortsteil.gebiet, stadtbezirk.gebiet, stadt.gebiet) end as gebiet,
    case when stadt.gebiet is null then 'Ort ' || roh.ort || ' liegt nicht in der Stadt' end as grund
from einrichtungen as roh
inner join {{ source('raw', 'abrufe') }} as abrufe
    on abrufe.quelle = 'kitas' and abrufe.teil = 'liste' and abrufe.abruf = roh.abruf
left join {{ source('raw', 'zuordnungen') }} as bedeutung
    on bedeutung.quelle = 'kitas' and bedeutung.teil = 'liste' and bedeutung.feld = 'art' and bedeutung.text = roh.art
left join {{ source('raw', 'verortung_einrichtungen') }} as verortung
    on verortung.quelle = 'kitas' and verortung.abruf = roh.abruf and verortung.zeile = roh.zeile
left join {{ source('raw', 'abrufe') }} as adressen
    on adressen.quelle = 'adressen' and adressen.abruf = verortung.adresse_abruf
left join {{ ref('gebiete') }} as stadt on stadt.name = roh.ort and stadt.ebene = 'stadt'
left join {{ ref('gebiete') }} as stadtbezirk
    on stadtbezirk.kurz = verortung.stadtbezirk and stadtbezirk.ebene = 'stadtbezirk'
left join {{ ref('gebiete') }} as ortsteil on ortsteil.kurz = verortung.nummer and ortsteil.ebene = 'ortsteil'
