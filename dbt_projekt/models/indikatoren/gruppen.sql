-- Classes that behave alike in all indicators of a theme are one group there: what only other themes tell apart is
-- summed together. Numbered from 1 without gaps, the place in the vectors.
with signaturen as (
    select
        zuordnung.thema,
        zuordnung.klasse,
        string_agg(
            concat_ws('|', zuordnung.indikator, zuordnung.rolle, zuordnung.term, zuordnung.passt),
            ';' order by zuordnung.indikator, zuordnung.rolle, zuordnung.term
        ) as signatur
    from {{ ref('klassenzuordnung') }} as zuordnung
    where zuordnung.rolle in ('zaehler', 'nenner')
    group by zuordnung.thema, zuordnung.klasse
)

select
    signaturen.thema,
    signaturen.klasse,
    cast(dense_rank() over (partition by signaturen.thema order by signaturen.signatur) as integer) as gruppe
from signaturen
order by signaturen.thema, signaturen.klasse
