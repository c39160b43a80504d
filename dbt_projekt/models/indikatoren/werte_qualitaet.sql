-- Figures about the pipeline itself: those counted from observations, and those counted from its own tables.
select
    {{ wertspalten() | join(',\n    ') }}
from {{ ref('werte_qualitaet_gezaehlt') }}
union all
select
    zaehlung.indikator,
    zaehlung.gebiet,
    gebiete.ebene,
    zaehlung.stichtag,
    cast(null as date) as zeitraum_von,
    case when zaehlung.status = 'A' then formel.faktor * zaehlung.zaehler / coalesce(zaehlung.nenner, 1) end as wert,
    formel.einheit,
    case when zaehlung.status = 'A' then zaehlung.zaehler end as zaehler,
    case when zaehlung.status = 'A' then zaehlung.nenner end as nenner,
    '' as basis,
    zaehlung.status,
    'F' as vertraulichkeit,
    cast(null as varchar) as zuverlaessigkeit,
    cast(null as double) as unsicher_von,
    cast(null as double) as unsicher_bis,
    case zaehlung.datenart_rang when 2 then 'beispiel' when 1 then 'eingang' else 'amtlich' end as datenart
from {{ ref('qualitaet_zaehlungen') }} as zaehlung
inner join {{ ref('indikator_definitionen') }} as formel on formel.indikator = zaehlung.indikator
inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = zaehlung.gebiet
