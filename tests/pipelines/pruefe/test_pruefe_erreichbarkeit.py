"""The audit of reach: a case calculated by hand passes, and every changed value is found."""

from __future__ import annotations

import math
from collections.abc import Iterator

import duckdb
import numpy as np
import pytest
from fusswegehilfe import Kanten, Knoten, dateien
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.pruefe.erreichbarkeit import (
    _zwei_schritte,
    pruefe_bedarfsspanne,
    pruefe_einrichtungsdichte,
    pruefe_erreichbarkeit,
)
from pipelines.pruefe.zellsummen import kaum_verortet

TABELLEN = """
create table reichweiten as select * from (values
    ('u3', 'plaetze_u3', 'kinder_u3', 1000.0, 0.01, 1.3, null, 0.9, 'erreichbar', null, null, null),
    ('kita', null, 'kinder_u3', 1000.0, null, 1.3, 500.0, 0.9, null, 'nah', 'weit', 'weg')
) t (angebot, merkmal, nachfrage, grenze_m, gewicht_am_rand, umwegfaktor, nah_m, verortet_ab, indikator_plaetze,
    indikator_nah, indikator_grenze, indikator_weg);
create table nachfragepunkte as select * from (values
    ('A', 1, 0.0, 0.0, 0.5, 'adressen'), ('A', 2, 500.0, 0.0, 0.5, 'adressen'), ('B', 1, 0.0, 400.0, 1.0, 'rest')
) t (gebiet, punkt, x, y, anteil, herkunft);
create table einrichtungen as select date '2024-07-31' as stichtag, * from (values
    ('kita', '1', 0.0, 0.0, 30.0), ('tagespflege', '2', 500.0, 0.0, 9.0)
) t (art, einrichtung, x, y, plaetze_u3);
create table gebietszuordnung as select *, false as umgerechnet from (values
    ('A', 'A'), ('B', 'B'), ('AB', 'A'), ('AB', 'B')) t (gebiet, teil);
create table indikator_katalog as select *, 'erreichbarkeit' as thema from (values
    ('erreichbar', 100.0), ('nah', 100.0), ('weit', 100.0), ('weg', 1.0)) t (indikator, faktor);
create table indikatoren (indikator varchar, gebiet varchar, ebene varchar, stichtag date, basis varchar, wert double,
    zaehler double, nenner double, status varchar, unsicher_von double, unsicher_bis double);
create table ableitungen (indikator varchar, gebiet varchar, stichtag date, basis varchar, rolle varchar,
    merkmal varchar, wert double, gewicht double);
"""
KINDER = {"A": 40.0, "B": 10.0}


def _gewicht(weg: float) -> float:
    return math.exp(-(weg**2) / (1000**2 / math.log(100)))


def _soll() -> dict[tuple[str, str], tuple[float, float, str]]:
    """By hand: facility 1 has 0 and 650 m to A's points and 520 m to B's, facility 2 has 650, 0 and 832 m."""
    b_2 = 1.3 * math.hypot(500, 400)
    eins = {"A": 20 * (1 + _gewicht(650)), "B": 10 * _gewicht(520)}
    zwei = {"A": 20 * (1 + _gewicht(650)), "B": 10 * _gewicht(b_2)}
    erhalten = {o: 30 * eins[o] / sum(eins.values()) + 9 * zwei[o] / sum(zwei.values()) for o in KINDER}
    werte = {("erreichbar", o): (erhalten[o], KINDER[o]) for o in KINDER}
    werte |= {("nah", "A"): (20, 40), ("nah", "B"): (0, 10), ("weit", "A"): (40, 40), ("weit", "B"): (10, 10)}
    werte |= {("weg", "A"): (20 * 650, 40), ("weg", "B"): (10 * 520, 10)}
    for i in ("erreichbar", "nah", "weit", "weg"):
        werte[i, "AB"] = (werte[i, "A"][0] + werte[i, "B"][0], 50)
    return {(i, g): (z, n, "E" if g == "A" else "U") for (i, g), (z, n) in werte.items()}


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as verbindung:
        verbindung.execute(TABELLEN)
        tag = "2024-07-31"
        for gebiet, n in KINDER.items():
            verbindung.execute(
                "insert into indikatoren values ('kinder_u3', ?, 'ortsteil', ?, 'm', ?, ?, null, 'A', null, null)",
                [gebiet, tag, n, n],
            )
        for (indikator, gebiet), (zaehler, nenner, status) in _soll().items():
            wert = zaehler / nenner * (1 if indikator == "weg" else 100)
            verbindung.execute(
                "insert into indikatoren values (?, ?, 'x', ?, 'm', ?, ?, ?, ?, null, null)",
                [indikator, gebiet, tag, wert, zaehler, nenner, status],
            )
            verbindung.execute(
                "insert into ableitungen values (?, ?, ?, 'm', 'einrichtung', '1', ?, 1)",
                [indikator, gebiet, tag, zaehler],
            )
        yield verbindung


