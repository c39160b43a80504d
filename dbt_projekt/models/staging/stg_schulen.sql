{% set t = 'schulen__verzeichnis' %}
-- One row per school of the directory, newest directory of each school year, with the district it lies in.
select
    'schulen' as quelle,
    roh.abruf,
    roh.zeile,
    roh.spalte,
    roh.originaltext,
    abrufe.datenart,
    roh.schulnummer,
    roh.kurzbezeichnung,
    roh.schulform,
    roh.rechtsform,
    roh.schulbetriebsschluessel as schulbetrieb,
    cast(abrufe.stand as date) as stand,
    {{ schuljahr_von('cast(abrufe.stand as date)') }} as zeitraum_von,
    {{ schuljahr_bis('cast(abrufe.stand as date)') }} as stichtag,
    coalesce(ortsteil.gebiet, stadtbezirk.gebiet, kreis.gebiet) as gebiet,
    ortsteil.gebiet as ortsteil,
    stadtbezirk.gebiet as stadtbezirk,
    case
        when kreis.gebiet is null
            then 'Gemeindeschlüssel ' || roh.gemeindeschluessel || ' gehört zu keinem geführten Kreis'
    end as grund
from {{ source('raw', t) }} as roh
inner join {{ source('raw', 'abrufe') }} as abrufe
    on abrufe.quelle = 'schulen' and abrufe.teil = 'verzeichnis' and abrufe.abruf = roh.abruf
left join {{ source('raw', 'verortung') }} as verortung on verortung.abruf = roh.abruf and verortung.zeile = roh.zeile
left join {{ ref('gebiete') }} as kreis
    on kreis.kurz = left(roh.gemeindeschluessel, 5) and kreis.ebene in ('stadt', 'kreis')
left join {{ ref('gebiete') }} as stadtbezirk
    on stadtbezirk.kurz = verortung.stadtbezirk and stadtbezirk.ebene = 'stadtbezirk' and kreis.ebene = 'stadt'
left join {{ ref('gebiete') }} as ortsteil
    on ortsteil.kurz = verortung.ortsteil and ortsteil.ebene = 'ortsteil' and kreis.ebene = 'stadt'
