{# All indicators of one theme in one pass over the observations: figures are summed once per district, date and class
   (observations that behave alike under every condition of the catalogue), and the few class sums are then mapped to
   numerators and denominators. Result: one row per indicator, district, date and population basis. #}
{% macro indikatorwerte(thema) -%}
with klassen_des_themas as (
    select
        klassenzuordnung.klasse,
        klassenzuordnung.indikator,
        klassenzuordnung.rolle,
        klassenzuordnung.term,
        klassenzuordnung.bezug,
        klassenzuordnung.gewicht,
        klassenzuordnung.passt,
        klassenzuordnung.gemischt
    from {{ ref('klassenzuordnung') }} as klassenzuordnung
    where klassenzuordnung.thema = '{{ thema }}' and klassenzuordnung.rolle in ('zaehler', 'nenner')
),

signaturen as (
    select
        klassen_des_themas.klasse,
        string_agg(
            concat_ws(
                '|', klassen_des_themas.indikator, klassen_des_themas.rolle, klassen_des_themas.term,
                klassen_des_themas.bezug, klassen_des_themas.gewicht, klassen_des_themas.passt
            ),
            ';' order by klassen_des_themas.indikator, klassen_des_themas.rolle, klassen_des_themas.term
        ) as signatur
    from klassen_des_themas
    group by klassen_des_themas.klasse
),

-- Classes that only other themes tell apart are one group here: fewer rows to carry up the districts.
gruppen as (
    select
        signaturen.klasse,
        dense_rank() over (order by signaturen.signatur) as gruppe
    from signaturen
),

zuordnung as (
    select distinct
        gruppen.gruppe,
        klassen_des_themas.indikator,
        klassen_des_themas.rolle,
        klassen_des_themas.term,
        klassen_des_themas.bezug,
        klassen_des_themas.gewicht,
        klassen_des_themas.passt,
        klassen_des_themas.gemischt
    from klassen_des_themas
    inner join gruppen on gruppen.klasse = klassen_des_themas.klasse
),

summen as (
    select
        beobachtungen.gebiet,
        beobachtungen.stichtag,
        beobachtungen.basis,
        gruppen.gruppe,
        sum(beobachtungen.wert) as summe,
        count(*) - count(beobachtungen.wert) as ohne_wert,
        max(status.rang) as status_rang,
        max(vertraulichkeit.rang) as vertraulichkeit_rang,
        max(case beobachtungen.datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end) as datenart_rang,
        min(beobachtungen.zeitraum_von) as zeitraum_von
    from {{ ref('beobachtungen') }} as beobachtungen
    inner join gruppen on gruppen.klasse = beobachtungen.klasse
    inner join {{ ref('status') }} as status on status.status = beobachtungen.status
    inner join {{ ref('vertraulichkeit') }} as vertraulichkeit
        on vertraulichkeit.vertraulichkeit = beobachtungen.vertraulichkeit
    group by all
),

merkmale_je_gruppe as (
    select distinct
        gruppen.gruppe,
        klassen.merkmal
    from gruppen
    inner join {{ ref('klassen') }} as klassen on klassen.klasse = gruppen.klasse
),

hochgerechnet as (
    select
        gebietshuelle.gebiet,
        summen.stichtag,
        summen.basis,
        summen.gruppe,
        sum(summen.summe) as summe,
        sum(summen.ohne_wert) as ohne_wert,
        max(summen.status_rang) as status_rang,
        max(summen.vertraulichkeit_rang) as vertraulichkeit_rang,
        max(summen.datenart_rang) as datenart_rang,
        min(summen.zeitraum_von) as zeitraum_von
    from summen
    inner join {{ ref('gebietshuelle') }} as gebietshuelle on gebietshuelle.teil = summen.gebiet
    group by all
    union all
    select
        abdeckung.gebiet,
        abdeckung.stichtag,
        '' as basis,
        merkmale_je_gruppe.gruppe,
        abdeckung.wert as summe,
        case when abdeckung.wert is null then 1 else 0 end as ohne_wert,
        status.rang as status_rang,
        0 as vertraulichkeit_rang,
        case abdeckung.datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end as datenart_rang,
        abdeckung.zeitraum_von
    from {{ ref('abdeckung') }} as abdeckung
    inner join merkmale_je_gruppe on merkmale_je_gruppe.merkmal = abdeckung.merkmal
    inner join {{ ref('status') }} as status on status.status = abdeckung.status
),

basen as (
    select distinct hochgerechnet.basis
    from hochgerechnet
    where hochgerechnet.basis != ''
),

beitraege as (
    select
        zuordnung.indikator,
        zuordnung.rolle,
        zuordnung.term,
        zuordnung.gewicht,
        zuordnung.passt,
        hochgerechnet.gebiet,
        case zuordnung.bezug
            when 'vorjahr' then cast(hochgerechnet.stichtag + interval 1 year as date)
            when 'schuljahr' then make_date(year(hochgerechnet.stichtag) + 1, 7, 31)
            else hochgerechnet.stichtag
        end as stichtag,
        case when zuordnung.gemischt and hochgerechnet.basis = '' then basen.basis else hochgerechnet.basis end as basis,
        hochgerechnet.summe,
        hochgerechnet.ohne_wert,
        hochgerechnet.status_rang,
        hochgerechnet.vertraulichkeit_rang,
        hochgerechnet.datenart_rang,
        case when zuordnung.rolle = 'zaehler' then hochgerechnet.zeitraum_von end as zeitraum_von
    from hochgerechnet
    inner join zuordnung on zuordnung.gruppe = hochgerechnet.gruppe
    left join basen on zuordnung.gemischt and hochgerechnet.basis = ''
    where not (zuordnung.gemischt and zuordnung.bezug = 'schuljahr'
        and (month(hochgerechnet.stichtag) != 12 or day(hochgerechnet.stichtag) != 31))
),

je_indikator as (
    select
        beitraege.indikator,
        beitraege.gebiet,
        beitraege.stichtag,
        beitraege.basis,
        min(beitraege.zeitraum_von) as zeitraum_von,
        coalesce(sum(beitraege.gewicht * beitraege.summe) filter (where beitraege.rolle = 'zaehler'), 0) as zaehler,
        sum(beitraege.gewicht * beitraege.summe) filter (where beitraege.rolle = 'nenner') as nenner,
        sum(beitraege.ohne_wert) as ohne_wert,
        max(beitraege.status_rang) as status_rang,
        max(beitraege.vertraulichkeit_rang) as vertraulichkeit_rang,
        max(beitraege.datenart_rang) as datenart_rang,
        bool_and(beitraege.passt) as passt,
        bool_or(beitraege.rolle = 'zaehler' and beitraege.term = 1) as hat_zaehler,
        count(distinct beitraege.rolle || beitraege.term) as terme
    from beitraege
    group by beitraege.indikator, beitraege.gebiet, beitraege.stichtag, beitraege.basis
),

bewertet as (
    select
        je_indikator.*,
        definition.faktor,
        definition.einheit,
        definition.hat_nenner,
        definition.unsicherheit,
        gebiete.ebene,
        case
            when je_indikator.terme < definition.terme then greatest(je_indikator.status_rang, 9)
            when je_indikator.ohne_wert > 0 and je_indikator.status_rang < 7 then 9
            when je_indikator.ohne_wert > 0 then je_indikator.status_rang
            when definition.hat_nenner and je_indikator.nenner = 0 then 7
            else je_indikator.status_rang
        end as rang,
        je_indikator.terme = definition.terme
        and je_indikator.ohne_wert = 0
        and (not definition.hat_nenner or je_indikator.nenner != 0) as berechenbar
    from je_indikator
    inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = je_indikator.indikator
    inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = je_indikator.gebiet
    where
        je_indikator.passt
        and je_indikator.hat_zaehler
        and (not definition.gemischt or je_indikator.terme = definition.terme)
        and (len(definition.ebenen) = 0 or list_contains(definition.ebenen, gebiete.ebene))
),

gerechnet as (
    select
        bewertet.*,
        case when bewertet.ohne_wert = 0 and bewertet.berechenbar then bewertet.zaehler end as zaehler_wert,
        case when bewertet.ohne_wert = 0 and bewertet.berechenbar and bewertet.hat_nenner then bewertet.nenner end as nenner_wert,
        case
            when bewertet.berechenbar and bewertet.hat_nenner then bewertet.faktor * bewertet.zaehler / bewertet.nenner
            when bewertet.berechenbar then bewertet.faktor * bewertet.zaehler
        end as wert,
        bewertet.berechenbar
        and bewertet.unsicherheit = 'wilson'
        and bewertet.zaehler between 0 and bewertet.nenner as mit_intervall,
        bewertet.zaehler / nullif(bewertet.nenner, 0) as p,
        1.959963984540054 as z
    from bewertet
)

select
    gerechnet.indikator,
    gerechnet.gebiet,
    gerechnet.ebene,
    gerechnet.stichtag,
    gerechnet.zeitraum_von,
    gerechnet.wert,
    gerechnet.einheit,
    gerechnet.zaehler_wert as zaehler,
    gerechnet.nenner_wert as nenner,
    gerechnet.basis,
    status.status,
    vertraulichkeit.vertraulichkeit,
    case
        when not gerechnet.mit_intervall then null
        when gerechnet.nenner < 100 or gerechnet.zaehler < 3 then 'D'
        when gerechnet.zaehler < 20 then 'C'
        when gerechnet.nenner < 300 then 'B'
        else 'A'
    end as zuverlaessigkeit,
    case when gerechnet.mit_intervall then {{ wilson('-') }} end as unsicher_von,
    case when gerechnet.mit_intervall then {{ wilson('+') }} end as unsicher_bis,
    case gerechnet.datenart_rang when 2 then 'beispiel' when 1 then 'eingang' else 'amtlich' end as datenart
from gerechnet
inner join {{ ref('status') }} as status on status.rang = gerechnet.rang
inner join {{ ref('vertraulichkeit') }} as vertraulichkeit on vertraulichkeit.rang = gerechnet.vertraulichkeit_rang
order by gerechnet.indikator, gerechnet.stichtag, gerechnet.gebiet, gerechnet.basis
{%- endmacro %}

{# Wilson's interval for a share at 95 % (Newcombe 1998), times the indicator's factor. For a register, which counts
   everybody, it is to be read as a statement about the process behind the count. #}
{% macro wilson(zeichen) -%}
    gerechnet.faktor * greatest(0, least(1, (
        gerechnet.p + gerechnet.z * gerechnet.z / (2 * gerechnet.nenner)
        {{ zeichen }} gerechnet.z * sqrt(
            gerechnet.p * (1 - gerechnet.p) / gerechnet.nenner
            + gerechnet.z * gerechnet.z / (4 * gerechnet.nenner * gerechnet.nenner)
        )
    ) / (1 + gerechnet.z * gerechnet.z / gerechnet.nenner)))
{%- endmacro %}

{# The wide table of a theme: one column per declared indicator. #}
{% macro indikatoren_breit(thema) -%}
select
    werte.gebiet,
    gebiete.name,
    werte.ebene,
    werte.stichtag,
    werte.basis,
    {% for spalte in model.columns.values() if spaltenmeta(spalte).get('zaehler') -%}
    max(werte.wert) filter (where werte.indikator = '{{ spalte.name }}') as {{ spalte.name }},
    {% endfor -%}
    max(werte.datenart) filter (where werte.datenart = 'beispiel') is not null as enthaelt_beispiel
from {{ ref('werte_' ~ thema) }} as werte
inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = werte.gebiet
group by werte.gebiet, gebiete.name, werte.ebene, werte.stichtag, werte.basis
order by werte.gebiet, werte.stichtag, werte.basis
{%- endmacro %}
