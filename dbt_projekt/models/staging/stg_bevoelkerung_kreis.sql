{% set t = 'bevoelkerung_kreis__tabelle' %}
select
    'bevoelkerung_kreis' as quelle,
    roh.abruf,
    roh.zeile,
    roh.spalte,
    roh.originaltext,
    abrufe.datenart,
    roh.merkmal,
    gebiete.gebiet,
    cast(stichtag.wert as date) as stichtag,
    cast(null as date) as zeitraum_von,
    nullif(geschlecht.wert, 'insgesamt') as geschlecht,
    try_cast(alter_von.wert as integer) as alter_von,
    try_cast(alter_bis.wert as integer) as alter_bis,
    nullif(staat.wert, 'insgesamt') as staatsangehoerigkeit,
    cast(null as varchar) as staat,
    cast(null as varchar) as schulform,
    cast(null as varchar) as rechtsform,
    cast(null as varchar) as schulbetrieb,
    cast(null as integer) as sozialindexstufe,
    cast(null as varchar) as einrichtung,
    geschlecht.wert = 'insgesamt' or staat.wert = 'insgesamt' or alter_gesamt.wert is not null as ist_summe,
    case when not roh.total_fehlt then {{ zahl() }} end as wert,
    case when roh.total_fehlt then 'O' else coalesce(zeichen.status, 'A') end as status,
    coalesce(zeichen.vertraulichkeit, 'F') as vertraulichkeit,
    'fortschreibung' as basis,
    case
        when fremd.wert is not null then substr(fremd.wert, length('nicht_gefuehrt:') + 1)
        when gebiete.gueltig_bis < cast(stichtag.wert as date)
            then 'Gebiet bestand zum Stichtag nicht mehr (aufgelöst nach dem '
                || strftime(gebiete.gueltig_bis, '%d.%m.%Y') || ')'
    end as grund
from {{ source('raw', t) }} as roh
{{ zeichen_und_abruf(t) }}
{{ zuordnung('stichtag', t, 'stichtag', 'roh.stichtag') }}
{{ zuordnung('geschlecht', t, 'geschlecht', 'roh.geschlecht') }}
{{ zuordnung('alter_von', t, 'alter_von', 'roh.alter') }}
{{ zuordnung('alter_bis', t, 'alter_bis', 'roh.alter') }}
{{ zuordnung('alter_gesamt', t, 'alter', 'roh.alter') }}
{{ zuordnung('staat', t, 'staatsangehoerigkeit', 'roh.staatsangehoerigkeit') }}
{{ zuordnung('fremd', t, 'region', 'roh.region') }}
left join {{ ref('gebiete') }} as gebiete
    on gebiete.kurz = roh.region and gebiete.ebene in ('stadt', 'kreis', 'land', 'bund')
