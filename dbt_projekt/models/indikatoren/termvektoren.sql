-- Every term of a theme as a vector over its groups: 1 where the group feeds it. Terms with the same groups share a
-- number.
with nummern as (
    select distinct
        gruppen.thema,
        gruppen.gruppe
    from {{ ref('gruppen') }} as gruppen
),

terme as (
    select distinct
        gruppenterme.thema,
        gruppenterme.teil,
        gruppenterme.bit
    from {{ ref('gruppenterme') }} as gruppenterme
),

belegt as (
    select distinct
        gruppenterme.thema,
        gruppenterme.teil,
        gruppenterme.bit,
        gruppenterme.gruppe
    from {{ ref('gruppenterme') }} as gruppenterme
),

je_term as (
    select
        terme.thema,
        terme.teil,
        terme.bit,
        list(case when belegt.gruppe is null then cast(0 as double) else 1 end order by nummern.gruppe) as vektor
    from terme
    inner join nummern on nummern.thema = terme.thema
    left join belegt
        on belegt.thema = terme.thema
        and belegt.teil = terme.teil
        and belegt.bit = terme.bit
        and belegt.gruppe = nummern.gruppe
    group by terme.thema, terme.teil, terme.bit
)

select
    je_term.thema,
    je_term.teil,
    je_term.bit,
    je_term.vektor,
    dense_rank() over (partition by je_term.thema order by je_term.vektor) as nummer
from je_term
