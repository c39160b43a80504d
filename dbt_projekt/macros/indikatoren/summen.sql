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
        sum({{ mass_einer_beobachtung('beobachtungen', mass) }}) as {{ mass }},
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
        coalesce(sum(nach_oben.{{ mass }}), 0) as {{ mass }},
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
        sum(beitraege.zaehler) as zaehler,
        sum(beitraege.nenner) as nenner,
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

{# CTE "je_term": what single terms of the numerator sum to, for forms that need them one by one. #}
{% macro je_term(forms) -%}
je_term as (
    select
        zuordnung.indikator,
        hochgerechnet.gebiet,
        {{ tag_der_kennzahl('hochgerechnet.stichtag', 'zuordnung.bezug', 'zuordnung.versatz') }} as stichtag,
        case when zuordnung.basis != '' then '' else hochgerechnet.basis end as basis,
        zuordnung.term,
        sum(zuordnung.gewicht * hochgerechnet.wert) as n
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
