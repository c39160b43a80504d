-- Changed figure and proved cause, for what is counted from cells: cells that feed it, how classes of cells enter it,
-- which districts are added up for it, and its declaration.
{% set schluessel = kennzahlschluessel() %}
with zuordnung as (
    select 1 as seite, indikator, klasse, rolle, bezug, versatz, basis, gewicht, mass, gemischt
    from {{ ref('klassenzuordnung') }}
    union all
    select -1 as seite, indikator, klasse, rolle, bezug, versatz, basis, gewicht, mass, gemischt
    from {{ source('raw', 'vorgaenger_zuordnung') }}
),

gebietsteile as (
    select 1 as seite, gebiet, teil, gewicht, umgerechnet, gilt_bis
    from {{ ref('gebietshuelle') }}
    union all
    select -1 as seite, gebiet, teil, gewicht, umgerechnet, gilt_bis
    from {{ source('raw', 'vorgaenger_gebietszuordnung') }}
),

aus_zellen as (
    select distinct
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        zellen.{{ ursachenspalten() | join(', zellen.') }}
    from {{ ref('zellursachen') }} as zellen
    inner join zuordnung
        on zuordnung.seite = zellen.seite
        and zuordnung.klasse = zellen.klasse
        and zuordnung.basis in ('', zellen.basis)
    inner join gebietsteile
        on gebietsteile.seite = zellen.seite
        and gebietsteile.teil = zellen.gebiet
        and (gebietsteile.gilt_bis is null or zellen.stichtag <= gebietsteile.gilt_bis)
    inner join {{ ref('kennzahlenwechsel') }} as kennzahlen
        on kennzahlen.indikator = zuordnung.indikator
        and kennzahlen.gebiet = gebietsteile.gebiet
        and kennzahlen.stichtag = {{ tag_der_kennzahl('zellen.stichtag', 'zuordnung.bezug', 'zuordnung.versatz') }}
        and kennzahlen.basis = {{ basis_der_kennzahl(
            'zuordnung.basis', 'zuordnung.gemischt', 'zellen.basis', 'kennzahlen.basis'
        ) }}
),

-- Where cells can be, by what tells them apart: a definition counts differently only what both releases know.
stellen as (
    select distinct
        1 as seite, merkmal, {{ gliederungen() | join(', ') }}, klasse, gebiet, stichtag, basis
    from {{ ref('beobachtungen') }}
    where not ist_summe
    union all
    select distinct
        -1 as seite, merkmal, {{ gliederungen() | join(', ') }}, klasse, gebiet, stichtag, basis
    from {{ source('raw', 'vorgaenger_beobachtungen') }}
    where not ist_summe
),

kombinationen as (
    select
        merkmal, {{ gliederungen() | join(', ') }},
        min(klasse) filter (where seite = 1) as klasse_neu,
        min(klasse) filter (where seite = -1) as klasse_alt
    from stellen
    group by merkmal, {{ gliederungen() | join(', ') }}
    having count(distinct seite) = 2
),

textwechsel as (
    select distinct wechsel.name as indikator
    from {{ ref('definitionswechsel') }} as wechsel
    where wechsel.bereich = 'indikator' and wechsel.vorher is not null and wechsel.nachher is not null
),

abbildung as (
    select
        zuordnung.indikator,
        zuordnung.rolle,
        zuordnung.bezug,
        zuordnung.versatz,
        zuordnung.basis,
        zuordnung.gewicht,
        zuordnung.mass,
        {% for spalte in ['merkmal'] + gliederungen() -%}
        kombinationen.{{ spalte }},
        {% endfor -%}
        sum(zuordnung.seite) as seiten
    from zuordnung
    inner join textwechsel on textwechsel.indikator = zuordnung.indikator
    inner join kombinationen
        on zuordnung.klasse
        = case zuordnung.seite when 1 then kombinationen.klasse_neu else kombinationen.klasse_alt end
    group by all
    having sum(zuordnung.seite) != 0
),

anders_gezaehlt as (
    select distinct
        abbildung.indikator, abbildung.bezug, abbildung.versatz, abbildung.basis as nur_basis, stellen.gebiet,
        stellen.stichtag, stellen.basis
    from abbildung
    inner join stellen on {{ gleich('stellen', 'abbildung', ['merkmal'] + gliederungen()) }}
),

texte as (
    select
        name as indikator,
        string_agg(feld || ' = ' || vorher, '; ' order by feld) as vorher,
        string_agg(feld || ' = ' || nachher, '; ' order by feld) as nachher
    from {{ ref('definitionswechsel') }}
    where bereich = 'indikator' and feld in ('zaehler', 'nenner')
    group by name
),

