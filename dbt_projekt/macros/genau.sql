{# A sum that does not depend on the order of its addends: fractions are added as decimals. #}
{% macro summe_genau(ausdruck) -%}
    cast(sum(cast({{ ausdruck }} as decimal(38, 12))) as double)
{%- endmacro %}

{# The worst kind of data among rows. #}
{% macro schlechteste_datenart(spalte) -%}
    case
        when bool_or({{ spalte }} = 'beispiel') then 'beispiel'
        when bool_or({{ spalte }} = 'eingang') then 'eingang'
        else 'amtlich'
    end
{%- endmacro %}
