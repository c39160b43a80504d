{# How a figure follows from what was summed, form by form. The rows come from indikatorwerte in werte.sql. #}

{# The value of a row of "gerechnet". luecke: what the city's rule asks for, rounded up to whole places, minus what there is
   (rounding at nine digits first, so that 0.32 times 12500 is 4000 and not a hair more). #}
{% macro wert_der_form() -%}
    case gerechnet.form
        when 'quotient' then gerechnet.faktor * gerechnet.zaehler / case when gerechnet.hat_nenner then gerechnet.nenner else 1 end
        when 'luecke' then ceil(round(gerechnet.ziel * gerechnet.nenner, 9)) - gerechnet.zaehler
        else gerechnet.faktor * gerechnet.formwert
    end
{%- endmacro %}

{# What the value is made of: of two sides the chosen one. #}
{% macro zaehler_der_form() -%}
    case gerechnet.form
        when 'kleinere_seite' then {{ gerundet('gerechnet.formwert * gerechnet.nenner') }}
        else gerechnet.zaehler
    end
{%- endmacro %}

{# CTEs that end in "formwerte": indicator, district, date, basis, formwert (null: not calculable), ohne_fall (true: there is
   nobody to calculate it from). Only forms that the theme uses cost anything.

   median           age a + (N/2 − persons younger than a) / persons of age a, in the first age year at which half is reached
   simpson          1 − Σ p², the categories being the terms of the numerator and what the denominator holds beyond them
   dissimilaritaet  ½ Σ |a/A − b/B| over the Ortsteile; a: numerator, b: denominator (Duncan and Duncan 1955)
   segregation      the same with b: denominator minus numerator
   isolation        Σ (a/A)·(a/t); t: denominator (Bell 1954)
   kleinere_seite   the smaller of the two terms of the numerator, by the denominator #}
{% macro formwerte(thema) -%}
{%- set benutzt = formen_des_themas(thema) -%}
-- depends_on: {{ ref('gebietshuelle') }}, {{ ref('gruppenterme') }}
{%- if 'median' in benutzt %}

-- Persons by age, of the classes that a median's term takes, carried up like everything else.
je_stelle as (
    select
        zuordnung.indikator,
        punkte.gebiet,
        {{ tag_der_kennzahl('punkte.stichtag', 'zuordnung.bezug', 'zuordnung.versatz') }} as stichtag,
        case when zuordnung.basis != '' then '' else punkte.basis end as basis,
        zaehlungen.stelle,
        {{ summe_gerundet('wege.gewicht * zuordnung.gewicht * zaehlungen.wert') }} as n
    from {{ ref('zaehlungen') }} as zaehlungen
    inner join gruppen on gruppen.klasse = zaehlungen.klasse
    inner join {{ ref('bezugswege') }} as wege on wege.von = zaehlungen.bezugspunkt
    inner join {{ ref('bezugspunkte') }} as punkte on punkte.bezugspunkt = wege.nach
    inner join {{ ref('gruppenterme') }} as zuordnung
        on zuordnung.thema = '{{ thema }}' and zuordnung.gruppe = gruppen.gruppe and zuordnung.basis in ('', punkte.basis)
    inner join {{ ref('indikator_definitionen') }} as definition
        on definition.indikator = zuordnung.indikator and definition.form = 'median'
    where zaehlungen.stelle is not null
    group by all
),

aufgereiht as (
    select
        je_stelle.*,
        sum(je_stelle.n) over bisher as bis_hier,
        sum(je_stelle.n) over alle as insgesamt
    from je_stelle
    window
        alle as (partition by je_stelle.indikator, je_stelle.gebiet, je_stelle.stichtag, je_stelle.basis),
        bisher as (
            partition by je_stelle.indikator, je_stelle.gebiet, je_stelle.stichtag, je_stelle.basis
            order by je_stelle.stelle
        )
),

mediane as (
    select
        aufgereiht.indikator,
        aufgereiht.gebiet,
        aufgereiht.stichtag,
        aufgereiht.basis,
        min_by(
            aufgereiht.stelle + (aufgereiht.insgesamt / 2 - (aufgereiht.bis_hier - aufgereiht.n)) / aufgereiht.n, aufgereiht.stelle
        ) filter (where aufgereiht.n > 0 and aufgereiht.bis_hier >= aufgereiht.insgesamt / 2) as formwert,
        max(aufgereiht.insgesamt) = 0 as ohne_fall
    from aufgereiht
    group by aufgereiht.indikator, aufgereiht.gebiet, aufgereiht.stichtag, aufgereiht.basis
),
{%- endif %}
{%- if 'simpson' in benutzt or 'kleinere_seite' in benutzt %}

{{ je_term(thema, ['simpson', 'kleinere_seite']) }}
{%- endif %}
{%- if 'simpson' in benutzt %}

vielfalt as (
    select
        je_indikator.indikator,
        je_indikator.gebiet,
        je_indikator.stichtag,
        je_indikator.basis,
        case when sum(je_term.n) <= je_indikator.nenner
            then 1 - ({{ geordnete_summe('je_term.n * je_term.n', 'je_term.term') }} + power(je_indikator.nenner - sum(je_term.n), 2))
                / nullif(je_indikator.nenner * je_indikator.nenner, 0)
        end as formwert,
        false as ohne_fall
    from je_indikator
    inner join je_term
        on je_term.indikator = je_indikator.indikator
        and je_term.gebiet = je_indikator.gebiet
        and je_term.stichtag = je_indikator.stichtag
        and je_term.basis = je_indikator.basis
    group by je_indikator.indikator, je_indikator.gebiet, je_indikator.stichtag, je_indikator.basis, je_indikator.nenner
),
{%- endif %}
{%- if 'dissimilaritaet' in benutzt or 'segregation' in benutzt or 'isolation' in benutzt %}

-- The Ortsteile of each larger district, with group a and group b (its rest for segregation, everybody for isolation).
ortsteile_darin as (
    select
        ganzes.indikator,
        ganzes.gebiet,
        ganzes.stichtag,
        ganzes.basis,
        definition.form,
        huelle.teil,
        ganzes.zaehler as gruppe_a,
        ganzes.nenner - case when definition.form = 'segregation' then ganzes.zaehler else 0 end as gruppe_b,
        teil.zaehler as a,
        teil.nenner - case when definition.form = 'segregation' then teil.zaehler else 0 end as b
    from je_indikator as ganzes
    inner join {{ ref('indikator_definitionen') }} as definition
        on definition.indikator = ganzes.indikator
        and definition.form in ('dissimilaritaet', 'segregation', 'isolation')
    inner join {{ ref('gebietshuelle') }} as huelle on huelle.gebiet = ganzes.gebiet and huelle.teil != huelle.gebiet
    inner join {{ ref('gebiete') }} as orte on orte.gebiet = huelle.teil and orte.ebene = 'ortsteil'
    inner join je_indikator as teil
        on teil.indikator = ganzes.indikator
        and teil.gebiet = huelle.teil
        and teil.stichtag = ganzes.stichtag
        and teil.basis = ganzes.basis
),

-- Ortsteile that do not add up to the larger district do not stand for it.
verteilungen as (
    select
        ortsteile_darin.indikator,
        ortsteile_darin.gebiet,
        ortsteile_darin.stichtag,
        ortsteile_darin.basis,
        case
            when abs(sum(ortsteile_darin.a) - ortsteile_darin.gruppe_a) > 1e-6
                or abs(sum(ortsteile_darin.b) - ortsteile_darin.gruppe_b) > 1e-6 then null
            when ortsteile_darin.gruppe_a = 0 or ortsteile_darin.gruppe_b = 0 then null
            when ortsteile_darin.form = 'isolation'
                then {{ geordnete_summe('ortsteile_darin.a / ortsteile_darin.gruppe_a * ortsteile_darin.a / nullif(ortsteile_darin.b, 0)', 'ortsteile_darin.teil') }}
            else {{ geordnete_summe('abs(ortsteile_darin.a / ortsteile_darin.gruppe_a - ortsteile_darin.b / ortsteile_darin.gruppe_b)', 'ortsteile_darin.teil') }} / 2
        end as formwert,
        ortsteile_darin.gruppe_a = 0 or ortsteile_darin.gruppe_b = 0 as ohne_fall
    from ortsteile_darin
    group by
        ortsteile_darin.indikator, ortsteile_darin.gebiet, ortsteile_darin.stichtag, ortsteile_darin.basis,
        ortsteile_darin.form, ortsteile_darin.gruppe_a, ortsteile_darin.gruppe_b
),
{%- endif %}
{%- if 'kleinere_seite' in benutzt %}

kleinere_seiten as (
    select
        je_indikator.indikator,
        je_indikator.gebiet,
        je_indikator.stichtag,
        je_indikator.basis,
        min(je_term.n) / nullif(min(je_indikator.nenner), 0) as formwert,
        false as ohne_fall
    from je_indikator
    inner join {{ ref('indikator_definitionen') }} as definition
        on definition.indikator = je_indikator.indikator and definition.form = 'kleinere_seite'
    inner join je_term
        on je_term.indikator = je_indikator.indikator
        and je_term.gebiet = je_indikator.gebiet
        and je_term.stichtag = je_indikator.stichtag
        and je_term.basis = je_indikator.basis
    group by je_indikator.indikator, je_indikator.gebiet, je_indikator.stichtag, je_indikator.basis
    having count(*) = 2
),
{%- endif %}

formwerte as (
    select
        cast(null as varchar) as indikator,
        cast(null as varchar) as gebiet,
        cast(null as date) as stichtag,
        cast(null as varchar) as basis,
        cast(null as double) as formwert,
        cast(null as boolean) as ohne_fall
    where false
{%- if 'median' in benutzt %}
    union all
    select indikator, gebiet, stichtag, basis, formwert, ohne_fall from mediane
{%- endif %}
{%- if 'simpson' in benutzt %}
    union all
    select indikator, gebiet, stichtag, basis, formwert, ohne_fall from vielfalt
{%- endif %}
{%- if 'dissimilaritaet' in benutzt or 'segregation' in benutzt or 'isolation' in benutzt %}
    union all
    select indikator, gebiet, stichtag, basis, formwert, ohne_fall from verteilungen
{%- endif %}
{%- if 'kleinere_seite' in benutzt %}
    union all
    select indikator, gebiet, stichtag, basis, formwert, ohne_fall from kleinere_seiten
{%- endif %}
),
{%- endmacro %}

{# CTE "je_term": what single terms of the numerator sum to, for forms that need them one by one. #}
{% macro je_term(thema, forms) -%}
je_term as (
    select
        zuordnung.indikator,
        punkte.gebiet,
        {{ tag_der_kennzahl('punkte.stichtag', 'zuordnung.bezug', 'zuordnung.versatz') }} as stichtag,
        case when zuordnung.basis != '' then '' else punkte.basis end as basis,
        zuordnung.term,
        {{ summe_gerundet('zuordnung.gewicht * hochgerechnet.wert') }} as n
    from hochgerechnet
    inner join {{ ref('bezugspunkte') }} as punkte on punkte.bezugspunkt = hochgerechnet.bezugspunkt
    inner join {{ ref('gruppenterme') }} as zuordnung
        on zuordnung.thema = '{{ thema }}'
        and zuordnung.gruppe = hochgerechnet.gruppe
        and zuordnung.rolle = 'zaehler'
        and zuordnung.basis in ('', punkte.basis)
    inner join {{ ref('indikator_definitionen') }} as definition
        on definition.indikator = zuordnung.indikator and definition.form in ({{ sql_liste(forms) }})
    group by all
),
{%- endmacro %}
