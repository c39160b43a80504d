{# What two releases are compared by, and how a cause of a change is written down. #}

{# The columns of a released figure that can change, besides its key, its counter of changes and the release. #}
{% macro kennzahlenspalten() -%}
    {{ return([
        'ebene', 'zeitraum_von', 'wert', 'einheit', 'zaehler', 'nenner', 'status', 'vertraulichkeit', 'zuverlaessigkeit',
        'unsicher_von', 'unsicher_bis', 'datenart'
    ]) }}
{%- endmacro %}

{% macro kennzahlschluessel() -%}
    {{ return(['indikator', 'gebiet', 'stichtag', 'basis']) }}
{%- endmacro %}

{# The key of a figure as that of an input. #}
{% macro als_eingang(relation) -%}
    {%- for spalte in kennzahlschluessel() -%}
    {{ relation }}.{{ spalte }} as eingang_{{ spalte }}{{ ',\n    ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# Of a change: what it was in both releases as far as report tools ask for it, and the whole figure before it. #}
{% macro revisionsspalten() -%}
    {%- set vorher = [] -%}
    {%- for spalte in kennzahlenspalten() if spalte not in ['wert'] -%}{%- do vorher.append(spalte ~ '_vorher') -%}{%- endfor -%}
    {{ return(
        kennzahlschluessel() + ['art', 'wert_vorher', 'wert_nachher', 'freigabe_vorher', 'freigabe_nachher', 'grund']
        + ursachenspalten() + ['zaehler_nachher', 'nenner_nachher', 'status_nachher', 'vertraulichkeit_nachher'] + vorher
        + ['revision_vorher']
    ) }}
{%- endmacro %}

{# A cause: its kind, the source with the retrievals that replaced each other, the words that were declared. #}
{% macro ursachenspalten() -%}
    {{ return(['anlass', 'quelle', 'abruf_vorher', 'abruf_nachher', 'definition_vorher', 'definition_nachher']) }}
{%- endmacro %}

{# Where a cell of a source stands among all others: the same figure in another release has the same. #}
{% macro zellschluessel() -%}
    {{ return(['merkmal', 'gebiet', 'stichtag'] + gliederungen() + ['einrichtung', 'ist_summe', 'basis', 'quelle']) }}
{%- endmacro %}

{# What a cell says. #}
{% macro zellinhalt() -%}
    {{ return(['wert', 'status', 'vertraulichkeit', 'datenart', 'zeitraum_von']) }}
{%- endmacro %}

{# CTE: the retrievals that replaced each other, one row per source. #}
{% macro abrufwechsel_je_quelle(name) -%}
{{ name }} as (
    select
        quelle,
        string_agg(distinct abruf, ' ' order by abruf) filter (where seite = -1) as abruf_vorher,
        string_agg(distinct abruf, ' ' order by abruf) filter (where seite = 1) as abruf_nachher
    from {{ ref('abrufwechsel') }}
    group by quelle
),
{%- endmacro %}

{# Whether two relations agree in these columns, empty equal to empty. #}
{% macro gleich(links, rechts, spalten) -%}
    {%- for spalte in spalten -%}
    {{ links }}.{{ spalte }} is not distinct from {{ rechts }}.{{ spalte }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# A row of parameters as one text: "name = value; …". #}
{% macro parametertext(relation, spalten) -%}
    concat_ws('; ', {% for spalte in spalten -%}
    '{{ spalte }} = ' || coalesce(cast({{ relation }}.{{ spalte }} as varchar), ''){{ ', ' if not loop.last }}
    {%- endfor -%})
{%- endmacro %}

{# Parameters outside the catalogue that figures depend on: table → (columns that identify a row, columns). #}
{% macro parametertabellen() -%}
    {{ return({
        'index_definition': [
            'version', 'basis', 'ebene', 'mitte', 'streuung', 'neu_standardisiert', 'bevoelkerung', 'mindestbevoelkerung',
            'mindestkomponenten', 'status_ab_mittel', 'status_bis_mittel', 'status_bis_niedrig', 'dynamik_jahre',
            'dynamik_ab_stabil', 'dynamik_bis_stabil'
        ],
        'index_bestandteile': ['indikator', 'gewicht', 'vorzeichen', 'bezug', 'hoechstens_tage', 'dynamik'],
        'reichweiten': [
            'angebot', 'merkmal', 'nachfrage', 'grenze_m', 'gewicht_am_rand', 'umwegfaktor', 'nah_m', 'verortet_ab',
            'anschluss_m'
        ],
        'brueche': ['bruch', 'ab', 'basis', 'merkmale', 'gliederung']
    }) }}
{%- endmacro %}

{# The fields of the catalogue that decide over a figure, each with the condition under which a change of it can be the
   reason for the change of a figure (a row of kennzahlenwechsel, here called "kennzahl"). Empty: it needs a cell that
   counts differently (zaehler and nenner). #}
{% macro definitionsfelder() -%}
    {{ return({
        'zaehler': '',
        'nenner': '',
        'form': 'kennzahl.wert_vorher is distinct from kennzahl.wert_nachher or kennzahl.status_vorher is distinct from kennzahl.status_nachher',
        'faktor': 'kennzahl.wert_vorher is distinct from kennzahl.wert_nachher',
        'ziel': 'kennzahl.wert_vorher is distinct from kennzahl.wert_nachher',
        'terme': 'kennzahl.status_vorher is distinct from kennzahl.status_nachher',
        'einheit': 'kennzahl.einheit_vorher is distinct from kennzahl.einheit_nachher',
        'ebenen': "kennzahl.art != 'geändert'",
        'mindeststatus': 'kennzahl.status_vorher is distinct from kennzahl.status_nachher',
        'unsicherheit': 'kennzahl.unsicher_von_vorher is distinct from kennzahl.unsicher_von_nachher'
            ~ ' or kennzahl.unsicher_bis_vorher is distinct from kennzahl.unsicher_bis_nachher'
            ~ ' or kennzahl.zuverlaessigkeit_vorher is distinct from kennzahl.zuverlaessigkeit_nachher',
        'mindestbasis': "coalesce(kennzahl.zuverlaessigkeit_vorher, '') = 'D' and coalesce(kennzahl.zuverlaessigkeit_nachher, '') != 'D'"
            ~ " and coalesce(kennzahl.nenner_nachher, 0) < coalesce(try_cast(nullif(feld.vorher, '') as double), 0)"
            ~ " or coalesce(kennzahl.zuverlaessigkeit_nachher, '') = 'D' and coalesce(kennzahl.zuverlaessigkeit_vorher, '') != 'D'"
            ~ " and coalesce(kennzahl.nenner_vorher, 0) < coalesce(try_cast(nullif(feld.nachher, '') as double), 0)",
        'verfuegbar': "kennzahl.art != 'geändert'"
    }) }}
{%- endmacro %}

{# Empty columns of a cause that has none of them. #}
{% macro ursache(anlass, quelle='null', abruf_vorher='null', abruf_nachher='null', definition_vorher='null', definition_nachher='null') -%}
    {{ anlass }} as anlass,
    cast({{ quelle }} as varchar) as quelle,
    cast({{ abruf_vorher }} as varchar) as abruf_vorher,
    cast({{ abruf_nachher }} as varchar) as abruf_nachher,
    cast({{ definition_vorher }} as varchar) as definition_vorher,
    cast({{ definition_nachher }} as varchar) as definition_nachher
{%- endmacro %}

{# A cause in German words; kurz_vorher and kurz_nachher name its retrievals with their days. #}
{% macro satz_der_ursache(u) -%}
    case {{ u }}.anlass
        when 'quelle' then 'Quelle geändert: ' || {{ u }}.quelle || case
            when {{ u }}.kurz_vorher is null and {{ u }}.kurz_nachher is null then ''
            when {{ u }}.kurz_vorher is null then ' (neu: Abruf ' || {{ u }}.kurz_nachher || ')'
            when {{ u }}.kurz_nachher is null then ' (entfallen: Abruf ' || {{ u }}.kurz_vorher || ')'
            else ' (Abruf ' || {{ u }}.kurz_vorher || ' ersetzt durch ' || {{ u }}.kurz_nachher || ')'
        end
        when 'korrektur' then case
            when {{ u }}.definition_vorher = ''
                then 'Korrektur angewandt (' || {{ u }}.quelle || '): ' || {{ u }}.definition_nachher
            when {{ u }}.definition_nachher = ''
                then 'Korrektur entfallen (' || {{ u }}.quelle || '): ' || {{ u }}.definition_vorher
            else 'Korrektur geändert (' || {{ u }}.quelle || '): ' || {{ u }}.definition_vorher || ' → '
                || {{ u }}.definition_nachher
        end
        when 'abruftag' then 'Stichtag ist der Tag des jüngsten Abrufs: ' || {{ u }}.definition_vorher || ' → '
            || {{ u }}.definition_nachher
        when 'ungeklaert' then 'Ungeklärt: weder Quellen noch Deklarationen noch Programm sind anders'
        else case {{ u }}.anlass
            when 'definition'
                then coalesce('Deklaration der Quelle ' || {{ u }}.quelle || ' geändert', 'Definition geändert')
            when 'gebietsstand' then 'Gebietsstand geändert'
            when 'geheimhaltung' then 'Regel der Geheimhaltung geändert'
            when 'programm' then 'Programm geändert'
            when 'quellenzustand' then 'Zustand der Quelle ' || {{ u }}.quelle || ' geändert'
        end || case
            when {{ u }}.definition_vorher is null then ', neu deklariert: ' || coalesce({{ u }}.definition_nachher, '')
            when {{ u }}.definition_nachher is null then ', nicht mehr deklariert: ' || {{ u }}.definition_vorher
            else ': ' || {{ u }}.definition_vorher || ' → ' || {{ u }}.definition_nachher
        end
    end
{%- endmacro %}
