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
        klassenzuordnung.versatz,
        klassenzuordnung.basis,
        klassenzuordnung.gewicht,
        klassenzuordnung.stelle,
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
                klassen_des_themas.gewicht, coalesce(klassen_des_themas.stelle, -1), klassen_des_themas.passt
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
        klassen_des_themas.versatz,
        klassen_des_themas.basis,
        klassen_des_themas.gewicht,
        klassen_des_themas.stelle,
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
        sum(gebietshuelle.gewicht * summen.summe) as summe,
        sum(summen.ohne_wert) as ohne_wert,
        max(greatest(summen.status_rang, case when gebietshuelle.umgerechnet then 5 else 0 end)) as status_rang,
        max(summen.vertraulichkeit_rang) as vertraulichkeit_rang,
        max(summen.datenart_rang) as datenart_rang,
        min(summen.zeitraum_von) as zeitraum_von
    from summen
    inner join {{ ref('gebietshuelle') }} as gebietshuelle
        on gebietshuelle.teil = summen.gebiet
        and (gebietshuelle.gilt_bis is null or summen.stichtag <= gebietshuelle.gilt_bis)
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
        zuordnung.stelle,
        zuordnung.passt,
        hochgerechnet.gebiet,
        {{ tag_der_kennzahl('hochgerechnet.stichtag', 'zuordnung.bezug', 'zuordnung.versatz') }} as stichtag,
        case
            when zuordnung.basis != '' then ''
            when zuordnung.gemischt and hochgerechnet.basis = '' then basen.basis
            else hochgerechnet.basis
        end as basis,
        hochgerechnet.summe,
        hochgerechnet.ohne_wert,
        hochgerechnet.status_rang,
        hochgerechnet.vertraulichkeit_rang,
        hochgerechnet.datenart_rang,
        case when zuordnung.rolle = 'zaehler' then hochgerechnet.zeitraum_von end as zeitraum_von
    from hochgerechnet
    inner join zuordnung
        on zuordnung.gruppe = hochgerechnet.gruppe
        and zuordnung.basis in ('', hochgerechnet.basis)
    left join basen on zuordnung.gemischt and hochgerechnet.basis = ''
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
    where beitraege.stichtag is not null
    group by beitraege.indikator, beitraege.gebiet, beitraege.stichtag, beitraege.basis
),

{{ formwerte(thema) }}

bewertet as (
    select
        je_indikator.*,
        definition.form,
        definition.faktor,
        definition.ziel,
        definition.einheit,
        definition.hat_nenner,
        definition.unsicherheit,
        definition.mindestbasis,
        gebiete.ebene,
        mindeststatus.rang as mindest_rang,
        formwerte.formwert,
        je_indikator.terme = definition.terme
        and je_indikator.ohne_wert = 0
        and (not definition.hat_nenner or definition.form = 'luecke' or je_indikator.nenner != 0)
        and (definition.form in ('quotient', 'luecke') or formwerte.formwert is not null) as berechenbar,
        case
            when je_indikator.terme < definition.terme then greatest(je_indikator.status_rang, 9)
            when je_indikator.ohne_wert > 0 and je_indikator.status_rang < 7 then 9
            when je_indikator.ohne_wert > 0 then je_indikator.status_rang
            when definition.hat_nenner and definition.form != 'luecke' and je_indikator.nenner = 0 then 7
            when definition.form not in ('quotient', 'luecke') and formwerte.formwert is null
                then greatest(je_indikator.status_rang, case when formwerte.ohne_fall then 7 else 9 end)
            else je_indikator.status_rang
        end as rang
    from je_indikator
    inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = je_indikator.indikator
    inner join {{ ref('status') }} as mindeststatus on mindeststatus.status = definition.mindeststatus
    inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = je_indikator.gebiet
    left join formwerte
        on formwerte.indikator = je_indikator.indikator
        and formwerte.gebiet = je_indikator.gebiet
        and formwerte.stichtag = je_indikator.stichtag
        and formwerte.basis = je_indikator.basis
    where
        je_indikator.passt
        and je_indikator.hat_zaehler
        and (not definition.gemischt or je_indikator.terme = definition.terme)
        and (len(definition.ebenen) = 0 or list_contains(definition.ebenen, gebiete.ebene))
        and (definition.form not in ('dissimilaritaet', 'segregation', 'isolation') or gebiete.ebene in ('stadt', 'stadtbezirk'))
),

{{ bruchstellen() }}

