{# A figure and what the previous release said: said once for the released figures and for the share of changed ones. #}

{# Joins the figure of the previous release to a relation of figures. #}
{% macro vorherige_kennzahl(werte) -%}
left join {{ source('raw', 'vorgaenger_indikatoren') }} as vorher
    on vorher.indikator = {{ werte }}.indikator
    and vorher.gebiet = {{ werte }}.gebiet
    and vorher.stichtag = {{ werte }}.stichtag
    and vorher.basis = {{ werte }}.basis
{%- endmacro %}

{# How often the figure was changed since its first release. #}
{% macro revision(werte) -%}
    cast(coalesce(vorher.revision, 0) + case
        when vorher.indikator is not null and vorher.wert is distinct from {{ werte }}.wert then 1
        else 0
    end as integer)
{%- endmacro %}

{# The day of the newest retrieval, in UTC: the date of figures about the pipeline. Never the clock, since a release follows
   from archive, code and declarations alone. #}
{% macro tag_des_juengsten_abrufs() -%}
    select max({{ tag_in_utc('abgerufen_am') }}) as tag
    from {{ source('raw', 'abrufe') }}
{%- endmacro %}

{# The day of a moment given as text with its offset, in UTC whatever the time zone of the session. #}
{% macro tag_in_utc(zeitpunkt) -%}
    cast(make_timestamp(epoch_us(cast({{ zeitpunkt }} as timestamptz))) as date)
{%- endmacro %}
