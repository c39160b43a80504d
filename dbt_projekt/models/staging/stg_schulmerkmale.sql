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

gelesen as (
    select {{ beobachtungsspalten() | join(', ') }}
    from {{ ref('stg_figuren') }}
    where gebietsart = 'schule'
),

gezaehlte_jahre as (
    select
        gelesen.stichtag,
        min(gelesen.zeitraum_von) as zeitraum_von,
        {{ schlechteste_datenart('gelesen.datenart') }} as datenart
    from gelesen
    where gelesen.merkmal = 'schueler'
    group by gelesen.stichtag
),

figuren as (
    select gelesen.*
    from gelesen
    union all
    select
        {{ beobachtung({
            'quelle': 'verzeichnis.quelle', 'abruf': 'verzeichnis.abruf', 'zeile': 'verzeichnis.zeile',
            'spalte': 'verzeichnis.spalte', 'originaltext': 'verzeichnis.originaltext', 'datenart': 'jahre.datenart',
            'merkmal': "'schueler'", 'stichtag': 'jahre.stichtag', 'zeitraum_von': 'jahre.zeitraum_von',
            'einrichtung': 'verzeichnis.schulnummer', 'ist_summe': 'false', 'status': "'O'", 'vertraulichkeit': "'F'",
            'basis': "''"
        }) }}
    from gezaehlte_jahre as jahre
    inner join verzeichnis
        on verzeichnis.stichtag = case
            when jahre.stichtag in (select v.stichtag from verzeichnis as v) then jahre.stichtag
            else verzeichnis.neuester_stichtag
        end
    left join gelesen
        on gelesen.merkmal = 'schueler'
        and gelesen.einrichtung = verzeichnis.schulnummer
        and gelesen.stichtag = jahre.stichtag
    where
        gelesen.einrichtung is null
        and verzeichnis.grund is null
        and verzeichnis.schulbetrieb = '1'
        and verzeichnis.schulform not in ({{ sql_liste(schulformen_ohne_unterricht()) }})
),

stufen as (
    select einrichtung, stichtag, wert, datenart
    from gelesen
    where merkmal = 'sozialindexstufe'
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
    {{ beobachtung({
        'quelle': 'verzeichnis.quelle', 'abruf': 'verzeichnis.abruf', 'zeile': 'verzeichnis.zeile',
        'spalte': 'verzeichnis.spalte', 'originaltext': 'verzeichnis.originaltext', 'datenart': 'verzeichnis.datenart',
        'merkmal': "'schulen'", 'gebiet': 'verzeichnis.gebiet', 'stichtag': 'verzeichnis.stichtag',
        'zeitraum_von': 'verzeichnis.zeitraum_von', 'schulform': 'verzeichnis.schulform',
        'rechtsform': 'verzeichnis.rechtsform', 'schulbetrieb': 'verzeichnis.schulbetrieb',
        'einrichtung': 'verzeichnis.schulnummer', 'ist_summe': 'false', 'wert': '1.0', 'status': "'A'",
        'vertraulichkeit': "'F'", 'basis': "''", 'grund': 'verzeichnis.grund'
    }) }}
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