def test_von_hand_gerechneter_fall_besteht(con: duckdb.DuckDBPyConnection) -> None:
    punkt = pruefe_erreichbarkeit(con)
    assert punkt.maengel == []
    assert punkt.geprueft == 12


@pytest.mark.parametrize(
    ("befehl", "meldung"),
    [
        (
            "update indikatoren set wert = wert * 1.00001 where indikator = 'erreichbar' and gebiet = 'B'",
            "erreichbar B",
        ),
        (
            "update indikatoren set zaehler = zaehler + 0.01 where indikator = 'weg' and gebiet = 'A'",
            "zaehler ist freigegeben",
        ),
        (
            "update indikatoren set nenner = 41 where indikator = 'nah' and gebiet = 'A'",
            "nenner ist freigegeben als 41",
        ),
        (
            "update indikatoren set status = 'A' where indikator = 'weit' and gebiet = 'AB'",
            "status ist freigegeben als A",
        ),
        ("update indikatoren set wert = null, zaehler = null where indikator = 'weg' and gebiet = 'B'", "weg B"),
        (
            "delete from indikatoren where indikator = 'nah' and gebiet = 'B'",
            "nah B 2024-07-31 m: fehlt in der Freigabe",
        ),
        ("update indikatoren set gebiet = 'C' where indikator = 'nah' and gebiet = 'B'", "ergibt sich keine solche"),
        ("update indikatoren set wert = 50 where indikator = 'kinder_u3' and gebiet = 'A'", "erreichbar A"),
        ("update einrichtungen set x = 10 where einrichtung = '1'", "weg A"),
        ("update einrichtungen set plaetze_u3 = 31 where einrichtung = '1'", "erreichbar AB"),
        ("update nachfragepunkte set anteil = 0.6 where gebiet = 'A' and punkt = 1", "nah A"),
        ("update reichweiten set umwegfaktor = 1.4", "weg A"),
        (
            "update ableitungen set wert = wert + 0.001 where indikator = 'erreichbar' and gebiet = 'AB'",
            "Einrichtungen ergeben",
        ),
        ("delete from ableitungen where indikator = 'weit' and gebiet = 'A'", "Einrichtungen ergeben nan"),
    ],
)
def test_jede_aenderung_wird_gefunden(con: duckdb.DuckDBPyConnection, befehl: str, meldung: str) -> None:
    con.execute(befehl)
    assert meldung in "; ".join(pruefe_erreichbarkeit(con).maengel)


@pytest.mark.parametrize(
    "befehl",
    [
        "update indikatoren set wert = null, status = 'Q' where indikator = 'kinder_u3' and gebiet = 'A'",
        "update nachfragepunkte set gebiet = 'C' where gebiet = 'A'",
        "update einrichtungen set x = null",
    ],
)
def test_was_offen_ist_darf_keinen_wert_haben(con: duckdb.DuckDBPyConnection, befehl: str) -> None:
    con.execute(befehl)
    maengel = "; ".join(pruefe_erreichbarkeit(con).maengel)
    assert "erreichbar AB 2024-07-31 m: wert ist freigegeben als" in maengel
    assert "nachgerechnet None" in maengel


KNOTEN = [(1, 0.0, 0.0), (2, 500.0, 0.0), (3, 0.0, 400.0)]
KANTEN = [(1, 2, 500.0), (3, 1, 950.0)]


def _im_netz(con: duckdb.DuckDBPyConnection) -> None:
    """Release the ways to the nearest Kita as the network has them: 0 and 500 m for A, 950 m for B."""
    con.execute("alter table reichweiten add column anschluss_m double; update reichweiten set anschluss_m = 250")
    for gebiet, zaehler, kinder in (("A", 20 * 500.0, 40), ("B", 10 * 950.0, 10), ("AB", 10_000 + 9_500.0, 50)):
        con.execute(
            "update indikatoren set zaehler = ?, wert = ? where indikator = 'weg' and gebiet = ?",
            [zaehler, zaehler / kinder, gebiet],
        )
        con.execute("update ableitungen set wert = ? where indikator = 'weg' and gebiet = ?", [zaehler, gebiet])


def _wege(con: duckdb.DuckDBPyConnection, knoten: Knoten, kanten: Kanten) -> list[str]:
    return [m for m in pruefe_erreichbarkeit(con, dateien(knoten, kanten)).maengel if m.startswith("weg ")]


