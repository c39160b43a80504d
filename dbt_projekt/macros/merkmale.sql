{# What is counted: the Merkmale of the observations. "verzeichnis": a list of what exists, where absence means none. #}
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
        'sozialindexstufe': {'name': 'Stufe des Schulsozialindex', 'einheit': 'Stufe'}
    }) }}
{%- endmacro %}
