{# The columns that say what goes into a derived figure. rolle: komponente (another figure: merkmal is its indicator),
   einrichtung (a facility: merkmal is its key), zaehler or nenner (a count: merkmal says of what). #}
{% macro ableitungsspalten() -%}
    {{ return([
        'indikator', 'gebiet', 'stichtag', 'basis', 'rolle', 'merkmal', 'eingang_gebiet', 'eingang_stichtag', 'eingang_basis',
        'wert', 'gewicht', 'quelle', 'abruf', 'zeile', 'bemerkung'
    ]) }}
{%- endmacro %}
