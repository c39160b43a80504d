-- Class → indicator: role, term, what is summed with which weight, which date and which population basis is meant.
select distinct
    klassen.klasse,
    terme.thema,
    terme.indikator,
    terme.rolle,
    terme.term,
    terme.bezug,
    terme.versatz,
    terme.basis,
    terme.gewicht,
    terme.mass,
    terme.passt,
    definition.gemischt
from {{ ref('klassenterme') }} as terme
inner join {{ ref('klassen') }} as klassen on klassen.kombination = terme.kombination
inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = terme.indikator
order by terme.indikator, terme.rolle, terme.term, klassen.klasse
