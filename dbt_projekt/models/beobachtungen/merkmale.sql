-- The Merkmale as rows: those of macros/merkmale.sql and those that sources declare.
-- depends_on: {{ source('raw', 'merkmale') }}
select
    merkmal,
    name,
    einheit,
    verzeichnis,
    cast(verortet_ab as double) as verortet_ab
from (
    values
    {% for merkmal, angaben in bekannte_merkmale().items() -%}
    {% set verzeichnis = 'true' if angaben.get('verzeichnis') else 'false' -%}
    {% set verortet_ab = angaben.get('verortet_ab', 'null') -%}
    ({{ sql_liste([merkmal, angaben.name, angaben.einheit]) }}, {{ verzeichnis }}, {{ verortet_ab }})
    {{- ',' if not loop.last }}
    {% endfor -%}
) as merkmale (merkmal, name, einheit, verzeichnis, verortet_ab)
