"""The check that every released figure is what its lineage says, in one query over all figures.

Belongs here: that query. Does not belong here: the other checks (``pruefen``) and the audit from the source bytes
(``pipelines.pruefe``).
"""

from __future__ import annotations

import duckdb

_ABWEICHUNGEN = """
with summen as (
    select b.gebiet, b.stichtag, b.basis, b.klasse, sum(b.wert) as summe,
        sum(b.wert * (b.alter_von + 0.5)) as summe_alter, sum(b.wert * b.sozialindexstufe) as summe_stufe
    from beobachtungen as b
    where b.klasse is not null
    group by all
),
je_gebiet as (
    select g.gebiet, s.stichtag, s.basis, s.klasse, sum(g.gewicht * s.summe) as summe,
        sum(g.gewicht * s.summe_alter) as summe_alter, sum(g.gewicht * s.summe_stufe) as summe_stufe
    from summen as s
    inner join gebietszuordnung as g on g.teil = s.gebiet and (g.gilt_bis is null or s.stichtag <= g.gilt_bis)
    group by all
),
basen as (select distinct i.basis from indikatoren as i where i.basis != ''),
beitraege as (
    select
        z.indikator, z.rolle, z.term, j.gebiet,
        cast(case z.bezug
            when 'schuljahr' then make_date(year(j.stichtag) + 1, 7, 31)
            when 'maerz' then make_date(year(j.stichtag) + 1, 3, 1)
            when 'jahresende' then make_date(year(j.stichtag), 12, 31)
            else j.stichtag
        end + to_years(z.versatz) as date) as stichtag,
        case when z.basis != '' then '' when z.gemischt and j.basis = '' then basen.basis else j.basis end as basis,
        z.gewicht * case z.mass
            when 'alter_mitte' then j.summe_alter
            when 'sozialindexstufe' then j.summe_stufe
            else j.summe
        end as beitrag
    from je_gebiet as j
    inner join indikator_zuordnung as z
        on z.klasse = j.klasse and z.rolle in ('zaehler', 'nenner') and z.basis in ('', j.basis)
    left join basen on z.gemischt and j.basis = ''
    where z.bezug not in ('schuljahr', 'maerz') or (month(j.stichtag) = 12 and day(j.stichtag) = 31)
),
je_term as (
    select t.indikator, t.gebiet, t.stichtag, t.basis, t.rolle, t.term, sum(t.beitrag) as summe
    from beitraege as t
    group by all
),
herkunft_summen as (
    select
        t.indikator, t.gebiet, t.stichtag, t.basis,
        coalesce(case k.form
            when 'kleinere_seite' then min(t.summe) filter (where t.rolle = 'zaehler')
            else sum(t.summe) filter (where t.rolle = 'zaehler')
        end, 0) as zaehler,
        coalesce(sum(t.summe) filter (where t.rolle = 'nenner'), 0) as nenner
    from je_term as t
    inner join indikator_katalog as k on k.indikator = t.indikator
    group by t.indikator, t.gebiet, t.stichtag, t.basis, k.form
),
verzeichnisse as (
    select z.indikator, bool_and(m.verzeichnis) as nur_verzeichnis
    from indikator_zuordnung as z
    inner join (select distinct b.klasse, b.merkmal from beobachtungen as b) as k on k.klasse = z.klasse
    inner join merkmale as m on m.merkmal = k.merkmal
    where z.rolle = 'zaehler'
    group by z.indikator
)
select i.indikator, i.gebiet, i.stichtag, i.basis, i.zaehler, h.zaehler as zaehler_herkunft, i.nenner,
    h.nenner as nenner_herkunft, i.wert
from indikatoren as i
inner join indikator_katalog as k on k.indikator = i.indikator
left join herkunft_summen as h
    on h.indikator = i.indikator and h.gebiet = i.gebiet and h.stichtag = i.stichtag and h.basis = i.basis
left join verzeichnisse as v on v.indikator = i.indikator
where i.wert is not null and k.form != 'abgeleitet' and not (
    (h.indikator is not null or (coalesce(v.nur_verzeichnis, false) and i.zaehler = 0))
    and i.zaehler is not null
    and abs(coalesce(h.zaehler, 0) - i.zaehler) <= 1e-9 * greatest(1, abs(i.zaehler))
    and case when k.nenner = '' then i.nenner is null
        else abs(coalesce(h.nenner, 0) - i.nenner) <= 1e-9 * greatest(1, abs(i.nenner)) end is true
    and case
        when k.form in ('quotient', 'kleinere_seite')
            then abs(k.faktor * i.zaehler / coalesce(i.nenner, 1) - i.wert) <= 1e-9 * greatest(1, abs(i.wert))
        when k.form = 'luecke' then abs(ceil(round(k.ziel * i.nenner, 9)) - i.zaehler - i.wert) <= 1e-9
        else true
    end
)
order by i.indikator, i.gebiet, i.stichtag, i.basis
"""


def abweichungen(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Figures whose numerator, denominator or value is not what their observations give, each as a German sentence.

    A figure with a value needs observations; only what is counted from directories (schools) may be a zero without any.
    The values of distributions and of derived figures are not a matter of two sums: the audit recalculates them.
    """
    return [
        f"{indikator} {gebiet} {stichtag} {basis}".rstrip()
        + f": Zähler {zaehler} (laut Herkunft {zaehler_h}), Nenner {nenner} (laut Herkunft {nenner_h}), Wert {wert}"
        for indikator, gebiet, stichtag, basis, zaehler, zaehler_h, nenner, nenner_h, wert in con.execute(
            _ABWEICHUNGEN
        ).fetchall()
    ]
