-- Facilities that supply is counted from: day care and running primary schools, with what they offer and where they
-- lie.
with vorhanden as (
    select
        b.stichtag,
        b.zeitraum_von,
        case b.merkmal when 'schulen' then 'grundschule' else b.art end as art,
        b.einrichtung,
        b.gebiet,
        b.quelle,
        b.abruf,
        b.zeile,
        b.datenart
    from {{ ref('beobachtungen') }} as b
    inner join {{ ref('gebiete') }} as gebiete
        on gebiete.gebiet = b.gebiet and gebiete.ebene in ('ortsteil', 'stadtbezirk', 'stadt')
    where b.merkmal = 'kitas_liste' or (b.merkmal = 'schulen' and b.schulform = '02' and b.schulbetrieb = '1')
),

angebote as (
    select
        b.stichtag,
        b.quelle = 'kitas' as ist_kita,
        b.einrichtung,
        max(b.wert) filter (where b.merkmal = 'kita_plaetze_u3') as plaetze_u3,
        max(b.wert) filter (where b.merkmal = 'kita_plaetze_ue3') as plaetze_ue3,
        max(b.wert) filter (where b.merkmal = 'kita_plaetze_liste') as plaetze,
        max(b.wert) filter (where b.merkmal = 'schueler') as schueler
    from {{ ref('beobachtungen') }} as b
    where b.merkmal in ('kita_plaetze_u3', 'kita_plaetze_ue3', 'kita_plaetze_liste', 'schueler') and not b.ist_summe
    group by b.stichtag, b.quelle = 'kitas', b.einrichtung
),

namen as (
    select 'kitas' as quelle, kitas.abruf, kitas.zeile, kitas.name
    from {{ ref('stg_kitas') }} as kitas
    union all
    select 'schulen' as quelle, schulen.abruf, schulen.zeile, schulen.kurzbezeichnung as name
    from {{ ref('stg_schulen') }} as schulen
)

select
    vorhanden.stichtag,
    vorhanden.zeitraum_von,
    vorhanden.art,
    vorhanden.einrichtung,
    namen.name,
    vorhanden.gebiet,
    orte.x,
    orte.y,
    coalesce(orte.befund, 'nicht verortet') as befund,
    angebote.plaetze_u3,
    angebote.plaetze_ue3,
    angebote.plaetze,
    angebote.schueler,
    vorhanden.quelle,
    vorhanden.abruf,
    cast(vorhanden.zeile as integer) as zeile,
    vorhanden.datenart
from vorhanden
left join angebote
    on angebote.einrichtung = vorhanden.einrichtung
    and angebote.stichtag = vorhanden.stichtag
    and angebote.ist_kita = (vorhanden.quelle = 'kitas')
left join namen
    on namen.quelle = vorhanden.quelle and namen.abruf = vorhanden.abruf and namen.zeile = vorhanden.zeile
left join {{ source('raw', 'verortung_einrichtungen') }} as orte
    on orte.quelle = vorhanden.quelle and orte.abruf = vorhanden.abruf and orte.zeile = vorhanden.zeile
order by vorhanden.stichtag, vorhanden.art, vorhanden.einrichtung
