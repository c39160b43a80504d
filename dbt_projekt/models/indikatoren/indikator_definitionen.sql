-- The declared indicators as rows: what the theme models' columns say, for SQL and for the catalogue.
{% set alle = indikatoren() %}
select
    indikator,
    name,
    beschreibung,
    thema,
    modul,
    einheit,
    richtung,
    cast(faktor as double) as faktor,
    zaehler,
    nenner,
    methode,
    unsicherheit,
    hat_nenner,
    cast(terme as integer) as terme,
    gemischt,
    ebenen
from (
    values
    {% for i in alle -%}
    (
        {{ sql_liste(i.id) }}, {{ sql_liste(i.name) }}, {{ sql_liste(i.beschreibung | trim) }}, {{ sql_liste(i.thema) }},
        {{ sql_liste(i.modul) }}, {{ sql_liste(i.einheit) }}, {{ sql_liste(i.richtung) }}, {{ i.faktor }},
        {{ sql_liste(terme_text(i.zaehler)) }}, {{ sql_liste(terme_text(i.nenner)) }}, {{ sql_liste(i.methode | trim) }},
        {{ sql_liste(i.unsicherheit) }}, {{ 'true' if i.nenner else 'false' }}, {{ i.zaehler | length + i.nenner | length }},
        {{ 'true' if (i.zaehler + i.nenner) | selectattr('bezug', 'defined') | selectattr('bezug', 'equalto', 'schuljahr') | list else 'false' }},
        cast([{{ sql_liste(i.ebenen) }}] as varchar[])
    ){{ ',' if not loop.last }}
    {% else -%}
    (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, cast(null as varchar[]))
    {% endfor -%}
) as definition (
    indikator, name, beschreibung, thema, modul, einheit, richtung, faktor, zaehler, nenner, methode, unsicherheit,
    hat_nenner, terme, gemischt, ebenen
)
