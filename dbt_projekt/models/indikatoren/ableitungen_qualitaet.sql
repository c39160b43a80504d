-- What was counted for the figures about the pipeline: numerator and denominator, in the words of their declaration.
select
    zaehlung.indikator,
    zaehlung.gebiet,
    zaehlung.stichtag,
    '' as basis,
    seite.rolle,
    case seite.rolle when 'zaehler' then formel.zaehler else formel.nenner end as merkmal,
    zaehlung.gebiet as eingang_gebiet,
    coalesce(zaehlung.eingang_stichtag, zaehlung.stichtag) as eingang_stichtag,
    '' as eingang_basis,
    case seite.rolle when 'zaehler' then zaehlung.zaehler else zaehlung.nenner end as wert,
    cast(1 as double) as gewicht,
    cast(null as varchar) as quelle,
    cast(null as varchar) as abruf,
    cast(null as integer) as zeile,
    zaehlung.bemerkung
from {{ ref('qualitaet_zaehlungen') }} as zaehlung
inner join {{ ref('indikator_definitionen') }} as formel on formel.indikator = zaehlung.indikator
cross join (values ('zaehler'), ('nenner')) as seite (rolle)
where seite.rolle = 'zaehler' or formel.hat_nenner
