-- Every figure that changed, appeared or vanished since the previous release, with the reason that can be told from
-- what changed around it; older revisions are carried along.
with lauf as (
    select id, vorgaenger
    from {{ source('raw', 'lauf') }}
    where vorgaenger != ''
),

geaenderte_quellen as (
    select distinct coalesce(neu.quelle, alt.quelle) as quelle
    from {{ source('raw', 'abrufe') }} as neu
    full outer join {{ source('raw', 'vorgaenger_abrufe') }} as alt on alt.quelle = neu.quelle and alt.abruf = neu.abruf
    where neu.abruf is null or alt.abruf is null
),

anlass as (
    select
        katalog.indikator,
        string_agg(geaenderte_quellen.quelle, ', ' order by geaenderte_quellen.quelle) as quellen,
        bool_or(
            alt.indikator is null
            or alt.definition != katalog.zaehler || '/' || katalog.nenner || '×' || katalog.faktor
        ) as andere_definition
    from {{ ref('indikator_katalog') }} as katalog
    left join geaenderte_quellen on list_contains(string_split(katalog.quellen, ', '), geaenderte_quellen.quelle)
    left join {{ source('raw', 'vorgaenger_katalog') }} as alt on alt.indikator = katalog.indikator
    group by katalog.indikator
),

vergleich as (
    select
        coalesce(neu.indikator, alt.indikator) as indikator,
        coalesce(neu.gebiet, alt.gebiet) as gebiet,
        coalesce(neu.stichtag, alt.stichtag) as stichtag,
        coalesce(neu.basis, alt.basis) as basis,
        case
            when alt.indikator is null then 'neu'
            when neu.indikator is null then 'entfallen'
            else 'geändert'
        end as art,
        alt.wert as wert_vorher,
        neu.wert as wert_nachher
    from {{ ref('indikatoren') }} as neu
    full outer join {{ source('raw', 'vorgaenger_indikatoren') }} as alt
        on alt.indikator = neu.indikator
        and alt.gebiet = neu.gebiet
        and alt.stichtag = neu.stichtag
        and alt.basis = neu.basis
    where neu.indikator is null or alt.indikator is null or neu.wert is distinct from alt.wert
)

select
    vergleich.indikator,
    vergleich.gebiet,
    vergleich.stichtag,
    vergleich.basis,
    vergleich.art,
    vergleich.wert_vorher,
    vergleich.wert_nachher,
    lauf.vorgaenger as freigabe_vorher,
    lauf.id as freigabe_nachher,
    case
        when anlass.indikator is null then 'Indikator nicht mehr deklariert'
        when anlass.andere_definition then 'Definition geändert'
        when anlass.quellen is not null then 'Quelle geändert: ' || anlass.quellen
        else 'Programm geändert'
    end as grund
from vergleich
cross join lauf
left join anlass on anlass.indikator = vergleich.indikator
union all
select
    frueher.indikator,
    frueher.gebiet,
    frueher.stichtag,
    frueher.basis,
    frueher.art,
    frueher.wert_vorher,
    frueher.wert_nachher,
    frueher.freigabe_vorher,
    frueher.freigabe_nachher,
    frueher.grund
from {{ source('raw', 'vorgaenger_revisionen') }} as frueher
order by freigabe_nachher, indikator, stichtag, gebiet, basis
