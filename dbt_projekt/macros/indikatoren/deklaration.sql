{# Reads the indicators that theme models declare as column metadata; pruefung.sql refuses wrong ones. A theme is a model
   with config.meta.thema; an indicator is a column of it with config.meta.zaehler, or with config.meta.abgeleitet if
   another model than indikatorwerte calculates it. #}

{% macro themen() -%}
    {%- set gefunden = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.meta.get('thema') -%}
            {%- do gefunden.append(node) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(gefunden | sort(attribute='name')) }}
{%- endmacro %}

{# A theme that models/indikatoren/alle_werte.sql does not read would be in the catalogue and have no figures. #}
{% macro themen_pruefen(aufgenommen) -%}
    {%- for node in themen() if node.config.meta.thema not in aufgenommen -%}
        {%- do ablehnen(node.original_file_path ~ ', Modell ' ~ node.name, 'Thema ' ~ node.config.meta.thema,
            'eines der Themen in models/indikatoren/alle_werte.sql: ' ~ aufgenommen | join(', ')) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro spaltenmeta(spalte) -%}
    {{ return(spalte.get('config', {}).get('meta') or spalte.get('meta') or {}) }}
{%- endmacro %}

{# All indicators of all themes: dictionaries with id, thema, form, beschreibung, name, zaehler, nenner, gewicht (lists of
   terms, pooled and split ones written out), what the catalogue says in words, and how the figure is calculated. #}
{% macro indikatoren() -%}
    {#- Reading and checking some hundred declarations takes a second: done once per invocation and kept with the graph,
        which all models of one invocation share. #}
    {%- set bekannt_bei = 'indikatoren ' ~ merkmale_vollstaendig() -%}
    {%- if execute and bekannt_bei not in graph -%}
        {%- do graph.update({bekannt_bei: gelesene_indikatoren()}) -%}
    {%- endif -%}
    {{ return(graph[bekannt_bei] if execute else []) }}
{%- endmacro %}

{% macro gelesene_indikatoren() -%}
    {%- set liste = [] -%}
    {%- set bekannt = bekannte_merkmale() if merkmale_vollstaendig() else none -%}
    {%- for node in themen() -%}
        {%- for spalte in node.columns.values() if ist_indikator(spalte) -%}
            {%- set meta = spaltenmeta(spalte) -%}
            {%- set ort = (node.patch_path or node.original_file_path).split('://')[-1] ~ ', Modell ' ~ node.name ~ ', Spalte ' ~ spalte.name -%}
            {%- do indikator_pruefen(meta, spalte, ort, bekannt) -%}
            {%- set eintrag = {
                'id': spalte.name, 'thema': node.config.meta.thema, 'beschreibung': spalte.description, 'faktor': 1,
                'richtung': 'neutral', 'methode': '', 'unsicherheit': '', 'ebenen': [], 'ziel': none, 'status': 'A',
                'mindestbasis': 100 if meta.get('unsicherheit') else none, 'gliederungen': [], 'definition': '',
                'gepoolt': 1, 'form': 'abgeleitet' if meta.get('abgeleitet') else 'quotient'
            } -%}
            {%- for schluessel, wert in meta.items() if schluessel not in ['zaehler', 'nenner', 'beleg', 'abgeleitet'] -%}
                {%- do eintrag.update({schluessel: wert}) -%}
            {%- endfor -%}
            {%- for rolle, schluessel in [('zaehler', 'zaehler'), ('nenner', 'nenner'), ('gewicht', 'beleg')] -%}
                {%- set terme = als_liste(meta.get(schluessel)) -%}
                {%- do eintrag.update({
                    rolle: ausgeschrieben(terme, eintrag.gepoolt),
                    rolle ~ '_text': meta.abgeleitet.get(schluessel, '') if meta.get('abgeleitet')
                        else terme_text(terme, eintrag.gepoolt)
                }) -%}
            {%- endfor -%}
            {%- do liste.append(eintrag) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(liste) }}
{%- endmacro %}

{# The forms that the indicators of a theme declare, without reading and checking all the rest. #}
{% macro formen_des_themas(thema) -%}
    {%- set gefunden = [] -%}
    {%- for node in themen() if node.config.meta.thema == thema -%}
        {%- for spalte in node.columns.values() if ist_indikator(spalte) -%}
            {%- do gefunden.append(spaltenmeta(spalte).get('form', 'quotient')) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(gefunden | unique | list) }}
{%- endmacro %}

{# A column with terms, or with figures that another model calculates and the declaration only describes. #}
{% macro ist_indikator(spalte) -%}
    {%- set meta = spaltenmeta(spalte) -%}
    {{ return((meta.get('zaehler') or meta.get('abgeleitet')) is not none) }}
{%- endmacro %}

{# The terms one by one: "je" makes a term for each of its values, pooling one for each of the years. "vorjahr" is a
   distance of one year. #}
{% macro ausgeschrieben(terme, jahre) -%}
    {%- set liste = [] -%}
    {%- for term in terme -%}
        {%- set einzeln = [] -%}
        {%- for spalte, werte in term.get('je', {}).items() -%}
            {%- for wert in werte -%}{%- do einzeln.append({spalte: wert}) -%}{%- endfor -%}
        {%- endfor -%}
        {%- for zusatz in einzeln or [{}] -%}
            {%- for jahr in range(jahre) -%}
                {%- set neu = {} -%}
                {%- for schluessel, wert in term.items() if schluessel != 'je' -%}{%- do neu.update({schluessel: wert}) -%}{%- endfor -%}
                {%- do neu.update(zusatz) -%}
                {%- set versatz = term.get('versatz', 1 if term.get('bezug') == 'vorjahr' else 0) -%}
                {%- do neu.update({
                    'versatz': versatz + jahr, 'bezug': 'stichtag' if term.get('bezug') == 'vorjahr' else term.get('bezug', 'stichtag')
                }) -%}
                {%- do liste.append(neu) -%}
            {%- endfor -%}
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
