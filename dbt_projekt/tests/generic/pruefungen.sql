{# Rows that stand twice for the same key. #}
{% test eindeutig(model, spalten) %}
select {{ spalten | join(', ') }}, count(*) as zeilen
from {{ model }}
group by {{ spalten | join(', ') }}
having count(*) > 1
{% endtest %}

{# A figure without a status that allows it, a missing figure without a reason, or a number that is none. #}
{% test wert_oder_status(model) %}
select pruefling.indikator, pruefling.gebiet, pruefling.stichtag, pruefling.wert, pruefling.status
from {{ model }} as pruefling
inner join {{ ref('status') }} as status on status.status = pruefling.status
where status.hat_wert != (pruefling.wert is not null) or isnan(pruefling.wert) or isinf(pruefling.wert)
{% endtest %}

{# Rows in = rows out: every source row is an observation or a row in abgewiesen, never both, never neither. #}
{% test zeilenbilanz(model) %}
with gelesen as (
    select quelle, abruf, zeile from {{ source('raw', 'zeilen') }}
),

verbucht as (
    select quelle, abruf, zeile, count(*) filter (where ort = 'beobachtungen') as b, count(*) filter (where ort = 'abgewiesen') as a
    from (
        select distinct quelle, abruf, zeile, 'beobachtungen' as ort from {{ model }}
        union all
        select quelle, abruf, zeile, 'abgewiesen' as ort from {{ ref('abgewiesen') }}
    ) as beide
    group by quelle, abruf, zeile
)

select coalesce(gelesen.quelle, verbucht.quelle) as quelle, coalesce(gelesen.abruf, verbucht.abruf) as abruf,
    coalesce(gelesen.zeile, verbucht.zeile) as zeile, verbucht.b, verbucht.a
from gelesen
full outer join verbucht
    on verbucht.quelle = gelesen.quelle and verbucht.abruf = gelesen.abruf and verbucht.zeile = gelesen.zeile
where gelesen.quelle is null or verbucht.quelle is null or verbucht.a + verbucht.b != 1
{% endtest %}

{# The same Merkmal from the same source both for a district and for one that contains it would be counted twice. #}
{% test keine_doppelte_ebene(model) %}
select distinct oben.merkmal, oben.quelle, oben.stichtag, oben.gebiet, unten.gebiet as teil
from {{ model }} as oben
inner join {{ ref('gebietshuelle') }} as huelle on huelle.gebiet = oben.gebiet and huelle.teil != huelle.gebiet
inner join {{ model }} as unten
    on unten.gebiet = huelle.teil and unten.merkmal = oben.merkmal and unten.basis = oben.basis and unten.stichtag = oben.stichtag
    and unten.einrichtung is not distinct from oben.einrichtung
where not oben.ist_summe and not unten.ist_summe and oben.basis != ''
{% endtest %}

{# Two figures of the same thing (the same Merkmal, district, date and breakdown) would be counted twice. #}
{% test nicht_doppelt_gezaehlt(model) %}
select merkmal, gebiet, stichtag, basis, einrichtung, {{ gliederungen() | join(', ') }}, count(*) as zeilen
from {{ model }}
where not ist_summe
group by merkmal, gebiet, stichtag, basis, einrichtung, {{ gliederungen() | join(', ') }}
having count(*) > 1
{% endtest %}

{# An observation without a number needs a sign that says why (U: too uncertain to be told), and one with a number none. #}
{% test zahl_oder_grund(model) %}
select pruefling.quelle, pruefling.abruf, pruefling.zeile, pruefling.spalte, pruefling.wert, pruefling.status
from {{ model }} as pruefling
inner join {{ ref('status') }} as status on status.status = pruefling.status
where
    (pruefling.wert is null and status.hat_wert and pruefling.status != 'U')
    or (pruefling.wert is not null and not status.hat_wert)
    or isnan(pruefling.wert)
{% endtest %}

{# A former district must be shared out wholly, whatever it is weighed by. #}
{% test gewichte_ergeben_eins(model) %}
select von, basis, sum(gewicht) as summe
from {{ model }}
group by von, basis
having abs(sum(gewicht) - 1) > 1e-9
{% endtest %}

{# A break for a Merkmal that nobody declares would concern nothing, silently. #}
{% test bruchmerkmale_bekannt(model) %}
select brueche.bruch, brueche.merkmal
from ({{ bruchmerkmale(model) }}) as brueche
left join {{ ref('merkmale') }} as merkmale on merkmale.merkmal = brueche.merkmal
where merkmale.merkmal is null
{% endtest %}

{# The points of an Ortsteil share all of its children. #}
{% test anteile_ergeben_eins(model) %}
select gebiet, sum(anteil) as summe
from {{ model }}
group by gebiet
having abs(sum(anteil) - 1) > 1e-9
{% endtest %}

{# Places are shared out wholly: what the children of all Ortsteile get of a facility adds up to its places, if there are
   children in its reach. Σ Aᵢ·Nᵢ = Σ Pⱼ. #}
{% test plaetze_bleiben_erhalten(model) %}
with erreicht as (
    select distinct
        reichweite.angebot,
        reichweite.stichtag,
        nachfrage.basis,
        reichweite.art,
        reichweite.einrichtung,
        reichweite.plaetze
    from {{ ref('reichweite') }} as reichweite
    inner join {{ ref('reichweite_nachfrage') }} as nachfrage
        on nachfrage.angebot = reichweite.angebot
        and nachfrage.stichtag = reichweite.stichtag
        and nachfrage.gebiet = reichweite.gebiet
    where nachfrage.kinder > 0
),

zugeteilt as (
    select angebot, stichtag, basis, art, einrichtung, sum(zugeteilt) as plaetze
    from {{ model }}
    group by angebot, stichtag, basis, art, einrichtung
)

select erreicht.angebot, erreicht.stichtag, erreicht.einrichtung, erreicht.plaetze, zugeteilt.plaetze as laut_zuteilung
from erreicht
left join zugeteilt
    on zugeteilt.angebot = erreicht.angebot
    and zugeteilt.stichtag = erreicht.stichtag
    and zugeteilt.basis = erreicht.basis
    and zugeteilt.art = erreicht.art
    and zugeteilt.einrichtung = erreicht.einrichtung
where erreicht.plaetze is not null and coalesce(abs(zugeteilt.plaetze - erreicht.plaetze), 1) > 1e-6
{% endtest %}

{# Every revision of this release has a reason that its inputs prove. #}
{% test geklaert(model) %}
select r.indikator, r.gebiet, r.stichtag, r.basis
from {{ model }} as r
where coalesce(r.anlass, 'ungeklaert') = 'ungeklaert'
    and r.freigabe_nachher in (select l.id from {{ source('raw', 'lauf') }} as l)
{% endtest %}

{# Every observation that has a class is counted once: none is lost or doubled on the way to the sums of the classes. #}
{% test jede_gezaehlt(model) %}
select beobachtet.klasse, beobachtet.zahl as beobachtungen, gezaehlt.zahl as zaehlungen
from (select klasse, count(*) as zahl from {{ ref('beobachtungen') }} where klasse is not null group by klasse) as beobachtet
full outer join (select klasse, sum(beobachtungen) as zahl from {{ model }} group by klasse) as gezaehlt
    on gezaehlt.klasse = beobachtet.klasse
where beobachtet.zahl is distinct from gezaehlt.zahl
{% endtest %}
