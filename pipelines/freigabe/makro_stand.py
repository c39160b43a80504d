"""Table macros about the past inside the released file: all figures on a day, and all versions of one figure.

Belongs here: their SQL. Does not belong here: finding out what changed (``dbt_projekt/models/revisionen``).

A figure was on a day what the first revision after it names as its previous state; without a later revision it is
what it is now. As in ``herkunft``, every column is qualified and nothing is newer than DuckDB 1.0.
"""

from __future__ import annotations

_SPALTEN = [
    "ebene",
    "stichtag",
    "zeitraum_von",
    "wert",
    "einheit",
    "zaehler",
    "nenner",
    "basis",
    "status",
    "vertraulichkeit",
    "zuverlaessigkeit",
    "unsicher_von",
    "unsicher_bis",
    "revision",
    "datenart",
]
_SCHLUESSEL = ("indikator", "gebiet", "stichtag", "basis")


def _auswahl(tabelle: str, anhang: str) -> str:
    namen = ["indikator", "gebiet", *_SPALTEN]
    return ", ".join(f"{tabelle}.{n}" if n in _SCHLUESSEL else f"{tabelle}.{n}{anhang} as {n}" for n in namen)


STAND_AM = f"""
create macro stand_am(tag) as table
with ziel as (
    select f.nummer, f.id
    from freigaben as f
    where f.freigegeben_am <= cast(tag as date)
    order by f.nummer desc
    limit 1
),
spaeter as (
    select r.*, row_number() over (
        partition by r.indikator, r.gebiet, r.stichtag, r.basis order by f.nummer
    ) as folge
    from revisionen as r
    inner join freigaben as f on f.id = r.freigabe_nachher
    inner join ziel as z on f.nummer > z.nummer
),
damals as (
    select {_auswahl("i", "")}
    from indikatoren as i
    where not exists (
        select 1 from spaeter as s
        where s.indikator = i.indikator and s.gebiet = i.gebiet and s.stichtag = i.stichtag and s.basis = i.basis
    )
    union all
    select {_auswahl("s", "_vorher")}
    from spaeter as s
    where s.folge = 1 and s.art != 'neu'
)
select d.*, z.id as freigabe
from damals as d
cross join ziel as z
order by d.indikator, d.stichtag, d.gebiet, d.basis
"""  # noqa: S608 - fixed names

KOMMENTAR_STAND_AM = (
    "Die Kennzahlen, wie sie an einem Tag freigegeben waren: stand_am('2025-03-01') hat die Spalten von indikatoren. "
    "Es gilt die letzte Freigabe bis zum Ende dieses Tages (UTC); vor der ersten gibt es keine Zeile. Alle nennt die "
    "Tabelle freigaben."
)

FASSUNGEN = """
create macro fassungen(indikator, gebiet, stichtag) as table
with anfang as (
    select min_by(f.id, f.nummer) as id, min(f.freigegeben_am) as tag
    from freigaben as f
),
wechsel as (
    select r.*, f.nummer, f.freigegeben_am as tag
    from revisionen as r
    inner join freigaben as f on f.id = r.freigabe_nachher
    where r.indikator = indikator and r.gebiet = gebiet and r.stichtag = cast(stichtag as date)
),
gereiht as (
    select w.*,
        lag(w.freigabe_nachher) over (partition by w.basis order by w.nummer) as freigabe_seit,
        lag(w.tag) over (partition by w.basis order by w.nummer) as tag_seit
    from wechsel as w
),
letzte as (
    select w.basis, max(w.nummer) as nummer
    from wechsel as w
    group by w.basis
),
alle as (
    select g.basis, g.wert_vorher as wert, g.zaehler_vorher as zaehler, g.nenner_vorher as nenner,
        g.status_vorher as status, g.vertraulichkeit_vorher as vertraulichkeit, g.datenart_vorher as datenart,
        g.freigabe_seit as freigabe_von, g.tag_seit as gilt_von, g.freigabe_vorher as freigabe_bis, g.tag as gilt_bis,
        g.quelle, g.abruf_vorher as abruf, g.grund as ersetzt_weil
    from gereiht as g
    where g.art != 'neu'
    union all
    select i.basis, i.wert, i.zaehler, i.nenner, i.status, i.vertraulichkeit, i.datenart,
        w.freigabe_nachher, w.tag, null, null, w.quelle, w.abruf_nachher, null
    from indikatoren as i
    left join letzte as l on l.basis = i.basis
    left join wechsel as w on w.basis = l.basis and w.nummer = l.nummer
    where i.indikator = indikator and i.gebiet = gebiet and i.stichtag = cast(stichtag as date)
)
select a.basis, a.wert, a.zaehler, a.nenner, a.status, a.vertraulichkeit, a.datenart,
    coalesce(a.freigabe_von, b.id) as freigabe_von, coalesce(a.gilt_von, b.tag) as gilt_von,
    a.freigabe_bis, a.gilt_bis, a.quelle, a.abruf, a.ersetzt_weil
from alle as a
cross join anfang as b
order by a.basis, a.freigabe_bis is null, a.gilt_bis, coalesce(a.freigabe_von, b.id)
"""

KOMMENTAR_FASSUNGEN = (
    "Alle Fassungen, in denen eine Kennzahl je freigegeben war, die älteste zuerst: fassungen('einwohner', '05112000', "
    "'2022-12-31'). gilt_von und gilt_bis: Tag der Freigabe, mit der die Fassung kam, und derjenigen, die sie ersetzte "
    "(leer: sie gilt noch). abruf: sha256 der Dateien, durch die sich die Fassung von der nächsten (bei der geltenden: "
    "von der vorigen) unterscheidet, zu quelle; sie liegen im Archiv. Alle Zellen der geltenden nennt herkunft()."
)
