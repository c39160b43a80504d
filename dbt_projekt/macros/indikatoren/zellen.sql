{# The points as rows for the last step (teile.sql). The group sums of a point are a vector with a place for every group of the
   theme (0 where the source has none), and all sides that the theme has are multiplied with it at once. #}

{# CTE "zellen", one row per point. seiten_*: the sums of all sides of the theme, per measure, by their number in seitenvektoren.
   gruppen: the groups that the point has. fehlende: terms (numbers in termvektoren) of which it has none. gueten: per group,
   only where groups differ; elsewhere guete and zeitraum_von hold for all. #}
{% macro zellen(thema, masse) -%}
gesammelt as (
    select
        hochgerechnet.bezugspunkt,
        list(hochgerechnet.gruppe) as gruppen,
        {% for mass in masse -%}
        list(hochgerechnet.{{ mass }}) as {{ mass }},
        {% endfor -%}
        bit_or(hochgerechnet.guete) as guete,
        case when bit_or(hochgerechnet.guete) != bit_and(hochgerechnet.guete) then list(hochgerechnet.guete) end as gueten
    from hochgerechnet
    group by hochgerechnet.bezugspunkt
),

-- One row: what everything is multiplied with, by number.
vektoren as (
    select
        {% for mass in masse -%}
        (
            select list(seiten.vektor order by seiten.nummer)
            from (
                select distinct s.nummer, s.vektor
                from {{ ref('seitenvektoren') }} as s
                where s.thema = '{{ thema }}' and s.mass = '{{ mass }}'
            ) as seiten
        ) as {{ mass }},
        {% endfor -%}
        (
            select list(terme.vektor order by terme.nummer)
            from (select distinct t.nummer, t.vektor from {{ ref('termvektoren') }} as t where t.thema = '{{ thema }}') as terme
        ) as terme,
        (select list(distinct gruppen.gruppe order by gruppen.gruppe) from gruppen) as gruppen
),

-- Where the sum of each group stands in points that have these groups; behind the last for a group that they do not have.
-- Few lists of groups occur; most of them hold all groups in order.
muster as (
    select
        vorhanden.gruppen,
        vorhanden.gruppen = vektoren.gruppen as geordnet,
        list_transform(
            vektoren.gruppen, lambda g: coalesce(list_position(vorhanden.gruppen, g), len(vorhanden.gruppen) + 1)
        ) as plaetze,
        len(vorhanden.gruppen) as zahl
    from (select distinct gesammelt.gruppen from gesammelt) as vorhanden
    cross join vektoren
),

da as (
    select
        muster.gruppen,
        muster.geordnet,
        muster.plaetze,
        case when muster.zahl < len(muster.plaetze) then list_transform(
            muster.plaetze, lambda platz: case when platz <= muster.zahl then cast(1 as double) else 0 end
        ) end as vektor
    from muster
),

lagen as (
    select
        da.gruppen,
        da.geordnet,
        da.plaetze,
        case
            when da.vektor is null then []
            else list_filter(
                list_transform(vektoren.terme, lambda v, i: case when list_dot_product(v, da.vektor) = 0 then i end),
                lambda i: i is not null
            )
        end as fehlende
    from da
    cross join vektoren
),

geordnet as (
    select
        gesammelt.bezugspunkt,
        gesammelt.gruppen,
        {% for mass in masse -%}
        case when lagen.geordnet then gesammelt.{{ mass }} else list_select(list_append(gesammelt.{{ mass }}, 0), lagen.plaetze) end
            as {{ mass }},
        {% endfor -%}
        lagen.fehlende,
        gesammelt.guete,
        list_select(gesammelt.gueten, lagen.plaetze) as gueten
    from gesammelt
    inner join lagen on lagen.gruppen = gesammelt.gruppen
),

-- Looked up by number: a join would copy the lists of every point.
nachzuschlagen as (
    select
        (select list(punkte.gebiet order by punkte.bezugspunkt) from {{ ref('bezugspunkte') }} as punkte) as gebiete,
        (select list(punkte.stichtag order by punkte.bezugspunkt) from {{ ref('bezugspunkte') }} as punkte) as stichtage,
        (select list(punkte.basis order by punkte.bezugspunkt) from {{ ref('bezugspunkte') }} as punkte) as basen,
        (select list(spannen.tage order by spannen.rang) from {{ ref('zeitspannen') }} as spannen) as tage
),

-- Materialized: without it the sides are multiplied anew for every figure.
zellen as materialized (
    select
        nachzuschlagen.gebiete[geordnet.bezugspunkt] as gebiet,
        nachzuschlagen.stichtage[geordnet.bezugspunkt] as stichtag,
        nachzuschlagen.basen[geordnet.bezugspunkt] as basis,
        geordnet.gruppen,
        {% for mass in masse -%}
        list_transform(vektoren.{{ mass }}, lambda v: list_dot_product(v, geordnet.{{ mass }})) as seiten_{{ mass }},
        {% endfor -%}
        geordnet.fehlende,
        geordnet.guete,
        geordnet.gueten,
        {{ zeitraum_aus_guete('geordnet.guete', 'nachzuschlagen.stichtage[geordnet.bezugspunkt]', 'nachzuschlagen.tage') }}
            as zeitraum_von,
        nachzuschlagen.tage
    from geordnet
    cross join vektoren
    cross join nachzuschlagen
),
{%- endmacro %}
