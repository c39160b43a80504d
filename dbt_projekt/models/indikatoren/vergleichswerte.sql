-- The figures with what their comparison needs: who is ranked with whom, which of them have an interval made of
-- numerator and denominator, and in which stretch of their series they lie: between the same breaks, and of the same
-- components.
with zusammensetzungen as (
    select
        bestandteile.indikator,
        bestandteile.stichtag,
        bestandteile.basis,
        string_agg(distinct bestandteile.merkmal, ' ' order by bestandteile.merkmal) as bestandteile
    from {{ ref('bestandteile') }} as bestandteile
    group by bestandteile.indikator, bestandteile.stichtag, bestandteile.basis
),

-- A figure made of others lies where these lie.
lagen as (
    select
        indikator,
        stichtag,
        basis,
        bruch,
        lage
    from {{ ref('bruchlagen') }}
    union all
    select
        bestandteile.indikator,
        bestandteile.stichtag,
        bestandteile.basis,
        eingang.bruch,
        eingang.lage
    from {{ ref('bestandteile') }} as bestandteile
    inner join {{ ref('bruchlagen') }} as eingang
        on eingang.indikator = bestandteile.merkmal
        and eingang.stichtag = bestandteile.eingang_stichtag
        and eingang.basis = bestandteile.eingang_basis
),

je_bruch as (
    select
        indikator,
        stichtag,
        basis,
        bruch,
        bool_and(lage = 'danach') as danach,
        bool_and(lage = 'davor') as davor
    from lagen
    group by indikator, stichtag, basis, bruch
),

abschnitte as (
    select
        je_bruch.indikator,
        je_bruch.stichtag,
        je_bruch.basis,
        string_agg(je_bruch.bruch, ' ' order by je_bruch.bruch) as abschnitt,
        bool_or(not je_bruch.danach) as gemischt,
        max(brueche.ab) as bruch,
        max_by(brueche.grund, concat(brueche.ab, je_bruch.bruch)) as bruch_grund
    from je_bruch
    inner join {{ ref('brueche') }} as brueche on brueche.bruch = je_bruch.bruch
    where not je_bruch.davor
    group by je_bruch.indikator, je_bruch.stichtag, je_bruch.basis
)

select
    werte.indikator,
    werte.gebiet,
    werte.ebene,
    case werte.ebene when 'stadt' then 'kreis' else werte.ebene end as ranggruppe,
    werte.stichtag,
    werte.basis,
    werte.wert,
    werte.zaehler,
    werte.nenner,
    werte.unsicher_von,
    werte.unsicher_bis,
    werte.datenart,
    definition.unsicherheit,
    definition.faktor,
    definition.mindestbasis,
    definition.richtung != 'niedrig_ist_belastung' as hoch_zuerst,
    (definition.hat_nenner and definition.form != 'luecke')
    or definition.form = 'median'
    or definition.einheit = 'Prozent' as ist_verhaeltnis,
    definition.ueberlappt,
    definition.form = 'quotient'
    and definition.unsicherheit in ('wilson', 'poisson')
    and werte.unsicher_von is not null
    and werte.wert is not null as mit_intervall,
    werte.wert is not null and werte.status != 'U' as im_rang,
    concat_ws('|', abschnitte.abschnitt, zusammensetzungen.bestandteile) as abschnitt,
    coalesce(abschnitte.gemischt, false) as gemischt,
    abschnitte.bruch,
    abschnitte.bruch_grund
from {{ ref('alle_werte') }} as werte
inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = werte.indikator
left join abschnitte
    on abschnitte.indikator = werte.indikator
    and abschnitte.stichtag = werte.stichtag
    and abschnitte.basis = werte.basis
left join zusammensetzungen
    on zusammensetzungen.indikator = werte.indikator
    and zusammensetzungen.stichtag = werte.stichtag
    and zusammensetzungen.basis = werte.basis
order by werte.indikator, werte.stichtag, werte.gebiet, werte.basis
