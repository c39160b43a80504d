-- The gap by enrolled children; unsicher_von and unsicher_bis are the two readings. Without a rate there is no value.
with bewertet as (
    select
        szenarien.*,
        definition.einheit,
        szenarien.luecke_eingeschulte is not null as gezeigt,
        case
            when szenarien.luecke_register is null then status.rang
            when szenarien.quote is null then 9
            when szenarien.stichtag_quote < szenarien.stichtag - interval 3 year then greatest(status.rang, 6)
            else greatest(status.rang, mindeststatus.rang)
        end as rang
    from {{ ref('bedarfsszenarien') }} as szenarien
    inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = szenarien.indikator
    inner join {{ ref('status') }} as status on status.status = szenarien.status
    inner join {{ ref('status') }} as mindeststatus on mindeststatus.status = definition.mindeststatus
)

select
    bewertet.indikator,
    bewertet.gebiet,
    bewertet.ebene,
    bewertet.stichtag,
    bewertet.zeitraum_von,
    bewertet.luecke_eingeschulte as wert,
    bewertet.einheit,
    case when bewertet.gezeigt then bewertet.plaetze end as zaehler,
    case when bewertet.gezeigt then bewertet.kinder end as nenner,
    bewertet.basis,
    status.status,
    bewertet.vertraulichkeit,
    cast(null as varchar) as zuverlaessigkeit,
    case when bewertet.gezeigt then least(bewertet.luecke_register, bewertet.luecke_eingeschulte) end as unsicher_von,
    case
        when bewertet.gezeigt then greatest(bewertet.luecke_register, bewertet.luecke_eingeschulte)
    end as unsicher_bis,
    bewertet.datenart
from bewertet
inner join {{ ref('status') }} as status on status.rang = bewertet.rang
order by bewertet.indikator, bewertet.stichtag, bewertet.gebiet, bewertet.basis
