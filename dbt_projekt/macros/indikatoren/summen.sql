{# From counts to numerator and denominator of every indicator: the CTEs of indikatorwerte up to "je_indikator".

   Figures are summed once per point (district, date, basis) and group (classes that behave alike in this theme). The group
   sums of a point form a vector (zellen.sql), the weights of an indicator's side another (model seitenvektoren), and the side
   is their scalar product: a few additions per figure instead of a joined row for every group that it is made of. Sides that
   several indicators have in common, as most denominators are, are multiplied once. What hardly ever differs inside a point
   (status, confidentiality, kind of data, length of the period) is kept once for the whole, and per group only where groups
   differ. An indicator's parts and the bits of "maske" are said in the model gruppenterme. #}
{% macro summen_und_teile(thema) -%}
{%- set masse = masse_des_themas(thema) -%}
gruppen as (
    select
        gruppen.klasse,
        gruppen.gruppe
    from {{ ref('gruppen') }} as gruppen
    where gruppen.thema = '{{ thema }}'
),

merkmale_je_gruppe as (
    select distinct
        gruppen.gruppe,
        klassen.merkmal
    from gruppen
    inner join {{ ref('klassen') }} as klassen on klassen.klasse = gruppen.klasse
),

-- What makes up the figures of a point: its own counts, those of the districts that it contains, and none where a directory
-- lists nothing.
bestandteile as (
    select
        wege.nach as bezugspunkt,
        gruppen.gruppe,
        {% for mass in masse -%}
        wege.gewicht * zaehlungen.{{ mass }} as {{ mass }},
        {% endfor -%}
        zaehlungen.guete | case when wege.umgerechnet then ({{ guete(5, 0, 0) }}) else 0 end as guete
    from {{ ref('zaehlungen') }} as zaehlungen
    inner join gruppen on gruppen.klasse = zaehlungen.klasse
    inner join {{ ref('bezugswege') }} as wege on wege.von = zaehlungen.bezugspunkt
    union all
    select
        bezugspunkte.bezugspunkt,
        merkmale_je_gruppe.gruppe,
        {% for mass in masse -%}
        abdeckung.wert as {{ mass }},
        {% endfor -%}
        ({{ guete('status.rang', 0, datenart_rang('abdeckung.datenart')) }}) | {{ guete_ohne_wert('abdeckung.wert') }}
            | {{ guete_zeitspanne('zeitspannen.rang') }} as guete
    from {{ ref('abdeckung') }} as abdeckung
    inner join {{ ref('bezugspunkte') }} as bezugspunkte
        on bezugspunkte.gebiet = abdeckung.gebiet and bezugspunkte.stichtag = abdeckung.stichtag and bezugspunkte.basis = ''
    inner join merkmale_je_gruppe on merkmale_je_gruppe.merkmal = abdeckung.merkmal
    inner join {{ ref('status') }} as status on status.status = abdeckung.status
    left join {{ ref('zeitspannen') }} as zeitspannen on zeitspannen.tage = abdeckung.stichtag - abdeckung.zeitraum_von
),

-- In order, so that the lists that are made of them (zellen.sql) are in few different orders.
hochgerechnet as (
    select
        bestandteile.bezugspunkt,
        bestandteile.gruppe,
        {% for mass in masse -%}
        coalesce({{ summe_gerundet('bestandteile.' ~ mass) }}, 0) as {{ mass }},
        {% endfor -%}
        bit_or(bestandteile.guete) as guete
    from bestandteile
    group by bestandteile.bezugspunkt, bestandteile.gruppe
    order by bestandteile.bezugspunkt, bestandteile.gruppe
),

{{ zellen(thema, masse) }}

{{ teile_zusammen(thema, masse) }}
{%- endmacro %}

{# What can be added up for a term: the figure itself, or the figure times the middle of its age year or its step. #}
{% macro masse() -%} {{ return(['wert', 'alter_mitte', 'sozialindexstufe']) }} {%- endmacro %}

{# Only measures that the theme uses are summed. #}
{% macro masse_des_themas(thema) -%}
    {%- set masse = ['wert'] -%}
    {%- for node in themen() if node.config.meta.thema == thema -%}
        {%- for spalte in node.columns.values() if ist_indikator(spalte) -%}
            {%- set meta = spaltenmeta(spalte) -%}
            {%- for term in als_liste(meta.get('zaehler')) + als_liste(meta.get('nenner')) -%}
                {%- if term.get('gewicht') and term.gewicht not in masse -%}{%- do masse.append(term.gewicht) -%}{%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(masse) }}
{%- endmacro %}

{% macro mass_einer_beobachtung(beobachtung, mass) -%}
    {%- if mass == 'alter_mitte' -%} {{ beobachtung }}.wert * ({{ beobachtung }}.alter_von + cast(0.5 as double))
    {%- elif mass == 'sozialindexstufe' -%} {{ beobachtung }}.wert * {{ beobachtung }}.sozialindexstufe
    {%- else -%} {{ beobachtung }}.wert
    {%- endif -%}
{%- endmacro %}
