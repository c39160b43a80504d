-- Figures per school in the shape of observations: the school itself, its pupils, its index step. The district and the
-- school form come from the directory of the same school year, else from the newest one. A school of which the figures
-- of pupils say nothing has pupils that nobody has counted: an observation without value, at its place in the
-- directory.
with verzeichnis as (
    select
        quelle, abruf, zeile, spalte, originaltext, datenart, schulnummer, gebiet, schulform, rechtsform, schulbetrieb,
        zeitraum_von, stichtag, grund,
        row_number() over (partition by schulnummer order by stand desc) as neueste,
        max(stichtag) over () as neuester_stichtag
    from {{ ref('stg_schulen') }}
),

figuren as (
    select {{ beobachtungsspalten() | join(', ') }}
    from {{ ref('stg_figuren') }}
    where gebietsart = 'schule'
),

stufen as (
    select einrichtung, stichtag, wert, datenart
    from figuren
    where merkmal = 'sozialindexstufe'
),

gezaehlte_jahre as (
    select
        figuren.stichtag,
        min(figuren.zeitraum_von) as zeitraum_von,
        {{ schlechteste_datenart('figuren.datenart') }} as datenart
    from figuren
    where figuren.merkmal = 'schueler'
    group by figuren.stichtag
),

ungezaehlt as (
    select
        verzeichnis.quelle,
        verzeichnis.abruf,
        verzeichnis.zeile,
        verzeichnis.spalte,
        verzeichnis.originaltext,
        verzeichnis.gebiet,
        verzeichnis.schulform,
        verzeichnis.rechtsform,
        verzeichnis.schulbetrieb,
        verzeichnis.schulnummer,
        jahre.stichtag,
        jahre.zeitraum_von,
        case
            when 'beispiel' in (verzeichnis.datenart, jahre.datenart) then 'beispiel'
            else jahre.datenart
        end as datenart
    from gezaehlte_jahre as jahre
    inner join verzeichnis
        on verzeichnis.stichtag = case
            when jahre.stichtag in (select v.stichtag from verzeichnis as v) then jahre.stichtag
            else verzeichnis.neuester_stichtag
        end
    left join figuren
        on figuren.merkmal = 'schueler'
        and figuren.einrichtung = verzeichnis.schulnummer
        and figuren.stichtag = jahre.stichtag
    where
        figuren.einrichtung is null
        and verzeichnis.grund is null
        and verzeichnis.schulbetrieb = '1'
        and verzeichnis.schulform not in ({{ sql_liste(schulformen_ohne_unterricht()) }})
),

verortet as (
    select
        figuren.*,
        coalesce(gleich.gebiet, neu.gebiet) as ort,
        coalesce(gleich.schulform, neu.schulform) as form,
        coalesce(gleich.rechtsform, neu.rechtsform) as recht,
        coalesce(gleich.schulbetrieb, neu.schulbetrieb) as betrieb,
        coalesce(gleich.datenart, neu.datenart) as datenart_verzeichnis
    from figuren
    left join verzeichnis as gleich
        on gleich.schulnummer = figuren.einrichtung and gleich.stichtag = figuren.stichtag and gleich.grund is null
    left join verzeichnis as neu
        on neu.schulnummer = figuren.einrichtung and neu.neueste = 1 and neu.grund is null
)

select
    verzeichnis.quelle,
    verzeichnis.abruf,
    verzeichnis.zeile,
    verzeichnis.spalte,
    verzeichnis.originaltext,
    cast(null as varchar) as korrigiert,
    cast(null as varchar) as korrektur,
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
    cast(null as varchar) as art,
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
    verortet.korrigiert,
    verortet.korrektur,
    case
        when 'beispiel' in (verortet.datenart_verzeichnis, stufen.datenart) then 'beispiel'
        else verortet.datenart
    end as datenart,
    verortet.merkmal,
    verortet.ort as gebiet,
    verortet.stichtag,
    verortet.zeitraum_von,
    verortet.geschlecht,
    verortet.alter_von,
    verortet.alter_bis,
    verortet.staatsangehoerigkeit,
    verortet.staat,
    coalesce(verortet.form, verortet.schulform) as schulform,
    coalesce(verortet.recht, verortet.rechtsform) as rechtsform,
    coalesce(verortet.betrieb, verortet.schulbetrieb) as schulbetrieb,
    verortet.art,
    case when verortet.merkmal = 'schueler' then cast(stufen.wert as integer) end as sozialindexstufe,
    verortet.einrichtung,
    verortet.ist_summe,
    verortet.wert,
    verortet.status,
    verortet.vertraulichkeit,
    verortet.basis,
    case
        when verortet.grund is not null then verortet.grund
        when verortet.ort is null then 'Schulnummer ' || verortet.einrichtung || ' steht nicht im Schulverzeichnis'
    end as grund
from verortet
left join stufen on stufen.einrichtung = verortet.einrichtung and stufen.stichtag = verortet.stichtag
union all
select
    ungezaehlt.quelle,
    ungezaehlt.abruf,
    ungezaehlt.zeile,
    ungezaehlt.spalte,
    ungezaehlt.originaltext,
    cast(null as varchar) as korrigiert,
    cast(null as varchar) as korrektur,
    ungezaehlt.datenart,
    'schueler' as merkmal,
    ungezaehlt.gebiet,
    ungezaehlt.stichtag,
    ungezaehlt.zeitraum_von,
    cast(null as varchar) as geschlecht,
    cast(null as integer) as alter_von,
    cast(null as integer) as alter_bis,
    cast(null as varchar) as staatsangehoerigkeit,
    cast(null as varchar) as staat,
    ungezaehlt.schulform,
    ungezaehlt.rechtsform,
    ungezaehlt.schulbetrieb,
    cast(null as varchar) as art,
    cast(stufen.wert as integer) as sozialindexstufe,
    ungezaehlt.schulnummer as einrichtung,
    false as ist_summe,
    cast(null as double) as wert,
    'O' as status,
    'F' as vertraulichkeit,
    '' as basis,
    cast(null as varchar) as grund
from ungezaehlt
left join stufen on stufen.einrichtung = ungezaehlt.schulnummer and stufen.stichtag = ungezaehlt.stichtag
