-- Residents per square kilometre: what the directory of districts gives as area is no observation of a source, so the
-- figure is made of another one. A district whose area nobody publishes has no value.
select
    definition.indikator,
    einwohner.gebiet,
    einwohner.ebene,
    einwohner.stichtag,
    einwohner.zeitraum_von,
    definition.faktor * einwohner.wert / gebiete.flaeche_km2 as wert,
    definition.einheit,
    case when gebiete.flaeche_km2 is not null then einwohner.wert end as zaehler,
    case when einwohner.wert is not null then gebiete.flaeche_km2 end as nenner,
    einwohner.basis,
    case when gebiete.flaeche_km2 is null and einwohner.wert is not null then 'O' else einwohner.status end as status,
    einwohner.vertraulichkeit,
    cast(null as varchar) as zuverlaessigkeit,
    cast(null as double) as unsicher_von,
    cast(null as double) as unsicher_bis,
    einwohner.datenart
from {{ ref('werte_bevoelkerung') }} as einwohner
inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = einwohner.gebiet
inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = 'bevoelkerungsdichte'
where einwohner.indikator = 'einwohner' and list_contains(definition.ebenen, einwohner.ebene)
order by einwohner.stichtag, einwohner.gebiet, einwohner.basis
