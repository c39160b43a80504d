{# What is worst among observations, in one number: a bit for each rank of status (from bit 0), of confidentiality (from 16)
   and of kind of data (from 20) that occurs among them, and bit 24 if a figure without a value is among them. Many are put
   together by bit_or, which needs no order, and the worst is the highest bit. #}

{% macro guete(status_rang, vertraulichkeit_rang, datenart_rang) -%}
    (cast(1 as bigint) << {{ status_rang }})
        | (cast(1 as bigint) << (16 + {{ vertraulichkeit_rang }}))
        | (cast(1 as bigint) << (20 + {{ datenart_rang }}))
{%- endmacro %}

{% macro guete_ohne_wert(wert) -%}
    case when {{ wert }} is null then (cast(1 as bigint) << 24) else 0 end
{%- endmacro %}

{# The worst rank of one kind (status, vertraulichkeit, datenart), or whether a value is missing (ohne_wert). #}
{% macro aus_guete(guete, was) -%}
    {%- if was == 'ohne_wert' -%}
    ({{ guete }} >> 24) = 1
    {%- else -%}
    {%- set stelle = {'status': [0, 65535], 'vertraulichkeit': [16, 15], 'datenart': [20, 15]}[was] -%}
    cast(floor(log2(({{ guete }} >> {{ stelle[0] }}) & {{ stelle[1] }})) as integer)
    {%- endif -%}
{%- endmacro %}
