-- What goes into figures that are made of other figures or of where things lie, for herkunft().
select
    {{ ableitungsspalten() | join(',\n    ') }}
from {{ ref('alle_ableitungen') }}
union all
select
    {{ ableitungsspalten() | join(',\n    ') }}
from {{ ref('ableitungen_qualitaet') }}
order by {{ ableitungsspalten() | join(', ') }}
