-- What goes into a figure of reach: the facilities with their contribution to its numerator, and the children.
with werte as (
    select indikator, gebiet, stichtag, basis, nenner
    from {{ ref('werte_erreichbarkeit') }}
    where wert is not null
),

beitraege as (
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        erreichbar.art,
        erreichbar.einrichtung,
        erreichbar.plaetze,
        {{ summe_genau('erreichbar.beitrag') }} as beitrag,
        min(erreichbar.kuerzester_weg) as kuerzester_weg,
        {{ wegarten('erreichbar.wegart') }} as wegart
    from werte
    inner join {{ ref('gebietshuelle') }} as huelle on huelle.gebiet = werte.gebiet and not huelle.umgerechnet
    inner join {{ ref('erreichbare_einrichtung') }} as erreichbar
        on erreichbar.indikator = werte.indikator
        and erreichbar.gebiet = huelle.teil
        and erreichbar.stichtag = werte.stichtag
        and erreichbar.basis = werte.basis
    group by
        werte.indikator, werte.gebiet, werte.stichtag, werte.basis, erreichbar.art, erreichbar.einrichtung,
        erreichbar.plaetze
),

-- How the ways behind each figure were measured.
wegarten as (
    select
        beitraege.indikator,
        beitraege.gebiet,
        beitraege.stichtag,
        beitraege.basis,
        {{ wegarten('beitraege.wegart') }} as wegart
    from beitraege
    group by beitraege.indikator, beitraege.gebiet, beitraege.stichtag, beitraege.basis
)

select
    beitraege.indikator,
    beitraege.gebiet,
    beitraege.stichtag,
    beitraege.basis,
    'einrichtung' as rolle,
    beitraege.einrichtung as merkmal,
    einrichtungen.gebiet as eingang_gebiet,
    beitraege.stichtag as eingang_stichtag,
    '' as eingang_basis,
    coalesce(beitraege.plaetze, beitraege.beitrag) as wert,
    case when beitraege.plaetze > 0 then beitraege.beitrag / beitraege.plaetze else 1 end as gewicht,
    einrichtungen.quelle,
    einrichtungen.abruf,
    einrichtungen.zeile,
    concat(
        coalesce(einrichtungen.name, einrichtungen.einrichtung), ', Fußweg ab ',
        cast(round(beitraege.kuerzester_weg) as integer), ' m (', beitraege.wegart, ')'
    ) as bemerkung
from beitraege
inner join {{ ref('einrichtungen') }} as einrichtungen
    on einrichtungen.einrichtung = beitraege.einrichtung
    and einrichtungen.stichtag = beitraege.stichtag
    and einrichtungen.art = beitraege.art
union all
select
    werte.indikator,
    werte.gebiet,
    werte.stichtag,
    werte.basis,
    'komponente' as rolle,
    regeln.nachfrage as merkmal,
    werte.gebiet as eingang_gebiet,
    werte.stichtag as eingang_stichtag,
    werte.basis as eingang_basis,
    werte.nenner as wert,
    1.0 as gewicht,
    cast(null as varchar) as quelle,
    cast(null as varchar) as abruf,
    cast(null as integer) as zeile,
    concat(
        'Kinder, gleichmäßig auf die Adressen ihres Ortsteils verteilt', '; Fußwege: ' || wegarten.wegart
    ) as bemerkung
from werte
inner join {{ ref('reichweiten') }} as regeln
    on werte.indikator
    in (regeln.indikator_plaetze, regeln.indikator_nah, regeln.indikator_grenze, regeln.indikator_weg)
left join wegarten
    on wegarten.indikator = werte.indikator
    and wegarten.gebiet = werte.gebiet
    and wegarten.stichtag = werte.stichtag
    and wegarten.basis = werte.basis
