"""Where facilities lie and among which points the children of an Ortsteil are spread."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from pyproj import Transformer
from shapely.geometry import Point, Polygon

from pipelines.gebietsverzeichnis import heutige_ortsteile, stadtname
from pipelines.lager import verbinden
from pipelines.rohtabellen.anschriften import OHNE_HAUSNUMMER, OHNE_KOORDINATEN, UNBEKANNT
from pipelines.rohtabellen.einrichtungsorte import AUSSERHALB, OHNE_LAGE, baue_nachfragepunkte, verorte_einrichtungen

UTM = Transformer.from_crs(4326, 25832, always_xy=True)
GRAD = Transformer.from_crs(25832, 4326, always_xy=True)
TABELLEN = {
    "gebiete__stadtbezirke": "abruf varchar, zeile bigint, nummer varchar, geometrie varchar",
    "gebiete__ortsteile": "abruf varchar, zeile bigint, nummer varchar, geometrie varchar",
    "schulen__verzeichnis": "abruf varchar, zeile bigint, gemeindeschluessel varchar, epsg varchar, "
    "rechtswert varchar, hochwert varchar",
    "kitas__liste": "abruf varchar, zeile bigint, strasse varchar, hausnummer varchar, plz varchar, ort varchar",
    "adressen__hausnummern": "abruf varchar, zeile bigint, strasse varchar, hausnummer varchar, zusatz varchar, "
    "status varchar, plz varchar, rechtswert varchar, hochwert varchar",
}
WEST, OST, SUED, NORD = 6.70, 6.80, 51.40, 51.50
BEZIRK_2 = [(WEST, 51.45), (OST, 51.45), (OST, NORD), (WEST, NORD)]
MITTEN = {"201": 6.71, "202": 6.73, "203": 6.75, "204": 6.77, "205": 6.79}


def _ortsteil(nummer: str) -> list[tuple[float, float]]:
    """One of five strips from south to north."""
    west, ost = MITTEN[nummer] - 0.01, MITTEN[nummer] + 0.01
    return [(west, 51.45), (ost, 51.45), (ost, NORD), (west, NORD)]


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with verbinden(tmp_path / "lager.duckdb") as verbindung:
        for name, spalten in TABELLEN.items():
            verbindung.execute(f"create table raw.{name} ({spalten})")
        yield verbindung


def _umrisse(con: duckdb.DuckDBPyConnection, *ortsteile: str, bezirk: bool = True) -> None:
    formen: list[tuple[str, str, list[tuple[float, float]]]] = [
        ("gebiete__ortsteile", nummer, _ortsteil(nummer)) for nummer in ortsteile
    ]
    formen += [("gebiete__stadtbezirke", "STB02", BEZIRK_2)] if bezirk else []
    for zeile, (tabelle, nummer, ecken) in enumerate(formen, 1):
        form = json.dumps({"type": "Polygon", "coordinates": [[*ecken, ecken[0]]]})
        con.execute(f"insert into raw.{tabelle} values ('u', ?, ?, ?)", [zeile, nummer, form])


def _adresse(con: duckdb.DuckDBPyConnection, strasse: str, haus: int, laenge: float, breite: float) -> None:
    x, y = UTM.transform(laenge, breite)
    con.execute(
        "insert into raw.adressen__hausnummern "
        "select 'r', coalesce(max(zeile), 1) + 1, ?, ?, '', 'aktuell', '47051', ?, ? from raw.adressen__hausnummern",
        [strasse, str(haus), f"{x:.2f}", f"{y:.2f}"],
    )


def _zeilen(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def test_kitas_ueber_ihre_anschrift_schulen_ueber_ihre_koordinaten(con: duckdb.DuckDBPyConnection) -> None:
    _umrisse(con, "201", "202")
    _adresse(con, "Am Markt", 5, 6.71, 51.47)
    _adresse(con, "Am Rand", 1, 6.79, 51.47)
    _adresse(con, "Anderswo", 1, 6.95, 51.47)
    kitas = [
        ("Am Markt 5", "Duisburg"),
        ("Am Rand 1", "Duisburg"),
        ("Anderswo 1", "Duisburg"),
        ("Am Markt", "Duisburg"),
    ]
    kitas += [("Am Markt 6", "Duisburg"), ("Am Markt 5", "Moers")]
    for zeile, (strasse, ort) in enumerate(kitas, 2):
        con.execute("insert into raw.kitas__liste values ('k', ?, ?, null, '47051', ?)", [zeile, strasse, ort])
    x, y = UTM.transform(6.73, 51.47)
    for zeile, (kreis, epsg, rechts) in enumerate(
        [
            ("05112000", "null", f"{x}"),
            ("05112000", "EPSG:25832", "0"),
            ("05112000", "EPSG:4326", f"{x}"),
            ("05113000", "", "1"),
        ],
        2,
    ):
        con.execute(
            "insert into raw.schulen__verzeichnis values ('s', ?, ?, ?, ?, ?)", [zeile, kreis, epsg, rechts, f"{y}"]
        )
    assert verorte_einrichtungen(con) == 2
    assert _zeilen(
        con,
        "select quelle, zeile, x is not null, stadtbezirk, nummer, befund, adresse_zeile "
        "from raw.verortung_einrichtungen order by all",
    ) == [
        ("kitas", 2, True, "200", "201", "", 2),
        ("kitas", 3, True, "200", None, "", 3),
        ("kitas", 4, True, None, None, AUSSERHALB, 4),
        ("kitas", 5, False, None, None, OHNE_HAUSNUMMER, None),
        ("kitas", 6, False, None, None, UNBEKANNT, None),
        ("schulen", 2, True, "200", "202", "", None),
        ("schulen", 3, False, None, None, OHNE_LAGE, None),
        ("schulen", 4, False, None, None, OHNE_LAGE, None),
    ]
    assert verorte_einrichtungen(con) == 2, "a second run replaces the first"
    assert len(_zeilen(con, "select 1 from raw.verortung_einrichtungen")) == 8


def test_ohne_einrichtungen_und_ohne_adressen(con: duckdb.DuckDBPyConnection) -> None:
    assert verorte_einrichtungen(con) == 0
    assert baue_nachfragepunkte(con) == 0
    con.execute("insert into raw.kitas__liste values ('k', 2, 'Am Markt 5', '', '47051', 'Duisburg')")
    assert verorte_einrichtungen(con) == 0
    assert _zeilen(con, "select befund from raw.verortung_einrichtungen") == [(OHNE_KOORDINATEN,)]


def test_adressen_werden_zu_zellen_mit_ihrem_mittelpunkt(con: duckdb.DuckDBPyConnection) -> None:
    _umrisse(con, "201", "202", "203", "204", "205")
    x, y = (round(w / 250) * 250 + 20 for w in UTM.transform(6.71, 51.47))
    for haus, (dx, dy) in enumerate([(0, 0), (100, 50), (200, 100), (300, 0)], 1):
        _adresse(con, "Am Markt", haus, *GRAD.transform(x + dx, y + dy))
    baue_nachfragepunkte(con)
    punkte = _zeilen(
        con,
        "select nummer, punkt, round(x), round(y), adressen, anteil, herkunft from raw.nachfragepunkte "
        "where adressen > 0 order by punkt",
    )
    assert punkte == [("201", 1, x + 100, y + 50, 3, 0.75, "adressen"), ("201", 2, x + 300, y, 1, 0.25, "adressen")]


def test_ohne_adresse_liegt_ein_punkt_im_umriss(con: duckdb.DuckDBPyConnection) -> None:
    _umrisse(con, "201", "202", "203", "204", "205")
    assert baue_nachfragepunkte(con) == 5
    for nummer, x, y, adressen, anteil, herkunft in _zeilen(
        con, "select nummer, x, y, adressen, anteil, herkunft from raw.nachfragepunkte"
    ):
        assert Polygon(_ortsteil(nummer)).contains(Point(GRAD.transform(x, y)))
        assert (adressen, anteil, herkunft) == (0, 1.0, "umriss")


def test_der_einzige_ohne_umriss_ist_der_rest_seines_stadtbezirks(con: duckdb.DuckDBPyConnection) -> None:
    _umrisse(con, "201", "202", "203", "205")
    baue_nachfragepunkte(con)
    (punkt,) = _zeilen(con, "select x, y, herkunft from raw.nachfragepunkte where nummer = '204'")
    assert Polygon(_ortsteil("204")).contains(Point(GRAD.transform(*punkt[:2])))
    assert punkt[2] == "rest"
    _adresse(con, "Im Rest", 1, 6.77, 51.46)
    _adresse(con, "Im Rest", 2, 6.77, 51.49)
    _adresse(con, "Ganz fern", 2, 6.95, 51.49)
    baue_nachfragepunkte(con)
    assert _zeilen(
        con, "select punkt, adressen, anteil, herkunft from raw.nachfragepunkte where nummer = '204' order by 1"
    ) == [
        (1, 1, 0.5, "rest"),
        (2, 1, 0.5, "rest"),
    ]


@pytest.mark.parametrize(
    ("ortsteile", "bezirk"), [(("201", "202", "203"), True), (("201", "202", "203", "205"), False)]
)
def test_zwei_ohne_umriss_oder_kein_bezirk_bleiben_ohne_punkt(
    con: duckdb.DuckDBPyConnection, ortsteile: tuple[str, ...], bezirk: bool
) -> None:
    _umrisse(con, *ortsteile, bezirk=bezirk)
    _adresse(con, "Im Rest", 1, 6.77, 51.46)
    baue_nachfragepunkte(con)
    assert [z[0] for z in _zeilen(con, "select nummer from raw.nachfragepunkte order by 1")] == list(ortsteile)


def test_verzeichnis_kennt_die_stadt_und_ihre_ortsteile() -> None:
    assert stadtname() == "Duisburg"
    assert len(heutige_ortsteile()) == 46
    assert set(MITTEN) == {n for n in heutige_ortsteile() if n[0] == "2"}
