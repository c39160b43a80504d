-- Residents per square kilometre: the area of a district is no observation of a source, so the figure is made of
-- another one. A district without a published area has that of its outline (status E at least); without an outline, no
-- value.
with bewertet as (
    select
        einwohner.*,
        flaechen.flaeche_km2,
        greatest(
            {{ datenart_rang('einwohner.datenart') }}, {{ datenart_rang("coalesce(flaechen.datenart, 'amtlich')") }}
        ) as datenart_rang,
        case
            when flaechen.flaeche_km2 is null and einwohner.wert is not null then 9
            when flaechen.aus_umriss then greatest(status.rang, geschaetzt.rang)
            else status.rang
        end as rang
    from {{ ref('werte_bevoelkerung') }} as einwohner
    inner join {{ ref('flaechen') }} as flaechen on flaechen.gebiet = einwohner.gebiet
    inner join {{ ref('status') }} as status on status.status = einwohner.status
    inner join {{ ref('status') }} as geschaetzt on geschaetzt.status = 'E'
    where einwohner.indikator = 'einwohner'
)

select
    definition.indikator,
    bewertet.gebiet,
    bewertet.ebene,
    bewertet.stichtag,
    bewertet.zeitraum_von,
    definition.faktor * bewertet.wert / bewertet.flaeche_km2 as wert,
    definition.einheit,
    case when bewertet.flaeche_km2 is not null then bewertet.wert end as zaehler,
    case when bewertet.wert is not null then bewertet.flaeche_km2 end as nenner,
    bewertet.basis,
    status.status,
    bewertet.vertraulichkeit,
    cast(null as varchar) as zuverlaessigkeit,
    cast(null as double) as unsicher_von,
    cast(null as double) as unsicher_bis,
    {{ datenart_aus_rang('bewertet.datenart_rang') }} as datenart
from bewertet
inner join {{ ref('status') }} as status on status.rang = bewertet.rang
inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = 'bevoelkerungsdichte'
where list_contains(definition.ebenen, bewertet.ebene)
order by bewertet.stichtag, bewertet.gebiet, bewertet.basis
