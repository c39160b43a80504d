-- The retrievals this release is made of, one row per archived file.
select
    roh.abruf,
    roh.quelle,
    roh.teil,
    cast(roh.abgerufen_am as timestamptz) as abgerufen_am,
    cast(roh.http_status as integer) as http_status,
    roh.etag,
    cast(roh.bytes as bigint) as bytes,
    roh.datei,
    roh.url,
    cast(roh.stand as date) as stand,
    roh.datenart,
    roh.weg,
    roh.umwege,
    roh.lizenz,
    cast(roh.zeilen as bigint) as zeilen
from {{ source('raw', 'abrufe') }} as roh
order by roh.quelle, roh.teil, roh.abruf
