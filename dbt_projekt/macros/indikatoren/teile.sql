{# The last part of summen_und_teile: every figure as the product of a cell and a part. Rows are made once and go straight
   on; the vectors stay where they are, because a cross product refers to them and a join would copy them for every figure. #}
{% macro teile_zusammen(masse) -%}
-- Not materialized: figures of one part are finished here, and only the others are put together.
produkte as not materialized (
    select
        vektoren.indikator,
        vektoren.bezug,
        vektoren.versatz,
        vektoren.basis as nur_basis,
        vektoren.gemischt,
        vektoren.einfach,
        zellen.gebiet,
        zellen.stichtag,
        zellen.basis,
        {% for rolle in ['zaehler', 'nenner'] -%}
        {{ skalarprodukt(masse, rolle) }} as {{ rolle }},
        {% endfor -%}
        case
            when zellen.alle_da then vektoren.maske_aller
            else list_aggregate(
                list_transform(
                    vektoren.terme,
                    lambda term, i: case when list_dot_product(term, zellen.da) > 0 then vektoren.bits[i] else 0 end
                ),
                'bit_or'
            )
        end as maske,
        case when vektoren.hat_quer then list_dot_product(zellen.da, vektoren.quer) = 0 else true end as passt,
        case
            when zellen.gueten is null then zellen.guete
            else list_aggregate(list_select(zellen.gueten, vektoren.gruppen), 'bit_or')
        end as guete,
        case
            when zellen.zeitraeume is null then zellen.zeitraum_von
            else list_aggregate(list_select(zellen.zeitraeume, vektoren.zaehlergruppen), 'min')
        end as zeitraum_von
    from zellen
    cross join vektoren
    where
        vektoren.basis in ('', zellen.basis)
        and (zellen.alle_da or list_dot_product(zellen.da, vektoren.alle) > 0)
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
    where not produkte.einfach
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
    where produkte.einfach
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

{# One side of an indicator: the district's group sums times the side's weights, for each measure that the side uses. #}
{% macro skalarprodukt(masse, rolle) -%}
    {%- for mass in masse -%}
        {%- set produkt = 'list_dot_product(zellen.' ~ mass ~ ', vektoren.' ~ rolle ~ '_' ~ mass ~ ')' -%}
        {%- if mass == 'wert' -%}
        {{ produkt }}
        {%- else %}
        + case when vektoren.hat_{{ rolle }}_{{ mass }} then {{ produkt }} else 0 end
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
