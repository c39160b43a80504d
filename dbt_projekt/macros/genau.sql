{# A sum that does not depend on the order of its addends: fractions are added as decimals. #}
{% macro summe_genau(ausdruck) -%}
    cast(sum(cast({{ ausdruck }} as decimal(38, 12))) as double)
{%- endmacro %}

{# The same for very many rows: what the sources state has few decimals, so that rounding at the ninth takes away what the
   order leaves in the last digits of a double. #}
{% macro summe_gerundet(ausdruck) -%}
    round(sum({{ ausdruck }}), 9)
{%- endmacro %}

{# The same for any floating-point numbers, few of them: added up in the order of the column "nach". #}
{% macro geordnete_summe(ausdruck, nach, nur='') -%}
    list_sum(list({{ ausdruck }} order by {{ nach }}){{ ' filter (where ' ~ nur ~ ')' if nur }})
{%- endmacro %}

{# The worst kind of data among rows. #}
{% macro schlechteste_datenart(spalte) -%}
    case
        when bool_or({{ spalte }} = 'beispiel') then 'beispiel'
        when bool_or({{ spalte }} = 'eingang') then 'eingang'
        else 'amtlich'
    end
{%- endmacro %}
