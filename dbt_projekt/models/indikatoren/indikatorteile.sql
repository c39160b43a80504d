-- The parts of every indicator (model gruppenterme), with the numbers of their sides and terms and the groups that
-- feed them or lie across the edge of a term (quer). "einfach": the only part, counted at the figure's own date and
-- on its own basis.
with terme as (
    select
        termvektoren.thema,
        termvektoren.teil,
        list(termvektoren.nummer order by termvektoren.bit) as terme,
        list(cast(1 as bigint) << termvektoren.bit order by termvektoren.bit) as bits,
        bit_or(cast(1 as bigint) << termvektoren.bit) as maske_aller
    from {{ ref('termvektoren') }} as termvektoren
    group by termvektoren.thema, termvektoren.teil
),

seiten as (
    select
        seitenvektoren.thema,
        seitenvektoren.teil,
        {{ nummern_der_seiten('seitenvektoren') }}
    from {{ ref('seitenvektoren') }} as seitenvektoren
    group by seitenvektoren.thema, seitenvektoren.teil
),

teile as (
    select
        gruppenterme.thema,
        gruppenterme.teil,
        gruppenterme.indikator,
        gruppenterme.bezug,
        gruppenterme.versatz,
        gruppenterme.basis,
        gruppenterme.gemischt,
        list(distinct gruppenterme.gruppe) as gruppen,
        list(distinct gruppenterme.gruppe) filter (where gruppenterme.rolle = 'zaehler') as zaehlergruppen,
        list(distinct gruppenterme.gruppe) filter (where not gruppenterme.passt) as quer
    from {{ ref('gruppenterme') }} as gruppenterme
    group by
        gruppenterme.thema, gruppenterme.teil, gruppenterme.indikator, gruppenterme.bezug, gruppenterme.versatz,
        gruppenterme.basis, gruppenterme.gemischt
)

select
    teile.thema,
    teile.teil,
    teile.indikator,
    teile.bezug,
    teile.versatz,
    teile.basis,
    teile.gemischt,
    teile.bezug = 'stichtag'
    and teile.versatz = 0
    and not teile.gemischt
    and count(*) over (partition by teile.thema, teile.indikator) = 1 as einfach,
    {% for rolle in ['zaehler', 'nenner'] -%}
    {% for mass in masse() -%}
    seiten.{{ rolle }}_{{ mass }},
    {% endfor -%}
    {% endfor -%}
    list_sort(teile.gruppen) as gruppen,
    list_sort(teile.zaehlergruppen) as zaehlergruppen,
    list_sort(teile.quer) as quer,
    terme.terme,
    terme.bits,
    terme.maske_aller
from teile
inner join terme on terme.thema = teile.thema and terme.teil = teile.teil
inner join seiten on seiten.thema = teile.thema and seiten.teil = teile.teil
order by teile.thema, teile.teil
