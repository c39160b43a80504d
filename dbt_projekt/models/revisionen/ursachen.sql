-- Every cause of every changed figure: its own, those of the figures it is made of, and if there are none at all, what
-- is left: the coverage of a directory, the program, or nothing that the data tell.
{% set schluessel = kennzahlschluessel() %}
with recursive eigene as (
    select {{ (schluessel + ursachenspalten()) | join(', ') }}
    from {{ ref('ursachen_gezaehlt') }}
    union
    select {{ (schluessel + ursachenspalten()) | join(', ') }}
    from {{ ref('ursachen_abgeleitet') }}
),

-- A directory says what exists: a new one makes every district without an entry a zero.
verzeichnisse as (
    select distinct
        kennzahlen.{{ schluessel | join(', kennzahlen.') }},
        zellen.{{ ursachenspalten() | join(', zellen.') }}
    from {{ ref('zellursachen') }} as zellen
    inner join {{ ref('merkmale') }} as merkmale on merkmale.merkmal = zellen.merkmal and merkmale.verzeichnis
    inner join (
        select 1 as seite, klasse, indikator, bezug, versatz from {{ ref('klassenzuordnung') }}
        union all
        select -1 as seite, klasse, indikator, bezug, versatz from {{ source('raw', 'vorgaenger_zuordnung') }}
    ) as zuordnung on zuordnung.seite = zellen.seite and zuordnung.klasse = zellen.klasse
    inner join {{ ref('kennzahlenwechsel') }} as kennzahlen
        on kennzahlen.indikator = zuordnung.indikator
        and kennzahlen.stichtag = {{ tag_der_kennzahl('zellen.stichtag', 'zuordnung.bezug', 'zuordnung.versatz') }}
    anti join eigene on {{ gleich('eigene', 'kennzahlen', schluessel) }}
),

anfang as (
    select {{ (schluessel + ursachenspalten()) | join(', ') }}
    from eigene
    union
    select {{ (schluessel + ursachenspalten()) | join(', ') }}
    from verzeichnisse
),

weitergegeben as (
    select {{ (schluessel + ursachenspalten()) | join(', ') }}
    from anfang
    union
    select
        bezug.{{ schluessel | join(', bezug.') }},
        vorige.{{ ursachenspalten() | join(', vorige.') }}
    from weitergegeben as vorige
    inner join {{ ref('kennzahlenbezuege') }} as bezug
        on bezug.eingang_indikator = vorige.indikator
        and bezug.eingang_gebiet = vorige.gebiet
        and bezug.eingang_stichtag = vorige.stichtag
        and bezug.eingang_basis = vorige.basis
)

select {{ (schluessel + ursachenspalten()) | join(', ') }}
from weitergegeben
union all
select
    kennzahlen.{{ schluessel | join(', kennzahlen.') }},
    case when lauf.definitionen != coalesce(alt.definitionen, '') then 'programm' else 'ungeklaert' end as anlass,
    cast(null as varchar) as quelle,
    cast(null as varchar) as abruf_vorher,
    cast(null as varchar) as abruf_nachher,
    case when lauf.definitionen != coalesce(alt.definitionen, '') then alt.code end as definition_vorher,
    case when lauf.definitionen != coalesce(alt.definitionen, '') then lauf.code end as definition_nachher
from {{ ref('kennzahlenwechsel') }} as kennzahlen
cross join {{ source('raw', 'lauf') }} as lauf
left join {{ source('raw', 'vorgaenger_freigabe') }} as alt on alt.id = lauf.vorgaenger
anti join weitergegeben on {{ gleich('weitergegeben', 'kennzahlen', schluessel) }}
