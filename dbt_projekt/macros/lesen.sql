{# What the declarations say about texts and signs, joined to a raw table. Here stands how a text becomes a value;
   which texts there are stands in quellen/katalog/<quelle>.yaml and arrives as raw.zuordnungen and raw.zeichen. #}

{# Joins the meaning of one field's text. #}
{% macro zuordnung(alias, tabelle, feld, text) -%}
    {%- set teile = tabelle.split('__') -%}
    left join {{ source('raw', 'zuordnungen') }} as {{ alias }}
        on {{ alias }}.quelle = '{{ teile[0] }}'
        and {{ alias }}.teil = '{{ teile[1] }}'
        and {{ alias }}.feld = '{{ feld }}'
        and {{ alias }}.text = {{ text }}
{%- endmacro %}

{# Joins the sign that stands in place of a figure, and the retrieval with its number format. #}
{% macro zeichen_und_abruf(tabelle, roh='roh') -%}
    {%- set teile = tabelle.split('__') -%}
    left join {{ source('raw', 'zeichen') }} as zeichen
        on zeichen.quelle = '{{ teile[0] }}'
        and zeichen.zeichen = {{ roh }}.originaltext
    inner join {{ source('raw', 'abrufe') }} as abrufe
        on abrufe.quelle = '{{ teile[0] }}'
        and abrufe.teil = '{{ teile[1] }}'
        and abrufe.abruf = {{ roh }}.abruf
{%- endmacro %}

{# The figure: what the sign stands for, else the number in the retrieval's own notation. #}
{% macro zahl(roh='roh') -%}
    case
        when zeichen.zeichen is not null then zeichen.wert
        else try_cast(
            replace(replace({{ roh }}.originaltext, abrufe.tausender, ''), abrufe.dezimal, '.') as double
        )
    end
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
        'schulbetrieb', 'sozialindexstufe'
    ]) }}
{%- endmacro %}

{# The columns every staging model of figures delivers, in this order. #}
{% macro beobachtungsspalten() -%}
    {{ return([
        'quelle', 'abruf', 'zeile', 'spalte', 'originaltext', 'datenart', 'merkmal', 'gebiet', 'stichtag',
        'zeitraum_von'] + gliederungen() + ['einrichtung', 'ist_summe', 'wert', 'status', 'vertraulichkeit', 'basis', 'grund'
    ]) }}
{%- endmacro %}

{# The select of a staging model of figures per school: one row per school number and school year. #}
{% macro zahlen_je_schule(tabelle) -%}
select
    '{{ tabelle.split('__')[0] }}' as quelle,
    roh.abruf,
    roh.zeile,
    roh.spalte,
    roh.originaltext,
    abrufe.datenart,
    roh.merkmal,
    roh.schulnummer,
    {{ schuljahr_von('cast(abrufe.stand as date)') }} as zeitraum_von,
    {{ schuljahr_bis('cast(abrufe.stand as date)') }} as stichtag,
    {{ zahl() }} as wert,
    coalesce(zeichen.status, 'A') as status,
    coalesce(zeichen.vertraulichkeit, 'F') as vertraulichkeit
from {{ source('raw', tabelle) }} as roh
{{ zeichen_und_abruf(tabelle) }}
{%- endmacro %}
