{# Pieces of the models that compare figures (vergleiche). #}

{# The same day so many years earlier; the last day of a month stays the last day. #}
{% macro jahre_frueher(tag, jahre) -%}
    case
        when {{ tag }} = last_day({{ tag }}) then last_day(cast({{ tag }} - interval {{ jahre }} year as date))
        else cast({{ tag }} - interval {{ jahre }} year as date)
    end
{%- endmacro %}

{# Square and add (Newcombe 1998; Zou and Donner 2008): one end of the interval for the difference of two values from the
   intervals of both. For shares these are Wilson's, for events the exact ones of Poisson. #}
{% macro differenzgrenze(zeichen, a, a_grenze, b, b_grenze) -%}
    {{ a }} - {{ b }} {{ zeichen }} sqrt(power({{ a }} - {{ a_grenze }}, 2) + power({{ b }} - {{ b_grenze }}, 2))
{%- endmacro %}
