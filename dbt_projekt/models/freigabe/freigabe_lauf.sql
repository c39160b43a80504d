-- One row: what this release is and what it came from.
select
    lauf.id,
    cast(lauf.erstellt_am as timestamptz) as erstellt_am,
    lauf.code,
    lauf.definitionen,
    lauf.archivstand,
    lauf.lauf,
    lauf.vorgaenger,
    lauf.betrieb,
    (
        select count(*) > 0
        from {{ source('raw', 'abrufe') }} as abrufe
        where abrufe.datenart = 'beispiel'
    ) as enthaelt_beispiel
from {{ source('raw', 'lauf') }} as lauf
