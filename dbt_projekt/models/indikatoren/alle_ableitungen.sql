-- What goes into figures that are made of other figures or of where things lie, of all themes but those about the
-- pipeline itself: these also look at the previous release.
{% set themen = ['siedlung', 'erreichbarkeit', 'bedarfsspanne', 'einrichtungsdichte', 'index'] %}
{% for thema in themen -%}
select
    {{ ableitungsspalten() | join(',\n    ') }}
from {{ ref('ableitungen_' ~ thema) }}
{{ 'union all' if not loop.last }}
{% endfor %}
