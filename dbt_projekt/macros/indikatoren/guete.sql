{# What is worst among observations, in one number: a bit for each rank of status (from bit 0), of confidentiality (from 16)
   and of kind of data (from 20) that occurs among them, bit 24 if a figure without a value is among them, and from 25 on one
   for each length of period (model zeitspannen). Many are put together by bit_or, which needs no order, and the worst, or the
   longest, is the highest bit. #}

{% macro guete(status_rang, vertraulichkeit_rang, datenart_rang) -%}
    (cast(1 as bigint) << {{ status_rang }})
        | (cast(1 as bigint) << (16 + {{ vertraulichkeit_rang }}))
        | (cast(1 as bigint) << (20 + {{ datenart_rang }}))
{%- endmacro %}

{% macro guete_ohne_wert(wert) -%}
    case when {{ wert }} is null then (cast(1 as bigint) << 24) else 0 end
{%- endmacro %}

{# "rang" is null where something stands for a day and not for a period. #}
{% macro guete_zeitspanne(rang) -%}
    coalesce(cast(1 as bigint) << (25 + {{ rang }}), 0)
{%- endmacro %}

{# How many lengths of period have a bit: up to 62, the last of a positive bigint. #}
{% macro zeitspannen_hoechstens() -%} {{ return(38) }} {%- endmacro %}

{# The rank of a length of period, or an error if there are too many. #}
{% macro bit_der_zeitspanne(rang) -%}
    cast(case
        when {{ rang }} < {{ zeitspannen_hoechstens() }} then {{ rang }}
        else error(
            'Die Quellen nennen mehr als {{ zeitspannen_hoechstens() }} verschieden lange Zeiträume; Platz dafür ist im Makro guete'
        )
    end as integer)
{%- endmacro %}

{# The worst rank of one kind (status, vertraulichkeit, datenart), or whether a value is missing (ohne_wert). #}
{% macro aus_guete(guete, was) -%}
    {%- if was == 'ohne_wert' -%}
    ({{ guete }} >> 24) & 1 = 1
    {%- else -%}
    {%- set stelle = {'status': [0, 65535], 'vertraulichkeit': [16, 15], 'datenart': [20, 15]}[was] -%}
    cast(floor(log2(({{ guete }} >> {{ stelle[0] }}) & {{ stelle[1] }})) as integer)
    {%- endif -%}
{%- endmacro %}

{# The first day of the longest period that ends on this day, null without one. "tage" is the list of lengths by rank. #}
{% macro zeitraum_aus_guete(guete, stichtag, tage) -%}
    case when ({{ guete }} >> 25) > 0 then {{ stichtag }} - {{ tage }}[cast(floor(log2({{ guete }} >> 25)) as integer) + 1] end
{%- endmacro %}
