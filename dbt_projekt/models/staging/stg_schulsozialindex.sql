{% set t = 'schulsozialindex__stufen' %}
select
    'schulsozialindex' as quelle,
    roh.abruf,
    roh.zeile,
    roh.spalte,
    roh.originaltext,
    abrufe.datenart,
    roh.merkmal,
    roh.schulnummer,
    {{ schuljahr_von('cast(abrufe.stand as date)') }} as zeitraum_von,
    {{ schuljahr_bis('cast(abrufe.stand as date)') }} as stichtag,
    {{ zahl() }} as wert,
    coalesce(zeichen.status, 'A') as status,
    coalesce(zeichen.vertraulichkeit, 'F') as vertraulichkeit
from {{ source('raw', t) }} as roh
{{ zeichen_und_abruf(t) }}
