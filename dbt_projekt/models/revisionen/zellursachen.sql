-- The causes of what changed in source cells, one row per place where a cell counts and cause. The same bytes can be
-- understood differently because of the source's declaration, the districts, the places of facilities, or the program;
-- the last is left open here.
{% set stelle = ['seite', 'gebiet', 'stichtag', 'basis', 'klasse', 'merkmal', 'einrichtung'] %}
{% set gebietsangaben = ['gebiet', 'ebene', 'eltern', 'gueltig_von', 'gueltig_bis'] %}
with zellen as (
    select distinct
        {{ stelle | join(', ') }}, quelle, abruf_vorher, abruf_nachher, gegenstueck, korrektur_vorher,
        korrektur_nachher, ist_quelle, ist_korrektur, ist_deutung
    from {{ ref('zellenwechsel') }}
    where not ist_summe
),

{{ abrufwechsel_je_quelle('abrufwechsel') }}

versetzt as (
    select distinct hier.quelle, hier.merkmal, hier.einrichtung, hier.stichtag
    from {{ ref('zellenwechsel') }} as hier
    inner join {{ ref('zellenwechsel') }} as dort
        on dort.quelle = hier.quelle
        and dort.merkmal = hier.merkmal
        and dort.einrichtung = hier.einrichtung
        and dort.stichtag = hier.stichtag
        and dort.originaltext is not distinct from hier.originaltext
        and dort.gebiet != hier.gebiet
        and dort.seite = -hier.seite
),

gebietswechsel as (
    select
        coalesce(neu.gebiet, alt.gebiet) as gebiet,
        {{ parametertext('alt', gebietsangaben) }} as vorher,
        {{ parametertext('neu', gebietsangaben) }} as nachher
    from {{ ref('gebiete') }} as neu
    full outer join {{ source('raw', 'vorgaenger_gebiete') }} as alt on alt.gebiet = neu.gebiet
    where not ({{ gleich('neu', 'alt', gebietsangaben) }})
)

select
    zellen.{{ stelle | join(', zellen.') }},
    {{ ursache(
        "'quelle'", 'zellen.quelle',
        'coalesce(zellen.abruf_vorher, zellen.gegenstueck)', 'coalesce(zellen.abruf_nachher, zellen.gegenstueck)'
    ) }}
from zellen
where zellen.ist_quelle
union
select
    zellen.{{ stelle | join(', zellen.') }},
    {{ ursache(
        "'korrektur'", 'zellen.quelle', definition_vorher="coalesce(zellen.korrektur_vorher, '')",
        definition_nachher="coalesce(zellen.korrektur_nachher, '')"
    ) }}
from zellen
where zellen.ist_korrektur
union
select
    zellen.{{ stelle | join(', zellen.') }},
    {{ ursache(
        "'definition'", 'zellen.quelle', definition_vorher='wechsel.vorher', definition_nachher='wechsel.nachher'
    ) }}
from zellen
inner join {{ ref('definitionswechsel') }} as wechsel on wechsel.bereich = 'quelle' and wechsel.name = zellen.quelle
where zellen.ist_deutung
union
select
    zellen.{{ stelle | join(', zellen.') }},
    {{ ursache("'quelle'", 'orte.quelle', 'orte.abruf_vorher', 'orte.abruf_nachher') }}
from zellen
inner join versetzt
    on versetzt.quelle = zellen.quelle
    and versetzt.merkmal = zellen.merkmal
    and versetzt.einrichtung = zellen.einrichtung
    and versetzt.stichtag = zellen.stichtag
-- A facility's district comes from outlines and addresses: new ones move a cell that did not change itself.
inner join abrufwechsel as orte on orte.quelle in ('gebiete', 'adressen')
union
select
    zellen.{{ stelle | join(', zellen.') }},
    {{ ursache(
        "'gebietsstand'", definition_vorher='gebietswechsel.vorher', definition_nachher='gebietswechsel.nachher'
    ) }}
from zellen
inner join gebietswechsel on gebietswechsel.gebiet = zellen.gebiet
where zellen.ist_deutung
