-- A term whose Merkmal is observed must meet at least one of its combinations: a misspelt art or school form would give
-- no figures and no error. Only a warning, since a source may come to deliver the breakdown later.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'merkmalskombinationen'}}}) }}
with bedingungen as (
    select
        indikator,
        rolle,
        term,
        merkmal
    from (
        values
        {% for i in indikatoren() if not i.form == 'abgeleitet' -%}
        {% for rolle in ['zaehler', 'nenner', 'gewicht'] -%}
        {% for term in i[rolle] -%}
        {% set nummer = loop.index -%}
        {% for merkmal in als_liste(term.merkmal) -%}
        ({{ sql_liste([i.id, rolle]) }}, {{ nummer }}, {{ sql_liste(merkmal) }}),
        {% endfor -%}
        {% endfor -%}
        {% endfor -%}
        {% endfor -%}
        (null, null, null, null)
    ) as bedingung (indikator, rolle, term, merkmal)
),

getroffen as (
    select distinct
        terme.indikator,
        terme.rolle,
        terme.term,
        k.merkmal
    from {{ ref('klassenterme') }} as terme
    inner join {{ ref('merkmalskombinationen') }} as k on k.kombination = terme.kombination
)

select
    bedingungen.indikator,
    bedingungen.rolle,
    bedingungen.term,
    bedingungen.merkmal
from bedingungen
left join getroffen
    on getroffen.indikator = bedingungen.indikator
    and getroffen.rolle = bedingungen.rolle
    and getroffen.term = bedingungen.term
    and getroffen.merkmal = bedingungen.merkmal
where
    getroffen.indikator is null
    and bedingungen.merkmal in (
        select k.merkmal
        from {{ ref('merkmalskombinationen') }} as k
    )
order by bedingungen.indikator, bedingungen.rolle, bedingungen.term
