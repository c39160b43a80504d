-- All figures, long: one row per indicator, district, date and population basis.
with werte as (
    select
        {{ wertspalten() | join(',\n        ') }}
    from {{ ref('alle_werte') }}
    union all
    select
        {{ wertspalten() | join(',\n        ') }}
    from {{ ref('werte_qualitaet') }}
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
    {{ revision('werte') }} as revision,
    werte.datenart,
    lauf.id as freigabe
from werte
cross join {{ source('raw', 'lauf') }} as lauf
{{ vorherige_kennzahl('werte') }}
order by werte.indikator, werte.stichtag, werte.gebiet, werte.basis
