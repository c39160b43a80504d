-- Reach as figures: numerators and denominators of the Ortsteile, added up for Stadtbezirke and city. Where the
-- children of an Ortsteil are unknown or cannot be spread, it and what contains it have no value.
with regeln as (
    select angebot, indikator_plaetze as indikator, merkmal, verortet_ab
    from {{ ref('reichweiten') }}
    where indikator_plaetze is not null
    {% for spalte in ['indikator_nah', 'indikator_grenze', 'indikator_weg'] -%}
    union all
    select angebot, {{ spalte }} as indikator, null as merkmal, verortet_ab
    from {{ ref('reichweiten') }}
    where {{ spalte }} is not null
    {% endfor %}
),

-- Whether enough facilities of an offer have a location and any of them places, and what kind of data they are.
belegt as (
    select
        regeln.indikator,
        einrichtungen.stichtag,
        bool_or(
            einrichtungen.x is not null
            and case regeln.merkmal
                when 'plaetze_u3' then einrichtungen.plaetze_u3 is not null
                when 'plaetze_ue3' then einrichtungen.plaetze_ue3 is not null
                when 'schueler' then einrichtungen.schueler is not null
                else true
            end
        )
        and avg(case when einrichtungen.x is null then 0.0 else 1.0 end) >= max(regeln.verortet_ab) as vorhanden,
        {{ schlechteste_datenart('einrichtungen.datenart') }} as datenart
    from regeln
    inner join {{ ref('einrichtungen') }} as einrichtungen
        on case
            when regeln.angebot in ('u3', 'ue3') then einrichtungen.art in ('kita', 'tagespflege')
            else einrichtungen.art = regeln.angebot
        end
    group by regeln.indikator, einrichtungen.stichtag
),

-- What kind of data the network is, if ways were measured in it.
netz as (
    select {{ schlechteste_datenart('roh.datenart') }} as datenart
    from {{ source('raw', 'abrufe') }} as roh
    where roh.quelle = 'fusswegenetz' and exists (select 1 from {{ source('raw', 'fusswege') }})
),

-- Contributions are cut at the twelfth digit: without rounding, all children could be a hair more than all.
beitraege as (
    select
        erreichbar.indikator,
        erreichbar.stichtag,
        erreichbar.basis,
        erreichbar.gebiet,
        {{ gerundet(summe_genau('erreichbar.beitrag')) }} as zaehler
    from {{ ref('erreichbare_einrichtung') }} as erreichbar
    group by erreichbar.indikator, erreichbar.stichtag, erreichbar.basis, erreichbar.gebiet
),

-- Ortsteile with a facility in reach whose places nobody knows.
unbekannte as (
    select distinct zuteilung.angebot, zuteilung.stichtag, zuteilung.basis, zuteilung.gebiet
    from {{ ref('reichweite_zuteilung') }} as zuteilung
    where zuteilung.plaetze is null
),

je_ortsteil as (
    select
        regeln.indikator,
        nachfrage.stichtag,
        nachfrage.zeitraum_von,
        nachfrage.basis,
        nachfrage.gebiet,
        coalesce(beitraege.zaehler, 0) as zaehler,
        nachfrage.kinder,
        case
            when nachfrage.kinder is null then nachfrage.status_rang
            when nachfrage.kinder > 0 and not nachfrage.verteilbar then 9
            when not belegt.vorhanden then 9
            when nachfrage.herkunft in ('rest', 'umriss') or unbekannte.gebiet is not null
                then greatest(nachfrage.status_rang, 6)
            else nachfrage.status_rang
        end as rang,
        vertraulichkeit.rang as vertraulichkeit_rang,
        case
            when 'beispiel' in (nachfrage.datenart, nachfrage.datenart_punkte, belegt.datenart, netz.datenart) then 2
            when 'eingang' in (nachfrage.datenart, nachfrage.datenart_punkte, belegt.datenart, netz.datenart) then 1
            else 0
        end as datenart_rang
    from regeln
    inner join {{ ref('reichweite_nachfrage') }} as nachfrage on nachfrage.angebot = regeln.angebot
    inner join {{ ref('vertraulichkeit') }} as vertraulichkeit
        on vertraulichkeit.vertraulichkeit = nachfrage.vertraulichkeit
    inner join belegt on belegt.indikator = regeln.indikator and belegt.stichtag = nachfrage.stichtag
    cross join netz
    left join beitraege
        on beitraege.indikator = regeln.indikator
        and beitraege.stichtag = nachfrage.stichtag
        and beitraege.basis = nachfrage.basis
        and beitraege.gebiet = nachfrage.gebiet
    left join unbekannte
        on regeln.merkmal is not null
        and unbekannte.angebot = regeln.angebot
        and unbekannte.stichtag = nachfrage.stichtag
        and unbekannte.basis = nachfrage.basis
        and unbekannte.gebiet = nachfrage.gebiet
),

