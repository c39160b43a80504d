-- Rank among the districts of the same level and its interval; none where there is nobody else. The function gets the
-- districts of a group in the order of their keys and gives back the intervals in that order.
with gereiht as (
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        werte.ranggruppe,
        cast(rank() over (
            partition by werte.indikator, werte.stichtag, werte.basis, werte.ranggruppe
            order by case when werte.hoch_zuerst then -werte.wert else werte.wert end
        ) as integer) as rang,
        row_number() over (
            partition by werte.indikator, werte.stichtag, werte.basis, werte.ranggruppe
            order by werte.gebiet
        ) as nr
    from {{ ref('vergleichswerte') }} as werte
    where werte.im_rang
),

gruppen as (
    select
        werte.indikator,
        werte.stichtag,
        werte.basis,
        werte.ranggruppe,
        cast(count(werte.wert) as integer) as gebiete_im_rang,
        case
            when bool_and(werte.mit_intervall)
                then rangintervall(
                        max(werte.unsicherheit),
                        concat_ws('|', werte.indikator, werte.stichtag, werte.basis, werte.ranggruppe),
                        list(werte.zaehler order by werte.gebiet),
                        list(werte.nenner order by werte.gebiet),
                        bool_and(werte.hoch_zuerst)
                    )
        end as grenzen
    from {{ ref('vergleichswerte') }} as werte
    where werte.im_rang
    group by werte.indikator, werte.stichtag, werte.basis, werte.ranggruppe
),

grenzen as (
    select
        gruppen.indikator,
        gruppen.stichtag,
        gruppen.basis,
        gruppen.ranggruppe,
        gruppen.gebiete_im_rang,
        struct_extract(gruppen.grenzen, 'von') as von,
        struct_extract(gruppen.grenzen, 'bis') as bis
    from gruppen
)

select
    gereiht.indikator,
    gereiht.gebiet,
    gereiht.stichtag,
    gereiht.basis,
    gereiht.rang,
    case when grenzen.von is not null then least(gereiht.rang, grenzen.von[gereiht.nr]) end as rang_von,
    case when grenzen.bis is not null then greatest(gereiht.rang, grenzen.bis[gereiht.nr]) end as rang_bis,
    grenzen.gebiete_im_rang
from gereiht
inner join grenzen
    on grenzen.indikator = gereiht.indikator
    and grenzen.stichtag = gereiht.stichtag
    and grenzen.basis = gereiht.basis
    and grenzen.ranggruppe = gereiht.ranggruppe
where grenzen.gebiete_im_rang > 1
order by gereiht.indikator, gereiht.stichtag, gereiht.gebiet, gereiht.basis
