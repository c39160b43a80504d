-- Every declaration that says something else than in the previous release: field of an indicator, line of a source, row
-- of a table of parameters.
with lauf as (
    select id
    from {{ source('raw', 'lauf') }}
    where vorgaenger != ''
),

felder_neu as (
    {% for feld in definitionsfelder() -%}
    select indikator, '{{ feld }}' as feld, coalesce(cast({{ feld }} as varchar), '') as wert
    from {{ ref('indikator_katalog') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

felder_alt as (
    {% for feld in definitionsfelder() -%}
    select indikator, '{{ feld }}' as feld, coalesce({{ feld }}, '') as wert
    from {{ source('raw', 'vorgaenger_katalog') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

zeilen_neu as (
    select 'quelle' as bereich, quelle as name, unnest(string_split(deklaration, chr(10))) as zeile
    from {{ source('raw', 'quellen') }}
    {% for tabelle, spalten in parametertabellen().items() -%}
    union all
    select 'parameter' as bereich, '{{ tabelle }}' as name, {{ parametertext('p', spalten) }} as zeile
    from {{ ref(tabelle) }} as p
    {% endfor %}
),

zeilen_alt as (
    select 'quelle' as bereich, quelle as name, unnest(string_split(deklaration, chr(10))) as zeile
    from {{ source('raw', 'vorgaenger_quellen') }}
    {% for tabelle, spalten in parametertabellen().items() -%}
    union all
    select 'parameter' as bereich, '{{ tabelle }}' as name, {{ parametertext('p', spalten) }} as zeile
    from {{ source('raw', 'vorgaenger_' ~ tabelle) }} as p
    {% endfor %}
),

verglichen as (
    select
        'indikator' as bereich,
        coalesce(neu.indikator, alt.indikator) as name,
        coalesce(neu.feld, alt.feld) as feld,
        alt.wert as vorher,
        neu.wert as nachher
    from felder_neu as neu
    full outer join felder_alt as alt on alt.indikator = neu.indikator and alt.feld = neu.feld
    where neu.wert is distinct from alt.wert
    union all
    select
        coalesce(neu.bereich, alt.bereich) as bereich,
        coalesce(neu.name, alt.name) as name,
        '' as feld,
        alt.zeile as vorher,
        neu.zeile as nachher
    from zeilen_neu as neu
    full outer join zeilen_alt as alt
        on alt.bereich = neu.bereich and alt.name = neu.name and alt.zeile = neu.zeile
    where neu.zeile is null or alt.zeile is null
)

select
    verglichen.bereich,
    verglichen.name,
    verglichen.feld,
    string_agg(verglichen.vorher, ' | ' order by verglichen.vorher) as vorher,
    string_agg(verglichen.nachher, ' | ' order by verglichen.nachher) as nachher
from verglichen
cross join lauf
left join {{ source('raw', 'vorgaenger_luecken') }} as luecken
    on luecken.tabelle = case verglichen.bereich
        when 'indikator' then 'indikator_katalog' when 'quelle' then 'quellen' else verglichen.name
    end
    and (
        luecken.spalte in ('', verglichen.feld)
        or verglichen.bereich in ('quelle', 'parameter') and luecken.spalte != 'zustand'
    )
where luecken.tabelle is null
group by verglichen.bereich, verglichen.name, verglichen.feld
