-- All figures, long: one row per indicator, district, date and population basis.
with werte as (
    select
        {{ wertspalten() | join(',\n        ') }}
    from {{ ref('alle_werte') }}
)

select
    werte.indikator,
    werte.gebiet,
    werte.ebene,
    werte.stichtag,
    werte.zeitraum_von,
    werte.wert,
    werte.einheit,
    werte.zaehler,
    werte.nenner,
    werte.basis,
    werte.status,
    werte.vertraulichkeit,
    werte.zuverlaessigkeit,
    werte.unsicher_von,
    werte.unsicher_bis,
    cast(coalesce(vorher.revision, 0) + case
        when vorher.indikator is not null and vorher.wert is distinct from werte.wert then 1
        else 0
    end as integer) as revision,
    werte.datenart,
    lauf.id as freigabe
from werte
cross join {{ source('raw', 'lauf') }} as lauf
left join {{ source('raw', 'vorgaenger_indikatoren') }} as vorher
    on vorher.indikator = werte.indikator
    and vorher.gebiet = werte.gebiet
    and vorher.stichtag = werte.stichtag
    and vorher.basis = werte.basis
order by werte.indikator, werte.stichtag, werte.gebiet, werte.basis
