-- What figures made of others are made of: their components, and what these are made of (a class: its index). No
-- component is made of others that are made of others again.
with komponenten as (
    select distinct
        indikator,
        stichtag,
        basis,
        merkmal,
        eingang_stichtag,
        eingang_basis
    from {{ ref('alle_ableitungen') }}
    where rolle = 'komponente'
)

select komponenten.*
from komponenten
union
select
    komponenten.indikator,
    komponenten.stichtag,
    komponenten.basis,
    tiefer.merkmal,
    tiefer.eingang_stichtag,
    tiefer.eingang_basis
from komponenten
inner join komponenten as tiefer
    on tiefer.indikator = komponenten.merkmal
    and tiefer.stichtag = komponenten.eingang_stichtag
    and tiefer.basis = komponenten.eingang_basis
