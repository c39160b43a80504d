-- Labels of the school keys as the ministry publishes them.
{% for teil in ['schulform', 'rechtsform', 'schulbetrieb', 'bezirksregierung', 'traeger'] -%}
select
    '{{ teil }}' as verzeichnis,
    roh.schluessel,
    roh.bezeichnung,
    roh.abruf,
    cast(roh.zeile as integer) as zeile
from {{ source('raw', 'schulen_schluessel__' ~ teil) }} as roh
{{ 'union all' if not loop.last }}
{% endfor -%}
order by verzeichnis, schluessel
