{# The composite index: its declaration (config.meta.verbund of a theme model) read and completed. What is wrong with it is
   said in verbundpruefung.sql; what follows from it is calculated by models/indikatoren/index_*.sql from the two tables
   index_definition and index_bestandteile, which are made of it. #}

{# The declaration with defaults, signs and numbers of its components; empty while dbt only parses. #}
{% macro verbund() -%}
    {%- set gefunden = [] -%}
    {%- for node in themen() if node.config.meta.get('verbund') -%}
        {%- do gefunden.append(node) -%}
    {%- endfor -%}
    {%- if gefunden | length > 1 -%}
        {%- do verbund_ablehnen('config.meta.verbund', 'zwei Modelle mit verbund: ' ~ gefunden | map(attribute='name') | join(', '), 'eines') -%}
    {%- endif -%}
    {%- if not gefunden -%}{{ return({}) }}{%- endif -%}
    {%- set node = gefunden[0] -%}
    {%- set ort = (node.patch_path or node.original_file_path).split('://')[-1] ~ ', Modell ' ~ node.name ~ ', verbund' -%}
    {{ return(verbund_ausgeschrieben(node.config.meta.verbund, ort, indikatoren())) }}
{%- endmacro %}

{% macro verbund_ausgeschrieben(deklaration, ort, bekannt) -%}
    {%- do verbund_pruefen(deklaration, ort, bekannt) -%}
    {%- set ergebnis = {'mitte': 'gebietsmittel', 'streuung': 'n', 'neu_standardisiert': true, 'ebene': 'ortsteil', 'methode': ''} -%}
    {%- do ergebnis.update(deklaration) -%}
    {%- set komponenten = [] -%}
    {%- for komponente in deklaration.komponenten -%}
        {%- set indikator = bekannt | selectattr('id', 'equalto', komponente.indikator) | first -%}
        {%- set neu = {'bezug': 'stichtag', 'hoechstens_tage': none, 'dynamik': true, 'richtung': indikator.richtung} -%}
        {%- do neu.update(komponente) -%}
        {%- do neu.update({
            'nummer': loop.index, 'thema': indikator.thema, 'vorzeichen': -1 if neu.richtung == 'niedrig_ist_belastung' else 1
        }) -%}
        {%- do komponenten.append(neu) -%}
    {%- endfor -%}
    {%- do ergebnis.update({
        'komponenten': komponenten, 'mindestkomponenten': deklaration.get('mindestkomponenten', komponenten | length)
    }) -%}
    {{ return(ergebnis) }}
{%- endmacro %}

{# The classes in words, the least burdened first. #}
{% macro klassennamen(art) -%}
    {{ return({'status': ['hoch', 'mittel', 'niedrig', 'sehr niedrig'], 'dynamik': ['positiv', 'stabil', 'negativ']}[art]) }}
{%- endmacro %}

{% macro klassenname(art, klasse) -%}
    case {{ klasse }}
    {%- for name in klassennamen(art) %} when {{ loop.index }} then '{{ name }}'{% endfor %} end
{%- endmacro %}

{# Standard deviation from n squared deviations; nothing if it is no more than what rounding leaves of n equal numbers. #}
{% macro streuung_oder_nichts(quadratsumme, n, art, groessenordnung) -%}
    case
        when sqrt({{ quadratsumme }} / nullif({{ n }} - case {{ art }} when 'n-1' then 1 else 0 end, 0)) > 1e-12 * {{ groessenordnung }}
            then sqrt({{ quadratsumme }} / nullif({{ n }} - case {{ art }} when 'n-1' then 1 else 0 end, 0))
    end
{%- endmacro %}

{# A number as German readers write it. #}
{% macro zahl_deutsch(ausdruck, stellen=3) -%}
    replace(printf('%.{{ stellen }}f', {{ ausdruck }}), '.', ',')
{%- endmacro %}
