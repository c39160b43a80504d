-- The figures of all themes but those about the pipeline itself, which count these.
{% set aufgenommen = [
    'bevoelkerung', 'altersaufbau', 'staatsangehoerigkeit', 'bevoelkerungsabgleich', 'wanderung', 'wanderung_kreise',
    'natuerliche_bewegung', 'betreuung', 'versorgung', 'einrichtungsdichte', 'bedarfsspanne', 'erreichbarkeit', 'schule',
    'bildung', 'soziales', 'siedlung', 'index'
] %}
{% do themen_pruefen(aufgenommen + ['qualitaet']) %}
{% for thema in aufgenommen -%}
select
    {{ wertspalten() | join(',\n    ') }}
from {{ ref('werte_' ~ thema) }}
{{ 'union all' if not loop.last }}
{% endfor %}
