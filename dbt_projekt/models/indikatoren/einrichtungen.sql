-- Facilities that supply is counted from: day care and running primary schools, with what they offer and where they
-- lie.
with vorhanden as (
    select
        kitas.stichtag,
        kitas.zeitraum_von,
        kitas.art,
        kitas.einrichtung,
        kitas.name,
        kitas.gebiet,
        kitas.quelle,
        kitas.abruf,
        kitas.zeile,
        kitas.datenart
    from {{ ref('stg_kitas') }} as kitas
    where kitas.grund is null
    union all
    select
        schulen.stichtag,
        schulen.zeitraum_von,
        'grundschule' as art,
        schulen.schulnummer as einrichtung,
        schulen.kurzbezeichnung as name,
        schulen.gebiet,
        schulen.quelle,
        schulen.abruf,
        schulen.zeile,
        schulen.datenart
    from {{ ref('stg_schulen') }} as schulen
    inner join {{ ref('gebiete') }} as gebiete
        on gebiete.gebiet = schulen.gebiet and gebiete.ebene in ('ortsteil', 'stadtbezirk', 'stadt')
    where schulen.grund is null and schulen.schulform = '02' and schulen.schulbetrieb = '1'
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
)

select
    vorhanden.stichtag,
    vorhanden.zeitraum_von,
    vorhanden.art,
    vorhanden.einrichtung,
    vorhanden.name,
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
left join {{ source('raw', 'verortung_einrichtungen') }} as orte
    on orte.quelle = vorhanden.quelle and orte.abruf = vorhanden.abruf and orte.zeile = vorhanden.zeile
order by vorhanden.stichtag, vorhanden.art, vorhanden.einrichtung
