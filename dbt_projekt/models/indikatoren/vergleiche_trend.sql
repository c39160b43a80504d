-- Change over one and five years, and Mann and Kendall's test over all figures of the same calendar day since the last
-- break. S and its correction for ties grow from date to date: a value adds the signs of its differences to all earlier
-- ones, and, if c earlier ones equal it, (c+1)·c·(2c+7) − c·(c−1)·(2c+5) = 6c·(c+2).
with punkte as (
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        werte.wert,
        werte.abschnitt,
        werte.gemischt,
        werte.ueberlappt,
        case
            when werte.stichtag = last_day(werte.stichtag) then 100 * month(werte.stichtag)
            else 100 * month(werte.stichtag) + day(werte.stichtag)
        end as kalendertag,
        {{ jahre_frueher('werte.stichtag', 1) }} as vor_1,
        {{ jahre_frueher('werte.stichtag', 5) }} as vor_5
    from {{ ref('vergleichswerte') }} as werte
    where werte.wert is not null
),

zuwachs as (
    select
        punkte.indikator,
        punkte.gebiet,
        punkte.stichtag,
        punkte.basis,
        punkte.abschnitt,
        punkte.kalendertag,
        punkte.ueberlappt,
        cast(coalesce(sum(sign(punkte.wert - frueher.wert)), 0) as bigint) as s,
        count(frueher.wert) filter (where frueher.wert = punkte.wert) as c
    from punkte
    left join punkte as frueher
        on frueher.indikator = punkte.indikator
        and frueher.gebiet = punkte.gebiet
        and frueher.basis = punkte.basis
        and frueher.abschnitt = punkte.abschnitt
        and frueher.kalendertag = punkte.kalendertag
        and frueher.stichtag < punkte.stichtag
        and not frueher.gemischt
    where not punkte.gemischt
    group by all
),

summiert as (
    select
        zuwachs.indikator,
        zuwachs.gebiet,
        zuwachs.stichtag,
        zuwachs.basis,
        zuwachs.ueberlappt,
        count(zuwachs.s) over bisher as n,
        sum(zuwachs.s) over bisher as s,
        sum(6 * zuwachs.c * (zuwachs.c + 2)) over bisher as bindungen
    from zuwachs
    window bisher as (
        partition by zuwachs.indikator, zuwachs.gebiet, zuwachs.basis, zuwachs.abschnitt, zuwachs.kalendertag
        order by zuwachs.stichtag
    )
),

streuungen as (
    select
        summiert.*,
        (summiert.n * (summiert.n - 1) * (2 * summiert.n + 5) - summiert.bindungen) / 18 as varianz
    from summiert
),

geprueft as (
    select
        streuungen.indikator,
        streuungen.gebiet,
        streuungen.stichtag,
        streuungen.basis,
        streuungen.n,
        streuungen.s,
        case
            when streuungen.n < 8 or streuungen.ueberlappt then null
            when streuungen.s = 0 then 1
            else normal_ueberschreitung((streuungen.s - sign(streuungen.s)) / sqrt(streuungen.varianz))
        end as p
    from streuungen
)

select
    punkte.indikator,
    punkte.gebiet,
    punkte.stichtag,
    punkte.basis,
    case
        when not punkte.gemischt and not voriges.gemischt and punkte.abschnitt = voriges.abschnitt
            then punkte.wert - voriges.wert
    end as veraenderung_1,
    case
        when not punkte.gemischt and not vor_fuenf.gemischt and punkte.abschnitt = vor_fuenf.abschnitt
            then punkte.wert - vor_fuenf.wert
    end as veraenderung_5,
    case
        when geprueft.p < 0.05 and geprueft.s > 0 then 'steigend'
        when geprueft.p < 0.05 then 'fallend'
        when geprueft.p is not null then 'kein Trend nachweisbar'
    end as trend,
    geprueft.p as trend_p,
    cast(coalesce(geprueft.n, 0) as integer) as trend_punkte
from punkte
left join geprueft
    on geprueft.indikator = punkte.indikator
    and geprueft.gebiet = punkte.gebiet
    and geprueft.stichtag = punkte.stichtag
    and geprueft.basis = punkte.basis
left join punkte as voriges
    on voriges.indikator = punkte.indikator
    and voriges.gebiet = punkte.gebiet
    and voriges.basis = punkte.basis
    and voriges.stichtag = punkte.vor_1
left join punkte as vor_fuenf
    on vor_fuenf.indikator = punkte.indikator
    and vor_fuenf.gebiet = punkte.gebiet
    and vor_fuenf.basis = punkte.basis
    and vor_fuenf.stichtag = punkte.vor_5
order by punkte.indikator, punkte.stichtag, punkte.gebiet, punkte.basis
