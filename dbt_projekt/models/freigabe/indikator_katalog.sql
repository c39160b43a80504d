-- The catalogue, rendered from the same column metadata that the figures are compiled from.
with quellen as (
    select
        zuordnung.indikator,
        string_agg(distinct beobachtet.quelle, ', ' order by beobachtet.quelle) as quellen
    from {{ ref('klassenzuordnung') }} as zuordnung
    inner join (
        select distinct beobachtungen.klasse, beobachtungen.quelle
        from {{ ref('beobachtungen') }} as beobachtungen
        where beobachtungen.klasse is not null
    ) as beobachtet on beobachtet.klasse = zuordnung.klasse
    group by zuordnung.indikator
)

select
    definition.indikator,
    definition.name,
    definition.beschreibung,
    definition.zaehler,
    definition.nenner,
    definition.faktor,
    definition.einheit,
    definition.modul,
    module.name as modul_name,
    definition.thema,
    definition.richtung,
    coalesce(quellen.quellen, '') as quellen,
    definition.methode,
    case definition.unsicherheit
        when 'wilson'
            then 'Wilson-Intervall zu 95 %; bei einer Vollzählung als Aussage über den Vorgang hinter der Zahl zu lesen'
        else ''
    end as unsicherheit
from {{ ref('indikator_definitionen') }} as definition
left join {{ ref('module') }} as module on module.modul = definition.modul
left join quellen on quellen.indikator = definition.indikator
order by definition.thema, definition.indikator
