-- Which class of observations feeds which indicator, for herkunft().
select
    zuordnung.indikator,
    zuordnung.klasse,
    zuordnung.rolle,
    zuordnung.term,
    zuordnung.bezug,
    zuordnung.versatz,
    zuordnung.basis,
    zuordnung.gewicht,
    zuordnung.mass,
    zuordnung.gemischt
from {{ ref('klassenzuordnung') }} as zuordnung
order by zuordnung.indikator, zuordnung.klasse, zuordnung.rolle, zuordnung.term
