{# What is counted: the Merkmale of the observations that the indicators of this project need; a source declares its own
   ("merkmale:" in quellen/katalog/<quelle>.yaml). "verzeichnis": a list of what exists, where absence means none; with
   "verortet_ab" only if at least this share of the facilities in the city has a place. #}
{% macro merkmalsverzeichnis() -%}
    {{ return({
        'einwohner': {'name': 'Einwohnerinnen und Einwohner nach Alter, Geschlecht und deutsch oder nichtdeutsch', 'einheit': 'Personen'},
        'einwohner_insgesamt': {'name': 'Einwohnerinnen und Einwohner laut Staatsangehörigkeitstabelle', 'einheit': 'Personen'},
        'staatsangehoerige': {'name': 'Einwohnerinnen und Einwohner ausgewählter Staatsangehörigkeiten', 'einheit': 'Personen'},
        'zuzuege_aussen': {'name': 'Zuzüge über die Stadtgrenze', 'einheit': 'Personen'},
        'fortzuege_aussen': {'name': 'Fortzüge über die Stadtgrenze', 'einheit': 'Personen'},
        'zuzuege_innen': {'name': 'Zuzüge aus anderen Ortsteilen der Stadt', 'einheit': 'Personen'},
        'fortzuege_innen': {'name': 'Fortzüge in andere Ortsteile der Stadt', 'einheit': 'Personen'},
        'geburten': {'name': 'Lebendgeborene', 'einheit': 'Personen'},
        'sterbefaelle': {'name': 'Gestorbene', 'einheit': 'Personen'},
        'schulen': {'name': 'Schulen', 'einheit': 'Schulen', 'verzeichnis': true},
        'schueler': {'name': 'Schülerinnen und Schüler', 'einheit': 'Personen', 'verzeichnis': true},
        'sozialindexstufe': {'name': 'Stufe des Schulsozialindex', 'einheit': 'Stufe'},
        'kita_plaetze_liste': {'name': 'Plätze insgesamt laut Liste des Landes', 'einheit': 'Plätze', 'verzeichnis': true, 'verortet_ab': 0.9},
        'kita_plaetze_u3': {'name': 'Plätze unter 3 Jahren laut Liste des Landes', 'einheit': 'Plätze', 'verzeichnis': true, 'verortet_ab': 0.9},
        'kita_plaetze_ue3': {'name': 'Plätze ab 3 Jahren laut Liste des Landes', 'einheit': 'Plätze', 'verzeichnis': true, 'verortet_ab': 0.9}
    }) }}
{%- endmacro %}

{# Keys of the directory of schools that are no schools with pupils (school offices, seminars). The indicator "schulen" leaves
   out the same. #}
{% macro schulformen_ohne_unterricht() -%} {{ return(['0A', '50', '51', '52', '56', '58']) }} {%- endmacro %}

{# All Merkmale: those above and those of the declarations (raw.merkmale), which exist when a warehouse is there. The same
   Merkmal may be declared twice if both say the same; if not, compiling stops. #}
{% macro bekannte_merkmale() -%}
    {%- set bekannt = {} -%}
    {%- do bekannt.update(merkmalsverzeichnis()) -%}
    {%- set tabelle = source('raw', 'merkmale') -%}
    {%- if execute and load_relation(tabelle) is not none -%}
        {%- set zeilen = run_query(
            'select merkmal, name, einheit, verzeichnis, quelle from ' ~ tabelle ~ ' order by merkmal, quelle'
        ).rows -%}
        {%- for merkmal, name, einheit, verzeichnis, quelle in zeilen -%}
            {%- set neu = {'name': name, 'einheit': einheit, 'verzeichnis': verzeichnis} -%}
            {%- set alt = bekannt.get(merkmal, neu) -%}
            {%- if (alt.name, alt.einheit, alt.get('verzeichnis', false)) != (name, einheit, verzeichnis) -%}
                {{ exceptions.raise_compiler_error(
                    'Das Merkmal ' ~ merkmal ~ ' ist zweimal verschieden deklariert. Gefunden: in der Quelle ' ~ quelle ~ ' »'
                    ~ name ~ '« (' ~ einheit ~ '), vorher »' ~ alt.name ~ '« (' ~ alt.einheit ~ '). Erwartet: überall '
                    ~ 'dasselbe. Was tun: merkmale in quellen/katalog/' ~ quelle ~ '.yaml berichtigen oder umbenennen.'
                ) }}
            {%- endif -%}
            {%- do bekannt.update({merkmal: neu}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(bekannt) }}
{%- endmacro %}

{# Whether the Merkmale that sources declare can be known. Without a warehouse (a linter, a fresh clone) they cannot. #}
{% macro merkmale_vollstaendig() -%}
    {{ return(not execute or load_relation(source('raw', 'merkmale')) is not none) }}
{%- endmacro %}
