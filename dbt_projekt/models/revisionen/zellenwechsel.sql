-- Source cells that say something else than in the previous release, each with the reason that it proves: other
-- bytes (quelle), a correction (korrektur), or the same bytes understood differently (deutung).
with beide as (
    select
        {{ (zellschluessel() + zellinhalt()) | join(',\n        ') }},
        1 as seite,
        abruf,
        originaltext,
        korrigiert,
        korrektur,
        klasse
    from {{ ref('beobachtungen') }}
    union all
    select
        {{ (zellschluessel() + zellinhalt()) | join(',\n        ') }},
        -1 as seite,
        abruf,
        originaltext,
        korrigiert,
        korrektur,
        klasse
    from {{ source('raw', 'vorgaenger_beobachtungen') }}
),

-- What both releases say equally often falls out here.
verschieden as (
    select
        {{ zellschluessel() | join(', ') }}, {{ zellinhalt() | join(', ') }},
        cast(sign(sum(seite)) as integer) as seite,
        min(abruf) as abruf,
        min(originaltext) as originaltext,
        min(korrigiert) as korrigiert,
        min(korrektur) as korrektur,
        min(klasse) as klasse
    from beide
    group by {{ zellschluessel() | join(', ') }}, {{ zellinhalt() | join(', ') }}
    having sum(seite) != 0
),

gezaehlt as (
    select verschieden.*
    from verschieden
    cross join {{ source('raw', 'lauf') }} as lauf
    where lauf.vorgaenger != ''
),

paare as (
    select
        hier.seite,
        {% for spalte in zellschluessel() -%}
        hier.{{ spalte }},
        {% endfor -%}
        hier.klasse,
        hier.abruf,
        hier.originaltext,
        case hier.seite when -1 then hier.abruf else dort.abruf end as abruf_vorher,
        case hier.seite when 1 then hier.abruf else dort.abruf end as abruf_nachher,
        case hier.seite when -1 then hier.korrektur else dort.korrektur end as korrektur_vorher,
        case hier.seite when 1 then hier.korrektur else dort.korrektur end as korrektur_nachher,
        dort.seite is not null as beiderseits,
        dort.seite is not null and not (hier.originaltext is distinct from dort.originaltext) as gleicher_text,
        dort.seite is not null and not (hier.abruf is distinct from dort.abruf) as gleicher_abruf,
        coalesce(hier.korrigiert, '') != coalesce(dort.korrigiert, '')
        or coalesce(hier.korrektur, '') != coalesce(dort.korrektur, '') as andere_korrektur
    from gezaehlt as hier
    left join gezaehlt as dort
        on dort.seite = -hier.seite
        and {{ gleich('dort', 'hier', zellschluessel()) }}
)

select
    paare.*,
    wechsel.abruf is not null as abruf_nur_hier,
    wechsel.gegenstueck,
    case
        when paare.beiderseits then not paare.gleicher_text and not paare.gleicher_abruf
        else wechsel.abruf is not null
    end as ist_quelle,
    paare.andere_korrektur as ist_korrektur,
    case
        when paare.beiderseits then not paare.andere_korrektur and (paare.gleicher_text or paare.gleicher_abruf)
        else wechsel.abruf is null and not paare.andere_korrektur
    end as ist_deutung
from paare
left join {{ ref('abrufwechsel') }} as wechsel
    on wechsel.quelle = paare.quelle and wechsel.abruf = paare.abruf and wechsel.seite = paare.seite
