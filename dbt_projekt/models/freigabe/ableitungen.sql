-- What goes into figures that are made of other figures or of where things lie, for herkunft(). One branch per theme.
{% set themen = abgeleitete_themen() + ['qualitaet'] %}
{% for thema in themen -%}
select
    {{ ableitungsspalten() | join(',\n    ') }}
from {{ ref('ableitungen_' ~ thema) }}
{{ 'union all' if not loop.last }}
{% endfor -%}
order by {{ ableitungsspalten() | join(', ') }}
