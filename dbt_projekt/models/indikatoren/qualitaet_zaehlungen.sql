-- What the pipeline counts about itself, per district: numerator, denominator and both in words.
with abruftag as (
    {{ tag_des_juengsten_abrufs() }}
),

-- The city and its parts, each with the figures of itself and all its parts.
huelle as (
    select
        gebietshuelle.gebiet,
        gebietshuelle.teil,
        gebiete.ebene
    from {{ ref('gebietshuelle') }} as gebietshuelle
    inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = gebietshuelle.gebiet
    where gebiete.ebene in ('ortsteil', 'stadtbezirk', 'stadt') and not gebietshuelle.umgerechnet
),

kennzahlen as (
    select
        werte.gebiet,
        werte.stichtag,
        werte.wert,
        werte.status,
        {{ revision('werte') }} as revision,
        case werte.datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end as datenart_rang
    from {{ ref('alle_werte') }} as werte
    {{ vorherige_kennzahl('werte') }}
),

je_gebiet as (
    select
        huelle.gebiet,
        count(*) as kennzahlen,
        count(*) filter (where kennzahlen.status = 'Q') as verdeckt,
        count(*) filter (where kennzahlen.revision > 0) as revidiert,
        max(kennzahlen.stichtag) filter (
            where kennzahlen.wert is not null and kennzahlen.stichtag <= abruftag.tag
        ) as neueste,
        max(kennzahlen.datenart_rang) as datenart_rang
    from huelle
    inner join kennzahlen on kennzahlen.gebiet = huelle.teil
    cross join abruftag
    group by huelle.gebiet
),

umrisse as (
    select coalesce(max(case datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end), 0) as datenart_rang
    from {{ source('raw', 'abrufe') }}
    where quelle = 'gebiete'
),

einrichtungen as (
    select
        huelle.gebiet,
        count(*) as einrichtungen,
        count(einrichtung.ortsteil) as verortet,
        max(greatest(
            umrisse.datenart_rang, case einrichtung.datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end
        )) as datenart_rang
    from huelle
    inner join {{ ref('einrichtungen_verortet') }} as einrichtung on einrichtung.gebiet = huelle.teil
    cross join umrisse
    where huelle.ebene != 'ortsteil'
    group by huelle.gebiet
),

quellen as (
    select
        count(*) as quellen,
        count(*) filter (where zustand != 'gut') as gestoert,
        string_agg(quelle, ', ' order by quelle) filter (where zustand != 'gut') as namen
    from {{ source('raw', 'quellen') }}
),

abrufe as (
    select max(case datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end) as datenart_rang
    from {{ source('raw', 'abrufe') }}
),

zaehlungen as (
    select
        'anteil_verdeckt' as indikator,
        gebiet,
        cast(verdeckt as double) as zaehler,
        cast(kennzahlen as double) as nenner,
        cast(null as date) as eingang_stichtag,
        datenart_rang,
        'im Gebiet und seinen Teilen, alle Stichtage' as bemerkung
    from je_gebiet
    union all
    select
        'alter_neueste_kennzahl' as indikator,
        je_gebiet.gebiet,
        cast(date_diff('day', je_gebiet.neueste, abruftag.tag) as double) as zaehler,
        cast(null as double) as nenner,
        je_gebiet.neueste as eingang_stichtag,
        je_gebiet.datenart_rang,
        coalesce(
            'neuester Stichtag ' || strftime(je_gebiet.neueste, '%d.%m.%Y') || ', jüngster Abruf '
            || strftime(abruftag.tag, '%d.%m.%Y'), 'keine Kennzahl mit Wert bis zum jüngsten Abruf'
        ) as bemerkung
    from je_gebiet
    cross join abruftag
    union all
    select
        'anteil_verortet' as indikator,
        gebiet,
        cast(verortet as double) as zaehler,
        cast(einrichtungen as double) as nenner,
        cast(null as date) as eingang_stichtag,
        datenart_rang,
        'neuestes Verzeichnis' as bemerkung
    from einrichtungen
    union all
    select
        'anteil_revidiert' as indikator,
        gebiet,
        cast(revidiert as double) as zaehler,
        cast(kennzahlen as double) as nenner,
        cast(null as date) as eingang_stichtag,
        datenart_rang,
        'im Gebiet und seinen Teilen, alle Stichtage' as bemerkung
    from je_gebiet
    union all
    select
        gestoert.indikator,
        stadt.gebiet,
        cast(quellen.gestoert as double) as zaehler,
        case when gestoert.indikator = 'anteil_quellen_gestoert' then cast(quellen.quellen as double) end as nenner,
        cast(null as date) as eingang_stichtag,
        abrufe.datenart_rang,
        coalesce(quellen.namen, 'alle Quellen sind gut') as bemerkung
    from quellen
    cross join abrufe
    cross join (values ('anteil_quellen_gestoert'), ('quellen_gestoert')) as gestoert (indikator)
    inner join {{ ref('gebiete') }} as stadt on stadt.ebene = 'stadt'
)

select
    zaehlungen.indikator,
    zaehlungen.gebiet,
    abruftag.tag as stichtag,
    zaehlungen.zaehler,
    zaehlungen.nenner,
    zaehlungen.eingang_stichtag,
    zaehlungen.datenart_rang,
    zaehlungen.bemerkung,
    case
        when zaehlungen.zaehler is null then 'O'
        when zaehlungen.nenner = 0 then 'M'
        else 'A'
    end as status
from zaehlungen
cross join abruftag
where abruftag.tag is not null
