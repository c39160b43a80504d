{# What the declarations say about texts and signs, joined to a raw table. Here stands how a text becomes a value;
   which texts there are stands in quellen/katalog/<quelle>.yaml and arrives as raw.zuordnungen and raw.zeichen. #}

{# Joins the meaning of one role's text (CTE bedeutungen: raw.zuordnungen by role). "text" is a column of the figures. #}
{% macro bedeutung(rolle, text) -%}
left join bedeutungen as m_{{ rolle }}
    on m_{{ rolle }}.quelle = roh.quelle
    and m_{{ rolle }}.teil = roh.teil
    and m_{{ rolle }}.rolle = '{{ rolle }}'
    and m_{{ rolle }}.text = roh.{{ text }}
{%- endmacro %}

{# Our code of a role's text: what the declaration says it means, else the text itself; empty is none. #}
{% macro code(rolle) -%}
    nullif(coalesce(m_{{ rolle }}.wert, roh.{{ rolle }}), '')
{%- endmacro %}

{# The same for a breakdown, whose total is no value of it. #}
{% macro gliederung(rolle) -%}
    nullif({{ code(rolle) }}, 'insgesamt')
{%- endmacro %}

{# Whether one of these breakdowns is a total. #}
{% macro ist_insgesamt(rollen) -%}
    {%- for rolle in rollen -%}
        coalesce({{ code(rolle) }} = 'insgesamt', false){{ ' or ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# First and last day of the school year that holds a date. #}
{% macro schuljahr_von(tag) -%}
    make_date(cast(year({{ tag }}) - cast(month({{ tag }}) < 8 as integer) as bigint), 8, 1)
{%- endmacro %}
{% macro schuljahr_bis(tag) -%}
    make_date(cast(year({{ tag }}) + cast(month({{ tag }}) >= 8 as integer) as bigint), 7, 31)
{%- endmacro %}

{# The breakdowns of an observation, in the order of the released table. Said once for all models. #}
{% macro gliederungen() -%}
    {{ return([
        'geschlecht', 'alter_von', 'alter_bis', 'staatsangehoerigkeit', 'staat', 'schulform', 'rechtsform',
        'schulbetrieb', 'art', 'sozialindexstufe'
    ]) }}
{%- endmacro %}

{# The columns every staging model of figures delivers, in this order. #}
{% macro beobachtungsspalten() -%}
    {{ return([
        'quelle', 'abruf', 'zeile', 'spalte', 'originaltext', 'korrigiert', 'korrektur', 'datenart', 'merkmal', 'gebiet',
        'stichtag', 'zeitraum_von'] + gliederungen() + ['einrichtung', 'ist_summe', 'wert', 'status', 'vertraulichkeit', 'basis', 'grund'
    ]) }}
{%- endmacro %}

{# An observation from an expression for each column that it has; the others are empty. #}
{% macro beobachtung(ausdruecke) -%}
    {%- for spalte in beobachtungsspalten() -%}
    {{ ausdruecke.get(spalte, 'null') }} as {{ spalte }}{{ ',\n    ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
