-- Which group of a theme feeds which term of which indicator. Terms that are counted at the same date and on the same
-- basis are one part ("teil") of an indicator, numbered within the theme; "bit" is the term's place in a mask: 0 to
-- 30 for those of the numerator, from 31 on for those of the denominator.
select distinct
    zuordnung.thema,
    gruppen.gruppe,
    dense_rank() over (
        partition by zuordnung.thema
        order by zuordnung.indikator, zuordnung.bezug, zuordnung.versatz, zuordnung.basis
    ) as teil,
    zuordnung.indikator,
    zuordnung.rolle,
    zuordnung.term,
    zuordnung.term - 1 + case zuordnung.rolle when 'nenner' then 31 else 0 end as bit,
    zuordnung.bezug,
    zuordnung.versatz,
    zuordnung.basis,
    zuordnung.gewicht,
    zuordnung.mass,
    zuordnung.passt,
    zuordnung.gemischt
from {{ ref('klassenzuordnung') }} as zuordnung
inner join {{ ref('gruppen') }} as gruppen on gruppen.thema = zuordnung.thema and gruppen.klasse = zuordnung.klasse
where zuordnung.rolle in ('zaehler', 'nenner')
