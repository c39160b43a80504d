{# From observations to numerator and denominator of every indicator: the CTEs of indikatorwerte up to "je_indikator".

   Figures are summed once per district, date and group (classes that behave alike in this theme). A district's group sums
   of one date form a vector, the weights of an indicator's side another, and the side is their scalar product: a few
   additions per figure instead of a joined row for every group that it is made of. What hardly ever differs inside a
   district and date (status, confidentiality, kind of data, first day of the period) is taken from the whole, and only the
   groups that differ are followed to the indicators they enter ("ausnahmen").

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
        dense_rank() over (order by signaturen.signatur) as gruppe
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

summen as (
    select
        beobachtungen.gebiet,
        beobachtungen.stichtag,
        beobachtungen.basis,
        gruppen.gruppe,
        {% for mass in masse -%}
        {{ summe_gerundet(mass_einer_beobachtung('beobachtungen', mass)) }} as {{ mass }},
        {% endfor -%}
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
    group by beobachtungen.gebiet, beobachtungen.stichtag, beobachtungen.basis, gruppen.gruppe
),

merkmale_je_gruppe as (
    select distinct
        gruppen.gruppe,
        klassen.merkmal
    from gruppen
    inner join {{ ref('klassen') }} as klassen on klassen.klasse = gruppen.klasse
),

nach_oben as (
    select
        gebietshuelle.gebiet,
        summen.stichtag,
        summen.basis,
        summen.gruppe,
        {% for mass in masse -%}
        gebietshuelle.gewicht * summen.{{ mass }} as {{ mass }},
        {% endfor -%}
        summen.ohne_wert,
        greatest(summen.status_rang, case when gebietshuelle.umgerechnet then 5 else 0 end) as status_rang,
        summen.vertraulichkeit_rang,
        summen.datenart_rang,
        summen.zeitraum_von
    from summen
    inner join {{ ref('gebietshuelle') }} as gebietshuelle
        on gebietshuelle.teil = summen.gebiet
        and (gebietshuelle.gilt_bis is null or summen.stichtag <= gebietshuelle.gilt_bis)
    union all
    select
        abdeckung.gebiet,
        abdeckung.stichtag,
        '' as basis,
        merkmale_je_gruppe.gruppe,
        {% for mass in masse -%}
        abdeckung.wert as {{ mass }},
        {% endfor -%}
        case when abdeckung.wert is null then 1 else 0 end as ohne_wert,
        status.rang as status_rang,
        0 as vertraulichkeit_rang,
        case abdeckung.datenart when 'beispiel' then 2 when 'eingang' then 1 else 0 end as datenart_rang,
        abdeckung.zeitraum_von
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
        coalesce({{ summe_gerundet('nach_oben.' ~ mass) }}, 0) as {{ mass }},
        {% endfor -%}
        sum(nach_oben.ohne_wert) as ohne_wert,
        max(nach_oben.status_rang) as status_rang,
        max(nach_oben.vertraulichkeit_rang) as vertraulichkeit_rang,
        max(nach_oben.datenart_rang) as datenart_rang,
        min(nach_oben.zeitraum_von) as zeitraum_von
    from nach_oben
    group by nach_oben.gebiet, nach_oben.stichtag, nach_oben.basis, nach_oben.gruppe
),

zellen as (
    select
        row_number() over () as zelle,
        hochgerechnet.gebiet,
        hochgerechnet.stichtag,
        hochgerechnet.basis,
        list(hochgerechnet.gruppe order by hochgerechnet.gruppe) as gruppen,
        {% for mass in masse -%}
        list(hochgerechnet.{{ mass }} order by hochgerechnet.gruppe) as {{ mass }},
        {% endfor -%}
        count(*) = (select max(gruppen.gruppe) from gruppen) as alle_da,
        min(hochgerechnet.status_rang) as status_rang,
        min(hochgerechnet.vertraulichkeit_rang) as vertraulichkeit_rang,
        min(hochgerechnet.datenart_rang) as datenart_rang,
        case
            when count(hochgerechnet.zeitraum_von) = count(*) and min(hochgerechnet.zeitraum_von) = max(hochgerechnet.zeitraum_von)
                then min(hochgerechnet.zeitraum_von)
        end as zeitraum_von
    from hochgerechnet
    group by hochgerechnet.gebiet, hochgerechnet.stichtag, hochgerechnet.basis
),

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
    {%- if mass == 'alter_mitte' -%} {{ beobachtung }}.wert * ({{ beobachtung }}.alter_von + 0.5)
    {%- elif mass == 'sozialindexstufe' -%} {{ beobachtung }}.wert * {{ beobachtung }}.sozialindexstufe
    {%- else -%} {{ beobachtung }}.wert
    {%- endif -%}
{%- endmacro %}
