-- The figures that the composite index is made of. It reads the themes and not alle_werte, where the index itself
-- stands.
{% set themen = ['bevoelkerung', 'wanderung', 'schule'] %}
{% do verbundthemen_pruefen(verbund(), themen) %}
with werte as (
    {% for thema in themen -%}
    select
        indikator, gebiet, ebene, stichtag, zeitraum_von, wert, zaehler, nenner, basis, status, vertraulichkeit,
        datenart
    from {{ ref('werte_' ~ thema) }}
    {{ 'union all' if not loop.last }}
    {% endfor -%}
),

gebraucht as (
    select indikator from {{ ref('index_bestandteile') }}
    union
    select bevoelkerung as indikator from {{ ref('index_definition') }}
)

select
    werte.indikator,
    werte.gebiet,
    werte.ebene,
    werte.stichtag,
    werte.zeitraum_von,
    werte.wert,
    werte.zaehler,
    werte.nenner,
    werte.basis,
    status.rang as status_rang,
    vertraulichkeit.rang as vertraulichkeit_rang,
    case werte.datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end as datenart_rang
from werte
inner join gebraucht on gebraucht.indikator = werte.indikator
inner join {{ ref('index_definition') }} as definition on werte.basis in ('', definition.basis)
inner join {{ ref('status') }} as status on status.status = werte.status
inner join {{ ref('vertraulichkeit') }} as vertraulichkeit on vertraulichkeit.vertraulichkeit = werte.vertraulichkeit
