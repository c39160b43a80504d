{# Breaks in series (seed brueche): which of them concern which indicator, and the figures that are the first after one. #}

{# Which Merkmale an indicator counts and by which breakdowns its terms tell them apart, as (indikator, merkmal, gliederung);
   gliederung is empty in the one row that every Merkmal has. A weight tells apart like a condition, and a Merkmal
   that is itself a breakdown (the step of an index) like its own. #}
{% macro gezaehltes() -%}
    {%- set gefunden = [] -%}
    {%- for i in indikatoren() -%}
        {%- for term in i.zaehler + i.nenner -%}
            {%- for merkmal in als_liste(term.merkmal) -%}
                {%- for gliederung in ['', merkmal, term.get('gewicht')] + term.keys() | list + term.get('ausser', {}).keys() | list
                    if gliederung == '' or gliederung in gliederungsschluessel() -%}
                    {%- if (i.id, merkmal, gliederung) not in gefunden -%}{%- do gefunden.append((i.id, merkmal, gliederung)) -%}{%- endif -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(gefunden) }}
{%- endmacro %}

{# The population basis of the figure that a count of this basis feeds. All are expressions; nur_basis and gemischt are the
   term's and the indicator's, jede_basis what a count without a basis gets in a mixed indicator. #}
{% macro basis_der_kennzahl(nur_basis, gemischt, basis, jede_basis) -%}
    case
        when {{ nur_basis }} != '' then ''
        when {{ gemischt }} and {{ basis }} = '' then {{ jede_basis }}
        else {{ basis }}
    end
{%- endmacro %}

{# CTEs of indikatorwerte that end in "bruchstellen": the calculable figures that stand behind a break, or are made of counts
   from both sides of it. Without an earlier figure only a break of the year before counts: a series that begins eight years
   after a break has none. #}
{% macro bruchstellen() -%}
reihenfolge as (
    select
        bewertet.indikator,
        bewertet.gebiet,
        bewertet.stichtag,
        bewertet.basis,
        lag(bewertet.stichtag) over (
            partition by bewertet.indikator, bewertet.gebiet, bewertet.basis order by bewertet.stichtag
        ) as davor
    from bewertet
    where
        bewertet.berechenbar
        and bewertet.indikator in (select lagen.indikator from {{ ref('bruchlagen') }} as lagen where lagen.lage != 'davor')
),

bruchstellen as (
    select distinct
        reihenfolge.indikator,
        reihenfolge.gebiet,
        reihenfolge.stichtag,
        reihenfolge.basis
    from reihenfolge
    inner join {{ ref('bruchlagen') }} as hier
        on hier.indikator = reihenfolge.indikator
        and hier.stichtag = reihenfolge.stichtag
        and hier.basis = reihenfolge.basis
    left join {{ ref('bruchlagen') }} as vorige
        on vorige.indikator = reihenfolge.indikator
        and vorige.stichtag = reihenfolge.davor
        and vorige.basis = reihenfolge.basis
        and vorige.bruch = hier.bruch
    where
        hier.lage = 'gemischt'
        or hier.lage = 'danach' and (
            vorige.lage in ('davor', 'gemischt')
            or reihenfolge.davor is null and hier.gezaehlt_bis < hier.ab + interval 1 year
        )
),
{%- endmacro %}
