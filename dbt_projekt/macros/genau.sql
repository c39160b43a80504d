{# A sum that does not depend on the order of its addends: fractions are added as decimals. #}
{% macro summe_genau(ausdruck) -%}
    cast(sum(cast({{ ausdruck }} as decimal(38, 12))) as double)
{%- endmacro %}

{# The same for very many rows: what the sources state has few decimals, so that rounding at the ninth takes away what the
   order leaves in the last digits of a double. #}
{% macro summe_gerundet(ausdruck) -%}
    {{ gerundet('sum(' ~ ausdruck ~ ')') }}
{%- endmacro %}

{# A single figure, as it would come out of summe_gerundet. #}
{% macro gerundet(ausdruck) -%}
    round({{ ausdruck }}, 9)
{%- endmacro %}

{# The same for any floating-point numbers, few of them: added up in the order of the column "nach". #}
{% macro geordnete_summe(ausdruck, nach, nur='') -%}
    list_sum(list({{ ausdruck }} order by {{ nach }}){{ ' filter (where ' ~ nur ~ ')' if nur }})
{%- endmacro %}

{# Kinds of data by how far they are from official: the rank of a kind, and the kind of a rank. #}
{% macro datenart_rang(spalte) -%}
    case {{ spalte }} when 'beispiel' then 2 when 'eingang' then 1 else 0 end
{%- endmacro %}

{% macro datenart_aus_rang(rang) -%}
    case {{ rang }} when 2 then 'beispiel' when 1 then 'eingang' else 'amtlich' end
{%- endmacro %}

{# The worst kind of data among rows. #}
{% macro schlechteste_datenart(spalte) -%}
    case
        when bool_or({{ spalte }} = 'beispiel') then 'beispiel'
        when bool_or({{ spalte }} = 'eingang') then 'eingang'
        else 'amtlich'
    end
{%- endmacro %}
