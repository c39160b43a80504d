-- All releases up to this one, in order, and whether their figures can be had again from the revisions since.
with alle as (
    select id, erstellt_am, code, definitionen, archivstand, lauf, betrieb, vorgaenger, nummer
    from {{ source('raw', 'vorgaenger_freigaben') }}
    union all
    -- A release made before releases were listed is the first of the list.
    select id, erstellt_am, code, definitionen, archivstand, lauf, betrieb, vorgaenger, 1 as nummer
    from {{ source('raw', 'vorgaenger_freigabe') }}
    where (select count(*) from {{ source('raw', 'vorgaenger_freigaben') }}) = 0
),

mit_dieser as (
    select id, erstellt_am, code, definitionen, archivstand, lauf, betrieb, vorgaenger, nummer
    from alle
    union all
    select
        lauf.id, cast(lauf.erstellt_am as timestamptz) as erstellt_am, lauf.code, lauf.definitionen, lauf.archivstand,
        lauf.lauf, lauf.betrieb, lauf.vorgaenger, coalesce((select max(alle.nummer) from alle), 0) + 1 as nummer
    from {{ source('raw', 'lauf') }} as lauf
)

select
    cast(nummer as integer) as nummer,
    id,
    {{ tag_in_utc('erstellt_am') }} as freigegeben_am,
    erstellt_am,
    code,
    definitionen,
    archivstand,
    lauf,
    betrieb,
    vorgaenger
from mit_dieser
order by nummer
