-- The Merkmale as rows.
select
    merkmal,
    name,
    einheit,
    verzeichnis
from (
    values
    {% for merkmal, angaben in merkmalsverzeichnis().items() -%}
    {% set verzeichnis = 'true' if angaben.get('verzeichnis') else 'false' -%}
    ('{{ merkmal }}', '{{ angaben.name }}', '{{ angaben.einheit }}', {{ verzeichnis }}){{ ',' if not loop.last }}
    {% endfor -%}
) as merkmale (merkmal, name, einheit, verzeichnis)
