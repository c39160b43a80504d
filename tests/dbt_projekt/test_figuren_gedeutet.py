"""What becomes of rows of a source that only its declaration knows: staging, and the audit's second way to the same."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd
import probequelle
import pytest
from gebaut import Kleinwelt
from makros import Abgelehnt, lade_makros

from pipelines.gebietsverzeichnis import verzeichnisse
from pipelines.pruefe.deutung import Datei
from pipelines.pruefe.quellzellen import Quellen, pruefe_vollstaendig, pruefe_zellen
from pipelines.rohtabellen.figuren import figurenteile
from quellen.vertrag import Rohsatz

GLIEDERUNG = {
    "geschlecht": None, "alter_von": None, "alter_bis": None, "staatsangehoerigkeit": None, "staat": None,
    "schulform": None, "art": None, "ist_summe": False, "status": "A", "vertraulichkeit": "F", "korrigiert": None,
    "korrektur": None,
}  # fmt: skip


@pytest.fixture(scope="module")
def beobachtet(kleinwelt: Kleinwelt) -> dict[int, dict[str, Any]]:
    tabelle = kleinwelt.frage(
        "select b.*, m.name from beobachtungen.beobachtungen as b join beobachtungen.merkmale as m using (merkmal) "
        "where quelle = 'probe'"
    ).astype(object)
    tabelle = tabelle.where(tabelle.notna(), None)
    return {z["zeile"] - 2: z for z in tabelle.to_dict("records")}


@pytest.mark.parametrize("nr", [n for n, z in enumerate(probequelle.ZEILEN) if not isinstance(z[3], str)])
def test_eine_zeile_wird_eine_beobachtung(beobachtet: dict[int, dict[str, Any]], nr: int) -> None:
    teil, _, text, soll = probequelle.ZEILEN[nr]
    assert not isinstance(soll, str)
    gebiet, stichtag, von, merkmal, mehr = soll
    ist = beobachtet[nr]
    assert (ist["merkmal"], ist["abruf"], ist["originaltext"]) == (merkmal, probequelle.abruf(teil), text)
    assert str(ist["stichtag"])[:10] == stichtag
    assert (ist["zeitraum_von"] and str(ist["zeitraum_von"])[:10]) == von
    erwartet = GLIEDERUNG | mehr
    erwartet.pop("total_fehlt", None)
    if teil == "schulen":
        erwartet.pop("schulform")  # of the directory of schools
        assert ist["einrichtung"] is not None
    else:
        assert (ist["gebiet"], ist["basis"], ist["einrichtung"]) == (gebiet, "fortschreibung", None)
    assert {s: ist[s] for s in erwartet} == erwartet
    assert ist["name"] == probequelle.PROBE.merkmale[merkmal].name
    assert ist["einheit"] == probequelle.PROBE.merkmale[merkmal].einheit


def test_abgewiesene_zeilen_tragen_ihren_grund(kleinwelt: Kleinwelt) -> None:
    tabelle = kleinwelt.frage("select zeile, grund, text from beobachtungen.abgewiesen where quelle = 'probe'")
    ist = {int(z.zeile) - 2: (z.grund, z.text) for z in tabelle.itertuples()}
    assert ist == {n: (z[3], z[2]) for n, z in enumerate(probequelle.ZEILEN) if isinstance(z[3], str)}
    assert len(ist) == 5


def _dateien(schulnummer: str) -> list[Datei]:
    dateien = []
    for name in probequelle.PROBE.teile:
        satz = Rohsatz.__new__(Rohsatz)
        inhalt = {
            "daten": pd.DataFrame(probequelle.rohzeilen(name, schulnummer)),
            "zuordnungen": probequelle.ZUORDNUNGEN.get(name, []),
            "dezimal": ",",
            "tausender": ".",
            "zeilen": len(probequelle.rohzeilen(name, schulnummer)),
        }
        for feld, wert in inhalt.items():
            object.__setattr__(satz, feld, wert)
        stand = probequelle.STANDTAG if name in probequelle.STAND else None
        dateien.append(Datei(probequelle.abruf(name), probequelle.PROBE, name, f"{name}.csv", satz, stand))
    return dateien


@pytest.fixture
def freigabe(kleinwelt: Kleinwelt) -> Any:
    """The made-up source's part of a release, and the audit's reading of its files."""
    con = duckdb.connect()
    con.execute(f"attach '{kleinwelt.daten / 'lager.duckdb'}' as lager (read_only)")
    con.execute("create table gebiete as select * from lager.freigabe.gebiete")
    con.execute("create table schluessel as select * from lager.freigabe.schluessel")
    con.execute("create table einrichtungen as select * from lager.freigabe.einrichtungen")
    con.execute(
        "create table beobachtungen as select * from lager.beobachtungen.beobachtungen "
        "where quelle = 'probe' or merkmal = 'schulen'"
    )
    con.execute("create table abgewiesen as select * from lager.beobachtungen.abgewiesen where quelle = 'probe'")
    (nummer,) = con.execute("select einrichtung from beobachtungen where merkmal = 'probe_schulen'").fetchone() or ("",)
    dateien = _dateien(nummer)
    yield con, Quellen(dateien, {}, dict(verzeichnisse()))
    con.close()


def test_die_pruefung_findet_auf_ihrem_weg_dasselbe(freigabe: Any) -> None:
    con, quellen = freigabe
    con.execute("delete from beobachtungen where quelle != 'probe'")
    zellen = pruefe_zellen(con, quellen)
    assert (zellen.geprueft, zellen.maengel) == (11, [])
    vollstaendig = pruefe_vollstaendig(con, quellen)
    assert (vollstaendig.geprueft, vollstaendig.maengel) == (16, [])


@pytest.mark.parametrize(
    ("befehl", "meldung"),
    [
        ("update beobachtungen set zeile = 7 where zeile = 2", "angenommen, obwohl die Deklaration diese Zeile"),
        ("update beobachtungen set korrigiert = null where korrigiert is not null", "korrigiert ist in der Freigabe"),
        ("update beobachtungen set korrektur = 'so' where korrektur is not null", "in der Quelle »Zahlendreher im"),
        ("update beobachtungen set schulform = '2' where schulform = '02'", "schulform ist in der Freigabe »2«"),
        ("update beobachtungen set staat = 'RO' where staat = 'PL'", "staat ist in der Freigabe »RO«"),
        ("update beobachtungen set zeitraum_von = null where zeile = 2", "zeitraum_von ist in der Freigabe »nan«"),
        ("update beobachtungen set merkmal = 'probe_quote' where zeile = 2", "in der Quelle »probe_abgaenge«"),
        ("update beobachtungen set wert = 7, status = 'A' where status = 'O'", "wert ist in der Freigabe »7.0«"),
    ],
)
def test_die_pruefung_bemerkt_eine_andere_deutung(freigabe: Any, befehl: str, meldung: str) -> None:
    con, quellen = freigabe
    con.execute("delete from beobachtungen where quelle != 'probe'")
    con.execute(befehl)
    assert meldung in "; ".join(pruefe_zellen(con, quellen).maengel)


@pytest.mark.parametrize("zeile", [2, 11])
def test_die_pruefung_bemerkt_eine_zeile_die_zu_unrecht_fehlt(freigabe: Any, zeile: int) -> None:
    con, quellen = freigabe
    con.execute(
        "insert into abgewiesen select quelle, abruf, zeile, 'so', originaltext, datenart from beobachtungen "
        f"where quelle = 'probe' and zeile = {zeile}"
    )
    con.execute("delete from beobachtungen where quelle = 'probe' and zeile in (select zeile from abgewiesen)")
    maengel = "; ".join(pruefe_vollstaendig(con, quellen).maengel)
    assert "abgewiesen, obwohl nichts dagegen spricht" in maengel


def test_jede_rolle_kommt_in_der_probe_vor() -> None:
    rollen = {rolle for teil in figurenteile([probequelle.PROBE]) for rolle, _ in teil.rollen()}
    assert rollen >= {"gebiet", "stichtag", "stichtag_von", "merkmal_text", "alter_von", "alter_bis", "art", "staat"}


def _bekannt(*zeilen: tuple[str, str, str, bool, str], vorhanden: bool = True) -> dict[str, Any]:
    makros = lade_makros(
        source=lambda *_: "raw.merkmale",
        load_relation=lambda tabelle: tabelle if vorhanden else None,
        run_query=lambda _sql: type("Ergebnis", (), {"rows": list(zeilen)}),
    )
    gefunden: dict[str, Any] = makros["bekannte_merkmale"]()
    return gefunden


def test_merkmale_der_quellen_sind_bekannt_sobald_ein_lager_da_ist() -> None:
    neu = ("kita_plaetze", "Plätze", "Plätze", False, "kitas")
    assert _bekannt(neu)["kita_plaetze"] == {"name": "Plätze", "einheit": "Plätze", "verzeichnis": False}
    assert "einwohner" in _bekannt(neu)
    assert "kita_plaetze" not in _bekannt(neu, vorhanden=False)


@pytest.mark.parametrize(
    ("zeilen", "meldung"),
    [
        (
            [("schulen", "Schulen", "Gebäude", True, "kitas")],
            r"Merkmal schulen ist zweimal .* Quelle kitas »Schulen« \(Gebäude\), vorher »Schulen« \(Schulen\)",
        ),
        ([("schulen", "Schulen", "Schulen", False, "kitas")], "zweimal verschieden"),
        (
            [("plaetze", "Plätze", "Plätze", False, "a"), ("plaetze", "Betten", "Plätze", False, "b")],
            r"in der Quelle b »Betten«.*katalog/b\.yaml",
        ),
    ],
)
def test_ein_merkmal_mit_zwei_bedeutungen_haelt_an(zeilen: list[Any], meldung: str) -> None:
    with pytest.raises(Abgelehnt, match=meldung):
        _bekannt(*zeilen)


def test_dasselbe_merkmal_darf_zweimal_gleich_deklariert_sein() -> None:
    assert _bekannt(("schulen", "Schulen", "Schulen", True, "kitas"))["schulen"]["einheit"] == "Schulen"
