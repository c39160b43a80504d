"""The table macro ``stand_am`` inside the released file: the figures as they were released on a day.

Belongs here: its SQL. Does not belong here: finding out what changed (``dbt_projekt/models/revisionen``).

A figure was on that day what the first revision after it names as its previous state; without a later revision it is
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
