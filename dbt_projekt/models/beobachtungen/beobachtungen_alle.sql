-- Every figure of every source in one shape, accepted or not: "grund" says why a figure is not accepted. The only place
-- where sources come together; what follows reads beobachtungen and abgewiesen.
{% set quellen = [
    'stg_einwohner_alter', 'stg_einwohner_staatsangehoerigkeit', 'stg_bewegungen', 'stg_bevoelkerung_kreis',
    'stg_schulmerkmale'
] %}
{% for modell in quellen %}
select
    {{ modell }}.{{ beobachtungsspalten() | join(', ' ~ modell ~ '.') }}
from {{ ref(modell) }} as {{ modell }}
{{ 'union all' if not loop.last }}
{% endfor %}
