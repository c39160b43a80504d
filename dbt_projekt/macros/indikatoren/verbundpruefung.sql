{# Refuses wrong declarations of the composite index when compiling, naming file and model. #}

{% macro verbund_pruefen(verbund, ort, bekannt) -%}
    {%- set pflicht = ['id', 'name', 'version', 'basis', 'mindestbevoelkerung', 'status', 'dynamik', 'komponenten', 'methode'] -%}
    {%- do verbundschluessel_pruefen(verbund, ort, pflicht, pflicht + ['ebene', 'mitte', 'streuung', 'neu_standardisiert', 'mindestkomponenten']) -%}
    {%- set auswahl = {
        'mitte': ['gebietsmittel', 'stadtwert'],
        'streuung': ['n', 'n-1'],
        'ebene': ['ortsteil', 'stadtbezirk'],
        'basis': ['melderegister', 'fortschreibung', 'zensus2011', 'zensus2022']
    } -%}
    {%- for schluessel, werte in auswahl.items() if schluessel in verbund and verbund[schluessel] not in werte -%}
        {%- do verbund_ablehnen(ort, schluessel ~ ' ' ~ verbund[schluessel], 'einer von ' ~ werte | join(', ')) -%}
    {%- endfor -%}
    {%- if verbund.get('neu_standardisiert', true) not in [true, false] -%}
        {%- do verbund_ablehnen(ort, 'neu_standardisiert ' ~ verbund.neu_standardisiert, 'true oder false') -%}
    {%- endif -%}
    {%- do mindestbevoelkerung_pruefen(verbund.mindestbevoelkerung, ort ~ ', mindestbevoelkerung', bekannt) -%}
    {%- do verbundschluessel_pruefen(verbund.status, ort ~ ', status', ['schwellen'], ['schwellen']) -%}
    {%- do verbundschluessel_pruefen(verbund.dynamik, ort ~ ', dynamik', ['jahre', 'schwellen'], ['jahre', 'schwellen']) -%}
    {%- do schwellen_pruefen(verbund.status.schwellen, klassennamen('status'), ort ~ ', status') -%}
    {%- do schwellen_pruefen(verbund.dynamik.schwellen, klassennamen('dynamik'), ort ~ ', dynamik') -%}
    {%- if not ist_ganzzahl(verbund.dynamik.jahre, 1, 10) -%}
        {%- do verbund_ablehnen(ort ~ ', dynamik', 'jahre ' ~ verbund.dynamik.jahre, 'eine ganze Zahl von 1 bis 10') -%}
    {%- endif -%}
    {%- do komponenten_pruefen(verbund, ort, bekannt) -%}
{%- endmacro %}

{% macro verbundschluessel_pruefen(angaben, ort, pflicht, erlaubt) -%}
    {%- if angaben is not mapping -%}
        {%- do verbund_ablehnen(ort, angaben, 'Angaben mit den Schlüsseln ' ~ pflicht | join(', ')) -%}
    {%- endif -%}
    {%- for schluessel in angaben if schluessel not in erlaubt -%}
        {%- do verbund_ablehnen(ort, 'Schlüssel ' ~ schluessel, 'einer von ' ~ erlaubt | join(', ')) -%}
    {%- endfor -%}
    {%- for schluessel in pflicht if angaben.get(schluessel) in [none, '', []] -%}
        {%- do verbund_ablehnen(ort, 'kein ' ~ schluessel, schluessel ~ ' ist Pflicht') -%}
    {%- endfor -%}
{%- endmacro %}

{% macro mindestbevoelkerung_pruefen(angaben, ort, bekannt) -%}
    {%- do verbundschluessel_pruefen(angaben, ort, ['indikator', 'anzahl'], ['indikator', 'anzahl']) -%}
    {%- if angaben.indikator not in bekannt | map(attribute='id') -%}
        {%- do verbund_ablehnen(ort, 'Indikator ' ~ angaben.indikator, 'ein deklarierter Indikator, z. B. einwohner') -%}
    {%- endif -%}
    {%- if not ist_ganzzahl(angaben.anzahl, 1, 1000000) -%}
        {%- do verbund_ablehnen(ort, 'anzahl ' ~ angaben.anzahl, 'eine ganze Zahl ab 1') -%}
    {%- endif -%}
{%- endmacro %}

{# One threshold less than classes, each greater than the one before. #}
{% macro schwellen_pruefen(schwellen, namen, ort) -%}
    {%- set erwartet = (namen | length - 1) ~ ' aufsteigende Zahlen zwischen den Klassen ' ~ namen | join(', ') -%}
    {%- if schwellen is not iterable or schwellen is string or schwellen | length != namen | length - 1 -%}
        {%- do verbund_ablehnen(ort, 'schwellen ' ~ schwellen, erwartet) -%}
    {%- endif -%}
    {%- for schwelle in schwellen if schwelle is not number or schwelle is boolean -%}
        {%- do verbund_ablehnen(ort, 'Schwelle ' ~ schwelle, erwartet) -%}
    {%- endfor -%}
    {%- for i in range(1, schwellen | length) if schwellen[i] <= schwellen[i - 1] -%}
        {%- do verbund_ablehnen(ort, 'schwellen ' ~ schwellen ~ ' nicht aufsteigend', erwartet) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro komponenten_pruefen(verbund, ort, bekannt) -%}
    {%- if verbund.komponenten is not iterable or verbund.komponenten is mapping or verbund.komponenten | length < 2 -%}
        {%- do verbund_ablehnen(ort, 'komponenten ' ~ verbund.komponenten, 'eine Liste von mindestens zwei Komponenten') -%}
    {%- endif -%}
    {%- set gesehen = [] -%}
    {%- set bewegt = [] -%}
    {%- set tragend = [] -%}
    {%- for komponente in verbund.komponenten -%}
        {%- do komponente_pruefen(komponente, verbund, ort ~ ', Komponente ' ~ loop.index, bekannt) -%}
        {%- if komponente.indikator in gesehen -%}
            {%- do verbund_ablehnen(ort, 'Komponente ' ~ komponente.indikator ~ ' zweimal', 'jede einmal, mit ihrem Gewicht') -%}
        {%- endif -%}
        {%- do gesehen.append(komponente.indikator) -%}
        {%- if komponente.get('dynamik', true) -%}{%- do bewegt.append(komponente.indikator) -%}{%- endif -%}
        {%- if komponente.get('bezug', 'stichtag') == 'stichtag' and komponente.get('dynamik', true) -%}
            {%- do tragend.append(komponente.indikator) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not tragend -%}
        {%- do verbund_ablehnen(ort, 'keine Komponente mit bezug stichtag und dynamik', 'mindestens eine; sie gibt die Stichtage vor') -%}
    {%- endif -%}
    {%- set mindest = verbund.get('mindestkomponenten', gesehen | length) -%}
    {%- if not ist_ganzzahl(mindest, 2, gesehen | length) or mindest > bewegt | length -%}
        {%- do verbund_ablehnen(ort, 'mindestkomponenten ' ~ mindest, 'eine ganze Zahl von 2 bis ' ~ (bewegt | length)
            ~ ', der Zahl der Komponenten, deren Veränderung zählt') -%}
    {%- endif -%}
{%- endmacro %}

{% macro komponente_pruefen(komponente, verbund, ort, bekannt) -%}
    {%- set pflicht = ['indikator', 'gewicht', 'begruendung'] -%}
    {%- do verbundschluessel_pruefen(komponente, ort, pflicht, pflicht + ['richtung', 'bezug', 'hoechstens_tage', 'dynamik']) -%}
    {%- set indikator = bekannt | selectattr('id', 'equalto', komponente.indikator) | first -%}
    {%- if not indikator -%}
        {%- do verbund_ablehnen(ort, 'Indikator ' ~ komponente.indikator, 'ein deklarierter Indikator: ' ~ bekannt | map(attribute='id') | sort | join(', ')) -%}
    {%- endif -%}
    {%- if indikator.form == 'abgeleitet' -%}
        {%- do verbund_ablehnen(ort, 'abgeleiteter Indikator ' ~ komponente.indikator, 'ein Indikator mit zaehler aus Beobachtungen') -%}
    {%- endif -%}
    {%- if indikator.ebenen and verbund.get('ebene', 'ortsteil') not in indikator.ebenen -%}
        {%- do verbund_ablehnen(ort, komponente.indikator ~ ' nur für ' ~ indikator.ebenen | join(', '), 'ein Indikator der Ebene ' ~ verbund.get('ebene', 'ortsteil')) -%}
    {%- endif -%}
    {%- if komponente.gewicht is not number or komponente.gewicht is boolean or komponente.gewicht <= 0 -%}
        {%- do verbund_ablehnen(ort, 'gewicht ' ~ komponente.gewicht ~ ' von ' ~ komponente.indikator,
            'eine Zahl über 0; eine Komponente ohne Gewicht gehört nicht in die Liste') -%}
    {%- endif -%}
    {%- if komponente.get('richtung', indikator.richtung) not in ['hoch_ist_belastung', 'niedrig_ist_belastung'] -%}
        {%- do verbund_ablehnen(ort, 'richtung ' ~ komponente.get('richtung', indikator.richtung) ~ ' von ' ~ komponente.indikator,
            'hoch_ist_belastung oder niedrig_ist_belastung, am Indikator oder hier') -%}
    {%- endif -%}
    {%- if komponente.get('bezug', 'stichtag') not in ['stichtag', 'zeitraum', 'zuletzt'] -%}
        {%- do verbund_ablehnen(ort, 'bezug ' ~ komponente.bezug, 'stichtag, zeitraum oder zuletzt') -%}
    {%- endif -%}
    {%- if (komponente.get('bezug') == 'zuletzt') != ('hoechstens_tage' in komponente)
        or ('hoechstens_tage' in komponente and not ist_ganzzahl(komponente.hoechstens_tage, 1, 1830)) -%}
        {%- do verbund_ablehnen(ort, 'hoechstens_tage ' ~ komponente.get('hoechstens_tage'), 'eine ganze Zahl von 1 bis 1830 bei bezug zuletzt und nur dort') -%}
    {%- endif -%}
    {%- if komponente.get('dynamik', true) not in [true, false] -%}
        {%- do verbund_ablehnen(ort, 'dynamik ' ~ komponente.dynamik, 'true oder false') -%}
    {%- endif -%}
{%- endmacro %}

{# komponentenwerte.sql must read the themes of all components. #}
{% macro verbundthemen_pruefen(verbund, gelesen) -%}
    {%- for komponente in verbund.get('komponenten', []) if komponente.thema not in gelesen -%}
        {%- do verbund_ablehnen('verbund ' ~ verbund.id, 'Komponente ' ~ komponente.indikator ~ ' aus dem Thema ' ~ komponente.thema,
            'eines der Themen in models/indikatoren/komponentenwerte.sql: ' ~ gelesen | join(', ')) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro ist_ganzzahl(wert, von, bis) -%}
    {{ return(wert is integer and wert is not boolean and von <= wert <= bis) }}
{%- endmacro %}

{% macro verbund_ablehnen(ort, gefunden, erwartet) -%}
    {{ exceptions.raise_compiler_error(
        ort ~ ': Die Deklaration des Verbundindex stimmt nicht. Gefunden: ' ~ gefunden ~ '. Erwartet: ' ~ erwartet
        ~ '. Was tun: verbund in dieser Datei berichtigen (Abschnitt »Composite index and quality« in dbt_projekt/README.md).'
    ) }}
{%- endmacro %}
