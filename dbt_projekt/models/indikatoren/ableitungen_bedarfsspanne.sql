-- What goes into a gap by enrolled children: the gap by the register and the city's rate.
with gezeigt as (
    select
        szenarien.indikator, szenarien.register, szenarien.gebiet, szenarien.stichtag, szenarien.basis,
        szenarien.luecke_register, szenarien.quote, szenarien.gebiet_quote, szenarien.stichtag_quote
    from {{ ref('bedarfsszenarien') }} as szenarien
    where szenarien.luecke_eingeschulte is not null
)

{% for merkmal, gebiet, tag, wert, bemerkung in [
    ('gezeigt.register', 'gezeigt.gebiet', 'gezeigt.stichtag', 'gezeigt.luecke_register',
        'Lücke nach dem Melderegister; ihre Plätze und Kinder gehen ein'),
    ("'einschulungsquote'", 'gezeigt.gebiet_quote', 'gezeigt.stichtag_quote', '100 * gezeigt.quote',
        'Anteil der gemeldeten Kinder, die eingeschult werden; mal Kinder, höchstens alle')
] -%}
select
    gezeigt.indikator,
    gezeigt.gebiet,
    gezeigt.stichtag,
    gezeigt.basis,
    'komponente' as rolle,
    {{ merkmal }} as merkmal,
    {{ gebiet }} as eingang_gebiet,
    {{ tag }} as eingang_stichtag,
    gezeigt.basis as eingang_basis,
    {{ wert }} as wert,
    1.0 as gewicht,
    cast(null as varchar) as quelle,
    cast(null as varchar) as abruf,
    cast(null as integer) as zeile,
    {{ sql_liste(bemerkung) }} as bemerkung
from gezeigt
{{ 'union all' if not loop.last }}
{% endfor %}
