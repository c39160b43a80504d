{% set t = 'bewegungen_ortsteil__bewegungen' %}
select
    'bewegungen_ortsteil' as quelle,
    roh.abruf,
    roh.zeile,
    roh.spalte,
    roh.originaltext,
    abrufe.datenart,
    bewegung.wert as merkmal,
    gebiete.gebiet,
    make_date(cast(roh.jahr as bigint), 12, 31) as stichtag,
    make_date(cast(roh.jahr as bigint), 1, 1) as zeitraum_von,
    cast(null as varchar) as geschlecht,
    try_cast(alter_von.wert as integer) as alter_von,
    try_cast(alter_bis.wert as integer) as alter_bis,
    staat.wert as staatsangehoerigkeit,
    cast(null as varchar) as staat,
    cast(null as varchar) as schulform,
    cast(null as varchar) as rechtsform,
    cast(null as varchar) as schulbetrieb,
    cast(null as integer) as sozialindexstufe,
    cast(null as varchar) as einrichtung,
    false as ist_summe,
    {{ zahl() }} as wert,
    coalesce(zeichen.status, 'A') as status,
    coalesce(zeichen.vertraulichkeit, 'F') as vertraulichkeit,
    'melderegister' as basis,
    cast(null as varchar) as grund
from {{ source('raw', t) }} as roh
{{ zeichen_und_abruf(t) }}
{{ zuordnung('bewegung', t, 'bewegung', 'roh.bewegung') }}
{{ zuordnung('alter_von', t, 'alter_von', 'roh.alter') }}
{{ zuordnung('alter_bis', t, 'alter_bis', 'roh.alter') }}
{{ zuordnung('staat', t, 'staatsangehoerigkeit', 'roh.staatsangehoerigkeit') }}
left join {{ ref('gebiete') }} as gebiete on gebiete.kurz = roh.ortsteil and gebiete.ebene = 'ortsteil'
