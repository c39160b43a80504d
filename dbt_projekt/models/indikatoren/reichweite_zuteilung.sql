-- Enhanced two-step floating catchment, by facility and Ortsteil. Step 1: places per weighted child in reach of the
-- facility (R). Step 2: what the children of an Ortsteil get of it, R times their weighted number. Per facility that
-- adds up to its places.
with je_ortsteil as (
    select
        reichweite.angebot,
        reichweite.stichtag,
        nachfrage.basis,
        reichweite.art,
        reichweite.einrichtung,
        reichweite.plaetze,
        reichweite.gebiet,
        {{ summe_genau('reichweite.gewicht * reichweite.anteil * nachfrage.kinder') }} as nachfrage,
        min(reichweite.weg) as kuerzester_weg,
        {{ wegarten('reichweite.wegart') }} as wegart
    from {{ ref('reichweite') }} as reichweite
    inner join {{ ref('reichweite_nachfrage') }} as nachfrage
        on nachfrage.angebot = reichweite.angebot
        and nachfrage.stichtag = reichweite.stichtag
        and nachfrage.gebiet = reichweite.gebiet
    where nachfrage.kinder > 0
    group by
        reichweite.angebot, reichweite.stichtag, nachfrage.basis, reichweite.art, reichweite.einrichtung,
        reichweite.plaetze, reichweite.gebiet
),

je_einrichtung as (
    select
        je_ortsteil.angebot,
        je_ortsteil.stichtag,
        je_ortsteil.basis,
        je_ortsteil.art,
        je_ortsteil.einrichtung,
        {{ summe_genau('je_ortsteil.nachfrage') }} as nachfrage
    from je_ortsteil
    group by
        je_ortsteil.angebot, je_ortsteil.stichtag, je_ortsteil.basis, je_ortsteil.art, je_ortsteil.einrichtung
)

select
    je_ortsteil.angebot,
    je_ortsteil.stichtag,
    je_ortsteil.basis,
    je_ortsteil.art,
    je_ortsteil.einrichtung,
    je_ortsteil.gebiet,
    je_ortsteil.plaetze,
    je_ortsteil.nachfrage / je_einrichtung.nachfrage as teil,
    je_ortsteil.plaetze * (je_ortsteil.nachfrage / je_einrichtung.nachfrage) as zugeteilt,
    je_ortsteil.kuerzester_weg,
    je_ortsteil.wegart
from je_ortsteil
inner join je_einrichtung
    on je_einrichtung.angebot = je_ortsteil.angebot
    and je_einrichtung.stichtag = je_ortsteil.stichtag
    and je_einrichtung.basis = je_ortsteil.basis
    and je_einrichtung.art = je_ortsteil.art
    and je_einrichtung.einrichtung = je_ortsteil.einrichtung
where je_einrichtung.nachfrage > 0
