-- The archive's records of all sources when this release was made, for building it again.
select
    roh.quelle,
    roh.eintrag,
    roh.sha256
from {{ source('raw', 'archiveintraege') }} as roh
order by roh.eintrag
