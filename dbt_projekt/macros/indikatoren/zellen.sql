{# The two factors of every figure. A cell is a district, date and basis; its group sums are a vector with a place for every
   group of the theme (0 where the source has none), so that no figure has to look which groups there are. #}

{# CTE "zellen". da: 1 for groups that the cell has, nothing if it has all of them (alle_da). gueten, zeitraeume: per group,
   only where groups differ in what is worst or in their first day; elsewhere guete and zeitraum_von hold for all of them. #}
{% macro zellen(masse) -%}
gesammelt as (
    select
        hochgerechnet.gebiet,
        hochgerechnet.stichtag,
        hochgerechnet.basis,
        list_sort(list({
            'gruppe': hochgerechnet.gruppe{% for mass in masse %}, '{{ mass }}': hochgerechnet.{{ mass }}{% endfor %}
        })) as summen,
        list({
            'gruppe': hochgerechnet.gruppe, 'guete': hochgerechnet.guete, 'zeitraum_von': hochgerechnet.zeitraum_von
        }) as eigenschaften,
        bit_or(hochgerechnet.guete) as guete,
        bit_or(hochgerechnet.guete) = bit_and(hochgerechnet.guete) as eine_guete,
        min(hochgerechnet.zeitraum_von) as zeitraum_von,
        min(hochgerechnet.zeitraum_von) is null
        or count(hochgerechnet.zeitraum_von) = count(*) and min(hochgerechnet.zeitraum_von) = max(hochgerechnet.zeitraum_von)
            as ein_zeitraum
    from hochgerechnet
    group by hochgerechnet.gebiet, hochgerechnet.stichtag, hochgerechnet.basis
),

nummern as (
    select distinct gruppen.gruppe
    from gruppen
),

alle_gruppen as (
    select list(nummern.gruppe order by nummern.gruppe) as gruppen
    from nummern
),

geordnet as (
    select
        gesammelt.gebiet,
        gesammelt.stichtag,
        gesammelt.basis,
        list_transform(gesammelt.summen, lambda s: s.gruppe) as gruppen,
        {% for mass in masse -%}
        list_append(list_transform(gesammelt.summen, lambda s: s.{{ mass }}), 0) as {{ mass }},
        {% endfor -%}
        gesammelt.guete,
        case when not gesammelt.eine_guete then list_transform(list_sort(gesammelt.eigenschaften), lambda e: e.guete) end
            as gueten,
        gesammelt.zeitraum_von,
        case
            when not gesammelt.ein_zeitraum then list_transform(list_sort(gesammelt.eigenschaften), lambda e: e.zeitraum_von)
        end as zeitraeume
    from gesammelt
),

-- Where the sum of each group stands in cells that have these groups; behind the last for a group that they do not have.
-- Few sets of groups occur.
muster as (
    select
        vorhanden.gruppen,
        list_transform(
            alle_gruppen.gruppen, lambda g: coalesce(list_position(vorhanden.gruppen, g), len(vorhanden.gruppen) + 1)
        ) as plaetze,
        case when len(vorhanden.gruppen) < len(alle_gruppen.gruppen) then list_transform(
            alle_gruppen.gruppen, lambda g: case when list_contains(vorhanden.gruppen, g) then cast(1 as double) else 0 end
        ) end as da
    from (select distinct geordnet.gruppen from geordnet) as vorhanden
    cross join alle_gruppen
),

zellen as (
    select
        geordnet.gebiet,
        geordnet.stichtag,
        geordnet.basis,
        {% for mass in masse -%}
        list_select(geordnet.{{ mass }}, muster.plaetze) as {{ mass }},
        {% endfor -%}
        muster.da,
        muster.da is null as alle_da,
        geordnet.guete,
        list_select(geordnet.gueten, muster.plaetze) as gueten,
        geordnet.zeitraum_von,
        list_select(geordnet.zeitraeume, muster.plaetze) as zeitraeume
    from geordnet
    inner join muster on muster.gruppen = geordnet.gruppen
),
{%- endmacro %}

{# CTE "vektoren", one row per part: the weight of each group in numerator and denominator, the groups that feed it (alle,
   numbers in gruppen and zaehlergruppen) or lie across the edge of one of its terms (quer), and for each of its terms the
   groups and the bit. #}
{% macro vektoren(masse) -%}
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
        nummern.gruppe,
        teile.teil,
        {% for mass in masse -%}
        {% for rolle in ['zaehler', 'nenner'] -%}
        coalesce(sum(zuordnung.gewicht) filter (where zuordnung.rolle = '{{ rolle }}' and zuordnung.mass = '{{ mass }}'), 0)
            as {{ rolle }}_{{ mass }},
        {% endfor -%}
        {% endfor -%}
        count(zuordnung.gruppe) as zahl,
        count(zuordnung.gruppe) filter (where zuordnung.rolle = 'zaehler') as zahl_zaehler,
        count(zuordnung.gruppe) filter (where not zuordnung.passt) as quer
    from nummern
    cross join teile
    left join zuordnung on zuordnung.gruppe = nummern.gruppe and zuordnung.teil = teile.teil
    group by nummern.gruppe, teile.teil
),

gruppen_je_term as (
    select
        teilterme.teil,
        teilterme.bit,
        list(case when zuordnung.gruppe is null then cast(0 as double) else 1 end order by nummern.gruppe) as vektor
    from (select distinct zuordnung.teil, zuordnung.bit from zuordnung) as teilterme
    cross join nummern
    left join (select distinct z.teil, z.bit, z.gruppe from zuordnung as z) as zuordnung
        on zuordnung.teil = teilterme.teil
        and zuordnung.bit = teilterme.bit
        and zuordnung.gruppe = nummern.gruppe
    group by teilterme.teil, teilterme.bit
),

terme_je_teil as (
    select
        gruppen_je_term.teil,
        list(gruppen_je_term.vektor order by gruppen_je_term.bit) as terme,
        list(cast(1 as bigint) << gruppen_je_term.bit order by gruppen_je_term.bit) as bits,
        bit_or(cast(1 as bigint) << gruppen_je_term.bit) as maske_aller
    from gruppen_je_term
    group by gruppen_je_term.teil
),

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
        list(cast(gewichte.zahl as double) order by gewichte.gruppe) as alle,
        list(gewichte.gruppe order by gewichte.gruppe) filter (where gewichte.zahl > 0) as gruppen,
        list(gewichte.gruppe order by gewichte.gruppe) filter (where gewichte.zahl_zaehler > 0) as zaehlergruppen,
        list(cast(gewichte.quer as double) order by gewichte.gruppe) as quer,
        sum(gewichte.quer) > 0 as hat_quer,
        terme_je_teil.terme,
        terme_je_teil.bits,
        terme_je_teil.maske_aller
    from teile
    inner join gewichte on gewichte.teil = teile.teil
    inner join terme_je_teil on terme_je_teil.teil = teile.teil
    group by
        teile.teil, teile.indikator, teile.bezug, teile.versatz, teile.basis, teile.gemischt, teile.einfach,
        terme_je_teil.terme, terme_je_teil.bits, terme_je_teil.maske_aller
),
{%- endmacro %}