def test_wege_im_netz_werden_aus_den_archivierten_zellen_nachgerechnet(con: duckdb.DuckDBPyConnection) -> None:
    _im_netz(con)
    assert _wege(con, KNOTEN, KANTEN) == []
    erreichbar = "; ".join(pruefe_erreichbarkeit(con, dateien(KNOTEN, KANTEN)).maengel)
    assert "erreichbar A" in erreichbar, "the places still stand as straight lines give them"


@pytest.mark.parametrize(
    ("knoten", "kanten", "soll"),
    [
        (KNOTEN, [(1, 2, 501.0), (3, 1, 950.0)], "weg A"),
        (KNOTEN, [(1, 2, 500.0)], "weg B"),
        (KNOTEN, [*KANTEN, (3, 4, 10.0)], "weg B"),
        (KNOTEN, [*KANTEN, (1, 2, 0.0)], "weg B"),
        (KNOTEN, [*KANTEN, (2, 3, 600.0)], "weg B"),
        ([(n, x + 300, y) for n, x, y in KNOTEN], KANTEN, "weg B"),
        ([], [], "weg A"),
    ],
    ids=["länger", "Kante fehlt", "unbekannter Knoten", "Länge 0", "zu kurz", "zu weit weg", "kein Netz"],
)
def test_wege_die_das_netz_nicht_hergibt_werden_gefunden(
    con: duckdb.DuckDBPyConnection, knoten: Knoten, kanten: Kanten, soll: str
) -> None:
    _im_netz(con)
    assert soll in "; ".join(_wege(con, knoten, kanten))


zahlen = st.floats(0, 500, allow_nan=False)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_zwei_schritte_erhalten_die_plaetze(data: st.DataObject) -> None:
    haeuser, punkte = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 8))
    wege = np.array(data.draw(st.lists(st.floats(0, 2000), min_size=haeuser * punkte, max_size=haeuser * punkte)))
    wege = wege.reshape(haeuser, punkte)
    plaetze = np.array(data.draw(st.lists(zahlen, min_size=haeuser, max_size=haeuser)))
    n = np.array(data.draw(st.lists(st.integers(0, 90), min_size=punkte, max_size=punkte)), dtype=float)
    erhalten, unbekannt = _zwei_schritte(wege, plaetze, n, 1000.0, 0.01)
    erreicht = ((wege <= 1000) & (n > 0)).any(axis=1)
    assert erhalten.sum() == pytest.approx(plaetze[erreicht].sum(), abs=1e-9)
    assert (erhalten >= 0).all()
    assert not unbekannt.any()
    assert (erhalten[n == 0] == 0).all()


def test_spanne_nach_eingeschulten(con: duckdb.DuckDBPyConnection) -> None:
    """60 places, 300 children: 36 missing (ceil 96); at 90 % enrolled 86.4 → 87, so 27."""
    for indikator, wert, zaehler, nenner, von, bis, tag in (
        ("einschulungsquote", 90.0, 90, 100, None, None, "2020-07-31"),
        ("u3_luecke", 36.0, 60, 300, None, None, "2024-07-31"),
        ("u3_luecke_eingeschulte", 27.0, 60, 270, 27.0, 36.0, "2024-07-31"),
        ("u3_luecke", None, None, None, None, None, "2025-07-31"),
        ("u3_luecke_eingeschulte", None, None, None, None, None, "2025-07-31"),
    ):
        con.execute(
            "insert into indikatoren values (?, 'S', 'stadt', ?, 'm', ?, ?, ?, 'A', ?, ?)",
            [indikator, tag, wert, zaehler, nenner, von, bis],
        )
    assert pruefe_bedarfsspanne(con).maengel == []
    for befehl in ("wert = 28", "unsicher_bis = 37", "unsicher_von = null", "stichtag = date '2023-07-31'"):
        con.execute("begin")
        con.execute(
            f"update indikatoren set {befehl} where indikator = 'u3_luecke_eingeschulte' and year(stichtag) = 2024"
        )
        assert len(pruefe_bedarfsspanne(con).maengel) >= 1, befehl
        con.execute("rollback")
    con.execute("update indikatoren set wert = 80 where indikator = 'einschulungsquote'")
    assert "nachgerechnet" in pruefe_bedarfsspanne(con).maengel[0]


DICHTE = (
    ("tageseinrichtungen", "AB", "stadt", "", 2.0, "A"),
    ("tageseinrichtungen", "A", "ortsteil", "", 1.0, "A"),
    ("tageseinrichtungen", "B", "ortsteil", "", 0.0, "A"),
    ("tageseinrichtungen", "C", "ortsteil", "", None, "O"),
    ("kitas_je_1000_u6", "AB", "stadt", "m", 20.0, "A"),
    ("kinder_0_5_kitajahr", "AB", "stadt", "m", 100.0, "A"),
)


UMRISSE = {("ortsteil", "a"): "amtlich", ("ortsteil", "b"): "amtlich"}


