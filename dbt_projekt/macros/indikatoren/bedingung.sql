{# One term of an indicator as SQL over merkmalskombinationen (alias k). A combination can lie fully inside a condition,
   fully outside, or across its edge ("15 bis unter 18 Jahre" for ages 16–20, a total for "weiblich"). Across the edge means
   that the source does not carry the indicator: then it is absent, never approximated. #}

{% macro sql_liste(werte) -%}
    {%- for wert in als_liste(werte) -%}
        {{ wert if wert is number else "'" ~ (wert | string | replace("'", "''")) ~ "'" }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# True for combinations inside or across the edge of the term. #}
{% macro beruehrt(term) -%}
    k.merkmal in ({{ sql_liste(term.merkmal) }})
    {%- if term.get('alter') %}
    and (k.alter_von is null or k.alter_von <= {{ 999 if term.alter[1] is none else term.alter[1] }})
    and (k.alter_von is null or coalesce(k.alter_bis, 999) >= {{ term.alter[0] }})
    {%- endif %}
    {%- for spalte in ['geschlecht', 'staatsangehoerigkeit', 'staat', 'art'] if term.get(spalte) %}
    and (k.{{ spalte }} is null or k.{{ spalte }} in ({{ sql_liste(term[spalte]) }}))
    {%- endfor %}
    {%- for spalte in ['schulform', 'rechtsform', 'schulbetrieb', 'sozialindexstufe'] if term.get(spalte) %}
    and k.{{ spalte }} in ({{ sql_liste(term[spalte]) }})
    {%- endfor %}
    {%- for spalte, werte in term.get('ausser', {}).items() %}
    and (k.{{ spalte }} is null or k.{{ spalte }} not in ({{ sql_liste(werte) }}))
    {%- endfor %}
{%- endmacro %}

{# True for combinations fully inside, given that they touch the term. Ages that are weighed or ordered must be single years. #}
{% macro liegt_ganz_in(term, form) -%}
    true
    {%- if term.get('alter') %}
    and coalesce(k.alter_von >= {{ term.alter[0] }}, false)
    and coalesce(k.alter_bis, 999) <= {{ 999 if term.alter[1] is none else term.alter[1] }}
    {%- endif %}
    {%- for spalte in ['geschlecht', 'staatsangehoerigkeit', 'staat', 'art'] if term.get(spalte) or spalte in term.get('ausser', {}) %}
    and k.{{ spalte }} is not null
    {%- endfor %}
    {%- if term.get('gewicht') == 'alter_mitte' or form == 'median' %}
    and coalesce(k.alter_von = k.alter_bis or (k.alter_bis is null and k.alter_von >= 95), false)
    {%- endif %}
{%- endmacro %}

{# The term in words, for the catalogue. Its sign and factor hold for all its Merkmale, which stand in brackets then. #}
{% macro term_text(term) -%}
    {%- set ohne = ['merkmal', 'faktor', 'bezug', 'versatz', 'basis', 'gewicht', 'alter', 'ausser', 'je'] -%}
    {%- set teile = [] -%}
    {%- for schluessel, wert in term.items() if schluessel not in ohne -%}
        {%- do teile.append(schluessel ~ ' ' ~ als_liste(wert) | join('/')) -%}
    {%- endfor -%}
    {%- for schluessel, werte in term.get('je', {}).items() -%}
        {%- do teile.append('je ' ~ schluessel ~ ' ' ~ werte | join(', ')) -%}
    {%- endfor -%}
    {%- if term.get('alter') -%}
        {%- do teile.append('Alter ' ~ term.alter[0] ~ (' und älter' if term.alter[1] is none else ' bis ' ~ term.alter[1])) -%}
    {%- endif -%}
    {%- for schluessel, wert in term.get('ausser', {}).items() -%}
        {%- do teile.append('ohne ' ~ schluessel ~ ' ' ~ als_liste(wert) | join('/')) -%}
    {%- endfor -%}
    {%- if term.get('basis') -%}{%- do teile.append('laut ' ~ term.basis) -%}{%- endif -%}
    {%- set faktor = term.get('faktor', 1) -%}
    {%- set betrag = (faktor | abs | string).replace('.', ',') -%}
    {%- set vorn = ('− ' if faktor < 0 else '') ~ ('' if faktor | abs == 1 else betrag ~ ' × ') -%}
    {%- set mal = '' if not term.get('gewicht') else ' × ' ~ term.gewicht -%}
    {%- set wann = {
        'vorjahr': ' am Stichtag des Vorjahres', 'schuljahr': ' am 31.12. im Schuljahr',
        'maerz': ' am 31.12. vor dem 1. März', 'jahresende': ', gezählt im Lauf des Jahres'
    }.get(term.get('bezug'), '') -%}
    {%- set frueher = '' if not term.get('versatz') else ', ' ~ term.versatz ~ (' Jahr' if term.versatz == 1 else ' Jahre') ~ ' früher' -%}
    {%- set merkmale = als_liste(term.merkmal) | join(' + ') -%}
    {%- set umklammert = als_liste(term.merkmal) | length > 1 and (vorn or mal or teile) -%}
    {%- set bedingt = (' (' ~ teile | join(', ') ~ ')') if teile else '' -%}
    {{ return(vorn ~ ('(' ~ merkmale ~ ')' if umklammert else merkmale) ~ bedingt ~ mal ~ wann ~ frueher) }}
{%- endmacro %}

{# All terms of a side; what stands between semicolons is added up. "gepoolt": over so many years. #}
{% macro terme_text(terme, gepoolt=1) -%}
    {%- set texte = [] -%}
    {%- for term in terme -%}{%- do texte.append(term_text(term)) -%}{%- endfor -%}
    {{ return((gepoolt ~ ' Jahre zusammen: ' if terme and gepoolt > 1 else '') ~ texte | join('; ')) }}
{%- endmacro %}

{# An indicator that brings residents to the date of another count, or says so (gemischt), is mixed: figures without a
   population basis belong to every basis for which the residents are known. #}
{% macro ist_gemischt(indikator) -%}
    {%- set gefunden = [] -%}
    {%- for term in indikator.zaehler + indikator.nenner if term.bezug in ['schuljahr', 'maerz'] -%}
        {%- do gefunden.append(term) -%}
    {%- endfor -%}
    {{ return(gefunden | length > 0 or indikator.get('gemischt', false)) }}
{%- endmacro %}

{# Figures of neighbouring years that share counts, or the years between them: a test for a trend would count them twice. #}
{% macro ueberlappt(indikator) -%}
    {%- set weit = [] -%}
    {%- for term in indikator.zaehler + indikator.nenner if (term.versatz or 0) > 1 -%}{%- do weit.append(term) -%}{%- endfor -%}
    {{ return(indikator.gepoolt > 1 or weit | length > 0) }}
{%- endmacro %}

{# The date of the figure to which a count of this date belongs. Null: to none. #}
{% macro tag_der_kennzahl(tag, bezug, versatz) -%}
    cast(case {{ bezug }}
        when 'schuljahr' then case when month({{ tag }}) = 12 and day({{ tag }}) = 31 then make_date(year({{ tag }}) + 1, 7, 31) end
        when 'maerz' then case when month({{ tag }}) = 12 and day({{ tag }}) = 31 then make_date(year({{ tag }}) + 1, 3, 1) end
        when 'jahresende' then make_date(year({{ tag }}), 12, 31)
        else {{ tag }}
    end + to_years({{ versatz }}) as date)
{%- endmacro %}
