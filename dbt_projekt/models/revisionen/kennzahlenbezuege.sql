-- Which changed figure can have changed because another one did: both are changed, and the first is made of the second.
{% set schluessel = kennzahlschluessel() %}
with eingaenge as (
    select indikator, gebiet, stichtag, basis, merkmal, eingang_gebiet, eingang_stichtag, eingang_basis, gewicht
    from {{ ref('ableitungen') }}
    where rolle = 'komponente'
    union
    select indikator, gebiet, stichtag, basis, merkmal, eingang_gebiet, eingang_stichtag, eingang_basis, gewicht
    from {{ source('raw', 'vorgaenger_ableitungen') }}
    where rolle = 'komponente'
),

themen as (
    select indikator, thema
    from {{ ref('indikator_katalog') }}
    where form = 'abgeleitet'
),

-- A weight that changed shows that the figures of the other districts count too: centre and spread of the index.
neu_gewichtet as (
    select indikator, gebiet, stichtag, basis, merkmal, eingang_stichtag, eingang_basis
    from eingaenge
    group by indikator, gebiet, stichtag, basis, merkmal, eingang_gebiet, eingang_stichtag, eingang_basis
    having count(distinct gewicht) > 1
),

bezuege as (
    select indikator, gebiet, stichtag, basis, merkmal, eingang_gebiet, eingang_stichtag, eingang_basis
    from eingaenge
    union
    select
        neu_gewichtet.indikator,
        neu_gewichtet.gebiet,
        neu_gewichtet.stichtag,
        neu_gewichtet.basis,
        neu_gewichtet.merkmal,
        andere.eingang_gebiet,
        neu_gewichtet.eingang_stichtag,
        neu_gewichtet.eingang_basis
    from neu_gewichtet
    inner join (
        select distinct indikator, merkmal, eingang_gebiet, eingang_stichtag, eingang_basis from eingaenge
    ) as andere
        on andere.indikator = neu_gewichtet.indikator
        and andere.merkmal = neu_gewichtet.merkmal
        and andere.eingang_stichtag = neu_gewichtet.eingang_stichtag
        and andere.eingang_basis = neu_gewichtet.eingang_basis
),

-- Derived figures without a value name no inputs: then those that such figures have.
arten as (
    select distinct indikator, merkmal
    from eingaenge
),

themenweit as (
    select
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ als_eingang('eingang') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join arten on arten.indikator = kennzahlen.indikator
    left join themen on themen.indikator = kennzahlen.indikator
    inner join {{ ref('kennzahlenwechsel') }} as eingang
        on eingang.indikator = arten.merkmal
        and eingang.stichtag = kennzahlen.stichtag
        and (eingang.basis = kennzahlen.basis or eingang.basis = '')
        and (eingang.gebiet = kennzahlen.gebiet or themen.thema = 'erreichbarkeit')
),

-- What the figures about the pipeline count: hidden ones, newest ones, changed ones.
gezaehlt as (
    select
        qualitaet.{{ schluessel | join(', qualitaet.') }},
        {{ als_eingang('eingang') }}
    from {{ ref('kennzahlenwechsel') }} as qualitaet
    inner join {{ ref('gebietshuelle') }} as huelle on huelle.gebiet = qualitaet.gebiet and not huelle.umgerechnet
    inner join {{ ref('kennzahlenwechsel') }} as eingang on eingang.gebiet = huelle.teil
    left join themen on themen.indikator = eingang.indikator
    where
        qualitaet.indikator in ('anteil_verdeckt', 'anteil_revidiert', 'alter_neueste_kennzahl')
        and qualitaet.art = 'geändert'
        and coalesce(themen.thema, '') != 'qualitaet'
        and (
            eingang.art != 'geändert'
            or case qualitaet.indikator
                when 'anteil_verdeckt' then (eingang.status_vorher = 'Q') != (eingang.status_nachher = 'Q')
                when 'alter_neueste_kennzahl' then (eingang.wert_vorher is null) != (eingang.wert_nachher is null)
                else eingang.wert_vorher is distinct from eingang.wert_nachher
            end
        )
),

-- The first figure behind a break depends on which one stands before it.
reihen as (
    select
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ als_eingang('eingang') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join {{ ref('kennzahlenwechsel') }} as eingang
        on eingang.indikator = kennzahlen.indikator
        and eingang.gebiet = kennzahlen.gebiet
        and eingang.basis = kennzahlen.basis
        and eingang.stichtag < kennzahlen.stichtag
    where
        kennzahlen.art = 'geändert'
        and (kennzahlen.status_vorher = 'B') != (kennzahlen.status_nachher = 'B')
        and (eingang.wert_vorher is null) != (eingang.wert_nachher is null)
)

select
    kennzahlen.{{ schluessel | join(', kennzahlen.') }},
    {{ als_eingang('eingang') }}
from {{ ref('kennzahlenwechsel') }} as kennzahlen
inner join bezuege on {{ gleich('bezuege', 'kennzahlen', schluessel) }}
inner join {{ ref('kennzahlenwechsel') }} as eingang
    on eingang.indikator = bezuege.merkmal
    and eingang.gebiet = bezuege.eingang_gebiet
    and eingang.stichtag = bezuege.eingang_stichtag
    and eingang.basis = bezuege.eingang_basis
{% for teil in ['themenweit', 'gezaehlt', 'reihen'] -%}
union
select
    {{ schluessel | join(', ') }}, eingang_{{ schluessel | join(', eingang_') }}
from {{ teil }}
{% endfor %}