summen as (
    select
        je_ortsteil.indikator,
        huelle.gebiet,
        je_ortsteil.stichtag,
        min(je_ortsteil.zeitraum_von) as zeitraum_von,
        je_ortsteil.basis,
        {{ summe_genau('je_ortsteil.zaehler') }} as zaehler,
        {{ summe_genau('je_ortsteil.kinder') }} as nenner,
        max(je_ortsteil.rang) as rang,
        max(je_ortsteil.vertraulichkeit_rang) as vertraulichkeit_rang,
        max(je_ortsteil.datenart_rang) as datenart_rang
    from je_ortsteil
    inner join {{ ref('gebietshuelle') }} as huelle on huelle.teil = je_ortsteil.gebiet and not huelle.umgerechnet
    group by je_ortsteil.indikator, huelle.gebiet, je_ortsteil.stichtag, je_ortsteil.basis
),

bewertet as (
    select
        summen.indikator,
        summen.gebiet,
        summen.stichtag,
        summen.zeitraum_von,
        summen.basis,
        summen.zaehler,
        summen.nenner,
        summen.vertraulichkeit_rang,
        summen.datenart_rang,
        definition.einheit,
        definition.faktor,
        case
            when not status.hat_wert then summen.rang
            when summen.nenner = 0 then 7
            else greatest(summen.rang, mindeststatus.rang)
        end as rang,
        status.hat_wert and summen.nenner > 0 as gezeigt
    from summen
    inner join {{ ref('indikator_definitionen') }} as definition on definition.indikator = summen.indikator
    inner join {{ ref('status') }} as mindeststatus on mindeststatus.status = definition.mindeststatus
    inner join {{ ref('status') }} as status on status.rang = summen.rang
)

select
    bewertet.indikator,
    bewertet.gebiet,
    gebiete.ebene,
    bewertet.stichtag,
    bewertet.zeitraum_von,
    case when bewertet.gezeigt then bewertet.faktor * bewertet.zaehler / bewertet.nenner end as wert,
    bewertet.einheit,
    case when bewertet.gezeigt then bewertet.zaehler end as zaehler,
    case when bewertet.gezeigt then bewertet.nenner end as nenner,
    bewertet.basis,
    status.status,
    vertraulichkeit.vertraulichkeit,
    cast(null as varchar) as zuverlaessigkeit,
    cast(null as double) as unsicher_von,
    cast(null as double) as unsicher_bis,
    {{ datenart_aus_rang('bewertet.datenart_rang') }} as datenart
from bewertet
inner join {{ ref('status') }} as status on status.rang = bewertet.rang
inner join {{ ref('vertraulichkeit') }} as vertraulichkeit on vertraulichkeit.rang = bewertet.vertraulichkeit_rang
inner join {{ ref('gebiete') }} as gebiete on gebiete.gebiet = bewertet.gebiet
order by bewertet.indikator, bewertet.stichtag, bewertet.gebiet, bewertet.basis
