-- Combinations that feed exactly the same terms with the same weight are one class; combinations that no indicator uses
-- have none. The mapping class → indicator is also the lineage of every figure.
with signaturen as (
    select
        terme.kombination,
        string_agg(
            concat_ws('|', terme.indikator, terme.rolle, terme.term, terme.passt),
            ';' order by terme.indikator, terme.rolle, terme.term
        ) as signatur
    from {{ ref('klassenterme') }} as terme
    group by terme.kombination
)

select
    cast(dense_rank() over (order by k.merkmal, signaturen.signatur) as integer) as klasse,
    k.kombination,
    k.merkmal,
    k.{{ gliederungen() | join(', k.') }}
from signaturen
inner join {{ ref('merkmalskombinationen') }} as k on k.kombination = signaturen.kombination
