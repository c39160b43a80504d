-- Every figure that is not the same in the previous release, with both states. A column that the previous release did
-- not have is no change. Without a previous release there are no rows.
with lauf as (
    select id, vorgaenger
    from {{ source('raw', 'lauf') }}
    where vorgaenger != ''
),

luecken as (
    select coalesce(list(spalte), []) as spalten
    from {{ source('raw', 'vorgaenger_luecken') }}
    where tabelle = 'indikatoren'
)

select
    {% for spalte in kennzahlschluessel() -%}
    coalesce(neu.{{ spalte }}, alt.{{ spalte }}) as {{ spalte }},
    {% endfor -%}
    case
        when alt.indikator is null then 'neu'
        when neu.indikator is null then 'entfallen'
        else 'geändert'
    end as art,
    {% for spalte in kennzahlenspalten() -%}
    alt.{{ spalte }} as {{ spalte }}_vorher,
    neu.{{ spalte }} as {{ spalte }}_nachher,
    {% endfor -%}
    alt.revision as revision_vorher,
    lauf.vorgaenger as freigabe_vorher,
    lauf.id as freigabe_nachher
from {{ ref('indikatoren') }} as neu
full outer join {{ source('raw', 'vorgaenger_indikatoren') }} as alt
    on alt.indikator = neu.indikator
    and alt.gebiet = neu.gebiet
    and alt.stichtag = neu.stichtag
    and alt.basis = neu.basis
cross join lauf
cross join luecken
where
    neu.indikator is null
    or alt.indikator is null
    {% for spalte in kennzahlenspalten() -%}
    or neu.{{ spalte }} is distinct from alt.{{ spalte }} and not list_contains(luecken.spalten, '{{ spalte }}')
    {% endfor %}
