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

{# A theme that models/freigabe/indikatoren.sql does not read would be in the catalogue and have no figures. #}
{% macro themen_pruefen(aufgenommen) -%}
    {%- for node in themen() if node.config.meta.thema not in aufgenommen -%}
        {%- do ablehnen(node.original_file_path ~ ', Modell ' ~ node.name, 'Thema ' ~ node.config.meta.thema,
            'eines der Themen in models/freigabe/indikatoren.sql: ' ~ aufgenommen | join(', ')) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro spaltenmeta(spalte) -%}
    {{ return(spalte.get('config', {}).get('meta') or spalte.get('meta') or {}) }}
{%- endmacro %}

{# All indicators of all themes: dictionaries with id, thema, beschreibung, name, zaehler, nenner, gewicht (lists of
   terms), faktor, einheit, modul, richtung, methode, unsicherheit, ebenen. #}
{% macro indikatoren() -%}
    {%- set liste = [] -%}
    {%- set bekannt = bekannte_merkmale() -%}
    {%- for node in themen() -%}
        {%- for spalte in node.columns.values() -%}
            {%- set meta = spaltenmeta(spalte) -%}
            {%- if meta.get('zaehler') -%}
                {%- set ort = (node.patch_path or node.original_file_path).split('://')[-1] ~ ', Modell ' ~ node.name ~ ', Spalte ' ~ spalte.name -%}
                {%- do indikator_pruefen(meta, spalte, ort, bekannt) -%}
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

{% macro indikator_pruefen(meta, spalte, ort, bekannt) -%}
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
    {%- if meta.get('unsicherheit') and not meta.get('nenner') -%}
        {%- do ablehnen(ort, 'unsicherheit ohne nenner', 'ein Anteil mit zaehler und nenner') -%}
    {%- endif -%}
    {%- if meta.get('faktor', 1) is not number -%}
        {%- do ablehnen(ort, 'faktor ' ~ meta.faktor, 'eine Zahl') -%}
    {%- endif -%}
    {%- if meta.get('richtung', 'neutral') not in ['neutral', 'hoch_ist_belastung'] -%}
        {%- do ablehnen(ort, 'richtung ' ~ meta.richtung, 'neutral oder hoch_ist_belastung') -%}
    {%- endif -%}
    {%- set ebenen = ['ortsteil', 'stadtbezirk', 'stadt', 'kreis', 'land', 'bund'] -%}
    {%- for ebene in als_liste(meta.get('ebenen')) if ebene not in ebenen -%}
        {%- do ablehnen(ort, 'ebene ' ~ ebene, 'einer von ' ~ ebenen | join(', ')) -%}
    {%- endfor -%}
    {%- for rolle in ['zaehler', 'nenner', 'beleg'] -%}
        {%- for term in als_liste(meta.get(rolle)) -%}
            {%- do term_pruefen(term, ort ~ ', ' ~ rolle, bekannt) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{% macro term_pruefen(term, ort, bekannt) -%}
    {%- set merkmale_zulaessig = ['geschlecht', 'staatsangehoerigkeit', 'staat', 'schulform', 'rechtsform', 'schulbetrieb',
        'art', 'sozialindexstufe'] -%}
    {%- set erlaubt = ['merkmal', 'alter', 'ausser', 'gewicht', 'faktor', 'bezug'] + merkmale_zulaessig -%}
    {%- if term is not mapping or not term.get('merkmal') -%}
        {%- do ablehnen(ort, term, 'eine Bedingung mit merkmal') -%}
    {%- endif -%}
    {%- for schluessel in term if schluessel not in erlaubt -%}
        {%- do ablehnen(ort, 'Schlüssel ' ~ schluessel, 'einer von ' ~ erlaubt | join(', ')) -%}
    {%- endfor -%}
    {%- for schluessel, wert in term.items() if wert is none or wert == '' or wert == [] -%}
        {%- do ablehnen(ort, schluessel ~ ' ohne Angabe', 'einen Wert oder den Schlüssel weglassen') -%}
    {%- endfor -%}
    {%- for merkmal in als_liste(term.merkmal) if merkmal not in bekannt -%}
        {%- do ablehnen(ort, 'Merkmal ' ~ merkmal, 'eines aus macros/merkmale.sql oder aus merkmale: einer Quelle: '
            ~ bekannt.keys() | join(', ')) -%}
    {%- endfor -%}
    {%- if 'alter' in term -%}
        {%- set grenzen = als_liste(term.alter) -%}
        {%- if grenzen | length != 2 or grenzen[0] is not integer
            or (grenzen[1] is not none and (grenzen[1] is not integer or grenzen[1] < grenzen[0])) -%}
            {%- do ablehnen(ort, 'alter ' ~ term.alter, '[von, bis] in vollendeten Jahren, bis null für nach oben offen') -%}
        {%- endif -%}
    {%- endif -%}
    {%- if term.get('faktor', 1) is not number -%}
        {%- do ablehnen(ort, 'faktor ' ~ term.faktor, 'eine Zahl') -%}
    {%- endif -%}
    {%- set codes = {'geschlecht': ['maennlich', 'weiblich'], 'staatsangehoerigkeit': ['deutsch', 'nichtdeutsch']} -%}
    {%- for schluessel, werte in codes.items() -%}
        {%- for wert in als_liste(term.get(schluessel)) + als_liste(term.get('ausser', {}).get(schluessel)) if wert not in werte -%}
            {%- do ablehnen(ort, schluessel ~ ' ' ~ wert, 'einer von ' ~ werte | join(', ')) -%}
        {%- endfor -%}
    {%- endfor -%}
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
