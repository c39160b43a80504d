-- Which combination of breakdowns feeds which term of which indicator, and how much. Decided on the few combinations
-- that occur, not on the observations.
-- depends_on: {{ ref('indikator_definitionen') }}
-- Without a warehouse this is only linted: a few indicators will do.
{% for i in indikatoren()[:none if merkmale_vollstaendig() else 3] -%}
{% for rolle in ['zaehler', 'nenner', 'gewicht'] -%}
{% for term in i[rolle] -%}
select
    {{ sql_liste(i.thema) }} as thema,
    {{ sql_liste(i.id) }} as indikator,
    {{ sql_liste(rolle) }} as rolle,
    {{ loop.index }} as term,
    {{ sql_liste(term.bezug) }} as bezug,
    {{ term.versatz }} as versatz,
    {{ sql_liste(term.get('basis', '')) }} as basis,
    k.kombination,
    cast({{ term.get('faktor', 1) }} as double) as gewicht,
    {{ sql_liste(term.get('gewicht', 'wert')) }} as mass,
    {{ liegt_ganz_in(term, i.form) }} as passt
from {{ ref('merkmalskombinationen') }} as k
where {{ beruehrt(term) }}
union all
{% endfor -%}
{% endfor -%}
{% endfor -%}
select
    cast(null as varchar) as thema,
    cast(null as varchar) as indikator,
    cast(null as varchar) as rolle,
    cast(null as integer) as term,
    cast(null as varchar) as bezug,
    cast(null as integer) as versatz,
    cast(null as varchar) as basis,
    k.kombination,
    cast(null as double) as gewicht,
    cast(null as varchar) as mass,
    cast(null as boolean) as passt
from {{ ref('merkmalskombinationen') }} as k
where false
