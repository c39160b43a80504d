{# Reads the indicators that theme models declare as column metadata, and refuses wrong declarations when compiling.
   A theme is a model with config.meta.thema; an indicator is a column of it with config.meta.zaehler. #}

{% macro themen() -%}
    {%- set gefunden = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.meta.get('thema') -%}
            {%- do gefunden.append(node) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(gefunden | sort(attribute='name')) }}
{%- endmacro %}

{% macro spaltenmeta(spalte) -%}
    {{ return(spalte.get('config', {}).get('meta') or spalte.get('meta') or {}) }}
{%- endmacro %}

{# All indicators of all themes: dictionaries with id, thema, beschreibung, name, zaehler, nenner, gewicht (lists of
   terms), faktor, einheit, modul, richtung, methode, unsicherheit, ebenen. #}
{% macro indikatoren() -%}
    {%- set liste = [] -%}
    {%- for node in themen() -%}
        {%- for spalte in node.columns.values() -%}
            {%- set meta = spaltenmeta(spalte) -%}
            {%- if meta.get('zaehler') -%}
                {%- set ort = node.original_file_path ~ ', Modell ' ~ node.name ~ ', Spalte ' ~ spalte.name -%}
                {%- do indikator_pruefen(meta, spalte, ort) -%}
                {%- do liste.append({
                    'id': spalte.name, 'thema': node.config.meta.thema, 'beschreibung': spalte.description,
                    'name': meta.name, 'zaehler': als_liste(meta.zaehler), 'nenner': als_liste(meta.get('nenner')),
                    'gewicht': als_liste(meta.get('beleg')), 'faktor': meta.get('faktor', 1), 'einheit': meta.einheit,
                    'modul': meta.modul, 'richtung': meta.get('richtung', 'neutral'),
                    'methode': meta.get('methode', ''), 'unsicherheit': meta.get('unsicherheit', ''),
                    'ebenen': meta.get('ebenen', [])
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(liste) }}
{%- endmacro %}

{% macro als_liste(wert) -%}
    {%- if wert is none or wert is undefined -%}{{ return([]) }}
    {%- elif wert is mapping -%}{{ return([wert]) }}
    {%- elif wert is string or wert is number -%}{{ return([wert]) }}
    {%- else -%}{{ return(wert) }}
    {%- endif -%}
{%- endmacro %}

{% macro ablehnen(ort, gefunden, erwartet) -%}
    {{ exceptions.raise_compiler_error(
        ort ~ ': Die Deklaration des Indikators stimmt nicht. Gefunden: ' ~ gefunden ~ '. Erwartet: ' ~ erwartet
        ~ '. Was tun: die Spalte in dieser Datei berichtigen (Beispiele in dbt_projekt/README.md).'
    ) }}
{%- endmacro %}

{% macro indikator_pruefen(meta, spalte, ort) -%}
    {%- set erlaubt = ['name', 'zaehler', 'nenner', 'beleg', 'faktor', 'einheit', 'modul', 'richtung', 'methode',
        'unsicherheit', 'ebenen'] -%}
    {%- for schluessel in meta if schluessel not in erlaubt -%}
        {%- do ablehnen(ort, 'Schlüssel ' ~ schluessel, 'einer von ' ~ erlaubt | join(', ')) -%}
    {%- endfor -%}
    {%- for schluessel in ['name', 'einheit', 'modul'] if not meta.get(schluessel) -%}
        {%- do ablehnen(ort, 'kein ' ~ schluessel, schluessel ~ ' ist Pflicht') -%}
    {%- endfor -%}
    {%- if not spalte.description -%}
        {%- do ablehnen(ort, 'keine description', 'die Definition in einem deutschen Satz') -%}
    {%- endif -%}
    {%- if meta.get('unsicherheit', '') not in ['', 'wilson'] -%}
        {%- do ablehnen(ort, 'unsicherheit ' ~ meta.unsicherheit, 'wilson oder nichts') -%}
    {%- endif -%}
    {%- for rolle in ['zaehler', 'nenner', 'beleg'] -%}
        {%- for term in als_liste(meta.get(rolle)) -%}
            {%- do term_pruefen(term, ort ~ ', ' ~ rolle) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{% macro term_pruefen(term, ort) -%}
    {%- set merkmale_zulaessig = ['geschlecht', 'staatsangehoerigkeit', 'staat', 'schulform', 'rechtsform', 'schulbetrieb',
        'sozialindexstufe'] -%}
    {%- set erlaubt = ['merkmal', 'alter', 'ausser', 'gewicht', 'faktor', 'bezug'] + merkmale_zulaessig -%}
    {%- if term is not mapping or not term.get('merkmal') -%}
        {%- do ablehnen(ort, term, 'eine Bedingung mit merkmal') -%}
    {%- endif -%}
    {%- for schluessel in term if schluessel not in erlaubt -%}
        {%- do ablehnen(ort, 'Schlüssel ' ~ schluessel, 'einer von ' ~ erlaubt | join(', ')) -%}
    {%- endfor -%}
    {%- for merkmal in als_liste(term.merkmal) if merkmal not in merkmalsverzeichnis() -%}
        {%- do ablehnen(ort, 'Merkmal ' ~ merkmal, 'eines aus macros/merkmale.sql: ' ~ merkmalsverzeichnis().keys() | join(', ')) -%}
    {%- endfor -%}
    {%- if term.get('alter') -%}
        {%- set von, bis = term.alter[0], term.alter[1] -%}
        {%- if term.alter | length != 2 or von is not number or (bis is not none and bis < von) -%}
            {%- do ablehnen(ort, 'alter ' ~ term.alter, '[von, bis] in vollendeten Jahren, bis leer für nach oben offen') -%}
        {%- endif -%}
    {%- endif -%}
    {%- if term.get('gewicht', '') not in ['', 'alter_mitte', 'sozialindexstufe'] -%}
        {%- do ablehnen(ort, 'gewicht ' ~ term.gewicht, 'alter_mitte oder sozialindexstufe') -%}
    {%- endif -%}
    {%- if term.get('bezug', 'stichtag') not in ['stichtag', 'vorjahr', 'schuljahr'] -%}
        {%- do ablehnen(ort, 'bezug ' ~ term.bezug, 'stichtag, vorjahr oder schuljahr') -%}
    {%- endif -%}
    {%- for schluessel in term.get('ausser', {}) if schluessel not in merkmale_zulaessig -%}
        {%- do ablehnen(ort, 'ausser ' ~ schluessel, 'einer von ' ~ merkmale_zulaessig | join(', ')) -%}
    {%- endfor -%}
{%- endmacro %}
