-- The components of the composite index with weight and sign, made of its declaration.
{% set v = verbund() %}
select
    cast(teil.verbund as varchar) as verbund,
    cast(teil.version as varchar) as version,
    cast(teil.nummer as integer) as nummer,
    cast(teil.indikator as varchar) as indikator,
    cast(teil.gewicht as double) as gewicht,
    cast(teil.vorzeichen as integer) as vorzeichen,
    cast(teil.bezug as varchar) as bezug,
    cast(teil.hoechstens_tage as integer) as hoechstens_tage,
    cast(teil.dynamik as boolean) as dynamik,
    cast(teil.begruendung as varchar) as begruendung
from (
    values
    {% for k in v.get('komponenten', []) -%}
    (
        {{ sql_liste([v.id, v.version | string]) }}, {{ k.nummer }}, {{ sql_liste([k.indikator]) }}, {{ k.gewicht }},
        {{ k.vorzeichen }}, {{ sql_liste([k.bezug]) }}, {{ 'null' if k.hoechstens_tage is none else k.hoechstens_tage }},
        {{ 'true' if k.dynamik else 'false' }}, {{ sql_liste([k.begruendung | trim]) }}
    ){{ ',' if not loop.last }}
    {% else -%}
    (null, null, null, null, null, null, null, null, null, null)
    {% endfor -%}
) as teil (verbund, version, nummer, indikator, gewicht, vorzeichen, bezug, hoechstens_tage, dynamik, begruendung)
where teil.verbund is not null
order by teil.nummer
