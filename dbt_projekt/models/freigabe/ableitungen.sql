-- What goes into figures that are made of other figures or of where things lie, for herkunft(). One branch per theme.
{% set themen = ['siedlung', 'erreichbarkeit', 'bedarfsspanne', 'einrichtungsdichte', 'index', 'qualitaet'] %}
{% for thema in themen -%}
select
    {{ ableitungsspalten() | join(',\n    ') }}
from {{ ref('ableitungen_' ~ thema) }}
{{ 'union all' if not loop.last }}
{% else -%}
select
    cast(null as varchar) as indikator,
    cast(null as varchar) as gebiet,
    cast(null as date) as stichtag,
    cast(null as varchar) as basis,
    cast(null as varchar) as rolle,
    cast(null as varchar) as merkmal,
    cast(null as varchar) as eingang_gebiet,
    cast(null as date) as eingang_stichtag,
    cast(null as varchar) as eingang_basis,
    cast(null as double) as wert,
    cast(null as double) as gewicht,
    cast(null as varchar) as quelle,
    cast(null as varchar) as abruf,
    cast(null as integer) as zeile,
    cast(null as varchar) as bemerkung
where false
{% endfor -%}
order by {{ ableitungsspalten() | join(', ') }}
