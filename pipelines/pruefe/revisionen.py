"""Whether the revisions are all that changed since the predecessor, and say truly what was and what is.

Belongs here: comparing the two released files row by row in Python, without the SQL that found the revisions. Does not
belong here: the hash chain to the predecessor (``dateien``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.freigabe.beilagen import DATEI, zeilen_als_dict
from pipelines.pruefe.bericht import Pruefpunkt

ANLAESSE = frozenset(
    [
        "quelle",
        "korrektur",
        "definition",
        "gebietsstand",
        "geheimhaltung",
        "abruftag",
        "quellenzustand",
        "programm",
        "ungeklaert",
    ]
)
_SCHLUESSEL = ("indikator", "gebiet", "stichtag", "basis")

Zeile = dict[str, Any]
Kennzahlen = dict[tuple[Any, ...], tuple[Any, ...]]
"""Key → what is compared, then ``revision``, whose change alone is no revision."""


def pruefe_revisionen(con: duckdb.DuckDBPyConnection, ordner: Path, schein: Mapping[str, Any]) -> Pruefpunkt:
    """Table ``revisionen`` against the figures of this release and of its predecessor, if that lies beside it."""
    punkt = Pruefpunkt("Revisionen", 0, einheit="Kennzahlen")
    id_, vorgaenger = str(schein.get("id")), str(schein.get("vorgaenger") or "")
    alle = zeilen_als_dict(con, "select * from revisionen")
    eigene = [z for z in alle if z["freigabe_nachher"] == id_]
    if not vorgaenger:
        punkt.geprueft = len(alle)
        punkt.maengel += ["ohne Vorgänger stehen in revisionen Zeilen"] if alle else []
        return punkt
    datei = ordner.parent / vorgaenger / DATEI
    if not datei.is_file():
        punkt.hinweise.append(f"Der Vorgänger {vorgaenger} liegt nicht hier; seine Kennzahlen sind nicht vergleichbar.")
        return punkt
    with duckdb.connect(str(datei), read_only=True, config={"enable_external_access": "false"}) as alt:
        alt.execute("set timezone = 'UTC'")
        spalten = _gemeinsame(con, alt)
        vorher, nachher = _kennzahlen(alt, spalten), _kennzahlen(con, spalten)
        punkt.geprueft = len(vorher.keys() | nachher.keys())
        punkt.maengel += _unterschiede(eigene, vorher, nachher)
        punkt.maengel += [m for z in eigene for m in _angaben(z, spalten, (vorher, nachher), vorgaenger)]
        punkt.maengel += _abrufe(con, alt, eigene)
        punkt.maengel += _uebernommen(alt, [z for z in alle if z["freigabe_nachher"] != id_])
        punkt.maengel += _liste(con, alt, id_, vorgaenger)
    offen = sum("ungeklaert" in str(z["anlass"]) for z in eigene)
    if offen:
        punkt.hinweise.append(f"{offen} Revisionen sind ungeklärt: weder Quellen noch Deklarationen noch Programm.")
    return punkt


def _schluessel(zeile: Zeile) -> tuple[Any, ...]:
    return tuple(zeile[s] for s in _SCHLUESSEL)


def _gemeinsame(con: duckdb.DuckDBPyConnection, alt: duckdb.DuckDBPyConnection) -> list[str]:
    hier, dort = ([s[0] for s in c.execute("select * from indikatoren limit 0").description] for c in (con, alt))
    frei = (*_SCHLUESSEL, "freigabe", "revision")
    return [s for s in hier if s in dort and s not in frei]


def _kennzahlen(con: duckdb.DuckDBPyConnection, spalten: list[str]) -> Kennzahlen:
    auswahl = ", ".join(f"i.{s}" for s in (*_SCHLUESSEL, *spalten, "revision"))
    zeilen = con.execute(f"select {auswahl} from indikatoren as i").fetchall()  # noqa: S608 - names of columns
    return {z[:4]: z[4:] for z in zeilen}


def _name(schluessel: tuple[Any, ...]) -> str:
    return " ".join(str(s) for s in schluessel).rstrip()


def _unterschiede(eigene: list[Zeile], vorher: Kennzahlen, nachher: Kennzahlen) -> Iterator[str]:
    """Every difference has one revision, every revision one difference."""
    anzahl, leer = Counter(_schluessel(z) for z in eigene), (None,)
    anders = {k for k in vorher.keys() | nachher.keys() if vorher.get(k, leer)[:-1] != nachher.get(k, leer)[:-1]}
    anders |= vorher.keys() ^ nachher.keys()
    yield from (f"{_name(k)} ist anders als in der vorigen Freigabe, ohne Revision" for k in anders - anzahl.keys())
    yield from (f"{_name(k)} steht in revisionen und ist gleich geblieben" for k in anzahl.keys() - anders)
    yield from (f"{_name(k)} hat {n} Revisionen in dieser Freigabe" for k, n in anzahl.items() if n > 1)


def _angaben(
    zeile: Zeile, spalten: list[str], staende: tuple[Kennzahlen, Kennzahlen], vorgaenger: str
) -> Iterator[str]:
    schluessel = _schluessel(zeile)
    alt, neu = (stand.get(schluessel) for stand in staende)
    art = "neu" if alt is None else "entfallen" if neu is None else "geändert"
    if zeile["art"] != art:
        yield f"{_name(schluessel)}: revisionen sagt {zeile['art']}, es ist {art}"
    if zeile["freigabe_vorher"] != vorgaenger:
        yield f"{_name(schluessel)}: revisionen nennt als vorige Freigabe {zeile['freigabe_vorher']} statt {vorgaenger}"
    for anhang, stand in (("_vorher", alt), ("_nachher", neu)):
        for nummer, spalte in enumerate((*spalten, "revision")):
            wert, soll = zeile.get(spalte + anhang), stand[nummer] if stand else None
            if spalte + anhang in zeile and wert != soll:
                yield f"{_name(schluessel)}: {spalte}{anhang} ist {wert} statt {soll}"
    anlaesse = set(str(zeile["anlass"] or "").split(", "))
    if not anlaesse <= ANLAESSE or not zeile["grund"]:
        yield f"{_name(schluessel)}: kein Grund oder kein bekannter Anlass ({zeile['anlass']})"


def _abrufe(con: duckdb.DuckDBPyConnection, alt: duckdb.DuckDBPyConnection, eigene: list[Zeile]) -> Iterator[str]:
    """A retrieval that is said to be replaced was in the predecessor only, what replaced it is in this release only."""
    abfrage = "select distinct a.quelle, a.abruf from abrufe as a"
    hier, dort = ({(str(q), str(a)) for q, a in c.execute(abfrage).fetchall()} for c in (con, alt))
    genannt = {(z["quelle"], z["abruf_vorher"], z["abruf_nachher"]) for z in eigene if z["anlass"] == "quelle"}
    for quellen, alte, neue in sorted(genannt, key=str):
        for seite, abrufe, nur, nicht in (("abruf_vorher", alte, dort, hier), ("abruf_nachher", neue, hier, dort)):
            for quelle, liste in zip(str(quellen).split(", "), str(abrufe).split(", "), strict=False):
                for abruf in liste.split() if liste not in ("-", "None") else []:
                    if (quelle, abruf) not in nur or (quelle, abruf) in nicht:
                        yield f"{seite} {abruf} ({quelle}) ist kein ersetzter oder neuer Abruf dieser Quelle"


def _uebernommen(alt: duckdb.DuckDBPyConnection, fruehere: list[Zeile]) -> Iterator[str]:
    """Older revisions are those of the predecessor, unchanged."""
    damals = zeilen_als_dict(alt, "select * from revisionen")
    spalten = [s for s in (damals[0] if damals else {}) if not fruehere or s in fruehere[0]]
    soll, ist = (Counter(tuple(z[s] for s in spalten) for z in liste) for liste in (damals, fruehere))
    for zeile, n in (soll - ist).items():
        yield f"{n} frühere Revision fehlt oder wurde verändert: {_name(zeile[:4])}"
    for zeile, n in (ist - soll).items():
        yield f"{n} frühere Revision steht nicht in der vorigen Freigabe: {_name(zeile[:4])}"


def _liste(con: duckdb.DuckDBPyConnection, alt: duckdb.DuckDBPyConnection, id_: str, vorgaenger: str) -> Iterator[str]:
    """The releases are those of the predecessor and this one."""
    abfrage = "select f.nummer, f.id, f.erstellt_am, f.code, f.definitionen from freigaben as f order by f.nummer"
    ist = con.execute(abfrage).fetchall()
    if [z[1] for z in ist[-2:]] != [vorgaenger, id_] or [z[0] for z in ist] != list(range(1, len(ist) + 1)):
        yield f"die Tabelle freigaben endet nicht mit {vorgaenger} und {id_}, fortlaufend nummeriert"
    try:
        soll = alt.execute(abfrage).fetchall()
    except duckdb.CatalogException:
        return  # made before releases were listed
    if ist[:-1] != soll:
        yield "die Tabelle freigaben nennt frühere Freigaben anders als die vorige Freigabe"
