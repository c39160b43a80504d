{# All indicators of one theme in one pass over the observations: figures are summed once per district, date and class
   (observations that behave alike under every condition of the catalogue), and the few class sums are then mapped to
   numerators and denominators. Result: one row per indicator, district, date and population basis. #}
{% macro indikatorwerte(thema) -%}
with {{ summen_und_teile(thema) }}

{{ formwerte(thema) }}

-- Not materialized: only the few figures near a break are looked at twice, and all would have to be kept.
bewertet as not materialized (
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
        and not je_indikator.ohne_wert
        and (not definition.hat_nenner or definition.form = 'luecke' or je_indikator.nenner != 0)
        and (definition.form in ('quotient', 'luecke') or formwerte.formwert is not null) as berechenbar,
        case
            when je_indikator.terme < definition.terme then greatest(je_indikator.status_rang, 9)
            when je_indikator.ohne_wert and je_indikator.status_rang < 7 then 9
            when je_indikator.ohne_wert then je_indikator.status_rang
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
        bewertet.berechenbar
        and (
            bewertet.unsicherheit = 'wilson' and bewertet.zaehler between 0 and bewertet.nenner
            or bewertet.unsicherheit = 'poisson' and bewertet.zaehler >= 0 and bewertet.nenner > 0
        ) as mit_intervall,
        case
            when bewertet.berechenbar then {{ zuverlaessigkeit('bewertet.zaehler', 'bewertet.nenner', 'bewertet.mindestbasis') }}
        end as stufe
    from bewertet
),

klassiert as (
    select
        eingestuft.*,
        case
            when eingestuft.mit_intervall or eingestuft.stufe = 'D' or eingestuft.unsicherheit = '' then eingestuft.stufe
        end as klasse
    from eingestuft
),

gerechnet as (
    select
        klassiert.*,
        klassiert.berechenbar and coalesce(klassiert.klasse, '') != 'D' as gezeigt,
        case
            when klassiert.klasse = 'D' then 10
            when not klassiert.berechenbar then klassiert.rang
            when klassiert.klasse = 'C' then greatest(klassiert.rang, klassiert.mindest_rang, 6)
            else greatest(klassiert.rang, klassiert.mindest_rang)
        end as endrang,
        klassiert.zaehler / nullif(klassiert.nenner, 0) as p,
        1.959963984540054 as z
    from klassiert
)

select
    gerechnet.indikator,
    gerechnet.gebiet,
    gerechnet.ebene,
    gerechnet.stichtag,
    gerechnet.zeitraum_von,
    case when gerechnet.gezeigt then {{ wert_der_form() }} end as wert,
    gerechnet.einheit,
    case when gerechnet.gezeigt then {{ zaehler_der_form() }} end as zaehler,
    case when gerechnet.gezeigt and gerechnet.hat_nenner then gerechnet.nenner end as nenner,
    gerechnet.basis,
    status.status,
    case when gerechnet.klasse = 'D' then 'A' else vertraulichkeit.vertraulichkeit end as vertraulichkeit,
    gerechnet.klasse as zuverlaessigkeit,
    case when gerechnet.gezeigt and gerechnet.mit_intervall then {{ intervallgrenze('-') }} end as unsicher_von,
    case when gerechnet.gezeigt and gerechnet.mit_intervall then {{ intervallgrenze('+') }} end as unsicher_bis,
    {{ datenart_aus_rang('gerechnet.datenart_rang') }} as datenart
from gerechnet
left join bruchstellen
    on bruchstellen.indikator = gerechnet.indikator
    and bruchstellen.gebiet = gerechnet.gebiet
    and bruchstellen.stichtag = gerechnet.stichtag
    and bruchstellen.basis = gerechnet.basis
inner join {{ ref('status') }} as status
    on status.rang = greatest(gerechnet.endrang, case when bruchstellen.indikator is not null then 4 else 0 end)
inner join {{ ref('vertraulichkeit') }} as vertraulichkeit on vertraulichkeit.rang = gerechnet.vertraulichkeit_rang
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
