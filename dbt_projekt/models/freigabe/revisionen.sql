-- Every figure that changed, appeared or vanished since the previous release, with all reasons that its inputs prove;
-- older revisions are carried along, so that every earlier release can be had again (stand_am).
{% set schluessel = kennzahlschluessel() %}
with zeiten as (
    select abruf, min(tag) as tag
    from (
        select abruf, {{ tag_in_utc('abgerufen_am') }} as tag
        from {{ source('raw', 'abrufe') }}
        union all
        select abruf, {{ tag_in_utc('abgerufen_am') }} as tag
        from {{ source('raw', 'vorgaenger_abrufe') }}
    )
    group by abruf
),

-- Several retrievals stand as one text; the day is that of the first.
benannt as (
    select
        ursachen.{{ (schluessel + ursachenspalten()) | join(', ursachen.') }},
        left(ursachen.abruf_vorher, 12) || '… vom ' || strftime(vorher.tag, '%d.%m.%Y') as kurz_vorher,
        left(ursachen.abruf_nachher, 12) || '… vom ' || strftime(nachher.tag, '%d.%m.%Y') as kurz_nachher
    from {{ ref('ursachen') }} as ursachen
    left join zeiten as vorher on vorher.abruf = left(ursachen.abruf_vorher, 64)
    left join zeiten as nachher on nachher.abruf = left(ursachen.abruf_nachher, 64)
),

saetze as (
    select
        benannt.{{ (schluessel + ursachenspalten()) | join(', benannt.') }},
        {{ satz_der_ursache('benannt') }} as satz
    from benannt
),

{% set folge = 'order by saetze.' ~ ursachenspalten() | join(', saetze.') %}
gruende as (
    select
        {% for spalte in schluessel -%}
        saetze.{{ spalte }},
        {% endfor -%}
        string_agg(distinct saetze.anlass, ', ' order by saetze.anlass) as anlass,
        string_agg(saetze.quelle, ', ' {{ folge }}) as quelle,
        string_agg(coalesce(saetze.abruf_vorher, '-'), ', ' {{ folge }}) filter (where saetze.quelle is not null)
            as abruf_vorher,
        string_agg(coalesce(saetze.abruf_nachher, '-'), ', ' {{ folge }}) filter (where saetze.quelle is not null)
            as abruf_nachher,
        string_agg(coalesce(saetze.definition_vorher, '-'), ' | ' {{ folge }}) filter (
            where coalesce(saetze.definition_vorher, saetze.definition_nachher) is not null
        ) as definition_vorher,
        string_agg(coalesce(saetze.definition_nachher, '-'), ' | ' {{ folge }}) filter (
            where coalesce(saetze.definition_vorher, saetze.definition_nachher) is not null
        ) as definition_nachher,
        string_agg(saetze.satz, '; ' {{ folge }}) as grund
    from saetze
    group by {{ schluessel | join(', ') }}
),

diesmal as (
    select
        {% for spalte in revisionsspalten() if spalte not in ['grund'] + ursachenspalten() -%}
        wechsel.{{ spalte }},
        {% endfor -%}
        {% for spalte in ursachenspalten() -%}
        gruende.{{ spalte }},
        {% endfor -%}
        gruende.grund
    from {{ ref('kennzahlenwechsel') }} as wechsel
    left join gruende on {{ gleich('gruende', 'wechsel', schluessel) }}
)

select {{ revisionsspalten() | join(', ') }}
from diesmal
union all
select {{ revisionsspalten() | join(', ') }}
from {{ source('raw', 'vorgaenger_revisionen') }}
order by freigabe_nachher, {{ schluessel | join(', ') }}
