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
        case benannt.anlass
            when 'quelle' then 'Quelle geändert: ' || benannt.quelle || case
                when benannt.kurz_vorher is null and benannt.kurz_nachher is null then ''
                when benannt.kurz_vorher is null then ' (neu: Abruf ' || benannt.kurz_nachher || ')'
                when benannt.kurz_nachher is null then ' (entfallen: Abruf ' || benannt.kurz_vorher || ')'
                else ' (Abruf ' || benannt.kurz_vorher || ' ersetzt durch ' || benannt.kurz_nachher || ')'
            end
            when 'korrektur' then case
                when benannt.definition_vorher = ''
                    then 'Korrektur angewandt (' || benannt.quelle || '): ' || benannt.definition_nachher
                when benannt.definition_nachher = ''
                    then 'Korrektur entfallen (' || benannt.quelle || '): ' || benannt.definition_vorher
                else 'Korrektur geändert (' || benannt.quelle || '): ' || benannt.definition_vorher || ' → '
                    || benannt.definition_nachher
            end
            when 'abruftag' then 'Stichtag ist der Tag des jüngsten Abrufs: ' || benannt.definition_vorher || ' → '
                || benannt.definition_nachher
            when 'ungeklaert' then 'Ungeklärt: weder Quellen noch Deklarationen noch Programm sind anders'
            else case benannt.anlass
                when 'definition'
                    then coalesce('Deklaration der Quelle ' || benannt.quelle || ' geändert', 'Definition geändert')
                when 'gebietsstand' then 'Gebietsstand geändert'
                when 'geheimhaltung' then 'Regel der Geheimhaltung geändert'
                when 'programm' then 'Programm geändert'
                when 'quellenzustand' then 'Zustand der Quelle ' || benannt.quelle || ' geändert'
            end || case
                when benannt.definition_vorher is null then ', neu deklariert: ' || coalesce(benannt.definition_nachher, '')
                when benannt.definition_nachher is null then ', nicht mehr deklariert: ' || benannt.definition_vorher
                else ': ' || benannt.definition_vorher || ' → ' || benannt.definition_nachher
            end
        end as satz
    from benannt
),

{% set folge = 'order by saetze.anlass, saetze.quelle, saetze.abruf_vorher, saetze.abruf_nachher, saetze.definition_vorher, saetze.definition_nachher' %}
gruende as (
    select
        {% for spalte in schluessel -%}
        saetze.{{ spalte }},
        {% endfor -%}
        string_agg(distinct saetze.anlass, ', ' order by saetze.anlass) as anlass,
        string_agg(saetze.quelle, ', ' {{ folge }}) as quelle,
        string_agg(coalesce(saetze.abruf_vorher, '-'), ', ' {{ folge }}) filter (where saetze.quelle is not null) as abruf_vorher,
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
        {% for spalte in revisionsspalten() -%}
        {{ 'gruende' if spalte in ['grund'] + ursachenspalten() else 'wechsel' }}.{{ spalte }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('kennzahlenwechsel') }} as wechsel
    left join gruende on {{ gleich('gruende', 'wechsel', schluessel) }}
)

select {{ revisionsspalten() | join(', ') }}
from diesmal
union all
select {{ revisionsspalten() | join(', ') }}
from {{ source('raw', 'vorgaenger_revisionen') }}
order by freigabe_nachher, {{ schluessel | join(', ') }}