aus_definitionen as (
    select distinct
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ ursache("'definition'", definition_vorher='texte.vorher', definition_nachher='texte.nachher') }}
    from anders_gezaehlt as anders
    inner join texte on texte.indikator = anders.indikator
    inner join gebietsteile
        on gebietsteile.teil = anders.gebiet
        and (gebietsteile.gilt_bis is null or anders.stichtag <= gebietsteile.gilt_bis)
    inner join {{ ref('kennzahlenwechsel') }} as kennzahlen
        on kennzahlen.indikator = anders.indikator
        and kennzahlen.gebiet = gebietsteile.gebiet
        and kennzahlen.stichtag = {{ tag_der_kennzahl('anders.stichtag', 'anders.bezug', 'anders.versatz') }}
        and kennzahlen.basis in ('', anders.basis)
),

felder as (
    select name as indikator, feld, vorher, nachher
    from {{ ref('definitionswechsel') }}
    where bereich = 'indikator'
),

aus_feldern as (
    {% for feld, bedingung in definitionsfelder().items() if bedingung -%}
    select
        kennzahl.{{ schluessel | join(', kennzahl.') }},
        {{ ursache(
            "'" ~ ('geheimhaltung' if feld == 'mindestbasis' else 'definition') ~ "'",
            definition_vorher="feld.feld || ' = ' || feld.vorher", definition_nachher="feld.feld || ' = ' || feld.nachher"
        ) }}
    from {{ ref('kennzahlenwechsel') }} as kennzahl
    inner join felder as feld
        on feld.indikator = kennzahl.indikator and feld.feld = '{{ feld }}' and feld.vorher is not null
        and feld.nachher is not null
    where {{ bedingung }}
    union all
    {% endfor -%}
    -- declared for the first time, or no longer
    select
        kennzahl.{{ schluessel | join(', kennzahl.') }},
        {{ ursache("'definition'", definition_vorher='feld.vorher', definition_nachher='feld.nachher') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahl
    inner join felder as feld
        on feld.indikator = kennzahl.indikator
        and feld.feld = 'zaehler'
        and (feld.vorher is null or feld.nachher is null)
),

teilwechsel as (
    select
        coalesce(neu.gebiet, alt.gebiet) as gebiet,
        coalesce(neu.teil, alt.teil) as teil,
        case when alt.teil is not null then {{ parametertext('alt', ['teil', 'gewicht', 'gilt_bis']) }} end as vorher,
        case when neu.teil is not null then {{ parametertext('neu', ['teil', 'gewicht', 'gilt_bis']) }} end as nachher,
        case
            when alt.teil is null then date '0001-01-01' else coalesce(alt.gilt_bis, date '9999-12-31')
        end as galt_bis,
        case
            when neu.teil is null then date '0001-01-01' else coalesce(neu.gilt_bis, date '9999-12-31')
        end as gilt_bis,
        coalesce({{ gleich('neu', 'alt', ['gewicht', 'umgerechnet']) }}, false) as gleich_gewichtet
    from {{ ref('gebietshuelle') }} as neu
    full outer join {{ source('raw', 'vorgaenger_gebietszuordnung') }} as alt
        on alt.gebiet = neu.gebiet and alt.teil = neu.teil
    where not ({{ gleich('neu', 'alt', ['gebiet', 'teil', 'gewicht', 'umgerechnet', 'gilt_bis']) }})
),

aus_gebieten as (
    select distinct
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ ursache(
            "'gebietsstand'", definition_vorher='teilwechsel.vorher', definition_nachher='teilwechsel.nachher'
        ) }}
    from teilwechsel
    inner join stellen
        on stellen.gebiet = teilwechsel.teil
        and stellen.stichtag <= greatest(teilwechsel.galt_bis, teilwechsel.gilt_bis)
        and (not teilwechsel.gleich_gewichtet or stellen.stichtag > least(teilwechsel.galt_bis, teilwechsel.gilt_bis))
    inner join zuordnung
        on zuordnung.seite = stellen.seite
        and zuordnung.klasse = stellen.klasse
        and zuordnung.basis in ('', stellen.basis)
    inner join {{ ref('kennzahlenwechsel') }} as kennzahlen
        on kennzahlen.indikator = zuordnung.indikator
        and kennzahlen.gebiet = teilwechsel.gebiet
        and kennzahlen.stichtag = {{ tag_der_kennzahl('stellen.stichtag', 'zuordnung.bezug', 'zuordnung.versatz') }}
        and kennzahlen.basis = {{ basis_der_kennzahl(
            'zuordnung.basis', 'zuordnung.gemischt', 'stellen.basis', 'kennzahlen.basis'
        ) }}
)

{% for teil in ['aus_zellen', 'aus_definitionen', 'aus_feldern', 'aus_gebieten'] -%}
select {{ (schluessel + ursachenspalten()) | join(', ') }}
from {{ teil }}
{{ 'union' if not loop.last }}
{% endfor %}
