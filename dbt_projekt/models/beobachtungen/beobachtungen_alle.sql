-- Every figure of every source in one shape, accepted or not: "grund" says why a figure is not accepted. The only place
-- where sources come together; what follows reads beobachtungen and abgewiesen.
select
    figuren.{{ beobachtungsspalten() | join(', figuren.') }}
from {{ ref('stg_figuren') }} as figuren
where figuren.einrichtung is null
union all
select
    schulmerkmale.{{ beobachtungsspalten() | join(', schulmerkmale.') }}
from {{ ref('stg_schulmerkmale') }} as schulmerkmale
union all
select
    kitamerkmale.{{ beobachtungsspalten() | join(', kitamerkmale.') }}
from {{ ref('stg_kitamerkmale') }} as kitamerkmale
