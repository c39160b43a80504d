{# How the ways of a group were measured, from what each of them says (see the model fusswege). #}
{% macro wegarten(spalte) -%}
    case when min({{ spalte }}) = max({{ spalte }}) then min({{ spalte }}) else 'teils Luftlinie mal Umwegfaktor' end
{%- endmacro %}
