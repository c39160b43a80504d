-- Changed figure and proved cause, for what is made of other things than cells: facilities, areas, parameters, places
-- of demand, the state of sources, and the day of the newest retrieval. What other figures cause is passed on later.
{% set schluessel = kennzahlschluessel() %}
with eingaenge as (
    select distinct indikator, gebiet, stichtag, basis, rolle, merkmal, eingang_stichtag
    from {{ ref('ableitungen') }}
    union
    select distinct indikator, gebiet, stichtag, basis, rolle, merkmal, eingang_stichtag
    from {{ source('raw', 'vorgaenger_ableitungen') }}
),

themen as (
    select indikator, thema
    from {{ ref('indikator_katalog') }}
    where form = 'abgeleitet'
    union
    select indikator, thema
    from {{ source('raw', 'vorgaenger_katalog') }}
    where form = 'abgeleitet'
),

{{ abrufwechsel_je_quelle('abrufwechsel') }}

-- A facility that is another one, lies elsewhere or offers something else.
einrichtungswechsel as (
    select
        coalesce(neu.einrichtung, alt.einrichtung) as einrichtung,
        coalesce(neu.stichtag, alt.stichtag) as stichtag,
        coalesce(neu.quelle, alt.quelle) as quelle,
        alt.abruf as abruf_vorher,
        neu.abruf as abruf_nachher,
        coalesce(neu.abruf, '') != coalesce(alt.abruf, '') as anderer_abruf,
        {{ parametertext('neu', ['x', 'y', 'gebiet']) }} != {{ parametertext('alt', ['x', 'y', 'gebiet']) }} as versetzt
    from {{ ref('einrichtungen') }} as neu
    full outer join {{ source('raw', 'vorgaenger_einrichtungen') }} as alt
        on alt.art = neu.art and alt.einrichtung = neu.einrichtung and alt.stichtag = neu.stichtag
    where not ({{ gleich('neu', 'alt', [
        'einrichtung', 'gebiet', 'x', 'y', 'plaetze_u3', 'plaetze_ue3', 'plaetze', 'schueler'
    ]) }})
),

einrichtungsursachen as (
    select einrichtung, stichtag, {{ ursache("'quelle'", 'quelle', 'abruf_vorher', 'abruf_nachher') }}
    from einrichtungswechsel
    where anderer_abruf
    union
    select
        wechsel.einrichtung, wechsel.stichtag,
        {{ ursache("'quelle'", 'orte.quelle', 'orte.abruf_vorher', 'orte.abruf_nachher') }}
    from einrichtungswechsel as wechsel
    inner join abrufwechsel as orte on orte.quelle in ('gebiete', 'adressen')
    where wechsel.versetzt
    union
    select einrichtung, stichtag, {{ ursachenspalten() | join(', ') }}
    from {{ ref('zellursachen') }}
    where einrichtung is not null
),

