-- The declared sources with licence, attribution text and the state in which they entered this release.
select
    roh.quelle,
    roh.titel,
    roh.herausgeber,
    roh.lizenz,
    roh.lizenz_url,
    roh.namensnennung,
    roh.url,
    roh.rhythmus,
    cast(roh.bestaetigt as boolean) as bestaetigt,
    roh.basis,
    roh.zustand,
    roh.meldung,
    roh.abweichungen,
    roh.deklaration
from {{ source('raw', 'quellen') }} as roh
order by roh.quelle
