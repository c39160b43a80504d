-- The Merkmale as rows.
select
    merkmal,
    name,
    einheit,
    verzeichnis
from (
    values
    {% for merkmal, angaben in merkmalsverzeichnis().items() -%}
    ('{{ merkmal }}', '{{ angaben.name }}', '{{ angaben.einheit }}', {{ 'true' if angaben.get('verzeichnis') else 'false' }}){{ ',' if not loop.last }}
    {% endfor -%}
) as merkmale (merkmal, name, einheit, verzeichnis)