@pytest.fixture
def dichte() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two Kitas, one of them known only to lie in the city, and a day nursery that is none."""
    with duckdb.connect() as verbindung:
        verbindung.execute(
            "create table indikatoren (indikator varchar, gebiet varchar, ebene varchar, basis varchar, wert double, "
            "status varchar, stichtag date default '2024-07-31');"
            "create table einrichtungen as select date '2024-07-31' as stichtag, * from (values "
            "('kita', 'A'), ('kita', 'AB'), ('tagespflege', 'B')) t (art, gebiet);"
            "create table gebietszuordnung as select *, false as umgerechnet from (values "
            "('A', 'A'), ('B', 'B'), ('AB', 'A'), ('AB', 'B'), ('AB', 'AB')) t (gebiet, teil);"
            "create table gebiete as select upper(kurz) as gebiet, * from (values "
            "('a', 'ortsteil'), ('b', 'ortsteil'), ('c', 'ortsteil'), ('ab', 'stadt')) t (kurz, ebene);"
            "create table merkmale as select 'kita_plaetze_u3' as merkmal, 0.5 as verortet_ab;"
            "create table beobachtungen as select 'kita_plaetze_u3' as merkmal, stichtag, art as einrichtung, gebiet "
            "from einrichtungen where art = 'kita'"
        )
        for zeile in DICHTE:
            verbindung.execute(
                "insert into indikatoren (indikator, gebiet, ebene, basis, wert, status) values (?, ?, ?, ?, ?, ?)",
                zeile,
            )
        yield verbindung


def test_dichte_von_hand_gezaehlt_besteht(dichte: duckdb.DuckDBPyConnection) -> None:
    punkt = pruefe_einrichtungsdichte(dichte, UMRISSE)
    assert (punkt.geprueft, punkt.maengel) == (5, [])


@pytest.mark.parametrize(
    ("befehl", "meldung"),
    [
        (
            "update indikatoren set wert = 2 where indikator = 'tageseinrichtungen' and gebiet = 'A'",
            "nachgerechnet 1.0",
        ),
        (
            "update indikatoren set wert = 1 where indikator = 'tageseinrichtungen' and gebiet = 'B'",
            "nachgerechnet 0.0",
        ),
        ("update indikatoren set wert = 21 where indikator = 'kitas_je_1000_u6'", "kitas_je_1000_u6 AB 2024-07-31 m"),
        ("update indikatoren set wert = 90 where indikator = 'kinder_0_5_kitajahr'", "kitas_je_1000_u6 AB"),
        ("update indikatoren set wert = null, status = 'O' where gebiet = 'AB'", "tageseinrichtungen AB"),
        ("update indikatoren set wert = null where gebiet = 'B'", "tageseinrichtungen B"),
        ("update indikatoren set wert = null, status = 'O' where gebiet = 'B'", "mit Status O, nachgerechnet 0.0"),
        ("update indikatoren set wert = 0, status = 'A' where gebiet = 'C'", "mit Status A, nachgerechnet nan"),
        ("update indikatoren set status = 'A' where gebiet = 'C'", "tageseinrichtungen C"),
        ("update beobachtungen set gebiet = 'AB'", "tageseinrichtungen B"),
        ("update einrichtungen set art = 'kita'", "nachgerechnet 3.0"),
    ],
)
def test_jede_falsche_zahl_der_einrichtungen_wird_gefunden(
    dichte: duckdb.DuckDBPyConnection, befehl: str, meldung: str
) -> None:
    dichte.execute(befehl)
    assert meldung in "; ".join(pruefe_einrichtungsdichte(dichte, UMRISSE).maengel)


@pytest.mark.parametrize(("verortet", "kaum"), [(9, False), (10, False), (8, True), (0, True)])
def test_unter_neun_zehnteln_ist_ein_verzeichniskaum_verortet(verortet: int, kaum: bool) -> None:
    with duckdb.connect() as con:
        con.execute(
            "create table merkmale as select * from (values ('p', 0.9::double), ('s', null)) t (merkmal, verortet_ab);"
            "create table gebiete as select * from (values ('S', 'stadt'), ('O', 'ortsteil'), ('K', 'kreis')) "
            "t (gebiet, ebene);"
            "create table beobachtungen (merkmal varchar, stichtag date, einrichtung varchar, gebiet varchar)"
        )
        for nr in range(10):
            for merkmal in ("p", "s"):
                ort = "O" if nr < verortet else "S"
                con.execute("insert into beobachtungen values (?, '2024-07-31', ?, ?)", [merkmal, str(nr), ort])
        con.execute("insert into beobachtungen select 'p', date '2024-07-31', 'k', 'K' from range(50)")
        assert kaum_verortet(con)["merkmal"].tolist() == (["p"] if kaum else [])
