-- The accepted figures, with their class (null for totals and for figures that no indicator uses).
select
    alle.merkmal,
    alle.gebiet,
    alle.stichtag,
    alle.zeitraum_von,
    {% for spalte in gliederungen() -%}
    alle.{{ spalte }},
    {% endfor %}
    alle.einrichtung,
    alle.ist_summe,
    alle.wert,
    merkmale.einheit,
    alle.status,
    alle.vertraulichkeit,
    alle.basis,
    alle.quelle,
    alle.abruf,
    cast(alle.zeile as integer) as zeile,
    cast(alle.spalte as integer) as spalte,
    alle.originaltext,
    alle.korrigiert,
    alle.korrektur,
    alle.datenart,
    klassen.klasse
from {{ ref('beobachtungen_alle') }} as alle
left join {{ ref('merkmale') }} as merkmale on merkmale.merkmal = alle.merkmal
left join {{ ref('klassen') }} as klassen
    on klassen.merkmal = alle.merkmal
    {% for spalte in gliederungen() -%}
    and klassen.{{ spalte }} is not distinct from alle.{{ spalte }}
    {% endfor %}
    and not alle.ist_summe
where alle.grund is null
order by alle.merkmal, alle.stichtag, alle.gebiet, alle.quelle, alle.abruf, alle.zeile, alle.spalte
