-- Figures per school in the shape of observations: the school itself, its pupils, its index step. The district and the
-- school form come from the directory of the same school year, else from the newest one.
with verzeichnis as (
    select
        quelle, abruf, zeile, spalte, originaltext, datenart, schulnummer, gebiet, schulform, rechtsform, schulbetrieb,
        zeitraum_von, stichtag, grund,
        row_number() over (partition by schulnummer order by stand desc) as neueste
    from {{ ref('stg_schulen') }}
),

figuren as (
    select
        quelle, abruf, zeile, spalte, originaltext, datenart, merkmal, schulnummer, zeitraum_von, stichtag, wert,
        status, vertraulichkeit
    from {{ ref('stg_schuelerzahlen') }}
    union all by name
    select
        quelle, abruf, zeile, spalte, originaltext, datenart, merkmal, schulnummer, zeitraum_von, stichtag, wert,
        status, vertraulichkeit
    from {{ ref('stg_schulsozialindex') }}
),

verortet as (
    select
        figuren.*,
        coalesce(gleich.gebiet, neu.gebiet) as gebiet,
        coalesce(gleich.schulform, neu.schulform) as schulform,
        coalesce(gleich.rechtsform, neu.rechtsform) as rechtsform,
        coalesce(gleich.schulbetrieb, neu.schulbetrieb) as schulbetrieb,
        coalesce(gleich.datenart, neu.datenart) as datenart_verzeichnis
    from figuren
    left join verzeichnis as gleich
        on gleich.schulnummer = figuren.schulnummer and gleich.stichtag = figuren.stichtag and gleich.grund is null
    left join verzeichnis as neu
        on neu.schulnummer = figuren.schulnummer and neu.neueste = 1 and neu.grund is null
)

select
    verzeichnis.quelle,
    verzeichnis.abruf,
    verzeichnis.zeile,
    verzeichnis.spalte,
    verzeichnis.originaltext,
    verzeichnis.datenart,
    'schulen' as merkmal,
    verzeichnis.gebiet,
    verzeichnis.stichtag,
    verzeichnis.zeitraum_von,
    cast(null as varchar) as geschlecht,
    cast(null as integer) as alter_von,
    cast(null as integer) as alter_bis,
    cast(null as varchar) as staatsangehoerigkeit,
    cast(null as varchar) as staat,
    verzeichnis.schulform,
    verzeichnis.rechtsform,
    verzeichnis.schulbetrieb,
    cast(null as integer) as sozialindexstufe,
    verzeichnis.schulnummer as einrichtung,
    false as ist_summe,
    1.0 as wert,
    'A' as status,
    'F' as vertraulichkeit,
    '' as basis,
    verzeichnis.grund
from verzeichnis
union all
select
    verortet.quelle,
    verortet.abruf,
    verortet.zeile,
    verortet.spalte,
    verortet.originaltext,
    case
        when 'beispiel' in (verortet.datenart_verzeichnis, stufen.datenart) then 'beispiel'
        else verortet.datenart
    end as datenart,
    verortet.merkmal,
    verortet.gebiet,
    verortet.stichtag,
    verortet.zeitraum_von,
    cast(null as varchar) as geschlecht,
    cast(null as integer) as alter_von,
    cast(null as integer) as alter_bis,
    cast(null as varchar) as staatsangehoerigkeit,
    cast(null as varchar) as staat,
    verortet.schulform,
    verortet.rechtsform,
    verortet.schulbetrieb,
    case when verortet.merkmal = 'schueler' then cast(stufen.wert as integer) end as sozialindexstufe,
    verortet.schulnummer as einrichtung,
    false as ist_summe,
    verortet.wert,
    verortet.status,
    verortet.vertraulichkeit,
    '' as basis,
    case
        when verortet.gebiet is null then 'Schulnummer ' || verortet.schulnummer || ' steht nicht im Schulverzeichnis'
    end as grund
from verortet
left join {{ ref('stg_schulsozialindex') }} as stufen
    on stufen.schulnummer = verortet.schulnummer and stufen.stichtag = verortet.stichtag
