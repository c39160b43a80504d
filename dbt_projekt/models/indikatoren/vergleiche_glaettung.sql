-- Empirical Bayes over the Ortsteile (Marshall 1991, global): a rate is drawn to the mean of all the more, the smaller
-- its denominator. Shares have the variance of the binomial instead of Poisson's. Only districts that are shown enter,
-- so that a hidden one cannot be told from the others' smoothed rates. Sums run in the order of the keys: builds agree.
with ortsteile as (
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        werte.zaehler,
        werte.nenner,
        werte.zaehler / werte.nenner as r,
        werte.faktor,
        werte.unsicherheit
    from {{ ref('vergleichswerte') }} as werte
    where werte.ebene = 'ortsteil' and werte.mit_intervall
),

mittel as (
    select
        ortsteile.indikator,
        ortsteile.stichtag,
        ortsteile.basis,
        list_sum(list(ortsteile.zaehler order by ortsteile.gebiet))
        / list_sum(list(ortsteile.nenner order by ortsteile.gebiet)) as m,
        list_sum(list(ortsteile.nenner order by ortsteile.gebiet)) / count(*) as n_quer
    from ortsteile
    group by ortsteile.indikator, ortsteile.stichtag, ortsteile.basis
),

streuung as (
    select
        ortsteile.indikator,
        ortsteile.stichtag,
        ortsteile.basis,
        mittel.m,
        mittel.m * case when max(ortsteile.unsicherheit) = 'wilson' then 1 - mittel.m else 1 end as v,
        greatest(
            0,
            list_sum(list(ortsteile.nenner * power(ortsteile.r - mittel.m, 2) order by ortsteile.gebiet))
            / list_sum(list(ortsteile.nenner order by ortsteile.gebiet))
            - mittel.m * case when max(ortsteile.unsicherheit) = 'wilson' then 1 - mittel.m else 1 end / mittel.n_quer
        ) as a
    from ortsteile
    inner join mittel
        on mittel.indikator = ortsteile.indikator
        and mittel.stichtag = ortsteile.stichtag
        and mittel.basis = ortsteile.basis
    group by ortsteile.indikator, ortsteile.stichtag, ortsteile.basis, mittel.m, mittel.n_quer
)

select
    ortsteile.indikator,
    ortsteile.gebiet,
    ortsteile.stichtag,
    ortsteile.basis,
    ortsteile.faktor * case
        when streuung.a > 0
            then streuung.m + streuung.a / (streuung.a + streuung.v / ortsteile.nenner) * (ortsteile.r - streuung.m)
        else streuung.m
    end as geglaettet
from ortsteile
inner join streuung
    on streuung.indikator = ortsteile.indikator
    and streuung.stichtag = ortsteile.stichtag
    and streuung.basis = ortsteile.basis
order by ortsteile.indikator, ortsteile.stichtag, ortsteile.gebiet, ortsteile.basis
