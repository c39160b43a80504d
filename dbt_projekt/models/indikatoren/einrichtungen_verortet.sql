-- Facilities of the city in the newest directory of their source, with the Ortsteil if their place tells it. A further
-- kind of facility is one more name in the list: a staging model with the columns read here.
{% set verzeichnisse = ['stg_schulen'] %}
with alle as (
    {% for modell in verzeichnisse -%}
    select
        quelle, abruf, zeile, datenart, stand, gebiet, ortsteil, max(stand) over (partition by quelle) as neuester_stand
    from {{ ref(modell) }}
    where grund is null
    {{ 'union all' if not loop.last }}
    {% endfor -%}
)

select
    alle.quelle,
    alle.abruf,
    alle.zeile,
    alle.datenart,
    alle.gebiet,
    alle.ortsteil
from alle
inner join {{ ref('gebiete') }} as gebiete
    on gebiete.gebiet = alle.gebiet and gebiete.ebene in ('ortsteil', 'stadtbezirk', 'stadt')
where alle.stand = alle.neuester_stand