-- Whose reach it is depends on all facilities and children around: there a cause counts for every district of the day.
aus_einrichtungen as (
    select kennzahlen.{{ schluessel | join(', kennzahlen.') }}, u.{{ ursachenspalten() | join(', u.') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join eingaenge
        on {{ gleich('eingaenge', 'kennzahlen', schluessel) }} and eingaenge.rolle = 'einrichtung'
    inner join einrichtungsursachen as u
        on u.einrichtung = eingaenge.merkmal and u.stichtag = eingaenge.eingang_stichtag
    union
    select kennzahlen.{{ schluessel | join(', kennzahlen.') }}, u.{{ ursachenspalten() | join(', u.') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join themen on themen.indikator = kennzahlen.indikator and themen.thema = 'erreichbarkeit'
    inner join (
        select distinct indikator, stichtag, merkmal
        from eingaenge
        where rolle = 'einrichtung'
    ) as eingaenge
        on eingaenge.indikator = kennzahlen.indikator and eingaenge.stichtag = kennzahlen.stichtag
    inner join einrichtungsursachen as u
        on u.einrichtung = eingaenge.merkmal and u.stichtag = kennzahlen.stichtag
),

punktwechsel as (
    select count(*) > 0 as anders
    from {{ ref('nachfragepunkte') }} as neu
    full outer join {{ source('raw', 'vorgaenger_nachfragepunkte') }} as alt
        on alt.gebiet = neu.gebiet and alt.punkt = neu.punkt
    where not ({{ gleich('neu', 'alt', ['gebiet', 'punkt', 'x', 'y', 'adressen', 'anteil']) }})
),

aus_punkten as (
    select
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ ursache("'quelle'", 'orte.quelle', 'orte.abruf_vorher', 'orte.abruf_nachher') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join themen on themen.indikator = kennzahlen.indikator and themen.thema = 'erreichbarkeit'
    inner join punktwechsel on punktwechsel.anders
    inner join abrufwechsel as orte on orte.quelle in ('gebiete', 'adressen')
),

-- Another network of footpaths, or the first or none: any way may be another one.
aus_wegen as (
    select
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ ursache("'quelle'", 'netz.quelle', 'netz.abruf_vorher', 'netz.abruf_nachher') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join themen on themen.indikator = kennzahlen.indikator and themen.thema = 'erreichbarkeit'
    inner join abrufwechsel as netz on netz.quelle = 'fusswegenetz'
),

aus_parametern as (
    select
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ ursache("'definition'", definition_vorher='wechsel.vorher', definition_nachher='wechsel.nachher') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    left join themen on themen.indikator = kennzahlen.indikator
    inner join {{ ref('definitionswechsel') }} as wechsel
        on wechsel.bereich = 'parameter'
        and case wechsel.name
            when 'brueche' then kennzahlen.status_vorher = 'B' or kennzahlen.status_nachher = 'B'
            when 'reichweiten' then themen.thema = 'erreichbarkeit'
            else themen.thema = 'index'
        end
),

aus_flaechen as (
    select
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ ursache(
            "'gebietsstand'", definition_vorher="'Fläche ' || coalesce(cast(alt.flaeche_km2 as varchar), 'unbekannt') || ' km²'",
            definition_nachher="'Fläche ' || coalesce(cast(neu.flaeche_km2 as varchar), 'unbekannt') || ' km²'"
        ) }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join themen on themen.indikator = kennzahlen.indikator and themen.thema = 'siedlung'
    inner join {{ ref('gebiete') }} as neu on neu.gebiet = kennzahlen.gebiet
    inner join {{ source('raw', 'vorgaenger_gebiete') }} as alt on alt.gebiet = kennzahlen.gebiet
    where neu.flaeche_km2 is distinct from alt.flaeche_km2
),

-- The area of an outline, where no area is published.
aus_umrissen as (
    select
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ ursache("'quelle'", 'umrisse.quelle', 'umrisse.abruf_vorher', 'umrisse.abruf_nachher') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join themen on themen.indikator = kennzahlen.indikator and themen.thema = 'siedlung'
    inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = kennzahlen.gebiet and gebiete.flaeche_km2 is null
    inner join abrufwechsel as umrisse on umrisse.quelle = 'gebiete'
    where kennzahlen.nenner_vorher is distinct from kennzahlen.nenner_nachher
),

juengste as (
    select
        'nachher' as wann,
        max({{ tag_in_utc('abgerufen_am') }}) as tag,
        max_by(quelle, (cast(abgerufen_am as timestamptz), quelle, abruf)) as quelle,
        max_by(abruf, (cast(abgerufen_am as timestamptz), quelle, abruf)) as abruf
    from {{ source('raw', 'abrufe') }}
    union all
    select
        'vorher' as wann,
        max({{ tag_in_utc('abgerufen_am') }}) as tag,
        max_by(quelle, (abgerufen_am, quelle, abruf)) as quelle,
        max_by(abruf, (abgerufen_am, quelle, abruf)) as abruf
    from {{ source('raw', 'vorgaenger_abrufe') }}
),

abruftage as (
    select
        neu.quelle,
        alt.abruf as abruf_vorher,
        neu.abruf as abruf_nachher,
        'jüngster Abruf am ' || strftime(alt.tag, '%d.%m.%Y') || ' (' || alt.quelle || ')' as vorher,
        'jüngster Abruf am ' || strftime(neu.tag, '%d.%m.%Y') || ' (' || neu.quelle || ')' as nachher,
        alt.tag as tag_vorher,
        neu.tag as tag_nachher
    from juengste as neu
    inner join juengste as alt on alt.wann = 'vorher' and neu.wann = 'nachher'
    where alt.tag != neu.tag
),

-- Figures about the pipeline bear the day of the newest retrieval: with a newer one they vanish and appear.
aus_abruftagen as (
    select
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ ursache(
            "'abruftag'", 'abruftage.quelle', 'abruftage.abruf_vorher', 'abruftage.abruf_nachher', 'abruftage.vorher',
            'abruftage.nachher'
        ) }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join themen on themen.indikator = kennzahlen.indikator and themen.thema = 'qualitaet'
    inner join abruftage
        on kennzahlen.art = 'neu' and kennzahlen.stichtag = abruftage.tag_nachher
        or kennzahlen.art = 'entfallen' and kennzahlen.stichtag = abruftage.tag_vorher
),

aus_zustaenden as (
    select
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        {{ ursache(
            "'quellenzustand'", 'coalesce(neu.quelle, alt.quelle)',
            definition_vorher="coalesce(alt.zustand, 'nicht deklariert')",
            definition_nachher="coalesce(neu.zustand, 'nicht deklariert')"
        ) }}
    from {{ source('raw', 'quellen') }} as neu
    full outer join {{ source('raw', 'vorgaenger_quellen') }} as alt on alt.quelle = neu.quelle
    inner join {{ ref('kennzahlenwechsel') }} as kennzahlen
        on kennzahlen.indikator in ('anteil_quellen_gestoert', 'quellen_gestoert')
        and kennzahlen.art = 'geändert'
    where neu.zustand is distinct from alt.zustand
),

-- Which facilities have a place: those of the district and its parts.
aus_verortungen as (
    select kennzahlen.{{ schluessel | join(', kennzahlen.') }}, u.{{ ursachenspalten() | join(', u.') }}
    from {{ ref('kennzahlenwechsel') }} as kennzahlen
    inner join {{ ref('gebietshuelle') }} as huelle on huelle.gebiet = kennzahlen.gebiet
    inner join {{ ref('zellursachen') }} as u on u.gebiet = huelle.teil
    where
        kennzahlen.art = 'geändert'
        and (
            u.merkmal = 'schulen' and kennzahlen.indikator in ('anteil_verortet', 'anteil_verortet_schulen')
            or u.merkmal like 'kita\_plaetze\_%' escape '\'
            and kennzahlen.indikator in ('anteil_verortet', 'anteil_verortet_kitas')
        )
)

{% for teil in [
    'aus_einrichtungen', 'aus_punkten', 'aus_wegen', 'aus_parametern', 'aus_flaechen', 'aus_umrissen', 'aus_abruftagen', 'aus_zustaenden', 'aus_verortungen'
] -%}
select {{ (schluessel + ursachenspalten()) | join(', ') }}
from {{ teil }}
{{ 'union' if not loop.last }}
{% endfor %}
