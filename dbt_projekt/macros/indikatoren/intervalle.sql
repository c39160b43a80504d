{# 95 % intervals and reliability of one figure (alias gerechnet: zaehler, nenner, p, z, faktor, unsicherheit). For a register,
   which counts everybody, an interval is to be read as a statement about the process behind the count. #}

{# Lower (zeichen '-') or upper ('+') end: Wilson's for a share, the exact one of Poisson for events per mean population. #}
{% macro intervallgrenze(zeichen) -%}
    case gerechnet.unsicherheit
        when 'wilson' then {{ wilson(zeichen) }}
        when 'poisson' then gerechnet.faktor / gerechnet.nenner
            * poisson_grenze(gerechnet.zaehler, {{ 0.025 if zeichen == '-' else 0.975 }})
    end
{%- endmacro %}

{# Newcombe 1998, times the indicator's factor. #}
{% macro wilson(zeichen) -%}
    gerechnet.faktor * greatest(0, least(1, (
        gerechnet.p + gerechnet.z * gerechnet.z / (2 * gerechnet.nenner)
        {{ zeichen }} gerechnet.z * sqrt(
            gerechnet.p * (1 - gerechnet.p) / gerechnet.nenner
            + gerechnet.z * gerechnet.z / (4 * gerechnet.nenner * gerechnet.nenner)
        )
    ) / (1 + gerechnet.z * gerechnet.z / gerechnet.nenner)))
{%- endmacro %}

{# A: 20 cases or more of 300 or more; B: of fewer; C: 3 to 19 cases; D: fewer, or fewer than the minimum base, which is
   not shown. Rule of Destatis and the Bundesagentur for small areas (100 and 3), extended. #}
{% macro zuverlaessigkeit(zaehler, nenner, mindestbasis) -%}
    case
        when {{ mindestbasis }} is null then null
        when {{ nenner }} < {{ mindestbasis }} or {{ zaehler }} < 3 then 'D'
        when {{ zaehler }} < 20 then 'C'
        when {{ nenner }} < 300 then 'B'
        else 'A'
    end
{%- endmacro %}
