-- On which side of a break in series the figures of an indicator lie: one row per indicator, date, basis and break that
-- concerns what the indicator counts. Decided by the dates of the counts, not of the figure: a mean population, a pooled
-- rate or a quota with last year's residents can mix both sides.
with gezaehlt as (
    select
        indikator,
        merkmal,
        gliederung
    from (
        values
        {% for zeile in gezaehltes() -%}
        ({{ sql_liste(zeile) }}){{ ',' if not loop.last }}
        {% else -%}
        (cast(null as varchar), cast(null as varchar), cast(null as varchar))
        {% endfor -%}
    ) as gezaehlt (indikator, merkmal, gliederung)
),

brueche as (
    {{ bruchmerkmale(ref('brueche')) }}
),

betroffen as (
    select
        gezaehlt.indikator,
        gezaehlt.merkmal,
        brueche.bruch,
        brueche.ab,
        brueche.basis
    from gezaehlt
    inner join brueche on brueche.merkmal = gezaehlt.merkmal and brueche.gliederung = gezaehlt.gliederung
),

tage as (
    select distinct
        beobachtungen.klasse,
        beobachtungen.merkmal,
        beobachtungen.stichtag,
        beobachtungen.basis
    from {{ ref('beobachtungen') }} as beobachtungen
    where beobachtungen.klasse is not null
),

basen as (
    select distinct tage.basis
    from tage
    where tage.basis != ''
),

zaehlungen as (
    select
        zuordnung.indikator,
        {{ tag_der_kennzahl('tage.stichtag', 'zuordnung.bezug', 'zuordnung.versatz') }} as stichtag,
        {{ basis_der_kennzahl('zuordnung.basis', 'zuordnung.gemischt', 'tage.basis', 'basen.basis') }} as basis,
        betroffen.bruch,
        betroffen.ab,
        tage.stichtag as gezaehlt_am
    from tage
    inner join {{ ref('klassenzuordnung') }} as zuordnung
        on zuordnung.klasse = tage.klasse
        and zuordnung.rolle in ('zaehler', 'nenner')
        and zuordnung.basis in ('', tage.basis)
    inner join betroffen
        on betroffen.indikator = zuordnung.indikator
        and betroffen.merkmal = tage.merkmal
        and betroffen.basis in ('', tage.basis)
    left join basen on zuordnung.gemischt and tage.basis = ''
)

select
    zaehlungen.indikator,
    zaehlungen.stichtag,
    zaehlungen.basis,
    zaehlungen.bruch,
    zaehlungen.ab,
    case
        when min(zaehlungen.gezaehlt_am) >= zaehlungen.ab then 'danach'
        when max(zaehlungen.gezaehlt_am) < zaehlungen.ab then 'davor'
        else 'gemischt'
    end as lage,
    max(zaehlungen.gezaehlt_am) as gezaehlt_bis
from zaehlungen
where zaehlungen.stichtag is not null
group by zaehlungen.indikator, zaehlungen.stichtag, zaehlungen.basis, zaehlungen.bruch, zaehlungen.ab
order by zaehlungen.indikator, zaehlungen.stichtag, zaehlungen.basis, zaehlungen.bruch
