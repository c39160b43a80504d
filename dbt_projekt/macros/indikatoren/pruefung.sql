{# Refuses wrong declarations of indicators when compiling, naming file, model and column. What a term means is said in
   bedingung.sql, what a form calculates in werte.sql. #}

{% macro formen() -%}
    {{ return(['quotient', 'median', 'simpson', 'dissimilaritaet', 'segregation', 'isolation', 'luecke', 'kleinere_seite']) }}
{%- endmacro %}

{% macro gliederungsschluessel() -%}
    {{ return(['geschlecht', 'staatsangehoerigkeit', 'staat', 'schulform', 'rechtsform', 'schulbetrieb', 'art', 'sozialindexstufe']) }}
{%- endmacro %}

{% macro indikator_pruefen(meta, spalte, ort, bekannt) -%}
    {%- do schluessel_pruefen(meta, ort) -%}
    {%- do auswahl_pruefen(meta, ort) -%}
    {%- if not spalte.description -%}
        {%- do ablehnen(ort, 'keine description', 'die Definition in einem deutschen Satz') -%}
    {%- endif -%}
    {%- if not meta.get('abgeleitet') -%}
        {%- do form_pruefen(meta, ort) -%}
        {%- for rolle in ['zaehler', 'nenner', 'beleg'] -%}
            {%- set terme = als_liste(meta.get(rolle)) -%}
            {%- for term in terme -%}
                {%- do term_pruefen(term, ort ~ ', ' ~ rolle, bekannt) -%}
            {%- endfor -%}
            {%- do ueberlappung_pruefen(terme, ort ~ ', ' ~ rolle) -%}
        {%- endfor -%}
        {%- for rolle in ['zaehler', 'nenner'] if ausgeschrieben(als_liste(meta.get(rolle)), meta.get('gepoolt', 1)) | length > 31 -%}
            {%- do ablehnen(ort, rolle ~ ' aus mehr als 31 Bedingungen', 'höchstens 31 je Seite, jedes Jahr und jeder Wert von je gezählt') -%}
        {%- endfor -%}
        {%- set alle = als_liste(meta.get('zaehler')) + als_liste(meta.get('nenner')) -%}
        {%- if alle | selectattr('basis', 'defined') | list | length not in [0, alle | length] -%}
            {%- do ablehnen(ort, 'basis nur an einem Teil der Bedingungen', 'eine basis an jeder oder an keiner') -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro schluessel_pruefen(meta, ort) -%}
    {%- set erlaubt = ['name', 'form', 'zaehler', 'nenner', 'beleg', 'abgeleitet', 'faktor', 'ziel', 'gepoolt', 'gemischt',
        'einheit', 'modul', 'richtung', 'methode', 'unsicherheit', 'status', 'mindestbasis', 'ebenen', 'gliederungen', 'definition'] -%}
    {%- for schluessel in meta if schluessel not in erlaubt -%}
        {%- do ablehnen(ort, 'Schlüssel ' ~ schluessel, 'einer von ' ~ erlaubt | join(', ')) -%}
    {%- endfor -%}
    {%- for schluessel in ['name', 'einheit', 'modul', 'definition'] if not meta.get(schluessel) -%}
        {%- do ablehnen(ort, 'kein ' ~ schluessel, schluessel ~ ' ist Pflicht') -%}
    {%- endfor -%}
    {%- if meta.get('abgeleitet') and (meta.get('zaehler') or meta.abgeleitet is not mapping or not meta.abgeleitet.get('zaehler')) -%}
        {%- do ablehnen(ort, 'abgeleitet ' ~ meta.abgeleitet, 'in Worten zaehler und, wenn es einen gibt, nenner; keine Bedingungen daneben') -%}
    {%- endif -%}
{%- endmacro %}

{% macro auswahl_pruefen(meta, ort) -%}
    {%- set auswahl = {
        'unsicherheit': ['', 'wilson', 'poisson'],
        'richtung': ['neutral', 'hoch_ist_belastung', 'niedrig_ist_belastung'],
        'status': ['A', 'E']
    } -%}
    {%- for schluessel, werte in auswahl.items() if schluessel in meta and meta[schluessel] not in werte -%}
        {%- do ablehnen(ort, schluessel ~ ' ' ~ meta[schluessel], 'einer von ' ~ werte | join(', ')) -%}
    {%- endfor -%}
    {%- for schluessel in ['faktor', 'ziel'] if schluessel in meta and meta[schluessel] is not number -%}
        {%- do ablehnen(ort, schluessel ~ ' ' ~ meta[schluessel], 'eine Zahl') -%}
    {%- endfor -%}
    {%- for schluessel in ['gepoolt', 'mindestbasis'] if schluessel in meta and (meta[schluessel] is not integer or meta[schluessel] < 1) -%}
        {%- do ablehnen(ort, schluessel ~ ' ' ~ meta[schluessel], 'eine ganze Zahl ab 1') -%}
    {%- endfor -%}
    {%- if meta.get('gemischt', true) is not true -%}
        {%- do ablehnen(ort, 'gemischt ' ~ meta.gemischt, 'true, oder den Schlüssel weglassen') -%}
    {%- endif -%}
    {%- set listen = {
        'ebenen': ['ortsteil', 'stadtbezirk', 'stadt', 'kreis', 'land', 'bund'],
        'gliederungen': ['alter'] + gliederungsschluessel()
    } -%}
    {%- for schluessel, werte in listen.items() -%}
        {%- for wert in als_liste(meta.get(schluessel)) if wert not in werte -%}
            {%- do ablehnen(ort, schluessel ~ ' ' ~ wert, 'eine Liste aus ' ~ werte | join(', ')) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{# Which sides a form needs. #}
{% macro form_pruefen(meta, ort) -%}
    {%- set form = meta.get('form', 'quotient') -%}
    {%- if form not in formen() -%}
        {%- do ablehnen(ort, 'form ' ~ form, 'eine von ' ~ formen() | join(', ')) -%}
    {%- endif -%}
    {%- if form == 'median' and meta.get('nenner') -%}
        {%- do ablehnen(ort, 'form median mit nenner', 'nur einen zaehler: die Personen, deren Alter gemeint ist') -%}
    {%- endif -%}
    {%- if form not in ['quotient', 'median'] and not meta.get('nenner') -%}
        {%- do ablehnen(ort, 'form ' ~ form ~ ' ohne nenner', 'zaehler und nenner') -%}
    {%- endif -%}
    {%- if form == 'kleinere_seite' and (als_liste(meta.get('zaehler')) | length != 2 or meta.get('gepoolt', 1) > 1) -%}
        {%- do ablehnen(ort, 'form kleinere_seite mit ' ~ als_liste(meta.get('zaehler')) | length ~ ' Bedingungen im Zähler',
            'genau zwei, von denen die kleinere zählt, und keine gepoolten Jahre') -%}
    {%- endif -%}
    {%- if (form == 'luecke') != ('ziel' in meta) -%}
        {%- do ablehnen(ort, 'ziel ' ~ meta.get('ziel') ~ ' bei form ' ~ form, 'ein ziel bei form luecke und nur dort') -%}
    {%- endif -%}
    {%- if meta.get('unsicherheit') and (not meta.get('nenner') or form != 'quotient') -%}
        {%- do ablehnen(ort, 'unsicherheit ohne nenner oder bei form ' ~ form, 'ein Quotient aus zaehler und nenner') -%}
    {%- endif -%}
    {%- if 'mindestbasis' in meta and not meta.get('nenner') -%}
        {%- do ablehnen(ort, 'mindestbasis ohne nenner', 'ein Quotient mit nenner') -%}
    {%- endif -%}
{%- endmacro %}

{# bekannt: the Merkmale that there are; none if that cannot be known. #}
{% macro term_pruefen(term, ort, bekannt) -%}
    {%- set erlaubt = ['merkmal', 'alter', 'ausser', 'gewicht', 'faktor', 'bezug', 'versatz', 'basis', 'je'] + gliederungsschluessel() -%}
    {%- if term is not mapping or not term.get('merkmal') -%}
        {%- do ablehnen(ort, term, 'eine Bedingung mit merkmal') -%}
    {%- endif -%}
    {%- for schluessel in term if schluessel not in erlaubt -%}
        {%- do ablehnen(ort, 'Schlüssel ' ~ schluessel, 'einer von ' ~ erlaubt | join(', ')) -%}
    {%- endfor -%}
    {%- for schluessel, wert in term.items() if wert is none or wert == '' or wert == [] -%}
        {%- do ablehnen(ort, schluessel ~ ' ohne Angabe', 'einen Wert oder den Schlüssel weglassen') -%}
    {%- endfor -%}
    {%- for merkmal in als_liste(term.merkmal) if bekannt is not none and merkmal not in bekannt -%}
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
    {%- if term.get('gewicht', '') not in [''] + masse()[1:] -%}
        {%- do ablehnen(ort, 'gewicht ' ~ term.gewicht, masse()[1:] | join(' oder ')) -%}
    {%- endif -%}
    {%- do term_gliederungen_pruefen(term, ort) -%}
    {%- do term_zeit_pruefen(term, ort) -%}
{%- endmacro %}

{% macro term_gliederungen_pruefen(term, ort) -%}
    {%- set codes = {'geschlecht': ['maennlich', 'weiblich'], 'staatsangehoerigkeit': ['deutsch', 'nichtdeutsch']} -%}
    {%- for schluessel, werte in codes.items() -%}
        {%- for wert in als_liste(term.get(schluessel)) + als_liste(term.get('ausser', {}).get(schluessel)) if wert not in werte -%}
            {%- do ablehnen(ort, schluessel ~ ' ' ~ wert, 'einer von ' ~ werte | join(', ')) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for schluessel in term.get('ausser', {}) if schluessel not in gliederungsschluessel() -%}
        {%- do ablehnen(ort, 'ausser ' ~ schluessel, 'einer von ' ~ gliederungsschluessel() | join(', ')) -%}
    {%- endfor -%}
    {%- if 'je' in term -%}
        {%- set je = term.je if term.je is mapping else {} -%}
        {%- set spalte = je.keys() | first -%}
        {%- if je | length != 1 or spalte not in gliederungsschluessel() or spalte in term or als_liste(je[spalte]) | length < 2 -%}
            {%- do ablehnen(ort, 'je ' ~ term.je, 'eine Gliederung mit mindestens zwei Werten, z. B. {staat: [BG, RO]}') -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro term_zeit_pruefen(term, ort) -%}
    {%- set bezuege = ['stichtag', 'vorjahr', 'schuljahr', 'maerz', 'jahresende'] -%}
    {%- if term.get('bezug', 'stichtag') not in bezuege -%}
        {%- do ablehnen(ort, 'bezug ' ~ term.bezug, 'einer von ' ~ bezuege | join(', ')) -%}
    {%- endif -%}
    {%- if term.get('versatz', 0) is not integer or not 0 <= term.get('versatz', 0) <= 10 or ('versatz' in term and term.get('bezug') == 'vorjahr') -%}
        {%- do ablehnen(ort, 'versatz ' ~ term.versatz, 'so viele Jahre früher, 0 bis 10; vorjahr steht für 1 und nicht daneben') -%}
    {%- endif -%}
    {%- set basen = ['melderegister', 'fortschreibung', 'zensus2011', 'zensus2022'] -%}
    {%- if 'basis' in term and term.basis not in basen -%}
        {%- do ablehnen(ort, 'basis ' ~ term.basis, 'einer von ' ~ basen | join(', ')) -%}
    {%- endif -%}
{%- endmacro %}

{# Two terms of one side that are added and whose ages overlap would count people twice. #}
{% macro ueberlappung_pruefen(terme, ort) -%}
    {%- for i in range(terme | length) -%}
        {%- for k in range(i + 1, terme | length) if terme[i].get('alter') and terme[k].get('alter') -%}
            {%- set a = terme[i] -%}
            {%- set b = terme[k] -%}
            {%- set rest = [] -%}
            {%- for schluessel in a.keys() | list + b.keys() | list if schluessel != 'alter' and a.get(schluessel) != b.get(schluessel) -%}
                {%- do rest.append(schluessel) -%}
            {%- endfor -%}
            {%- if not rest and a.alter[0] <= (999 if b.alter[1] is none else b.alter[1])
                and b.alter[0] <= (999 if a.alter[1] is none else a.alter[1]) -%}
                {%- do ablehnen(ort, 'Alter ' ~ a.alter ~ ' und ' ~ b.alter, 'Altersgruppen, die sich nicht überschneiden') -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
