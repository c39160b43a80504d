-- Every figure compared: with its city, with the other districts of its level, with its own past. Its datenart is the
-- worst of all that can enter.
with werte as (
    select
        vergleichswerte.*,
        case vergleichswerte.datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end as datenart_rang
    from {{ ref('vergleichswerte') }} as vergleichswerte
),

datenarten as (
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        greatest(
            max(werte.datenart_rang) over (
                partition by werte.indikator, werte.stichtag, werte.basis, werte.ranggruppe
            ),
            max(werte.datenart_rang) over (
                partition by werte.indikator, werte.gebiet, werte.basis order by werte.stichtag
            )
        ) as rang
    from werte
)

select
    werte.indikator,
    werte.gebiet,
    werte.ebene,
    werte.stichtag,
    werte.basis,
    werte.wert,
    glaettung.geglaettet,
    rang.rang,
    rang.rang_von,
    rang.rang_bis,
    rang.gebiete_im_rang,
    stadt.stadt_wert,
    stadt.index_stadt,
    stadt.differenz,
    stadt.rest_wert,
    stadt.differenz_von,
    stadt.differenz_bis,
    stadt.p_wert,
    stadt.urteil,
    trend.veraenderung_1,
    trend.veraenderung_5,
    trend.trend,
    trend.trend_p,
    trend.trend_punkte,
    werte.bruch,
    werte.bruch_grund,
    case greatest(
        datenarten.rang, case stadt.stadt_datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end
    )
        when 2 then 'beispiel' when 1 then 'eingang' else 'amtlich'
    end as datenart,
    lauf.id as freigabe
from werte
inner join datenarten
    on datenarten.indikator = werte.indikator
    and datenarten.gebiet = werte.gebiet
    and datenarten.stichtag = werte.stichtag
    and datenarten.basis = werte.basis
cross join {{ source('raw', 'lauf') }} as lauf
{% for teil in ['glaettung', 'rang', 'stadt', 'trend'] -%}
left join {{ ref('vergleiche_' ~ teil) }} as {{ teil }}
    on {{ teil }}.indikator = werte.indikator
    and {{ teil }}.gebiet = werte.gebiet
    and {{ teil }}.stichtag = werte.stichtag
    and {{ teil }}.basis = werte.basis
{% endfor -%}
order by werte.indikator, werte.stichtag, werte.gebiet, werte.basis
