-- Places per facility of day care in the shape of observations. The district comes from the list of the same Kita
-- year, else from the newest one. What the list does not say has no row: a list with totals only gives no places for
-- children under or from 3.
with verzeichnis as (
    select
        einrichtung, gebiet, datenart, stichtag, grund,
        row_number() over (partition by einrichtung order by stand desc) as neueste
    from {{ ref('stg_kitas') }}
),

figuren as (
    select {{ beobachtungsspalten() | join(', ') }}
    from {{ ref('stg_figuren') }}
    where gebietsart = 'kita'
),

verortet as (
    select
        figuren.*,
        coalesce(gleich.gebiet, neu.gebiet) as ort,
        coalesce(gleich.grund, neu.grund) as grund_verzeichnis,
        coalesce(gleich.datenart, neu.datenart) as datenart_verzeichnis
    from figuren
    left join verzeichnis as gleich
        on gleich.einrichtung = figuren.einrichtung and gleich.stichtag = figuren.stichtag
    left join verzeichnis as neu on neu.einrichtung = figuren.einrichtung and neu.neueste = 1
)

select
    verortet.quelle,
    verortet.abruf,
    verortet.zeile,
    verortet.spalte,
    verortet.originaltext,
    verortet.korrigiert,
    verortet.korrektur,
    case when verortet.datenart_verzeichnis = 'beispiel' then 'beispiel' else verortet.datenart end as datenart,
    verortet.merkmal,
    verortet.ort as gebiet,
    verortet.stichtag,
    verortet.zeitraum_von,
    {% for spalte in gliederungen() -%}
    verortet.{{ spalte }},
    {% endfor -%}
    verortet.einrichtung,
    verortet.ist_summe,
    verortet.wert,
    verortet.status,
    verortet.vertraulichkeit,
    verortet.basis,
    case
        when verortet.grund is not null then verortet.grund
        when verortet.grund_verzeichnis is not null then verortet.grund_verzeichnis
        when verortet.ort is null then 'Einrichtung ' || verortet.einrichtung || ' steht nicht in der Liste'
    end as grund
from verortet
