-- How the composite index is calculated: one row, made of its declaration.
{% set v = verbund() %}
select
    cast(definition.verbund as varchar) as verbund,
    cast(definition.name as varchar) as name,
    cast(definition.version as varchar) as version,
    cast(definition.basis as varchar) as basis,
    cast(definition.ebene as varchar) as ebene,
    cast(definition.mitte as varchar) as mitte,
    cast(definition.streuung as varchar) as streuung,
    cast(definition.neu_standardisiert as boolean) as neu_standardisiert,
    cast(definition.bevoelkerung as varchar) as bevoelkerung,
    cast(definition.mindestbevoelkerung as integer) as mindestbevoelkerung,
    cast(definition.mindestkomponenten as integer) as mindestkomponenten,
    cast(definition.status_ab_mittel as double) as status_ab_mittel,
    cast(definition.status_bis_mittel as double) as status_bis_mittel,
    cast(definition.status_bis_niedrig as double) as status_bis_niedrig,
    cast(definition.dynamik_jahre as integer) as dynamik_jahre,
    cast(definition.dynamik_ab_stabil as double) as dynamik_ab_stabil,
    cast(definition.dynamik_bis_stabil as double) as dynamik_bis_stabil,
    cast(definition.methode as varchar) as methode
from (
    values
    {% if v -%}
    (
        {{ sql_liste([v.id, v.name, v.version | string, v.basis, v.ebene, v.mitte, v.streuung]) }},
        {{ 'true' if v.neu_standardisiert else 'false' }}, {{ sql_liste([v.mindestbevoelkerung.indikator]) }},
        {{ v.mindestbevoelkerung.anzahl }}, {{ v.mindestkomponenten }}, {{ v.status.schwellen | join(', ') }},
        {{ v.dynamik.jahre }}, {{ v.dynamik.schwellen | join(', ') }}, {{ sql_liste([v.methode | trim]) }}
    )
    {% else -%}
    (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
    {% endif -%}
) as definition (
    verbund, name, version, basis, ebene, mitte, streuung, neu_standardisiert, bevoelkerung, mindestbevoelkerung,
    mindestkomponenten, status_ab_mittel, status_bis_mittel, status_bis_niedrig, dynamik_jahre, dynamik_ab_stabil,
    dynamik_bis_stabil, methode
)
where definition.verbund is not null
