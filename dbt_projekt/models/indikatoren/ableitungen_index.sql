-- What goes into each index value: Σ gewicht · (wert − centre) over its components is the index, and centre and spread
-- stand in the remark. A change has two rows, now and then.
with werte as (
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        werte.wert,
        werte.nenner,
        replace(replace(werte.indikator, 'index', ''), 'klasse', '') as art,
        werte.indikator like '%klasse' as ist_klasse
    from {{ ref('werte_index') }} as werte
),

komponenten as (
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        komponente.indikator as merkmal,
        komponente.eingang_stichtag,
        komponente.eingang_frueher,
        komponente.eingang_basis,
        komponente.wert_stichtag,
        komponente.wert_frueher,
        komponente.vorzeichen * komponente.gewicht / komponente.streuung / werte.nenner as gewicht,
        case
            when komponente.wert is null
                then 'fehlt (Status ' || komponente.status || '), daher kein Index; geschätzt wird nicht'
            when komponente.z is null
                then 'kein Index: Gebiet nimmt nicht teil, oder die Gebiete unterscheiden sich nicht'
            else 'standardisiert ' || {{ zahl_deutsch('komponente.z') }} || ' aus '
                || {{ zahl_deutsch('komponente.wert') }} || ' (Mitte ' || {{ zahl_deutsch('komponente.mitte') }}
                || ', Streuung ' || {{ zahl_deutsch('komponente.streuung') }} || '), Gewicht '
                || {{ zahl_deutsch('komponente.gewicht', 1) }}
                || case komponente.vorzeichen when 1 then ', hoch ist Belastung' else ', niedrig ist Belastung' end
        end as bemerkung
    from werte
    inner join {{ ref('index_komponenten') }} as komponente
        on komponente.art = werte.art
        and komponente.gebiet = werte.gebiet
        and komponente.stichtag = werte.stichtag
    where not werte.ist_klasse
),

zeilen as (
    select
        indikator,
        gebiet,
        stichtag,
        basis,
        merkmal,
        eingang_stichtag,
        eingang_basis,
        wert_stichtag as wert,
        gewicht,
        bemerkung
    from komponenten
    union all
    select
        indikator,
        gebiet,
        stichtag,
        basis,
        merkmal,
        eingang_frueher as eingang_stichtag,
        eingang_basis,
        wert_frueher as wert,
        -gewicht as gewicht,
        'früherer Wert, von dem die Veränderung zählt' as bemerkung
    from komponenten
    where eingang_frueher is not null
    union all
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        definition.bevoelkerung as merkmal,
        werte.stichtag as eingang_stichtag,
        werte.basis as eingang_basis,
        eingang.einwohner as wert,
        cast(0 as double) as gewicht,
        'Voraussetzung: mindestens ' || definition.mindestbevoelkerung as bemerkung
    from werte
    cross join {{ ref('index_definition') }} as definition
    inner join (
        select distinct gebiet, stichtag, einwohner
        from {{ ref('index_eingaenge') }}
    ) as eingang on eingang.gebiet = werte.gebiet and eingang.stichtag = werte.stichtag
    where not werte.ist_klasse
    union all
    select
        werte.indikator,
        werte.gebiet,
        werte.stichtag,
        werte.basis,
        werte.art || 'index' as merkmal,
        werte.stichtag as eingang_stichtag,
        werte.basis as eingang_basis,
        lage.wert,
        cast(1 as double) as gewicht,
        case werte.art
            when 'status'
                then coalesce({{ klassenname('status', 'werte.wert') }}, 'keine Klasse') || '; Grenzen '
                    || {{ zahl_deutsch('definition.status_ab_mittel', 1) }} || ', '
                    || {{ zahl_deutsch('definition.status_bis_mittel', 1) }} || ' und '
                    || {{ zahl_deutsch('definition.status_bis_niedrig', 1) }}
            else coalesce({{ klassenname('dynamik', 'werte.wert') }}, 'keine Klasse') || '; Grenzen '
                || {{ zahl_deutsch('definition.dynamik_ab_stabil', 1) }} || ' und '
                || {{ zahl_deutsch('definition.dynamik_bis_stabil', 1) }}
        end as bemerkung
    from werte
    cross join {{ ref('index_definition') }} as definition
    inner join werte as lage
        on lage.indikator = werte.art || 'index' and lage.gebiet = werte.gebiet and lage.stichtag = werte.stichtag
    where werte.ist_klasse
)

select
    zeilen.indikator,
    zeilen.gebiet,
    zeilen.stichtag,
    zeilen.basis,
    'komponente' as rolle,
    zeilen.merkmal,
    zeilen.gebiet as eingang_gebiet,
    zeilen.eingang_stichtag,
    zeilen.eingang_basis,
    zeilen.wert,
    zeilen.gewicht,
    cast(null as varchar) as quelle,
    cast(null as varchar) as abruf,
    cast(null as integer) as zeile,
    zeilen.bemerkung
from zeilen
