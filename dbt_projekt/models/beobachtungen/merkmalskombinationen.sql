-- Every combination of Merkmal and breakdowns that occurs, numbered in a fixed order. Some hundred rows however
-- large the sources are; conditions of indicators are decided here, not on the observations.
with vorhanden as (
    select distinct
        merkmal,
        {{ gliederungen() | join(', ') }}
    from {{ ref('beobachtungen_alle') }}
    where grund is null and not ist_summe
)

select
    cast(row_number() over (order by merkmal, {{ gliederungen() | join(', ') }}) as integer) as kombination,
    merkmal,
    {{ gliederungen() | join(', ') }}
from vorhanden
