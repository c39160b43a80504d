-- The declared indicators as rows: what the theme models' columns say, for SQL and for the catalogue.
{% set alle = indikatoren() %}
select
    indikator,
    name,
    beschreibung,
    thema,
    form,
    modul,
    einheit,
    richtung,
    cast(faktor as double) as faktor,
    cast(ziel as double) as ziel,
    zaehler,
    nenner,
    methode,
    definition,
    unsicherheit,
    cast(mindestbasis as integer) as mindestbasis,
    mindeststatus,
    hat_nenner,
    cast(terme as integer) as terme,
    gemischt,
    ueberlappt,
    ebenen,
    gliederungen
from (
    values
    {% for i in alle -%}
    (
        {{ sql_liste([i.id, i.name, i.beschreibung | trim, i.thema, i.form, i.modul, i.einheit, i.richtung]) }}, {{ i.faktor }},
        {{ 'null' if i.ziel is none else i.ziel }}, {{ sql_liste([i.zaehler_text, i.nenner_text, i.methode | trim]) }},
        {{ sql_liste([i.definition | trim, i.unsicherheit]) }}, {{ 'null' if i.mindestbasis is none else i.mindestbasis }},
        {{ sql_liste(i.status) }}, {{ 'true' if i.nenner_text else 'false' }}, {{ i.zaehler | length + i.nenner | length }},
        {{ 'true' if ist_gemischt(i) else 'false' }}, {{ 'true' if ueberlappt(i) else 'false' }},
        cast([{{ sql_liste(i.ebenen) }}] as varchar[]),
        cast([{{ sql_liste(i.gliederungen) }}] as varchar[])
    ){{ ',' if not loop.last }}
    {% else -%}
    (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
        cast(null as varchar[]), cast(null as varchar[]))
    {% endfor -%}
) as definition (
    indikator, name, beschreibung, thema, form, modul, einheit, richtung, faktor, ziel, zaehler, nenner, methode, definition,
    unsicherheit, mindestbasis, mindeststatus, hat_nenner, terme, gemischt, ueberlappt, ebenen, gliederungen
)
