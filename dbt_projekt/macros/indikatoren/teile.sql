{# The second half of summen_und_teile: from the group sums of a district and date to the sides of every indicator. #}
{% macro teile_zusammen(masse) -%}
-- Materialized, because joined to the indicators first it would be a row for every group of every indicator.
abweichende as materialized (
    select
        zellen.zelle,
        hochgerechnet.gruppe,
        hochgerechnet.ohne_wert,
        hochgerechnet.status_rang,
        hochgerechnet.vertraulichkeit_rang,
        hochgerechnet.datenart_rang,
        hochgerechnet.zeitraum_von
    from hochgerechnet
    inner join zellen
        on zellen.gebiet = hochgerechnet.gebiet
        and zellen.stichtag = hochgerechnet.stichtag
        and zellen.basis = hochgerechnet.basis
    where
        hochgerechnet.ohne_wert > 0
        or hochgerechnet.status_rang > zellen.status_rang
        or hochgerechnet.vertraulichkeit_rang > zellen.vertraulichkeit_rang
        or hochgerechnet.datenart_rang > zellen.datenart_rang
        or hochgerechnet.zeitraum_von is distinct from zellen.zeitraum_von
),

ausnahmen as (
    select
        abweichende.zelle,
        zuordnung.teil,
        sum(abweichende.ohne_wert) as ohne_wert,
        max(abweichende.status_rang) as status_rang,
        max(abweichende.vertraulichkeit_rang) as vertraulichkeit_rang,
        max(abweichende.datenart_rang) as datenart_rang,
        min(abweichende.zeitraum_von) filter (where zuordnung.rolle = 'zaehler') as zeitraum_von
    from abweichende
    inner join zuordnung on zuordnung.gruppe = abweichende.gruppe
    group by abweichende.zelle, zuordnung.teil
),

teile as (
    select
        zuordnung.teil,
        zuordnung.indikator,
        zuordnung.bezug,
        zuordnung.versatz,
        zuordnung.basis,
        zuordnung.gemischt,
        zuordnung.bezug = 'stichtag'
        and zuordnung.versatz = 0
        and not zuordnung.gemischt
        and count(distinct zuordnung.teil) over (partition by zuordnung.indikator) = 1 as einfach
    from (
        select distinct z.teil, z.indikator, z.bezug, z.versatz, z.basis, z.gemischt
        from zuordnung as z
    ) as zuordnung
),

gewichte as (
    select
        alle_gruppen.gruppe,
        teile.teil,
        {% for mass in masse -%}
        {% for rolle in ['zaehler', 'nenner'] -%}
        coalesce(sum(zuordnung.gewicht) filter (where zuordnung.rolle = '{{ rolle }}' and zuordnung.mass = '{{ mass }}'), 0)
            as {{ rolle }}_{{ mass }},
        {% endfor -%}
        {% endfor -%}
        coalesce(bit_or(cast(1 as bigint) << zuordnung.bit), 0) as maske,
        count(zuordnung.gruppe) filter (where not zuordnung.passt) as quer
    from (select distinct gruppen.gruppe from gruppen) as alle_gruppen
    cross join teile
    left join zuordnung on zuordnung.gruppe = alle_gruppen.gruppe and zuordnung.teil = teile.teil
    group by alle_gruppen.gruppe, teile.teil
),

-- One row per part: the weight of each group in numerator and denominator, the terms it belongs to, whether it lies across
-- the edge of one.
vektoren as (
    select
        teile.teil,
        teile.indikator,
        teile.bezug,
        teile.versatz,
        teile.basis,
        teile.gemischt,
        teile.einfach,
        {% for mass in masse -%}
        {% for rolle in ['zaehler', 'nenner'] -%}
        list(gewichte.{{ rolle }}_{{ mass }} order by gewichte.gruppe) as {{ rolle }}_{{ mass }},
        {% if mass != 'wert' -%}
        bool_or(gewichte.{{ rolle }}_{{ mass }} != 0) as hat_{{ rolle }}_{{ mass }},
        {% endif -%}
        {% endfor -%}
        {% endfor -%}
        list(gewichte.maske order by gewichte.gruppe) as masken,
        list(gewichte.quer order by gewichte.gruppe) as quer,
        bit_or(gewichte.maske) as maske_aller,
        sum(gewichte.quer) as quer_aller
    from teile
    inner join gewichte on gewichte.teil = teile.teil
    group by teile.teil, teile.indikator, teile.bezug, teile.versatz, teile.basis, teile.gemischt, teile.einfach
),

produkte as (
    select
        vektoren.teil,
        vektoren.indikator,
        vektoren.bezug,
        vektoren.versatz,
        vektoren.basis as nur_basis,
        vektoren.gemischt,
        vektoren.einfach,
        zellen.zelle,
        zellen.gebiet,
        zellen.stichtag,
        zellen.basis,
        {% for rolle in ['zaehler', 'nenner'] -%}
        {{ skalarprodukt(masse, rolle) }} as {{ rolle }},
        {% endfor -%}
        case
            when zellen.alle_da then vektoren.maske_aller
            else list_aggregate(list_select(vektoren.masken, zellen.gruppen), 'bit_or')
        end as maske,
        case
            when zellen.alle_da then vektoren.quer_aller
            else list_sum(list_select(vektoren.quer, zellen.gruppen))
        end as quer,
        zellen.status_rang,
        zellen.vertraulichkeit_rang,
        zellen.datenart_rang,
        zellen.zeitraum_von
    from zellen
    cross join vektoren
    where vektoren.basis in ('', zellen.basis)
),

basen as (
    select distinct zellen.basis
    from zellen
    where zellen.basis != ''
),

beitraege as (
    select
        produkte.indikator,
        produkte.einfach,
        produkte.gebiet,
        {{ tag_der_kennzahl('produkte.stichtag', 'produkte.bezug', 'produkte.versatz') }} as stichtag,
        {{ basis_der_kennzahl('produkte.nur_basis', 'produkte.gemischt', 'produkte.basis', 'basen.basis') }} as basis,
        produkte.zaehler,
        produkte.nenner,
        produkte.maske,
        produkte.quer = 0 as passt,
        coalesce(ausnahmen.ohne_wert, 0) as ohne_wert,
        greatest(produkte.status_rang, ausnahmen.status_rang) as status_rang,
        greatest(produkte.vertraulichkeit_rang, ausnahmen.vertraulichkeit_rang) as vertraulichkeit_rang,
        greatest(produkte.datenart_rang, ausnahmen.datenart_rang) as datenart_rang,
        case
            when produkte.maske & 2147483647 != 0 then least(produkte.zeitraum_von, ausnahmen.zeitraum_von)
        end as zeitraum_von
    from produkte
    left join ausnahmen on ausnahmen.zelle = produkte.zelle and ausnahmen.teil = produkte.teil
    left join basen on produkte.gemischt and produkte.basis = ''
    where produkte.maske != 0
),

mehrteilige as (
    select
        beitraege.indikator,
        beitraege.gebiet,
        beitraege.stichtag,
        beitraege.basis,
        min(beitraege.zeitraum_von) as zeitraum_von,
        {{ summe_gerundet('beitraege.zaehler') }} as zaehler,
        {{ summe_gerundet('beitraege.nenner') }} as nenner,
        sum(beitraege.ohne_wert) as ohne_wert,
        max(beitraege.status_rang) as status_rang,
        max(beitraege.vertraulichkeit_rang) as vertraulichkeit_rang,
        max(beitraege.datenart_rang) as datenart_rang,
        bool_and(beitraege.passt) as passt,
        bit_or(beitraege.maske) as maske
    from beitraege
    where not beitraege.einfach and beitraege.stichtag is not null
    group by beitraege.indikator, beitraege.gebiet, beitraege.stichtag, beitraege.basis
),

zusammen as (
    select
        beitraege.indikator,
        beitraege.gebiet,
        beitraege.stichtag,
        beitraege.basis,
        beitraege.zeitraum_von,
        beitraege.zaehler,
        beitraege.nenner,
        beitraege.ohne_wert,
        beitraege.status_rang,
        beitraege.vertraulichkeit_rang,
        beitraege.datenart_rang,
        beitraege.passt,
        beitraege.maske
    from beitraege
    where beitraege.einfach
    union all
    select
        mehrteilige.indikator,
        mehrteilige.gebiet,
        mehrteilige.stichtag,
        mehrteilige.basis,
        mehrteilige.zeitraum_von,
        mehrteilige.zaehler,
        mehrteilige.nenner,
        mehrteilige.ohne_wert,
        mehrteilige.status_rang,
        mehrteilige.vertraulichkeit_rang,
        mehrteilige.datenart_rang,
        mehrteilige.passt,
        mehrteilige.maske
    from mehrteilige
),

je_indikator as (
    select
        zusammen.indikator,
        zusammen.gebiet,
        zusammen.stichtag,
        zusammen.basis,
        zusammen.zeitraum_von,
        zusammen.zaehler,
        zusammen.nenner,
        zusammen.ohne_wert,
        zusammen.status_rang,
        zusammen.vertraulichkeit_rang,
        zusammen.datenart_rang,
        zusammen.passt,
        zusammen.maske & 1 = 1 as hat_zaehler,
        bit_count(zusammen.maske) as terme
    from zusammen
),
{%- endmacro %}

{# One side of an indicator: the district's group sums times the side's weights, for each measure that the side uses. #}
{% macro skalarprodukt(masse, rolle) -%}
    {%- for mass in masse -%}
        {%- set vektor = 'vektoren.' ~ rolle ~ '_' ~ mass -%}
        {%- set produkt = 'list_dot_product(zellen.' ~ mass ~ ', case when zellen.alle_da then ' ~ vektor
            ~ ' else list_select(' ~ vektor ~ ', zellen.gruppen) end)' -%}
        {%- if mass == 'wert' -%}
        {{ produkt }}
        {%- else %}
        + case when vektoren.hat_{{ rolle }}_{{ mass }} then {{ produkt }} else 0 end
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
