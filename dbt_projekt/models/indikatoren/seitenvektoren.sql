-- Numerator and denominator of every part of an indicator as vectors over the groups of its theme: the weight of each
-- group, per measure. Sides with the same weights, as most denominators are, share a number; sides that do not use a
-- measure have no row for it.
with nummern as (
    select distinct
        gruppen.thema,
        gruppen.gruppe
    from {{ ref('gruppen') }} as gruppen
),

seiten as (
    select distinct
        gruppenterme.thema,
        gruppenterme.teil,
        gruppenterme.rolle,
        gruppenterme.mass
    from {{ ref('gruppenterme') }} as gruppenterme
),

gewichte as (
    select
        gruppenterme.thema,
        gruppenterme.teil,
        gruppenterme.rolle,
        gruppenterme.mass,
        gruppenterme.gruppe,
        sum(gruppenterme.gewicht) as gewicht
    from {{ ref('gruppenterme') }} as gruppenterme
    group by gruppenterme.thema, gruppenterme.teil, gruppenterme.rolle, gruppenterme.mass, gruppenterme.gruppe
),

je_seite as (
    select
        seiten.thema,
        seiten.teil,
        seiten.rolle,
        seiten.mass,
        list(coalesce(gewichte.gewicht, 0) order by nummern.gruppe) as vektor
    from seiten
    inner join nummern on nummern.thema = seiten.thema
    left join gewichte
        on gewichte.thema = seiten.thema
        and gewichte.teil = seiten.teil
        and gewichte.rolle = seiten.rolle
        and gewichte.mass = seiten.mass
        and gewichte.gruppe = nummern.gruppe
    group by seiten.thema, seiten.teil, seiten.rolle, seiten.mass
)

select
    je_seite.thema,
    je_seite.teil,
    je_seite.rolle,
    je_seite.mass,
    je_seite.vektor,
    dense_rank() over (partition by je_seite.thema, je_seite.mass order by je_seite.vektor) as nummer
from je_seite