eingestuft as (
    select
        bewertet.*,
        case
            when bewertet.berechenbar and bewertet.mindestbasis is not null
                then {{ zuverlaessigkeit('bewertet.zaehler', 'bewertet.nenner', 'bewertet.mindestbasis') }}
        end as klasse
    from bewertet
),

gerechnet as (
    select
        eingestuft.*,
        eingestuft.berechenbar and coalesce(eingestuft.klasse, '') != 'D' as gezeigt,
        case
            when eingestuft.klasse = 'D' then 10
            when not eingestuft.berechenbar then eingestuft.rang
            when eingestuft.klasse = 'C' then greatest(eingestuft.rang, eingestuft.mindest_rang, 6)
            else greatest(eingestuft.rang, eingestuft.mindest_rang)
        end as endrang,
        eingestuft.berechenbar
        and (
            eingestuft.unsicherheit = 'wilson' and eingestuft.zaehler between 0 and eingestuft.nenner
            or eingestuft.unsicherheit = 'poisson' and eingestuft.zaehler >= 0 and eingestuft.nenner > 0
        ) as mit_intervall,
        eingestuft.zaehler / nullif(eingestuft.nenner, 0) as p,
        1.959963984540054 as z
    from eingestuft
)

select
    gerechnet.indikator,
    gerechnet.gebiet,
    gerechnet.ebene,
    gerechnet.stichtag,
    gerechnet.zeitraum_von,
    case when gerechnet.gezeigt then {{ wert_der_form() }} end as wert,
    gerechnet.einheit,
    case when gerechnet.gezeigt then gerechnet.zaehler end as zaehler,
    case when gerechnet.gezeigt and gerechnet.hat_nenner then gerechnet.nenner end as nenner,
    gerechnet.basis,
    status.status,
    case when gerechnet.klasse = 'D' then 'A' else vertraulichkeit.vertraulichkeit end as vertraulichkeit,
    case when gerechnet.unsicherheit != '' or gerechnet.klasse = 'D' then gerechnet.klasse end as zuverlaessigkeit,
    case when gerechnet.gezeigt and gerechnet.mit_intervall then {{ intervallgrenze('-') }} end as unsicher_von,
    case when gerechnet.gezeigt and gerechnet.mit_intervall then {{ intervallgrenze('+') }} end as unsicher_bis,
    case gerechnet.datenart_rang when 2 then 'beispiel' when 1 then 'eingang' else 'amtlich' end as datenart
from gerechnet
left join bruchstellen
    on bruchstellen.indikator = gerechnet.indikator
    and bruchstellen.gebiet = gerechnet.gebiet
    and bruchstellen.stichtag = gerechnet.stichtag
    and bruchstellen.basis = gerechnet.basis
inner join {{ ref('status') }} as status
    on status.rang = greatest(gerechnet.endrang, case when bruchstellen.indikator is not null then 4 else 0 end)
inner join {{ ref('vertraulichkeit') }} as vertraulichkeit on vertraulichkeit.rang = gerechnet.vertraulichkeit_rang
order by gerechnet.indikator, gerechnet.stichtag, gerechnet.gebiet, gerechnet.basis
{%- endmacro %}

{# The wide table of a theme: one column per declared indicator. #}
{% macro indikatoren_breit(thema) -%}
select
    werte.gebiet,
    gebiete.name,
    werte.ebene,
    werte.stichtag,
    werte.basis,
    {% for spalte in model.columns.values() if ist_indikator(spalte) -%}
    max(werte.wert) filter (where werte.indikator = '{{ spalte.name }}') as {{ spalte.name }},
    {% endfor -%}
    max(werte.datenart) filter (where werte.datenart = 'beispiel') is not null as enthaelt_beispiel
from {{ ref('werte_' ~ thema) }} as werte
inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = werte.gebiet
group by werte.gebiet, gebiete.name, werte.ebene, werte.stichtag, werte.basis
order by werte.gebiet, werte.stichtag, werte.basis
{%- endmacro %}

{# The columns of a theme's figures, in the order of the released table. Said once for all models that deliver them. #}
{% macro wertspalten() -%}
    {{ return([
        'indikator', 'gebiet', 'ebene', 'stichtag', 'zeitraum_von', 'wert', 'einheit', 'zaehler', 'nenner', 'basis', 'status',
        'vertraulichkeit', 'zuverlaessigkeit', 'unsicher_von', 'unsicher_bis', 'datenart'
    ]) }}
{%- endmacro %}
