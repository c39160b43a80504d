-- What a facility contributes to the numerator of a figure of an Ortsteil: places that its children get, children
-- within a distance, or their metres of way.
with naechste as (
    select
        naechste.angebot,
        naechste.stichtag,
        nachfrage.basis,
        naechste.gebiet,
        naechste.einrichtung,
        naechste.anteil * nachfrage.kinder as kinder,
        naechste.weg,
        naechste.wegart
    from {{ ref('naechste_einrichtung') }} as naechste
    inner join {{ ref('reichweite_nachfrage') }} as nachfrage
        on nachfrage.angebot = naechste.angebot
        and nachfrage.stichtag = naechste.stichtag
        and nachfrage.gebiet = naechste.gebiet
    where nachfrage.kinder > 0
)

select
    regeln.indikator_plaetze as indikator,
    zuteilung.stichtag,
    zuteilung.basis,
    zuteilung.gebiet,
    zuteilung.art,
    zuteilung.einrichtung,
    zuteilung.zugeteilt as beitrag,
    zuteilung.plaetze,
    zuteilung.kuerzester_weg,
    zuteilung.wegart
from {{ ref('reichweite_zuteilung') }} as zuteilung
inner join {{ ref('reichweiten') }} as regeln on regeln.angebot = zuteilung.angebot
where zuteilung.plaetze is not null
{% for spalte, beitrag, grenze in [
    ('indikator_nah', 'naechste.kinder', 'regeln.nah_m'),
    ('indikator_grenze', 'naechste.kinder', 'regeln.grenze_m'),
    ('indikator_weg', 'naechste.kinder * naechste.weg', none)
] -%}
union all
select
    regeln.{{ spalte }} as indikator,
    naechste.stichtag,
    naechste.basis,
    naechste.gebiet,
    naechste.angebot as art,
    naechste.einrichtung,
    {{ summe_genau(beitrag) }} as beitrag,
    cast(null as double) as plaetze,
    min(naechste.weg) as kuerzester_weg,
    {{ wegarten('naechste.wegart') }} as wegart
from naechste
inner join {{ ref('reichweiten') }} as regeln on regeln.angebot = naechste.angebot
{% if grenze -%}
where naechste.weg <= {{ grenze }}
{% endif -%}
group by regeln.{{ spalte }}, naechste.stichtag, naechste.basis, naechste.gebiet, naechste.angebot, naechste.einrichtung
{% endfor %}
