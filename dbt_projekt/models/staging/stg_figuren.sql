-- Every figure of every declared source, typed: raw.figuren has its texts by role, raw.zuordnungen, raw.zeichen and
-- raw.abrufe say what they mean. "grund" says why a figure is not accepted. Figures of schools and Kitas have no
-- district yet.
{% set gegliedert = [
    'geschlecht', 'alter', 'staatsangehoerigkeit', 'staat', 'schulform', 'rechtsform', 'schulbetrieb', 'art'
] %}
with bedeutungen as (
    select
        rollen.quelle,
        rollen.teil,
        rollen.rolle,
        zuordnungen.text,
        zuordnungen.wert
    from {{ source('raw', 'rollen') }} as rollen
    inner join {{ source('raw', 'zuordnungen') }} as zuordnungen
        on zuordnungen.quelle = rollen.quelle and zuordnungen.teil = rollen.teil and zuordnungen.feld = rollen.feld
),

gelesen as (
    select
        roh.quelle,
        roh.abruf,
        roh.zeile,
        roh.spalte,
        roh.originaltext,
        roh.korrigiert,
        roh.korrektur,
        coalesce(roh.korrigiert, roh.originaltext) as text,
        roh.total_fehlt,
        roh.nicht_gefuehrt,
        roh.basis,
        roh.gebietsart,
        roh.stichtag_art,
        abrufe.datenart,
        abrufe.dezimal,
        abrufe.tausender,
        coalesce(m_merkmal_text.wert, roh.merkmal) as merkmal,
        {{ code('gebiet') }} as schluessel,
        case
            when roh.stichtag_aus_stand then try_cast(abrufe.stand as date) else try_cast(m_stichtag.wert as date)
        end as tag,
        try_cast(m_stichtag_von.wert as date) as tag_von,
        {{ gliederung('geschlecht') }} as geschlecht,
        try_cast(m_alter_von.wert as integer) as alter_von,
        try_cast(m_alter_bis.wert as integer) as alter_bis,
        {{ gliederung('staatsangehoerigkeit') }} as staatsangehoerigkeit,
        {{ gliederung('staat') }} as staat,
        {{ gliederung('schulform') }} as schulform,
        {{ gliederung('rechtsform') }} as rechtsform,
        {{ gliederung('schulbetrieb') }} as schulbetrieb,
        {{ gliederung('art') }} as art,
        {{ ist_insgesamt(gegliedert) }} as ist_summe
    from {{ source('raw', 'figuren') }} as roh
    inner join {{ source('raw', 'abrufe') }} as abrufe
        on abrufe.quelle = roh.quelle and abrufe.teil = roh.teil and abrufe.abruf = roh.abruf
    {{ bedeutung('gebiet', 'gebiet') }}
    {{ bedeutung('stichtag', 'stichtag') }}
    {{ bedeutung('stichtag_von', 'stichtag') }}
    {{ bedeutung('merkmal_text', 'merkmal_text') }}
    {% for rolle in gegliedert -%}
    {{ bedeutung(rolle, rolle) }}
    {% endfor -%}
    {{ bedeutung('alter_von', 'alter') }}
    {{ bedeutung('alter_bis', 'alter') }}
)

select
    gelesen.quelle,
    gelesen.abruf,
    gelesen.zeile,
    gelesen.spalte,
    gelesen.originaltext,
    gelesen.korrigiert,
    gelesen.korrektur,
    gelesen.datenart,
    gelesen.merkmal,
    gebiete.gebiet,
    case gelesen.stichtag_art when 'schuljahr' then {{ schuljahr_bis('gelesen.tag') }} else gelesen.tag end as stichtag,
    case gelesen.stichtag_art
        when 'schuljahr' then {{ schuljahr_von('gelesen.tag') }}
        when 'jahr' then make_date(year(gelesen.tag), 1, 1)
        else nullif(gelesen.tag_von, gelesen.tag)
    end as zeitraum_von,
    gelesen.geschlecht,
    gelesen.alter_von,
    gelesen.alter_bis,
    case
        when gelesen.staatsangehoerigkeit is not null then gelesen.staatsangehoerigkeit
        when gelesen.staat like 'insgesamt\_%' escape '\' then substr(gelesen.staat, length('insgesamt_') + 1)
        when gelesen.staat in ('DE', 'DE_plus') then 'deutsch'
        when gelesen.staat is not null then 'nichtdeutsch'
    end as staatsangehoerigkeit,
    case when gelesen.staat not like 'insgesamt\_%' escape '\' then gelesen.staat end as staat,
    gelesen.schulform,
    gelesen.rechtsform,
    gelesen.schulbetrieb,
    gelesen.art,
    cast(null as integer) as sozialindexstufe,
    case when gelesen.gebietsart in ('schule', 'kita') then gelesen.schluessel end as einrichtung,
    gelesen.ist_summe,
    case
        when gelesen.total_fehlt then null
        when zeichen.zeichen is not null then zeichen.wert
        else try_cast(replace(replace(gelesen.text, gelesen.tausender, ''), gelesen.dezimal, '.') as double)
    end as wert,
    case when gelesen.total_fehlt then 'O' else coalesce(zeichen.status, 'A') end as status,
    coalesce(zeichen.vertraulichkeit, 'F') as vertraulichkeit,
    gelesen.basis,
    case
        when gelesen.nicht_gefuehrt is not null then substr(gelesen.nicht_gefuehrt, length('nicht_gefuehrt:') + 1)
        when gelesen.gebietsart in ('schule', 'kita') then null
        when gelesen.schluessel = 'insgesamt' then 'Summe über alle Gebiete der Datei'
        when gebiete.gebiet is null
            then 'Gebiet ' || coalesce(gelesen.schluessel, 'ohne Schlüssel') || ' steht nicht im Gebietsverzeichnis'
        when gebiete.gueltig_bis < gelesen.tag
            then 'Gebiet bestand zum Stichtag nicht mehr (aufgelöst nach dem '
                || strftime(gebiete.gueltig_bis, '%d.%m.%Y') || ')'
    end as grund,
    gelesen.gebietsart
from gelesen
left join {{ source('raw', 'zeichen') }} as zeichen
    on zeichen.quelle = gelesen.quelle and zeichen.zeichen = gelesen.text
left join {{ ref('gebiete') }} as gebiete
    on gebiete.kurz = gelesen.schluessel
    and case gelesen.gebietsart
        when 'schule' then false
        when 'kita' then false
        when 'kreis' then gebiete.ebene in ('stadt', 'kreis', 'land', 'bund')
        when '' then true
        else gebiete.ebene = gelesen.gebietsart
    end
