-- The catalogue, rendered from the same column metadata that the figures are compiled from, and what cannot be had.
with beobachtet as (
    select distinct
        beobachtungen.klasse,
        beobachtungen.quelle,
        beobachtungen.basis
    from {{ ref('beobachtungen') }} as beobachtungen
    where beobachtungen.klasse is not null
),

-- Sources of what is counted, and of what figures made of others name themselves.
unmittelbar as (
    select
        zuordnung.indikator,
        beobachtet.quelle
    from {{ ref('klassenzuordnung') }} as zuordnung
    inner join beobachtet on beobachtet.klasse = zuordnung.klasse and zuordnung.basis in ('', beobachtet.basis)
    union
    select
        ableitungen.indikator,
        ableitungen.quelle
    from {{ ref('alle_ableitungen') }} as ableitungen
    where ableitungen.quelle is not null
),

mittelbar as (
    select
        unmittelbar.indikator,
        unmittelbar.quelle
    from unmittelbar
    union
    select
        bestandteile.indikator,
        unmittelbar.quelle
    from {{ ref('bestandteile') }} as bestandteile
    inner join unmittelbar on unmittelbar.indikator = bestandteile.merkmal
),

herkunft as (
    select
        mittelbar.indikator,
        string_agg(distinct mittelbar.quelle, ', ' order by mittelbar.quelle) as quellen
    from mittelbar
    group by mittelbar.indikator
),

geltung as (
    select
        werte.indikator,
        string_agg(distinct nullif(werte.basis, ''), ', ' order by nullif(werte.basis, '')) as basen
    from (
        select
            alle_werte.indikator,
            alle_werte.basis
        from {{ ref('alle_werte') }} as alle_werte
        union
        select
            qualitaet.indikator,
            qualitaet.basis
        from {{ ref('werte_qualitaet_gezaehlt') }} as qualitaet
    ) as werte
    group by werte.indikator
),

alle as (
    select
        definition.indikator,
        definition.name,
        definition.beschreibung,
        definition.form,
        definition.zaehler,
        definition.nenner,
        definition.faktor,
        definition.ziel,
        definition.terme,
        definition.einheit,
        definition.modul,
        definition.thema,
        definition.richtung,
        coalesce(herkunft.quellen, '') as quellen,
        coalesce(geltung.basen, '') as basis,
        definition.methode,
        definition.unsicherheit,
        definition.mindestbasis,
        definition.mindeststatus,
        array_to_string(definition.ebenen, ', ') as ebenen,
        array_to_string(definition.gliederungen, ', ') as gliederungen,
        definition.definition,
        true as verfuegbar,
        '' as benoetigt
    from {{ ref('indikator_definitionen') }} as definition
    left join herkunft on herkunft.indikator = definition.indikator
    left join geltung on geltung.indikator = definition.indikator
    union all
    select
        fehlt.indikator,
        fehlt.name,
        fehlt.beschreibung,
        '' as form,
        fehlt.zaehler,
        coalesce(fehlt.nenner, '') as nenner,
        cast(fehlt.faktor as double) as faktor,
        cast(null as double) as ziel,
        cast(null as integer) as terme,
        fehlt.einheit,
        fehlt.modul,
        '' as thema,
        fehlt.richtung,
        '' as quellen,
        '' as basis,
        '' as methode,
        '' as unsicherheit,
        cast(null as integer) as mindestbasis,
        '' as mindeststatus,
        '' as ebenen,
        '' as gliederungen,
        fehlt.definition,
        false as verfuegbar,
        fehlt.benoetigt
    from {{ ref('nicht_verfuegbar') }} as fehlt
)

select
    alle.indikator,
    alle.name,
    alle.beschreibung,
    alle.form,
    alle.zaehler,
    alle.nenner,
    alle.faktor,
    alle.ziel,
    alle.terme,
    alle.einheit,
    alle.modul,
    module.name as modul_name,
    alle.thema,
    alle.richtung,
    alle.quellen,
    alle.basis,
    alle.methode,
    case alle.unsicherheit
        when 'wilson'
            then 'Wilson-Intervall zu 95 %; bei einer Vollzählung als Aussage über den Vorgang hinter der Zahl zu lesen'
        when 'poisson'
            then 'Exaktes Poisson-Intervall zu 95 % für die Zahl der Ereignisse; die mittlere Bevölkerung gilt als fest'
        else ''
    end as unsicherheit,
    alle.mindestbasis,
    alle.mindeststatus,
    alle.ebenen,
    alle.gliederungen,
    alle.definition,
    alle.verfuegbar,
    alle.benoetigt
from alle
left join {{ ref('module') }} as module on module.modul = alle.modul
order by alle.verfuegbar desc, alle.thema asc, alle.indikator asc
