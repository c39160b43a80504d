-- Every index value opened to its components: value, centre, spread, standardised value, weight and contribution.
select
    definition.verbund,
    definition.version,
    groesse.art,
    groesse.gebiet,
    groesse.stichtag,
    groesse.indikator,
    groesse.nummer,
    groesse.eingang_stichtag,
    groesse.eingang_frueher,
    groesse.eingang_basis,
    groesse.wert_stichtag,
    groesse.wert_frueher,
    groesse.wert,
    status.status,
    case when groesse.nimmt_teil then masse.mitte end as mitte,
    case when groesse.nimmt_teil then masse.streuung end as streuung,
    case when groesse.nimmt_teil then groesse.vorzeichen * (groesse.wert - masse.mitte) / masse.streuung end as z,
    groesse.gewicht,
    groesse.vorzeichen,
    case
        when groesse.nimmt_teil
            then groesse.gewicht * groesse.vorzeichen * (groesse.wert - masse.mitte) / masse.streuung
    end as beitrag
from {{ ref('index_groessen') }} as groesse
cross join {{ ref('index_definition') }} as definition
inner join {{ ref('status') }} as status on status.rang = groesse.status_rang
left join {{ ref('index_masse') }} as masse
    on masse.variante = 'wie deklariert'
    and masse.art = groesse.art
    and masse.stichtag = groesse.stichtag
    and masse.indikator = groesse.indikator
order by groesse.art, groesse.stichtag, groesse.gebiet, groesse.nummer
