{# From observations to numerator and denominator of every indicator: the CTEs of indikatorwerte up to "je_indikator".

   Figures are summed once per district, date and group (classes that behave alike in this theme). A district's group sums
   of one date form a vector (zellen.sql), the weights of an indicator's side another, and the side is their scalar product:
   a few additions per figure instead of a joined row for every group that it is made of. What hardly ever differs inside a
   district and date (status, confidentiality, kind of data, first day of the period) is kept once for the whole, and per
   group only where groups differ.

   Terms that are counted at the same date and on the same basis are one part ("teil") of an indicator; most indicators have
   one part, which is the figure. Bit 0 to 30 of "maske" are the terms of the numerator, from 31 on those of the denominator. #}
{% macro summen_und_teile(thema) -%}
{%- set masse = masse_des_themas(thema) -%}
klassen_des_themas as (
    select
        klassenzuordnung.klasse,
        klassenzuordnung.indikator,
        klassenzuordnung.rolle,
        klassenzuordnung.term,
        klassenzuordnung.bezug,
        klassenzuordnung.versatz,
        klassenzuordnung.basis,
        klassenzuordnung.gewicht,
        klassenzuordnung.mass,
        klassenzuordnung.passt,
        klassenzuordnung.gemischt
    from {{ ref('klassenzuordnung') }} as klassenzuordnung
    where klassenzuordnung.thema = '{{ thema }}' and klassenzuordnung.rolle in ('zaehler', 'nenner')
),

signaturen as (
    select
        klassen_des_themas.klasse,
        string_agg(
            concat_ws('|', klassen_des_themas.indikator, klassen_des_themas.rolle, klassen_des_themas.term, klassen_des_themas.passt),
            ';' order by klassen_des_themas.indikator, klassen_des_themas.rolle, klassen_des_themas.term
        ) as signatur
    from klassen_des_themas
    group by klassen_des_themas.klasse
),

-- Classes that only other themes tell apart are one group here; numbered from 1 without gaps, the place in the vectors.
gruppen as (
    select
        signaturen.klasse,
        cast(dense_rank() over (order by signaturen.signatur) as integer) as gruppe
    from signaturen
),

zuordnung as (
    select distinct
        gruppen.gruppe,
        dense_rank() over (
            order by klassen_des_themas.indikator, klassen_des_themas.bezug, klassen_des_themas.versatz, klassen_des_themas.basis
        ) as teil,
        klassen_des_themas.indikator,
        klassen_des_themas.rolle,
        klassen_des_themas.term,
        klassen_des_themas.term - 1 + case klassen_des_themas.rolle when 'nenner' then 31 else 0 end as bit,
        klassen_des_themas.bezug,
        klassen_des_themas.versatz,
        klassen_des_themas.basis,
        klassen_des_themas.gewicht,
        klassen_des_themas.mass,
        klassen_des_themas.passt,
        klassen_des_themas.gemischt
    from klassen_des_themas
    inner join gruppen on gruppen.klasse = klassen_des_themas.klasse
),

gueten as (
    select
        status.status,
        vertraulichkeit.vertraulichkeit,
        {{ datenart_aus_rang('arten.rang') }} as datenart,
        {{ guete('status.rang', 'vertraulichkeit.rang', 'arten.rang') }} as guete
    from {{ ref('status') }} as status
    cross join {{ ref('vertraulichkeit') }} as vertraulichkeit
    cross join (select unnest([0, 1, 2]) as rang) as arten
),

summen as (
    select
        beobachtungen.gebiet,
        beobachtungen.stichtag,
        beobachtungen.basis,
        gruppen.gruppe,
        {% for mass in masse -%}
        {{ summe_gerundet(mass_einer_beobachtung('beobachtungen', mass)) }} as {{ mass }},
        {% endfor -%}
        bit_or(gueten.guete | {{ guete_ohne_wert('beobachtungen.wert') }}) as guete,
        min(beobachtungen.zeitraum_von) as zeitraum_von
    from {{ ref('beobachtungen') }} as beobachtungen
    inner join gruppen on gruppen.klasse = beobachtungen.klasse
    inner join gueten
        on gueten.status = beobachtungen.status
        and gueten.vertraulichkeit = beobachtungen.vertraulichkeit
        and gueten.datenart = beobachtungen.datenart
    group by beobachtungen.gebiet, beobachtungen.stichtag, beobachtungen.basis, gruppen.gruppe
),

merkmale_je_gruppe as (
    select distinct
        gruppen.gruppe,
        klassen.merkmal
    from gruppen
    inner join {{ ref('klassen') }} as klassen on klassen.klasse = gruppen.klasse
),

-- Groups of which a directory may say that there is none.
verzeichnete as (
    select distinct merkmale_je_gruppe.gruppe
    from merkmale_je_gruppe
    inner join {{ ref('abdeckung') }} as abdeckung on abdeckung.merkmal = merkmale_je_gruppe.merkmal
),

-- Most districts consist of themselves only ("allein"): their sums are finished and need not be summed again.
wege as (
    select
        gebietshuelle.gebiet,
        gebietshuelle.teil,
        gebietshuelle.gewicht,
        gebietshuelle.umgerechnet,
        gebietshuelle.gilt_bis,
        count(*) over (partition by gebietshuelle.gebiet) = 1 as allein
    from {{ ref('gebietshuelle') }} as gebietshuelle
),

nach_oben as (
    select
        wege.gebiet,
        summen.stichtag,
        summen.basis,
        summen.gruppe,
        {% for mass in masse -%}
        wege.gewicht * summen.{{ mass }} as {{ mass }},
        {% endfor -%}
        summen.guete | case when wege.umgerechnet then ({{ guete(5, 0, 0) }}) else 0 end as guete,
        summen.zeitraum_von,
        wege.allein and verzeichnete.gruppe is null as fertig
    from summen
    inner join wege on wege.teil = summen.gebiet and (wege.gilt_bis is null or summen.stichtag <= wege.gilt_bis)
    left join verzeichnete on verzeichnete.gruppe = summen.gruppe
    union all
    select
        abdeckung.gebiet,
        abdeckung.stichtag,
        '' as basis,
        merkmale_je_gruppe.gruppe,
        {% for mass in masse -%}
        abdeckung.wert as {{ mass }},
        {% endfor -%}
        ({{ guete('status.rang', 0, datenart_rang('abdeckung.datenart')) }}) | {{ guete_ohne_wert('abdeckung.wert') }} as guete,
        abdeckung.zeitraum_von,
        false as fertig
    from {{ ref('abdeckung') }} as abdeckung
    inner join merkmale_je_gruppe on merkmale_je_gruppe.merkmal = abdeckung.merkmal
    inner join {{ ref('status') }} as status on status.status = abdeckung.status
),

hochgerechnet as (
    select
        nach_oben.gebiet,
        nach_oben.stichtag,
        nach_oben.basis,
        nach_oben.gruppe,
        {% for mass in masse -%}
        coalesce({{ gerundet('nach_oben.' ~ mass) }}, 0) as {{ mass }},
        {% endfor -%}
        nach_oben.guete,
        nach_oben.zeitraum_von
    from nach_oben
    where nach_oben.fertig
    union all
    select
        nach_oben.gebiet,
        nach_oben.stichtag,
        nach_oben.basis,
        nach_oben.gruppe,
        {% for mass in masse -%}
        coalesce({{ summe_gerundet('nach_oben.' ~ mass) }}, 0) as {{ mass }},
        {% endfor -%}
        bit_or(nach_oben.guete) as guete,
        min(nach_oben.zeitraum_von) as zeitraum_von
    from nach_oben
    where not nach_oben.fertig
    group by nach_oben.gebiet, nach_oben.stichtag, nach_oben.basis, nach_oben.gruppe
),

{{ zellen(masse) }}

{{ vektoren(masse) }}

{{ teile_zusammen(masse) }}
{%- endmacro %}

{# CTE "je_term": what single terms of the numerator sum to, for forms that need them one by one. #}
{% macro je_term(forms) -%}
je_term as (
    select
        zuordnung.indikator,
        hochgerechnet.gebiet,
        {{ tag_der_kennzahl('hochgerechnet.stichtag', 'zuordnung.bezug', 'zuordnung.versatz') }} as stichtag,
        case when zuordnung.basis != '' then '' else hochgerechnet.basis end as basis,
        zuordnung.term,
        {{ summe_gerundet('zuordnung.gewicht * hochgerechnet.wert') }} as n
    from hochgerechnet
    inner join zuordnung
        on zuordnung.gruppe = hochgerechnet.gruppe
        and zuordnung.rolle = 'zaehler'
        and zuordnung.basis in ('', hochgerechnet.basis)
    inner join {{ ref('indikator_definitionen') }} as definition
        on definition.indikator = zuordnung.indikator and definition.form in ({{ sql_liste(forms) }})
    group by all
),
{%- endmacro %}

{# What is added up for a term: the figure itself, or the figure times the middle of its age year or its step. Only
   measures that the theme uses are summed. #}
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
