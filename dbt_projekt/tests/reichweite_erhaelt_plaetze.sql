-- Places are shared out wholly: what the children of all Ortsteile get of a facility adds up to its places, if there
-- are children in its reach. Σ Aᵢ·Nᵢ = Σ Pⱼ.
with erreicht as (
    select distinct
        reichweite.angebot,
        reichweite.stichtag,
        nachfrage.basis,
        reichweite.art,
        reichweite.einrichtung,
        reichweite.plaetze
    from {{ ref('reichweite') }} as reichweite
    inner join {{ ref('reichweite_nachfrage') }} as nachfrage
        on nachfrage.angebot = reichweite.angebot
        and nachfrage.stichtag = reichweite.stichtag
        and nachfrage.gebiet = reichweite.gebiet
    where nachfrage.kinder > 0
),

zugeteilt as (
    select angebot, stichtag, basis, art, einrichtung, sum(zugeteilt) as plaetze
    from {{ ref('reichweite_zuteilung') }}
    group by angebot, stichtag, basis, art, einrichtung
)

select erreicht.angebot, erreicht.stichtag, erreicht.einrichtung, erreicht.plaetze, zugeteilt.plaetze as laut_zuteilung
from erreicht
left join zugeteilt
    on zugeteilt.angebot = erreicht.angebot
    and zugeteilt.stichtag = erreicht.stichtag
    and zugeteilt.basis = erreicht.basis
    and zugeteilt.art = erreicht.art
    and zugeteilt.einrichtung = erreicht.einrichtung
where erreicht.plaetze is not null and coalesce(abs(zugeteilt.plaetze - erreicht.plaetze), 1) > 1e-6
