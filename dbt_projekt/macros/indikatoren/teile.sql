{# The last part of summen_und_teile: every figure out of the sides of a point and the numbers of a part. Rows are made once and
   go straight on; the lists stay where they are, because a cross product refers to them and a join would copy them for every
   figure. The parts stand before the points: DuckDB then goes through many points at a time. A figure of which the point has no
   group (maske 0) is none. #}
{% macro teile_zusammen(thema, masse) -%}
-- Not materialized: figures of one part are finished here, and only the others are put together.
produkte as not materialized (
    select
        teile.indikator,
        teile.bezug,
        teile.versatz,
        teile.basis as nur_basis,
        teile.gemischt,
        teile.einfach,
        zellen.gebiet,
        zellen.stichtag,
        zellen.basis,
        {% for rolle in ['zaehler', 'nenner'] -%}
        {{ seite(masse, rolle) }} as {{ rolle }},
        {% endfor -%}
        case
            when len(zellen.fehlende) = 0 or not list_has_any(teile.terme, zellen.fehlende) then teile.maske_aller
            else list_aggregate(
                list_transform(
                    teile.terme,
                    lambda term, i: case when list_contains(zellen.fehlende, term) then 0 else teile.bits[i] end
                ),
                'bit_or'
            )
        end as maske,
        case when teile.quer is null then true else not list_has_any(teile.quer, zellen.gruppen) end as passt,
        case
            when zellen.gueten is null then zellen.guete
            else list_aggregate(list_select(zellen.gueten, teile.gruppen), 'bit_or')
        end as guete,
        case
            when zellen.gueten is null then zellen.zeitraum_von
            else {{ zeitraum_aus_guete(
                "list_aggregate(list_select(zellen.gueten, teile.zaehlergruppen), 'bit_or')", 'zellen.stichtag', 'zellen.tage'
            ) }}
        end as zeitraum_von
    from {{ ref('indikatorteile') }} as teile
    cross join zellen
    where teile.thema = '{{ thema }}' and teile.basis in ('', zellen.basis)
),

basen as (
    select distinct zellen.basis
    from zellen
    where zellen.basis != ''
),

beitraege as (
    select
        produkte.indikator,
        produkte.gebiet,
        {{ tag_der_kennzahl('produkte.stichtag', 'produkte.bezug', 'produkte.versatz') }} as stichtag,
        {{ basis_der_kennzahl('produkte.nur_basis', 'produkte.gemischt', 'produkte.basis', 'basen.basis') }} as basis,
        {{ erster_tag() }} as zeitraum_von,
        produkte.zaehler,
        produkte.nenner,
        produkte.maske,
        produkte.passt,
        produkte.guete
    from produkte
    left join basen on produkte.gemischt and produkte.basis = ''
    where not produkte.einfach and produkte.maske != 0
),

zusammen as (
    select
        produkte.indikator,
        produkte.gebiet,
        produkte.stichtag,
        {{ basis_der_kennzahl('produkte.nur_basis', 'false', 'produkte.basis', 'null') }} as basis,
        {{ erster_tag() }} as zeitraum_von,
        produkte.zaehler,
        produkte.nenner,
        produkte.maske,
        produkte.passt,
        produkte.guete
    from produkte
    where produkte.einfach and produkte.maske != 0
    union all
    select
        beitraege.indikator,
        beitraege.gebiet,
        beitraege.stichtag,
        beitraege.basis,
        min(beitraege.zeitraum_von) as zeitraum_von,
        {{ summe_gerundet('beitraege.zaehler') }} as zaehler,
        {{ summe_gerundet('beitraege.nenner') }} as nenner,
        bit_or(beitraege.maske) as maske,
        bool_and(beitraege.passt) as passt,
        bit_or(beitraege.guete) as guete
    from beitraege
    where beitraege.stichtag is not null
    group by beitraege.indikator, beitraege.gebiet, beitraege.stichtag, beitraege.basis
),

je_indikator as (
    select
        zusammen.indikator,
        zusammen.gebiet,
        zusammen.stichtag,
        zusammen.basis,
        zusammen.zeitraum_von,
        zusammen.zaehler,
        zusammen.nenner,
        {{ aus_guete('zusammen.guete', 'ohne_wert') }} as ohne_wert,
        {{ aus_guete('zusammen.guete', 'status') }} as status_rang,
        {{ aus_guete('zusammen.guete', 'vertraulichkeit') }} as vertraulichkeit_rang,
        {{ aus_guete('zusammen.guete', 'datenart') }} as datenart_rang,
        zusammen.passt,
        zusammen.maske & 1 = 1 as hat_zaehler,
        bit_count(zusammen.maske) as terme
    from zusammen
),
{%- endmacro %}

{# The first day of the period of a row of "produkte": what the numerator was counted in. #}
{% macro erster_tag() -%}
    case when produkte.maske & 2147483647 != 0 then produkte.zeitraum_von end
{%- endmacro %}

{# One side of an indicator: the sum for each measure that the side uses; the others have no number. #}
{% macro seite(masse, rolle) -%}
    {%- for mass in masse -%}
        {{- ' + ' if not loop.first -}} coalesce(zellen.seiten_{{ mass }}[teile.{{ rolle }}_{{ mass }}], 0)
    {%- endfor -%}
{%- endmacro %}

{# The columns of indikatorteile that hold the numbers of a part's sides, per measure. #}
{% macro nummern_der_seiten(vektoren) -%}
    {%- for rolle in ['zaehler', 'nenner'] -%}
        {%- set ende = loop.last -%}
        {%- for mass in masse() -%}
        max({{ vektoren }}.nummer) filter (where {{ vektoren }}.rolle = '{{ rolle }}' and {{ vektoren }}.mass = '{{ mass }}')
            as {{ rolle }}_{{ mass }}{{ ',\n        ' if not (ende and loop.last) }}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
