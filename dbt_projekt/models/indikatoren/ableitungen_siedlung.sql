-- What goes into a density: the residents, which have a lineage of their own, and the area of the district.
with eingaenge as (
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        werte.zaehler,
        werte.nenner,
        unnest(['komponente', 'nenner']) as rolle
    from {{ ref('werte_siedlung') }} as werte
    where werte.wert is not null
)

select
    eingaenge.indikator,
    eingaenge.gebiet,
    eingaenge.stichtag,
    eingaenge.basis,
    eingaenge.rolle,
    case eingaenge.rolle when 'komponente' then 'einwohner' else 'Fläche in km²' end as merkmal,
    eingaenge.gebiet as eingang_gebiet,
    case when eingaenge.rolle = 'komponente' then eingaenge.stichtag end as eingang_stichtag,
    case when eingaenge.rolle = 'komponente' then eingaenge.basis end as eingang_basis,
    case eingaenge.rolle when 'komponente' then eingaenge.zaehler else eingaenge.nenner end as wert,
    cast(1 as double) as gewicht,
    cast(null as varchar) as quelle,
    cast(null as varchar) as abruf,
    cast(null as integer) as zeile,
    case eingaenge.rolle when 'komponente' then 'Zähler' else 'Gebietsverzeichnis, gebiete.flaeche_km2' end as bemerkung
from eingaenge
