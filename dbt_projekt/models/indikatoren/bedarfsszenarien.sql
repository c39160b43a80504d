-- The gap by the city's rule under two readings of how many children there are: those of the register, and so many of
-- them as were enrolled at school (city's rate of the newest school year that has one, up to the date). Above 100 %,
-- when more are enrolled than registered, all registered children count.
with quoten as (
    select
        quote.stichtag,
        quote.basis,
        quote.gebiet,
        quote.wert / 100 as quote,
        least(quote.wert / 100, 1) as anteil,
        quote.datenart
    from {{ ref('werte_versorgung') }} as quote
    where quote.indikator = 'einschulungsquote' and quote.ebene = 'stadt' and quote.wert > 0
),

luecken as (
    select
        luecke.indikator || '_eingeschulte' as indikator,
        luecke.indikator as register,
        luecke.gebiet,
        luecke.ebene,
        luecke.stichtag,
        luecke.zeitraum_von,
        luecke.basis,
        luecke.wert as luecke,
        luecke.zaehler as plaetze,
        luecke.nenner as kinder,
        luecke.status,
        luecke.vertraulichkeit,
        luecke.datenart,
        definition.ziel
    from {{ ref('werte_versorgung') }} as luecke
    inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = luecke.indikator
    where luecke.indikator in ('u3_luecke', 'ue3_luecke')
),

gewaehlt as (
    select
        luecken.indikator,
        luecken.gebiet,
        luecken.stichtag,
        luecken.basis,
        max(quoten.stichtag) as stichtag_quote
    from luecken
    inner join quoten
        on quoten.basis = luecken.basis
        and quoten.stichtag <= luecken.stichtag
        and quoten.stichtag > luecken.stichtag - interval 10 year
    group by luecken.indikator, luecken.gebiet, luecken.stichtag, luecken.basis
)

select
    luecken.indikator,
    luecken.register,
    luecken.gebiet,
    luecken.ebene,
    luecken.stichtag,
    luecken.zeitraum_von,
    luecken.basis,
    luecken.luecke as luecke_register,
    luecken.plaetze,
    luecken.kinder * quoten.anteil as kinder,
    ceil(round(luecken.ziel * luecken.kinder * quoten.anteil, 9)) - luecken.plaetze as luecke_eingeschulte,
    luecken.status,
    luecken.vertraulichkeit,
    case
        when 'beispiel' in (luecken.datenart, quoten.datenart) then 'beispiel'
        when 'eingang' in (luecken.datenart, quoten.datenart) then 'eingang'
        else luecken.datenart
    end as datenart,
    quoten.quote,
    quoten.gebiet as gebiet_quote,
    gewaehlt.stichtag_quote
from luecken
left join gewaehlt
    on gewaehlt.indikator = luecken.indikator
    and gewaehlt.gebiet = luecken.gebiet
    and gewaehlt.stichtag = luecken.stichtag
    and gewaehlt.basis = luecken.basis
left join quoten on quoten.basis = luecken.basis and quoten.stichtag = gewaehlt.stichtag_quote
