{% set t = 'einwohner_ortsteil__staatsangehoerigkeit' %}
select
    'einwohner_ortsteil' as quelle,
    roh.abruf,
    roh.zeile,
    roh.spalte,
    roh.originaltext,
    abrufe.datenart,
    roh.merkmal,
    gebiete.gebiet,
    cast(stichtag.wert as date) as stichtag,
    cast(null as date) as zeitraum_von,
    cast(null as varchar) as geschlecht,
    cast(null as integer) as alter_von,
    cast(null as integer) as alter_bis,
    case
        when staat.wert = 'insgesamt_deutsch' or staat.wert = 'DE_plus' then 'deutsch'
        else 'nichtdeutsch'
    end as staatsangehoerigkeit,
    case when staat.wert not like 'insgesamt%' then staat.wert end as staat,
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
{{ zuordnung('stichtag', t, 'stichtag', 'roh.stichtag') }}
{{ zuordnung('staat', t, 'staat', 'roh.staat') }}
left join {{ ref('gebiete') }} as gebiete on gebiete.kurz = roh.ortsteil and gebiete.ebene = 'ortsteil'
