-- Kitas and their number per 1,000 children, which are those of the theme versorgung.
with zaehlung as (
    select
        'tageseinrichtungen' as indikator,
        kitas.gebiet,
        kitas.stichtag,
        kitas.zeitraum_von,
        '' as basis,
        kitas.anzahl,
        cast(null as double) as kinder,
        case when kitas.anzahl is null then 9 else 0 end as rang,
        'F' as vertraulichkeit,
        kitas.datenart
    from {{ ref('kitas_je_gebiet') }} as kitas
    union all
    select
        'kitas_je_1000_u6' as indikator,
        kitas.gebiet,
        kitas.stichtag,
        kitas.zeitraum_von,
        kinder.basis,
        kitas.anzahl,
        kinder.wert as kinder,
        case
            when kitas.anzahl is null then greatest(status.rang, 9)
            when kinder.wert = 0 then 7
            else status.rang
        end as rang,
        kinder.vertraulichkeit,
        case
            when 'beispiel' in (kitas.datenart, kinder.datenart) then 'beispiel'
            when 'eingang' in (kitas.datenart, kinder.datenart) then 'eingang'
            else kitas.datenart
        end as datenart
    from {{ ref('kitas_je_gebiet') }} as kitas
    inner join {{ ref('werte_versorgung') }} as kinder
        on kinder.indikator = 'kinder_0_5_kitajahr'
        and kinder.gebiet = kitas.gebiet
        and kinder.stichtag = kitas.stichtag
    inner join {{ ref('status') }} as status on status.status = kinder.status
)

select
    zaehlung.indikator,
    zaehlung.gebiet,
    gebiete.ebene,
    zaehlung.stichtag,
    zaehlung.zeitraum_von,
    case
        when not status.hat_wert then null
        when definition.hat_nenner then definition.faktor * zaehlung.anzahl / zaehlung.kinder
        else zaehlung.anzahl
    end as wert,
    definition.einheit,
    case when status.hat_wert then zaehlung.anzahl end as zaehler,
    case when status.hat_wert then zaehlung.kinder end as nenner,
    zaehlung.basis,
    status.status,
    zaehlung.vertraulichkeit,
    cast(null as varchar) as zuverlaessigkeit,
    cast(null as double) as unsicher_von,
    cast(null as double) as unsicher_bis,
    zaehlung.datenart
from zaehlung
inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = zaehlung.indikator
inner join {{ ref('status') }} as status on status.rang = zaehlung.rang
inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = zaehlung.gebiet
order by zaehlung.indikator, zaehlung.stichtag, zaehlung.gebiet, zaehlung.basis
