"""Random manipulations of archive, release and private file: does the audit find each of them and name the place?

Belongs here: kinds of manipulation, applying one to a copy, and the count. Run by hand with any number, on the small
hand-made release or on a runtime folder: ``python -m tests.pipelines.pruefe.manipulation --anzahl 200 [--daten DIR]``.
Does not belong here: what the audit should say of single faults (``test_pruefbericht``, ``test_kette``).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

sys.path.extend(str(Path(__file__).parents[n]) for n in (1, 2))
from kleinkatalog import EINWOHNER
from kleinlager import Kleinfreigabe, baue_kleinlager
from revisionshilfe import trage_revisionen_nach

from pipelines.freigabe import baue, freigeben
from pipelines.freigabe.beilagen import als_text, dateihash, pruefsumme
from pipelines.freigabe.inhalt import inhaltshash, spaltentypen
from pipelines.freigabe.signatur import lies_geheim, neues_paar, unterschreibe
from pipelines.pruefe import pruefe
from quellen.archiv import Archiv


@dataclass(frozen=True)
class Welt:
    """A copy that may be spoiled: archive, folder of a release (its predecessor beside it), private file, manifest."""

    archiv: Path
    ordner: Path
    lager: Path
    manifest: Mapping[str, Any]


@dataclass(frozen=True)
class Tat:
    """What was done, and the texts of which one must stand in a finding that names the place (several: all of them)."""

    was: str
    namen: tuple[tuple[str, ...], ...]


Eingriff = Callable[[Welt, random.Random], Tat]


def _dateien(ordner: Path, muster: str) -> list[Path]:
    return sorted(p for p in ordner.glob(muster) if p.is_file() and p.stat().st_size)


def _byte(wo: Callable[[Welt], list[Path]]) -> Eingriff:
    """Another value for one byte of one file."""

    def eingriff(welt: Welt, wuerfel: random.Random) -> Tat:
        datei = wuerfel.choice(wo(welt))
        daten = bytearray(datei.read_bytes())
        stelle = wuerfel.randrange(len(daten))
        daten[stelle] ^= wuerfel.randrange(1, 256)
        datei.chmod(0o644)
        datei.write_bytes(daten)
        return Tat(f"Byte {stelle} von {datei.name}", ((datei.name,), (datei.parent.name, "verändert")))

    return eingriff


def _signatur(welt: Welt, wuerfel: random.Random) -> Tat:
    """A signed release, one byte of its signature changed."""
    schluessel = lies_geheim(neues_paar()[0])
    schein = _schein(welt) | {"signaturschluessel": schluessel.oeffentlich.zeile}
    _schreibe_schein(welt, schein)
    text = unterschreibe((welt.ordner / "freigabe.json").read_bytes(), schluessel, f"Freigabe {schein['id']}")
    (welt.ordner / "freigabe.json.minisig").write_text(text, encoding="utf-8")
    return _byte(lambda w: [w.ordner / "freigabe.json.minisig"])(welt, wuerfel)


def _schein(welt: Welt) -> dict[str, Any]:
    inhalt: dict[str, Any] = json.loads((welt.ordner / "freigabe.json").read_text(encoding="utf-8"))
    return inhalt


def _schreibe_schein(welt: Welt, schein: dict[str, Any]) -> None:
    schein["pruefsumme"] = pruefsumme(schein)
    datei = welt.ordner / "freigabe.json"
    datei.chmod(0o644)
    datei.write_text(als_text(schein), encoding="utf-8")


def _scheinfeld(welt: Welt, wuerfel: random.Random) -> Tat:
    """Another value in the release note, its checksum made to fit."""
    schein = _schein(welt)
    feld = wuerfel.choice(sorted(schein.keys() - {"pruefsumme"}))
    weg, ort, name = [feld], schein, feld
    while isinstance(ort[name], dict | list) and ort[name]:
        ort = ort[name]
        name = wuerfel.choice(sorted(ort)) if isinstance(ort, dict) else wuerfel.randrange(len(ort))
        weg.append(str(name))
    ort[name] = _anders(ort[name])
    _schreibe_schein(welt, schein)
    return Tat(f"freigabe.json: {' / '.join(weg)}", (*((str(teil),) for teil in weg), ("freigabe.json",)))


def _anders(wert: Any) -> Any:
    match wert:
        case bool():
            return not wert
        case int() | float():
            return wert + 1
        case str() if wert:
            return wert[:-1] + ("0" if wert[-1] != "0" else "1")
        case _:
            return "x"


def _sql_anders(spalte: str, typ: str) -> str:
    """An SQL expression for another value of a column."""
    s = f'"{spalte}"'
    if typ == "BOOLEAN":
        return f"not coalesce({s}, false)"
    if typ in ("VARCHAR", "DATE") or typ.startswith("TIMESTAMP"):
        neu = {"VARCHAR": f"{s} || 'x'", "DATE": f"{s} + 1"}.get(typ, f"{s} + interval 1 second")
        return f"cast(coalesce({neu}, {'$$x$$' if typ == 'VARCHAR' else 'date $$2020-02-02$$'}) as {typ})"
    return f"coalesce({s} + 1, 1)"


def _waehle_zelle(
    con: duckdb.DuckDBPyConnection, wuerfel: random.Random, ohne: tuple[str, ...]
) -> tuple[str, str, int]:
    """Table, column and row, every column of the release as likely as any other."""
    spalten = con.execute(
        "select c.table_name, c.column_name, c.data_type from duckdb_columns() as c inner join duckdb_tables() as t "
        "on t.table_oid = c.table_oid where t.estimated_size > 0 and c.database_name = current_database() order by all"
    ).fetchall()
    tabelle, spalte, _ = wuerfel.choice([s for s in spalten if s[0] not in ohne])
    zeile = wuerfel.randrange(int(con.execute(f'select count(*) from "{tabelle}"').fetchall()[0][0]))
    return tabelle, spalte, zeile


def _zelle(welt: Welt, wuerfel: random.Random) -> Tat:
    """Another value in one released cell, all traces covered."""
    with duckdb.connect(str(welt.ordner / "sozialraum.duckdb")) as con:
        tabelle, spalte, nr = _waehle_zelle(con, wuerfel, _unbeobachtet(welt))
        _aendere(con, f'main."{tabelle}"', spalte, nr)
    _verwische(welt, tabelle)
    return _tat_an(tabelle, spalte, nr)


def _aendere(con: duckdb.DuckDBPyConnection, tabelle: str, spalte: str, nr: int) -> None:
    con.execute("set timezone = 'UTC'")
    typ = spaltentypen(con, tabelle)[spalte]
    con.execute(
        f'update {tabelle} set "{spalte}" = {_sql_anders(spalte, typ)} '
        f"where rowid = (select rowid from {tabelle} order by rowid limit 1 offset {nr})"
    )


def _tat_an(tabelle: str, spalte: str, nr: int) -> Tat:
    namen = {"abrufe": (("Abruf ",),), "freigabe": ((spalte, "freigabe.json sagt"),)}.get(tabelle, ())
    return Tat(f"Zelle {tabelle}.{spalte}, Zeile {nr}", ((f"{tabelle}, ", f"{spalte} ist"), (f"{tabelle}, ",), *namen))


def _zeile_weg(welt: Welt, wuerfel: random.Random) -> Tat:
    """One row taken out, all traces covered."""
    with duckdb.connect(str(welt.ordner / "sozialraum.duckdb")) as con:
        tabelle, _, nr = _waehle_zelle(con, wuerfel, _unbeobachtet(welt))
        con.execute(
            f'delete from "{tabelle}" where rowid = (select rowid from "{tabelle}" order by rowid limit 1 offset {nr})'
        )
    _verwische(welt, tabelle)
    return Tat(f"Zeile {nr} von {tabelle} entfernt", ((f"{tabelle}, ", "fehlt"), (f"Tabelle {tabelle} ",), (tabelle,)))


def _unbeobachtet(welt: Welt) -> tuple[str, ...]:
    """The small release has no SQL from which its column lineage could be found again."""
    echt = any('"raw".' in p.read_text(encoding="utf-8") for p in (welt.ordner / "belege" / "sql").glob("*.sql"))
    return () if echt else ("spaltenherkunft",)


def _verwische(welt: Welt, tabelle: str) -> None:
    """Parquet, CSV and all hashes of the release note as if the table had been so from the beginning."""
    schein, ordner = _schein(welt), welt.ordner
    with duckdb.connect(str(ordner / "sozialraum.duckdb")) as con:
        con.execute("set timezone = 'UTC'")
        for art, wie in (("parquet", "format parquet"), ("csv", "format csv, header true, nullstr ''")):
            datei = ordner / art / f"{tabelle}.{art}"
            datei.unlink()
            con.execute(f"copy \"{tabelle}\" to '{datei}' ({wie})")
        typen = spaltentypen(con, f'"{tabelle}"')
        zeilen = con.execute(f'select count(*) from "{tabelle}"').fetchall()[0][0]
        schein["tabellen"][tabelle] = {"zeilen": zeilen, "inhalt": inhaltshash(con, f'"{tabelle}"', typen)}
        schein["archiv"] = [z[0] for z in con.execute("select distinct abruf from abrufe order by 1").fetchall()]
    for name in ("sozialraum.duckdb", f"parquet/{tabelle}.parquet", f"csv/{tabelle}.csv"):
        datei = ordner / name
        schein["dateien"][name] = {"bytes": datei.stat().st_size, "sha256": dateihash(datei)}
    _schreibe_schein(welt, schein)


def _katalog(welt: Welt, wuerfel: random.Random) -> Tat:
    """Something in the file beside its tables' contents: a description, a macro, an object of nobody's."""
    befehl, name = wuerfel.choice(
        [
            ("comment on column indikatoren.wert is 'anders'", "indikatoren.wert"),
            ("comment on table gebiete is 'anders'", "gebiete: beschrieben"),
            ("create or replace macro spaltenweg(tabelle, spalte) as table select 1 as stufe", "Makro spaltenweg"),
            ("create macro herkunft2(a) as table select a", "Makro herkunft2"),
            ("create view indikatoren_neu as from indikatoren", "Sicht indikatoren_neu"),
            ("create schema nebenan; create table nebenan.indikatoren as from main.indikatoren", "Schema nebenan"),
        ]
    )
    with duckdb.connect(str(welt.ordner / "sozialraum.duckdb")) as con:
        con.execute(befehl)
    _verwische(welt, "gebiete")
    return Tat(befehl, ((name,),))


def _lager(welt: Welt, wuerfel: random.Random) -> Tat:
    """Another value in a cell of the private file, then released from it like any other."""
    with duckdb.connect(str(welt.ordner / "sozialraum.duckdb"), read_only=True) as con:
        tabelle, spalte, nr = _waehle_zelle(con, wuerfel, (*_unbeobachtet(welt), "freigabe"))
    knoten = [*welt.manifest["nodes"].values(), *welt.manifest["sources"].values()]
    relation = next(
        f'{n["schema"]}."{n.get("alias") or n["identifier"]}"'
        for n in knoten
        if (n.get("config", {}).get("meta") or {}).get("freigabe") == tabelle
    )
    with duckdb.connect(str(welt.lager)) as con:
        art = con.execute(
            "select t.table_type from information_schema.tables as t where t.table_schema || '.\"' || t.table_name || "
            "'\"' = ?",
            [relation],
        ).fetchall()
        if art == [("VIEW",)]:
            con.execute(f"create table main.davor as from {relation}")
            con.execute(f"drop view {relation}; create table {relation} as from main.davor; drop table main.davor")
        _aendere(con, relation, spalte, nr)
        con.execute("checkpoint")
    ordner = welt.ordner.with_name("neu")
    baue(welt.lager, welt.manifest, ordner, archiv=Archiv(welt.archiv))
    shutil.rmtree(welt.ordner)
    ordner.rename(welt.ordner)
    tat = _tat_an(tabelle, spalte, nr)
    return Tat(f"lager.duckdb: {tat.was}", tat.namen)


ARTEN: Mapping[str, Eingriff] = {
    "Archivobjekt": _byte(lambda w: _dateien(w.archiv, "objekte/*/*")),
    "Abrufeintrag": _byte(lambda w: _dateien(w.archiv, "abrufe/*/*.json")),
    "Datenbankdatei": _byte(lambda w: [w.ordner / "sozialraum.duckdb"]),
    "Parquet": _byte(lambda w: _dateien(w.ordner, "parquet/*")),
    "CSV": _byte(lambda w: _dateien(w.ordner, "csv/*")),
    "Freigabeschein": _byte(lambda w: [w.ordner / "freigabe.json"]),
    "Beilage": _byte(lambda w: [w.ordner / "LIESMICH.txt", w.ordner / "datapackage.json"]),
    "Deklaration": _byte(
        lambda w: [*_dateien(w.ordner, "belege/katalog/*"), *_dateien(w.ordner, "belege/stammdaten/*")]
    ),
    "SQL": _byte(lambda w: [*_dateien(w.ordner, "belege/sql/*"), *_dateien(w.ordner, "belege/makros/*")]),
    "Vorgänger": _byte(lambda w: _dateien(w.ordner.parent, f"{_schein(w)['vorgaenger']}/freigabe.json")),
    "Unterschrift": _signatur,
    "Feld des Scheins": _scheinfeld,
    "Zelle": _zelle,
    "Zeile": _zeile_weg,
    "Katalog": _katalog,
    "Lager": _lager,
}
"""Kinds of manipulation. ``Zelle`` and ``Lager`` come up more often, because there is more that they can be."""
REIHE = [*ARTEN, "Zelle", "Lager", "Feld des Scheins", "Zelle"]


@dataclass(frozen=True)
class Ergebnis:
    """One manipulation and what the audit made of it."""

    art: str
    tat: Tat
    gefunden: bool
    benannt: bool


def versuche(original: Welt, nummer: int, saat: int) -> Ergebnis:
    """Apply manipulation ``nummer`` of a seeded series to a copy and audit it."""
    wuerfel, art = random.Random(f"{saat}/{nummer}"), REIHE[nummer % len(REIHE)]
    with tempfile.TemporaryDirectory(prefix="manipulation-") as ordner:
        welt = _kopiere(original, Path(ordner))
        tat = ARTEN[art](welt, wuerfel)
        bericht = pruefe(welt.ordner, Archiv(welt.archiv))
    maengel = [m for p in bericht.punkte for m in p.maengel]
    benannt = any(all(teil in m for teil in name) for name in tat.namen for m in maengel)
    return Ergebnis(art, tat, bool(maengel), benannt)


def _kopiere(welt: Welt, ziel: Path) -> Welt:
    shutil.copytree(welt.archiv, ziel / "archiv")
    shutil.copytree(welt.ordner.parent, ziel / "freigaben", symlinks=True)
    shutil.copyfile(welt.lager, ziel / "lager.duckdb")
    for datei in (ziel / "freigaben").rglob("*"):
        if datei.is_file():
            datei.chmod(0o644)
    return Welt(ziel / "archiv", ziel / "freigaben" / welt.ordner.name, ziel / "lager.duckdb", welt.manifest)


def kleine_welt(ordner: Path) -> Welt:
    """The small hand-made release with a predecessor, one of whose sources was revised since."""
    eins = baue_kleinlager(ordner / "eins", id_="f1")
    vorher = freigeben(eins.lager, eins.manifest, ordner / "freigaben", eins.archiv, "f1")
    revidiert = EINWOHNER.replace("2.510;7.510", "2.600;7.600")
    zwei = baue_kleinlager(ordner / "zwei", id_="f2", vorgaenger="f1", einwohner=revidiert)
    trage_revisionen_nach(zwei.lager, vorher.ordner)
    frei = Kleinfreigabe(
        zwei, freigeben(zwei.lager, zwei.manifest, ordner / "freigaben", zwei.archiv, "f2"), ordner / "freigaben"
    )
    return Welt(zwei.archiv.ordner, frei.freigabe.ordner, zwei.lager, zwei.manifest)


def grosse_welt(daten: Path) -> Welt:
    """The current release of a runtime folder."""
    manifest = json.loads((daten / "dbt" / "manifest.json").read_text(encoding="utf-8"))
    return Welt(daten / "archiv", (daten / "freigaben" / "aktuell").resolve(), daten / "lager.duckdb", manifest)


def main() -> int:
    """Print every manipulation that was not found or not named, and the count; 1 if there was one."""
    wahl = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wahl.add_argument("--anzahl", type=int, default=200)
    wahl.add_argument("--ab", type=int, default=0, help="Nummer der ersten Manipulation")
    wahl.add_argument("--saat", type=int, default=20261124)
    wahl.add_argument("--daten", type=Path, help="Laufzeitordner; sonst die kleine Freigabe")
    w = wahl.parse_args()
    with tempfile.TemporaryDirectory(prefix="manipulationen-") as ordner:
        welt = grosse_welt(w.daten) if w.daten else kleine_welt(Path(ordner))
        ergebnisse = []
        for nummer in range(w.ab, w.ab + w.anzahl):
            e = versuche(welt, nummer, w.saat)
            ergebnisse.append(e)
            if not (e.gefunden and e.benannt):
                print(f"{nummer} {e.art}: {e.tat.was}: gefunden {e.gefunden}, benannt {e.benannt}", flush=True)
    je_art = Counter(e.art for e in ergebnisse)
    print(", ".join(f"{art} {anzahl}" for art, anzahl in je_art.items()))
    gefunden, benannt = sum(e.gefunden for e in ergebnisse), sum(e.benannt for e in ergebnisse)
    print(f"{len(ergebnisse)} Manipulationen: {gefunden} gefunden, {benannt} benannt")
    return int(not gefunden == benannt == len(ergebnisse))


if __name__ == "__main__":
    sys.exit(main())
