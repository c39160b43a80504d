-- Districts with validity, for readers.
select
    gebiete.gebiet,
    gebiete.kurz,
    gebiete.name,
    gebiete.ebene,
    gebiete.eltern,
    gebiete.gueltig_von,
    gebiete.gueltig_bis,
    gebiete.flaeche_km2
from {{ ref('gebiete') }} as gebiete
order by gebiete.gebiet, gebiete.gueltig_von
