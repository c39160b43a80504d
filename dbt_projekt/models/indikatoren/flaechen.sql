-- Area of each district: the published one, else that of its published outline, with where the outline comes from.
select
    gebiete.gebiet,
    coalesce(gebiete.flaeche_km2, umriss.flaeche_km2) as flaeche_km2,
    gebiete.flaeche_km2 is null and umriss.flaeche_km2 is not null as aus_umriss,
    case when gebiete.flaeche_km2 is null then umriss.umriss_abruf end as abruf,
    case when gebiete.flaeche_km2 is null then cast(umriss.umriss_zeile as integer) end as zeile,
    case
        when gebiete.flaeche_km2 is null and umriss.flaeche_km2 is not null then abrufe.datenart
    end as datenart
from {{ ref('gebiete') }} as gebiete
left join {{ source('raw', 'gebietsflaechen') }} as umriss
    on umriss.nummer = gebiete.kurz
    and gebiete.ebene in ('ortsteil', 'stadtbezirk')
    and gebiete.gueltig_bis is null
left join {{ source('raw', 'abrufe') }} as abrufe
    on abrufe.quelle = 'gebiete'
    and abrufe.teil = case gebiete.ebene when 'ortsteil' then 'ortsteile' else 'stadtbezirke' end
    and abrufe.abruf = umriss.umriss_abruf
