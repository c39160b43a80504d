{# Breaks in series (seed brueche): which of them concern which indicator, and the figures that are the first after one. #}

{# Which Merkmale an indicator counts and how its terms tell them apart, as (indikator, merkmal, gliederung). gliederung is
   empty in the one row that every Merkmal has; "art" where a term tells apart by art, "art=sgb2" where it takes this value,
   "art=" where it takes all although another indicator tells them apart. A weight tells apart like a condition, and a Merkmal
   that is itself a breakdown (the step of an index) like its own. #}
{% macro gezaehltes() -%}
    {%- set alle = [] -%}
    {%- set unterschieden = {} -%}
    {%- for i in indikatoren() -%}
        {%- for term in i.zaehler + i.nenner -%}
            {%- for merkmal in als_liste(term.merkmal) -%}
                {%- set schluessel = [] -%}
                {%- for s in [merkmal, term.get('gewicht')] + term.keys() | list + term.get('ausser', {}).keys() | list
                    if s in gliederungsschluessel() -%}
                    {%- do schluessel.append(s) -%}
                {%- endfor -%}
                {%- do alle.append([i.id, merkmal, term, schluessel]) -%}
                {%- do unterschieden.update({merkmal: unterschieden.get(merkmal, []) + schluessel}) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set gefunden = {} -%}
    {%- for id, merkmal, term, schluessel in alle -%}
        {%- do gefunden.update({(id, merkmal, ''): true}) -%}
        {%- for s in unterschieden[merkmal] | unique -%}
            {%- do gefunden.update({(id, merkmal, s if s in schluessel else s ~ '='): true}) -%}
            {%- for wert in als_liste(term.get(s)) -%}{%- do gefunden.update({(id, merkmal, s ~ '=' ~ wert): true}) -%}{%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(gefunden.keys() | list) }}
{%- endmacro %}

{# The entries of brueche.merkmale, one a row: "mindestsicherung" or, for some terms only, "mindestsicherung[art=sgb2]".
   The column gliederung holds for entries without brackets. #}
{% macro bruchmerkmale(relation) -%}
    select
        eintraege.bruch,
        eintraege.ab,
        eintraege.basis,
        split_part(eintraege.eintrag, '[', 1) as merkmal,
        coalesce(nullif(rtrim(split_part(eintraege.eintrag, '[', 2), ']'), ''), eintraege.gliederung) as gliederung
    from (
        select
            brueche.bruch,
            brueche.ab,
            coalesce(brueche.basis, '') as basis,
            coalesce(brueche.gliederung, '') as gliederung,
            unnest(string_split(brueche.merkmale, ' ')) as eintrag
        from {{ relation }} as brueche
    ) as eintraege
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
